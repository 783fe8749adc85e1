"""Importing suppliers: who they are and how to reach them. An empty cell changes nothing.

A supplier that only items named so far gets its code here: it is known by its name.
"""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from supply.audit import chain
from supply.errors import Invalid
from supply.exchange.columns import Row
from supply.exchange.faults import Faults
from supply.exchange.outcome import Imported
from supply.purchasing.models import Supplier
from supply.purchasing.suppliers import add_supplier, change_supplier, folded, suppliers


def import_suppliers(
    session: Session, *, rows: Iterable[Row], faults: Faults, digest: str, actor_id: int, now: datetime
) -> Imported:
    """Add and change suppliers as the rows say. Raises BadImport naming every wrong row; then nothing changed."""
    by_code = {row.code_key: row for row in suppliers(session)}
    unnamed = {row.name_key: row for row in by_code.values() if row.code_key == row.name_key}
    names = {row.name_key: row.code for row in by_code.values()}
    warnings: list[str] = []
    lines: dict[str, int] = {}
    count = added = changed = 0
    for row in rows:
        count += 1
        code = row.values.get("code")
        if code is None:
            continue
        if folded(code) in lines:
            faults.add(row.line, "code", f"{code} is on line {lines[folded(code)]} already.")
            continue
        lines[folded(code)] = row.line
        name = row.values.get("name", "")
        known = by_code.get(folded(code)) or unnamed.get(folded(name))
        if known is None and not name and row.is_sound:
            faults.add(row.line, "name", f"{code} is new here and needs a name.")
        if faults.total:
            continue
        try:
            if known is None:
                if folded(name) in names:
                    warnings.append(f"Line {row.line}: {names[folded(name)]} is called {name} too.")
                names[folded(name)] = add_supplier(session, actor_id=actor_id, now=now, **row.values).code
                added += 1
            else:
                changed += _change(session, known, row.values, actor_id, now)
        except Invalid as error:
            faults.add(row.line, None, error.message)
    faults.refuse()
    subject, details = f"file {digest[:16]}", {"rows": count, "added": added, "changed": changed, "sha256": digest}
    chain.record(session, at=now, actor_id=actor_id, action="import.suppliers", subject=subject, details=details)
    return Imported("suppliers", count, added, changed, count - added - changed, warnings=tuple(warnings))


def _change(session: Session, known: Supplier, values: dict[str, Any], actor_id: int, now: datetime) -> bool:
    differs = {name: value for name, value in values.items() if getattr(known, name) != value}
    if differs:
        change_supplier(session, supplier=known, actor_id=actor_id, now=now, **differs)
    return bool(differs)
