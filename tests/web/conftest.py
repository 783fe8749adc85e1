"""An office with a person of every role, its app, a live server, and a browser page with the console watched."""

import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from playwright.sync_api import Browser, Page

import supply.stations.models
import supply.stock.models  # noqa: F401 - its tables
from supply.db import Base, Database
from supply.settings import Settings, load
from supply.staff import people, tokens
from supply.staff.permissions import Role
from supply.web.app import create_app
from supply.web.server import WebServer
from tests.browser import start_browser

START = datetime(2026, 11, 23, 14, 0, tzinfo=UTC)
PASSWORD = "correct horse battery"


class Clock:
    """A clock that tests move."""

    def __init__(self, moment: datetime) -> None:
        self.moment = moment

    def __call__(self) -> datetime:
        return self.moment

    def forward(self, **span: float) -> None:
        """Move on (or back, by negative spans)."""
        self.moment += timedelta(**span)


@dataclass
class Office:
    """People named as their roles, and their tokens."""

    tokens: dict[Role, str] = field(default_factory=dict)
    ids: dict[Role, int] = field(default_factory=dict)


@pytest.fixture(scope="session")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Office]:
    """A database file with every table and the office's people, made once and copied for each test."""
    path = tmp_path_factory.mktemp("prepared") / "supply.db"
    db, office = Database(f"sqlite:///{path}"), Office()
    Base.metadata.create_all(db.engine)

    def fill(session) -> None:
        local = people.ensure_local(session, now=START)
        for role in Role:
            person = people.add_person(session, name=role.value, roles=[role], password=PASSWORD, by=local, now=START)
            office.ids[role] = person.id
            office.tokens[role] = tokens.create_token(session, person_name=role.value, by=local, now=START)

    db.transact(fill)
    with db.engine.connect() as connection:
        connection.connection.dbapi_connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    db.close()
    return path, office


@pytest.fixture
def office(prepared: tuple[Path, Office]) -> Office:
    return prepared[1]


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return load(None, {"SUPPLY_DATA": str(tmp_path)})


@pytest.fixture
def db(prepared: tuple[Path, Office], settings: Settings, tmp_path: Path) -> Iterator[Database]:
    shutil.copy(prepared[0], tmp_path / "supply.db")
    opened = Database(settings.database_url)
    yield opened
    opened.close()


@pytest.fixture
def clock() -> Clock:
    return Clock(START)


@pytest.fixture
def app(db: Database, settings: Settings, clock: Clock) -> Flask:
    return create_app(db, settings, clock=clock)


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    return app.test_client()


@pytest.fixture
def sign_in(client: FlaskClient) -> Callable[..., str]:
    """Sign the client in as a role; gives the CSRF token of the new session."""

    def enter(role: Role, browser: FlaskClient = client) -> str:
        answer = browser.post("/sign-in", data={"name": role.value, "password": PASSWORD})
        assert answer.status_code == 303, answer.text
        page = browser.get("/account").text
        return page.split('name="csrf-token" content="')[1].split('"')[0]

    return enter


@pytest.fixture
def live(db: Database, settings: Settings) -> Iterator[str]:
    """The address of a server that serves this office by the real clock."""
    free = settings.model_copy(update={"server": settings.server.model_copy(update={"port": 0})})
    server = WebServer(create_app(db, settings), free)
    server.start()
    yield server.url
    server.stop()


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    with start_browser() as started:
        yield started


@pytest.fixture
def page(browser: Browser, live: str) -> Iterator[Page]:
    """A page of its own; whatever the console complains about (the content policy too) fails the test."""
    context = browser.new_context(base_url=live, viewport={"width": 1280, "height": 800})
    opened = context.new_page()
    complaints: list[str] = []
    opened.on("console", lambda said: complaints.append(said.text) if said.type == "error" else None)
    opened.on("pageerror", lambda error: complaints.append(str(error)))
    yield opened
    context.close()
    # a refused form answers 4xx, which the console reports as well
    assert [one for one in complaints if "Failed to load resource" not in one] == []


@pytest.fixture
def enter(page: Page) -> Callable[[Role], None]:
    """Sign in through the form."""

    def fill(role: Role) -> None:
        page.goto("/sign-in")
        page.get_by_label("Name").fill(role.value)
        page.get_by_label("Password").fill(PASSWORD)
        page.get_by_role("button", name="Sign in").click()
        page.wait_for_url("**/")

    return fill
