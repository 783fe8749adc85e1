"""The worker: a serial scanner on a pseudo-terminal counts for whoever is signed on at its station, once."""

import json
import shutil
import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from uuid import uuid4

import pytest
import sqlalchemy as sa

from supply import settings as settings_module
from supply.db import Database
from supply.devices.emulators.scanner import EmulatedScanner
from supply.devices.journal import Journal
from supply.jobs.lease import Lease
from supply.settings import Settings
from supply.staff.permissions import Actor, Role
from supply.stations import sessions
from supply.stations.models import Device, ScanRecord
from supply.worker.process import Worker
from tests.factories import GLOVES, Office, gs1


def settings_in(folder: Path) -> Settings:
    return settings_module.load(None, {"SUPPLY_DATA": str(folder)})


@dataclass
class Bench:
    """An office with one station, an emulated scanner on it, and a worker."""

    office: Office
    scanner: EmulatedScanner
    folder: Path
    nurse: Actor

    def worker(self) -> Worker:
        return Worker(self.office.db, settings_in(self.folder), clock=lambda: self.office.now)

    def sign_on(self, mode: str = "use") -> None:
        def act(session: sa.orm.Session) -> None:
            station = sessions.find_station(session, "kiosk-1")
            sessions.sign_on(session, station=station, actor=self.nurse, mode=mode, now=self.office.now)

        self.office.db.transact(act)

    def records(self) -> list[ScanRecord]:
        with self.office.db.read_session() as session:
            return list(
                session.scalars(sa.select(ScanRecord).where(ScanRecord.station == "kiosk-1").order_by(ScanRecord.id))
            )

    def wait_for(self, scans: int, seconds: float = 15) -> list[ScanRecord]:
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            found = self.records()
            if len(found) >= scans:
                return found
            time.sleep(0.05)
        raise AssertionError(f"{len(self.records())} scans arrived, {scans} were sent")

    def wait_until_open(self) -> None:
        deadline = time.monotonic() + 15
        while time.monotonic() < deadline:
            with self.office.db.read_session() as session:
                if session.scalar(sa.select(Device.state)) == "open":
                    return
            time.sleep(0.05)
        raise AssertionError("the scanner was never opened")


@pytest.fixture
def bench(sqlite_db: Database, now: datetime, tmp_path: Path) -> Iterator[Bench]:
    office = Office(sqlite_db, now)
    office.item()
    office.receive("A1", "280101", 50)
    nurse = office.person("nora", Role.nurse)
    link = tmp_path / "dev" / "scanner-1"

    def add(session: sa.orm.Session) -> None:
        station = sessions.add_station(
            session, code="kiosk-1", name="Kiosk", location="STOREROOM", mode="use", actor_id=None, now=now
        )
        sessions.add_device(
            session,
            station=station,
            name="scanner-1",
            driver="serial",
            settings={"port": str(link)},
            actor_id=None,
            now=now,
        )

    office.db.transact(add)
    with EmulatedScanner(link) as scanner:
        yield Bench(office, scanner, tmp_path, nurse)


def test_a_serial_scan_counts_for_the_person_signed_on(bench: Bench) -> None:
    bench.sign_on()
    worker = bench.worker()
    worker.start()
    try:
        bench.wait_until_open()
        for _ in range(3):
            bench.scanner.scan(gs1(GLOVES, lot="A1", expiry="280101"))
        records = bench.wait_for(3)
    finally:
        worker.stop()

    assert [(r.outcome, r.actor_id) for r in records] == [("recorded", bench.nurse.person_id)] * 3
    assert bench.office.stock() == {"A1": 47}
    assert bench.office.faults() == []


def test_the_mode_of_the_station_decides_what_a_scan_does(bench: Bench) -> None:
    bench.sign_on("lookup")
    worker = bench.worker()
    worker.start()
    try:
        bench.wait_until_open()
        bench.scanner.scan(GLOVES)
        (record,) = bench.wait_for(1)
    finally:
        worker.stop()
    assert (record.action, record.outcome) == ("lookup", "found")


def test_with_nobody_signed_on_the_scan_is_kept_and_moves_nothing(bench: Bench) -> None:
    worker = bench.worker()
    worker.start()
    try:
        bench.wait_until_open()
        bench.scanner.scan(GLOVES)
        (record,) = bench.wait_for(1)
    finally:
        worker.stop()
    assert (record.outcome, json.loads(record.answer)["code"]) == ("refused", "not_allowed")
    assert "signed on" in json.loads(record.answer)["detail"]
    assert bench.office.stock() == {"A1": 50}


