"""People and their roles: adding, changing, disabling, finding. Nobody is ever deleted: the ledger names them."""

import re
import unicodedata
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from supply.audit.chain import record
from supply.errors import Conflict, Invalid, NotAllowed, NotFound
from supply.staff import passwords
from supply.staff.keys import digest
from supply.staff.models import ApiToken, Person, PersonRole, SignInFailure, SignInSession
from supply.staff.permissions import Action, Actor, Role, require

LOCAL_NAME = "local"
NAME_LENGTH = 60
ADDRESS_LENGTH = 254
# What every mail server takes: ASCII, nothing quoted, no character that could end a header or begin another address.
ADDRESS = re.compile(
    r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~.-]{1,64}@([A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?\.)+[A-Za-z]{2,63}"
)


@dataclass(frozen=True)
class PersonRow:
    """One line of the list of people."""

    id: int
    name: str
    display_name: str
    email: str | None
    roles: frozenset[Role]
    is_built_in: bool
    has_password: bool
    has_pin: bool
    kind: str
    ends_at: datetime | None
    created_at: datetime
    disabled_at: datetime | None


def ensure_local(session: Session, *, now: datetime) -> Actor:
    """Make the built-in person `local` with every role unless it is there: whoever has the data folder."""
    person = session.scalar(sa.select(Person).where(Person.name_key == LOCAL_NAME))
    if person is None:
        person = _insert(session, LOCAL_NAME, "This machine", None, now)
        person.is_built_in = True
        _write_roles(session, person.id, frozenset(Role))
        details = {"name": LOCAL_NAME, "roles": [role.value for role in Role]}
        record(
            session,
            at=now,
            actor_id=person.id,
            action="staff.add_person",
            subject=f"person {person.id}",
            details=details,
        )
    return Actor(person.id, person.name, person.display_name, frozenset(Role))


def local_actor(session: Session) -> Actor:
    """The built-in person `local`. Raises NotFound before `supply setup` made it."""
    return find_actor(session, LOCAL_NAME)


def find_actor(session: Session, name: str) -> Actor:
    """Who acts under this name, with the roles of now. Raises NotFound; NotAllowed when disabled."""
    person = person_named(session, name)
    if person.disabled_at is not None:
        raise NotAllowed(f"{person.display_name} is disabled and may not do anything.", code="person_disabled")
    return Actor(person.id, person.name, person.display_name, roles_of(session, person.id))


def person_named(session: Session, name: str) -> Person:
    """The person of this name, whatever its capitals. Raises NotFound."""
    person = session.scalar(sa.select(Person).where(Person.name_key == name_key(name)))
    if person is None:
        raise NotFound(f"Nobody here is called {name.strip()[:NAME_LENGTH]!r}.", code="person_unknown")
    return person


def person_by_id(session: Session, person_id: int) -> PersonRow:
    """One person as a line of the list. Raises NotFound."""
    for row in _rows(session, Person.id == person_id):
        return row
    raise NotFound("There is no such person.", code="person_unknown")


def roster(session: Session) -> list[PersonRow]:
    """Everybody, those who may act first, then by name. What a station's devices act as is nobody."""
    return _rows(session, Person.kind != "station")


def roles_of(session: Session, person_id: int) -> frozenset[Role]:
    """The roles that the person has now."""
    return frozenset(Role(role) for role in session.scalars(sa.select(PersonRole.role).filter_by(person_id=person_id)))


def has_administrator(session: Session) -> bool:
    """Whether some person other than the built-in one may manage people."""
    return bool(_administrator_ids(session))


def add_person(
    session: Session,
    *,
    name: str,
    roles: Iterable[Role],
    by: Actor,
    now: datetime,
    password: str | None = None,
    display_name: str | None = None,
    email: str | None = None,
) -> Person:
    """Add someone with at least one role. Raises Conflict for a taken name, Invalid for a bad name, password or mail
    address."""
    require(by, Action.administer)
    given, address = _checked_roles(roles), checked_address(email)
    person = _insert(session, name, display_name, password, now)
    person.email = address
    _write_roles(session, person.id, given)
    details = {"name": person.name, "roles": sorted(given), "password": password is not None, "email": address}
    record(
        session,
        at=now,
        actor_id=by.person_id,
        action="staff.add_person",
        subject=f"person {person.id}",
        details=details,
    )
    return person


