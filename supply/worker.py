"""The long-running process: holds the lease, reads the devices of every station, hands what they read to the ledger.

Serves no request. Every read is journalled before it is sent, and sent with the same key until it is answered.
"""

import contextlib
import logging
import threading
from collections.abc import Callable
from dataclasses import asdict
from datetime import UTC, datetime
from functools import partial
from typing import Any
from uuid import UUID, uuid4

from supply.db import Database, NotSaved
from supply.devices.errors import DeviceError
from supply.devices.journal import Journal
from supply.devices.model import Scan, Scanner
from supply.devices.open import SCANNERS, open_scanner
from supply.errors import SupplyError
from supply.jobs.lease import Lease
from supply.settings import Settings
from supply.stations.device_scans import StationDevice, devices_to_run, handle_entry, note_device_state, scan_entry
from supply.stations.fields import ScanRules

log = logging.getLogger(__name__)

LEASE_SECONDS = 2.0
ROUND_SECONDS = 2.0
BEAT_SECONDS = 30.0
READ_SECONDS = 0.5
RETRY_SECONDS = 1.0
FAILED_SECONDS = 5.0


def utc_now() -> datetime:
    """This moment, aware, in UTC."""
    return datetime.now(UTC)


class Reader:
    """One device on a thread of its own: open, read, journal, send; comes back by itself."""

    def __init__(self, worker: "Worker", device: StationDevice) -> None:
        self.device = device
        self._worker = worker
        self._stopping = threading.Event()
        self._said: tuple[str, str] | None = None
        self._thread = threading.Thread(target=self._run, name=f"device {device.name}", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Ask it to end and wait until it has."""
        self._stopping.set()
        self._thread.join(timeout=10)

    def _run(self) -> None:
        while not self._stopping.is_set():
            scanner: Scanner | None = None
            try:
                scanner = open_scanner(self.device.name, {"driver": self.device.driver, **self.device.settings})
                self._read(scanner)
            except DeviceError as error:
                self._say("failed", error.message, None)
                self._stopping.wait(FAILED_SECONDS)
            except NotSaved as error:
                log.warning("device %s: %s", self.device.name, error.message)
                self._stopping.wait(RETRY_SECONDS)
            except Exception:
                log.exception("device %s stopped reading; it starts again", self.device.name)
                self._stopping.wait(FAILED_SECONDS)
            finally:
                if scanner is not None:
                    scanner.close()
        self._say("closed", "", None)

    def _read(self, scanner: Scanner) -> None:
        try:
            scanner.open()
        except DeviceError as error:
            if error.permanent:
                raise
        while not self._stopping.is_set():
            self._say(scanner.state.status.value, scanner.state.error or "", scanner.state.last_scan_at)
            for scan in scanner.read(READ_SECONDS):
                self._worker.take(self.device, scan)

    def _say(self, state: str, words: str, last_scan_at: datetime | None) -> None:
        """Write the state for the screens, only when it changed."""
        if (state, words) == self._said:
            return
        self._said = (state, words)
        self._worker.db.transact(
            lambda session: note_device_state(
                session, device_id=self.device.id, state=state, words=words, last_activity_at=last_scan_at
            ),
            idempotent=True,
        )


class Worker:
    """All readers, the journal and the lease."""

    def __init__(self, db: Database, settings: Settings, *, clock: Callable[[], datetime] = utc_now) -> None:
        self.db = db
        self._settings, self._clock = settings, clock
        self._rules = ScanRules.of(settings.scanning, settings.zone)
        self._lease = Lease(db, settings.data_folder)
        self._journal: Journal | None = None
        self._readers: dict[int, Reader] = {}
        self._stopping = threading.Event()
        self._wake = threading.Event()
        self._thread = threading.Thread(target=self._run, name="worker", daemon=True)

    def start(self) -> None:
        """Begin in a thread of its own; waits there until the lease is free."""
        self._thread.start()

    def stop(self) -> None:
        """Finish what is being recorded, close every device, give the lease up."""
        self._stopping.set()
        self._wake.set()
        if self._thread.is_alive():
            self._thread.join(timeout=30)

    def take(self, device: StationDevice, scan: Scan) -> None:
        """Journal one read and have it sent. Needs no database, so that a reader never stops listening for one."""
        now = self._clock()
        read = {
            "device": asdict(device),
            "raw": scan.raw,
            "read_at": min(scan.read_at, now).isoformat(),
            "taken_at": now.isoformat(),
        }
        assert self._journal is not None
        self._journal.add(str(uuid4()), read)
        self._wake.set()

    def _send_waiting(self) -> None:
        """Send what is journalled, oldest first; only the worker's own thread does, so that each goes out once."""
        assert self._journal is not None
        for key, entry in self._journal.waiting():
            if "body" not in entry:
                entry = self._entry_of(key, entry)
                self._journal.add(key, entry)  # fixed before it is sent: a second try must say the same
            record = partial(handle_entry, entry=entry, now=self._clock(), rules=self._rules)
            try:
                self.db.transact(record, idempotent=True)
            except NotSaved:
                raise
            except SupplyError as error:  # only a bug can refuse a scan of ours here; it stays in the log
                log.error("a scan could not be recorded: %s %r", error.message, entry)
            self._journal.answered(key)

    def _entry_of(self, key: str, read: dict[str, Any]) -> dict[str, Any]:
        with self.db.read_session() as session:
            return scan_entry(
                session,
                device=StationDevice(**read["device"]),
                request_id=UUID(key),
                raw=read["raw"],
                read_at=datetime.fromisoformat(read["read_at"]),
                now=datetime.fromisoformat(read["taken_at"]),
                idle_minutes=self._settings.sign_in.kiosk_idle_minutes,
            )

    def _run(self) -> None:
        """Lead whenever the lease is free; a lease lost with its connection is asked for again."""
        while not self._stopping.is_set():
            if not self._lease.try_acquire():
                self._stopping.wait(LEASE_SECONDS)
                continue
            self._journal = Journal(self._settings.data_folder / "journal" / "scans.jsonl")
            try:
                self._lead()
            finally:
                self._let_go(self._journal)
        self._lease.release()

    def _let_go(self, journal: Journal) -> None:
        for reader in self._readers.values():
            reader.stop()
        self._readers.clear()
        if self._lease.is_held():
            with contextlib.suppress(NotSaved):  # what still waits goes out at the next start
                self._send_waiting()
        journal.close()

    def _lead(self) -> None:
        started_at, beaten_at = self._clock(), None
        while not self._stopping.is_set() and self._lease.is_held():
            now = self._clock()
            try:
                if beaten_at is None or abs((now - beaten_at).total_seconds()) >= BEAT_SECONDS:
                    self._lease.beat(started_at=started_at, now=now)
                    beaten_at = now
                self._send_waiting()
                self._match_readers()
            except NotSaved as error:
                log.warning("worker: %s", error.message)
            except Exception:
                log.exception("the worker's round failed; it goes on with the next")
            self._wake.wait(ROUND_SECONDS)
            self._wake.clear()

    def _match_readers(self) -> None:
        """Start what was added, stop what was taken away, restart what was changed."""
        with self.db.read_session() as session:
            wanted = {device.id: device for device in devices_to_run(session) if device.driver in SCANNERS}
        for device_id, reader in list(self._readers.items()):
            if wanted.get(device_id) != reader.device:
                reader.stop()
                del self._readers[device_id]
        for device_id, device in wanted.items():
            if device_id not in self._readers:
                self._readers[device_id] = Reader(self, device)
