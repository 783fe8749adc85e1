"""Printing labels: finding what to label, the preview at true size, and the wish for it, once for each form."""

import io
import re
from typing import Any
from uuid import uuid4

import pytest
import sqlalchemy as sa
import zxingcpp
from PIL import Image
from playwright.sync_api import Page, expect

from supply.barcodes import house_code
from supply.labels.models import PrintJob, PrintState
from supply.staff.permissions import Role
from supply.stations import sessions
from supply.waste import containers
from tests.browser import SIZES, axe_violations, overflow, scan_as_wedge, small_targets
from tests.factories import GLOVES, Office, gs1
from tests.web.conftest import START
from tests.web.pages.conftest import Browser, hidden, lot_id, notice_undo

MM_PER_INCH = 25.4


def add_printer(office: Office, name: str = "printer-1", paper: str = "57x32", **settings: Any) -> int:
    """A label printer at a receiving bench of its own; gives its number."""

    def add(session: Any) -> int:
        who: dict[str, Any] = {"actor_id": office.local.person_id, "now": START}
        station = sessions.add_station(
            session, code=f"at-{name}", name="Receiving bench", location="STOREROOM", mode="receive", **who
        )
        wire = {"host": "127.0.0.1", "paper": paper, **settings}
        return sessions.add_device(
            session, station=station, name=name, driver="escpos-network", settings=wire, **who
        ).id

    return office.db.transact(add)


def open_container(office: Office) -> str:
    """A red bag in use in the storeroom; gives its number."""

    def add(session: Any) -> str:
        new = containers.NewContainer(stream="REDBAG", location="STOREROOM")
        return containers.open_container(session, new=new, by=office.local, now=START).number

    return office.db.transact(add)


def jobs(office: Office) -> list[PrintJob]:
    with office.db.read_session() as session:
        return list(session.scalars(sa.select(PrintJob).order_by(PrintJob.id)))


def label_page(browser: Browser, kind: str, name: object, more: str = "") -> str:
    answer = browser.get(f"/labels?kind={kind}&id={name}{more}")
    assert answer.status_code == 200, answer.text
    return answer.text


def form(browser: Browser, kind: str, name: object) -> dict[str, str]:
    """The fields that the page's form would send."""
    page = label_page(browser, kind, name)
    fields = {field: hidden(page, field)[0] for field in ("request_id", "kind", "id", "printer")}
    return fields | {"copies": "1"}


def test_without_a_search_what_came_in_last_stands_there(stocked: Office, browse) -> None:
    page = browse(Role.receiver).get("/labels").text
    assert "Came in last" in page
    assert page.index("Lot F0") < page.index("Lot A1")


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("glove", "Nitrile gloves M"),
        ("b2", "Lot B2, 2028-JAN-31"),
        ("fridge", "Place · FRIDGE"),
        ("room-1", "Place · ROOM-1"),
    ],
)
def test_items_lots_and_places_are_found_by_what_people_type(stocked: Office, browse, typed: str, found: str) -> None:
    answer = browse(Role.manager).get(f"/labels?barcode={typed}")
    assert answer.status_code == 200
    assert found in answer.text


def test_a_scanned_code_leads_straight_to_its_label(stocked: Office, browse) -> None:
    browser = browse(Role.receiver)
    lot = lot_id(stocked, "B2")
    for code, way in (
        (gs1(GLOVES, lot="B2", expiry="280131"), f"kind=lot&id={lot}"),
        (house_code.encode(house_code.LOT, lot), f"kind=lot&id={lot}"),
        (GLOVES, "kind=item&id=GLOVE-M"),
        ("GLOVE-M", "kind=item&id=GLOVE-M"),
    ):
        answer = browser.client.get("/labels", query_string={"barcode": code})
        assert answer.status_code == 303, code
        assert answer.headers["Location"].endswith(way)


def test_nothing_found_says_so_and_offers_a_way_on(stocked: Office, browse) -> None:
    page = browse(Role.receiver).get("/labels?barcode=zebra").text
    assert "Nothing here matches" in page
    assert "Start again" in page


