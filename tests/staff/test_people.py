"""Adding, changing and disabling people."""

from datetime import datetime

import pytest
import sqlalchemy as sa

from supply.audit.chain import verify
from supply.audit.models import AuditEntry
from supply.db import Database
from supply.errors import Conflict, Invalid, NotAllowed, NotFound
from supply.staff import passwords, people, tokens
from supply.staff.models import Person
from supply.staff.permissions import Action, Actor, Role, allowed
from tests.staff.conftest import PASSWORD


def add(db: Database, by: Actor, now: datetime, name: str = "nina", *roles: Role, password: str | None = None) -> int:
    person = db.transact(
        lambda s: people.add_person(s, name=name, roles=roles or [Role.nurse], password=password, by=by, now=now)
    )
    return person.id


def test_a_person_is_added_with_roles_and_can_be_found_in_any_capitals(
    db: Database, local: Actor, now: datetime
) -> None:
    add(db, local, now, "Nina", Role.nurse, Role.waste)
    with db.read_session() as session:
        found = people.find_actor(session, " NINA ")
    assert (found.name, found.roles) == ("Nina", {Role.nurse, Role.waste})


def test_a_password_is_kept_only_as_its_hash(db: Database, local: Actor, now: datetime) -> None:
    number = add(db, local, now, password=PASSWORD)
    with db.read_session() as session:
        stored = session.get_one(Person, number).password_hash
        spoken = "".join(session.scalars(sa.select(AuditEntry.details)))
    assert passwords.matches(stored, PASSWORD)
    assert PASSWORD not in str(stored) + spoken


@pytest.mark.parametrize("name", ["nina", "NINA", " nina "])
def test_a_name_that_is_taken_is_refused(db: Database, local: Actor, now: datetime, name: str) -> None:
    add(db, local, now, "nina")
    with pytest.raises(Conflict, match="already called"):
        add(db, local, now, name)


@pytest.mark.parametrize("name", ["", "   ", "a\x1bb", "line\nbreak", "x" * 61, "zero\u200bwidth"])
def test_a_name_that_cannot_be_read_is_refused(db: Database, local: Actor, now: datetime, name: str) -> None:
    with pytest.raises(Invalid):
        add(db, local, now, name)


def test_a_person_without_a_role_is_refused(db: Database, local: Actor, now: datetime) -> None:
    with pytest.raises(Invalid, match="at least one role"):
        db.transact(lambda s: people.add_person(s, name="nina", roles=[], by=local, now=now))


def test_only_an_administrator_adds_people(db: Database, now: datetime) -> None:
    manager = Actor(1, "m", "Mo", frozenset({Role.manager}))
    with pytest.raises(NotAllowed, match="an administrator"):
        add(db, manager, now)


def test_changed_roles_hold_at_once_and_are_audited(db: Database, local: Actor, now: datetime) -> None:
    number = add(db, local, now, "nina", Role.nurse)
    db.transact(lambda s: people.set_roles(s, person_id=number, roles=[Role.receiver], by=local, now=now))
    with db.read_session() as session:
        assert people.roles_of(session, number) == {Role.receiver}
        said = session.scalars(sa.select(AuditEntry.details).where(AuditEntry.action == "staff.set_roles")).one()
        assert list(verify(session)) == []
    assert said == '{"after":["receiver"],"before":["nurse"]}'


def test_a_disabled_person_loses_tokens_and_cannot_act(db: Database, local: Actor, now: datetime) -> None:
    number = add(db, local, now)
    token = db.transact(lambda s: tokens.create_token(s, person_name="nina", by=local, now=now))
    db.transact(lambda s: people.disable_person(s, person_id=number, by=local, now=now))
    with db.read_session() as session:
        assert tokens.actor_for_token(session, token, now) is None
        with pytest.raises(NotAllowed, match="disabled"):
            people.find_actor(session, "nina")


def test_an_enabled_person_acts_again_but_old_tokens_stay_revoked(db: Database, local: Actor, now: datetime) -> None:
    number = add(db, local, now)
    token = db.transact(lambda s: tokens.create_token(s, person_name="nina", by=local, now=now))
    db.transact(lambda s: people.disable_person(s, person_id=number, by=local, now=now))
    db.transact(lambda s: people.enable_person(s, person_id=number, by=local, now=now))
    with db.read_session() as session:
        assert people.find_actor(session, "nina").person_id == number
        assert tokens.actor_for_token(session, token, now) is None


