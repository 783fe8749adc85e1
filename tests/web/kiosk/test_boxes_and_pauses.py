"""A part of a box that comes back, a mode that nobody used for minutes, the first keys of a page, a hidden camera."""

import re

import pytest
from playwright.sync_api import Browser, Page, Route, expect

from supply.settings import Settings
from supply.web.identity import PLAIN_COOKIE
from tests.browser import scan_at_once
from tests.factories import gs1
from tests.web.kiosk import office
from tests.web.kiosk.acts import Begin, posts, press, scan, state
from tests.web.kiosk.conftest import SESSIONS, begin
from tests.web.kiosk.office import KioskOffice
from tests.web.kiosk.test_devices import camera_page  # noqa: F401 - a fixture

BANDAGES = "09521101530049"
BOX = gs1(BANDAGES, lot="P1", expiry=office.code_date(300))


@pytest.fixture
def settings(settings: Settings) -> Settings:
    """An office whose screens keep a person for ten minutes, so that a mode can be left alone for three."""
    longer = settings.sign_in.model_copy(update={"kiosk_idle_minutes": 10})
    return settings.model_copy(update={"sign_in": longer})


@pytest.fixture
def box_back(kiosk: Begin, shelf: KioskOffice) -> Page:
    """One box of ten bandages was put back by mistake: less came back."""
    shelf.item("BAND", gtin=BANDAGES, name="Bandages", unit="each", received=10, used=10)
    shelf.receive("P1", office.code_date(300), 3, gtin=BANDAGES)
    page = kiosk()
    press(page, "Mode")
    press(page, "PUT BACK")
    scan(page, BOX)
    state(page, "box_or_each")
    page.locator(".k-card").get_by_role("button", name=re.compile("box", re.I)).click()
    state(page, "recorded")
    assert shelf.stock("BAND")["P1"] == 40
    press(page, "Part of a box")
    return page


def test_a_part_of_a_box_comes_back_piece_by_piece(box_back: Page, shelf: KioskOffice) -> None:
    panel = box_back.get_by_role("dialog")
    expect(panel).to_contain_text("How many pieces are left in it? A full one holds 10.")
    panel.get_by_role("button", name="3", exact=True).click()
    panel.get_by_role("button", name="Put these back").click()
    expect(panel).to_be_hidden()
    expect(box_back.locator(".k-card")).to_contain_text("3")
    expect(box_back.locator("#kiosk-recent li").first).to_contain_text("Bandages")
    assert shelf.stock("BAND")["P1"] == 33


@pytest.mark.parametrize(
    ("keys", "said"), [([], "Digits only"), (["0"], "None left?"), (["1", "0"], "whole box or more")]
)
def test_a_remainder_that_is_none_changes_nothing(
    box_back: Page, shelf: KioskOffice, keys: list[str], said: str
) -> None:
    panel = box_back.get_by_role("dialog")
    for key in keys:
        panel.get_by_role("button", name=key, exact=True).click()
    panel.get_by_role("button", name="Put these back").click()
    expect(panel).to_contain_text(said)
    assert shelf.stock("BAND")["P1"] == 40


def test_a_mode_left_alone_for_three_minutes_is_the_stations_usual_one_again(browser: Browser, live: str) -> None:
    page = browser.new_page(base_url=live)
    page.clock.install()
    page.clock.resume()
    begin(page, "nurse")
    press(page, "Mode")
    press(page, "PUT BACK")
    expect(page.locator("#kiosk-mode")).to_have_text("PUT BACK")
    page.clock.fast_forward("02:50")
    expect(page.locator("#kiosk-mode")).to_have_text("PUT BACK")
    page.clock.fast_forward("00:15")
    expect(page.locator("#kiosk-mode")).to_have_text("TAKE")
    expect(page.locator("#kiosk-person")).to_have_text("nurse")
    page.close()


def test_a_scan_that_comes_before_the_scripts_is_counted_once(page: Page, shelf: KioskOffice) -> None:
    held: list[Route] = []
    page.route("**/kiosk/main.js*", lambda route: held.append(route))
    page.context.add_cookies([_session("nurse")])
    page.goto("/kiosk?station=kiosk-1", wait_until="commit")
    expect(page.locator("#kiosk-mode")).to_be_attached()
    while not held:
        page.wait_for_timeout(20)
    page.wait_for_timeout(300)  # the scanner's person saw the page before they scanned
    scan_at_once(page, office.OLDER)
    sent = posts(page)
    held[0].continue_()
    state(page, "recorded")
    assert len(sent) == 1
    assert shelf.stock()["A07"] == 4


def _session(name: str) -> dict[str, str]:
    return {"name": PLAIN_COOKIE, "value": SESSIONS[name], "domain": "127.0.0.1", "path": "/"}


@pytest.mark.parametrize("camera_page", ["two"], indirect=True)
def test_the_camera_stops_when_the_page_is_hidden(camera_page: Page) -> None:  # noqa: F811
    page = begin(camera_page, "nurse")
    flight = _Flight(page)
    page.get_by_role("button", name="Camera", exact=True).click()
    while flight.count < 3:
        page.wait_for_timeout(20)
    page.evaluate(
        """() => {
            Object.defineProperty(document, "hidden", { value: true, configurable: true });
            document.dispatchEvent(new Event("visibilitychange"));
        }"""
    )
    expect(page.locator("#kiosk-camera-state")).to_contain_text("stopped while the page was hidden")
    page.wait_for_timeout(300)
    count = flight.count
    page.wait_for_timeout(600)
    assert flight.count == count
    assert flight.most == 1


class _Flight:
    """The pictures on the wire: how many were sent, and how many at most at once."""

    def __init__(self, page: Page) -> None:
        self.count = self.most = self._now = 0
        page.on("request", lambda one: self._change(one.url, 1))
        for end in ("requestfinished", "requestfailed"):
            page.on(end, lambda one: self._change(one.url, -1))

    def _change(self, url: str, by: int) -> None:
        if not url.endswith("/camera-frames"):
            return
        self._now += by
        self.count += by > 0
        self.most = max(self.most, self._now)