def test_a_scanner_unplugged_in_mid_frame_gives_whole_scans_or_none(bench: Bench) -> None:
    bench.sign_on()
    worker = bench.worker()
    worker.start()
    code = gs1(GLOVES, lot="A1", expiry="280101")
    try:
        bench.wait_until_open()
        for n in range(1, 4):
            bench.scanner.half(code)
            bench.scanner.replug()
            deadline = time.monotonic() + 15
            while len(bench.records()) < n and time.monotonic() < deadline:
                bench.scanner.scan(code)
                time.sleep(0.4)
    finally:
        worker.stop()
    assert {r.barcode for r in bench.records()} == {code}


def test_what_was_journalled_before_a_crash_is_recorded_once_afterwards(bench: Bench) -> None:
    entry = {
        "person_id": bench.nurse.person_id,
        "station_id": 1,
        "body": {"request_id": str(uuid4()), "barcode": GLOVES, "action": "use", "station": "kiosk-1"},
    }
    path = bench.folder / "journal" / "scans.jsonl"
    journal = Journal(path)
    journal.add(entry["body"]["request_id"], entry)  # type: ignore[index]
    journal.close()
    for _ in range(2):  # the second worker finds nothing left to do
        kept = path.with_suffix(".before")
        shutil.copy(path, kept)
        worker = bench.worker()
        worker.start()
        bench.wait_for(1)
        worker.stop()
        shutil.copy(kept, path)  # as if the crash came before the answer was noted
    assert len(bench.records()) == 1
    assert bench.office.stock() == {"A1": 49}


def test_a_second_worker_waits_for_the_lease(either_db: Database, tmp_path: Path) -> None:
    first, second = Lease(either_db, tmp_path), Lease(either_db, tmp_path)
    assert first.try_acquire()
    assert not second.try_acquire()
    assert first.is_held()
    first.release()
    assert second.try_acquire()
    second.release()


def test_a_line_cut_by_a_crash_is_no_request(tmp_path: Path) -> None:
    path = tmp_path / "journal.jsonl"
    journal = Journal(path)
    journal.add("a", {"n": 1})
    journal.add("b", {"n": 2})
    journal.answered("a")
    journal.close()
    with open(path, "ab") as file:
        file.write(b'{"key": "c", "ent')
    again = Journal(path)
    assert again.waiting() == [("b", {"n": 2})]
    again.add("d", {"n": 4})
    again.close()
    assert [key for key, _ in Journal(path).waiting()] == ["b", "d"]


def test_codes_read_while_the_database_is_away_are_all_recorded_when_it_is_back(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Another program holds the write lock longer than the worker waits; the scanner goes on sending."""
    monkeypatch.setattr("supply.db.RETRY_SECONDS", 0.1)
    bench.sign_on()
    worker = bench.worker()
    worker.start()
    try:
        bench.wait_until_open()
        assert bench.office.db.path is not None
        sa.event.listen(bench.office.db.writer, "connect", lambda raw, _: raw.execute("PRAGMA busy_timeout=20").close())
        bench.office.db.writer.dispose()
        with closing(sqlite3.connect(bench.office.db.path, isolation_level=None)) as other:
            other.execute("BEGIN IMMEDIATE")
            for _ in range(5):
                bench.scanner.scan(GLOVES)
            time.sleep(3)
            assert bench.records() == []
            other.execute("ROLLBACK")
        records = bench.wait_for(5)
    finally:
        worker.stop()
    assert [record.outcome for record in records] == ["recorded"] * 5
    assert bench.office.stock() == {"A1": 45}


def test_a_lease_lost_with_its_connection_is_taken_again(postgres_db: Database, tmp_path: Path) -> None:
    """As when the database restarts under the worker."""
    holders = sa.text(
        "SELECT pid FROM pg_locks JOIN pg_database ON pg_database.oid = pg_locks.database "
        "WHERE locktype = 'advisory' AND objid = 7032 AND datname = current_database()"  # the lease, not a job's lock
    )

    def holder() -> int | None:
        with postgres_db.engine.connect() as connection:
            return connection.scalar(holders)

    def wait_for(another: int | None) -> int:
        deadline = time.monotonic() + 20
        while time.monotonic() < deadline:
            found = holder()
            if found is not None and found != another:
                return found
            time.sleep(0.1)
        raise AssertionError("nobody holds the lease")

    worker = Worker(postgres_db, settings_in(tmp_path))
    worker.start()
    try:
        first = wait_for(None)
        with postgres_db.engine.connect() as connection:
            connection.execute(sa.text("SELECT pg_terminate_backend(:pid)"), {"pid": first})
        assert wait_for(first) != first
    finally:
        worker.stop()
    deadline = time.monotonic() + 20
    while holder() is not None and time.monotonic() < deadline:  # the server notices a moment later
        time.sleep(0.1)
    assert holder() is None
