"""The worker's part that answers a person: test this device now, look for devices now. Each on a thread of its own.

Decides nothing about stock: what a scanner reads during its test is shown and never recorded as a scan.
"""

import json
import logging
import threading
import time
from collections.abc import Callable
from dataclasses import asdict
from datetime import datetime
from typing import Any, Final
from uuid import uuid4

from sqlalchemy.orm import Session

from supply.db import Database, NotSaved
from supply.devices.discovery import discover_all
from supply.devices.errors import DeviceError
from supply.devices.model import Scan
from supply.devices.open import SCANNERS
from supply.devices.printers.addresses import Reach
from supply.devices.printers.open import PRINTERS
from supply.errors import SupplyError
from supply.labels import print_jobs
from supply.labels.content import ItemLabel
from supply.labels.models import PrintState
from supply.labels.symbols import Symbol
from supply.settings import Settings
from supply.stations import work_requests
from supply.stations.device_scans import StationDevice
from supply.stations.models import WorkRequest
from supply.stations.work_requests import DEVICE_DISCOVERY, DEVICE_TEST, Ended, device_to_test
from supply.worker.readers import Readers

log = logging.getLogger(__name__)

WAIT_SECONDS: Final = 15.0  # for a scan
MORE_SECONDS: Final = 1.0  # for a second scan after the first
PRINT_SECONDS: Final = 30.0
DISCOVERY_SECONDS: Final = 3.0
LOOK_SECONDS: Final = 0.2
TEST_CODE: Final = "SUPPLY-TEST"
MOST_READS: Final = 20
_ENDS: Final = {
    PrintState.printed: "It printed. Look whether the label came out, and scan it back.",
    PrintState.unknown: "It may have come out, or not: the printer did not say. Look, and answer in the print queue.",
    PrintState.attention: "It has not come out:",
    PrintState.cancelled: "Somebody cancelled the test label.",
}


class Tap:
    """Reads of devices that are being tested now, in place of recording them."""

    def __init__(self) -> None:
        self._lock = threading.Condition()
        self._reads: dict[int, list[Scan]] = {}

    def begin(self, device_id: int) -> None:
        """From now on the reads of this device are kept here."""
        with self._lock:
            self._reads[device_id] = []

    def takes(self, device_id: int, scan: Scan) -> bool:
        """Whether this read belongs to a test; then it is kept."""
        with self._lock:
            if device_id not in self._reads:
                return False
            if len(self._reads[device_id]) < MOST_READS:
                self._reads[device_id].append(scan)
            self._lock.notify_all()
            return True

    def wait(self, device_id: int, count: int, until: Callable[[], bool]) -> None:
        """Wait until so many reads came, or `until` says that it is enough."""
        with self._lock:
            while len(self._reads.get(device_id, ())) < count and not until():
                self._lock.wait(LOOK_SECONDS)

    def end(self, device_id: int) -> list[Scan]:
        """What came; the device's reads are recorded again from now on."""
        with self._lock:
            return self._reads.pop(device_id, [])


class TappedReaders(Readers):
    """The readers, with a tap for tests."""

    tap: Tap

    def take(self, device: StationDevice, scan: Scan) -> None:
        """Give a read to its test, else record it."""
        if not self.tap.takes(device.id, scan):
            super().take(device, scan)


