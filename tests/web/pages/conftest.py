"""A storeroom with stock in every state, the people of the office, and forms that are sent as a browser would."""

import re
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from supply.db import Database
from supply.settings import Settings
from supply.staff.permissions import Role
from supply.stations.installing import install
from supply.stations.scan_lines import ScanLine, unsettled
from supply.stock.models import Lot, LotState
from tests import factories
from tests.factories import GLOVES, SYRINGES, gs1
from tests.web.conftest import START

VACCINE = "09521101530025"
UNKNOWN = "09521101530032"


@pytest.fixture(scope="session")
def templates(prepared: tuple[Path, object], tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """The office's database installed but empty, and with stock in every state; each made once and copied."""
    folder, made = tmp_path_factory.mktemp("templates"), {}
    source = prepared[0]
    for name, prepare in (("room", _install), ("stocked", lambda db: fill(factories.Office(db, START)))):
        made[name] = folder / f"{name}.db"
        shutil.copy(source, made[name])
        opened = Database(f"sqlite:///{made[name]}")
        prepare(opened)
        with opened.engine.connect() as connection:
            connection.connection.dbapi_connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").close()
        opened.close()
        source = made[name]
    return made


def _install(db: Database) -> None:
    db.transact(lambda session: install(session, stations=(), now=START))


@pytest.fixture
def db(
    templates: dict[str, Path], settings: Settings, tmp_path: Path, request: pytest.FixtureRequest
) -> Iterator[Database]:
    """A fresh copy: stocked for tests that ask for stock."""
    shutil.copy(templates["stocked" if "stocked" in request.fixturenames else "room"], tmp_path / "supply.db")
    opened = Database(settings.database_url)
    yield opened
    opened.close()


@pytest.fixture
def room(db: Database) -> factories.Office:
    """The installed office, without stock."""
    return factories.Office(db, START)


@pytest.fixture
def stocked(db: Database) -> factories.Office:
    """Gloves (fine, older lot first), syringes (short), vaccine (expired, soon, recalled), swabs (none)."""
    return factories.Office(db, START)


def fill(room: factories.Office) -> None:
    """Put stock of every state into an empty office."""
    room.place("ROOM-1", "STOREROOM")
    room.place("FRIDGE")
    room.item(par_level=40, reorder_point=10, category="Gloves", price=125_000, pack_quantity=10)
    room.item("SYR-3", gtin=SYRINGES, name="Syringe 3 mL with needle", unit="each", reorder_point=50, par_level=200)
    room.item("VAX-FLU", gtin=VACCINE, name="Influenza vaccine 0.5 mL", unit="vial", rotation="fefo",
              lot_required=True, expiry_required=True, par_level=20)  # fmt: skip
    room.item("SWAB", gtin=None, name="Alcohol swabs", unit="each", reorder_point=100)
    room.receive("A1", "270531", 12)
    room.receive("B2", "280131", 20)
    room.receive("S7", "290101", 8, gtin=SYRINGES)
    room.receive("F1", "261201", 5, gtin=VACCINE, location="FRIDGE")
    room.receive("F2", "270300", 6, gtin=VACCINE, location="FRIDGE")
    room.receive("F3", "270630", 3, gtin=VACCINE, location="FRIDGE")
    room.receive("F0", "261124", 2, gtin=VACCINE, location="FRIDGE")
    room.set_state("F3", LotState.recalled)
    room.scan(gs1(GLOVES, lot="A1"), "use", quantity=2)
    expire(room, "F0")


def expire(room: factories.Office, lot_number: str, day: str = "2026-11-01") -> None:
    """Let a lot's date lie in the past, as it would after waiting."""
    statement = "UPDATE lots SET expiry = :day, expiry_key = :key WHERE lot_number = :lot"
    values = {"day": day, "key": f"{day}/day", "lot": lot_number}
    room.db.transact(lambda session: session.execute(sa.text(statement), values))


def lot_id(room: factories.Office, number: str) -> int:
    """The id of a lot by its number."""
    with room.db.read_session() as session:
        return session.scalars(sa.select(Lot.id).where(Lot.lot_number == number)).one()


def waiting(room: factories.Office, needs: str) -> tuple[ScanLine, ...]:
    """The scans that wait for a person."""
    with room.db.read_session() as session:
        return unsettled(session, needs=needs).lines


@dataclass
class Browser:
    """A signed-in client that sends forms with their token."""

    client: FlaskClient
    token: str

    def get(self, address: str) -> TestResponse:
        """A page."""
        return self.client.get(address)

    def post(self, address: str, **fields: Any) -> TestResponse:
        """A form, with the token that its page would carry."""
        return self.client.post(address, data={"csrf_token": self.token, **fields})

    def follow(self, address: str, **fields: Any) -> str:
        """A form that is accepted, and the page it leads to."""
        answer = self.post(address, **fields)
        assert answer.status_code == 303, (answer.status_code, answer.text)
        return self.client.get(answer.headers["Location"]).text


@pytest.fixture
def browse(app: Flask, sign_in: Callable[..., str]) -> Callable[[Role], Browser]:
    """Sign in as a role, in a browser of its own."""

    def enter(role: Role) -> Browser:
        client = app.test_client()
        return Browser(client, sign_in(role, client))

    return enter


def hidden(page: str, name: str) -> list[str]:
    """The values of the hidden fields of that name, in the page's order."""
    return re.findall(rf'name="{name}" value="([^"]*)"', page)


def notice_undo(page: str) -> str:
    """Where the Undo of the page's notice goes."""
    found = re.search(r'<div class="notice.*?<form method="post" action="([^"]+)"', page, re.DOTALL)
    assert found, "the page offers no undo"
    return found[1].replace("&amp;", "&")
