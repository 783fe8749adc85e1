"""Receiving without an order: opening, scanning, answering, undoing, the list; with and without script."""

import re
from datetime import timedelta
from uuid import uuid4

import pytest
from playwright.sync_api import Page, expect

from supply.staff.permissions import Role
from tests.factories import GLOVES, Office, gs1
from tests.web.conftest import START
from tests.web.pages.conftest import UNKNOWN, VACCINE, Browser, hidden, waiting

DELIVERY = {"number": "AB12CD", "supplier": "Northside Supply", "location": "STOREROOM", "after": "0"}
ADDRESS = "/receive/delivery?number=AB12CD&supplier=Northside+Supply&location=STOREROOM&after=0"


def box(browser: Browser, barcode: str, **fields: str) -> str:
    """One box through the plain form, and the page after it."""
    return browser.follow("/receive/scan", **DELIVERY, request_id=str(uuid4()), barcode=barcode, **fields)


def test_a_delivery_is_opened_by_a_plain_form(stocked: Office, browse) -> None:
    browser = browse(Role.receiver)
    page = browser.get("/receive").text
    number, after = hidden(page, "number")[0], hidden(page, "after")[0]
    assert re.fullmatch("[0-9A-F]{6}", number)
    opened = browser.get(f"/receive/delivery?number={number}&after={after}&supplier=Acme&location=FRIDGE").text
    assert "<h1>Put in: Acme to Fridge</h1>" in opened
    assert "Scan the first box." in opened


@pytest.mark.parametrize(
    ("query", "sentence"),
    [
        ("number=AB12CD&after=0&supplier=&location=FRIDGE", "Type who brought it."),
        ("number=AB12CD&after=0&supplier=A&location=", "Choose where it goes."),
        ("number=zz&after=0&supplier=A&location=FRIDGE", "Open the delivery again."),
        ("number=AB12CD&after=-1&supplier=A&location=FRIDGE", "Open the delivery again."),
        ("", "Type who brought it."),
    ],
)
def test_an_address_that_names_no_delivery_leads_to_the_start(stocked: Office, browse, query, sentence) -> None:
    answer = browse(Role.receiver).get(f"/receive/delivery?{query}")
    assert answer.status_code == 422
    assert sentence in answer.text
    assert "Start scanning" in answer.text


def test_a_box_is_put_in_with_lot_and_expiry_from_its_code(stocked: Office, browse) -> None:
    page = box(browse(Role.receiver), gs1(GLOVES, lot="C3", expiry="280630"))
    for word in ("Put in", "+1", "C3", "2028-JUN-30", "31 boxes in Storeroom"):
        assert word in page
    assert stocked.movements()[-1].reason == "Delivery AB12CD from Northside Supply"


def test_the_same_box_scanned_again_counts_up(stocked: Office, browse) -> None:
    browser = browse(Role.receiver)
    box(browser, gs1(GLOVES, lot="C3", expiry="280630"))
    page = box(browser, gs1(GLOVES, lot="C3", expiry="280630"))
    assert '2 <span class="unit">boxes</span>' in page
    page = box(browser, gs1(GLOVES, lot="C3", expiry="280630"), quantity="8")
    assert '10 <span class="unit">boxes</span>' in page
    assert stocked.stock()["C3"] == 10


def test_a_form_sent_twice_puts_in_once(stocked: Office, browse) -> None:
    browser, key = browse(Role.receiver), str(uuid4())
    for _ in range(2):
        browser.follow("/receive/scan", **DELIVERY, request_id=key, barcode=gs1(GLOVES, lot="C3", expiry="280630"))
    assert stocked.stock()["C3"] == 1