class Requests:
    """Takes what people asked for, one of each kind at a time, and says what came of it. Never blocks the round."""

    def __init__(self, db: Database, settings: Settings, clock: Callable[[], datetime], tap: Tap) -> None:
        self._db, self._settings, self._clock, self._tap = db, settings, clock, tap
        self._stopping = threading.Event()
        self._busy: dict[str, threading.Thread] = {}
        self._has_begun = False

    def round(self) -> None:
        """Begin what waits, unless one of its kind is under way."""
        if not self._has_begun:
            kinds = (DEVICE_TEST, DEVICE_DISCOVERY)
            self._db.transact(lambda session: work_requests.give_back(session, kinds=kinds), idempotent=True)
            self._has_begun = True
        for kind, answer in ((DEVICE_TEST, self._test), (DEVICE_DISCOVERY, self._discover)):
            running = self._busy.get(kind)
            if running is None or not running.is_alive():
                self._begin(kind, answer)

    def stop(self, *, still_leads: bool) -> None:
        """Break off what is under way; it is asked again by whoever leads next."""
        self._stopping.set()
        for thread in self._busy.values():
            thread.join(timeout=DISCOVERY_SECONDS + 5)

    def _begin(self, kind: str, answer: Callable[[WorkRequest], Ended]) -> None:
        with self._db.read_session() as session:
            if all(row.taken_at is not None for row in work_requests.unfinished(session, kind=kind)):
                return
        now = self._clock()
        taken = self._db.transact(lambda session: work_requests.take_next(session, kinds=(kind,), now=now))
        if taken is not None:
            thread = threading.Thread(target=self._answer, args=(taken, answer), name=f"worker {kind}", daemon=True)
            self._busy[kind] = thread
            thread.start()

    def _answer(self, request: WorkRequest, answer: Callable[[WorkRequest], Ended]) -> None:
        try:
            ended = answer(request)
        except (DeviceError, SupplyError) as error:
            ended = Ended(False, error.message)
        if self._stopping.is_set():
            return  # nobody waited long enough to know: the next worker asks again
        try:
            self._db.transact(
                lambda s: work_requests.finish(
                    s,
                    request_id=request.id,
                    is_done=ended.is_done,
                    words=ended.words,
                    result=ended.result,
                    now=self._clock(),
                ),
                idempotent=True,
            )
        except NotSaved as error:
            log.warning("what %s came to could not be kept: %s", request.kind, error.message)

    def _test(self, request: WorkRequest) -> Ended:
        with self._db.read_session() as session:
            device, state, words = device_to_test(session, request.subject)
        if device.driver in PRINTERS:
            return self._print(device, request)
        if device.driver not in SCANNERS:
            return Ended(False, f"{device.name} types into its screen; try it with scanner set-up.")
        if state != "open":
            return Ended(False, f"{device.name} is not ready. {words}".strip())
        return self._listen(device, json.loads(request.details))

    def _listen(self, device: StationDevice, details: dict[str, Any]) -> Ended:
        """Wait for scans; what comes is shown in full and recorded nowhere."""
        wanted = min(int(details.get("reads", 1)), MOST_READS)
        ends = time.monotonic() + WAIT_SECONDS
        self._tap.begin(device.id)
        try:
            self._tap.wait(device.id, 1, lambda: self._is_over(ends))
            if not self._is_over(ends):
                more = time.monotonic() + (MORE_SECONDS if wanted == 1 else WAIT_SECONDS / 3)
                self._tap.wait(device.id, wanted + 1 if wanted == 1 else wanted, lambda: self._is_over(more))
        finally:
            scans = self._tap.end(device.id)
        reads = [{"raw": scan.raw, "text": scan.text, "aim": scan.aim} for scan in scans]
        if not scans:
            words = f"{device.name} read nothing in {WAIT_SECONDS:.0f} seconds. Check that it beeps when it scans."
            return Ended(False, words, {"reads": []})
        return Ended(True, f"{device.name} works: {_count(len(scans))}.", {"reads": reads})

    def _is_over(self, ends: float) -> bool:
        return self._stopping.is_set() or time.monotonic() >= ends

    def _print(self, device: StationDevice, request: WorkRequest) -> Ended:
        """Print a test label through the queue, as any other label, and wait for what comes of it."""
        symbol = Symbol(text=TEST_CODE, human=TEST_CODE)
        content = ItemLabel(name=f"Test label of {device.name}", sku="TEST", barcode=symbol)
        key, now = uuid4(), self._clock()

        def ask(session: Session) -> int:
            return print_jobs.queue(
                session,
                request_id=key,
                content=content,
                copies=1,
                device_id=device.id,
                actor_id=request.asked_by_id,
                now=now,
                subject=f"test of {device.name}",
            ).id

        job_id = self._db.transact(ask, idempotent=True)
        ends = time.monotonic() + PRINT_SECONDS
        while not self._is_over(ends):
            with self._db.read_session() as session:
                job = print_jobs.find_job(session, job_id)
                state, words = job.state, job.state_words
            if state in _ENDS:
                said = f"{_ENDS[PrintState(state)]} {words if state == PrintState.attention else ''}".strip()
                return Ended(state == PrintState.printed, said, {"job": job_id, "state": state})
            self._stopping.wait(LOOK_SECONDS)
        words = f"The test label still waits for {device.name}. It is in the print queue."
        return Ended(False, words, {"job": job_id, "state": "queued"})

    def _discover(self, request: WorkRequest) -> Ended:
        allowed = self._settings.printing
        reach = Reach(tuple(allowed.networks), tuple(allowed.ports))
        found, missed = discover_all(DISCOVERY_SECONDS, reach=reach)
        words = f"{len(found)} found." if found else "Nothing was found."
        return Ended(True, words, {"found": [asdict(one) for one in found], "missed": missed})


def _count(reads: int) -> str:
    return "1 scan came" if reads == 1 else f"{reads} scans came"
