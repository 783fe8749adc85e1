"""What is on hand, line by line: now, or at the end of a day gone by. Reads only; sums by item are in `item_states`."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, tzinfo
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from supply.db import table_of
from supply.stock.allocation import is_expired
from supply.stock.catalog import find_item
from supply.stock.locations import find_place
from supply.stock.models import Balance, Item, Location, LocationKind, Lot, Movement, Owner


@dataclass(frozen=True)
class StockLine:
    """Units of one lot at one place; `usable` is 0 while the lot is expired, held or recalled."""

    lot_id: int
    location_id: int
    sku: str
    name: str
    unit: str
    lot: str | None
    expiry: date | None
    expiry_precision: str | None
    received_on: date
    location: str
    owner: str
    quantity: int
    usable: int
    state: str
    unit_cost: int | None

    def as_json(self) -> dict[str, Any]:
        """The line in the public interface's names."""
        return {
            "sku": self.sku,
            "lot": self.lot,
            "expiry": self.expiry.isoformat() if self.expiry else None,
            "location": self.location,
            "owner": self.owner,
            "quantity": self.quantity,
            "usable": self.usable,
            "name": self.name,
            "unit": self.unit,
            "expiry_precision": self.expiry_precision,
            "received": self.received_on.isoformat(),
            "state": self.state,
            "lot_id": self.lot_id,
        }


_I, _L, _B, _P, _O = table_of(Item).c, table_of(Lot).c, table_of(Balance).c, table_of(Location).c, table_of(Owner).c


def stock_lines(
    session: Session,
    *,
    today: date,
    zone: tzinfo,
    sku: str | None = None,
    location: str | None = None,
    as_of: date | None = None,
    after: tuple[int, int] | None = None,
    limit: int | None = None,
) -> list[StockLine]:
    """Stock by lot and place, in the order of the catalogue. `as_of` gives the book at the end of that office day.

    `after` is the (lot id, location id) of the last line of the page before. Raises NotFound, Invalid (bad_location).
    """
    source = _quantities(as_of, zone) if as_of else _balances()
    statement = (
        sa.select(
            _L.id,
            _I.sku,
            _I.name,
            _I.unit,
            _L.lot_number,
            _L.expiry,
            _L.expiry_precision,
            _L.received_on,
            _P.code,
            _O.code,
            source.c.quantity,
            _L.state,
            _L.unit_cost,
            source.c.location_id,
        )
        .join(source, source.c.lot_id == _L.id)
        .join(table_of(Item), _I.id == _L.item_id)
        .join(table_of(Location), _P.id == source.c.location_id)
        .join(table_of(Owner), _O.id == _L.owner_id)
        .where(source.c.quantity > 0)
        .order_by(_L.item_id, _L.received_on, _L.id, source.c.location_id)
    )
    if sku:
        statement = statement.where(_L.item_id == find_item(session, sku).id)
    if location:
        statement = statement.where(source.c.location_id.in_(find_place(session, location).within))
    if after or limit:  # pages go by lot and place, which never change under the reader
        statement = statement.order_by(None).order_by(_L.id, source.c.location_id).limit(limit)
    if after:
        last = sa.tuple_(sa.literal(after[0]), sa.literal(after[1]))
        statement = statement.where(sa.tuple_(_L.id, source.c.location_id) > last)
    return [_line(row, as_of or today) for row in session.execute(statement)]


def _line(row: Any, today: date) -> StockLine:
    state = "expired" if row[11] == "open" and is_expired(row[5], today) else str(row[11].value)
    usable = row[10] if state == "open" else 0
    return StockLine(
        lot_id=row[0],
        location_id=row[13],
        sku=row[1],
        name=row[2],
        unit=row[3],
        lot=row[4] or None,
        expiry=row[5],
        expiry_precision=row[6],
        received_on=row[7],
        location=row[8],
        owner=row[9],
        quantity=int(row[10]),
        usable=int(usable),
        state=state,
        unit_cost=row[12],
    )


def _balances() -> sa.Subquery:
    return sa.select(_B.lot_id, _B.location_id, _B.quantity).where(_B.quantity > 0).subquery()


def _quantities(as_of: date, zone: tzinfo) -> sa.Subquery:
    """The book re-added from the movements up to the end of that day."""
    end = datetime.combine(as_of + timedelta(days=1), time(), zone)
    m = table_of(Movement).c
    places = sa.select(Location.id).where(Location.kind == LocationKind.physical)
    came = sa.select(m.lot_id, m.to_location_id.label("location_id"), m.quantity.label("n")).where(
        m.to_location_id.in_(places), m.occurred_at < end
    )
    left = sa.select(m.lot_id, m.from_location_id.label("location_id"), (-m.quantity).label("n")).where(
        m.from_location_id.in_(places), m.occurred_at < end
    )
    moved = sa.union_all(came, left).subquery()
    total = sa.func.sum(moved.c.n).label("quantity")
    return (
        sa.select(moved.c.lot_id, moved.c.location_id, total).group_by(moved.c.lot_id, moved.c.location_id).subquery()
    )
