"""A served office with a station whose scanner hangs on another machine, and the agent there as a process."""

import json
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from supply import settings as settings_module
from supply.db import Database
from supply.devices.emulators.scanner import EmulatedScanner
from supply.staff.permissions import Role
from supply.stations import sessions
from supply.stations.enrolments import enrol
from supply.web.context import utc_now
from tests.factories import Office
from tests.serving import Served


def wait_for(what: Callable[[], bool], words: str, seconds: float = 30.0) -> None:
    """Wait until it is so, or fail with these words."""
    deadline = time.monotonic() + seconds
    while not what():
        assert time.monotonic() < deadline, words
        time.sleep(0.01)


@dataclass
class Workstation:
    """The machine with the scanner. `port` is where the agent finds the server."""

    office: Served
    folder: Path
    token: Path
    scanner: EmulatedScanner
    inside: Office
    process: subprocess.Popen[bytes] | None = None
    port: int = 0

    @property
    def journal(self) -> Path:
        return self.folder / "agent" / "bench" / "reads.jsonl"

    def start(self) -> None:
        """Start the agent and wait until it reads."""
        before = self.log().count("is open")
        log = open(self.folder / "agent.log", "ab")  # noqa: SIM115 - the process keeps it
        self.process = subprocess.Popen(
            [
                *(sys.executable, "-m", "supply", "agent", "--server", f"http://127.0.0.1:{self.port}"),
                *("--station", "bench", "--token-file", str(self.token)),
            ],
            env={**self.office.env(), "SUPPLY_DATA": str(self.folder)},
            stdout=log,
            stderr=log,
        )
        wait_for(lambda: self.log().count("is open") > before, f"the agent opened no scanner:\n{self.log()}", 60)

    def log(self) -> str:
        path = self.folder / "agent.log"
        return path.read_text() if path.exists() else ""

    def kill(self) -> None:
        """As a power cut would."""
        assert self.process is not None
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()

    def stop(self) -> int:
        """As systemd would."""
        if self.process is None or self.process.poll() is not None:
            return 0
        self.process.terminate()
        return self.process.wait(timeout=30)

    def kept(self) -> dict[str, dict[str, Any]]:
        """Every read that the journal ever held on to, by key."""
        lines = [json.loads(line) for line in self.journal.read_bytes().splitlines()] if self.journal.exists() else []
        return {line["key"]: line["entry"] for line in lines if "entry" in line}

    def waiting(self) -> int:
        """How many reads have no answer yet."""
        lines = [json.loads(line) for line in self.journal.read_bytes().splitlines()]
        return len(
            {line["key"] for line in lines if "entry" in line} - {ln["key"] for ln in lines if "entry" not in ln}
        )

    def recorded(self) -> list[str]:
        """The text of every scan that the server holds of this station, in the order of arrival."""
        with closing(sqlite3.connect(self.office.folder / "supply.db")) as db:
            rows = db.execute("SELECT barcode FROM scan_records WHERE station = 'bench' ORDER BY id").fetchall()
        return [str(row[0]) for row in rows]


def workstation(office: Served, folder: Path, template: Path) -> Workstation:
    """An installed office with 10,000 gloves, a nurse signed on at the station bench, and its agent's token."""
    shutil.copy(template, office.folder / "supply.db")
    db = Database(settings_module.load(None, {"SUPPLY_DATA": str(office.folder)}).database_url)
    inside = Office(db, utc_now())
    inside.item()
    inside.receive("A1", "280101", 10_000)
    nurse = inside.person("nora", Role.nurse)
    scanner = EmulatedScanner(folder / "dev" / "scanner")

    def add(session: Any) -> str:
        now: dict[str, Any] = {"now": inside.now}
        station = sessions.add_station(
            session, code="bench", name="Bench", location="STOREROOM", mode="use", actor_id=None, **now
        )
        settings = {"port": str(scanner.link), "framing": "cr"}
        device = sessions.add_device(
            session, station=station, name="bench-scanner", driver="serial", settings=settings, actor_id=None, **now
        )
        device.runs_at = "agent"
        sessions.sign_on(session, station=station, actor=nurse, mode=None, **now)
        return enrol(session, station_code="bench", kind="agent", label="bench pc", by=inside.local, **now)

    token = folder / "token"
    folder.mkdir(parents=True, exist_ok=True)
    token.touch(mode=0o600)
    token.write_text(db.transact(add) + "\n")
    return Workstation(office, folder, token, scanner, inside, port=office.port)