def test_the_last_administrator_can_neither_be_disabled_nor_stop_being_one(
    db: Database, local: Actor, now: datetime
) -> None:
    number = add(db, local, now, "ada", Role.admin)
    with pytest.raises(Conflict, match="last administrator"):
        db.transact(lambda s: people.disable_person(s, person_id=number, by=local, now=now))
    with pytest.raises(Conflict, match="last administrator"):
        db.transact(lambda s: people.set_roles(s, person_id=number, roles=[Role.nurse], by=local, now=now))
    add(db, local, now, "bea", Role.admin)
    db.transact(lambda s: people.disable_person(s, person_id=number, by=local, now=now))


def test_the_built_in_person_has_every_role_is_made_once_and_cannot_be_changed(
    db: Database, local: Actor, now: datetime
) -> None:
    again = db.transact(lambda s: people.ensure_local(s, now=now))
    assert again == local
    assert all(allowed(local.roles, action) for action in Action)
    with pytest.raises(Conflict, match="built in"):
        db.transact(lambda s: people.disable_person(s, person_id=local.person_id, by=local, now=now))
    with db.read_session() as session:
        assert people.local_actor(session) == local
        assert not people.has_administrator(session)


def test_someone_unknown_is_not_found(db: Database, local: Actor, now: datetime) -> None:
    with db.read_session() as session, pytest.raises(NotFound, match="Nobody here is called 'zoe'"):
        people.find_actor(session, "zoe")
    with pytest.raises(NotFound):
        db.transact(lambda s: people.set_roles(s, person_id=999, roles=[Role.nurse], by=local, now=now))


def test_the_roster_lists_those_who_may_act_first(db: Database, local: Actor, now: datetime) -> None:
    anna = add(db, local, now, "anna")
    add(db, local, now, "zoe")
    db.transact(lambda s: people.disable_person(s, person_id=anna, by=local, now=now))
    with db.read_session() as session:
        assert [row.name for row in people.roster(session)] == ["local", "zoe", "anna"]


def test_one_changes_ones_own_password_only_with_the_present_one(db: Database, local: Actor, now: datetime) -> None:
    number = add(db, local, now, password=PASSWORD)
    nina = Actor(number, "nina", "nina", frozenset({Role.nurse}))
    with pytest.raises(Invalid, match="present password"):
        db.transact(lambda s: people.change_own_password(s, actor=nina, current="no", new="another one", now=now))
    db.transact(lambda s: people.change_own_password(s, actor=nina, current=PASSWORD, new="another one", now=now))
    with db.read_session() as session:
        assert passwords.matches(session.get_one(Person, number).password_hash, "another one")


@pytest.mark.parametrize("address", ["a@example.org", "a.b+c@mail.example.org", f"{'x' * 64}@example.org"])
def test_a_mail_address_is_kept_trimmed(db: Database, local: Actor, now: datetime, address: str) -> None:
    number = add(db, local, now)
    db.transact(lambda s: people.set_email(s, person_id=number, email=f" {address} ", by=local, now=now))
    with db.read_session() as session:
        assert [row.email for row in people.mailed(session)] == [address]
    db.transact(lambda s: people.disable_person(s, person_id=number, by=local, now=now))
    with db.read_session() as session:
        assert people.mailed(session) == []
        assert list(verify(session)) == []


@pytest.mark.parametrize(
    "typed",
    ["nina", "a@b", "a b@example.org", "a@example.org\nBcc: x@example.org", "a@exämple.org", "a@@example.org",
     "<a@example.org>", "a@example.org,b@example.org", ".a@example.org", "a..b@example.org", "a@-example.org",
     f"{'x' * 65}@example.org", f"a@{'x' * 60}.{'y' * 60}.{'z' * 60}.{'w' * 60}.{'v' * 60}.org"],
)  # fmt: skip
def test_what_is_no_mail_address_is_refused_and_changes_nothing(
    db: Database, local: Actor, now: datetime, typed: str
) -> None:
    number = add(db, local, now)
    with pytest.raises(Invalid, match="This is no mail address"):
        db.transact(lambda s: people.set_email(s, person_id=number, email=typed, by=local, now=now))
    with pytest.raises(Invalid):
        db.transact(lambda s: people.add_person(s, name="kim", roles=[Role.nurse], email=typed, by=local, now=now))
    with db.read_session() as session:
        assert people.mailed(session) == []
