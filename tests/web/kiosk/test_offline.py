"""The kiosk with no network: it opens, takes scans, survives a killed browser; every scan arrives once, in order."""

import os
import shutil
import signal
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from playwright.sync_api import Browser, BrowserContext, Error, Page, Route, expect

from supply.db import Database
from supply.settings import Settings
from supply.staff.models import Person, SignInSession
from supply.stations.models import ScanRecord
from supply.web.app import create_app
from supply.web.identity import PLAIN_COOKIE
from supply.web.server import WebServer
from tests.browser import FLAGS, scan_at_once
from tests.postgres import free_port
from tests.web.kiosk import office
from tests.web.kiosk.acts import scan, state
from tests.web.kiosk.conftest import SESSIONS

SCANS = int(os.environ.get("OFFLINE_SCANS", "12"))
# What a client without lasting keys does: another key whenever it sends.
KEYLESS = """(() => { const real = window.fetch; window.fetch = (address, options) => {
    if (String(address).endsWith("/api/v1/scans") && options && options.method === "POST") {
        const body = { ...JSON.parse(options.body), request_id: crypto.randomUUID() };
        options = { ...options, body: JSON.stringify(body) };
    }
    return real(address, options);
}; })();"""
KEPT = """() => new Promise((resolve) => { indexedDB.open("supply-kiosk").onsuccess = (event) => {
    const all = event.target.result.transaction("scans").objectStore("scans").index("order").getAll();
    all.onsuccess = () => resolve(all.result.map((entry) => entry.key));
}; })"""

TABLET = """() => new Promise((resolve) => { indexedDB.open("supply-kiosk-kept", 1).onsuccess = (event) => {
    const all = event.target.result.transaction("kept").objectStore("kept").getAllKeys();
    all.onsuccess = () => resolve(all.result);
}; })"""

WHAT_IS_KEPT = """async () => {
    const open = (name) => new Promise((done) => {
        indexedDB.open(name, 1).onsuccess = (event) => done(event.target.result);
    });
    const all = (db) => new Promise((done) => {
        db.transaction("kept").objectStore("kept").getAll().onsuccess = (event) => done(event.target.result);
    });
    const files = [];
    for (const name of await caches.keys()) {
        for (const one of await (await caches.open(name)).keys()) files.push(new URL(one.url).pathname);
    }
    const shell = await caches.match("/kiosk/shell").then((one) => one.text());
    return [await all(await open("supply-kiosk-kept")), files, shell];
}"""


class Network:
    """The office's server at one address, which comes and goes."""

    def __init__(self, db: Database, settings: Settings) -> None:
        self.db, self.port, self.server = db, free_port(), None
        self.settings = settings.model_copy(update={"server": settings.server.model_copy(update={"port": self.port})})
        self.url = f"http://127.0.0.1:{self.port}"

    def up(self, **office: Any) -> None:
        """The server answers; `office` are settings of a newer release."""
        chosen = self.settings.model_copy(update={"office": self.settings.office.model_copy(update=office)})
        self.server = WebServer(create_app(self.db, chosen), chosen)
        self.server.start()

    def down(self) -> None:
        """Nothing answers."""
        if self.server:
            self.server.stop()
        self.server = None


class Tablet:
    """A Chromium with a profile that outlives it."""

    def __init__(self, browser: Browser, folder: Path, url: str) -> None:
        self.browser, self.folder, self.url = browser, folder, url
        self.context: BrowserContext | None = None

    def start(self, person: str | None = None, *, script: str = "") -> Page:
        """Switch it on and open the kiosk."""
        self.context = self.browser.browser_type.launch_persistent_context(
            self.folder, args=FLAGS, executable_path=_chromium(), base_url=self.url,
            viewport={"width": 1280, "height": 800},
        )  # fmt: skip
        if script:
            self.context.add_init_script(script)
        if person:
            self.sign_in(person)
        page = self.context.pages[0]
        page.goto("/kiosk?station=kiosk-1")
        page.locator("body[data-ready=yes]").wait_for()
        return page

    def sign_in(self, person: str) -> None:
        """As if this person had just signed in here."""
        assert self.context
        cookie = {"name": PLAIN_COOKIE, "value": SESSIONS[person], "domain": "127.0.0.1", "path": "/"}
        self.context.add_cookies([cookie])

    def kill(self) -> None:
        """As when the battery is out: no goodbye."""
        for number in (int(name) for name in os.listdir("/proc") if name.isdigit()):
            with suppress(OSError):
                words = Path(f"/proc/{number}/cmdline").read_bytes().split(b"\0")
                if f"--user-data-dir={self.folder}".encode() in words and not any(
                    w.startswith(b"--type") for w in words
                ):
                    os.kill(number, signal.SIGKILL)
        self.stop()

    def stop(self) -> None:
        """Switch it off, whatever state it is in."""
        if self.context:
            with suppress(Error):
                self.context.close()
        self.context = None


def _chromium() -> str | None:
    return os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("chromium-browser")


@pytest.fixture
def network(db: Database, settings: Settings) -> Iterator[Network]:
    made = Network(db, settings)
    made.up()
    yield made
    made.down()


@pytest.fixture
def tablet(browser: Browser, network: Network, tmp_path: Path) -> Iterator[Tablet]:
    made = Tablet(browser, tmp_path / "profile", network.url)
    yield made
    made.stop()


def ready_for_offline(page: Page) -> None:
    """The first load is all that it takes: the release and the catalogue are kept."""
    page.evaluate("navigator.serviceWorker.ready.then(() => 0)")
    until(page, f"({TABLET})().then((names) => names.includes('catalogue:STOREROOM'))")


