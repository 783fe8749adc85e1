"""Signing in with a password: lock-out, sessions, idle and absolute limits. The password is judged outside any
transaction, so that a slow hash never holds the write queue; cookies belong to the web."""

import hashlib
from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import Session

from supply.audit.chain import record
from supply.db import Database
from supply.errors import SupplyError
from supply.staff import passwords
from supply.staff.keys import digest, new_key
from supply.staff.models import Badge, Person, PersonRole, SignInFailure, SignInSession
from supply.staff.people import account_key, name_key, roles_of
from supply.staff.permissions import Actor, Level, Role, limited

FAILURES_ALLOWED = 5
FAILURE_WINDOW = timedelta(minutes=15)
FAILURES_KEPT = timedelta(days=1)
CLOCK_STEP_BORNE = timedelta(minutes=5)
TOUCH_EVERY = timedelta(minutes=1)
STATION_TOUCH = timedelta(seconds=1)
_LOCK_NUMBER = 7_211_101  # PostgreSQL: one queue for sign-ins, so that attempts at the same moment are counted


class WrongNameOrPassword(SupplyError):
    """The name or the password is not right; it does not say which."""

    code = "wrong_name_or_password"


class LockedOut(SupplyError):
    """Too many failures; wait."""

    code = "locked_out"


@dataclass(frozen=True)
class Limits:
    """How long a session lasts without a request, and at most."""

    idle: timedelta
    absolute: timedelta
    station_idle: timedelta = timedelta(minutes=2)  # of a session that a badge opened


@dataclass(frozen=True)
class SignedIn:
    """The session of this request: who, its CSRF token, and whether its `seen_at` is due to move.

    One that a badge opened moves with what the person does, not with what the screen asks by itself.
    """

    session_id: int
    actor: Actor
    csrf: str
    touch_due: bool
    badge_id: int | None = None
    device: str | None = None
    pin_until: datetime | None = None


@dataclass(frozen=True)
class _Attempt:
    failure_id: int
    person_id: int | None
    password_hash: str | None


def sign_in(db: Database, *, name: str, password: str, address: str, now: datetime) -> tuple[str, Actor]:
    """Open a session and return its new key. Raises WrongNameOrPassword or LockedOut.

    The attempt is booked as a failure before the password is looked at and unbooked when it was right, so that any
    number of guesses at the same moment is counted, and neither a restart nor a clock set back forgets them.
    """
    address = address[:60]
    attempt = db.transact(lambda session: _book_attempt(session, name=name, address=address, now=now))
    if not passwords.matches(attempt.password_hash, password):
        db.transact(lambda session: _note_failure(session, attempt, address, now))
        raise WrongNameOrPassword("The name or the password is not right. Check both and try again.")
    return db.transact(lambda session: _open_session(session, attempt, address, now))


def actor_for_session(session: Session, token: str, now: datetime, limits: Limits) -> SignedIn | None:
    """Who this session belongs to, with the roles of now; None when it is unknown, over, or its person disabled."""
    rows = session.execute(_BY_DIGEST, {"digest": digest(token)}).all()
    if not rows:
        return None
    first = rows[0]
    is_at_station = first.level != Level.password
    idle = limits.station_idle if is_at_station else limits.idle
    if _is_over(first.created_at, first.seen_at, now, Limits(idle, limits.absolute)):
        return None
    roles = frozenset(Role(row.role) for row in rows if row.role)
    actor = Actor(first.id, first.name, first.display_name, roles, first.station)
    if not is_at_station:
        due = now - first.seen_at >= min(TOUCH_EVERY, limits.idle / 10)
        return SignedIn(first.session_id, actor, csrf_token(token), due)
    if first.ended_at is not None or (first.valid_until is not None and now >= first.valid_until):
        return None
    is_proven = first.pin_until is not None and now < first.pin_until
    actor = limited(actor, Level.pin if is_proven else Level.badge, is_day=first.is_day)
    due = now - first.seen_at >= STATION_TOUCH
    pin_until = first.pin_until if is_proven else None
    return SignedIn(first.session_id, actor, csrf_token(token), due, first.badge_id, first.device, pin_until)


def touch(session: Session, session_id: int, now: datetime) -> None:
    """Note that the session was used; never moves back."""
    session.execute(
        sa.update(SignInSession).where(SignInSession.id == session_id, SignInSession.seen_at < now).values(seen_at=now)
    )