def test_what_the_code_does_not_say_is_asked_at_once_and_only_that(stocked: Office, browse) -> None:
    browser = browse(Role.receiver)
    page = box(browser, gs1(VACCINE))
    assert "Lot on the box" in page
    assert "Expiry date on the box" in page
    page = box(browser, gs1(VACCINE, lot="F9"))
    assert "Lot on the box" not in page
    assert "Expiry date on the box" in page
    page = box(browser, gs1(VACCINE, lot="F9"), expiry="2027-05")
    assert "2027-MAY-31" in page
    assert stocked.stock("VAX-FLU")["F9"] == 1


def test_a_box_still_to_answer_stays_in_the_list(stocked: Office, browse) -> None:
    browser = browse(Role.receiver)
    box(browser, gs1(VACCINE, lot="F9"))
    page = box(browser, gs1(GLOVES, lot="C3", expiry="280630"))
    asked = re.search(r'href="([^"]+ask=[^"]+)">Answer', page)[1].replace("&amp;", "&")
    assert "Expiry date on the box" in browser.get(asked).text


def test_an_expired_box_is_not_put_in_and_the_page_says_what_to_do(stocked: Office, browse) -> None:
    page = box(browse(Role.receiver), gs1(GLOVES, lot="C1", expiry="260630"))
    assert "Expired 2026-JUN-30. Do not use." in page
    assert "Nothing was put in." in page
    assert "C1" not in stocked.stock()


def test_an_unknown_code_is_parked_by_a_receiver_and_linked_by_a_manager(stocked: Office, browse) -> None:
    page = box(browse(Role.receiver), gs1(UNKNOWN, lot="Q1"))
    assert "It is kept for the manager" in page
    assert "Link it to an item" not in page
    assert len(waiting(stocked, "unresolved")) == 1
    browser = browse(Role.manager)
    page = box(browser, gs1(UNKNOWN, lot="Q2"))
    assert "Link it to an item" in page
    key = waiting(stocked, "unresolved")[0].request_id
    form = {"item": "SWAB", "learn": "yes", "units_received": "200", "units_used": "1", "next": ADDRESS}
    page = browser.follow(f"/scans/{key}/resolve", **form)
    assert "Received: 200 of Alcohol swabs." in page
    assert '200 <span class="unit"></span>' in page


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"barcode": ""}, "Scan the code, or type"),
        ({"quantity": "0"}, "How many boxes?"),
        ({"expiry": "31/12/27"}, "Type the date as 2027-03-14"),
        ({"request_id": "1"}, "This form is incomplete."),
        ({"lot": "x" * 65}, "At most 64 characters"),
    ],
)
def test_a_form_that_cannot_be_right_puts_nothing_in(stocked: Office, browse, fields, sentence) -> None:
    form = DELIVERY | {"request_id": str(uuid4()), "barcode": gs1(GLOVES, lot="C3", expiry="280630")} | fields
    answer = browse(Role.receiver).post("/receive/scan", **form)
    assert answer.status_code == 422
    assert sentence in answer.text
    assert "C3" not in stocked.stock()


def test_each_box_can_be_undone_and_leaves_the_sums(stocked: Office, browse) -> None:
    browser = browse(Role.receiver)
    box(browser, gs1(GLOVES, lot="C3", expiry="280630"))
    page = box(browser, gs1(GLOVES, lot="C4", expiry="280630"))
    undo = re.findall(r'action="(/scans/[^"]+/undo[^"]*)"', page)[0].replace("&amp;", "&")
    page = browser.follow(undo)
    assert "Undone" in page
    assert "C4" not in stocked.stock()
    assert "C4" not in page.split("Scans, latest first")[0].split("Came so far")[1]


def test_ten_minutes_later_the_undo_is_gone(stocked: Office, browse, clock) -> None:
    browser = browse(Role.receiver)
    assert "/undo" in box(browser, gs1(GLOVES, lot="C3", expiry="280630"))
    clock.forward(minutes=11)
    assert "/undo" not in browser.get(ADDRESS).text


