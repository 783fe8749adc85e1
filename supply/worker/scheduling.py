"""The timetable's part of the worker: what happens at its hour, and what somebody asked for now.

One thread of its own runs one job after the other, so that a long one holds up neither scanners nor printers.
"""

import logging
import threading
import time
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

from supply.db import Database
from supply.jobs.bell import Bell
from supply.jobs.model import Job
from supply.jobs.runner import attempt, recover, run_due, run_requested
from supply.jobs.timetable import JOBS
from supply.settings import Settings
from supply.stations import work_requests
from supply.worker.document_printing import document_printing

log = logging.getLogger(__name__)

CLOCK_STEP_SECONDS = 5.0
AGAIN_SECONDS = 60.0  # after a round that failed as a whole: the database was away
STOP_SECONDS = 20.0


class Scheduling:
    """Starts the timetable with the lease and stops it with the lease."""

    def __init__(
        self,
        db: Database,
        settings: Settings,
        clock: Callable[[], datetime],
        is_leading: Callable[[], bool],
        *,
        jobs: Sequence[Job] = JOBS,
    ) -> None:
        self._jobs = jobs
        self._db, self._settings, self._clock, self._is_leading = db, settings, clock, is_leading
        self._rung, self._stopping = threading.Event(), threading.Event()
        self._bell: Bell | None = None
        self._thread = threading.Thread(target=self._run, name="jobs", daemon=True)
        self._seen: tuple[datetime, float] | None = None
        self._how: dict[str, Any] = {"may_start": self._may_start, "print_document": document_printing(settings)}

    def round(self) -> None:
        """Begin with the first round; then look whether somebody asked for something, or the clock was set."""
        if self._bell is None:
            self._bell = Bell(self._settings, self._jobs, self._rung.set)
            self._thread.start()
        if self._was_clock_set():
            log.warning("the clock was set; the timetable looks at it anew")
            self._bell.stop()
            self._bell = Bell(self._settings, self._jobs, self._rung.set)  # the old one waits by the old clock
            self._rung.set()
        with self._db.read_session() as session:
            if any(row.taken_at is None for row in work_requests.unfinished(session, kind=work_requests.JOB)):
                self._rung.set()

    def stop(self, *, still_leads: bool) -> None:
        """Start no further job. One that runs is waited for; cut off, it is found lost and run again.

        Where the lease is lost nobody waits: the job ends by itself, and its lock keeps the next leader from it.
        """
        self._stopping.set()
        self._rung.set()
        if self._bell is not None:
            self._bell.stop()
            self._thread.join(timeout=STOP_SECONDS if still_leads else 0)

    def _run(self) -> None:
        attempt(lambda: recover(self._db, self._settings, now=self._clock(), jobs=self._jobs))
        while not self._stopping.is_set():
            self._rung.clear()
            came = [attempt(step) for step in (self._requested, self._due)]
            failed = [error for error in came if isinstance(error, Exception)]
            for error in failed:
                log.warning("the timetable: %s", error)
            self._rung.wait(AGAIN_SECONDS if failed else None)

    def _requested(self) -> object:
        return run_requested(self._db, self._settings, now=self._clock(), jobs=self._jobs, **self._how)

    def _due(self) -> object:
        return run_due(self._db, self._settings, now=self._clock(), jobs=self._jobs, **self._how)

    def _may_start(self) -> bool:
        return not self._stopping.is_set() and self._is_leading()

    def _was_clock_set(self) -> bool:
        """Whether the wall clock moved otherwise than time did since the round before; a machine that slept, too."""
        seen, self._seen = self._seen, (self._clock(), time.monotonic())
        if seen is None:
            return False
        moved = (self._seen[0] - seen[0]).total_seconds()
        return abs(moved - (self._seen[1] - seen[1])) > CLOCK_STEP_SECONDS
