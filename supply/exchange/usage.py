"""Importing usage of the past: units used per item, day, place and department. It never moves stock.

Rows of one file about the same day are added together; what was there for that day is replaced, so a file may be
imported again.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from supply.audit import chain
from supply.db import insert_or_update, table_of
from supply.exchange.columns import MOST_UNITS, Row
from supply.exchange.faults import Faults
from supply.exchange.lookups import named
from supply.exchange.outcome import Imported
from supply.stock.models import DailyUsage

Key = tuple[int, date, int, str]
WRITTEN = 5_000
KEYS = ["item_id", "used_on", "location_id", "department"]


def import_usage(
    session: Session, *, rows: Iterable[Row], faults: Faults, digest: str, actor_id: int, now: datetime, today: date
) -> Imported:
    """Keep the usage that the rows say. Raises BadImport naming every wrong row; then nothing changed."""
    names = named(session)
    sums: dict[Key, int] = defaultdict(int)
    count = 0
    for row in rows:
        count += 1
        item_id, place_id, used_on = names.item(row, faults), names.place(row, faults), row.values.get("date", today)
        if used_on > today:
            faults.add(row.line, "date", f"{used_on} is still to come.")
        key = (item_id, used_on, place_id, row.values.get("department", ""))
        sums[key] += row.values.get("quantity", 0)
        if sums[key] > MOST_UNITS:
            faults.add(row.line, "quantity", "the rows of that day add up to more than any office uses.")
    faults.refuse()
    before = _before(session, sums)
    changed = sum(1 for key, quantity in sums.items() if key in before and before[key] != quantity)
    _write(session, sums)
    subject = f"file {digest[:16]}"
    details = {"rows": count, "days": len(sums), "replaced": len(before), "changed": changed, "sha256": digest}
    chain.record(session, at=now, actor_id=actor_id, action="import.usage", subject=subject, details=details)
    return Imported("usage", count, len(sums) - len(before), changed, len(before) - changed)


def _before(session: Session, sums: dict[Key, int]) -> dict[Key, int]:
    """What is there now under the same keys."""
    if not sums:
        return {}
    table = table_of(DailyUsage).c
    days = [key[1] for key in sums]
    statement = sa.select(table.item_id, table.used_on, table.location_id, table.department, table.quantity).where(
        table.used_on.between(min(days), max(days))
    )
    found = session.execute(statement.execution_options(yield_per=WRITTEN)).tuples()
    return {(row[0], row[1], row[2], row[3]): row[4] for row in found if (row[0], row[1], row[2], row[3]) in sums}


def _write(session: Session, sums: dict[Key, int]) -> None:
    statement = insert_or_update(
        session, table_of(DailyUsage), keys=KEYS, changes=lambda new: {"quantity": new.quantity}
    )
    for page in _pages(sums):
        session.connection().execute(statement, page)


def _pages(sums: dict[Key, int]) -> Iterator[list[dict[str, Any]]]:
    page: list[dict[str, Any]] = []
    for key, quantity in sums.items():
        page.append({**dict(zip(KEYS, key, strict=True)), "quantity": quantity})
        if len(page) == WRITTEN:
            yield page
            page = []
    if page:
        yield page
