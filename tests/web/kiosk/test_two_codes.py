"""The two codes of one label on the real server: joined either first, within the time, and no scan is ever lost."""

from datetime import UTC, datetime

import pytest
from playwright.sync_api import Page, Request, Route, expect

from supply.barcodes.house_code import COMMAND, encode
from supply.staff import people
from supply.staff.permissions import Actor
from tests.browser import scan_at_once
from tests.web.kiosk import office
from tests.web.kiosk.acts import Begin, posts, press, put_in, scan, state
from tests.web.kiosk.conftest import begin
from tests.web.kiosk.office import KioskOffice

BOTH = f"{office.SUTURES}\n{office.LOT_OF_SUTURES}"


def barcodes(sent: list[Request]) -> list[str]:
    return [one.post_data_json["barcode"] for one in sent]


@pytest.fixture
def putting_in(kiosk: Begin) -> Page:
    """The manager's kiosk, putting in."""
    page = kiosk("manager")
    put_in(page)
    return page


def test_the_second_code_makes_a_new_request_for_both_as_the_first_was_meant(
    putting_in: Page, shelf: KioskOffice
) -> None:
    page, sent = putting_in, posts(putting_in)
    press(page, "Quantity")
    press(page, "3")
    press(page, "Done")
    scan(page, office.SUTURES)
    state(page, "two_codes")
    expect(page.locator(".k-card")).to_contain_text("Now scan the second code on this label.")
    expect(page.locator(".k-card")).to_contain_text("Sutures 3-0")
    expect(page.locator("#kiosk-tray")).to_be_hidden()
    scan(page, office.LOT_OF_SUTURES)
    state(page, "recorded")
    first, second = (one.post_data_json for one in sent)
    assert second["barcode"] == BOTH
    assert second["request_id"] != first["request_id"]
    same = ("action", "location", "quantity", "station")
    assert [second[name] for name in same] == [first[name] for name in same] == ["receive", "STOREROOM", 3, "kiosk-1"]
    assert shelf.stock("SUT-3") == {"LOT7": 3}
    expect(page.locator("#kiosk-tray")).to_be_hidden()
    scan(page, office.OLDER)
    expect(page.locator("#kiosk-recent li")).to_have_count(2)
    assert barcodes(sent)[2:] == [office.OLDER]


@pytest.mark.parametrize(
    ("first", "second", "sku", "lot"),
    [("LOT_OF_SUTURES", "SUTURES", "SUT-3", "LOT7"), ("NAMELESS_SYRINGE", "LOT_OF_SYRINGES", "SYR-5", "N55"),
     ("LOT_OF_SYRINGES", "NAMELESS_SYRINGE", "SYR-5", "N55")],
)  # fmt: skip
def test_either_code_may_come_first(
    putting_in: Page, shelf: KioskOffice, first: str, second: str, sku: str, lot: str
) -> None:
    scan(putting_in, getattr(office, first))
    state(putting_in, "two_codes")
    scan(putting_in, getattr(office, second))
    state(putting_in, "recorded")
    assert shelf.stock(sku)[lot] == 1
    expect(putting_in.locator("#kiosk-tray")).to_be_hidden()


def test_a_code_that_names_only_a_lot_is_joined_when_taking_too(kiosk: Begin, shelf: KioskOffice) -> None:
    shelf.scan(BOTH, "receive", quantity=2)
    page = kiosk()
    scan(page, office.LOT_OF_SUTURES)
    state(page, "two_codes")
    scan(page, office.SUTURES)
    state(page, "recorded")
    assert shelf.stock("SUT-3") == {"LOT7": 1}


