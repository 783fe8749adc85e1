"""Adjusting under a key of the client's: the same correction sent twice counts once."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID, uuid5

import sqlalchemy as sa
from sqlalchemy.orm import Session

from supply.errors import Conflict, Invalid, NotFound
from supply.staff.permissions import Action, Actor, require
from supply.stock import ledger, movements
from supply.stock.ledger import Act
from supply.stock.locations import find_place
from supply.stock.models import Lot, Movement

# Its own space of keys: a scan that comes with the same request_id is another act, and its undo is not this one's.
ADJUSTMENT_NAMESPACE = UUID("6f0c9f5e-3f0b-4a37-8a53-0f8f6f4f5a51")
DIFFERENCE_LIMIT = 100_000_000


@dataclass(frozen=True)
class Adjusted:
    """The row of the correction, and whether this call wrote it first."""

    movement_id: int
    is_new: bool


def adjust_once(
    session: Session,
    *,
    request_id: UUID,
    lot_id: int,
    location: str,
    difference: int,
    reason: str,
    by: Actor,
    now: datetime,
) -> Adjusted:
    """Correct the book by `difference` base units of a lot at a place, once for each `request_id`.

    Raises NotAllowed, NotFound (lot), Invalid (bad_location, reason_required, bad_field), ledger.ShortStock, and
    Conflict (key_reused) when the key came with another correction or person.
    """
    require(by, Action.adjust)
    lot = session.get(Lot, lot_id)
    if lot is None:
        raise NotFound(f"There is no lot {lot_id}.")
    if abs(difference) > DIFFERENCE_LIMIT:
        raise Invalid(f"difference is at most {DIFFERENCE_LIMIT:,} units.", code="bad_field")
    place = find_place(session, location)
    ledger.lock_items(session, [lot.item_id])
    key = uuid5(ADJUSTMENT_NAMESPACE, str(request_id))
    ends = (place.virtual["variance"], place.id) if difference > 0 else (place.id, place.virtual["variance"])
    wanted = (lot_id, *ends, abs(difference), reason.strip(), by.person_id)
    before = _written(session, key)
    if before is not None:
        if before[1:] != wanted:
            raise Conflict("This request_id was used for another correction. Make a new one.", code="key_reused")
        return Adjusted(before[0], is_new=False)
    act = Act(request_id=key, actor_id=by.person_id, occurred_at=now, recorded_at=now, reason=reason.strip())
    moved = movements.adjust(session, act, lot_id=lot_id, place=place, difference=difference)
    return Adjusted(moved.rows[0].id, is_new=True)


def _written(session: Session, key: UUID) -> tuple[int, int, int, int, int, str | None, int] | None:
    row = session.execute(
        sa.select(
            Movement.id,
            Movement.lot_id,
            Movement.from_location_id,
            Movement.to_location_id,
            Movement.quantity,
            Movement.reason,
            Movement.actor_id,
        ).where(Movement.request_id == key)
    ).one_or_none()
    return None if row is None else row._tuple()
