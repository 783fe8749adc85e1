"""The screens of people at an enrolled tablet: how each looks, light and dark, and what a press there comes to."""

from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from playwright.sync_api import Browser, Page, expect

from supply.barcodes.house_code import COMMAND, encode
from supply.settings import Settings
from tests.browser import SIZES
from tests.web.kiosk import office
from tests.web.kiosk.acts import press, scan, state
from tests.web.kiosk.conftest import PIN, begin_enrolled
from tests.web.kiosk.looks import judge
from tests.web.kiosk.office import KioskOffice

Look = Callable[[Page, str], None]
BOX = "04006381333931"  # bandages in boxes of 10; nobody said yet what one scan of it takes


@pytest.mark.parametrize(("size", "theme"), [("phone", "light"), ("narrow", "dark")])
def test_people_panels_pass_axe_and_do_what_they_say(
    browser: Browser, live: str, shelf: KioskOffice, settings: Settings, size: str, theme: str
) -> None:
    width, height = SIZES[size]
    context = browser.new_context(
        base_url=live, viewport={"width": width, "height": height}, color_scheme=theme, reduced_motion="reduce"
    )
    shelf.now = datetime.now(UTC)
    shelf.item("BAND", gtin=None, name="Elastic bandages", unit="piece")
    shelf.code("BAND", BOX, received=10)
    shelf.scan(BOX, "receive", quantity=3)
    for code in (office.OLDER, office.NEWER):
        shelf.scan(code, claimed_by="manager")
    badge, faults = shelf.badge("manager"), []

    def look(page: Page, what: str) -> None:
        judge(page, what, faults)

    page = begin_enrolled(context.new_page(), shelf, settings)
    _names_and_claims(page, badge, look)
    _pin_and_delivery(page, look)
    _box_and_run(page, look)
    context.close()
    assert faults == []


def _names_and_claims(page: Page, badge: str, look: Look) -> None:
    look(page, "idle")
    press(page, "No badge at hand")
    expect(page.locator("#kiosk-panel")).to_contain_text("Who are you?")
    look(page, "names")
    press(page, "Close")
    scan(page, badge)
    press(page, "Show them")
    expect(page.locator(".k-claimed li")).to_have_count(2)
    expect(page.locator(".k-claimed")).to_contain_text("TAKE Nitrile gloves M")
    look(page, "claimed")
    page.locator(".k-claimed li").first.get_by_role("button", name="Mine", exact=True).click()
    expect(page.locator(".k-claimed li")).to_have_count(1)
    press(page, "Not mine")
    expect(page.locator("#kiosk-panel")).to_be_hidden()


def _pin_and_delivery(page: Page, look: Look) -> None:
    scan(page, encode(COMMAND, "PUTIN"))
    page.get_by_label("PIN of manager").fill(PIN)
    look(page, "PIN")
    press(page, "Go on")
    expect(page.locator("#kiosk-panel")).to_contain_text("No order is expected.")
    look(page, "delivery")
    press(page, "Close")
    press(page, "Need more")
    look(page, "need which")
    page.locator("[data-kind=need_more]").click()
    state(page, "need")
    look(page, "need")
    scan(page, office.OLDER)
    state(page, "noted")
    look(page, "noted")


def _box_and_run(page: Page, look: Look) -> None:
    scan(page, encode(COMMAND, "PUTBACK"))
    expect(page.locator("#kiosk-mode")).to_have_text("PUT BACK")
    scan(page, BOX)
    state(page, "box_or_each")
    look(page, "box or each")
    press(page, "Scan again")
    scan(page, office.OLDER)
    expect(page.locator("#kiosk-recent li").first).to_contain_text("Nitrile gloves M")
    look(page, "run")
    page.locator("[data-way=turn]").click()
    state(page, "turned")
    look(page, "turned")
