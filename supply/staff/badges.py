"""Badges: a random barcode that names its person at a shared station. It opens nothing that needs a password."""

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from supply.audit.chain import record
from supply.errors import NotFound
from supply.staff.keys import digest, new_key
from supply.staff.models import Person
from supply.staff.people import roles_of
from supply.staff.permissions import Action, Actor, require

PREFIX = "SUPPLY-BADGE-"


def issue_badge(session: Session, *, person_id: int, by: Actor, now: datetime) -> str:
    """Make a new badge text for the person, to be printed; the badge before stops working. Only its digest is kept."""
    require(by, Action.administer)
    person = session.get(Person, person_id)
    if person is None:
        raise NotFound("There is no such person.", code="person_unknown")
    text = new_key(PREFIX)
    person.badge_hash = digest(text)
    record(
        session, at=now, actor_id=by.person_id, action="staff.issue_badge", subject=f"person {person.id}", details={}
    )
    return text


def actor_for_badge(session: Session, text: str) -> Actor | None:
    """Whose badge this is, with the roles of now; None when it is none, was replaced, or its person is disabled."""
    if not text.startswith(PREFIX):
        return None
    found = sa.select(Person).where(Person.badge_hash == digest(text), Person.disabled_at.is_(None))
    person = session.scalar(found)
    return Actor(person.id, person.name, person.display_name, roles_of(session, person.id)) if person else None
