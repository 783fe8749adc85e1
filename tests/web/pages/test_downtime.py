"""Power-cut sheets in the browser's words: make, print, scan a line back, type what stands on it."""

import re

import pytest

from supply.staff.permissions import Role
from supply.stations import downtime
from tests.factories import Office


@pytest.fixture
def line(stocked: Office, browse) -> downtime.TakeLine:
    """A line of the first sheets of the office, of an item that has good lots only."""
    browse(Role.manager).follow("/downtime/sheets")
    with stocked.db.read_session() as session:
        lines = [line for _, lines in downtime.places_of(session, 1) for line in lines]
    return next(line for line in lines if line.sku == "GLOVE-M")


def test_before_the_first_sheets_the_page_says_what_they_are_for(stocked: Office, browse) -> None:
    page = browse(Role.manager).get("/downtime").text
    assert "No sheets yet" in page
    assert "Scan a line back" not in page


def test_sheets_are_made_and_open_as_a_pdf_which_counts_as_printed(stocked: Office, browse) -> None:
    browser = browse(Role.manager)
    assert "not printed yet" in browser.follow("/downtime/sheets")
    answer = browser.get("/downtime/sheets/1.pdf")
    assert answer.data.startswith(b"%PDF")
    assert "opened to print" in browser.get("/downtime").text
    assert browser.get("/downtime/sheets/99.pdf").status_code == 404


def test_a_line_scanned_back_is_typed_in_with_its_true_day(line: downtime.TakeLine, stocked: Office, browse) -> None:
    browser = browse(Role.manager)
    found = browser.get(f"/downtime/line?barcode={line.barcode}")
    assert found.status_code == 303
    page = browser.get(found.location).text
    assert line.name in page
    keys = dict(re.findall(r'name="(key-\d)" value="([^"]+)"', page))
    before = sum(stocked.stock().values())
    day = stocked.today.replace(day=max(1, stocked.today.day - 1)).isoformat()
    typed = {"quantity-0": "1", "day-0": day, "person-0": "nurse", "quantity-2": "1", "day-2": day, "person-2": "nurse"}
    answer = browser.follow(found.location, **keys, **typed)
    assert "2 of 2 taken down" in answer
    assert sum(stocked.stock().values()) == before - 2
    assert "2 scanned back" in answer
    assert "2 of 2" in browser.follow(found.location, **keys, **typed)
    assert sum(stocked.stock().values()) == before - 2, "sending the form twice counts once"


def test_a_row_that_cannot_be_right_is_said_beside_its_field_and_nothing_is_taken(
    line: downtime.TakeLine, stocked: Office, browse
) -> None:
    browser, before = browse(Role.manager), stocked.stock()
    address = f"/downtime/lines/{line.id}"
    keys = dict(re.findall(r'name="(key-\d)" value="([^"]+)"', browser.get(address).text))
    wrong = {"quantity-0": "1", "day-0": "2099-01-01", "person-0": "nurse", "quantity-1": "0", "person-1": "nobody"}
    answer = browser.post(address, **keys, **wrong)
    assert answer.status_code == 422
    for field in ("day-0", "quantity-1", "day-1", "person-1"):
        assert f'id="{field}-wrong"' in answer.text
    assert browser.post(address, **keys).status_code == 422, "an empty form takes nothing"
    assert stocked.stock() == before


def test_a_refused_row_stays_with_its_reason_and_can_be_corrected(
    line: downtime.TakeLine, stocked: Office, browse
) -> None:
    browser = browse(Role.manager)
    address = f"/downtime/lines/{line.id}"
    keys = dict(re.findall(r'name="(key-\d)" value="([^"]+)"', browser.get(address).text))
    day = stocked.today.isoformat()
    answer = browser.post(address, **keys, **{"quantity-0": "1", "day-0": "2026-01-01", "person-0": "nurse"})
    assert answer.status_code == 422
    assert "last 90 days" in answer.text
    fresh = dict(re.findall(r'name="(key-\d)" value="([^"]+)"', answer.text))
    assert fresh["key-0"] != keys["key-0"], "a refusal is stored under its key"
    assert "1 of 1" in browser.follow(address, **fresh, **{"quantity-0": "1", "day-0": day, "person-0": "nurse"})


def test_bars_that_are_no_line_are_said_so_beside_the_field(line: downtime.TakeLine, browse) -> None:
    answer = browse(Role.manager).get("/downtime/line?barcode=0123")
    assert answer.status_code == 422
    assert "no line of a take-sheet" in answer.text


@pytest.mark.parametrize("role", [Role.auditor, Role.admin, Role.waste])
def test_whoever_takes_nothing_has_no_sheets(stocked: Office, browse, role: Role) -> None:
    assert browse(role).get("/downtime").status_code == 403


def test_the_sheets_to_hang_up_open_as_pdf(stocked: Office, browse) -> None:
    browser = browse(Role.nurse)
    page = browser.get("/sheets").text
    assert "Command sheet" in page
    for kind in ("commands", "places"):
        assert browser.get(f"/sheets/{kind}.pdf").data.startswith(b"%PDF")
    assert browser.get("/sheets/departments.pdf").status_code == 404
    assert browser.get("/sheets/other.pdf").status_code == 404
