"""Badges: a random barcode that names its person at a station, for good or for a day. It opens nothing that needs a
password; ending one ends every session it opened. Only digests are kept."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from supply.audit.chain import record
from supply.errors import Conflict, Invalid, NotFound
from supply.staff.keys import digest, new_key
from supply.staff.models import Badge, Person, PersonRole, SignInSession
from supply.staff.people import checked_name, name_key, roles_of
from supply.staff.permissions import Action, Actor, Level, Role, limited, require

PREFIX = "SUPPLY-BADGE-"
HOUSE = "SUPB"  # the house code that the labels carry
LONGEST_DAYS = 31
TEMPORARY, PERSON = "temporary", "person"


@dataclass(frozen=True)
class BadgeLine:
    """One badge as the list shows it; the badge itself is not kept."""

    id: int
    person_id: int
    name: str
    display_name: str
    is_day: bool
    valid_until: datetime | None
    issued_at: datetime
    ended_at: datetime | None
    seen_at: datetime | None
    seen_station: str | None
    doubted_at: datetime | None
    doubted_stations: str | None

    @property
    def hint(self) -> str:
        """What tells this badge from its person's earlier ones."""
        return f"badge {self.id}"

    def works(self, now: datetime) -> bool:
        """Whether it names its person at that moment."""
        return self.ended_at is None and (self.valid_until is None or now < self.valid_until)


def is_badge(text: str) -> bool:
    """Whether a text has the shape of a badge, known or not.

    >>> is_badge("SUPPLY-BADGE-x"), is_badge("supbAAAAAAAAAAAAAAAAAAAAAAAAAAX"), is_badge("SUPI000042X")
    (True, True, False)
    """
    upper = text.strip().upper()
    return upper.startswith(PREFIX) or (upper.startswith(HOUSE) and len(upper) == 31 and upper.isalnum())


def badge_key(text: str) -> str:
    """The digest under which a badge is kept; capitals and spaces around a house code do not matter."""
    word = text.strip()
    return digest(word.upper() if word[:4].upper() == HOUSE and not word.startswith(PREFIX) else word)


def issue_badge(session: Session, *, person_id: int, by: Actor, now: datetime, text: str | None = None) -> str:
    """Give the person a new badge, which ends the one before, and return its text, the only time; `text` is a fresh
    random one of the caller's. Raises NotFound, Conflict (disabled or built in)."""
    require(by, Action.administer)
    person = session.get(Person, person_id)
    if person is None or person.kind != PERSON:
        raise NotFound("There is no such person.", code="person_unknown")
    if person.disabled_at is not None:
        raise Conflict(f"{person.display_name} is disabled and can have no badge.", code="person_disabled")
    return _issue(session, person, text=text, by=by, now=now)


def issue_day_badge(
    session: Session, *, name: str, valid_until: datetime, by: Actor, now: datetime, text: str | None = None
) -> str:
    """A badge that takes only, for somebody here for a short time: made as a temporary person, or that one again.

    Raises Invalid (name, moment), Conflict (a permanent person of that name).
    """
    require(by, Action.settle_scans)
    if not now < valid_until or (valid_until - now).days >= LONGEST_DAYS:
        raise Invalid(f"A day badge ends later than now and within {LONGEST_DAYS} days.", code="bad_field")
    person = _temporary(session, name, now)
    person.ends_at, person.disabled_at = valid_until, None
    return _issue(session, person, text=text, by=by, now=now, valid_until=valid_until)


def end_badge(session: Session, *, badge_id: int, by: Actor, now: datetime) -> None:
    """The badge names nobody any more, and what it opened is closed with it. Raises NotFound."""
    row = session.get(Badge, badge_id)
    if row is None:
        raise NotFound("There is no such badge.", code="badge_unknown")
    require(by, Action.settle_scans if row.is_day and not by.may(Action.administer) else Action.administer)
    if row.ended_at is None:
        _end(session, Badge.id == row.id, by=by, now=now)
        _note(session, row, "staff.end_badge", by, now)


