"""Scans of which only a name said whose they are: the person named, or a manager, says whether that is so.

Must never change a stored answer.
"""

from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from supply.audit import chain
from supply.errors import Conflict, NotAllowed
from supply.staff.permissions import Action, Actor
from supply.stations.models import ScanRecord
from supply.stations.settling import find_scan

OPEN, MINE, NOT_MINE = "open", "mine", "not_mine"
CLAIMED = "claimed"


def confirm_scan(session: Session, *, request_id: UUID, is_mine: bool, by: Actor, now: datetime) -> ScanRecord:
    """Say whether a claimed scan is the person's whom it names; the same answer again changes nothing.

    What the person denies waits for a manager as an exception. Raises NotFound, NotAllowed, Conflict (not_open).
    """
    record = find_scan(session, request_id, locked=True)
    is_own = by.person_id == record.actor_id
    if not is_own and not by.may(Action.settle_scans):
        raise NotAllowed("Only the person named, or a manager, can say whose scan this was.")
    said = MINE if is_mine else NOT_MINE
    if record.claim == said:
        return record
    if record.claim != OPEN:
        raise Conflict("Nobody has to say whose scan this was.", code="not_open")
    record.claim = said
    if not is_mine and record.needs is None:
        record.needs, record.exception = "exception", record.exception or NOT_MINE
    session.flush()
    chain.record(
        session,
        at=now,
        actor_id=by.person_id,
        action=f"scan.claim_{said}",
        subject=f"request {request_id}",
        details={"person": record.actor_id, "sent_by": record.sender_id},
    )
    return record
