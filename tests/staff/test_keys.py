"""API tokens, badges and the first-start link."""

from datetime import datetime

import pytest
import sqlalchemy as sa

from supply.db import Database
from supply.errors import Conflict, Invalid, NotAllowed, NotFound
from supply.staff import badges, people, setup_links, tokens
from supply.staff.models import ApiToken
from supply.staff.permissions import Actor, Level, Role, limited
from tests.staff.conftest import PASSWORD


@pytest.fixture
def nina(db: Database, local: Actor, now: datetime) -> Actor:
    db.transact(lambda s: people.add_person(s, name="nina", roles=[Role.nurse, Role.waste], by=local, now=now))
    with db.read_session() as session:
        return people.find_actor(session, "nina")


def test_a_token_acts_as_its_person_and_is_stored_as_its_hash(
    db: Database, nina: Actor, local: Actor, now: datetime
) -> None:
    token = db.transact(lambda s: tokens.create_token(s, person_name="Nina", by=local, now=now, station="kiosk-1"))
    with db.read_session() as session:
        found = tokens.actor_for_token(session, token, now)
        assert session.scalars(sa.select(ApiToken.token_hash)).one() != token
    assert found == Actor(nina.person_id, "nina", "nina", nina.roles, "kiosk-1")


def test_a_token_is_found_by_one_select(db: Database, nina: Actor, local: Actor, now: datetime) -> None:
    token = db.transact(lambda s: tokens.create_token(s, person_name="nina", by=local, now=now))
    statements: list[str] = []
    sa.event.listen(db.engine, "before_cursor_execute", lambda *said: statements.append(said[2]))
    with db.read_session() as session:
        tokens.actor_for_token(session, token, now)
    assert len([one for one in statements if one.startswith("SELECT")]) == 1


@pytest.mark.parametrize("token", ["", "supply_", "x" * 10_000, "\x00", "\ud800"])
def test_rubbish_is_nobodys_token(db: Database, local: Actor, now: datetime, token: str) -> None:
    with db.read_session() as session:
        assert tokens.actor_for_token(session, token, now) is None


def test_only_an_administrator_makes_tokens(db: Database, nina: Actor, now: datetime) -> None:
    with pytest.raises(NotAllowed):
        db.transact(lambda s: tokens.create_token(s, person_name="nina", by=nina, now=now))


def test_a_token_for_nobody_for_a_disabled_person_or_with_a_bad_label_is_refused(
    db: Database, nina: Actor, local: Actor, now: datetime
) -> None:
    with pytest.raises(NotFound):
        db.transact(lambda s: tokens.create_token(s, person_name="zoe", by=local, now=now))
    with pytest.raises(Invalid):
        db.transact(lambda s: tokens.create_token(s, person_name="nina", by=local, now=now, label="a\nb"))
    db.transact(lambda s: people.disable_person(s, person_id=nina.person_id, by=local, now=now))
    with pytest.raises(Conflict):
        db.transact(lambda s: tokens.create_token(s, person_name="nina", by=local, now=now))


def test_a_revoked_token_is_worth_nothing_and_its_owner_may_revoke_it(
    db: Database, nina: Actor, local: Actor, now: datetime
) -> None:
    token = db.transact(lambda s: tokens.create_token(s, person_name="nina", by=local, now=now))
    with db.read_session() as session:
        (row,) = tokens.tokens_of(session, nina.person_id)
    stranger = Actor(local.person_id + 100, "x", "X", frozenset({Role.manager}))
    with pytest.raises(NotAllowed):
        db.transact(lambda s: tokens.revoke_token(s, token_id=row.id, by=stranger, now=now))
    db.transact(lambda s: tokens.revoke_token(s, token_id=row.id, by=nina, now=now))
    with db.read_session() as session:
        assert tokens.actor_for_token(session, token, now) is None
        assert tokens.tokens_of(session, nina.person_id) == []


def test_a_badge_names_its_person_until_it_is_replaced(db: Database, nina: Actor, local: Actor, now: datetime) -> None:
    first = db.transact(lambda s: badges.issue_badge(s, person_id=nina.person_id, by=local, now=now))
    second = db.transact(lambda s: badges.issue_badge(s, person_id=nina.person_id, by=local, now=now))
    with db.read_session() as session:
        assert badges.actor_for_badge(session, first) is None
        assert badges.actor_for_badge(session, second) == limited(nina, Level.badge)
        assert badges.actor_for_badge(session, "nina") is None


def test_a_badge_of_a_disabled_person_names_nobody(db: Database, nina: Actor, local: Actor, now: datetime) -> None:
    text = db.transact(lambda s: badges.issue_badge(s, person_id=nina.person_id, by=local, now=now))
    db.transact(lambda s: people.disable_person(s, person_id=nina.person_id, by=local, now=now))
    with db.read_session() as session:
        assert badges.actor_for_badge(session, text) is None


def test_the_first_start_link_makes_one_administrator_and_works_once(db: Database, now: datetime) -> None:
    key = db.transact(lambda s: setup_links.create_setup_link(s, now))
    person = db.transact(
        lambda s: setup_links.first_administrator(s, key=key, name="ada", password=PASSWORD, now=now, is_manager=True)
    )
    with db.read_session() as session:
        assert people.roles_of(session, person.id) == {Role.admin, Role.manager}
        assert not setup_links.is_open(session, key)
    with pytest.raises(NotFound, match="used already"):
        db.transact(lambda s: setup_links.first_administrator(s, key=key, name="eve", password=PASSWORD, now=now))


def test_a_weak_password_does_not_use_the_link_up(db: Database, now: datetime) -> None:
    key = db.transact(lambda s: setup_links.create_setup_link(s, now))
    with pytest.raises(Invalid):
        db.transact(lambda s: setup_links.first_administrator(s, key=key, name="ada", password="short", now=now))
    with db.read_session() as session:
        assert setup_links.is_open(session, key)


def test_a_newer_link_ends_the_older_and_an_invented_one_opens_nothing(db: Database, now: datetime) -> None:
    old = db.transact(lambda s: setup_links.create_setup_link(s, now))
    new = db.transact(lambda s: setup_links.create_setup_link(s, now))
    with db.read_session() as session:
        assert [setup_links.is_open(session, key) for key in (old, new, "invented")] == [False, True, False]


def test_no_link_works_once_there_is_an_administrator(db: Database, local: Actor, now: datetime) -> None:
    key = db.transact(lambda s: setup_links.create_setup_link(s, now))
    db.transact(lambda s: people.add_person(s, name="ada", roles=[Role.admin], by=local, now=now))
    with pytest.raises(NotFound):
        db.transact(lambda s: setup_links.first_administrator(s, key=key, name="eve", password=PASSWORD, now=now))
