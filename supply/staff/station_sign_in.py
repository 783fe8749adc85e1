"""Signing in at a station: a badge opens a session that may do what a badge suffices for, its PIN lets it do more.

Wrong ones are booked in the database before they are judged, like passwords; cookies belong to the web.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import Session

from supply.audit.chain import record
from supply.db import Database
from supply.errors import NotAllowed, NotFound, SupplyError
from supply.staff import pins
from supply.staff.badges import actor_for_badge, find_badge
from supply.staff.keys import digest, new_key
from supply.staff.models import Badge, Person, SignInSession, StationFailure
from supply.staff.people import roles_of
from supply.staff.permissions import Actor, Level, limited
from supply.staff.sign_in import LockedOut

FAILURES_ALLOWED = 5  # wrong PINs of one account, at one device, and of the whole office
BADGES_ALLOWED = 20  # unknown badges at one device: a worn label is read often, and nobody guesses 128 bits
WINDOW = timedelta(minutes=15)
FAILURES_KEPT = timedelta(days=1)
TWO_PLACES = timedelta(seconds=60)
PIN, BADGE = "pin", "badge"
_LOCK_NUMBER = 7_211_102  # PostgreSQL: one queue, so that attempts at the same moment are counted


@dataclass(frozen=True)
class Place:
    """Where somebody signs on: the station's code, which device asks, and its network address."""

    station: str
    device: str
    address: str


@dataclass(frozen=True)
class AtStation:
    """A session opened at a station: its key, once, whose it is and as what, by which badge."""

    key: str
    actor: Actor
    badge_id: int
    pin_until: datetime | None = None


@dataclass(frozen=True)
class _Attempt:
    failure_id: int
    person_id: int
    pin_hash: str


def sign_on_by_badge(db: Database, *, text: str, place: Place, instead_of: str | None, now: datetime) -> AtStation:
    """Open a session for whom the badge names; the session `instead_of` in that browser ends.

    Raises NotFound (badge_unknown), NotAllowed (badge_ended), LockedOut.
    """
    found = db.transact(lambda session: _by_badge(session, text, place, instead_of, now))
    if isinstance(found, SupplyError):  # returned, not raised, so that the failure stays booked
        raise found
    return found


def add_pin(db: Database, *, key: str, pin: str, place: Place, pepper: bytes, minutes: int, now: datetime) -> AtStation:
    """Prove the person of a badge session by PIN for some minutes; the session goes on under a new key.

    Raises NotAllowed (no_pin, wrong_pin), LockedOut.
    """
    attempt = db.transact(lambda session: _book_pin(session, key, pin, place, now))
    if not pins.matches(attempt.pin_hash, pin[: pins.LONGEST + 1], person_id=attempt.person_id, pepper=pepper):
        db.transact(lambda session: _note(session, "staff.wrong_pin", attempt.person_id, place, now))
        raise NotAllowed("That PIN is not right. Try again.", code="wrong_pin")
    until = now + timedelta(minutes=minutes)
    return db.transact(lambda session: _proven(session, attempt, key, place, until, now))


def _by_badge(
    session: Session, text: str, place: Place, instead_of: str | None, now: datetime
) -> AtStation | SupplyError:
    _queue(session)
    if _failures(session, BADGE, now, StationFailure.device == place.device) >= BADGES_ALLOWED:
        return _locked_out()
    badge = find_badge(session, text)
    if badge is None:
        session.add(StationFailure(kind=BADGE, person_id=None, device=place.device, at=now))
        _note(session, "staff.unknown_badge", None, place, now)
        return NotFound("Nobody here has this badge. Ask for a new one.", code="badge_unknown")
    actor = actor_for_badge(session, text, now)
    if actor is None:
        _note(session, "staff.ended_badge", badge.person_id, place, now)
        return NotAllowed("This badge was ended. Ask for a new one.", code="badge_ended")
    _watch_places(session, badge, place, now)
    badge.seen_at, badge.seen_station = now, place.station
    if instead_of:
        session.execute(sa.delete(SignInSession).where(SignInSession.token_hash == digest(instead_of)))
    key = new_key()
    row = SignInSession(token_hash=digest(key), person_id=actor.person_id, badge_id=badge.id, created_at=now)
    row.level, row.address, row.station, row.device, row.seen_at = (
        *(Level.badge.value, place.address[:60], place.station, place.device),
        now,
    )
    session.add(row)
    _note(session, "staff.badge_sign_on", actor.person_id, place, now)
    return AtStation(key, actor, badge.id)


