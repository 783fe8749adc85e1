"""Trainings: recorded with trainer and materials, counted through their last day, withdrawn but kept."""

from datetime import date, datetime, timedelta

import pytest
import sqlalchemy as sa

from supply.db import Database
from supply.errors import Invalid, NotAllowed, NotFound
from supply.staff import people, training
from supply.staff.models import Training
from supply.staff.permissions import Actor, Role
from supply.staff.training import HAZMAT, TrainingFields
from tests.factories import Office

FIELDS = TrainingFields(HAZMAT, date(2024, 2, 29), 3, "Regulated medical waste", "T. Rainer", "1 School Lane, Ocala FL")


@pytest.fixture
def office(sqlite_db: Database, now: datetime) -> Office:
    """The installed office (the folder's own `db` is an empty one)."""
    return Office(sqlite_db, now)


@pytest.fixture
def wes(office: Office) -> Actor:
    return office.person("wes", Role.waste)


def record(office: Office, person: Actor, by: Actor, **changed: object) -> int:
    fields = TrainingFields(**{**FIELDS.__dict__, **changed})  # type: ignore[arg-type]
    return office.db.transact(
        lambda s: (
            training.record_training(
                s, person_id=person.person_id, fields=fields, by=by, now=office.now, today=office.today
            ).id
        )
    )


def held(office: Office, person: Actor, today: date) -> training.TrainingLine | None:
    with office.db.read_session() as session:
        return training.current(session, person_id=person.person_id, kind=HAZMAT, today=today)


def test_three_years_from_a_leap_day_end_on_the_last_of_february(office: Office, wes: Actor) -> None:
    record(office, wes, wes)
    line = held(office, wes, office.today)
    assert line is not None
    assert (line.valid_until, line.person, line.trainer_name) == (date(2027, 2, 28), "wes", "T. Rainer")


@pytest.mark.parametrize(("days", "state"), [(-31, "good"), (-30, "good"), (-29, "soon"), (0, "soon"), (1, "expired")])
def test_it_counts_through_its_last_day(office: Office, wes: Actor, days: int, state: str) -> None:
    record(office, wes, wes)
    line = held(office, wes, date(2027, 2, 28) + timedelta(days=days))
    assert line is not None
    assert line.state == state


def test_the_training_that_counts_the_longest_is_the_one_that_counts(office: Office, wes: Actor) -> None:
    record(office, wes, wes, completed_on=date(2026, 1, 5))
    record(office, wes, wes, completed_on=date(2022, 1, 5))
    record(office, wes, wes, kind="bloodborne", years=None)
    line = held(office, wes, office.today)
    assert line is not None
    assert line.valid_until == date(2029, 1, 5)
    with office.db.read_session() as session:
        assert len(training.training_lines(session, today=office.today, person_id=wes.person_id)) == 3
        assert list(training.latest(session, kind=HAZMAT, today=office.today)) == [wes.person_id]


def test_a_withdrawn_one_no_longer_counts_but_is_kept(office: Office, wes: Actor) -> None:
    row_id = record(office, wes, wes)
    for _ in range(2):
        office.db.transact(lambda s: training.withdraw_training(s, training_id=row_id, by=wes, now=office.now))
    assert held(office, wes, office.today) is None
    with office.db.read_session() as session:
        assert session.get_one(Training, row_id).withdrawn_at == office.now
        actions = list(session.scalars(sa.text("SELECT action FROM audit_entries WHERE action LIKE '%training'")))
    assert actions == ["staff.record_training", "staff.withdraw_training"]


def test_who_left_is_not_listed(office: Office, wes: Actor) -> None:
    record(office, wes, wes)
    office.db.transact(lambda s: people.disable_person(s, person_id=wes.person_id, by=office.local, now=office.now))
    assert held(office, wes, office.today) is None


@pytest.mark.parametrize(
    "changed",
    [
        {"kind": "juggling"},
        {"completed_on": date(2026, 11, 24)},
        {"years": 0},
        {"years": 11},
        {"materials": " "},
        {"trainer_name": ""},
        {"trainer_address": "x" * 201},
    ],
)
def test_what_lacks_something_is_refused(office: Office, wes: Actor, changed: dict[str, object]) -> None:
    with pytest.raises(Invalid):
        record(office, wes, wes, **changed)
    assert held(office, wes, office.today) is None


def test_a_nurse_records_none_and_nobody_for_a_stranger(office: Office, wes: Actor) -> None:
    nurse = office.person("nora", Role.nurse)
    with pytest.raises(NotAllowed):
        record(office, wes, nurse)
    with pytest.raises(NotFound):
        record(office, Actor(999, "x", "x", frozenset()), wes)
    with pytest.raises(NotFound):
        office.db.transact(lambda s: training.withdraw_training(s, training_id=999, by=wes, now=office.now))
    admin = office.person("ada", Role.admin)
    assert record(office, wes, admin)
