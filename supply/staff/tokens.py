"""API tokens: keys for programs that act as a person. Only digests are stored; a token is shown once."""

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from supply.audit.chain import record
from supply.db import connection_of
from supply.errors import Conflict, Invalid, NotFound
from supply.staff.keys import digest, new_key
from supply.staff.models import ApiToken, Person, PersonRole
from supply.staff.people import person_named
from supply.staff.permissions import Action, Actor, Role, require

PREFIX = "supply_"
LABEL_LENGTH = 60


@dataclass(frozen=True)
class TokenRow:
    """One token of a person; the token itself is not kept."""

    id: int
    label: str
    station: str | None
    created_at: datetime


_BY_DIGEST = (
    sa.select(Person.id, Person.name, Person.display_name, ApiToken.station, PersonRole.role)
    .join(Person, Person.id == ApiToken.person_id)
    .outerjoin(PersonRole, PersonRole.person_id == Person.id)
    .where(ApiToken.token_hash == sa.bindparam("digest"), ApiToken.revoked_at.is_(None), Person.disabled_at.is_(None))
)


def actor_for_token(session: Session, token: str, now: datetime) -> Actor | None:
    """Whose token this is, with the roles of now; None when it is unknown, revoked, or its person disabled."""
    rows = connection_of(session).execute(_BY_DIGEST, {"digest": digest(token)}).all()
    if not rows:
        return None
    first = rows[0]
    return Actor(
        first.id, first.name, first.display_name, frozenset(Role(row.role) for row in rows if row.role), first.station
    )


def create_token(
    session: Session, *, person_name: str, by: Actor, now: datetime, label: str = "", station: str | None = None
) -> str:
    """Make a token for the person and return it, the only time. For administrators. Raises NotFound."""
    require(by, Action.administer)
    person = person_named(session, person_name)
    if person.disabled_at is not None:
        raise Conflict(f"{person.display_name} is disabled and can have no token.", code="person_disabled")
    if len(label) > LABEL_LENGTH or not label.isprintable():
        raise Invalid(f"The token's label may have at most {LABEL_LENGTH} printable characters.", code="bad_label")
    token = new_key(PREFIX)
    row = ApiToken(
        token_hash=digest(token),
        person_id=person.id,
        label=label.strip(),
        station=station,
        created_at=now,
        created_by_id=by.person_id,
    )
    session.add(row)
    session.flush()
    details = {"token": row.id, "label": row.label, "station": station}
    record(
        session,
        at=now,
        actor_id=by.person_id,
        action="staff.create_token",
        subject=f"person {person.id}",
        details=details,
    )
    return token


def tokens_of(session: Session, person_id: int) -> list[TokenRow]:
    """The person's tokens that still work, newest first."""
    rows = session.scalars(
        sa.select(ApiToken)
        .where(ApiToken.person_id == person_id, ApiToken.revoked_at.is_(None))
        .order_by(ApiToken.created_at.desc(), ApiToken.id.desc())
    )
    return [TokenRow(row.id, row.label, row.station, row.created_at) for row in rows]


def revoke_token(session: Session, *, token_id: int, by: Actor, now: datetime) -> None:
    """End a token at once. `by` is an administrator or the token's person. Raises NotFound."""
    row = session.get(ApiToken, token_id)
    if row is None or (row.person_id != by.person_id and row.revoked_at is not None):
        raise NotFound("There is no such token.", code="token_unknown")
    if row.person_id != by.person_id:
        require(by, Action.administer)
    if row.revoked_at is None:
        row.revoked_at = now
        subject = f"person {row.person_id}"
        record(
            session,
            at=now,
            actor_id=by.person_id,
            action="staff.revoke_token",
            subject=subject,
            details={"token": row.id},
        )
