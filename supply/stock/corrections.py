"""Setting the book of one lot at one place to what a person counted there, and taking that back: once a request."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID, uuid5

from sqlalchemy.orm import Session

from supply.errors import Invalid, NotFound
from supply.staff.permissions import Action, Actor, require
from supply.stock import ledger, lots, movements, reversals
from supply.stock.ledger import Act
from supply.stock.locations import find_place
from supply.stock.models import Lot, MovementKind

UNDO_NAMESPACE = UUID("6f0f7a3e-0a37-4b6e-9d0b-1f1f3e3a8c52")
MOST = 10_000_000


@dataclass(frozen=True)
class Counted:
    """`counted` base units of a lot stand at a place, whatever the book says; `reason` says why it was wrong."""

    lot_id: int
    location: str
    counted: int
    reason: str


def correct(session: Session, *, request_id: UUID, counted: Counted, by: Actor, now: datetime) -> int:
    """Post the difference to the book and return it, in base units; a request that came before posts nothing.

    Raises NotAllowed, NotFound, or Invalid (no reason, a count below 0, nothing to correct).
    """
    require(by, Action.adjust)
    if not 0 <= counted.counted <= MOST:
        raise Invalid(f"The count is a whole number from 0 to {MOST:,}.", code="bad_quantity")
    lot = session.get(Lot, counted.lot_id)
    if lot is None:
        raise NotFound("This lot is not on the book.")
    ledger.lock_items(session, [lot.item_id])
    place = find_place(session, counted.location)
    done = reversals.movements_of(session, request_id)
    if done:
        return sum(row.quantity if row.to_location_id == place.id else -row.quantity for row in done)
    here = [row for row in lots.balances_of(session, lot.item_id) if row.lot_id == lot.id]
    difference = counted.counted - sum(row.quantity for row in here if row.location_id == place.id)
    if difference == 0:
        raise Invalid(f"The book says {counted.counted} too; there is nothing to correct.", code="no_difference")
    act = Act(
        request_id=request_id,
        actor_id=by.person_id,
        occurred_at=now,
        recorded_at=now,
        reason=counted.reason.strip()[:300],
    )
    movements.adjust(session, act, lot_id=lot.id, place=place, difference=difference)
    return difference


def undo_correction(session: Session, *, request_id: UUID, by: Actor, now: datetime) -> None:
    """Take a correction back. Raises NotAllowed, NotFound, Conflict (already_undone, cannot_undo)."""
    require(by, Action.adjust)
    rows = [row for row in reversals.movements_of(session, request_id) if row.kind == MovementKind.adjustment]
    if not rows:
        raise NotFound("There is no such correction.")
    undo = Act(
        request_id=uuid5(UNDO_NAMESPACE, str(request_id)),
        actor_id=by.person_id,
        occurred_at=now,
        recorded_at=now,
        reason="undo",
    )
    reversals.reverse(session, undo, rows)
