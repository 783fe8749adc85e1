"""Labels for a whole place at once: the items that will print, the first one read back, one button, all or none."""

import sqlalchemy as sa
from playwright.sync_api import Page

from supply.labels.models import PrintState
from supply.staff.permissions import Role
from supply.stations import shelf_labels
from tests.browser import SIZES, axe_violations, overflow, small_targets
from tests.factories import Office
from tests.web.pages.conftest import Browser, hidden, notice_undo
from tests.web.pages.test_labels import add_printer, jobs

STOREROOM = "/labels/shelves?place=STOREROOM"


def batch(browser: Browser, address: str = STOREROOM) -> dict[str, str]:
    """What the one button sends."""
    page = browser.get(address).text
    return {name: hidden(page, name)[0] for name in ("request_id", "place", "printer")}


def test_the_items_of_a_place_and_of_all_within_stand_there_with_the_first_label_read_back(
    stocked: Office, browse
) -> None:
    add_printer(stocked)
    page = browse(Role.receiver).get(STOREROOM).text
    assert "2 labels for" in page
    assert page.index("Nitrile gloves M") < page.index("Syringe 3 mL with needle")
    assert '<span class="code-text">SUPI' in page
    assert "Print 2 labels on printer-1" in page
    assert "Influenza" not in page.split('id="items"')[1]


def test_one_button_queues_a_label_for_each_item_once(stocked: Office, browse) -> None:
    device = add_printer(stocked)
    browser = browse(Role.receiver)
    sent = batch(browser)
    page = browser.follow("/labels/shelves", **sent)
    assert "2 labels are on the way to printer-1." in page
    assert [(job.template, job.payload["sku"], job.copies, job.device_id) for job in jobs(stocked)] == [
        ("item", "GLOVE-M", 1, device),
        ("item", "SYR-3", 1, device),
    ]
    browser.follow("/labels/shelves", **sent)
    assert len(jobs(stocked)) == 2


def test_a_batch_is_taken_back_as_one_but_only_by_who_asked_for_it(stocked: Office, browse) -> None:
    add_printer(stocked)
    browser = browse(Role.receiver)
    undo = notice_undo(browser.follow("/labels/shelves", **batch(browser)))
    assert "None of them waits any more." in browse(Role.manager).follow(undo)
    assert "2 cancelled. They will not print." in browse(Role.receiver).follow(undo)
    assert {job.state for job in jobs(stocked)} == {PrintState.cancelled}


def test_what_ran_out_is_labelled_when_asked_for(stocked: Office, browse) -> None:
    add_printer(stocked)
    stocked.db.transact(lambda session: session.execute(sa.text("UPDATE balances SET quantity = 0")))
    browser = browse(Role.receiver)
    assert "Nothing stands in" in browser.get(STOREROOM).text
    assert "none there now" in browser.get(f"{STOREROOM}&out=yes").text
    answer = browser.post("/labels/shelves", **batch(browser, f"{STOREROOM}&out=yes"))
    assert (answer.status_code, jobs(stocked)) == (422, [])
    browser.follow("/labels/shelves", **batch(browser, f"{STOREROOM}&out=yes"), out="yes")
    assert len(jobs(stocked)) == 2


def test_a_label_that_does_not_fit_the_printer_queues_none(stocked: Office, browse) -> None:
    add_printer(stocked)
    browser = browse(Role.receiver)
    sent = batch(browser)
    add_printer(stocked, "tiny", width_mm=20, height_mm=15)
    named = sa.text("UPDATE items SET name = :name WHERE sku = 'GLOVE-M'")
    stocked.db.transact(lambda session: session.execute(named, {"name": "Gloves " * 17}))
    shown = browser.get(f"{STOREROOM}&printer=tiny").text
    assert "Cannot print" in shown
    assert "does not fit" in shown
    answer = browser.post("/labels/shelves", **sent | {"printer": "tiny"})
    assert (answer.status_code, "does not fit" in answer.text) == (422, True)
    assert jobs(stocked) == []


def test_more_than_a_batch_holds_asks_for_a_smaller_place(stocked: Office, browse, monkeypatch) -> None:
    add_printer(stocked)
    browser = browse(Role.receiver)
    sent = batch(browser)
    monkeypatch.setattr(shelf_labels, "MOST_AT_ONCE", 1)
    assert "Choose a shelf or room within it." in browser.get(STOREROOM).text
    assert browser.post("/labels/shelves", **sent).status_code == 422
    assert jobs(stocked) == []


def test_what_is_not_there_is_said(stocked: Office, browse) -> None:
    browser = browse(Role.receiver)
    assert "No label printer is set up yet." in browser.get(STOREROOM).text
    assert "There is no place" in browser.get("/labels/shelves?place=ATTIC").text
    add_printer(stocked)
    sent = batch(browser)
    assert browser.post("/labels/shelves", **sent | {"place": "ATTIC"}).status_code == 422
    assert browser.post("/labels/shelves", **sent | {"printer": "toaster"}).status_code == 404
    assert browser.post("/labels/shelves", **sent | {"printer": ""}).status_code == 422
    assert jobs(stocked) == []


def test_only_who_prints_labels_of_stock_may(stocked: Office, browse) -> None:
    for role in (Role.nurse, Role.waste, Role.auditor, Role.admin):
        assert browse(role).get("/labels/shelves").status_code == 403
        assert browse(role).post("/labels/shelves", place="STOREROOM").status_code == 403


def test_the_page_is_accessible_and_works_by_keyboard_alone(stocked: Office, page: Page, enter) -> None:
    add_printer(stocked)
    enter(Role.manager)
    for name, theme in (("phone", "dark"), ("desktop", "light")):
        width, height = SIZES[name]
        page.set_viewport_size({"width": width, "height": height})
        page.emulate_media(color_scheme=theme)
        page.goto(STOREROOM)
        assert axe_violations(page) == []
        assert overflow(page) == 0
        assert small_targets(page, 44) == []
    page.get_by_role("button", name="Print 2 labels on printer-1").focus()
    page.keyboard.press("Enter")
    page.get_by_text("2 labels are on the way to printer-1.").wait_for()
    assert len(jobs(stocked)) == 2
