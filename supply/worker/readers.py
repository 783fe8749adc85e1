"""The scanners and cameras that the server opens itself, their reads journalled before they are sent.

Decides nothing about what a read means. Readers never wait for the database; one thread alone sends.
"""

import contextlib
import logging
from collections.abc import Callable
from dataclasses import asdict
from datetime import datetime
from functools import partial
from typing import Any
from uuid import UUID, uuid4

from supply.db import Database, NotSaved
from supply.devices.journal import Journal
from supply.devices.model import Scan
from supply.devices.open import SCANNERS, open_scanner
from supply.devices.reading import Reader
from supply.devices.reading import Readers as Running
from supply.errors import SupplyError
from supply.settings import Settings
from supply.stations.device_scans import StationDevice, devices_to_run, handle_entry, note_device_state, scan_entry
from supply.stations.fields import ScanRules

log = logging.getLogger(__name__)


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
        self._readers = Running(self._start)

    def round(self) -> None:
        """Send what waits; start, stop and restart readers as the devices are now."""
        self._send_waiting()
        self._match()

    def stop(self, *, still_leads: bool) -> None:
        """Close every device; send what is left, if this is still the one worker."""
        self._readers.stop()
        if still_leads:
            with contextlib.suppress(NotSaved):  # what still waits goes out at the next start
                self._send_waiting()
        self._journal.close()

    def take(self, device: StationDevice, scan: Scan) -> None:
        """Journal one read and have it sent. Needs no database, so that a reader never stops listening for one."""
        now = self._clock()
        read = {
            "device": asdict(device),
            "raw": scan.text,
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
                mode_idle_minutes=self._settings.kiosk.mode_idle_minutes,
            )

    def _match(self) -> None:
        """Read what the server is to open; a device that an agent opens is none of ours."""
        with self.db.read_session() as session:
            found = [device for device in devices_to_run(session) if device.driver in SCANNERS]
        self._readers.match({str(device.id): device for device in found if device.runs_at == "server"})

    def _start(self, device: StationDevice) -> Reader:
        settings = {"driver": device.driver, "profile": device.profile, **device.settings}
        return Reader(
            device.name,
            lambda: open_scanner(device.name, settings),
            lambda scan: self.take(device, scan),
            partial(self._tell, device),
        )

    def _tell(self, device: StationDevice, state: str, words: str, last_scan_at: datetime | None) -> bool:
        """Write the state for the screens; said again later when the database does not take it now."""
        try:
            self.db.transact(
                lambda session: note_device_state(
                    session, device_id=device.id, state=state, words=words, last_activity_at=last_scan_at
                ),
                idempotent=True,
            )
        except NotSaved as error:
            log.warning("device %s: %s", device.name, error.message)
            return False
        return True