def test_a_lot_number_that_several_lots_have_offers_them(stocked: Office, browse) -> None:
    stocked.receive("A1", "291231", 1)
    browser = browse(Role.receiver)
    answer = browser.get("/labels?kind=lot&id=GLOVE-M:A1")
    assert answer.status_code == 303
    page = browser.get(answer.headers["Location"]).text
    assert "Lot A1, 2027-MAY-31" in page
    assert "Lot A1, 2029-DEC-31" in page


@pytest.mark.parametrize(("paper", "words"), [("57x32", "57 × 32"), ("40x30", "40 × 30"), ("80 roll", "72 ×")])
def test_the_preview_has_true_size_and_says_what_it_read(stocked: Office, browse, paper: str, words: str) -> None:
    add_printer(stocked, paper=paper)
    browser = browse(Role.receiver)
    page = label_page(browser, "lot", lot_id(stocked, "B2"))
    assert f"True size, {words}" in page
    shown = re.search(r'<img src="(/labels/picture.png[^"]+)" width="(\d+)" height="(\d+)"', page)
    assert shown
    picture = Image.open(io.BytesIO(browser.get(shown[1].replace("&amp;", "&")).data))
    for dots, pixels in zip(picture.size, (shown[2], shown[3]), strict=True):
        assert abs(dots / 203 - int(pixels) / 96) < 0.02  # inches
    (read,) = zxingcpp.read_barcodes(picture.convert("L"))
    assert read.text.replace("\x1d", "") == gs1(GLOVES, expiry="280131", lot="B2") or read.text in page
    assert "(01)09520123456788(17)280131(10)B2" in page


@pytest.mark.parametrize(("kind", "name", "code"), [("item", "GLOVE-M", "SUPI"), ("location", "FRIDGE", "SUPP")])
def test_items_and_places_have_labels_of_our_own_codes(
    stocked: Office, browse, kind: str, name: str, code: str
) -> None:
    add_printer(stocked)
    assert f'<span class="code-text">{code}' in label_page(browse(Role.receiver), kind, name)


def test_without_a_printer_the_picture_can_be_saved_on_the_paper_one_has(stocked: Office, browse) -> None:
    browser = browse(Role.receiver)
    page = label_page(browser, "item", "GLOVE-M", "&paper=40x30")
    assert "No label printer is set up yet." in page
    assert 'action="/labels/print"' not in page
    assert "True size, 40 × 30 mm" in page
    picture = re.search(r'href="(/labels/picture.png[^"]+)" download="item-GLOVE-M.png"', page)
    assert picture
    answer = browser.get(picture[1].replace("&amp;", "&"))
    assert (answer.mimetype, answer.data[:4]) == ("image/png", b"\x89PNG")


def test_a_label_goes_into_the_queue_and_its_undo_cancels_it(stocked: Office, browse) -> None:
    device = add_printer(stocked)
    browser = browse(Role.receiver)
    page = browser.follow("/labels/print", **form(browser, "lot", lot_id(stocked, "B2")) | {"copies": "3"})
    assert "3 labels are on the way to printer-1." in page
    (job,) = jobs(stocked)
    assert (job.device_id, job.copies, job.subject) == (device, 3, f"lot {lot_id(stocked, 'B2')}")
    assert "Cancelled. It will not print." in browser.follow(notice_undo(page))
    assert [job.state for job in jobs(stocked)] == [PrintState.cancelled]


def test_a_form_sent_twice_prints_once(stocked: Office, browse) -> None:
    add_printer(stocked)
    browser = browse(Role.receiver)
    fields = form(browser, "item", "GLOVE-M")
    for _ in range(2):
        browser.follow("/labels/print", **fields)
    assert len(jobs(stocked)) == 1


@pytest.mark.parametrize(
    ("wrong", "status", "sentence"),
    [
        ({"copies": "0"}, 422, "How many labels?"),
        ({"copies": "x"}, 422, "How many labels?"),
        ({"copies": "100000"}, 422, "How many labels?"),
        ({"printer": ""}, 422, "Choose a printer."),
        ({"printer": "toaster"}, 404, "There is no label printer"),
        ({"request_id": "1"}, 422, "This form is incomplete."),
        ({"id": "9999"}, 404, "There is no lot 9999."),
    ],
)
def test_a_form_that_cannot_be_right_prints_nothing(stocked, browse, wrong, status, sentence) -> None:
    add_printer(stocked)
    browser = browse(Role.receiver)
    answer = browser.post("/labels/print", **form(browser, "lot", lot_id(stocked, "B2")) | wrong)
    assert (answer.status_code, sentence in answer.text) == (status, True)
    assert jobs(stocked) == []


