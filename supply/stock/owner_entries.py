"""Adding an owner, such as a vaccine programme or a consignment, and listing those there are."""

import re
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from supply.audit import chain
from supply.errors import Conflict, Invalid
from supply.stock.models import Owner, OwnerKind

CODE = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,39}")


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
