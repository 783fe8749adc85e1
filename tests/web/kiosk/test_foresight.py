"""The answer before the network's: shown at once, counted on, confirmed quietly or corrected in words; what waits."""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
import sqlalchemy as sa
from playwright.sync_api import Browser, Page, Route, expect

from supply.db import Database
from supply.staff.models import SignInSession
from supply.stations.enrolments import enrol
from supply.stock.models import LotState
from supply.web.identity import STATION
from tests.browser import SIZES, axe_violations, scan_at_once
from tests.web.kiosk import office
from tests.web.kiosk.acts import Begin, press, scan, state
from tests.web.kiosk.conftest import begin
from tests.web.kiosk.office import KioskOffice
from tests.web.kiosk.test_offline import KEPT, TABLET, taken, until

RECORDED, STOP = [880, 1318], [392, 262]
LISTEN = """() => { window.tones = []; const begin = OscillatorNode.prototype.start;
    OscillatorNode.prototype.start = function (at) {
        tones.push(this.frequency.value);
        return begin.call(this, at);
    }; }"""


class Held:
    """Scans that the server has not seen yet, until they are let go."""

    def __init__(self, page: Page) -> None:
        self.routes: list[Route] = []
        self.holding = False
        page.route("**/api/v1/scans", self._come)

    def _come(self, route: Route) -> None:
        if self.holding:
            self.routes.append(route)
        else:
            route.continue_()

    def hold(self) -> None:
        self.holding = True

    def let_go(self) -> None:
        self.holding = False
        while self.routes:
            self.routes.pop(0).continue_()


@pytest.fixture
def known(page: Page, kiosk: Begin) -> Page:
    """The nurse's kiosk, on a tablet that knows the shelf."""
    kiosk()
    page.evaluate(LISTEN)
    until(page, f"({TABLET})().then((names) => names.includes('catalogue:STOREROOM'))")
    return page


def wider(page: Page) -> list[str]:
    """What stands out over the side of the window."""
    found: list[str] = page.evaluate(
        """() => [...document.querySelectorAll("body *")].filter((one) => one.checkVisibility())
            .filter((one) => one.getBoundingClientRect().right > innerWidth + 1)
            .map((one) => `${one.className} ${one.textContent}`)"""
    )
    return found


def judged(page: Page, theme: str) -> list[str]:
    """What axe says of the page as it stands, in that theme."""
    page.evaluate("theme => document.documentElement.setAttribute('data-bs-theme', theme)", theme)
    return axe_violations(page)


def test_a_scan_is_answered_before_the_server_and_confirmed_without_another_sound(
    known: Page, shelf: KioskOffice
) -> None:
    held = Held(known)
    held.hold()
    for left in (14, 13):
        scan(known, office.OLDER)
        state(known, "checking")
        expect(known.locator(".k-item")).to_have_text("Nitrile gloves M")
        expect(known.locator(".k-left")).to_have_text(f"{left} left in Storeroom")
    assert known.evaluate("tones") == []
    assert judged(known, "dark") == []
    assert shelf.stock()["A07"] == 5
    held.let_go()
    state(known, "recorded")
    expect(known.locator("#kiosk-recent li")).to_have_count(2)
    assert known.evaluate("tones") == RECORDED * 2
    assert shelf.stock()["A07"] == 3


def test_a_stop_is_answered_before_the_server_and_a_wrong_answer_is_corrected_in_words(
    known: Page, shelf: KioskOffice
) -> None:
    held = Held(known)
    held.hold()
    scan(known, office.EXPIRED)
    expect(known.get_by_role("alertdialog")).to_contain_text("Expired")
    press(known, "Put in the bin")
    state(known, "ready")
    held.let_go()
    until(known, f"({KEPT})().then((keys) => keys.length === 0)")
    scan(known, office.OLDER)
    state(known, "recorded")
    expect(known.locator("#kiosk-tray")).to_be_hidden()
    assert known.evaluate("tones") == [*STOP, *RECORDED]
    assert sum(shelf.stock().values()) == 14
    # What the server knows and the tablet does not is said beside what the tablet had said.
    held.hold()
    scan(known, office.NEWER)
    state(known, "checking")
    shelf.set_state("B12", LotState.recalled)
    held.let_go()
    dialog = known.get_by_role("alertdialog")
    expect(dialog).to_contain_text("The server says: Recalled")
    expect(dialog).to_contain_text("This tablet had said: TAKE −1 box of Nitrile gloves M.")
    assert judged(known, "light") == []
    press(known, "Put on the hold shelf")
    state(known, "ready")
    assert shelf.stock()["B12"] == 5


