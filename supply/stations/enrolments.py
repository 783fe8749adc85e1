"""Enrolled screens and agents: each proves its station with a token, of which only the digest is kept.

What it acts as is a built-in person without a role: by itself it may change nothing.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import Session

from supply.audit import chain
from supply.db import connection_of, table_of
from supply.errors import Invalid, NotFound
from supply.staff.keys import digest, new_key
from supply.staff.models import Person, SignInSession
from supply.staff.people import name_key
from supply.staff.permissions import Action, Actor, Level, require
from supply.stations.models import Enrolment, Station
from supply.stations.sessions import find_station

PREFIX = "supply_station_"
KINDS = ("screen", "agent")
STATION_PERSON = "station"
TOUCH_EVERY = timedelta(minutes=1)


@dataclass(frozen=True)
class EnrolmentLine:
    """One enrolled screen or agent; its token is not kept."""

    id: int
    kind: str
    label: str
    enrolled_at: datetime
    enrolled_by: str
    seen_at: datetime | None
    revoked_at: datetime | None


@dataclass(frozen=True)
class EnrolledDevice:
    """Which device sent a request: as whom it acts, its station, and whether its `seen_at` is due to move."""

    enrolment_id: int
    actor: Actor
    kind: str
    touch_due: bool


def enrol(session: Session, *, station_code: str, kind: str, label: str, by: Actor, now: datetime) -> str:
    """Let a screen or an agent belong to the station and return its token, the only time. For administrators.

    Raises NotFound, Invalid (kind, label), NotAllowed.
    """
    require(by, Action.administer)
    station = find_station(session, station_code)
    shown = label.strip() or kind
    if kind not in KINDS:
        raise Invalid(f"Only {' and '.join(KINDS)} are enrolled.", code="bad_field")
    if len(shown) > 60 or not shown.isprintable():
        raise Invalid("The label needs 1 to 60 printable characters.", code="bad_field")
    token = new_key(PREFIX)
    row = Enrolment(
        token_hash=digest(token),
        station_id=station.id,
        person_id=_station_person(session, station, now),
        kind=kind,
        label=shown,
        enrolled_at=now,
        enrolled_by_id=by.person_id,
    )
    session.add(row)
    session.flush()
    _note(session, "station.enrol", station.code, row, by, now)
    return token


def enrolments(session: Session, station_id: int) -> list[EnrolmentLine]:
    """The station's screens and agents that still belong to it, newest first."""
    statement = sa.select(Enrolment, Person.display_name).join(Person, Person.id == Enrolment.enrolled_by_id)
    statement = statement.where(Enrolment.station_id == station_id, Enrolment.revoked_at.is_(None))
    return [
        EnrolmentLine(row.id, row.kind, row.label, row.enrolled_at, who, row.seen_at, row.revoked_at)
        for row, who in session.execute(statement.order_by(Enrolment.id.desc()))
    ]


def revoke(session: Session, *, enrolment_id: int, by: Actor, now: datetime) -> None:
    """The device belongs to no station any more, from its next request on. For administrators. Raises NotFound."""
    require(by, Action.administer)
    row = session.get(Enrolment, enrolment_id)
    if row is None:
        raise NotFound("There is no such screen or agent.", code="enrolment_unknown")
    if row.revoked_at is None:
        row.revoked_at, row.revoked_by_id = now, by.person_id
        session.execute(sa.delete(SignInSession).where(SignInSession.device == device_name(row.id)))
        _note(session, "station.revoke", session.get_one(Station, row.station_id).code, row, by, now)


def device_of_token(session: Session, token: str, now: datetime) -> EnrolledDevice | None:
    """Which enrolled device has this token; None when it is unknown, revoked, or its station is not used any more."""
    if not token.startswith(PREFIX) or len(token) > 100:
        return None
    row = connection_of(session).execute(_BY_DIGEST, {"digest": digest(token)}).one_or_none()
    if row is None:
        return None
    actor = Actor(row.person_id, row.person, row.name, frozenset(), row.code, Level.device)
    return EnrolledDevice(row.id, actor, row.kind, row.seen_at is None or now - row.seen_at >= TOUCH_EVERY)


def device_name(enrolment_id: int) -> str:
    """Under which name failures and sessions of an enrolled device are kept.

    >>> device_name(7)
    'enrolment 7'
    """
    return f"enrolment {enrolment_id}"


def touch(session: Session, enrolment_id: int, now: datetime) -> None:
    """Note that the device was there."""
    session.execute(sa.update(Enrolment).where(Enrolment.id == enrolment_id).values(seen_at=now))


_E, _S, _P = table_of(Enrolment), table_of(Station), table_of(Person)
_BY_DIGEST = (
    sa.select(
        *(_E.c.id, _E.c.kind, _E.c.seen_at, _E.c.person_id, _S.c.code, _S.c.name, _P.c.name.label("person")),
    )
    .join(_S, _S.c.id == _E.c.station_id)
    .join(_P, _P.c.id == _E.c.person_id)
    .where(_E.c.token_hash == sa.bindparam("digest"), _E.c.revoked_at.is_(None), _S.c.is_active)
)


def _station_person(session: Session, station: Station, now: datetime) -> int:
    """The built-in person of the station, made at its first enrolment."""
    name = f"station {station.code}"
    person = session.scalar(sa.select(Person).where(Person.name_key == name_key(name), Person.kind == STATION_PERSON))
    if person is None:
        person = Person(name=name, name_key=name_key(name), display_name=station.name, created_at=now)
        person.is_built_in, person.kind = True, STATION_PERSON
        session.add(person)
        session.flush()
    return person.id


def _note(session: Session, action: str, station: str, row: Enrolment, by: Actor, now: datetime) -> None:
    details = {"enrolment": row.id, "kind": row.kind, "label": row.label}
    chain.record(session, at=now, actor_id=by.person_id, action=action, subject=f"station {station}", details=details)