def set_roles(session: Session, *, person_id: int, roles: Iterable[Role], by: Actor, now: datetime) -> None:
    """Give the person these roles and no others, from the next request on. The last administrator stays one."""
    require(by, Action.administer)
    person = _changeable(session, person_id)
    given = _checked_roles(roles)
    if Role.admin not in given:
        _keep_an_administrator(session, person)
    before = roles_of(session, person.id)
    session.execute(sa.delete(PersonRole).where(PersonRole.person_id == person.id))
    _write_roles(session, person.id, given)
    details = {"before": sorted(before), "after": sorted(given)}
    record(
        session, at=now, actor_id=by.person_id, action="staff.set_roles", subject=f"person {person.id}", details=details
    )


def set_email(session: Session, *, person_id: int, email: str | None, by: Actor, now: datetime) -> None:
    """Say where the person gets the morning mail; empty or None for nowhere. Raises Invalid for what is no address."""
    require(by, Action.administer)
    person = _changeable(session, person_id)
    address = checked_address(email)
    if person.email == address:
        return
    details = {"before": person.email, "after": address}
    person.email = address
    subject = f"person {person.id}"
    record(session, at=now, actor_id=by.person_id, action="staff.set_email", subject=subject, details=details)


def checked_address(email: str | None) -> str | None:
    """A mail address as typed, trimmed; None for an empty one. Raises Invalid (bad_email)."""
    address = (email or "").strip()
    if not address:
        return None
    local = address.partition("@")[0]
    if (
        len(address) > ADDRESS_LENGTH
        or not ADDRESS.fullmatch(address)
        or ".." in local
        or local[:1] == "."
        or local[-1:] == "."
    ):
        raise Invalid("This is no mail address. It looks like name@example.org.", code="bad_email")
    return address


def mailed(session: Session) -> list[PersonRow]:
    """Those who may act and have a mail address."""
    return _rows(session, Person.email.is_not(None) & Person.disabled_at.is_(None) & ~Person.is_built_in)


def display_names(session: Session, person_ids: Collection[int]) -> dict[int, str]:
    """The names of these people as screens show them."""
    names = sa.select(Person.id, Person.display_name).where(Person.id.in_(sorted(person_ids)))
    return {row.id: row.display_name for row in session.execute(names)}


def disable_person(session: Session, *, person_id: int, by: Actor, now: datetime) -> None:
    """End the person's rights, sessions and tokens, from the next request on."""
    require(by, Action.administer)
    person = _changeable(session, person_id)
    if person.disabled_at is not None:
        return
    _keep_an_administrator(session, person)
    person.disabled_at = now
    end_sessions(session, person.id)
    session.execute(
        sa.update(ApiToken).where(ApiToken.person_id == person.id, ApiToken.revoked_at.is_(None)).values(revoked_at=now)
    )
    record(session, at=now, actor_id=by.person_id, action="staff.disable", subject=f"person {person.id}", details={})


def enable_person(session: Session, *, person_id: int, by: Actor, now: datetime) -> None:
    """Let a disabled person act again; their old tokens stay revoked."""
    require(by, Action.administer)
    person = _changeable(session, person_id)
    if person.disabled_at is None:
        return
    person.disabled_at = None
    record(session, at=now, actor_id=by.person_id, action="staff.enable", subject=f"person {person.id}", details={})


def set_password(session: Session, *, person_id: int, password: str, by: Actor, now: datetime) -> None:
    """Set another person's password, end their sessions and lift their lock-out. Raises Invalid for a weak one."""
    require(by, Action.administer)
    _store_password(session, _changeable(session, person_id), password, by, now)


def change_own_password(session: Session, *, actor: Actor, current: str, new: str, now: datetime) -> None:
    """Change one's own password; every session of the person ends. Raises Invalid when `current` is wrong."""
    person = _changeable(session, actor.person_id)
    if not passwords.matches(person.password_hash, current):
        raise Invalid("The present password is not right. Nothing was changed.", code="wrong_password")
    _store_password(session, person, new, actor, now)


def end_sessions(session: Session, person_id: int) -> None:
    """Sign the person out everywhere."""
    session.execute(sa.delete(SignInSession).where(SignInSession.person_id == person_id))


