"""What a person asks of the worker now: a device is tried and nothing recorded; what is plugged in is listed."""

import json
import threading
import time
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path

import pytest
import sqlalchemy as sa

from supply import settings as settings_module
from supply.db import Database
from supply.devices.emulators.printer import EmulatedPrinter
from supply.devices.emulators.scanner import EmulatedScanner
from supply.stations import sessions, work_requests
from supply.stations.models import Device, ScanRecord, WorkRequest
from supply.worker.process import Worker
from tests.factories import Office


class Asking:
    """An office with a serial scanner and a network printer, both emulated, and a running worker."""

    def __init__(self, office: Office, folder: Path, printer: EmulatedPrinter) -> None:
        self.office, self.folder = office, folder
        self.scanner = EmulatedScanner(folder / "scanner")
        office.db.transact(lambda session: self._install(session, printer))

    def _install(self, session: sa.orm.Session, printer: EmulatedPrinter) -> None:
        station = sessions.add_station(
            session, code="kiosk-1", name="Kiosk", location="STOREROOM", mode="use", actor_id=None, now=self.office.now
        )
        devices = {
            "scanner-1": ("serial", {"port": str(self.folder / "scanner")}),
            "printer-1": ("escpos-network", {"host": printer.host, "port": printer.port, "mm_per_second": 3000}),
            "wedge-1": ("keyboard", {}),
            "gone-1": ("serial", {"port": str(self.folder / "nothing")}),
        }
        for name, (driver, given) in devices.items():
            sessions.add_device(
                session, station=station, name=name, driver=driver, settings=given, actor_id=None, now=self.office.now
            )

    def wait(self, done: Callable[[sa.orm.Session], bool], seconds: float = 20) -> None:
        ends = time.monotonic() + seconds
        while time.monotonic() < ends:
            with self.office.db.read_session() as session:
                if done(session):
                    return
            time.sleep(0.1)
        raise AssertionError("it did not happen in time")

    def is_in(self, name: str, *states: str) -> None:
        named = sa.select(Device.state).where(Device.name == name)
        self.wait(lambda session: session.scalar(named) in states)

    def ask(self, kind: str, subject: str, **details: object) -> int:
        by, now = self.office.local, self.office.now
        return self.office.db.transact(
            lambda s: work_requests.ask(s, kind=kind, subject=subject, details=details, actor=by, now=now).id
        )

    def answer(self, number: int) -> WorkRequest:
        self.wait(lambda session: session.get_one(WorkRequest, number).ended_at is not None)
        with self.office.db.read_session() as session:
            return session.get_one(WorkRequest, number)


@pytest.fixture
def asking(sqlite_db: Database, now: datetime, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Asking]:
    monkeypatch.setattr("supply.worker.requests.WAIT_SECONDS", 4.0)
    monkeypatch.setattr("supply.worker.requests.DISCOVERY_SECONDS", 0.5)
    monkeypatch.setattr("supply.worker.process.ROUND_SECONDS", 0.1)
    office = Office(sqlite_db, now)
    with EmulatedPrinter(tmp_path / "labels") as printer:
        asking = Asking(office, tmp_path, printer)
        settings = settings_module.load(None, {"SUPPLY_DATA": str(tmp_path)})
        worker = Worker(office.db, settings, clock=lambda: office.now)
        with asking.scanner:
            worker.start()
            yield asking
            worker.stop()


def test_a_scan_of_a_test_is_shown_whole_and_recorded_nowhere(asking: Asking) -> None:
    asking.is_in("scanner-1", "open")
    number = asking.ask(work_requests.DEVICE_TEST, "scanner-1", reads=1)
    asking.wait(lambda session: session.get_one(WorkRequest, number).taken_at is not None)
    typing = threading.Timer(0.4, lambda: asking.scanner.scan("]d20109520123456788\x1d10A"))
    typing.start()
    answer = asking.answer(number)
    assert (answer.is_done, json.loads(answer.result)["reads"][0]["aim"]) == (True, "]d2")
    assert "\x1d10A" in json.loads(answer.result)["reads"][0]["raw"]
    count = sa.select(sa.func.count()).select_from(ScanRecord)
    with asking.office.db.read_session() as session:
        assert session.scalar(count) == 0
    asking.scanner.scan("AFTER-THE-TEST")
    asking.wait(lambda session: session.scalar(count) == 1)


def test_a_scanner_that_stays_silent_is_said_to(asking: Asking) -> None:
    asking.is_in("scanner-1", "open")
    answer = asking.answer(asking.ask(work_requests.DEVICE_TEST, "scanner-1"))
    assert not answer.is_done
    assert "read nothing" in answer.words


def test_a_printer_prints_a_label_that_is_asked_about(asking: Asking) -> None:
    answer = asking.answer(asking.ask(work_requests.DEVICE_TEST, "printer-1"))
    assert answer.is_done, answer.words
    assert "scan it back" in answer.words
    assert json.loads(answer.result)["state"] == "printed"
    assert len(list((asking.folder / "labels").glob("*.png"))) == 1


def test_what_cannot_be_tried_is_said_in_words_and_the_round_goes_on(asking: Asking) -> None:
    asking.is_in("gone-1", "failed", "reconnecting")
    said = {name: asking.ask(work_requests.DEVICE_TEST, name) for name in ("gone-1", "wedge-1", "no-such")}
    answers = {name: asking.answer(number).words for name, number in said.items()}
    assert "is not ready" in answers["gone-1"]
    assert "scanner set-up" in answers["wedge-1"]
    assert "no device 'no-such'" in answers["no-such"]


def test_what_is_there_is_listed_with_what_could_not_be_looked_for(asking: Asking) -> None:
    answer = asking.answer(asking.ask(work_requests.DEVICE_DISCOVERY, work_requests.EVERYTHING))
    assert answer.is_done
    assert set(json.loads(answer.result)) == {"found", "missed"}