def sign_out(session: Session, *, token: str, now: datetime) -> None:
    """End the session; its key is worth nothing afterwards."""
    row = session.scalar(sa.select(SignInSession).where(SignInSession.token_hash == digest(token)))
    if row is None:
        return
    subject = f"person {row.person_id}"
    session.delete(row)
    record(session, at=now, actor_id=row.person_id, action="staff.sign_out", subject=subject, details={})


def csrf_token(session_key: str) -> str:
    """The token that forms of this session carry; derived, so that it needs no place of its own."""
    return hashlib.sha256(b"csrf:" + session_key.encode("utf-8", "replace")).hexdigest()


_BY_DIGEST = (
    sa.select(
        SignInSession.id.label("session_id"),
        SignInSession.created_at,
        SignInSession.seen_at,
        *(SignInSession.level, SignInSession.station, SignInSession.device, SignInSession.pin_until),
        *(SignInSession.badge_id, Badge.is_day, Badge.valid_until, Badge.ended_at),
        Person.id,
        Person.name,
        Person.display_name,
        PersonRole.role,
    )
    .join(Person, Person.id == SignInSession.person_id)
    .outerjoin(PersonRole, PersonRole.person_id == Person.id)
    .outerjoin(Badge, Badge.id == SignInSession.badge_id)
    .where(SignInSession.token_hash == sa.bindparam("digest"), Person.disabled_at.is_(None))
)


def _is_over(created_at: datetime, seen_at: datetime, now: datetime, limits: Limits) -> bool:
    """A clock that stepped back a little ends no session; one far back would never end it, so that ends it too."""
    if now - created_at >= limits.absolute or now - seen_at >= limits.idle:
        return True
    return seen_at - now > CLOCK_STEP_BORNE


def _book_attempt(session: Session, *, name: str, address: str, now: datetime) -> _Attempt:
    if session.get_bind().dialect.name == "postgresql":
        session.execute(sa.select(sa.func.pg_advisory_xact_lock(_LOCK_NUMBER)))
    account = account_key(name)
    session.execute(sa.delete(SignInFailure).where(SignInFailure.at < now - FAILURES_KEPT))
    if (
        max(
            _failures(session, SignInFailure.account == account, now),
            _failures(session, SignInFailure.address == address, now),
        )
        >= FAILURES_ALLOWED
    ):
        raise LockedOut("Too many attempts failed. Wait 15 minutes, or ask an administrator to set a new password.")
    failure = SignInFailure(account=account, address=address, at=now)
    session.add(failure)
    session.flush()
    person = _person_of(session, name)
    return _Attempt(failure.id, person.id if person else None, person.password_hash if person else None)


def _person_of(session: Session, name: str) -> Person | None:
    found = sa.select(Person).where(
        Person.name_key == name_key(name), Person.disabled_at.is_(None), ~Person.is_built_in
    )
    return session.scalar(found)


def _failures(session: Session, which: sa.ColumnElement[bool], now: datetime) -> int:
    """Failures of the window; one that lies in the future counts, because the clock may have been set back."""
    counted = (
        sa.select(sa.func.count()).select_from(SignInFailure).where(which, SignInFailure.at > now - FAILURE_WINDOW)
    )
    return session.scalar(counted) or 0


def _note_failure(session: Session, attempt: _Attempt, address: str, now: datetime) -> None:
    subject = f"person {attempt.person_id}" if attempt.person_id else "sign-in"
    record(session, at=now, actor_id=None, action="staff.sign_in_failed", subject=subject, details={"address": address})


def _open_session(session: Session, attempt: _Attempt, address: str, now: datetime) -> tuple[str, Actor]:
    person = session.get(Person, attempt.person_id)
    if person is None or person.disabled_at is not None:
        raise WrongNameOrPassword("The name or the password is not right. Check both and try again.")
    # The person's own slips are forgiven too; those of others at this address stay counted.
    session.execute(sa.delete(SignInFailure).where(SignInFailure.account == account_key(person.name)))
    key = new_key()
    session.add(
        SignInSession(token_hash=digest(key), person_id=person.id, address=address, created_at=now, seen_at=now)
    )
    session.execute(sa.delete(SignInSession).where(SignInSession.created_at < now - timedelta(days=2)))
    record(
        session,
        at=now,
        actor_id=person.id,
        action="staff.sign_in",
        subject=f"person {person.id}",
        details={"address": address},
    )
    return key, Actor(person.id, person.name, person.display_name, roles_of(session, person.id))