@pytest.mark.parametrize("swapped", [False, True])
def test_both_codes_scanned_before_the_first_answer_are_one_box(
    putting_in: Page, shelf: KioskOffice, swapped: bool
) -> None:
    page, held = putting_in, list[Route]()
    page.route("**/api/v1/scans", lambda route: route.continue_() if held else held.append(route))
    codes = [office.SUTURES, office.LOT_OF_SUTURES]
    for code in reversed(codes) if swapped else codes:
        scan(page, code)
    scan(page, office.OLDER)
    expect(page.locator("#kiosk-tray")).to_have_text("3 scans waiting to send")
    sent = posts(page)
    while not held:  # the tray counts what is written down, which is before anything leaves
        page.wait_for_timeout(10)
    held[0].continue_()
    expect(page.locator("#kiosk-recent li")).to_have_count(2)
    expect(page.locator("#kiosk-tray")).to_be_hidden()
    assert shelf.stock("SUT-3") == {"LOT7": 1}
    assert shelf.stock()["A07"] == 6
    assert barcodes(sent)[-1] == office.OLDER


@pytest.mark.parametrize("second", ["OLDER", "LOT_OF_OTHERS", "STRANGE"])
def test_codes_of_two_labels_record_nothing_and_the_second_is_one_touch_away(
    putting_in: Page, shelf: KioskOffice, second: str
) -> None:
    page, code = putting_in, getattr(office, second)
    scan(page, office.SUTURES)
    state(page, "two_codes")
    sent = posts(page)
    scan(page, code)
    state(page, "two_labels")
    expect(page.locator(".k-card")).to_contain_text("These two codes are not of the same label. Scan both again.")
    assert shelf.stock("SUT-3") == {}
    press(page, "Take it as another item")
    state(page, {"OLDER": "recorded", "LOT_OF_OTHERS": "two_codes", "STRANGE": "unknown"}[second])
    assert barcodes(sent) == [f"{office.SUTURES}\n{code}", code]
    expect(page.locator("#kiosk-tray")).to_have_text("1 saved scan needs you")  # the first one still does


def test_scanning_both_again_leaves_nothing_behind(putting_in: Page, shelf: KioskOffice) -> None:
    page = putting_in
    scan(page, office.SUTURES)
    state(page, "two_codes")
    scan(page, office.SUTURES)
    state(page, "two_labels")
    expect(page.locator(".k-card")).to_contain_text("That is the same code twice.")
    press(page, "Scan again")
    state(page, "ready")
    expect(page.locator("#kiosk-tray")).to_be_hidden()
    scan(page, office.SUTURES)
    state(page, "two_codes")
    scan(page, office.LOT_OF_SUTURES)
    state(page, "recorded")
    assert shelf.stock("SUT-3") == {"LOT7": 1}


def test_after_twenty_seconds_the_next_scan_counts_by_itself(page: Page, shelf: KioskOffice) -> None:
    page.clock.install()
    page.clock.resume()
    begin(page, "manager")
    put_in(page)
    scan_at_once(page, office.SUTURES)
    state(page, "two_codes")
    page.get_by_label("Lot number on the box").fill("TYP")
    page.clock.fast_forward(15_000)
    expect(page.locator(".k-card")).to_contain_text("Now scan the second code")
    page.clock.fast_forward(5_000)
    expect(page.locator(".k-card h2")).to_have_text("Scan both codes again, or type the lot from the box.")
    expect(page.get_by_label("Lot number on the box")).to_have_value("TYP")
    sent = posts(page)
    scan_at_once(page, office.OLDER)
    state(page, "recorded")
    assert barcodes(sent) == [office.OLDER]
    press(page, "1 saved scan needs you")
    press(page, "Answer")
    state(page, "two_codes")
    scan_at_once(page, office.LOT_OF_SUTURES)
    state(page, "recorded")
    assert shelf.stock("SUT-3") == {"LOT7": 1}


