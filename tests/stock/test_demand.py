"""Daily demand: the ledger by the office's days, with what was short, late or undone; imported days stay."""

from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from uuid import UUID

import pytest
import sqlalchemy as sa

from supply.db import Database
from supply.jobs.model import JobContext
from supply.jobs.night import add_up_use
from supply.settings import load
from supply.stations.settling import undo_scan
from supply.stock import rolling_up
from supply.stock.demand import DailyUse, daily_use, empty_days
from supply.stock.models import DailyDemand, DailyUsage, DemandMark, Item, Movement
from tests.factories import GLOVES, ZONE, Office, gs1

A1 = gs1(GLOVES, lot="A1", expiry="290101")


def add_up(office: Office, *, zone: str = "America/New_York", folder: Path = Path("unused")) -> None:
    """As the nightly job does."""
    settings = load(None, {"SUPPLY_DATA": str(folder)})
    settings = settings.model_copy(update={"office": settings.office.model_copy(update={"timezone": zone})})
    add_up_use(JobContext(office.db, settings, office.now, office.today))


def rows(office: Office) -> list[tuple[date, str, int, int]]:
    with office.db.read_session() as session:
        found = session.scalars(sa.select(DailyDemand).order_by(DailyDemand.used_on, DailyDemand.department))
        return [(row.used_on, row.department, row.used, row.shortfall) for row in found]


def use(office: Office, since: date, until: date) -> list[int]:
    with office.db.read_session() as session:
        (item,) = session.scalars(sa.select(Item.id)).all()
        found = daily_use(session, item_ids=[item], since=since, until=until)
    assert isinstance(found, DailyUse)
    return found.units[item]


@pytest.fixture
def shelf(either_office: Office) -> Office:
    """Fifty boxes of gloves."""
    either_office.item()
    either_office.receive("A1", "290101", 50)
    return either_office


def test_what_was_taken_is_added_up_by_local_day_and_department(shelf: Office) -> None:
    shelf.scan(A1, quantity=3, department="Nursing")
    shelf.scan(A1, quantity=2)
    shelf.now = datetime(2026, 11, 24, 4, 30, tzinfo=UTC)  # still the evening before in the office
    shelf.scan(A1, quantity=4, department="Nursing")
    shelf.later(hours=1)  # past the office's midnight
    shelf.scan(A1, quantity=7)
    add_up(shelf)
    assert rows(shelf) == [
        (date(2026, 11, 23), "", 2, 0),
        (date(2026, 11, 23), "Nursing", 7, 0),
        (date(2026, 11, 24), "", 7, 0),
    ]
    assert use(shelf, date(2026, 11, 22), date(2026, 11, 24)) == [0, 9, 7]


def test_what_came_back_is_taken_off_the_days_before(shelf: Office) -> None:
    shelf.scan(A1, quantity=6)
    shelf.later(days=2)
    assert shelf.scan(A1, "return", quantity=4).status == 201
    add_up(shelf)
    assert rows(shelf) == [(date(2026, 11, 23), "", 6, 0), (date(2026, 11, 25), "", -4, 0)]
    assert use(shelf, date(2026, 11, 23), date(2026, 11, 25)) == [2, 0, 0]


def test_only_use_is_demand(shelf: Office) -> None:
    shelf.place("ROOM-1")
    shelf.scan(A1, "move", quantity=5, to_location="ROOM-1")
    shelf.scan(A1, "discard", quantity=5, reason="dropped")
    add_up(shelf)
    assert rows(shelf) == []


def test_an_undo_after_the_night_changes_the_day_of_what_it_undid(shelf: Office) -> None:
    stored = shelf.scan(A1, quantity=3)
    shelf.scan(A1, quantity=1)
    add_up(shelf)
    assert rows(shelf) == [(date(2026, 11, 23), "", 4, 0)]
    undo(shelf, stored.answer["request_id"])
    add_up(shelf)
    assert rows(shelf) == [(date(2026, 11, 23), "", 1, 0)]
    undone_all = shelf.scan(A1, quantity=9)
    shelf.later(minutes=1)
    undo(shelf, undone_all.answer["request_id"])
    add_up(shelf)
    assert rows(shelf) == [(date(2026, 11, 23), "", 1, 0)]


def undo(office: Office, request_id: str) -> None:
    office.db.transact(
        lambda s: undo_scan(s, request_id=UUID(request_id), by=office.local, now=office.now, rules=office.rules)
    )


def test_a_scan_that_comes_days_late_counts_on_its_own_day(shelf: Office) -> None:
    shelf.scan(A1, quantity=1)
    add_up(shelf)
    made = shelf.now
    shelf.later(days=3)
    shelf.scan(A1, quantity=2, occurred_at=made.isoformat())
    add_up(shelf)
    assert rows(shelf) == [(date(2026, 11, 23), "", 3, 0)]


def test_demand_counts_the_shortfall(shelf: Office) -> None:
    stored = shelf.scan(A1, quantity=60, department="Nursing")
    assert stored.answer["shortfall"] == 10
    add_up(shelf)
    assert rows(shelf) == [(date(2026, 11, 23), "Nursing", 50, 10)]
    assert use(shelf, date(2026, 11, 23), date(2026, 11, 23)) == [60]
    undo(shelf, stored.answer["request_id"])
    add_up(shelf)
    assert rows(shelf) == []


