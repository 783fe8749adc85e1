"""Whose stock it is: the office's, a vaccine programme's, on consignment. Allocation never crosses owners."""

import re
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from supply.audit import chain
from supply.errors import Conflict, Invalid
from supply.stock.models import Owner, OwnerKind

OFFICE = "office"
CODE = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,39}")


def ensure_owner(session: Session, *, code: str, name: str, kind: OwnerKind) -> int:
    """The id of that owner, made where it is missing."""
    found = session.scalar(sa.select(Owner.id).where(Owner.code == code))
    if found is None:
        row = Owner(code=code, name=name, kind=kind)
        session.add(row)
        session.flush()
        found = row.id
    return found


def find_owner(session: Session, code: str) -> Owner:
    """The owner of that code. Raises Invalid (wrong_owner) naming the owners there are."""
    wanted = code.strip().casefold()
    row = next((owner for owner in session.scalars(sa.select(Owner)) if owner.code.casefold() == wanted), None)
    if row is None:
        known = ", ".join(session.scalars(sa.select(Owner.code).order_by(Owner.id).limit(8)))
        raise Invalid(f"There is no owner {code!r}. Owners here: {known}.", code="wrong_owner")
    return row


def owner_codes(session: Session) -> dict[int, str]:
    """Owner codes by id."""
    return {row.id: row.code for row in session.execute(sa.select(Owner.id, Owner.code))}


def add_owner(session: Session, *, code: str, name: str, kind: OwnerKind, actor_id: int, now: datetime) -> Owner:
    """Add an owner. Raises Invalid (code, name) or Conflict (owner_exists), whatever the code's capitals."""
    code, name = code.strip(), name.strip()
    if not CODE.fullmatch(code):
        raise Invalid("An owner's code has 1 to 40 letters, digits or . _ -.", code="bad_field")
    if not name or len(name) > 120 or not name.isprintable():
        raise Invalid("An owner's name has 1 to 120 printable characters.", code="bad_field")
    if session.scalar(sa.select(Owner.id).where(sa.func.lower(Owner.code) == code.lower())):
        raise Conflict(f"There is already an owner {code}.", code="owner_exists")
    row = Owner(code=code, name=name, kind=kind)
    session.add(row)
    session.flush()
    chain.record(
        session,
        at=now,
        actor_id=actor_id,
        action="owner.add",
        subject=f"owner {code}",
        details={"name": name, "kind": kind.value},
    )
    return row


def all_owners(session: Session) -> list[Owner]:
    """Every owner, the office first."""
    return list(session.scalars(sa.select(Owner).order_by(Owner.id)))
