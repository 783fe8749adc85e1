"""Importing the catalogue: items and the codes that name them, in a few statements for thousands of rows.

A repeated sku adds a code. An item that is known is changed in what differs; an empty cell changes nothing.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from supply.audit import chain
from supply.barcodes.gtin import LENGTHS, has_right_check_digit, is_digits
from supply.barcodes.parse import parse
from supply.db import table_of
from supply.exchange.columns import Row
from supply.exchange.faults import Faults
from supply.exchange.outcome import Imported
from supply.stock.catalog import SKU, ensure_category
from supply.stock.models import Category, Item, ItemCode, Tracking

PAGE = 400  # values in one IN list
CODE_COLUMNS = frozenset({"gtin", "code", "units_received", "units_used"})
DEFAULTS: dict[str, Any] = {
    "unit": "each",
    "category_id": None,
    "rotation": None,
    "tracking": Tracking.lot,
    "lot_required": False,
    "expiry_required": False,
    "shelf_life_days": None,
    "reorder_point": None,
    "par_level": None,
    "supplier": None,
    "supplier_sku": None,
    "pack_quantity": None,
    "lead_time_days": None,
    "price": None,
    "is_active": True,
}
Key = tuple[str, str]
_I, _C = table_of(Item), table_of(ItemCode)


@dataclass
class _Wanted:
    """What the file says of one item: where first, its columns, and its codes with units and line."""

    line: int
    sku: str
    values: dict[str, Any]
    codes: dict[Key, tuple[int, int, int]] = field(default_factory=dict)


def import_items(
    session: Session, *, rows: Iterable[Row], faults: Faults, digest: str, actor_id: int, now: datetime, today: date
) -> Imported:
    """Add and change items and codes as the rows say. Raises BadImport naming every wrong row; then nothing changed."""
    wanted: dict[str, _Wanted] = {}
    warnings: list[str] = []
    unsound: set[int] = set()
    count = 0
    for row in rows:
        count += 1
        if not row.is_sound:
            unsound.add(row.line)
        _take_row(wanted, row, faults, warnings, today)
    known = _known_items(session, list(wanted))
    for key, item in wanted.items():
        if key not in known and "name" not in item.values and item.line not in unsound:
            faults.add(item.line, "name", f"{item.sku} is new here and needs a name.")
    faults.refuse()
    changed = _write_items(session, wanted, known)
    ids = {key: int(row["id"]) for key, row in _known_items(session, list(wanted)).items()}
    codes, taught = _write_codes(session, wanted, ids)
    warnings += _shared_codes(session, wanted)
    added = len(wanted) - len(known)
    details = {"rows": count, "added": added, "changed": changed, "codes": codes, "sha256": digest}
    subject = f"file {digest[:16]}"
    chain.record(session, at=now, actor_id=actor_id, action="import.items", subject=subject, details=details)
    touched = len(changed.keys() | (taught & known.keys()))
    return Imported("items", count, added, touched, len(known) - touched, codes, tuple(warnings))


def _take_row(wanted: dict[str, _Wanted], row: Row, faults: Faults, warnings: list[str], today: date) -> None:
    sku = row.values.get("sku")
    if sku is None:
        return
    if not SKU.fullmatch(sku):
        faults.add(row.line, "sku", "an SKU has 1 to 60 printable characters.")
        return
    values = {name: value for name, value in row.values.items() if name not in CODE_COLUMNS and name != "sku"}
    keys = list(_keys(row, faults, today))
    first = wanted.get(sku.casefold())
    if first is None:
        first = wanted[sku.casefold()] = _Wanted(row.line, sku, values)
    else:
        _check_repeated(first, values, bool(keys), row, faults)
    units = (row.values.get("units_received", 1), row.values.get("units_used", 1))
    if not keys and units != (1, 1):
        warnings.append(f"Line {row.line}: {sku} has units per scan but no code to scan; they were left out.")
    for key in keys:
        if key in first.codes:
            faults.add(row.line, None, f"the code {key[1]} of {sku} is on line {first.codes[key][2]} already.")
        first.codes[key] = (*units, row.line)


def _check_repeated(first: _Wanted, values: dict[str, Any], has_code: bool, row: Row, faults: Faults) -> None:
    if not has_code:
        faults.add(row.line, "sku", f"{first.sku} is on line {first.line} already; a row that repeats it adds a code.")
    for name, value in values.items():
        if first.values.get(name, value) != value:
            faults.add(row.line, name, f"it differs from line {first.line}, which is about {first.sku} too.")


def _keys(row: Row, faults: Faults, today: date) -> Iterator[Key]:
    """The catalogue keys of the codes in a row, as a scan of them would look them up."""
    gtin, code = row.values.get("gtin"), row.values.get("code")
    if gtin is not None:
        if is_digits(gtin) and len(gtin) in LENGTHS and has_right_check_digit(gtin):
            yield from _scanned_keys(gtin, today)
        else:
            faults.add(row.line, "gtin", _gtin_fault(gtin))
    if code is not None:
        keys = _scanned_keys(code, today)
        if not keys:
            faults.add(row.line, "code", f"{code!r} is no code that can name an item; copy it as a scanner types it.")
        yield from keys


def _scanned_keys(code: str, today: date) -> list[Key]:
    barcode = parse(code, today=today)
    if barcode.errors or barcode.scheme == "house" or not barcode.lookup_keys:
        return []
    return [key for key in barcode.lookup_keys if key[0] == barcode.lookup_keys[0][0]]


def _gtin_fault(gtin: str) -> str:
    if not is_digits(gtin):
        return f"{gtin!r} is no GTIN, which has digits only; other codes go in the column code."
    if len(gtin) not in LENGTHS:
        return f"{gtin} has {len(gtin)} digits, a GTIN 8, 12, 13 or 14; a spreadsheet may have dropped leading zeros."
    return f"the last digit of {gtin} is not its check digit; read it again from the box."


def _known_items(session: Session, keys: Sequence[str]) -> dict[str, dict[str, Any]]:
    """The items of these SKUs as they are now, by SKU in small letters."""
    found: dict[str, dict[str, Any]] = {}
    for page in _pages(keys):
        statement = sa.select(_I).where(_I.c.sku_key.in_(page))
        found.update((row["sku_key"], dict(row)) for row in session.execute(statement).mappings())
    return found


def _pages(values: Sequence[Any]) -> Iterator[Sequence[Any]]:
    for start in range(0, len(values), PAGE):
        yield values[start : start + PAGE]


def _write_items(
    session: Session, wanted: dict[str, _Wanted], known: dict[str, dict[str, Any]]
) -> dict[str, dict[str, Any]]:
    """Insert what is new, update what differs; returns the changes by SKU in small letters, before and after."""
    categories = {
        name: ensure_category(session, name)
        for name in dict.fromkeys(item.values.get("category") for item in wanted.values())
        if name
    }
    names = {number: name for name, number in session.execute(sa.select(Category.name, Category.id)).tuples()}
    new, updates = [], []
    changed: dict[str, dict[str, Any]] = {}
    for key, item in wanted.items():
        values = dict(item.values)
        if "category" in values:
            values["category_id"] = categories[values.pop("category")]
        before = known.get(key)
        if before is None:
            new.append({**DEFAULTS, **values, "sku": item.sku, "sku_key": key})
            continue
        differs = {name: value for name, value in values.items() if before[name] != value}
        if differs:
            changed[key] = {name: _said(name, before[name], value, names) for name, value in differs.items()}
            updates.append({"this_id": before["id"], **{n: v for n, v in before.items() if n != "id"}, **differs})
    if new:
        session.execute(sa.insert(_I), new)
    if updates:
        columns: dict[str, Any] = {c.name: sa.bindparam(c.name) for c in _I.c if c.name != "id"}
        session.connection().execute(sa.update(_I).where(_I.c.id == sa.bindparam("this_id")).values(columns), updates)
    return changed


def _said(name: str, before: Any, after: Any, categories: dict[int, str]) -> list[Any]:
    if name == "category_id":
        return [categories.get(before), categories.get(after)]
    return [before, after]


def _write_codes(session: Session, wanted: dict[str, _Wanted], ids: dict[str, int]) -> tuple[int, set[str]]:
    """Add codes that are new, set the units of those that are not: how many were added, and the items touched."""
    known: dict[tuple[int, str, str], Any] = {}
    for page in _pages(list(ids.values())):
        for row in session.execute(sa.select(_C).where(_C.c.item_id.in_(page))):
            known[row.item_id, row.scheme, row.value] = row
    new: list[dict[str, Any]] = []
    updates: list[dict[str, Any]] = []
    touched: set[str] = set()
    for sku, item in wanted.items():
        for (scheme, value), (received, used, _line) in item.codes.items():
            before = known.get((ids[sku], scheme, value))
            units = {"units_received": received, "units_used": used}
            if before is None:
                new.append({"item_id": ids[sku], "scheme": scheme, "value": value, **units})
            elif (before.units_received, before.units_used) != (received, used):
                updates.append({"this_id": before.id, **units})
            else:
                continue
            touched.add(sku)
    if new:
        session.execute(sa.insert(_C), new)
    if updates:
        columns: dict[str, Any] = {name: sa.bindparam(name) for name in ("units_received", "units_used")}
        session.connection().execute(sa.update(_C).where(_C.c.id == sa.bindparam("this_id")).values(columns), updates)
    return len(new), touched


def _shared_codes(session: Session, wanted: dict[str, _Wanted]) -> Iterator[str]:
    """A code may name several items; then every scan of it asks which, so it is said."""
    values = [key[1] for item in wanted.values() for key in item.codes]
    for page in _pages(values):
        statement = (
            sa.select(_C.c.value, sa.func.min(_I.c.sku), sa.func.max(_I.c.sku))
            .join(_I, _I.c.id == _C.c.item_id)
            .where(_C.c.value.in_(page), _I.c.is_active)
            .group_by(_C.c.scheme, _C.c.value)
            .having(sa.func.count() > 1)
            .order_by(_C.c.value)
        )
        for value, one, other in session.execute(statement):
            yield f"The code {value} names both {one} and {other}: a scan of it will ask which."
