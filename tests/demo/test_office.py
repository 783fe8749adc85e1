"""The demonstration office, made of its last four months."""

import json
import stat
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
import sqlalchemy as sa

from supply.audit import chain
from supply.barcodes.images import decode_image
from supply.db import Base, Database
from supply.demo.office import stock_office
from supply.errors import Conflict
from supply.migrations import upgrade
from supply.settings import Settings, load
from supply.staff import people, sign_in, tokens
from supply.staff.permissions import Role
from supply.stations.fields import ScanRules
from supply.stations.installing import install
from supply.stations.models import Device, ScanRecord, Station
from supply.stations.scans import Stored, handle_scan
from supply.stock import ledger, on_hand
from supply.stock.models import Item, ItemCode, Lot, LotState, Movement, MovementKind

NOW = datetime(2026, 11, 23, 15, 0, tzinfo=UTC)
TODAY = date(2026, 11, 23)
# A device names the data folder in its settings.
SECRET = {"password_hash", "token_hash", "badge_hash", "pin_hash", "settings"}


@dataclass(frozen=True)
class Demo:
    """A demonstration office and what its file says."""

    db: Database
    settings: Settings
    folder: Path
    first_rows: dict[str, list[dict[str, Any]]]

    @property
    def said(self) -> dict[str, Any]:
        return json.loads((self.folder / "demo.json").read_text("utf-8"))

    def count(self, *which: Any) -> int:
        with self.db.read_session() as session:
            return session.scalar(sa.select(sa.func.count()).where(*which)) or 0

    def scan(self, name: str, action: str = "use", by: str = "nurse", **fields: Any) -> Stored:
        body = {"request_id": str(uuid4()), "barcode": self.said["barcodes"][name], "action": action, **fields}
        rules = ScanRules.of(self.settings.scanning, self.settings.zone)
        return self.db.transact(
            lambda s: handle_scan(s, body=body, sender=people.find_actor(s, by), now=NOW, rules=rules)
        )


def made_in(folder: Path) -> Demo:
    settings = load(None, {"SUPPLY_DATA": str(folder)})
    db = Database(settings.database_url)
    upgrade.migrate(db)
    db.transact(lambda session: install(session, stations=(), now=NOW))
    stock_office(db, settings, NOW, days=120)
    return Demo(db, settings, folder, rows_of(db))


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Demo]:
    made = made_in(tmp_path_factory.mktemp("demo"))
    yield made
    made.db.close()


def rows_of(db: Database) -> dict[str, list[dict[str, Any]]]:
    """Every row of every table without what is secret."""
    found = {}
    with db.read_session() as session:
        for table in Base.metadata.sorted_tables:
            rows = session.execute(sa.select(table).order_by(*table.primary_key.columns)).mappings()
            found[table.name] = [{name: row[name] for name in row if name not in SECRET} for row in rows]
    return found


def test_the_same_day_gives_the_same_rows_down_to_the_audit_chain(demo: Demo, tmp_path: Path) -> None:
    again = made_in(tmp_path / "again")
    again.db.close()
    assert again.first_rows == demo.first_rows
    assert again.said["users"]["nurse"]["password"] != demo.said["users"]["nurse"]["password"]


def test_ledger_balances_and_audit_chain_agree(demo: Demo) -> None:
    with demo.db.read_session() as session:
        assert [*ledger.verify(session), *chain.verify(session)] == []


def test_there_are_150_items_with_codes_of_every_kind(demo: Demo) -> None:
    assert demo.count(Item.id > 0) >= 150
    for scheme in ("gtin", "hibc", "ndc11"):
        assert demo.count(ItemCode.scheme == scheme) >= 15
    without = ~sa.exists().where(ItemCode.item_id == Item.id)
    assert demo.count(Item.id > 0, without) >= 5
    assert demo.count(ItemCode.scheme == "gtin", ~ItemCode.value.like("_952%")) == 0
    assert demo.count(ItemCode.units_received == 100, ItemCode.units_used == 1) >= 10


def test_people_worked_on_open_days_only(demo: Demo) -> None:
    with demo.db.read_session() as session:
        used = sa.select(Movement.occurred_at).where(Movement.kind == MovementKind.issue, Movement.id < 8_000)
        days = {moment.astimezone(demo.settings.zone).date() for moment in session.scalars(used.distinct())}
        kinds = set(session.scalars(sa.select(Movement.kind).distinct()))
    assert len(days) > 60
    assert all(day.weekday() < 5 for day in days)
    assert date(2026, 9, 7) not in days  # Labor Day
    assert {MovementKind.receipt, MovementKind.issue, MovementKind.transfer, MovementKind.adjustment} <= kinds


