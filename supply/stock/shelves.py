"""What stands where: every place with the sums of all within it, and the lines of one place by item. Reads only."""

from dataclasses import dataclass
from datetime import date
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from supply.db import table_of
from supply.stock.allocation import lot_state
from supply.stock.locations import physical_locations
from supply.stock.models import Balance, Item, Location, Lot, Owner

_I, _L, _B, _P, _O = table_of(Item).c, table_of(Lot).c, table_of(Balance).c, table_of(Location).c, table_of(Owner).c

SHOWN = ("sku", "name", "unit", "lot_id", "number", "expiry", "precision", "location", "place", "owner", "quantity")
LOTS_AT_PLACES = (
    sa.select(
        _I.sku,
        _I.name,
        _I.unit,
        _L.id.label("lot_id"),
        _L.lot_number.label("number"),
        _L.expiry,
        _L.expiry_precision.label("precision"),
        _P.code.label("location"),
        _P.name.label("place"),
        _O.code.label("owner"),
        _B.quantity,
        _L.unit_cost,
        _L.state,
        _B.location_id,
    )
    .join(table_of(Balance), _B.lot_id == _L.id)
    .join(table_of(Item), _I.id == _L.item_id)
    .join(table_of(Location), _P.id == _B.location_id)
    .join(table_of(Owner), _O.id == _L.owner_id)
    .where(_B.quantity > 0)
)  # units of each lot at each place, with the names that people know them by


@dataclass(frozen=True)
class PlaceSum:
    """A place, how deep it is nested, and what it holds with all within it; `value` at cost in 1/10,000."""

    id: int
    code: str
    name: str
    depth: int
    parent_code: str | None
    items: int
    lots: int
    value: int


@dataclass(frozen=True)
class ShelfLine:
    """Units of one lot at one place. `state` is `ok`, `soon`, `expired`, `held` or `recalled`."""

    sku: str
    name: str
    unit: str
    lot_id: int
    number: str
    expiry: date | None
    precision: str | None
    days_left: int | None
    location: str
    place: str
    owner: str
    quantity: int
    state: str
    key: tuple[str, int, int, int]


def place_sums(session: Session) -> list[PlaceSum]:
    """Every active physical place, a place before what it holds, siblings by name."""
    rows = physical_locations(session)
    paths = {row.id: row.path for row in rows}
    held: dict[int, list[sa.Row[tuple[int, int, int, int]]]] = {}
    for one in session.execute(_held()):
        held.setdefault(one[0], []).append(one)
    names = {row.id: (row.name.lower(), row.id) for row in rows}
    codes = {row.id: row.code for row in rows}

    def order(row: Location) -> tuple[tuple[str, int], ...]:
        return tuple(names.get(int(part), ("", int(part))) for part in row.path.strip("/").split("/"))

    found = []
    for row in sorted(rows, key=order):
        inside = [one for place, path in paths.items() if path.startswith(row.path) for one in held.get(place, ())]
        found.append(
            PlaceSum(
                id=row.id,
                code=row.code,
                name=row.name,
                depth=row.path.count("/") - 2,
                parent_code=codes.get(row.parent_id) if row.parent_id else None,
                items=len({one[1] for one in inside}),
                lots=sum(one[2] for one in inside),
                value=sum(one[3] for one in inside),
            )
        )
    return found


def _held() -> sa.Select[tuple[int, int, int, int]]:
    value = sa.func.coalesce(sa.func.sum(_B.quantity * _L.unit_cost), 0)
    return (
        sa.select(_B.location_id, _B.item_id, sa.func.count(), value)
        .join(table_of(Lot), _L.id == _B.lot_id)
        .where(_B.quantity > 0)
        .group_by(_B.location_id, _B.item_id)
    )


def shelf_lines(
    session: Session,
    *,
    within: frozenset[int] | None,
    today: date,
    soon_days: int,
    limit: int,
    after: tuple[str, int, int, int] | None = None,
) -> list[ShelfLine]:
    """What stands in these places (None: anywhere), by item name and lot. `after` is the key of the line before."""
    key = (sa.func.lower(_I.name), _I.id, _L.id, _B.location_id)
    statement = LOTS_AT_PLACES.add_columns(key[0].label("folded"), _I.id.label("item_id")).order_by(*key).limit(limit)
    if within is not None:
        statement = statement.where(_B.location_id.in_(within))
    if after:
        statement = statement.where(sa.tuple_(*key) > sa.tuple_(*(sa.literal(part) for part in after)))
    return [_line(row, today, soon_days) for row in session.execute(statement)]


def _line(row: Any, today: date, soon_days: int) -> ShelfLine:
    shown = {name: row._mapping[name] for name in SHOWN}
    state = lot_state(row.state.value, row.expiry, today=today, soon_days=soon_days)
    days_left = (row.expiry - today).days if row.expiry else None
    return ShelfLine(
        **shown, state=state, days_left=days_left, key=(row.folded, row.item_id, row.lot_id, row.location_id)
    )