def test_a_day_that_was_imported_counts_by_the_import_and_keeps_it(shelf: Office) -> None:
    day = date(2026, 11, 23)
    with shelf.db.read_session() as session:
        (movement,) = session.scalars(sa.select(Movement))
    imported = DailyUsage(item_id=movement.item_id, used_on=day, location_id=movement.to_location_id, quantity=40)
    shelf.db.transact(lambda session: session.add(imported))
    shelf.scan(A1, quantity=3)
    shelf.later(days=1)
    shelf.scan(A1, quantity=5)
    add_up(shelf)
    assert use(shelf, day, day + timedelta(days=1)) == [40, 5]
    with shelf.db.read_session() as session:
        assert session.scalars(sa.select(DailyUsage.quantity)).all() == [40]


def test_adding_up_again_changes_nothing_and_in_small_steps_comes_to_the_same(shelf: Office) -> None:
    for n in range(12):
        shelf.scan(A1, quantity=1 + n % 3, department="Nursing" if n % 2 else None)
        shelf.later(hours=7)
    add_up(shelf)
    once = rows(shelf)
    add_up(shelf)
    assert rows(shelf) == once
    shelf.db.transact(forget)
    upto = shelf.db.transact(rolling_up.last_settled_movement)
    steps = 0
    while True:
        step = shelf.db.transact(lambda s: rolling_up.roll_up(s, upto=upto, zone=ZONE, chunk=2))
        steps += 1
        if step.is_finished:
            break
    assert steps > 5
    assert rows(shelf) == once


def forget(session: sa.orm.Session) -> None:
    session.execute(sa.delete(DailyDemand))
    session.execute(sa.delete(DemandMark))


def test_another_time_zone_begins_from_the_start(shelf: Office) -> None:
    shelf.now = datetime(2026, 11, 24, 3, 0, tzinfo=UTC)
    shelf.scan(A1, quantity=2)
    add_up(shelf)
    assert [row[0] for row in rows(shelf)] == [date(2026, 11, 23)]
    add_up(shelf, zone="Europe/Berlin")
    assert [row[0] for row in rows(shelf)] == [date(2026, 11, 24)]


def test_a_night_costs_what_is_new_whatever_the_history(shelf: Office) -> None:
    """Counted in item-days that are added up anew, not in seconds."""
    for _ in range(30):
        shelf.scan(A1, quantity=1)
        shelf.later(days=1)
    add_up(shelf)
    shelf.scan(A1, quantity=1)
    upto = shelf.db.transact(rolling_up.last_settled_movement)
    step = shelf.db.transact(lambda s: rolling_up.roll_up(s, upto=upto, zone=ZONE))
    assert step.days == 1


def test_days_that_ended_with_an_empty_shelf_are_known(shelf: Office) -> None:
    shelf.scan(A1, quantity=50)  # Monday: all gone
    shelf.later(days=2)
    shelf.receive("A2", "290101", 10)  # Wednesday: some again
    shelf.later(days=2)
    with shelf.db.read_session() as session:
        (item,) = session.scalars(sa.select(Item.id)).all()
        found = empty_days(session, item_ids=[item], since=date(2026, 11, 22), until=date(2026, 11, 27), zone=ZONE)
    assert found[item] == [True, True, True, False, False, False]


def test_movements_that_commit_late_are_not_passed_over(postgres_db: Database) -> None:
    """A lower number that commits after a higher one: the mark must wait for it."""
    office = Office(postgres_db, datetime(2026, 11, 23, 15, tzinfo=UTC))
    office.item()
    office.receive("A1", "290101", 50)
    office.item("SWAB", gtin="09521101530001")
    office.receive("S1", "290101", 50, gtin="09521101530001")
    slow = sa.orm.Session(postgres_db.engine)
    number = slow.scalar(sa.text("SELECT nextval(pg_get_serial_sequence('movements', 'id'))"))
    copied = sa.text(
        "INSERT INTO movements (id, kind, item_id, lot_id, from_location_id, to_location_id, quantity, lot_known, "
        "request_id, occurred_at, recorded_at, actor_id, offline) SELECT :id, 'issue', item_id, lot_id, "
        "to_location_id, from_location_id, 5, lot_known, request_id, occurred_at, recorded_at, actor_id, offline "
        "FROM movements WHERE id = 1"
    )
    slow.execute(copied, {"id": number})  # not committed yet
    office.scan(gs1("09521101530001", lot="S1"), quantity=3)
    naive = office.db.transact(lambda s: s.scalar(sa.select(sa.func.max(Movement.id))))
    assert naive > number  # control: the highest number is past one that is still to come
    with pytest.raises(sa.exc.DBAPIError), postgres_db.engine.begin() as impatient:
        impatient.execute(sa.text("SET LOCAL lock_timeout = '100ms'"))
        rolling_up.last_settled_movement(sa.orm.Session(impatient))
    slow.commit()
    slow.close()
    add_up(office)
    assert sorted(row[2] for row in rows(office)) == [3, 5]
