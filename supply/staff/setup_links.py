"""The one-time link of the first start, which makes the first administrator. There is no default password anywhere."""

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from supply.audit.chain import record
from supply.errors import NotFound
from supply.staff.keys import digest, new_key
from supply.staff.models import Person, SetupLink
from supply.staff.people import add_person, ensure_local, has_administrator
from supply.staff.permissions import Role


def create_setup_link(session: Session, now: datetime) -> str:
    """A new key for `/setup/<key>`; links made before stop working."""
    session.execute(sa.delete(SetupLink).where(SetupLink.used_at.is_(None)))
    key = new_key()
    session.add(SetupLink(token_hash=digest(key), created_at=now))
    session.flush()
    return key


def is_open(session: Session, key: str) -> bool:
    """Whether the link still makes an administrator."""
    return _unused(session, key) is not None and not has_administrator(session)


def first_administrator(
    session: Session,
    *,
    key: str,
    name: str,
    password: str,
    now: datetime,
    display_name: str | None = None,
    is_manager: bool = False,
) -> Person:
    """Use the link up: make the first administrator, who may be a manager too. Raises NotFound when it was used."""
    link = _unused(session, key, lock=True)
    if link is None or has_administrator(session):
        raise NotFound("This link was used already. Sign in, or ask an administrator.", code="link_used")
    link.used_at = now
    roles = {Role.admin, Role.manager} if is_manager else {Role.admin}
    by = ensure_local(session, now=now)
    person = add_person(session, name=name, display_name=display_name, roles=roles, password=password, by=by, now=now)
    record(session, at=now, actor_id=person.id, action="staff.first_setup", subject=f"person {person.id}", details={})
    return person


def _unused(session: Session, key: str, *, lock: bool = False) -> SetupLink | None:
    found = sa.select(SetupLink).where(SetupLink.token_hash == digest(key), SetupLink.used_at.is_(None))
    return session.scalar(found.with_for_update() if lock else found)
