"""Settling: unknown codes, short shelves, exceptions, history; and undoing."""

from uuid import uuid4

import pytest

from supply.staff.permissions import Role
from tests.factories import GLOVES, SYRINGES, Office, gs1
from tests.web.pages.conftest import UNKNOWN, VACCINE, Browser, notice_undo, waiting

UNITS = {"units_received": "1", "units_used": "1"}


@pytest.fixture
def unsettled(stocked: Office) -> Office:
    """One scan of each kind that a person must settle."""
    stocked.scan(gs1(UNKNOWN, lot="Q9", expiry="270101"), "receive", quantity=2)
    stocked.scan(gs1(SYRINGES, lot="S7"), quantity=11)
    stocked.scan(gs1(VACCINE, lot="F3"), location="FRIDGE", reason="already_used")
    return stocked


def key_of(room: Office, needs: str) -> str:
    return str(waiting(room, needs)[0].request_id)


def test_the_menu_leads_to_the_first_kind_with_something_open(stocked: Office, browse) -> None:
    browser = browse(Role.manager)
    assert browser.get("/scans").headers["Location"] == "/scans/unresolved"
    stocked.scan(gs1(SYRINGES, lot="S7"), quantity=11)
    assert browser.get("/scans").headers["Location"] == "/scans/discrepancy"


def test_each_kind_has_its_count_and_its_words(unsettled: Office, browse) -> None:
    browser = browse(Role.manager)
    page = browser.get("/scans/unresolved").text
    assert page.count('class="badge-count">1<') == 3
    for word in (UNKNOWN, "Q9", "2027-JAN-01", "To put in 2 times"):
        assert word in page
    page = browser.get("/scans/discrepancy").text
    assert "3 short" in page
    assert "8 on the book of 11 to take" in page
    page = browser.get("/scans/exception").text
    assert "Was recalled" in page
    assert "lot F3" in page


def test_each_kind_of_nothing_says_which(room: Office, browse) -> None:
    browser = browse(Role.manager)
    for kind, words in (
        ("unresolved", "No unknown codes"),
        ("discrepancy", "No short shelves"),
        ("exception", "No exceptions"),
        ("settled", "Nothing settled yet"),
    ):
        assert words in browser.get(f"/scans/{kind}").text


def test_an_unknown_code_is_resolved_learnt_and_carried_out(unsettled: Office, browse) -> None:
    browser, key = browse(Role.manager), key_of(unsettled, "unresolved")
    assert "Alcohol swabs" in browser.get(f"/scans/{key}?q=swab").text
    form = {"item": "SWAB", "learn": "yes", "units_received": "200", "units_used": "1", "next": "/scans/unresolved"}
    page = browser.follow(f"/scans/{key}/resolve", **form)
    assert unsettled.stock("SWAB") == {"Q9": 400}
    browser.follow(notice_undo(page))
    assert unsettled.stock("SWAB") == {}
    history = browser.get("/scans/settled").text
    assert "item SWAB, code learnt" in history
    assert unsettled.faults() == []


def test_a_code_that_is_not_learnt_still_gives_its_lot(unsettled: Office, browse) -> None:
    key = key_of(unsettled, "unresolved")
    browse(Role.manager).follow(f"/scans/{key}/resolve", item="SWAB", units_received="3", units_used="1")
    assert unsettled.stock("SWAB") == {"Q9": 6}
    assert unsettled.scan(gs1(UNKNOWN)).answer["outcome"] == "unresolved"


def test_a_second_scan_of_the_code_is_carried_out_with_one_press(unsettled: Office, browse) -> None:
    unsettled.scan(gs1(UNKNOWN, lot="Q8", expiry="270101"), "receive")
    browser = browse(Role.manager)
    second, first = waiting(unsettled, "unresolved")
    form = {"item": "SWAB", "learn": "yes", "units_received": "200", "units_used": "1"}
    browser.follow(f"/scans/{first.request_id}/resolve", **form)
    assert "Known now" in browser.get("/scans/unresolved").text
    assert "It is known by now: Alcohol swabs" in browser.get(f"/scans/{second.request_id}").text
    browser.follow(f"/scans/{second.request_id}/carry-out", next="/scans/unresolved")
    assert unsettled.stock("SWAB") == {"Q9": 400, "Q8": 200}
    assert waiting(unsettled, "unresolved") == ()
    assert browser.post(f"/scans/{second.request_id}/carry-out").status_code == 409
    assert unsettled.stock("SWAB") == {"Q9": 400, "Q8": 200}


def test_a_code_still_unknown_cannot_be_carried_out(unsettled: Office, browse) -> None:
    key = key_of(unsettled, "unresolved")
    assert browse(Role.manager).post(f"/scans/{key}/carry-out").status_code == 409
    assert len(waiting(unsettled, "unresolved")) == 1


@pytest.mark.parametrize(
    ("fields", "status", "sentence"),
    [
        ({"item": ""}, 422, "Choose the item."),
        ({"item": "NOPE"}, 404, "There is no item"),
        ({"item": "SWAB", "units_received": "0"}, 422, "A whole number from 1"),
        ({"item": "VAX-FLU", "expiry": "soon"}, 422, "Type the date as 2027-03-14"),
    ],
)
def test_a_resolution_that_cannot_be_right_changes_nothing(unsettled, browse, fields, status, sentence) -> None:
    key = key_of(unsettled, "unresolved")
    answer = browse(Role.manager).post(f"/scans/{key}/resolve", **UNITS | {"learn": "yes"} | fields)
    assert answer.status_code == status
    assert sentence in answer.text
    assert len(waiting(unsettled, "unresolved")) == 1


