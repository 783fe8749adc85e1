"""An office in full: migrated database, people and tokens, a station with a device, three items, and stock."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from supply.barcodes.parse import parse
from supply.db import Database
from supply.migrations import upgrade
from supply.settings import Settings, load
from supply.staff import people, tokens
from supply.staff.permissions import Actor, Role
from supply.stations.installing import StationPlan, install
from supply.stock import catalog
from supply.stock.locations import add_location
from supply.web.app import create_app
from supply.web.context import EXTENSION, Context
from tests.web.conftest import START, Clock, Office

GTIN = "00614141000036"
KIT_GTIN = "00614141000012"
STATION = StationPlan("kiosk-1", "Storeroom tablet", "STOREROOM", "use", [("scanner-1", "serial_port", {"port": "x"})])


class Api:
    """A client of /api/v1 that sends a role's token; each answer is (status, JSON)."""

    def __init__(self, client: FlaskClient, token: str) -> None:
        self.client, self.headers = client, {"Authorization": f"Bearer {token}"}

    def send(self, method: str, path: str, **sent: Any) -> Any:
        """The whole answer."""
        return self.client.open(f"/api/v1{path}", method=method, headers=self.headers, **sent)

    def get(self, path: str) -> tuple[int, Any]:
        answer = self.send("GET", path)
        return answer.status_code, answer.json

    def post(self, path: str, body: Any = None) -> tuple[int, Any]:
        answer = self.send("POST", path) if body is None else self.send("POST", path, json=body)
        return answer.status_code, answer.json

    def patch(self, path: str, body: Any) -> tuple[int, Any]:
        answer = self.send("PATCH", path, json=body)
        return answer.status_code, answer.json

    def scan(self, barcode: Any, action: Any = "use", **fields: Any) -> tuple[int, Any]:
        """One scan under a key of its own."""
        body = {"request_id": str(uuid4()), "barcode": barcode, "action": action, **fields}
        return self.post("/scans", body)


@pytest.fixture(scope="session")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Office]:
    """A database file of the newest schema, made once and copied for each test."""
    path = tmp_path_factory.mktemp("prepared_api") / "supply.db"
    db, office = Database(f"sqlite:///{path}"), Office()
    upgrade.migrate(db)

    def fill(session: Session) -> None:
        local = install(session, stations=[STATION], now=START)
        for role in Role:
            password = "correct horse battery" if role in (Role.nurse, Role.manager) else None
            added = people.add_person(session, name=role.value, roles=[role], password=password, by=local, now=START)
            office.ids[role] = added.id
            office.tokens[role] = tokens.create_token(session, person_name=role.value, by=local, now=START)
        fill_catalogue(session, local)

    db.transact(fill)
    with db.engine.connect() as connection:
        raw: Any = connection.connection.dbapi_connection
        raw.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    db.close()
    return path, office


def fill_catalogue(session: Session, local: Actor) -> None:
    """Gloves by the GTIN of a box of 100, a kit that needs lot and date, and tape without any code."""
    who: dict[str, Any] = {"actor_id": local.person_id, "now": START}
    gloves = catalog.add_item(session, sku="GLV-M", name="Exam gloves M", unit="pair", reorder_point=50, **who)
    kit = catalog.add_item(session, sku="KIT-1", name="Suture kit", lot_required=True, expiry_required=True, **who)
    catalog.add_item(session, sku="TAPE", name="Paper tape", unit="roll", category="Dressings", price=12_500, **who)
    for item, gtin, received in ((gloves, GTIN, 100), (kit, KIT_GTIN, 1)):
        barcode = parse(gtin, today=START.date())
        catalog.add_code(session, item=item, barcode=barcode, units_received=received, units_used=1, **who)
    add_location(session, code="ROOM-1", name="Room 1", parent_code=None, **who)


@pytest.fixture(scope="session")
def built(prepared: tuple[Path, Office], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    """The app, put together once: what takes longest in a test of this folder."""
    folder = tmp_path_factory.mktemp("built")
    db = Database(f"sqlite:///{prepared[0]}")
    yield create_app(db, load(None, {"SUPPLY_DATA": str(folder)}))
    db.close()


@pytest.fixture
def app(built: Flask, db: Database, settings: Settings, clock: Clock) -> Flask:
    """That app on this test's own database, settings and clock."""
    built.extensions[EXTENSION] = Context(db, settings, clock)
    return built


@pytest.fixture
def api(client: FlaskClient, office: Office) -> Callable[[Role], Api]:
    """The interface as one role sees it."""
    return lambda role: Api(client, office.tokens[role])


@pytest.fixture
def manager(api: Callable[[Role], Api]) -> Api:
    return api(Role.manager)


@pytest.fixture
def nurse(api: Callable[[Role], Api]) -> Api:
    return api(Role.nurse)


@pytest.fixture
def receive(manager: Api) -> Callable[..., dict[str, Any]]:
    """Receive boxes of gloves of a lot; gives the answer."""

    def take_in(lot: str = "A1", expiry: str = "270501", boxes: int = 1, **fields: Any) -> dict[str, Any]:
        status, answer = manager.scan(f"(01){GTIN}(17){expiry}(10){lot}", "receive", quantity=boxes, **fields)
        assert status == 201, answer
        return answer

    return take_in


def days_ago(days: float) -> str:
    """A moment before the start of the tests."""
    return (START - timedelta(days=days)).isoformat()
