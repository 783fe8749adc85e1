"""The scanners and cameras of every station, each on a thread of its own, their reads journalled before they are sent.

Decides nothing about what a read means. Readers never wait for the database; one thread alone sends.
"""

import contextlib
import logging
import threading
from collections.abc import Callable
from dataclasses import asdict
from datetime import datetime
from functools import partial
from typing import Any
from uuid import UUID, uuid4

from supply.db import Database, NotSaved
from supply.devices.errors import DeviceError
from supply.devices.journal import Journal
from supply.devices.model import Scan, Scanner
from supply.devices.open import SCANNERS, open_scanner
from supply.errors import SupplyError
from supply.settings import Settings
from supply.stations.device_scans import StationDevice, devices_to_run, handle_entry, note_device_state, scan_entry
from supply.stations.fields import ScanRules

log = logging.getLogger(__name__)

READ_SECONDS = 0.5
RETRY_SECONDS = 1.0
FAILED_SECONDS = 5.0


class Reader:
    """One device on a thread of its own: open, read, journal; comes back by itself."""

    def __init__(self, readers: "Readers", device: StationDevice) -> None:
        self.device = device
        self._readers = readers
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
                self._readers.take(self.device, scan)

    def _say(self, state: str, words: str, last_scan_at: datetime | None) -> None:
        """Write the state for the screens, only when it changed."""
        if (state, words) == self._said:
            return
        self._said = (state, words)
        self._readers.db.transact(
            lambda session: note_device_state(
                session, device_id=self.device.id, state=state, words=words, last_activity_at=last_scan_at
            ),
            idempotent=True,
        )


class Readers:
    """The part of the worker that reads: all readers and their journal."""

    def __init__(
        self, db: Database, settings: Settings, clock: Callable[[], datetime], wake: Callable[[], None]
    ) -> None:
        self.db = db
        self._settings, self._clock, self._wake = settings, clock, wake
        self._rules = ScanRules.of(
            settings.scanning,
            settings.zone,
            labels_at_receipt=settings.labels.at_receipt,
            law_folder=settings.waste.law_folder,
        )
        self._journal = Journal(settings.data_folder / "journal" / "scans.jsonl")
        self._running: dict[int, Reader] = {}

    def round(self) -> None:
        """Send what waits; start, stop and restart readers as the devices are now."""
        self._send_waiting()
        self._match()

    def stop(self, *, still_leads: bool) -> None:
        """Close every device; send what is left, if this is still the one worker."""
        for reader in self._running.values():
            reader.stop()
        self._running.clear()
        if still_leads:
            with contextlib.suppress(NotSaved):  # what still waits goes out at the next start
                self._send_waiting()
        self._journal.close()

    def take(self, device: StationDevice, scan: Scan) -> None:
        """Journal one read and have it sent. Needs no database, so that a reader never stops listening for one."""
        now = self._clock()
        read = {
            "device": asdict(device),
            "raw": scan.raw,
            "read_at": min(scan.read_at, now).isoformat(),
            "taken_at": now.isoformat(),
        }
        self._journal.add(str(uuid4()), read)
        self._wake()

    def _send_waiting(self) -> None:
        """Send what is journalled, oldest first; only the worker's own thread does, so that each goes out once."""
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

    def _match(self) -> None:
        """Start what was added, stop what was taken away, restart what was changed."""
        with self.db.read_session() as session:
            wanted = {device.id: device for device in devices_to_run(session) if device.driver in SCANNERS}
        for device_id, reader in list(self._running.items()):
            if wanted.get(device_id) != reader.device:
                reader.stop()
                del self._running[device_id]
        for device_id, device in wanted.items():
            if device_id not in self._running:
                self._running[device_id] = Reader(self, device)
