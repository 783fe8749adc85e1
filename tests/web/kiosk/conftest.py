"""A loopback server of the kiosk's modules, with a scan endpoint whose network can be broken as real ones break."""

import json
import shutil
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from playwright.sync_api import Browser, Page
from sqlalchemy.orm import Session

from supply.db import Database
from supply.migrations import upgrade
from supply.settings import Settings
from supply.staff import people, pins, sign_in
from supply.staff.models import SignInSession
from supply.stations.enrolments import enrol
from supply.web import app as web_app
from supply.web.identity import PLAIN_COOKIE, STATION
from tests.factories import PASSWORD
from tests.web.kiosk.office import KioskOffice, fill_database

STATIC = Path(web_app.__file__).parent / "static"
TYPES = {".js": "text/javascript", ".css": "text/css", ".html": "text/html", ".svg": "image/svg+xml"}

CONTROLS = """<!doctype html><html lang="en"><title>Controls</title><body>
<form id="form" action="/submitted"><input id="text" value="kept"><input id="date" type="date" value="2027-03-14">
<textarea id="area">kept</textarea>
<select id="select"><option>apple</option><option>orange</option></select>
<button id="submit">Send</button></form>
<button id="button" type="button">Press</button><a id="link" href="/followed">Link</a>
<input id="off" data-wedge="off"><dialog id="dialog"><button id="inside">Inside</button></dialog></body></html>"""


