"""Who works at an enrolled screen: badge, PIN, change of person in place, runs that were meant otherwise, need more."""

from datetime import UTC, datetime

import pytest
import sqlalchemy as sa
from playwright.sync_api import Page, expect

from supply.barcodes.house_code import COMMAND, encode
from supply.settings import Settings
from supply.staff import people
from supply.staff.models import SignInSession
from tests.browser import axe_violations
from tests.web.kiosk import office
from tests.web.kiosk.acts import press, scan, state
from tests.web.kiosk.conftest import PIN, begin_enrolled
from tests.web.kiosk.office import KioskOffice


@pytest.fixture
def screen(page: Page, shelf: KioskOffice, settings: Settings) -> Page:
    """The kiosk in a browser that was enrolled, with nobody signed on."""
    return begin_enrolled(page, shelf, settings)


def badge(shelf: KioskOffice, name: str) -> str:
    shelf.now = datetime.now(UTC)
    return shelf.badge(name)


def test_a_badge_signs_on_and_the_next_badge_switches_in_place(screen: Page, shelf: KioskOffice) -> None:
    expect(screen.locator(".k-idle")).to_contain_text("Scan your badge.")
    assert axe_violations(screen) == []
    nurse, manager = badge(shelf, "nurse"), badge(shelf, "manager")
    screen.evaluate("window.same = true")
    scan(screen, nurse)
    expect(screen.locator("#kiosk-person")).to_have_text("nurse")
    scan(screen, office.OLDER)
    expect(screen.locator("#kiosk-recent li")).to_have_count(1)
    scan(screen, manager)
    expect(screen.locator("#kiosk-person")).to_have_text("manager")
    expect(screen.locator("#kiosk-recent li")).to_have_count(0)
    press(screen, "Sign off")
    expect(screen.locator(".k-idle")).to_be_visible()
    assert screen.evaluate("window.same") is True
    assert shelf.stock()["A07"] == 4


def test_a_badge_nobody_knows_says_so(screen: Page) -> None:
    scan(screen, "SUPPLY-BADGE-nobody123")
    state(screen, "badge_refused")
    expect(screen.locator(".k-card")).to_contain_text("We don't know this badge.")


def test_what_needs_a_pin_asks_for_it_and_goes_on_by_itself(screen: Page, shelf: KioskOffice) -> None:
    scan(screen, badge(shelf, "manager"))
    expect(screen.locator("#kiosk-person")).to_have_text("manager")
    scan(screen, encode(COMMAND, "PUTIN"))
    field = screen.get_by_label("PIN of manager")
    field.fill("000111")
    press(screen, "Go on")
    expect(screen.locator("#kiosk-pad-problem")).to_have_text("That is not your PIN. Try again.")
    assert axe_violations(screen) == []
    for digit in PIN:
        press(screen, digit)
    press(screen, "Go on")
    press(screen, "A delivery without an order")
    expect(screen.locator("#kiosk-mode")).to_have_text("PUT IN")


def test_the_shelf_of_the_item_on_the_screen_is_asked_for_in_two_touches(screen: Page, shelf: KioskOffice) -> None:
    scan(screen, badge(shelf, "nurse"))
    expect(screen.locator("#kiosk-person")).to_have_text("nurse")
    scan(screen, office.OLDER)
    expect(screen.locator("#kiosk-recent li")).to_have_count(1)
    press(screen, "Need more")
    screen.locator("[data-kind=shelf_empty]").click()
    state(screen, "noted")
    expect(screen.locator(".k-card")).to_contain_text("Nitrile gloves M")
    scan(screen, encode(COMMAND, "NEEDMORE"))
    state(screen, "need")
    scan(screen, office.OLDER)
    state(screen, "noted")
    expect(screen.locator(".k-card")).to_contain_text("Somebody asked for this already.")


def test_a_quantity_of_the_sheet_counts_for_the_next_scan(screen: Page, shelf: KioskOffice) -> None:
    scan(screen, badge(shelf, "nurse"))
    expect(screen.locator("#kiosk-person")).to_have_text("nurse")
    scan(screen, encode(COMMAND, "TIMESTWO"))
    expect(screen.locator("#kiosk-times")).to_have_text("×2")
    scan(screen, office.OLDER)
    expect(screen.locator("#kiosk-recent li")).to_have_count(1)
    assert shelf.stock()["A07"] == 3


def test_a_run_that_was_meant_as_take_is_turned_and_turned_back(screen: Page, shelf: KioskOffice) -> None:
    scan(screen, badge(shelf, "manager"))
    expect(screen.locator("#kiosk-person")).to_have_text("manager")
    scan(screen, encode(COMMAND, "PUTBACK"))
    screen.get_by_label("PIN of manager").fill(PIN)
    press(screen, "Go on")
    expect(screen.locator("#kiosk-mode")).to_have_text("PUT BACK")
    for count in (1, 2):
        scan(screen, office.OLDER)
        expect(screen.locator("#kiosk-recent li")).to_have_count(count)
    assert shelf.stock()["A07"] == 7
    press(screen, "These 2 were meant as TAKE")
    state(screen, "turned")
    assert shelf.stock()["A07"] == 3
    press(screen, "Undo")
    expect(screen.locator(".k-card")).to_contain_text("PUT BACK")
    assert shelf.stock()["A07"] == 7


def sessions_of(shelf: KioskOffice, name: str) -> int:
    """How many sessions of that person the server still takes."""
    with shelf.db.read_session() as session:
        person_id = people.find_actor(session, name).person_id
        return session.scalar(sa.select(sa.func.count()).where(SignInSession.person_id == person_id)) or 0


def test_a_sign_off_that_the_server_did_not_hear_holds_and_is_told_later(screen: Page, shelf: KioskOffice) -> None:
    before = sessions_of(shelf, "nurse")
    scan(screen, badge(shelf, "nurse"))
    expect(screen.locator("#kiosk-person")).to_have_text("nurse")
    assert sessions_of(shelf, "nurse") == before + 1
    screen.route("**/api/v1/stations/kiosk-1/session", lambda route: route.abort())
    press(screen, "Sign off")
    expect(screen.locator(".k-idle")).to_contain_text("Scan your badge.")
    screen.reload()  # the server's page still has the name; the tablet knows better
    screen.locator("body[data-ready=yes]").wait_for()
    expect(screen.locator(".k-idle")).to_contain_text("Scan your badge.")
    expect(screen.locator("#kiosk-person")).not_to_contain_text("nurse")
    assert sessions_of(shelf, "nurse") == before + 1
    screen.unroute("**/api/v1/stations/kiosk-1/session")
    with screen.expect_response(lambda one: one.request.method == "DELETE" and one.status == 204):
        pass
    assert sessions_of(shelf, "nurse") == before
    scan(screen, badge(shelf, "nurse"))
    expect(screen.locator("#kiosk-person")).to_have_text("nurse")
    scan(screen, office.OLDER)
    expect(screen.locator("#kiosk-recent li")).to_have_count(1)