@pytest.mark.parametrize(
    ("address", "status"),
    [
        ("/labels?kind=lot&id=9999", 404),
        ("/labels?kind=item&id=NOPE", 404),
        ("/labels?kind=teapot&id=1", 422),
        ("/labels?kind=lot", 422),
        ("/labels?kind=lot&id=GLOVE-M", 422),
        ("/labels/picture.png", 422),
        ("/labels/picture.png?kind=item&id=GLOVE-M&paper=a4", 422),
        ("/labels/picture.png?kind=item&id=GLOVE-M&printer=toaster", 404),
    ],
)
def test_an_address_of_nothing_is_refused_in_words(stocked: Office, browse, address: str, status: int) -> None:
    assert browse(Role.manager).get(address).status_code == status


def test_a_label_that_no_paper_of_the_printer_holds_says_so_and_offers_no_print(stocked: Office, browse) -> None:
    add_printer(stocked, width_mm=20, height_mm=15)
    page = label_page(browse(Role.receiver), "lot", lot_id(stocked, "B2"))
    assert "Does not fit" in page
    assert "Save it as a picture for" in page
    assert 'action="/labels/print"' not in page


def test_a_container_that_does_not_fit_the_usual_printer_goes_to_one_that_it_fits(stocked: Office, browse) -> None:
    number = open_container(stocked)
    add_printer(stocked, "printer-1", "40x30")
    browser = browse(Role.waste)
    page = label_page(browser, "container", number)
    assert "Does not fit" in page
    picture = label_page(browser, "container", number, "&paper=80 roll")
    assert "Save as picture" in picture
    assert 'action="/labels/print"' not in picture
    add_printer(stocked, "printer-2", "80 roll")
    page = label_page(browser, "container", number)
    assert "Print on printer-2" in page
    assert "Put orange or red label stock in before you print." in page


def test_whoever_sees_to_waste_finds_containers_and_prints_their_labels(stocked: Office, browse) -> None:
    number = open_container(stocked)
    add_printer(stocked, paper="80 roll")
    browser = browse(Role.waste)
    assert f"Container {number}" in browser.get("/labels").text
    code = house_code.encode(house_code.CONTAINER, 1)
    for name in ("barcode", "subject"):  # by a scan, and from the page of the container
        answer = browser.get(f"/labels?{name}={code}")
        assert answer.headers["Location"] == f"/labels?kind=container&id={number}"
    page = browser.follow("/labels/print", **form(browser, "container", number))
    assert "The label is on the way to printer-1." in page
    assert f"Container {number}" in page
    (job,) = jobs(stocked)
    assert (job.template, job.subject) == ("container", "container 1")
    assert "BIOHAZARD" in job.payload["phrases"][0]


def test_the_printer_one_used_last_is_chosen_and_another_is_one_link_away(stocked: Office, browse) -> None:
    add_printer(stocked, "printer-1")
    add_printer(stocked, "printer-2", "80 roll")
    browser = browse(Role.receiver)
    page = label_page(browser, "item", "GLOVE-M", "&printer=printer-2")
    assert "Print on printer-2" in page
    assert "roll of 80 mm" in page
    browser.follow("/labels/print", **form(browser, "item", "GLOVE-M") | {"printer": "printer-2"})
    assert "Print on printer-2" in label_page(browser, "item", "SYR-3")
    assert "Print on printer-1" in label_page(browse(Role.manager), "item", "SYR-3")


