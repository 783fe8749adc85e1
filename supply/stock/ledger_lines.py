"""The ledger to read: its rows with the names of item, lot, places, department and person. Reads only."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from supply.db import table_of
from supply.staff.models import Person
from supply.stock.models import Department, Item, Location, Lot, LotKnown, Movement, MovementKind

LOOKED_AT = 2_000  # rows looked through for one page, so that a rare kind costs no more than a common one


@dataclass(frozen=True)
class MovementLine:
    """One row of the ledger. `quantity` is in base units, `unit_cost` in 1/10,000 of the currency unit.

    `actor` is the person's sign-in name, `who` the one shown; `is_undone` says that a later row took it back.
    """

    id: int
    kind: MovementKind
    sku: str
    lot_id: int
    lot: str
    expiry: date | None
    precision: str | None
    lot_known: LotKnown
    from_code: str
    from_place: str
    to_code: str
    to_place: str
    quantity: int
    unit_cost: int | None
    department: str | None
    request_id: UUID
    occurred_at: datetime
    recorded_at: datetime
    actor: str
    who: str
    is_offline: bool
    reason: str | None
    reverses_id: int | None
    is_undone: bool


@dataclass(frozen=True)
class MovementPage:
    """Lines, newest first, and the id to go on before; None at the end."""

    lines: tuple[MovementLine, ...]
    next_before: int | None


_M, _L, _P = table_of(Movement).c, table_of(Lot).c, table_of(Person).c
_FROM, _TO = table_of(Location).alias("from_place"), table_of(Location).alias("to_place")
_BACK = table_of(Movement).alias("back")
_LINES = (
    sa.select(
        _M.id,
        _M.kind,
        table_of(Item).c.sku,
        _M.lot_id,
        _L.lot_number.label("lot"),
        _L.expiry,
        _L.expiry_precision.label("precision"),
        _M.lot_known,
        _FROM.c.code.label("from_code"),
        _FROM.c.name.label("from_place"),
        _TO.c.code.label("to_code"),
        _TO.c.name.label("to_place"),
        _M.quantity,
        _M.unit_cost,
        table_of(Department).c.code.label("department"),
        _M.request_id,
        _M.occurred_at,
        _M.recorded_at,
        _P.name.label("actor"),
        _P.display_name.label("who"),
        _M.offline.label("is_offline"),
        _M.reason,
        _M.reverses_id,
        _BACK.c.id.is_not(None).label("is_undone"),
    )
    .select_from(table_of(Movement))
    .join(table_of(Item), table_of(Item).c.id == _M.item_id)
    .join(table_of(Lot), _L.id == _M.lot_id)
    .join(_FROM, _FROM.c.id == _M.from_location_id)
    .join(_TO, _TO.c.id == _M.to_location_id)
    .join(table_of(Person), _P.id == _M.actor_id)
    .outerjoin(table_of(Department), table_of(Department).c.id == _M.department_id)
    .outerjoin(_BACK, _BACK.c.reverses_id == _M.id)
)


def movement_lines(
    session: Session, *, item_id: int | None = None, lot_id: int | None = None, after_id: int = 0, limit: int = 50
) -> tuple[MovementLine, ...]:
    """Rows of the ledger in the order in which they were written, after row `after_id`."""
    statement = _LINES.where(_M.id > after_id).order_by(_M.id).limit(limit)
    if item_id is not None:
        statement = statement.where(_M.item_id == item_id)
    if lot_id is not None:
        statement = statement.where(_M.lot_id == lot_id)
    return _read(session, statement)


def latest_movements(
    session: Session, *, item_id: int, kind: MovementKind | None = None, before: int | None = None, limit: int = 50
) -> MovementPage:
    """Movements of an item with id less than `before`, newest first, at most `limit`.

    Looks through at most `LOOKED_AT` rows: a page of a rare kind may hold few lines, or none, and still go on.
    """
    window = sa.select(_M.id).where(_M.item_id == item_id).order_by(_M.id.desc()).limit(LOOKED_AT)
    if before is not None:
        window = window.where(_M.id < before)
    seen = window.subquery()
    least, count = session.execute(sa.select(sa.func.min(seen.c.id), sa.func.count()).select_from(seen)).one()
    if least is None:
        return MovementPage((), None)
    statement = _LINES.where(_M.item_id == item_id, _M.id >= least)
    statement = statement.where(_M.id < before) if before is not None else statement
    statement = statement.where(_M.kind == kind) if kind is not None else statement
    lines = _read(session, statement.order_by(_M.id.desc()).limit(limit + 1))
    if len(lines) > limit:
        return MovementPage(lines[:limit], lines[limit - 1].id)
    return MovementPage(lines, least if count == LOOKED_AT else None)


def _read(session: Session, statement: sa.Select[Any]) -> tuple[MovementLine, ...]:
    return tuple(MovementLine(**row._mapping) for row in session.execute(statement))
