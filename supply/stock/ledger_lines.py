"""The ledger to read: its rows with the names of item, lot, places, department and person. Reads only."""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from supply.db import table_of
from supply.staff.models import Person
from supply.stock.models import Department, Item, Location, Lot, LotKnown, Movement, MovementKind


@dataclass(frozen=True)
class MovementLine:
    """One row of the ledger. `quantity` is in base units, `unit_cost` in 1/10,000 of the currency unit."""

    id: int
    kind: MovementKind
    sku: str
    lot_id: int
    lot: str
    expiry: date | None
    lot_known: LotKnown
    from_code: str
    to_code: str
    quantity: int
    unit_cost: int | None
    department: str | None
    request_id: UUID
    occurred_at: datetime
    recorded_at: datetime
    actor: str
    offline: bool
    reason: str | None
    reverses_id: int | None


_M, _L = table_of(Movement).c, table_of(Lot).c
_FROM, _TO = table_of(Location).alias("from_place"), table_of(Location).alias("to_place")
_LINES = (
    sa.select(
        _M.id,
        _M.kind,
        table_of(Item).c.sku,
        _M.lot_id,
        _L.lot_number,
        _L.expiry,
        _M.lot_known,
        _FROM.c.code,
        _TO.c.code,
        _M.quantity,
        _M.unit_cost,
        table_of(Department).c.code,
        _M.request_id,
        _M.occurred_at,
        _M.recorded_at,
        table_of(Person).c.name,
        _M.offline,
        _M.reason,
        _M.reverses_id,
    )
    .join(table_of(Item), table_of(Item).c.id == _M.item_id)
    .join(table_of(Lot), _L.id == _M.lot_id)
    .join(_FROM, _FROM.c.id == _M.from_location_id)
    .join(_TO, _TO.c.id == _M.to_location_id)
    .join(table_of(Person), table_of(Person).c.id == _M.actor_id)
    .outerjoin(table_of(Department), table_of(Department).c.id == _M.department_id)
    .order_by(_M.id)
)


def movement_lines(
    session: Session, *, item_id: int | None = None, lot_id: int | None = None, after_id: int = 0, limit: int = 50
) -> list[MovementLine]:
    """Rows of the ledger in the order in which they were written, after row `after_id`."""
    statement = _LINES.where(_M.id > after_id).limit(limit)
    if item_id is not None:
        statement = statement.where(_M.item_id == item_id)
    if lot_id is not None:
        statement = statement.where(_M.lot_id == lot_id)
    return [MovementLine(*row) for row in session.execute(statement)]