def _watch_places(session: Session, badge: Badge, place: Place, now: datetime) -> None:
    """One badge at two stations within a minute was copied, or lies about: the trail and an alert say so."""
    if badge.seen_at is None or badge.seen_station in (None, place.station) or abs(now - badge.seen_at) >= TWO_PLACES:
        return
    details = {"badge": badge.id, "before": badge.seen_station, "now": place.station}
    badge.doubted_at, badge.doubted_stations = now, f"{badge.seen_station} and at {place.station}"
    subject = f"person {badge.person_id}"
    record(session, at=now, actor_id=None, action="staff.badge_at_two_stations", subject=subject, details=details)


def _book_pin(session: Session, key: str, pin: str, place: Place, now: datetime) -> _Attempt:
    _queue(session)
    found = sa.select(SignInSession, Person).join(Person, Person.id == SignInSession.person_id)
    row = session.execute(found.where(SignInSession.token_hash == digest(key))).one_or_none()
    if row is None or row[0].badge_id is None:
        raise NotAllowed("Scan your badge first.", code="badge_needed")
    person = row[1]
    if person.pin_hash is None or session.get_one(Badge, row[0].badge_id).is_day:
        raise NotAllowed("You have no PIN yet. Sign in with your password, or ask an administrator.", code="no_pin")
    least = pins.shortest_for(roles_of(session, person.id))
    if pin.isdigit() and len(pin) < least:
        raise NotAllowed(f"Your PIN needs {least} digits. Ask an administrator for a new one.", code="no_pin")
    session.execute(sa.delete(StationFailure).where(StationFailure.at < now - FAILURES_KEPT))
    counted = (StationFailure.person_id == person.id, StationFailure.device == place.device, sa.true())
    if max(_failures(session, PIN, now, which) for which in counted) >= FAILURES_ALLOWED:
        raise _locked_out()
    failure = StationFailure(kind=PIN, person_id=person.id, device=place.device, at=now)
    session.add(failure)
    session.flush()
    return _Attempt(failure.id, person.id, person.pin_hash)


def _proven(session: Session, attempt: _Attempt, key: str, place: Place, until: datetime, now: datetime) -> AtStation:
    row = session.scalar(sa.select(SignInSession).where(SignInSession.token_hash == digest(key)))
    person = session.get_one(Person, attempt.person_id)
    if row is None or row.badge_id is None or person.pin_hash != attempt.pin_hash or person.disabled_at is not None:
        raise NotAllowed("Scan your badge first.", code="badge_needed")
    # The person's own slips are forgiven; those of others at this device stay counted.
    session.execute(sa.delete(StationFailure).where(StationFailure.kind == PIN, StationFailure.person_id == person.id))
    fresh = new_key()
    row.token_hash, row.pin_until, row.seen_at = digest(fresh), until, now
    _note(session, "staff.pin", person.id, place, now)
    whole = Actor(person.id, person.name, person.display_name, roles_of(session, person.id), row.station)
    return AtStation(fresh, limited(whole, Level.pin), row.badge_id, until)


def _queue(session: Session) -> None:
    if session.get_bind().dialect.name == "postgresql":
        session.execute(sa.select(sa.func.pg_advisory_xact_lock(_LOCK_NUMBER)))


def _failures(session: Session, kind: str, now: datetime, which: sa.ColumnElement[bool]) -> int:
    """Failures of the window; one that lies in the future counts, because the clock may have been set back."""
    counted = sa.select(sa.func.count()).select_from(StationFailure)
    counted = counted.where(StationFailure.kind == kind, StationFailure.at > now - WINDOW, which)
    return session.scalar(counted) or 0


def _locked_out() -> LockedOut:
    return LockedOut("Too many attempts failed. Wait 15 minutes, or sign in with your password.")


def _note(session: Session, action: str, person_id: int | None, place: Place, now: datetime) -> None:
    subject = f"person {person_id}" if person_id else f"station {place.station}"
    details = {"station": place.station, "device": place.device}
    record(session, at=now, actor_id=person_id, action=action, subject=subject, details=details)