def until(page: Page, script: str, seconds: float = 25) -> None:
    """Wait for this to be true in the page, a reload in between or not. Its policy forbids the usual waiting."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        with suppress(Error):
            if page.evaluate(script):
                return
        time.sleep(0.05)
    raise AssertionError(f"not within {seconds} s: {script}")


def taken(db: Database) -> list[tuple[str, str, str, bool]]:
    """The scans that the office has: key, barcode, whose, made offline; in the order in which they came."""
    statement = sa.select(ScanRecord.request_id, ScanRecord.barcode, Person.name, ScanRecord.offline)
    with db.read_session() as session:
        rows = session.execute(statement.join(Person, Person.id == ScanRecord.actor_id).order_by(ScanRecord.id))
        return [(str(row[0]), row[1] or "", row[2], row[3]) for row in rows]


def scan_offline(tablet: Tablet, network: Network, db: Database, *, script: str = "") -> list[str]:
    """The nurse's scans on a tablet that has seen the office once; then the battery is out and the session is ended."""
    page = tablet.start("nurse", script=script)
    ready_for_offline(page)
    network.down()
    codes = [(office.OLDER, office.NEWER, office.SOON)[number % 3] for number in range(SCANS)]
    for code in codes:
        scan_at_once(page, code)
    until(page, f"({KEPT})().then((keys) => keys.length === {SCANS})", seconds=30 + SCANS)
    keys: list[str] = page.evaluate(KEPT)
    tablet.kill()
    db.transact(lambda session: session.execute(sa.delete(SignInSession).where(SignInSession.person_id == _nurse(db))))
    return keys


def _nurse(db: Database) -> int:
    with db.read_session() as session:
        return session.scalars(sa.select(Person.id).where(Person.name == "nurse")).one()


def lose_answers(page: Page, every: int) -> None:
    """Each so many-th answer is lost after the server took the scan."""
    seen: dict[str, int] = {}

    def lose(route: Route) -> None:
        body = route.request.post_data or ""
        seen[body] = seen.get(body, 0) + 1
        if seen[body] == 1 and len(seen) % every == 0:
            route.fetch()
            route.abort()
        else:
            route.continue_()

    page.route("**/api/v1/scans", lose)


def send_as_manager(tablet: Tablet, network: Network, *, script: str = "") -> Page:
    """The tablet comes back without a network; later the server does too, and the manager signs in on it."""
    page = tablet.start(script=script)
    expect(page.locator("#kiosk-tray")).to_have_text(f"{SCANS} scans waiting to send")
    network.up()
    tablet.sign_in("manager")
    lose_answers(page, every=4)
    page.goto("/kiosk?station=kiosk-1")
    until(page, f"({KEPT})().then((keys) => keys.length === 0)", seconds=30 + SCANS)
    return page


def test_offline_scans_of_a_killed_and_signed_off_tablet_arrive_once_in_order_and_as_the_nurses(
    tablet: Tablet, network: Network, db: Database
) -> None:
    before = len(taken(db))
    keys = scan_offline(tablet, network, db)
    send_as_manager(tablet, network)
    rows = taken(db)[before:]
    assert [row[0] for row in rows] == keys
    assert {row[2] for row in rows} == {"nurse"}
    assert all(row[3] for row in rows)


def test_the_control_a_tablet_that_makes_a_new_key_for_each_try_counts_some_twice(
    tablet: Tablet, network: Network, db: Database
) -> None:
    before = len(taken(db))
    keys = scan_offline(tablet, network, db)
    send_as_manager(tablet, network, script=KEYLESS)
    rows = taken(db)[before:]
    assert len(rows) > len(keys)


def test_the_shell_opens_without_a_network_and_goes_back_to_the_office_by_itself(
    tablet: Tablet, network: Network
) -> None:
    ready_for_offline(tablet.start("nurse"))
    tablet.stop()
    network.down()
    page = tablet.start()
    state(page, "idle")
    expect(page.locator("#kiosk-where")).to_contain_text("Storeroom")
    assert page.evaluate("document.body.textContent.includes('Nina')") is False
    network.up()
    until(page, "!document.getElementById('kiosk-settings').textContent.includes('shell')")


def test_a_new_release_takes_over_and_loses_no_scan(tablet: Tablet, network: Network, db: Database) -> None:
    page = tablet.start("nurse")
    ready_for_offline(page)
    before = len(taken(db))
    network.down()
    scan(page, office.OLDER)
    state(page, "waiting")
    network.up(name="Renamed office")
    page.evaluate("navigator.serviceWorker.getRegistration('/kiosk').then((one) => one.update()).then(() => 0)")
    until(page, "caches.match('/kiosk/shell').then((kept) => kept.text()).then((text) => text.includes('Renamed'))")
    assert len(page.evaluate("caches.keys()")) == 1
    state(page, "recorded")
    scan(page, office.NEWER)  # the page that was open goes on with the scripts it has
    state(page, "older_lot")
    assert [row[1] for row in taken(db)[before:]] == [office.OLDER, office.NEWER]


def test_what_is_kept_holds_no_session_and_no_person_of_the_page(tablet: Tablet, network: Network) -> None:
    page = tablet.start("nurse")
    ready_for_offline(page)
    until(page, f"({TABLET})().then((names) => names.includes('settings:kiosk-1'))")
    kept, files, shell = page.evaluate(WHAT_IS_KEPT)
    settings = next(one["value"] for one in kept if one["name"] == "settings:kiosk-1")
    assert not {"csrf", "person", "may"} & set(settings)
    assert {"location", "locations", "mode"} <= set(settings)
    assert [path for path in files if path.startswith("/api/")] == []
    assert "/kiosk" not in files
    assert "csrf_token" not in shell.replace('"csrf": ""', "")
