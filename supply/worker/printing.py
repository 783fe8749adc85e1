"""The print queue's part of the worker: one thread for each printer, one label at a time, none twice unasked.

A job is marked as being sent, and that is committed, before its first byte goes; what cannot be confirmed is asked.
"""

from collections.abc import Callable
from datetime import datetime
from typing import TypeVar

from PIL import Image
from sqlalchemy.orm import Session

from supply.db import Database, NotSaved
from supply.devices.printers.loop import Came, PrintLoop, QueueAway, Wish, stop_all
from supply.devices.printers.model import PaperSettings
from supply.labels import paper, print_jobs, print_turns
from supply.labels.content import from_payload
from supply.labels.models import PrintJob
from supply.labels.paper import Paper
from supply.labels.raster import render
from supply.settings import Settings
from supply.stations.device_scans import note_device_state
from supply.stations.printer_lines import USUAL_PAPER
from supply.worker.print_places import Place, places, reach_of

Found = TypeVar("Found")


class Printing:
    """The part of the worker that prints: what was left half sent is asked about, then each printer has a thread."""

    def __init__(self, db: Database, settings: Settings, clock: Callable[[], datetime]) -> None:
        self.db, self.clock, self.reach = db, clock, reach_of(settings)
        self._running: dict[tuple[int | None, str | None], tuple[Place, PrintLoop]] = {}
        self._has_begun = False

    def round(self) -> None:
        """Start, end and restart threads as the printers are now; labels of computers that fell silent are asked."""
        if not self._has_begun:
            self.db.transact(lambda s: print_turns.left_sending_here(s, now=self.clock()), idempotent=True)
            self._has_begun = True
        wanted = {place.key: place for place in self._wanted()}
        for key, (place, loop) in list(self._running.items()):
            # An address is not wanted any more while its last label prints.
            if wanted.get(key) != place and (place.address is None or not loop.has_in_hand):
                loop.tell_to_stop()
            if not loop.is_alive:
                del self._running[key]
        for key, place in wanted.items():
            if key not in self._running:
                queue = StoredQueue(self.db, place, self.clock)
                self._running[key] = place, PrintLoop(place.name, place.printer, queue, self.clock)

    def stop(self, *, still_leads: bool) -> None:
        """End every thread within seconds; a label that cannot be confirmed by then is asked about."""
        stop_all([loop for _, loop in self._running.values()])
        self._running.clear()

    def _wanted(self) -> list[Place]:
        with self.db.read_session() as session:
            found = places(session, self.reach)
            is_lost = bool(print_turns.leases_lost(session, now=self.clock()))
        if is_lost:
            self.db.transact(lambda s: print_turns.end_lost_leases(s, now=self.clock()))
        return found


class StoredQueue:
    """The queue of one printer in this server's own database."""

    def __init__(self, db: Database, place: Place, clock: Callable[[], datetime]) -> None:
        self._db, self._place, self._clock = db, place, clock
        self._taken: dict[int, PrintJob] = {}

    def first_due(self) -> int | None:
        """Looked up without a write lock, for it is asked often."""
        at = {"device_id": self._place.device_id, "address": self._place.address}
        with self._db.read_session() as session:
            first = print_turns.first_due(session, **at, now=self._clock())  # type: ignore[arg-type]
        return None if first is None else first.id

    def waiting(self) -> int:
        """How many labels wait here."""
        with self._db.read_session() as session:
            return print_turns.labels_waiting(session, device_id=self._place.device_id, address=self._place.address)

    def take(self, most: int) -> list[Wish]:
        """The next jobs, so many labels at least unless fewer wait; the last may bring more than fit on a sheet."""

        def take(session: Session) -> list[PrintJob]:
            taken: list[PrintJob] = []
            where = {"device_id": self._place.device_id, "address": self._place.address}
            while sum(job.copies_left for job in taken) < most:
                job = print_jobs.take_next(session, **where, now=self._clock())  # type: ignore[arg-type]
                if job is None:
                    break
                taken.append(job)
            return taken

        jobs = self._saved(take)
        self._taken = {job.id: job for job in jobs}
        return [Wish(job.id, job.copies_left) for job in jobs]

    def picture(self, wish: Wish, lying: PaperSettings) -> Image.Image:
        """Drawn here. Raises SupplyError."""
        job = self._taken[wish.id]
        size = paper.named(job.paper) if job.paper else paper_of(lying)
        return render(from_payload(job.payload), size).image

    def begins(self, wish: Wish) -> None:
        """It is kept already: whoever takes a job has marked it as being sent."""

    def tell(self, wish: Wish, came: Came, words: str) -> None:
        """Written into the job."""
        job_id, now = wish.id, self._clock()
        changes: dict[Came, Callable[[Session], PrintJob]] = {
            Came.copy: lambda s: print_jobs.count_copy(s, job_id=job_id),
            Came.printed: lambda s: print_jobs.printed(s, job_id=job_id, now=now),
            Came.unknown: lambda s: print_jobs.unknown(s, job_id=job_id, words=words, now=now),
            Came.attention: lambda s: print_jobs.attention(s, job_id=job_id, words=words, now=now),
            Came.back: lambda s: print_jobs.again(s, job_id=job_id, words=words, now=now, next_try_at=now),
        }
        self._saved(changes[came], idempotent=came is not Came.copy)

    def say(self, state: str, words: str, last_printed_at: datetime | None) -> None:
        """Written into the device; an address has none."""
        number = self._place.device_id
        if number is None:
            return
        self._saved(
            lambda s: note_device_state(
                s, device_id=number, state=state, words=words, last_activity_at=last_printed_at
            ),
            idempotent=True,
        )

    def _saved(self, change: Callable[[Session], Found], *, idempotent: bool = False) -> Found:
        try:
            return self._db.transact(change, idempotent=idempotent)
        except NotSaved as error:
            raise QueueAway(error.message) from None


def paper_of(lying: PaperSettings) -> Paper:
    """The paper that a printer's settings name. Raises Invalid for a size that there is not."""
    if lying.width_mm is not None:
        return Paper(lying.width_mm, lying.height_mm, lying.dots_per_inch, lying.printable_dots)
    return paper.named(
        lying.name or USUAL_PAPER, dots_per_inch=lying.dots_per_inch, printable_dots=lying.printable_dots
    )