def test_lots_of_every_state_are_on_the_shelf(demo: Demo) -> None:
    with demo.db.read_session() as session:
        lines = on_hand.stock_lines(session, today=TODAY, zone=demo.settings.zone)
    assert {"open", "expired", "held", "recalled"} <= {line.state for line in lines}
    assert {"office", "vfc", "samples"} == {line.owner for line in lines}
    assert any(line.lot is None and line.sku == "DRS-TELFA-3" for line in lines)
    assert any(line.expiry_precision == "month" for line in lines)
    assert any(line.expiry and 0 <= (line.expiry - TODAY).days < 7 for line in lines)
    assert {"FRIDGE-1", "LAB", "CRASH-CART", "EXAM-1"} <= {line.location for line in lines}
    assert demo.count(Lot.state == LotState.held, Lot.state_reason.is_not(None)) == 2


def test_some_scans_wait_for_a_person(demo: Demo) -> None:
    for needs, at_least in (("unresolved", 3), ("discrepancy", 2), ("exception", 1)):
        assert demo.count(ScanRecord.needs == needs, ScanRecord.settled_at.is_(None)) >= at_least


def test_every_role_is_a_person_who_can_sign_in_and_has_a_token(demo: Demo) -> None:
    users = demo.said["users"]
    assert set(users) == {role.value for role in Role}
    with demo.db.read_session() as session:
        for name, keys in users.items():
            actor = tokens.actor_for_token(session, keys["token"], NOW)
            assert (actor.name, actor.roles) == (name, frozenset({Role(name)}))
    password = users["nurse"]["password"]
    key, actor = sign_in.sign_in(demo.db, name="nurse", password=password, address="127.0.0.1", now=NOW)
    assert (bool(key), actor.name) == (True, "nurse")


def test_the_file_with_the_passwords_is_for_its_owner_only(demo: Demo) -> None:
    assert stat.S_IMODE((demo.folder / "demo.json").stat().st_mode) == 0o600
    assert list(demo.folder.glob("*.part")) == []


def test_the_stations_have_an_emulated_scanner_and_camera(demo: Demo) -> None:
    with demo.db.read_session() as session:
        modes = dict(session.execute(sa.select(Station.code, Station.mode)).tuples().all())
        settings = {row.name: json.loads(row.settings) for row in session.scalars(sa.select(Device))}
    assert modes == {"kiosk-1": "use", "receiving-1": "receive", "lab-1": "use"}
    assert settings["scanner-1"] == {"port": str(demo.folder / "devices" / "scanner-1")}
    picture = Path(settings["camera-1"]["path"])
    codes = decode_image(picture.read_bytes())
    assert [code.text for code in codes] == [demo.said["barcodes"]["receive_box"]]


@pytest.mark.parametrize(
    ("name", "came_to"),
    [
        ("use_item", "recorded"), ("use_lot", "recorded"), ("expires_soon", "recorded"), ("hibc", "recorded"),
        ("ndc", "recorded"), ("vaccine", "recorded"), ("house_item", "recorded"), ("expired", "expired_lot"),
        ("recalled", "recalled_lot"), ("held", "quarantined_lot"), ("which_lot", "which_lot"),
        ("unknown", "unresolved"),
    ],
)  # fmt: skip
def test_each_example_barcode_does_what_its_name_says(demo: Demo, name: str, came_to: str) -> None:
    answer = demo.scan(name).answer
    assert answer.get("code", answer["outcome"]) == came_to


def test_the_example_box_can_be_received(demo: Demo) -> None:
    answer = demo.scan("receive_box", "receive", by="receiver").answer
    assert (answer["outcome"], answer["movements"][0]["quantity"], answer["movements"][0]["lot"]) == (
        "recorded", 50, "DEMO-1",
    )  # fmt: skip


def test_an_office_with_items_is_never_mixed_with_the_demonstration(demo: Demo) -> None:
    before = demo.said
    with pytest.raises(Conflict, match="has items already"):
        stock_office(demo.db, demo.settings, NOW)
    assert demo.said == before