@pytest.mark.parametrize("role", [Role.nurse, Role.auditor, Role.admin])
def test_nobody_else_prints(stocked: Office, browse, role: Role) -> None:
    add_printer(stocked)
    browser = browse(role)
    assert browser.get("/labels").status_code == (200 if role is Role.nurse else 403)  # a nurse marks what is in hand
    assert browser.get("/labels?kind=item&id=GLOVE-M").status_code == 403
    fields = {"request_id": str(uuid4()), "kind": "item", "id": "GLOVE-M", "printer": "printer-1", "copies": "1"}
    assert browser.post("/labels/print", **fields).status_code == 403
    assert jobs(stocked) == []


def test_whoever_sees_to_waste_prints_container_labels_only(stocked: Office, browse) -> None:
    add_printer(stocked)
    browser = browse(Role.waste)
    assert "Nitrile gloves" not in browser.get("/labels").text
    assert browser.get("/labels?kind=item&id=GLOVE-M").status_code == 403
    fields = {"request_id": str(uuid4()), "kind": "item", "id": "GLOVE-M", "printer": "printer-1", "copies": "1"}
    assert browser.post("/labels/print", **fields).status_code == 403
    assert jobs(stocked) == []


def test_items_lots_and_places_lead_to_their_labels(stocked: Office, browse) -> None:
    browser = browse(Role.receiver)
    assert f"/labels?kind=lot&amp;id={lot_id(stocked, 'A1')}" in browser.get("/items/GLOVE-M").text
    assert "/labels?kind=item&amp;id=GLOVE-M" in browser.get("/items/GLOVE-M/codes").text
    assert "/labels?kind=location&amp;id=FRIDGE" in browser.get("/places").text
    assert "/labels?" not in browse(Role.nurse).get("/places").text


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("size", SIZES)
def test_the_label_pages_are_accessible(stocked: Office, page: Page, enter, size: str, theme: str) -> None:
    add_printer(stocked, paper="80 roll")
    width, height = SIZES[size]
    page.set_viewport_size({"width": width, "height": height})
    page.emulate_media(color_scheme=theme)
    enter(Role.manager)
    for where in ("/labels", "/labels?barcode=zebra", "/labels?kind=item&id=GLOVE-M", "/labels/queue", "/places"):
        page.goto(where)
        assert axe_violations(page) == [], where
        assert overflow(page) == 0, where
        assert small_targets(page, 44) == [], where


@pytest.mark.parametrize("size", ["phone", "desktop"])
def test_an_opened_vial_and_a_label_that_stops_are_made_by_keyboard_alone(
    stocked: Office, page: Page, enter, size: str
) -> None:
    add_printer(stocked)
    width, height = SIZES[size]
    page.set_viewport_size({"width": width, "height": height})
    enter(Role.nurse)
    lot = lot_id(stocked, "B2")
    for kind, field, typed in (("opened", "Days it may be used after opening", "28"), ("hold", "Why", "Box torn")):
        page.goto(f"/labels?kind={kind}&id={lot}")
        page.get_by_label(field).focus()
        page.keyboard.type(typed)
        page.keyboard.press("Enter")
        page.wait_for_url(f"**{typed.replace(' ', '+')}**")
        assert axe_violations(page) == [], kind
        assert overflow(page) == 0, kind
        assert small_targets(page, 44) == [], kind
        page.get_by_role("button", name="Print on printer-1").focus()
        page.keyboard.press("Enter")
        expect(page.get_by_text("The label is on the way to printer-1.")).to_be_visible()
    assert [job.template for job in jobs(stocked)] == ["opened", "hold"]


def test_a_label_is_found_by_a_scan_anywhere_and_printed_by_keyboard_alone(stocked: Office, page: Page, enter) -> None:
    add_printer(stocked)
    enter(Role.receiver)
    page.goto("/labels")
    expect(page.locator("form[data-ready]")).to_be_visible()
    page.get_by_role("link", name="Print queue").focus()
    scan_as_wedge(page, gs1(GLOVES, lot="B2", expiry="280131"))
    expect(page.get_by_role("heading", name="Label: Nitrile gloves M")).to_be_visible()
    page.get_by_label("How many").focus()
    page.keyboard.press("Control+a")
    page.keyboard.type("2")
    page.keyboard.press("Enter")
    expect(page.get_by_text("2 labels are on the way to printer-1.")).to_be_visible()
    assert [job.copies for job in jobs(stocked)] == [2]
