"""What stands where: the tree of places, the lots of one, and the file."""

import csv
import io

import pytest

from supply.staff.permissions import Role
from supply.stock.models import LotState
from tests.factories import Office
from tests.web.pages.conftest import expire


def test_the_tree_sums_each_place_with_all_within_it(stocked: Office, browse) -> None:
    stocked.receive("A9", "290101", 2, location="ROOM-1")
    page = browse(Role.nurse).get("/stock").text
    assert "2 items, 4 lots, $40.00" in page
    assert "1 item, 1 lot, $2.50" in page
    assert "depth-1" in page


def test_a_chosen_place_shows_its_lots_and_those_within_it(stocked: Office, browse) -> None:
    stocked.receive("A9", "290101", 2, location="ROOM-1")
    page = browse(Role.nurse).get("/stock?place=STOREROOM").text
    assert "Stock in Storeroom" in page
    assert "A9" in page
    assert "VAX-FLU" not in page
    fridge = browse(Role.nurse).get("/stock?place=fridge").text
    for word in ("F1", "F2", "F3", "Recalled", "Expired", "Use soon", "2027-MAR (last day)"):
        assert word in fridge


def test_an_unknown_place_says_which_there_are(stocked: Office, browse) -> None:
    answer = browse(Role.nurse).get("/stock?place=ATTIC")
    assert answer.status_code == 422
    assert "Places here: " in answer.text


def test_emptiness_of_one_place_and_of_all(room: Office, browse) -> None:
    browser = browse(Role.receiver)
    assert "No stock is on the book yet." in browser.get("/stock").text
    assert "Storeroom is empty." in browser.get("/stock?place=STOREROOM").text


def test_many_lots_come_page_by_page_without_gap_or_double(room: Office, browse) -> None:
    room.item()
    for n in range(105):
        room.receive(f"L{n:03}", "290101")
    browser = browse(Role.auditor)
    first = browser.get("/stock").text
    more = first.split(">More lots<")[0].rsplit('href="', 1)[1].split('"')[0].replace("&amp;", "&")
    second = browser.get(more).text
    seen = [f"L{n:03}" for n in range(105) for page in (first, second) if f"<span>L{n:03}" in page]
    assert seen == [f"L{n:03}" for n in range(105)]


@pytest.mark.parametrize("after", ["", "|", "a|b|c|d", "x|1|2", "|".join(["9" * 30] * 4)])
def test_a_spoilt_address_of_a_later_page_is_no_fault(stocked: Office, browse, after: str) -> None:
    assert browse(Role.nurse).client.get("/stock", query_string={"after": after}).status_code == 200


def test_the_file_holds_every_line_as_it_stands(stocked: Office, browse) -> None:
    answer = browse(Role.nurse).get("/stock.csv")
    assert answer.mimetype == "text/csv"
    assert 'filename="stock-2026-11-23.csv"' in answer.headers["Content-Disposition"]
    rows = list(csv.DictReader(io.StringIO(answer.text.removeprefix("\ufeff"))))
    gloves = next(row for row in rows if row["lot"] == "A1")
    assert gloves == {
        "sku": "GLOVE-M", "name": "Nitrile gloves M", "lot": "A1", "expiry": "2027-05-31", "location": "STOREROOM",
        "owner": "office", "quantity": "10", "unit": "box", "usable": "10", "state": "open",
        "received": "2026-11-23", "unit_cost": "1.25",
    }  # fmt: skip
    assert {row["lot"]: row["state"] for row in rows}["F0"] == "expired"


def test_the_file_of_one_place_holds_only_that(stocked: Office, browse) -> None:
    rows = list(csv.DictReader(io.StringIO(browse(Role.nurse).get("/stock.csv?place=FRIDGE").text)))
    assert {row["location"] for row in rows} == {"FRIDGE"}
    assert browse(Role.nurse).get("/stock.csv?place=ATTIC").status_code == 422


def test_a_name_that_would_be_a_formula_is_text_in_the_file(room: Office, browse) -> None:
    room.item("=1+1", name="=HYPERLINK(1)")
    room.receive("A1", "290101")
    text = browse(Role.nurse).get("/stock.csv").text
    assert '"\'=1+1","\'=HYPERLINK(1)"' in text


def test_an_administrator_has_no_business_here(stocked: Office, browse) -> None:
    assert browse(Role.admin).get("/stock").status_code == 403
    assert browse(Role.admin).get("/stock.csv").status_code == 403


def test_a_held_lot_reads_do_not_use(stocked: Office, browse) -> None:
    stocked.set_state("A1", LotState.held)
    expire(stocked, "B2")
    page = browse(Role.nurse).get("/stock?place=STOREROOM").text
    assert "Do not use" in page
    assert "Expired" in page
