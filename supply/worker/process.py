"""The worker: holds the lease and, while it does, runs its parts: readers, print queue, timetable."""

import logging
import threading
from collections.abc import Callable
from datetime import UTC, datetime
from functools import partial
from typing import Protocol

from supply.db import Database, NotSaved
from supply.jobs.lease import Lease
from supply.settings import Settings
from supply.worker.printing import Printing
from supply.worker.requests import Requests, Tap, TappedReaders
from supply.worker.scheduling import Scheduling

log = logging.getLogger(__name__)

LEASE_SECONDS = 2.0
ROUND_SECONDS = 2.0
BEAT_SECONDS = 30.0


class Part(Protocol):
    """What the worker does besides leading. A part is made anew each time the lease is won."""

    def round(self) -> None:
        """One turn: short, and never waiting for a device."""

    def stop(self, *, still_leads: bool) -> None:
        """Finish what is under way and let go of everything."""


def utc_now() -> datetime:
    """This moment, aware, in UTC."""
    return datetime.now(UTC)


class Worker:
    """The lease and the parts. A part that fails in one round is tried again in the next and never stops another."""

    def __init__(self, db: Database, settings: Settings, *, clock: Callable[[], datetime] = utc_now) -> None:
        self.db = db
        self._settings, self._clock = settings, clock
        self._lease = Lease(db, settings.data_folder)
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

    def _run(self) -> None:
        """Lead whenever the lease is free; a lease lost with its connection is asked for again."""
        while not self._stopping.is_set():
            if not self._lease.try_acquire():
                self._stopping.wait(LEASE_SECONDS)
                continue
            parts = self._parts()
            try:
                self._lead(parts)
            finally:
                for part in reversed(parts):
                    part.stop(still_leads=self._lease.is_held())
        self._lease.release()

    def _parts(self) -> tuple[Part, ...]:
        readers = TappedReaders(self.db, self._settings, self._clock, self._wake.set)
        readers.tap = Tap()
        return (
            readers,
            Printing(self.db, self._settings, self._clock),
            Requests(self.db, self._settings, self._clock, readers.tap),
            Scheduling(self.db, self._settings, self._clock, self._lease.is_held),
        )

    def _lead(self, parts: tuple[Part, ...]) -> None:
        started_at, beaten_at = self._clock(), None
        while not self._stopping.is_set() and self._lease.is_held():
            now = self._clock()
            if beaten_at is None or abs((now - beaten_at).total_seconds()) >= BEAT_SECONDS:
                beat = partial(self._lease.beat, started_at=started_at, now=now)
                beaten_at = now if self._survives(beat) else None
            for part in parts:
                self._survives(part.round)
            self._wake.wait(ROUND_SECONDS)
            self._wake.clear()

    def _survives(self, step: Callable[[], None]) -> bool:
        """Whether the step went well; what went wrong is in the log and is tried again in the next round."""
        try:
            step()
            return True
        except NotSaved as error:
            log.warning("worker: %s", error.message)
        except Exception:
            log.exception("the worker's round failed; it goes on with the next")
        return False
