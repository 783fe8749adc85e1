"""One item's movements as people read them, newest first and page by page. Reads only."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from supply.db import table_of
from supply.staff.models import Person
from supply.stock.models import Department, Location, Lot, Movement, MovementKind

LOOKED_AT = 2_000  # rows looked through for one page, so that a rare kind costs no more than a common one


@dataclass(frozen=True)
class ItemMovement:
    """One movement as people read it; `is_undone` says that a later row took it back."""

    id: int
    kind: str
    lot: str
    expiry: date | None
    precision: str | None
    from_place: str
    to_place: str
    quantity: int
    who: str
    occurred_at: datetime
    recorded_at: datetime
    is_offline: bool
    reason: str | None
    department: str | None
    lot_known: str
    reverses_id: int | None
    is_undone: bool


@dataclass(frozen=True)
class MovementPage:
    """Lines, and the id to go on before; None at the end."""

    lines: tuple[ItemMovement, ...]
    next_before: int | None


def item_movements(
    session: Session, *, item_id: int, kind: MovementKind | None = None, before: int | None = None, limit: int = 50
) -> MovementPage:
    """Movements of an item with id less than `before`, newest first, at most `limit`.

    Looks through at most `LOOKED_AT` rows: a page of a rare kind may hold few lines, or none, and still go on.
    """
    m = table_of(Movement).c
    window = sa.select(m.id).where(m.item_id == item_id).order_by(m.id.desc()).limit(LOOKED_AT)
    if before is not None:
        window = window.where(m.id < before)
    seen = window.subquery()
    least, count = session.execute(sa.select(sa.func.min(seen.c.id), sa.func.count()).select_from(seen)).one()
    if least is None:
        return MovementPage((), None)
    statement = _lines().where(m.item_id == item_id, m.id >= least)
    statement = statement.where(m.id < before) if before is not None else statement
    statement = statement.where(m.kind == kind) if kind is not None else statement
    rows = session.execute(statement.order_by(m.id.desc()).limit(limit + 1)).all()
    lines = tuple(
        ItemMovement(**{**row._mapping, "kind": row.kind.value, "lot_known": row.lot_known.value}) for row in rows
    )
    if len(lines) > limit:
        return MovementPage(lines[:limit], lines[limit - 1].id)
    return MovementPage(lines, least if count == LOOKED_AT else None)


def _lines() -> sa.Select[Any]:
    m, back = table_of(Movement).c, table_of(Movement).alias("back")
    lot, person, department = table_of(Lot).c, table_of(Person).c, table_of(Department).c
    start, end = table_of(Location).alias("start"), table_of(Location).alias("finish")
    return (
        sa.select(
            m.id,
            m.kind,
            lot.lot_number.label("lot"),
            lot.expiry,
            lot.expiry_precision.label("precision"),
            start.c.name.label("from_place"),
            end.c.name.label("to_place"),
            m.quantity,
            person.display_name.label("who"),
            m.occurred_at,
            m.recorded_at,
            m.offline.label("is_offline"),
            m.reason,
            department.code.label("department"),
            m.lot_known,
            m.reverses_id,
            back.c.id.is_not(None).label("is_undone"),
        )
        .select_from(table_of(Movement))
        .join(table_of(Lot), lot.id == m.lot_id)
        .join(table_of(Person), person.id == m.actor_id)
        .join(start, start.c.id == m.from_location_id)
        .join(end, end.c.id == m.to_location_id)
        .outerjoin(table_of(Department), department.id == m.department_id)
        .outerjoin(back, back.c.reverses_id == m.id)
    )