def test_twenty_scans_at_once_are_twenty_scans_in_their_order(known: Page, db: Database) -> None:
    before = len(taken(db))
    codes = [(office.OLDER, office.OLDER, office.NEWER, office.SOON)[number % 4] for number in range(20)]
    scan_at_once(known, "\r".join(codes))  # faster than any hand
    until(known, f"({KEPT})().then((keys) => keys.length === 0)")
    rows = taken(db)[before:]
    assert [row[1] for row in rows] == codes
    assert len({row[0] for row in rows}) == 20


@pytest.fixture
def clocked(browser: Browser, live: str) -> Iterator[Page]:
    """The nurse's kiosk on a phone whose clock the test moves."""
    width, height = SIZES["phone"]
    page = browser.new_page(base_url=live, viewport={"width": width, "height": height})
    page.clock.install()
    page.clock.resume()
    begin(page, "nurse")
    until(page, f"({TABLET})().then((names) => names.includes('catalogue:STOREROOM'))")
    page.evaluate(LISTEN)
    yield page
    page.close()


def test_after_a_quarter_of_an_hour_the_tablet_sounds_and_what_waits_can_be_taken_out_and_put_back(
    clocked: Page, db: Database
) -> None:
    before = len(taken(db))
    clocked.context.set_offline(True)
    for number, code in enumerate((office.OLDER, office.NEWER, office.SOON), start=1):
        scan_at_once(clocked, code)
        until(clocked, f"({KEPT})().then((keys) => keys.length === {number})")
    body, tray = clocked.locator("body"), clocked.locator("#kiosk-tray")
    clocked.clock.fast_forward("14:00")
    expect(tray).to_have_text("3 scans waiting to send")
    expect(body).to_have_attribute("data-late", "no")
    before_alarm = len(clocked.evaluate("tones"))
    clocked.clock.fast_forward("01:30")
    expect(body).to_have_attribute("data-late", "yes")
    expect(tray).to_contain_text("tell the manager")
    until(clocked, f"tones.length > {before_alarm}")
    assert clocked.evaluate("tones")[before_alarm:] == STOP
    assert judged(clocked, "dark") == []
    assert wider(clocked) == []
    tray.click()
    expect(clocked.locator(".k-tray li").first).to_contain_text("TAKE Nitrile gloves M")
    for way in ("Remove", "Put back", "Remove"):
        line = clocked.locator(".k-tray li").first if way == "Remove" else clocked.locator(".k-tray li").last
        line.get_by_role("button", name=way).click()
        expect(clocked.locator(".k-tray").get_by_role("button", name="Put back")).to_have_count(int(way == "Remove"))
    assert judged(clocked, "light") == []
    clocked.context.set_offline(False)
    until(clocked, f"({KEPT})().then((keys) => keys.length === 0)")
    # The first was put back behind the others; then the second was taken out for good.
    assert [row[1] for row in taken(db)[before:]] == [office.SOON, office.OLDER]


def test_an_enrolled_screen_sends_what_waits_while_nobody_is_signed_on(
    page: Page, shelf: KioskOffice, db: Database
) -> None:
    def make(session: Any) -> str:
        now = datetime.now(UTC)
        return enrol(session, station_code="kiosk-1", kind="screen", label="", by=shelf.local, now=now)

    page.context.add_cookies([{"name": STATION, "value": db.transact(make), "domain": "127.0.0.1", "path": "/"}])
    page.goto("/kiosk?station=kiosk-1")
    page.locator("body[data-ready=yes]").wait_for()
    shelf.now = datetime.now(UTC)
    scan(page, shelf.badge("nurse"))
    expect(page.locator("#kiosk-person")).to_have_text("nurse")
    before = len(taken(db))
    page.context.set_offline(True)
    scan(page, office.OLDER)
    until(page, f"({KEPT})().then((keys) => keys.length === 1)")
    db.transact(lambda session: session.execute(sa.delete(SignInSession)))
    page.context.set_offline(False)
    page.goto("/kiosk?station=kiosk-1")
    until(page, f"({KEPT})().then((keys) => keys.length === 0)")
    state(page, "idle")
    assert [row[1:3] for row in taken(db)[before:]] == [(office.OLDER, "nurse")]