def test_a_resolution_asks_for_the_lot_when_the_item_needs_one(stocked: Office, browse) -> None:
    stocked.scan(gs1(UNKNOWN), "receive", location="FRIDGE")
    browser, key = browse(Role.manager), key_of(stocked, "unresolved")
    answer = browser.post(f"/scans/{key}/resolve", item="VAX-FLU", learn="yes", **UNITS)
    assert answer.status_code == 422
    assert '<a href="#lot">Type the lot number from the box.</a>' in answer.text
    form = UNITS | {"item": "VAX-FLU", "learn": "yes", "lot": "F8", "expiry": "2027-06"}
    browser.follow(f"/scans/{key}/resolve", **form)
    assert stocked.stock("VAX-FLU")["F8"] == 1


def test_a_form_sent_twice_resolves_once(unsettled: Office, browse) -> None:
    browser, key = browse(Role.manager), key_of(unsettled, "unresolved")
    form = UNITS | {"item": "SWAB", "learn": "yes"}
    browser.follow(f"/scans/{key}/resolve", **form)
    again = browser.post(f"/scans/{key}/resolve", **form)
    assert again.status_code == 409
    assert "Nothing about this scan is open." in again.text
    assert unsettled.stock("SWAB") == {"Q9": 2}


@pytest.mark.parametrize("needs", ["unresolved", "discrepancy", "exception"])
def test_each_kind_is_dismissed_with_a_reason_only(unsettled: Office, browse, needs: str) -> None:
    browser, key = browse(Role.manager), key_of(unsettled, needs)
    refused = browser.post(f"/scans/{key}/dismiss", reason=" ")
    assert refused.status_code == 422
    assert '<a href="#reason">' in refused.text
    browser.follow(f"/scans/{key}/dismiss", reason="recounted", next=f"/scans/{needs}")
    assert waiting(unsettled, needs) == ()
    assert "dismissed: recounted" in browser.get("/scans/settled").text
    assert browser.post(f"/scans/{key}/dismiss", reason="again").status_code == 409


def test_a_scan_can_be_undone_while_it_is_fresh(unsettled: Office, browse, clock) -> None:
    browser, key = browse(Role.manager), key_of(unsettled, "discrepancy")
    assert "Undo the scan" in browser.get(f"/scans/{key}").text
    browser.follow(f"/scans/{key}/undo", next=f"/scans/{key}")
    assert unsettled.stock("SYR-3") == {"S7": 8}
    assert waiting(unsettled, "discrepancy") == ()
    key = key_of(unsettled, "exception")
    clock.forward(minutes=11)
    assert "Undo the scan" not in browser.get(f"/scans/{key}").text
    assert "Too late to undo" in browser.follow(f"/scans/{key}/undo", next="/scans/exception")


def test_a_receiver_undoes_only_what_is_theirs(unsettled: Office, browse) -> None:
    page = browse(Role.receiver).follow(f"/scans/{key_of(unsettled, 'discrepancy')}/undo", next="/receive")
    assert "You can undo your own scans only." in page
    assert unsettled.stock("SYR-3") == {}


@pytest.mark.parametrize("role", [Role.nurse, Role.receiver, Role.waste, Role.auditor, Role.admin])
def test_only_a_manager_settles(unsettled: Office, browse, role: Role) -> None:
    browser: Browser = browse(role)
    key = key_of(unsettled, "unresolved")
    assert {browser.get(f"/scans{rest}").status_code for rest in ("", "/unresolved", f"/{key}")} == {403}
    for act in ("resolve", "dismiss", "carry-out"):
        assert browser.post(f"/scans/{key}/{act}", item="SWAB", reason="x", **UNITS).status_code == 403


def test_a_scan_that_does_not_exist_is_not_found(stocked: Office, browse) -> None:
    browser, key = browse(Role.manager), uuid4()
    assert browser.get(f"/scans/{key}").status_code == 404
    for act in ("resolve", "dismiss", "carry-out", "undo"):
        assert browser.post(f"/scans/{key}/{act}", item="SWAB", reason="x", **UNITS).status_code == 404


def test_history_goes_on_page_by_page(stocked: Office, browse) -> None:
    browser = browse(Role.manager)
    for _ in range(51):
        stocked.scan("NOT-OURS-1", "use")
    for line in [*waiting(stocked, "unresolved"), None]:
        if line:
            browser.follow(f"/scans/{line.request_id}/dismiss", reason="test")
    browser.follow(f"/scans/{key_of(stocked, 'unresolved')}/dismiss", reason="test")
    first = browser.get("/scans/settled").text
    assert first.count("dismissed: test") == 50
    older = first.split(">Older<")[0].rsplit('href="', 1)[1].split('"')[0]
    assert browser.get(older).text.count("dismissed: test") == 1


def test_a_scan_of_ours_that_needs_nothing_says_so(stocked: Office, browse) -> None:
    key = stocked.scan(gs1(GLOVES, lot="A1")).answer["request_id"]
    assert "Nothing open" in browse(Role.manager).get(f"/scans/{key}").text
