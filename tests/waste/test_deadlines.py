"""When waste must leave and copies be back: office days, exact at both edges, never lost to a clock that steps back."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from supply.waste import pickups
from supply.waste.container_lines import storage_facts
from supply.waste.deadlines import (
    FINE,
    OVERDUE,
    SOON,
    StorageFacts,
    copy_due,
    due,
    expiry_due,
    pickup_due,
    retention_until,
    years_after,
)
from supply.waste.models import ContainerState, WasteContainer
from supply.waste.rules import US_DEFAULT, known_states, rules_for
from supply.waste.streams import streams
from supply.waste.watch import deadlines_now
from tests.factories import ZONE
from tests.waste.rooms import Room

DAY = date(2026, 3, 1)
DAYS = st.dates(date(2020, 1, 1), date(2040, 1, 1))
STATES = st.sampled_from((*known_states(), US_DEFAULT))
CODES = st.sampled_from([stream.code for stream in streams()])


def facts(stream: str = "REDBAG", state: str = "open", **days: date | None) -> StorageFacts:
    known: dict[str, date | None] = {
        **dict.fromkeys(("first_item_on", "first_nonsharps_on", "full_on", "sealed_on")),
        **days,
    }
    return StorageFacts("W-000001", stream, state, **known)


@pytest.mark.parametrize(
    ("state", "stream", "days", "limit"),
    [
        ("US-DEFAULT", "REDBAG", {"first_item_on": DAY, "first_nonsharps_on": DAY}, 30),
        ("US-DEFAULT", "SHARPS", {"first_item_on": DAY}, None),
        ("US-DEFAULT", "SHARPS", {"first_item_on": DAY - timedelta(days=90), "sealed_on": DAY}, 30),
        ("FL", "SHARPS", {"first_item_on": DAY - timedelta(days=9), "first_nonsharps_on": DAY}, 30),
        ("CA", "REDBAG", {"first_item_on": DAY, "first_nonsharps_on": DAY}, 7),
        ("CA", "SHARPS", {"first_item_on": DAY - timedelta(days=60), "full_on": DAY}, 30),
        ("CA", "SHARPS", {"full_on": DAY + timedelta(days=1), "sealed_on": DAY}, 30),
        ("CA", "SHARPS", {"first_item_on": DAY}, None),
        ("MI", "SHARPS", {"first_item_on": DAY}, 90),
        ("NJ", "REDBAG", {"first_item_on": DAY}, 365),
    ],
)
def test_the_clock_of_each_state(state: str, stream: str, days: dict[str, date], limit: int | None) -> None:
    found = due(facts(stream, **days), rules_for(state), DAY)
    assert (found.due_on if found else None) == (DAY + timedelta(days=limit) if limit else None)


@pytest.mark.parametrize(
    ("age", "state"), [(0, FINE), (20, FINE), (21, SOON), (30, SOON), (31, OVERDUE), (400, OVERDUE)]
)
def test_the_default_warns_at_21_days_and_is_overdue_after_30(age: int, state: str) -> None:
    found = due(facts(first_item_on=DAY, first_nonsharps_on=DAY), rules_for("ZZ"), DAY + timedelta(days=age))
    assert found is not None
    assert (found.state, found.days_left, found.needs_verification) == (state, 30 - age, True)


@pytest.mark.parametrize("state", ["new", "picked_up", "received", "closed", "void"])
def test_what_is_not_here_has_no_storage_deadline(state: str) -> None:
    assert due(facts(state=state, first_item_on=DAY, sealed_on=DAY), rules_for("FL"), DAY) is None


@given(state=STATES, stream=CODES, start=DAYS, today=DAYS, later=DAYS, sealed=st.booleans())
def test_whatever_today_is_the_same_deadline_stands_there(
    state: str, stream: str, start: date, today: date, later: date, sealed: bool
) -> None:
    known = facts(stream, "sealed" if sealed else "open", first_item_on=start, first_nonsharps_on=start,
                  full_on=start, sealed_on=start if sealed else None)  # fmt: skip
    rules = rules_for(state)

    first, second = due(known, rules, today), due(known, rules, later)

    assert first is not None
    assert second is not None
    assert (first.due_on, first.warn_on, first.rule) == (second.due_on, second.warn_on, second.rule)
    assert first.warn_on <= first.due_on
    assert first.days_left == (first.due_on - today).days
    assert (first.state == OVERDUE) == (today > first.due_on)
    order = [FINE, SOON, OVERDUE]
    assert (order.index(first.state) <= order.index(second.state)) == (today <= later) or first.state == second.state


@given(state=STATES, shipped=DAYS, today=DAYS)
def test_a_copy_is_asked_for_before_it_is_late_and_late_no_later_than_its_report(
    state: str, shipped: date, today: date
) -> None:
    copy, report = copy_due("M-000001", shipped, rules_for(state), today)
    assert shipped < copy.warn_on <= copy.due_on <= report.due_on
    assert copy.kind == "copy"
    assert report.kind == "exception"


@given(day=DAYS, years=st.integers(1, 10))
def test_years_later_is_the_same_day_or_the_last_of_february(day: date, years: int) -> None:
    later = years_after(day, years)
    assert (later.year, later.month) == (day.year + years, day.month)
    assert later.day == day.day or (day.day, later.day) == (29, 28)


@given(state=STATES, day=DAYS)
def test_papers_are_kept_at_least_as_long_as_dot_wants(state: str, day: date) -> None:
    assert retention_until(day, rules_for(state)) >= years_after(day, 2)


def test_a_pickup_is_missed_the_day_after() -> None:
    assert [pickup_due("P-000001", DAY, DAY + timedelta(days=n)).state for n in (-1, 0, 1)] == [FINE, SOON, OVERDUE]


def test_a_registration_counts_through_its_last_day() -> None:
    states = [
        expiry_due("registration", "registration 1", "Permit", DAY, DAY + timedelta(days=n)).state
        for n in (-31, -30, 0, 1)
    ]
    assert states == [FINE, SOON, SOON, OVERDUE]


def test_days_are_the_offices_own() -> None:
    late_evening = datetime(2026, 3, 2, 3, 30, tzinfo=UTC)  # still March 1 in New York
    row = WasteContainer(number="W-000001", stream="REDBAG", state=ContainerState.open, first_item_at=late_evening)
    assert storage_facts(row, ZONE).first_item_on == DAY


def test_everything_with_a_date_is_watched(room: Room) -> None:
    room.furnish(permit_until=room.office.today + timedelta(days=10))
    room.gone()
    box = room.sealed()
    room.do(pickups.add_containers, number=room.pickup(days=5), containers=[box])

    found = room.read(lambda s: deadlines_now(s, rules=room.rules, today=room.office.today, zone=ZONE))

    assert [(one.kind, one.subject, one.state) for one in found] == [
        ("pickup_missed", "pickup P-000002", FINE),
        ("registration", "registration 1", SOON),
        ("storage", f"container {box}", FINE),
        ("copy", "manifest M-000001", FINE),
        ("exception", "manifest M-000001", FINE),
        ("training", "training of wes", FINE),
    ]
    room.office.later(days=60)
    states = {
        one.kind: one.state
        for one in room.read(lambda s: deadlines_now(s, rules=room.rules, today=room.office.today, zone=ZONE))
    }
    assert {kind for kind, state in states.items() if state == OVERDUE} == {
        "pickup_missed", "registration", "storage", "copy", "exception",
    }  # fmt: skip