def test_the_lot_can_be_typed_instead(putting_in: Page, shelf: KioskOffice) -> None:
    page, sent = putting_in, posts(putting_in)
    scan(page, office.SUTURES)
    state(page, "two_codes")
    page.get_by_label("Lot number on the box").fill("TYPED-1")
    press(page, "Use this")
    state(page, "recorded")
    scan(page, office.OLDER)
    expect(page.locator("#kiosk-recent li")).to_have_count(2)
    assert barcodes(sent) == [office.SUTURES, office.SUTURES, office.OLDER]
    assert shelf.stock("SUT-3") == {"TYPED-1": 1}


def test_a_scan_while_the_cursor_is_in_the_lot_field_is_the_second_code(putting_in: Page, shelf: KioskOffice) -> None:
    page = putting_in
    scan(page, office.SUTURES)
    page.get_by_label("Lot number on the box").focus()
    scan(page, office.LOT_OF_SUTURES)
    state(page, "recorded")
    assert shelf.stock("SUT-3") == {"LOT7": 1}


@pytest.mark.parametrize("word", ["TAKE", "Scan again"])
def test_choosing_something_else_ends_the_wait(putting_in: Page, shelf: KioskOffice, word: str) -> None:
    page = putting_in
    scan(page, office.SUTURES)
    state(page, "two_codes")
    if word == "TAKE":
        scan(page, encode(COMMAND, "TAKE"))
    else:
        press(page, word)
    sent = posts(page)
    scan(page, office.OLDER)
    state(page, "recorded")
    assert barcodes(sent) == [office.OLDER]


def test_the_lot_code_of_a_box_that_was_counted_already_is_not_a_second_box(kiosk: Begin, shelf: KioskOffice) -> None:
    shelf.scan(BOTH, "receive", quantity=2)
    page = kiosk()
    scan(page, office.SUTURES)
    state(page, "recorded")
    scan(page, office.LOT_OF_SUTURES)
    expect(page.locator(".k-card")).to_contain_text("This label was counted already.")
    press(page, "It is another box")
    expect(page.locator(".k-card")).to_contain_text("Now scan the second code")
    scan(page, office.SUTURES)
    expect(page.locator("#kiosk-recent li")).to_have_count(2)
    assert shelf.stock("SUT-3") == {}


def test_a_second_code_scanned_offline_is_kept_and_sent_for_both(putting_in: Page, shelf: KioskOffice) -> None:
    page = putting_in
    scan(page, office.SUTURES)
    state(page, "two_codes")
    page.context.set_offline(True)
    scan(page, office.LOT_OF_SUTURES)
    state(page, "waiting")
    expect(page.locator("#kiosk-tray")).to_have_text("1 scan waiting to send")
    assert shelf.stock("SUT-3") == {}
    page.context.set_offline(False)
    state(page, "recorded")
    assert shelf.stock("SUT-3") == {"LOT7": 1}
    expect(page.locator("#kiosk-tray")).to_be_hidden()


def test_a_joined_label_that_is_expired_stops_like_any_other(putting_in: Page, shelf: KioskOffice) -> None:
    page = putting_in
    scan(page, office.SUTURES)
    state(page, "two_codes")
    scan(page, office.secondary("OLD1", -30))
    expect(page.get_by_role("alertdialog")).to_contain_text("Expired")
    press(page, "Kept apart")
    state(page, "ready")
    expect(page.locator("#kiosk-tray")).to_be_hidden()
    assert shelf.stock("SUT-3") == {}


def test_the_two_codes_of_the_serial_scanner_beside_the_screen_are_joined(putting_in: Page, shelf: KioskOffice) -> None:
    page = putting_in
    with page.expect_response(lambda answer: "/answers?after=" in answer.url):
        pass
    with shelf.db.read_session() as session:
        manager: Actor = people.find_actor(session, "manager")
    shelf.now = datetime.now(UTC)
    for code in (office.SUTURES, office.LOT_OF_SUTURES):
        shelf.scan(code, "receive", by=manager, station="kiosk-1")
    state(page, "recorded")
    assert shelf.stock("SUT-3") == {"LOT7": 1}
