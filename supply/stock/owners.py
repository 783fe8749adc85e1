"""Whose stock it is. Allocation never crosses owners."""

import sqlalchemy as sa
from sqlalchemy.orm import Session

from supply.errors import Invalid
from supply.stock.models import Owner, OwnerKind

OFFICE = "office"


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
