"""PINs: which are good enough, and what is stored of one: argon2id over an HMAC whose key lies outside the database.

It keeps nothing, and a PIN never leaves it in any message.
"""

import contextlib
import hashlib
import hmac
import itertools
import os
import secrets
from collections.abc import Iterable
from datetime import datetime
from pathlib import Path

import sqlalchemy as sa
from sqlalchemy.orm import Session

from supply.audit.chain import record
from supply.errors import Conflict, Invalid, NotFound
from supply.staff import passwords
from supply.staff.models import Person, SignInSession, StationFailure
from supply.staff.people import roles_of
from supply.staff.permissions import Action, Actor, Role, require

SHORTEST, LONGEST, SHORTEST_OF_RIGHTS = 4, 8, 6
WITH_RIGHTS = frozenset({Role.manager, Role.admin})
PEPPER_FILE = "pin_pepper"
PEPPER_BYTES = 32
_DATES = ("%d%m%y", "%m%d%y", "%y%m%d")


def shortest_for(roles: Iterable[Role]) -> int:
    """How many digits a person of these roles needs.

    >>> shortest_for({Role.nurse}), shortest_for({Role.nurse, Role.manager})
    (4, 6)
    """
    return SHORTEST_OF_RIGHTS if WITH_RIGHTS & set(roles) else SHORTEST


def check(pin: str, roles: Iterable[Role]) -> None:
    """Raise Invalid (weak_pin) when it is no PIN, too short for the roles, or one of the first that anybody tries."""
    least = shortest_for(roles)
    if not pin.isascii() or not pin.isdigit() or not least <= len(pin) <= LONGEST:
        raise Invalid(f"The PIN needs {least} to {LONGEST} digits.", code="weak_pin")
    if _is_obvious(pin):
        raise Invalid("That PIN is one of the first that anybody tries. Choose another.", code="weak_pin")


def set_pin(session: Session, *, person_id: int, pin: str | None, pepper: bytes, by: Actor, now: datetime) -> None:
    """Give the person a PIN, or take it away with None. `by` is an administrator or the person, signed in by password.

    Raises NotFound, NotAllowed, Invalid (weak_pin), Conflict (built in, temporary or disabled).
    """
    person = session.get(Person, person_id)
    if person is None:
        raise NotFound("There is no such person.", code="person_unknown")
    if by.person_id != person.id or not by.roles:
        require(by, Action.administer)
    if person.is_built_in or person.kind != "person" or person.disabled_at is not None:
        raise Conflict(f"{person.display_name} can have no PIN.", code="no_pin_here")
    if pin is not None:
        check(pin, roles_of(session, person.id))
    person.pin_hash = passwords.hash_of(_peppered(pin, person.id, pepper)) if pin is not None else None
    person.pin_set_at = now if pin is not None else None
    session.execute(sa.update(SignInSession).where(SignInSession.person_id == person.id).values(pin_until=None))
    session.execute(sa.delete(StationFailure).where(StationFailure.person_id == person.id))
    action = "staff.set_pin" if pin is not None else "staff.remove_pin"
    record(session, at=now, actor_id=by.person_id, action=action, subject=f"person {person.id}", details={})


def change_own_pin(
    session: Session, *, actor: Actor, password: str, pin: str | None, pepper: bytes, now: datetime
) -> None:
    """Set one's own PIN, or take it away with None. Raises Invalid (wrong_password, weak_pin), Conflict."""
    person = session.get_one(Person, actor.person_id)
    if not passwords.matches(person.password_hash, password):
        raise Invalid("The present password is not right. Nothing was changed.", code="wrong_password")
    set_pin(session, person_id=actor.person_id, pin=pin, pepper=pepper, by=actor, now=now)


def matches(stored: str | None, pin: str, *, person_id: int, pepper: bytes) -> bool:
    """Whether the PIN belongs to the stored hash; takes as long when there is none."""
    return passwords.matches(stored, _peppered(pin, person_id, pepper))


def read_or_make_pepper(folder: Path) -> bytes:
    """The key of this office's PINs from its file in the data folder, made at first need, readable by its owner only.

    Whoever restores a database without this file sets every PIN anew.
    """
    path = folder / PEPPER_FILE
    with contextlib.suppress(FileExistsError):
        folder.mkdir(parents=True, exist_ok=True)
        fresh = path.with_name(f"{PEPPER_FILE}.{secrets.token_hex(4)}")
        if not path.exists():
            descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            with os.fdopen(descriptor, "wb") as file:
                file.write(secrets.token_bytes(PEPPER_BYTES))
                file.flush()
                os.fsync(file.fileno())
            _put_in_place(fresh, path)
    return path.read_bytes()


def _put_in_place(fresh: Path, path: Path) -> None:
    """Under its name at once and whole; whoever came first wins."""
    try:
        os.link(fresh, path)
    finally:
        fresh.unlink()


def _peppered(pin: str, person_id: int, pepper: bytes) -> str:
    return hmac.new(pepper, f"{person_id}:{pin}".encode("utf-8", "replace"), hashlib.sha256).hexdigest()


def _is_obvious(pin: str) -> bool:
    """Repeats, runs up and down, years of birth, and dates: what people choose."""
    steps = {(int(b) - int(a)) % 10 for a, b in itertools.pairwise(pin)}
    half = len(pin) // 2
    repeats = any(len(pin) % size == 0 and pin == pin[:size] * (len(pin) // size) for size in range(1, half + 1))
    year = len(pin) == 4 and pin[:2] in {"19", "20"}
    return repeats or steps in ({1}, {9}) or year or (len(pin) == 6 and any(_is_date(pin, form) for form in _DATES))


def _is_date(pin: str, form: str) -> bool:
    with contextlib.suppress(ValueError):
        return bool(datetime.strptime(pin, form))  # noqa: DTZ007 - only whether there is such a day
    return False
