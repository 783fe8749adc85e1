"""Signing in: sessions, their limits, and the lock-out."""

import statistics
import threading
import time
from datetime import datetime, timedelta

import pytest
import sqlalchemy as sa

from supply.audit.models import AuditEntry
from supply.db import Database
from supply.staff import people, sign_in
from supply.staff.models import SignInSession
from supply.staff.permissions import Actor, Role
from supply.staff.sign_in import Limits, LockedOut, WrongNameOrPassword
from tests.staff.conftest import PASSWORD

LIMITS = Limits(idle=timedelta(minutes=15), absolute=timedelta(hours=12))


@pytest.fixture
def nina(db: Database, local: Actor, now: datetime) -> int:
    person = db.transact(
        lambda s: people.add_person(s, name="nina", roles=[Role.nurse], password=PASSWORD, by=local, now=now)
    )
    return person.id


def enter(db: Database, now: datetime, password: str = PASSWORD, name: str = "nina", address: str = "10.0.0.1") -> str:
    key, _ = sign_in.sign_in(db, name=name, password=password, address=address, now=now)
    return key


def who(db: Database, key: str, now: datetime, limits: Limits = LIMITS) -> sign_in.SignedIn | None:
    with db.read_session() as session:
        return sign_in.actor_for_session(session, key, now, limits)


def fail(db: Database, now: datetime, times: int, name: str = "nina", address: str = "10.0.0.1") -> None:
    for _ in range(times):
        with pytest.raises(WrongNameOrPassword):
            enter(db, now, "wrong password", name, address)


def test_the_right_password_opens_a_session_of_256_bits_stored_as_its_hash(
    db: Database, nina: int, now: datetime
) -> None:
    key = enter(db, now)
    found = who(db, key, now)
    assert found is not None
    assert (found.actor.person_id, found.actor.roles) == (nina, {Role.nurse})
    assert len(key) >= 43
    with db.read_session() as session:
        assert session.scalars(sa.select(SignInSession.token_hash)).one() != key


def test_every_sign_in_gives_a_new_key_and_form_token(db: Database, nina: int, now: datetime) -> None:
    first, second = enter(db, now), enter(db, now)
    assert first != second
    assert who(db, first, now).csrf != who(db, second, now).csrf
    assert first not in who(db, first, now).csrf


@pytest.mark.parametrize(
    ("name", "password"), [("nina", "wrong password"), ("nobody", PASSWORD), ("local", ""), ("", "")]
)
def test_a_wrong_name_and_a_wrong_password_are_refused_in_the_same_words(
    db: Database, nina: int, now: datetime, name: str, password: str
) -> None:
    with pytest.raises(WrongNameOrPassword) as refused:
        enter(db, now, password, name)
    assert refused.value.message == "The name or the password is not right. Check both and try again."


def test_a_session_ends_after_fifteen_idle_minutes_and_after_twelve_hours(
    db: Database, nina: int, now: datetime
) -> None:
    key = enter(db, now)
    assert who(db, key, now + timedelta(minutes=14, seconds=59))
    assert who(db, key, now + timedelta(minutes=15)) is None
    session_id, moment = who(db, key, now).session_id, now
    while moment < now + timedelta(hours=11, minutes=50):
        moment += timedelta(minutes=10)
        db.transact(lambda s, at=moment: sign_in.touch(s, session_id, at))
    assert who(db, key, now + timedelta(hours=11, minutes=59))
    assert who(db, key, now + timedelta(hours=12)) is None


def test_a_clock_that_steps_back_a_little_ends_nothing_and_one_far_back_does(
    db: Database, nina: int, now: datetime
) -> None:
    key = enter(db, now)
    assert who(db, key, now - timedelta(minutes=4))
    assert who(db, key, now - timedelta(minutes=6)) is None


def test_reading_is_due_a_touch_at_most_once_a_minute(db: Database, nina: int, now: datetime) -> None:
    key = enter(db, now)
    assert not who(db, key, now + timedelta(seconds=59)).touch_due
    assert who(db, key, now + timedelta(seconds=60)).touch_due


def test_a_touch_never_moves_back(db: Database, nina: int, now: datetime) -> None:
    key = enter(db, now)
    number = who(db, key, now).session_id
    db.transact(lambda s: sign_in.touch(s, number, now - timedelta(minutes=3)))
    with db.read_session() as session:
        assert session.get_one(SignInSession, number).seen_at == now


def test_a_session_that_was_signed_out_is_worth_nothing(db: Database, nina: int, now: datetime) -> None:
    key = enter(db, now)
    db.transact(lambda s: sign_in.sign_out(s, token=key, now=now))
    assert who(db, key, now) is None