def badge_lines(session: Session, *, ended: bool = False, limit: int = 500) -> list[BadgeLine]:
    """Badges that were not ended (or, with `ended`, all), by name, at most `limit`."""
    statement = sa.select(Badge, Person).join(Person, Person.id == Badge.person_id)
    if not ended:
        statement = statement.where(Badge.ended_at.is_(None))
    rows = session.execute(statement.order_by(Person.name_key, Badge.id.desc()).limit(limit))
    return [
        BadgeLine(
            *(b.id, p.id, p.name, p.display_name, b.is_day, b.valid_until, b.issued_at, b.ended_at, b.seen_at),
            *(b.seen_station, b.doubted_at, b.doubted_stations),
        )
        for b, p in rows
    ]


def doubted_badges(session: Session, *, since: datetime) -> list[BadgeLine]:
    """Badges still in use that were read at two stations within a minute, at `since` or later."""
    return [line for line in badge_lines(session) if line.doubted_at is not None and line.doubted_at >= since]


def find_badge(session: Session, text: str) -> Badge | None:
    """The badge of this text, working or ended; None when there never was one."""
    if not is_badge(text):
        return None
    return session.scalar(sa.select(Badge).where(Badge.badge_hash == badge_key(text)))


def actor_for_badge(session: Session, text: str, now: datetime | None = None) -> Actor | None:
    """Whom this badge names, with what a badge suffices for; None when it is none, was ended, or its person disabled.

    With `now`, a day badge that ran out names nobody.
    """
    row = find_badge(session, text)
    if row is None or row.ended_at is not None:
        return None
    if now is not None and row.valid_until is not None and now >= row.valid_until:
        return None
    person = session.get_one(Person, row.person_id)
    if person.disabled_at is not None:
        return None
    whole = Actor(person.id, person.name, person.display_name, roles_of(session, person.id))
    return limited(whole, Level.badge, is_day=row.is_day)


def badge_hints(session: Session, now: datetime) -> dict[int, str]:
    """For each person with a badge that works, which one it is."""
    return {line.person_id: line.hint for line in badge_lines(session) if line.works(now)}


def _issue(
    session: Session,
    person: Person,
    *,
    text: str | None,
    by: Actor,
    now: datetime,
    valid_until: datetime | None = None,
) -> str:
    text = text or new_key(PREFIX)
    _end(session, (Badge.person_id == person.id) & Badge.ended_at.is_(None), by=by, now=now)
    row = Badge(
        badge_hash=badge_key(text),
        person_id=person.id,
        is_day=valid_until is not None,
        valid_until=valid_until,
        issued_at=now,
        issued_by_id=by.person_id,
    )
    session.add(row)
    session.flush()
    _note(session, row, "staff.issue_badge", by, now)
    return text


def _end(session: Session, which: sa.ColumnElement[bool], *, by: Actor, now: datetime) -> None:
    ended: Collection[int] = list(session.scalars(sa.select(Badge.id).where(which)))
    session.execute(sa.update(Badge).where(Badge.id.in_(ended)).values(ended_at=now, ended_by_id=by.person_id))
    session.execute(sa.delete(SignInSession).where(SignInSession.badge_id.in_(ended)))


def _temporary(session: Session, name: str, now: datetime) -> Person:
    shown = checked_name(name)
    found = session.scalar(sa.select(Person).where(Person.name_key == name_key(shown)))
    if found is not None:
        if found.kind != TEMPORARY:
            raise Conflict(f"{shown!r} works here for good. Choose another name for the day badge.", code="name_taken")
        return found
    person = Person(name=shown, name_key=name_key(shown), display_name=shown, kind=TEMPORARY, created_at=now)
    session.add(person)
    session.flush()
    session.add(PersonRole(person_id=person.id, role=Role.nurse.value))
    session.flush()
    return person


def _note(session: Session, row: Badge, action: str, by: Actor, now: datetime) -> None:
    details = {"badge": row.id, "day": row.is_day, "until": row.valid_until.isoformat() if row.valid_until else None}
    subject = f"person {row.person_id}"
    record(session, at=now, actor_id=by.person_id, action=action, subject=subject, details=details)
