"""Take-sheets: what stands on them, and that a line scanned back means what was written on it."""

from datetime import timedelta
from uuid import uuid4

import pytest

from supply.errors import Invalid, NotFound
from supply.stations import downtime
from supply.stations.downtime import TakeLine, make_sheet, places_of, take_body
from supply.stations.scans import handle_scan
from tests.factories import SYRINGES, ZONE, Office


def sheet_of(office: Office) -> list[TakeLine]:
    def make(session) -> list[TakeLine]:
        made = make_sheet(session, actor_id=office.local.person_id, now=office.now)
        return [line for _place, lines in places_of(session, made.id) for line in lines]

    return office.db.transact(make)


@pytest.fixture
def stocked(either_office: Office) -> Office:
    either_office.place("ROOM-1")
    either_office.item()
    either_office.item("SYR-3", gtin=SYRINGES, name="Syringes 3 mL")
    either_office.receive("OLD", "280101", 5)
    either_office.receive("IN-ROOM", "280101", 2, location="ROOM-1")
    return either_office


def test_each_place_has_a_line_for_each_item_that_stands_there(stocked: Office) -> None:
    assert sorted((line.place, line.sku, line.on_hand) for line in sheet_of(stocked)) == [
        ("Room-1", "GLOVE-M", 2),
        ("Storeroom", "GLOVE-M", 5),
    ]


def test_a_written_line_counts_on_its_own_day_and_for_its_own_person(stocked: Office) -> None:
    line = next(one for one in sheet_of(stocked) if one.location == "STOREROOM")
    stocked.later(days=3)
    day = stocked.today - timedelta(days=2)
    body = take_body(line, request_id=uuid4(), quantity=2, day=day, zone=ZONE, person="local", lot="")

    def enter(session):
        return handle_scan(session, body=body, sender=stocked.local, now=stocked.now, rules=stocked.rules)

    stored = stocked.db.transact(enter)
    assert stored.answer["outcome"] == "recorded"
    assert stored.answer["on_hand"] == 3
    again = stocked.db.transact(enter)
    assert (again.status, again.answer) == (200, stored.answer), "sent twice it counts once"
    assert body["occurred_at"].startswith(day.isoformat())
    with stocked.db.read_session() as session:
        assert [one.entered for one in downtime.sheets(session)] == [1]


def test_its_bars_lead_back_to_the_line_and_other_bars_do_not(stocked: Office) -> None:
    line = sheet_of(stocked)[0]
    with stocked.db.read_session() as session:
        assert downtime.line_of(session, line.barcode) == line
        assert downtime.line_of(session, f" {line.barcode.lower()} ") == line
        for other in ("SUPI000001T", "09521101530018", "", line.barcode[:-1] + "?"):
            with pytest.raises(Invalid, match="no line of a take-sheet"):
                downtime.line_of(session, other)
        with pytest.raises(NotFound, match="too old"):
            downtime.line_by_id(session, 10_000)


def test_sheets_are_kept_for_weeks_and_then_forgotten(stocked: Office) -> None:
    first = sheet_of(stocked)[0]
    for _ in range(downtime.KEPT_SHEETS):
        stocked.later(days=7)
        last = sheet_of(stocked)[0]
    with stocked.db.read_session() as session:
        assert len(downtime.sheets(session)) == downtime.KEPT_SHEETS
        assert downtime.line_by_id(session, last.id) == last
        with pytest.raises(NotFound):
            downtime.line_by_id(session, first.id)
        with pytest.raises(NotFound):
            places_of(session, first.sheet_id)


def test_an_empty_office_has_nothing_to_print(either_office: Office) -> None:
    with either_office.db.read_session() as session:
        assert downtime.latest_sheet(session) is None
        assert not downtime.is_anything_standing(session)
    with pytest.raises(Invalid, match="Receive something first"):
        sheet_of(either_office)


def test_when_it_was_opened_to_print_is_kept_from_the_first_time(stocked: Office) -> None:
    sheet_id, first = sheet_of(stocked)[0].sheet_id, stocked.now
    for _ in range(2):
        stocked.db.transact(lambda session: downtime.note_printed(session, sheet_id=sheet_id, now=stocked.now))
        stocked.later(hours=1)
    with stocked.db.read_session() as session:
        assert downtime.sheets(session)[0].printed_at == first