def name_key(name: str) -> str:
    """What two spellings of one name have in common."""
    return unicodedata.normalize("NFKC", name).strip().casefold()[:120]


def _rows(session: Session, which: sa.ColumnElement[bool]) -> list[PersonRow]:
    roles: dict[int, set[Role]] = {}
    for person_id, role in session.execute(sa.select(PersonRole.person_id, PersonRole.role)):
        roles.setdefault(person_id, set()).add(Role(role))
    people = session.scalars(sa.select(Person).where(which).order_by(Person.disabled_at.is_not(None), Person.name_key))
    return [
        PersonRow(
            id=person.id,
            name=person.name,
            display_name=person.display_name,
            email=person.email,
            roles=frozenset(roles.get(person.id, ())),
            is_built_in=person.is_built_in,
            has_password=person.password_hash is not None,
            has_pin=person.pin_hash is not None,
            kind=person.kind,
            ends_at=person.ends_at,
            created_at=person.created_at,
            disabled_at=person.disabled_at,
        )
        for person in people
    ]


def _insert(session: Session, name: str, display_name: str | None, password: str | None, now: datetime) -> Person:
    shown = _checked_text(name, "name")
    key = name_key(shown)
    if session.scalar(sa.select(Person.id).where(Person.name_key == key)) is not None:
        raise Conflict(f"Somebody here is already called {shown!r}. Choose another name.", code="name_taken")
    display = _checked_text(display_name, "display name") if display_name and display_name.strip() else shown
    if password is not None:
        passwords.check(password, shown, display)
    person = Person(
        name=shown,
        name_key=key,
        display_name=display,
        password_hash=passwords.hash_of(password) if password is not None else None,
        created_at=now,
    )
    session.add(person)
    session.flush()
    return person


def checked_name(text: str) -> str:
    """A name as people type it, trimmed. Raises Invalid (bad_name)."""
    return _checked_text(text, "name")


def _checked_text(text: str, what: str) -> str:
    cleaned = unicodedata.normalize("NFC", text).strip()
    if not cleaned:
        raise Invalid(f"The {what} is missing.", code="bad_name")
    if len(cleaned) > NAME_LENGTH or not cleaned.isprintable():
        raise Invalid(f"The {what} needs 1 to {NAME_LENGTH} printable characters.", code="bad_name")
    return cleaned


def _checked_roles(roles: Iterable[Role]) -> frozenset[Role]:
    given = frozenset(roles)
    if not given:
        raise Invalid("Choose at least one role.", code="role_missing")
    return given


def _write_roles(session: Session, person_id: int, roles: frozenset[Role]) -> None:
    session.execute(sa.insert(PersonRole), [{"person_id": person_id, "role": role.value} for role in sorted(roles)])


def _changeable(session: Session, person_id: int) -> Person:
    person = session.get(Person, person_id)
    if person is None:
        raise NotFound("There is no such person.", code="person_unknown")
    if person.is_built_in:
        raise Conflict(f"{person.display_name!r} is built in and cannot be changed.", code="built_in")
    return person


def _store_password(session: Session, person: Person, password: str, by: Actor, now: datetime) -> None:
    passwords.check(password, person.name, person.display_name)
    person.password_hash = passwords.hash_of(password)
    end_sessions(session, person.id)
    session.execute(sa.delete(SignInFailure).where(SignInFailure.account == account_key(person.name)))
    record(
        session, at=now, actor_id=by.person_id, action="staff.set_password", subject=f"person {person.id}", details={}
    )


def account_key(name: str) -> str:
    """Under which failures are counted: a digest, since people type passwords into the name field too."""
    return digest(name_key(name))


def _administrator_ids(session: Session) -> set[int]:
    found = sa.select(Person.id).join(PersonRole, PersonRole.person_id == Person.id)
    return set(
        session.scalars(found.where(PersonRole.role == Role.admin, Person.disabled_at.is_(None), ~Person.is_built_in))
    )


def _keep_an_administrator(session: Session, person: Person) -> None:
    if _administrator_ids(session) == {person.id}:
        raise Conflict(
            f"{person.display_name} is the last administrator. Make somebody else one first.", code="last_administrator"
        )
