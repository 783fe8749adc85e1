"""The catalogue: items, the codes that name them, and finding the item that a scan means. Moves no stock."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from supply.audit import chain
from supply.barcodes.model import Barcode
from supply.db import connection_of, table_of
from supply.errors import Conflict, Invalid, NotFound
from supply.stock.models import Category, Item, ItemCode, Lot, Rotation, Tracking

SKU = re.compile(r"[^\s\x00-\x1f\x7f][^\x00-\x1f\x7f]{0,59}")
UNITS_LIMIT = 1_000_000
NUMBER_LIMIT = 1_000_000_000


@dataclass(frozen=True)
class Match:
    """An item that a code names, and what one scan of that code moves, in units of use."""

    item_id: int
    sku: str
    name: str
    unit: str
    rotation: str
    tracking: str
    lot_required: bool
    expiry_required: bool
    reorder_point: int | None
    par_level: int | None
    unit_cost: int | None
    units_received: int = 1
    units_used: int = 1
    lot_id: int | None = None


_I, _C, _K = table_of(Item).c, table_of(ItemCode).c, table_of(Category).c


@lru_cache(maxsize=2)
def _select_match(with_code: bool) -> sa.Select[Any]:
    columns: list[Any] = [
        _I.id,
        _I.sku,
        _I.name,
        _I.unit,
        sa.func.coalesce(_I.rotation, _K.rotation, "fifo", type_=sa.String),
        _I.tracking,
        _I.lot_required,
        _I.expiry_required,
        _I.reorder_point,
        _I.par_level,
        _I.price,
        _I.pack_quantity,
    ]
    source = sa.outerjoin(table_of(Item), table_of(Category), _K.id == _I.category_id)
    if with_code:
        columns += [_C.units_received, _C.units_used, _C.scheme, _C.value]
        source = sa.join(table_of(ItemCode), source, _I.id == _C.item_id)
    return sa.select(*columns).select_from(source).where(_I.is_active)


@lru_cache(maxsize=4)
def _by_keys(count: int) -> sa.Select[Any]:
    pairs = [(_C.scheme == sa.bindparam(f"scheme{n}")) & (_C.value == sa.bindparam(f"value{n}")) for n in range(count)]
    return _select_match(True).where(sa.or_(*pairs)).order_by(_I.id)


_BY_SKU = _select_match(False).where(_I.sku_key == sa.bindparam("key"))


def _match(row: Any, units_received: int = 1, units_used: int = 1, lot_id: int | None = None) -> Match:
    cost = None if row[10] is None else (row[10] + (row[11] or 1) // 2) // (row[11] or 1)
    return Match(
        item_id=row[0],
        sku=row[1],
        name=row[2],
        unit=row[3],
        rotation=row[4],
        tracking=row[5].value,
        lot_required=row[6],
        expiry_required=row[7],
        reorder_point=row[8],
        par_level=row[9],
        unit_cost=cost,
        units_received=units_received,
        units_used=units_used,
        lot_id=lot_id,
    )


def find_matches(session: Session, barcode: Barcode) -> list[Match]:
    """The items that a scanned or typed code may mean: by its keys in their order, else by SKU. Empty when unknown."""
    connection = connection_of(session)
    if barcode.scheme == "house":
        return _by_house_code(session, barcode)
    keys = [key for key in barcode.lookup_keys[:4] if key[1].isprintable()]
    if barcode.errors:  # a faulty code names nothing, but may be word for word a number of our own
        keys = [key for key in keys if key[0] == "plain"]
    if keys:
        values = {
            name: text for n, key in enumerate(keys) for name, text in ((f"scheme{n}", key[0]), (f"value{n}", key[1]))
        }
        rows = connection.execute(_by_keys(len(keys)), values).all()
        for scheme in dict.fromkeys(key[0] for key in keys):
            hits = [row for row in rows if row[14] == scheme]
            if hits:
                return list({row[0]: _match(row, row[12], row[13]) for row in hits}.values())
    text = barcode.raw.strip()
    if not text.isprintable():
        return []
    found = connection.execute(_BY_SKU, {"key": text.casefold()}).all()
    return [_match(row) for row in found]


def _by_house_code(session: Session, barcode: Barcode) -> list[Match]:
    if not (barcode.house_value or "").isdigit() or len(barcode.house_value or "") > 9:
        return []
    number = int(barcode.house_value or 0)
    if barcode.house_kind == "item":
        rows = connection_of(session).execute(_select_match(False).where(_I.id == number)).all()
        return [_match(row) for row in rows]
    if barcode.house_kind == "lot":
        item = session.scalar(sa.select(Lot.item_id).where(Lot.id == number))
        rows = connection_of(session).execute(_select_match(False).where(_I.id == item)).all()
        return [_match(row, lot_id=number) for row in rows]
    return []


def find_item(session: Session, sku: str) -> Item:
    """The item of that SKU. Raises NotFound."""
    row = session.scalar(sa.select(Item).where(Item.sku_key == sku.strip().casefold()))
    if row is None:
        raise NotFound(f"There is no item {sku!r}.")
    return row


def add_item(session: Session, *, sku: str, name: str, actor_id: int, now: datetime, **fields: Any) -> Item:
    """Add an item; `fields` are columns of Item, `category` by name. Raises Invalid or Conflict."""
    sku, name = sku.strip(), name.strip()
    if not SKU.fullmatch(sku):
        raise Invalid("An SKU has 1 to 60 printable characters and does not begin with a space.", code="bad_field")
    if not name or len(name) > 200 or not name.isprintable():
        raise Invalid("An item's name has 1 to 200 printable characters.", code="bad_field")
    if session.scalar(sa.select(Item.id).where(Item.sku_key == sku.casefold())):
        raise Conflict(f"There is already an item {sku}.", code="item_exists")
    item = Item(sku=sku, sku_key=sku.casefold(), name=name)
    _set_fields(session, item, fields)
    session.add(item)
    session.flush()
    chain.record(
        session, at=now, actor_id=actor_id, action="item.add", subject=f"item {sku}", details={"name": name, **fields}
    )
    return item


def change_item(session: Session, *, item: Item, actor_id: int, now: datetime, **fields: Any) -> Item:
    """Change columns of an item. Raises Invalid. What is not named stays."""
    before = {key: getattr(item, key, None) for key in fields if key != "category"}
    _set_fields(session, item, fields)
    session.flush()
    chain.record(
        session,
        at=now,
        actor_id=actor_id,
        action="item.change",
        subject=f"item {item.sku}",
        details={"before": before, "after": fields},
    )
    return item


NUMBERS = {"shelf_life_days", "reorder_point", "par_level", "lead_time_days"}


def _set_fields(session: Session, item: Item, fields: dict[str, Any]) -> None:
    for key, value in fields.items():
        if key == "category":
            item.category_id = ensure_category(session, value) if value else None
        elif key in NUMBERS or key in {"pack_quantity", "price"}:
            least = 1 if key == "pack_quantity" else 0
            if value is not None and (
                isinstance(value, bool) or not isinstance(value, int) or not least <= value <= NUMBER_LIMIT
            ):
                raise Invalid(f"{key} is a whole number from {least} to {NUMBER_LIMIT}.", code="bad_field")
            setattr(item, key, value)
        elif key == "rotation":
            item.rotation = Rotation(value) if value else None
        elif key == "tracking":
            item.tracking = Tracking(value or "lot")
        elif key in {"unit", "name"} and not (value or "").strip():
            raise Invalid(f"{key} must not be empty.", code="bad_field")
        else:
            setattr(item, key, value)


def ensure_category(session: Session, name: str) -> int:
    """The id of the category of that name, made where it is missing."""
    found = session.scalar(sa.select(Category.id).where(Category.name == name.strip()))
    if found is None:
        row = Category(name=name.strip())
        session.add(row)
        session.flush()
        found = row.id
    return found


def add_code(
    session: Session,
    *,
    item: Item,
    barcode: Barcode,
    actor_id: int,
    now: datetime,
    units_received: int = 1,
    units_used: int = 1,
) -> list[ItemCode]:
    """Teach a code of an item: the first key it carries. Raises Invalid or Conflict."""
    for units in (units_received, units_used):
        if isinstance(units, bool) or not isinstance(units, int) or not 1 <= units <= UNITS_LIMIT:
            raise Invalid(f"Units per scan are whole numbers from 1 to {UNITS_LIMIT}.", code="bad_field")
    if barcode.errors or not barcode.lookup_keys:
        raise Invalid("This code cannot name an item; scan the code on the item's own label.", code="bad_barcode")
    first = barcode.lookup_keys[0][0]
    rows = []
    for scheme, value in barcode.lookup_keys:
        if scheme != first:
            continue
        taken = session.scalar(
            sa.select(ItemCode.id).where(
                ItemCode.scheme == scheme, ItemCode.value == value, ItemCode.item_id == item.id
            )
        )
        if taken:
            raise Conflict(f"{item.sku} already has the code {value}.", code="code_exists")
        rows.append(
            ItemCode(item_id=item.id, scheme=scheme, value=value, units_received=units_received, units_used=units_used)
        )
    session.add_all(rows)
    session.flush()
    chain.record(
        session,
        at=now,
        actor_id=actor_id,
        action="item.code",
        subject=f"item {item.sku}",
        details={"codes": [[r.scheme, r.value] for r in rows], "received": units_received, "used": units_used},
    )
    return rows


def codes_of(session: Session, item_ids: Sequence[int]) -> list[ItemCode]:
    """The codes of these items."""
    return list(session.scalars(sa.select(ItemCode).where(ItemCode.item_id.in_(item_ids)).order_by(ItemCode.id)))


def search_items(session: Session, text: str, *, limit: int = 50, after_id: int = 0) -> list[Item]:
    """Active items whose SKU or name has every word of `text`, by id."""
    statement = sa.select(Item).where(Item.is_active, Item.id > after_id)
    for word in text.split()[:8]:
        pattern = "%" + word.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_") + "%"
        statement = statement.where(Item.name.ilike(pattern, escape="\\") | Item.sku.ilike(pattern, escape="\\"))
    return list(session.scalars(statement.order_by(Item.id).limit(limit)))
