"""Correcting the book of one lot at one place, by a difference or to a counted number, and taking that back.

Each once for its request. Must never change a row: `movements` and `reversals` post new ones.
"""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID, uuid5

from sqlalchemy.orm import Session

from supply.errors import Conflict, Invalid, NotFound
from supply.staff.permissions import Action, Actor, require
from supply.stock import ledger, lots, movements, reversals
from supply.stock.ledger import Act
from supply.stock.locations import Place, find_place
from supply.stock.models import Lot, Movement, MovementKind

# Their own spaces of keys: a scan that comes with the same request_id is another act, and its undo is not this one's.
CORRECTION_NAMESPACE = UUID("6f0c9f5e-3f0b-4a37-8a53-0f8f6f4f5a51")
UNDO_NAMESPACE = UUID("6f0f7a3e-0a37-4b6e-9d0b-1f1f3e3a8c52")
MOST_UNITS = 100_000_000


@dataclass(frozen=True)
class Correction:
    """Somebody says that the book of a lot at a place is wrong, and why; it counts once for each `request_id`."""

    request_id: UUID
    lot_id: int
    location: str
    reason: str
    by: Actor
    now: datetime

    @property
    def act(self) -> Act:
        """Under what its row is posted."""
        return Act(
            request_id=uuid5(CORRECTION_NAMESPACE, str(self.request_id)),
            actor_id=self.by.person_id,
            occurred_at=self.now,
            recorded_at=self.now,
            reason=self.reason.strip()[:300],
        )


@dataclass(frozen=True)
class Corrected:
    """The row of the correction, by how many base units it changed the book, and whether this call wrote it first."""

    movement_id: int
    difference: int
    is_new: bool


def correct_by(session: Session, correction: Correction, difference: int) -> Corrected:
    """Correct the book by `difference` base units.

    Raises NotAllowed, NotFound (lot), Invalid (bad_location, reason_required, bad_field), ledger.ShortStock, and
    Conflict (key_reused) when the key came with another correction or person.
    """
    if abs(difference) > MOST_UNITS:
        raise Invalid(f"difference is at most {MOST_UNITS:,} units.", code="bad_field")
    _, place = _locked(session, correction)
    before = _before(session, correction, place)
    if before is not None and before.difference != difference:
        raise _other_correction()
    return before or _post(session, correction, place, difference)


def correct_to(session: Session, correction: Correction, counted: int) -> Corrected:
    """Set the book to what a person counted there, in base units, whatever it says.

    Raises NotAllowed, NotFound (lot), Invalid (bad_quantity, bad_location, reason_required, no_difference), and
    Conflict (key_reused) when the key came with another correction or person.
    """
    if not 0 <= counted <= MOST_UNITS:
        raise Invalid(f"The count is a whole number from 0 to {MOST_UNITS:,}.", code="bad_quantity")
    lot, place = _locked(session, correction)
    before = _before(session, correction, place)
    if before is not None:
        return before
    here = [row for row in lots.balances_of(session, lot.item_id) if row.lot_id == lot.id]
    difference = counted - sum(row.quantity for row in here if row.location_id == place.id)
    if difference == 0:
        raise Invalid(f"The book says {counted} too; there is nothing to correct.", code="no_difference")
    return _post(session, correction, place, difference)


def undo_correction(session: Session, *, request_id: UUID, by: Actor, now: datetime) -> None:
    """Take a correction back. Raises NotAllowed, NotFound, Conflict (already_undone, cannot_undo)."""
    require(by, Action.adjust)
    rows = _rows_of(session, uuid5(CORRECTION_NAMESPACE, str(request_id)))
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


def _locked(session: Session, correction: Correction) -> tuple[Lot, Place]:
    """The lot and the place it is about, under the item's lock."""
    require(correction.by, Action.adjust)
    lot = session.get(Lot, correction.lot_id)
    if lot is None:
        raise NotFound(f"There is no lot {correction.lot_id}.")
    place = find_place(session, correction.location)
    ledger.lock_items(session, [lot.item_id])
    return lot, place


def _before(session: Session, correction: Correction, place: Place) -> Corrected | None:
    """What the same correction came to when it was sent before. Raises Conflict when that was another one."""
    act = correction.act
    rows = _rows_of(session, act.request_id)
    if not rows:
        return None
    row, variance = rows[0], place.virtual["variance"]
    if (row.lot_id, row.reason, row.actor_id) != (correction.lot_id, act.reason, act.actor_id):
        raise _other_correction()
    if {row.from_location_id, row.to_location_id} != {variance, place.id}:
        raise _other_correction()
    return Corrected(row.id, row.quantity if row.to_location_id == place.id else -row.quantity, is_new=False)


def _other_correction() -> Conflict:
    said = "This was sent before as another correction. Open the page again, or make a new request_id."
    return Conflict(said, code="key_reused")


def _rows_of(session: Session, key: UUID) -> list[Movement]:
    return [row for row in reversals.movements_of(session, key) if row.kind == MovementKind.adjustment]


def _post(session: Session, correction: Correction, place: Place, difference: int) -> Corrected:
    moved = movements.adjust(session, correction.act, lot_id=correction.lot_id, place=place, difference=difference)
    return Corrected(moved.rows[0].id, difference, is_new=True)