def test_a_disabled_person_and_changed_roles_show_on_the_next_request(
    db: Database, nina: int, local: Actor, now: datetime
) -> None:
    key = enter(db, now)
    db.transact(lambda s: people.set_roles(s, person_id=nina, roles=[Role.waste], by=local, now=now))
    assert who(db, key, now).actor.roles == {Role.waste}
    db.transact(lambda s: people.disable_person(s, person_id=nina, by=local, now=now))
    assert who(db, key, now) is None
    with pytest.raises(WrongNameOrPassword):
        enter(db, now)


def test_a_new_password_signs_out_everywhere(db: Database, nina: int, local: Actor, now: datetime) -> None:
    key = enter(db, now)
    db.transact(lambda s: people.set_password(s, person_id=nina, password="another one", by=local, now=now))
    assert who(db, key, now) is None


def test_after_five_failures_even_the_right_password_waits_fifteen_minutes(
    db: Database, nina: int, now: datetime
) -> None:
    fail(db, now, 5)
    with pytest.raises(LockedOut, match="15 minutes"):
        enter(db, now + timedelta(minutes=14, seconds=59), address="10.0.0.2")
    assert enter(db, now + timedelta(minutes=15, seconds=1), address="10.0.0.2")


def test_five_failures_from_one_address_lock_the_address_and_nobody_elsewhere(
    db: Database, nina: int, now: datetime
) -> None:
    for number in range(5):
        fail(db, now, 1, name=f"guess {number}", address="10.0.0.66")
    with pytest.raises(LockedOut):
        enter(db, now, address="10.0.0.66")
    assert enter(db, now, address="10.0.0.1")


def test_a_success_forgives_ones_own_slips_but_not_those_on_other_names(db: Database, nina: int, now: datetime) -> None:
    fail(db, now, 3)
    enter(db, now)
    fail(db, now, 1, name="somebody else")
    fail(db, now, 4)
    with pytest.raises(LockedOut):
        enter(db, now)


def test_neither_a_restart_nor_a_clock_set_back_forgets_failures(
    db: Database, url: str, nina: int, now: datetime
) -> None:
    fail(db, now, 5)
    restarted = Database(url)
    for moment in (now, now - timedelta(hours=3)):
        with pytest.raises(LockedOut):
            enter(restarted, moment)
    restarted.close()


def test_an_administrator_who_sets_a_password_lifts_the_lock_out_of_the_account(
    db: Database, nina: int, local: Actor, now: datetime
) -> None:
    fail(db, now, 5)
    db.transact(lambda s: people.set_password(s, person_id=nina, password="another one", by=local, now=now))
    assert enter(db, now, "another one", address="10.0.0.2")


def test_of_many_guesses_at_the_same_moment_at_most_five_are_judged(db: Database, nina: int, now: datetime) -> None:
    refused: list[type] = []

    def guess(number: int) -> None:
        for attempt in range(6):
            try:
                enter(db, now, f"guess {number} {attempt}", address=f"10.0.1.{number}")
            except (WrongNameOrPassword, LockedOut) as error:
                refused.append(type(error))

    threads = [threading.Thread(target=guess, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert refused.count(WrongNameOrPassword) == 5
    assert refused.count(LockedOut) == 43


def test_failures_and_successes_are_in_the_audit_trail_without_the_password(
    db: Database, nina: int, now: datetime
) -> None:
    fail(db, now, 1)
    enter(db, now)
    with db.read_session() as session:
        entries = session.execute(sa.select(AuditEntry.action, AuditEntry.subject, AuditEntry.details)).all()
    told = [(entry.action, entry.subject) for entry in entries]
    assert ("staff.sign_in_failed", f"person {nina}") in told
    assert ("staff.sign_in", f"person {nina}") in told
    assert "wrong password" not in "".join(entry.details for entry in entries)


def test_an_unknown_name_costs_as_much_time_as_a_wrong_password(db: Database, nina: int, now: datetime) -> None:
    def seconds(name: str, number: int) -> float:
        begun = time.thread_time()
        with pytest.raises(WrongNameOrPassword):
            enter(db, now + timedelta(minutes=16 * number), "wrong password", name, f"10.1.{number}.1")
        return time.thread_time() - begun

    seconds("warm up", 0)
    known = statistics.median(seconds("nina", number) for number in range(1, 9))
    unknown = statistics.median(seconds("nobody", number) for number in range(1, 9))
    assert 0.6 < known / unknown < 1.6
