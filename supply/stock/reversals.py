"""Reversing: the only way to correct a movement. Each row is undone by one row that goes back, once."""

from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from supply.errors import Conflict
from supply.stock import ledger
from supply.stock.ledger import Act, Posted, Posting
from supply.stock.models import LotKnown, Movement, MovementKind


def movements_of(session: Session, request_id: UUID) -> list[Movement]:
    """The rows one act posted, in the order they were posted."""
    return list(session.scalars(sa.select(Movement).where(Movement.request_id == request_id).order_by(Movement.id)))


def reverse(session: Session, act: Act, rows: list[Movement]) -> list[Posted]:
    """Post the mirror of each row. Raises Conflict: `already_undone`, or `cannot_undo` when the units have moved on."""
    if not rows:
        raise Conflict("There is nothing to undo: this scan moved no stock.", code="cannot_undo")
    ledger.lock_items(session, [row.item_id for row in rows])
    done = session.scalar(sa.select(Movement.id).where(Movement.reverses_id.in_([row.id for row in rows])).limit(1))
    if done or any(row.kind == MovementKind.reversal for row in rows):
        raise Conflict("This was undone already.", code="already_undone")
    postings = [
        Posting(
            MovementKind.reversal,
            row.item_id,
            row.lot_id,
            row.to_location_id,
            row.from_location_id,
            row.quantity,
            LotKnown(row.lot_known),
            row.unit_cost,
            reverses_id=row.id,
        )
        for row in rows
    ]
    try:
        return ledger.post(session, act, postings, physical=ledger.physical_ids(session))
    except ledger.ShortStock as error:
        raise Conflict(
            "Too late to undo: these units have moved on. Put them back or count instead.", code="cannot_undo"
        ) from error