@dataclass
class ScanWire:
    """What arrives at the scan endpoint, and what the network does with it: `plan` is used up one request at a time.

    A step is `down` (not taken, connection broken), `lost` (taken, then the answer broken off), or a status to answer
    with; after the plan every scan is taken. Like the real one it takes a key once and gives its first answer again.
    """

    plan: list[Any] = field(default_factory=list)
    arrived: list[dict[str, Any]] = field(default_factory=list)
    taken: dict[str, dict[str, Any]] = field(default_factory=dict)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def handle(self, body: dict[str, Any]) -> tuple[int, dict[str, Any]] | None:
        """Take one request; None breaks the connection."""
        with self.lock:
            self.arrived.append(body)
            step = self.plan.pop(0) if self.plan else "take"
            if step == "down":
                return None
            if isinstance(step, tuple):
                return step
            if isinstance(step, int):
                return step, {"code": "not_saved", "detail": "Nothing was saved.", "status": step}
            answer = self._take(body)
            return None if step == "lost" else answer

    def _take(self, body: dict[str, Any]) -> tuple[int, dict[str, Any]]:
        first = self.taken.setdefault(body["request_id"], body)
        if first != body:
            return 409, {"code": "key_reused", "detail": "This request_id was used for another scan.", "status": 409}
        return 201, {"outcome": "recorded", "request_id": body["request_id"], "message": "Taken."}

    @property
    def barcodes(self) -> list[str]:
        """The scans that were taken, in the order in which they were."""
        return [body["barcode"] for body in self.taken.values()]


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    wire: ScanWire

    def do_GET(self) -> None:
        if self.path.startswith("/static/"):
            path = STATIC / self.path.removeprefix("/static/")
            self._send(200, TYPES[path.suffix], path.read_bytes())
        else:
            self._send(200, "text/html", CONTROLS.encode())

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        answer = self.wire.handle(body)
        if answer is None:
            # Broken off within the answer: Chromium by itself repeats a request whose connection only closed.
            self.wfile.write(b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n{")
            self.close_connection = True
        elif isinstance(answer[1], str):
            self._send(answer[0], "text/html", answer[1].encode())
        else:
            self._send(answer[0], "application/json", json.dumps(answer[1]).encode())

    def _send(self, status: int, kind: str, content: bytes) -> None:
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *_: object) -> None:
        """Say nothing: the tests look at what arrived."""


@pytest.fixture
def wire() -> ScanWire:
    _Handler.wire = ScanWire()
    return _Handler.wire


@pytest.fixture(scope="session")
def bench_address() -> Iterator[str]:
    """The address of the modules' server."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Handler)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    yield f"http://127.0.0.1:{server.server_address[1]}"
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.fixture(scope="module")
def bench_page(browser: Browser, bench_address: str) -> Iterator[Page]:
    """One page for the tests of a module that keep nothing in the browser."""
    context = browser.new_context(base_url=bench_address)
    yield context.new_page()
    context.close()


@pytest.fixture
def bench(bench_page: Page) -> Iterator[Page]:
    """A page with controls to focus, from which the modules can be imported; no error of a script passes."""
    problems: list[str] = []
    bench_page.on("pageerror", lambda error: problems.append(str(error)))
    bench_page.goto("/")
    yield bench_page
    assert problems == []


@pytest.fixture
def wedge(bench: Page) -> Callable[..., Page]:
    """Start a wedge on the bench with a clock that the test owns: each key takes `step` milliseconds."""

    def start(step: float = 8, **settings: Any) -> Page:
        bench.evaluate(
            """async ([step, settings]) => {
                const { Wedge } = await import("/static/kiosk/wedge.js");
                Object.assign(window, { scans: [], broken: [], clicks: [], fakeNow: 1000, step });
                for (const kind of ["click", "submit"]) document.addEventListener(kind, (event) => {
                    event.preventDefault();
                    clicks.push(kind + " " + event.target.id);
                });
                window.wedge = new Wedge({
                    settings, onScan: (text) => scans.push(text), onBroken: (why) => broken.push(why),
                    clock: () => (window.fakeNow += window.step),
                });
            }""",
            [step, settings],
        )
        return bench

    return start


# --- the kiosk page on the real server --------------------------------------------------------------------------------


@pytest.fixture(scope="session")
def stocked(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A stocked office's database file, made once and copied for each test."""
    path = tmp_path_factory.mktemp("kiosk") / "supply.db"
    db = Database(f"sqlite:///{path}")
    upgrade.migrate(db)
    db.close()
    fill_database(f"sqlite:///{path}")
    for name in ("nurse", "manager"):
        SESSIONS[name] = _session_key(path, name)
    return path


# The session of each person in the stocked office, so that few tests type a password.
SESSIONS: dict[str, str] = {}


def _session_key(path: Path, name: str) -> str:
    db = Database(f"sqlite:///{path}")
    key, _ = sign_in.sign_in(db, name=name, password=PASSWORD, address="127.0.0.1", now=datetime.now(UTC))
    with db.engine.connect() as connection:
        connection.connection.dbapi_connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").close()
    db.close()
    return key


@pytest.fixture
def db(stocked: Path, settings: Settings, tmp_path: Path) -> Iterator[Database]:
    shutil.copy(stocked, tmp_path / "supply.db")
    opened = Database(settings.database_url)
    # However long the tests before this one took, nobody was idle.
    opened.transact(lambda session: session.execute(sa.update(SignInSession).values(seen_at=datetime.now(UTC))))
    yield opened
    opened.close()


@pytest.fixture
def shelf(db: Database) -> KioskOffice:
    """What the ledger of the office says now."""
    return KioskOffice(db, datetime.now(UTC))


def begin(page: Page, name: str) -> Page:
    """Open the kiosk of the storeroom's station in this person's session, ready for a scan."""
    page.context.add_cookies([{"name": PLAIN_COOKIE, "value": SESSIONS[name], "domain": "127.0.0.1", "path": "/"}])
    page.goto("/kiosk?station=kiosk-1")
    page.locator("body[data-ready=yes]").wait_for()
    return page


PIN = "739251"  # the manager's, at an enrolled screen


def begin_enrolled(page: Page, shelf: KioskOffice, settings: Settings) -> Page:
    """Open the kiosk in a browser that was enrolled, with nobody signed on; the manager has a PIN."""
    pepper, moment = pins.read_or_make_pepper(settings.data_folder), datetime.now(UTC)

    def enrolled(session: Session) -> str:
        person_id = people.find_actor(session, "manager").person_id
        pins.set_pin(session, person_id=person_id, pin=PIN, pepper=pepper, by=shelf.local, now=moment)
        return enrol(session, station_code="kiosk-1", kind="screen", label="", by=shelf.local, now=moment)

    token = shelf.db.transact(enrolled)
    page.context.add_cookies([{"name": STATION, "value": token, "domain": "127.0.0.1", "path": "/"}])
    page.goto("/kiosk?station=kiosk-1")
    page.locator("body[data-ready=yes]").wait_for()
    return page


@pytest.fixture
def kiosk(page: Page) -> Callable[..., Page]:
    """Begin as the nurse, or as whoever is named."""

    def start(name: str = "nurse") -> Page:
        return begin(page, name)

    return start