def test_done_lists_what_came_to_print(stocked: Office, browse) -> None:
    browser = browse(Role.receiver)
    box(browser, gs1(GLOVES, lot="C3", expiry="280630"), quantity="4")
    box(browser, gs1(UNKNOWN))
    page = browser.get(ADDRESS.replace("/delivery", "/done")).text
    for word in ("Received from Northside Supply", "AB12CD", "C3", "2028-JUN-30", "4 ", "Not put in: codes nobody"):
        assert word in page
    assert "Nothing was put in" in browser.get(ADDRESS.replace("/delivery", "/done").replace("AB12CD", "AB12CE")).text


def test_the_start_page_offers_to_go_on(stocked: Office, browse) -> None:
    browser = browse(Role.receiver)
    box(browser, gs1(GLOVES, lot="C3", expiry="280630"))
    page = browser.get("/receive").text
    assert "Go on with" in page
    address = re.search(r'class="row-link" href="([^"]+)">Northside Supply', page)[1].replace("&amp;", "&")
    assert "C3" in browser.get(address).text


@pytest.mark.parametrize("role", [Role.nurse, Role.waste, Role.auditor, Role.admin])
def test_nobody_else_receives(stocked: Office, browse, role: Role) -> None:
    browser = browse(role)
    assert browser.get("/receive").status_code == 403
    assert browser.get(ADDRESS).status_code == 403
    assert browser.post("/receive/scan", **DELIVERY, barcode="x").status_code == 403


def test_scans_work_wherever_the_focus_is_and_each_counts(stocked: Office, page: Page, enter) -> None:
    enter(Role.receiver)
    page.goto(ADDRESS)
    expect(page.locator("form[data-ready]")).to_be_visible()
    page.get_by_role("link", name="Done: list what came").focus()
    for lot in ("K1", "K1", "K2"):
        page.keyboard.type(gs1(GLOVES, lot=lot, expiry="290630"), delay=1)
        page.keyboard.press("Enter")
    expect(page.locator(".came tbody tr")).to_have_count(2)
    expect(page.locator(".boxes > li")).to_have_count(3)
    expect(page.locator("[data-said-here]")).to_have_text(re.compile("Received: 1 box"))
    assert (stocked.stock()["K1"], stocked.stock()["K2"]) == (2, 1)


def test_the_tail_of_a_scan_that_began_before_the_page_is_not_taken(stocked: Office, page: Page, enter) -> None:
    enter(Role.receiver)
    page.clock.install(time=START)
    page.clock.pause_at(START + timedelta(hours=1))  # the page's timers stand still: it has just begun to listen
    page.goto(ADDRESS)
    for tail in ("0C3", gs1(GLOVES, lot="K1", expiry="290630")):
        page.keyboard.type(tail, delay=1)
        page.keyboard.press("Enter")
        expect(page.get_by_text("Not a complete read.")).to_be_visible()
        expect(page.get_by_label("Scan a box")).to_have_value("")
    page.clock.run_for(500)
    page.keyboard.type(gs1(GLOVES, lot="K2", expiry="290630"), delay=1)
    page.keyboard.press("Enter")
    expect(page.locator(".came tbody tr")).to_have_count(1)
    assert waiting(stocked, "unresolved") == ()
    assert "K1" not in stocked.stock()


def test_a_dead_network_keeps_the_scan_and_sends_it_once(stocked: Office, page: Page, enter) -> None:
    enter(Role.receiver)
    page.goto(ADDRESS)
    expect(page.locator("form[data-ready]")).to_be_visible()
    reached = []
    page.route("**/receive/scan", lambda route: (reached.append(route.fetch(max_redirects=0)), route.abort()))
    page.keyboard.type(gs1(GLOVES, lot="K1", expiry="290630"), delay=1)
    page.keyboard.press("Enter")
    expect(page.get_by_text("1 not sent yet")).to_be_visible()
    page.unroute("**/receive/scan")
    page.get_by_role("button", name="Send again").click()
    expect(page.locator(".came tbody tr")).to_have_count(1)
    assert len(reached) == 1
    assert stocked.stock()["K1"] == 1
