"""The print queue's part of the worker: one thread for each printer, one label at a time, none twice unasked.

A job is marked as being sent, and that is committed, before its first byte goes; what cannot be confirmed is asked.
"""

import logging
import threading
import time
from collections.abc import Callable, Sequence
from datetime import datetime
from functools import partial
from typing import Final

import sqlalchemy as sa
from sqlalchemy.orm import Session

from supply.db import Database, NotSaved
from supply.devices.errors import DeviceError
from supply.devices.printers.model import Outcome, PaperSettings, Printed, Printer, PrinterStatus, SheetPrinter
from supply.errors import Conflict, SupplyError
from supply.labels import paper, print_jobs
from supply.labels.content import from_payload
from supply.labels.models import WAITING, PrintJob
from supply.labels.paper import Paper
from supply.labels.raster import Rendered, render
from supply.settings import Settings
from supply.stations.device_scans import note_device_state
from supply.stations.printer_lines import USUAL_PAPER
from supply.worker.print_places import Place, places, reach_of, refuse_at_agents, waiting_at_agents

log = logging.getLogger(__name__)

LOOK_SECONDS: Final = 0.5  # between two looks into the queue
TROUBLE_SECONDS: Final = 3.0  # between two looks at a printer that is not ready
STATUS_SECONDS: Final = 30.0  # between two looks at a printer that has nothing to do
MOST_TROUBLE_SECONDS: Final = 60.0
FAILED_SECONDS: Final = 5.0
GATHER_SECONDS: Final = 10.0  # labels that follow each other within this go on one sheet
END_SECONDS: Final = 3.0  # a label that is being printed may take so long to come out when the worker is told to stop


class Printing:
    """The part of the worker that prints: what was left half sent is asked about, then each printer has a thread."""

    def __init__(self, db: Database, settings: Settings, clock: Callable[[], datetime]) -> None:
        self.db, self.clock, self.reach = db, clock, reach_of(settings)
        self._running: dict[tuple[int | None, str | None], PrintLoop] = {}
        self._has_begun = False

    def round(self) -> None:
        """Start, end and restart threads as the printers are now."""
        if not self._has_begun:
            self.db.transact(lambda s: print_jobs.left_sending(s, device_ids=None, now=self.clock()), idempotent=True)
            self._has_begun = True
        wanted = {place.key: place for place in self._wanted()}
        for key, loop in list(self._running.items()):
            if wanted.get(key) != loop.place and loop.may_end:
                loop.tell_to_stop()
            if not loop.is_alive:
                del self._running[key]
        for key, place in wanted.items():
            if key not in self._running:
                self._running[key] = PrintLoop(self, place)

    def stop(self, *, still_leads: bool) -> None:
        """End every thread within seconds; a label that cannot be confirmed by then is asked about."""
        loops = list(self._running.values())
        for loop in loops:
            loop.tell_to_stop()
        for seconds, break_off in ((END_SECONDS, True), (END_SECONDS, False)):
            deadline = time.monotonic() + seconds
            for loop in loops:
                loop.wait(max(0.0, deadline - time.monotonic()))
            if break_off:
                for loop in loops:
                    loop.break_off()
        self._running.clear()

    def _wanted(self) -> list[Place]:
        with self.db.read_session() as session:
            found = places(session, self.reach)
            there = waiting_at_agents(session)
        if there:
            self.db.transact(lambda s: refuse_at_agents(s, now=self.clock()))
        return found


class PrintLoop:
    """One printer on a thread of its own."""

    def __init__(self, printing: Printing, place: Place) -> None:
        self.place = place
        self._db, self._clock = printing.db, printing.clock
        self._stopping = threading.Event()
        self._printer: Printer | None = None
        self._in_hand: dict[int, PrintJob] = {}
        self._sent = False
        self._told: set[int] = set()  # jobs that carry the words of what is the matter with their printer
        self._ready_at: float | None = None  # when the printer last said that it is ready
        self._unsure = 0  # labels in a row of which it is not known whether they came out
        self._said: tuple[str, str] | None = None
        self._last_printed_at: datetime | None = None
        self._thread = threading.Thread(target=self._run, name=f"printer {place.name}", daemon=True)
        self._thread.start()

    @property
    def is_alive(self) -> bool:
        """Whether its thread still runs."""
        return self._thread.is_alive()

    @property
    def may_end(self) -> bool:
        """Whether it may be told to stop because it is not wanted: an address is not while its last label prints."""
        return self.place.address is None or not self._in_hand

    def tell_to_stop(self) -> None:
        """Ask it to end after the label under way."""
        self._stopping.set()

    def wait(self, seconds: float) -> None:
        """Wait until it has ended, so long at most."""
        self._thread.join(timeout=seconds)

    def break_off(self) -> None:
        """Take the wire away from a thread that still prints."""
        if self._printer is not None and self._thread.is_alive():
            self._printer.close()

    def _run(self) -> None:
        while not self._stopping.is_set():
            try:
                self._printer = self.place.printer()
                self._print_what_waits(self._printer)
            except DeviceError as error:
                self._in_trouble(error.message)
                self._stopping.wait(FAILED_SECONDS)
            except NotSaved as error:
                log.warning("printer %s: %s", self.place.name, error.message)
                self._stopping.wait(FAILED_SECONDS)
            except Exception:
                log.exception("printer %s stopped printing; it starts again", self.place.name)
                self._let_go()
                self._stopping.wait(FAILED_SECONDS)
        self._say("closed", "")

    def _print_what_waits(self, printer: Printer) -> None:
        while not self._stopping.is_set():
            waits = self._first_due() is not None
            if not self._is_ready(printer, is_needed=waits):
                self._stopping.wait(TROUBLE_SECONDS)
                continue
            jobs = self._take(self._most(printer)) if waits else []
            if not jobs:
                self._stopping.wait(LOOK_SECONDS)
            elif isinstance(printer, SheetPrinter) and printer.labels_at_once > 1:
                self._print_sheet(printer, jobs)
            else:
                self._print(printer, jobs[0])

    def _most(self, printer: Printer) -> int:
        """How many labels to take at once. A sheet waits until it is full, or nothing was added for a while."""
        most = printer.labels_at_once if isinstance(printer, SheetPrinter) else 1
        waiting = self._waiting() if most > 1 else 1
        while waiting < most and not self._stopping.wait(GATHER_SECONDS):
            before, waiting = waiting, self._waiting()
            if waiting <= before:
                break
        return most

    def _is_ready(self, printer: Printer, *, is_needed: bool) -> bool:
        """Ask a printer in trouble each time, one that is idle now and then; one that prints is asked by its driver."""
        asked_ago = None if self._ready_at is None else time.monotonic() - self._ready_at
        if asked_ago is not None and (is_needed or asked_ago < STATUS_SECONDS):
            return True
        now = printer.status()
        self._take_status(now)
        return now.is_ready

    def _take_status(self, status: PrinterStatus) -> None:
        if status.is_ready:
            self._ready_at = time.monotonic()
            self._told.clear()
            self._say("open", status.words)
        else:
            self._in_trouble(status.words)

    def _in_trouble(self, words: str) -> None:
        """Show what is the matter, on the printer and on the label that waits for it."""
        self._ready_at = None
        self._say("failed", words)
        first = self._first_due()
        if first is not None and first.id not in self._told:
            for job in self._take():
                self._back(job, words)

    def _print(self, printer: Printer, job: PrintJob) -> None:
        drawn = self._drawn(printer, job)
        if drawn is None:
            return
        for left in range(job.copies_left, 0, -1):
            if self._stopping.is_set():
                self._back(job, "The computer was stopped; it goes on when it runs again.")
                return
            self._sent = True
            done = printer.print_image(drawn.image)
            self._sent = done.outcome is not Outcome.not_printed
            if done.outcome is not Outcome.printed:
                self._not_printed(job, done)
                return
            self._came_out(job, done, is_last=left == 1)

    def _print_sheet(self, printer: SheetPrinter, jobs: Sequence[PrintJob]) -> None:
        """All of them in one go: what becomes of the sheet becomes of each."""
        drawn = [(job, made) for job in jobs if (made := self._drawn(printer, job)) is not None]
        images = [made.image for job, made in drawn for _ in range(job.copies_left)]
        if not images:
            return
        self._sent = True
        done = printer.print_images(images)
        self._sent = done.outcome is not Outcome.not_printed
        for job, _ in drawn:
            if done.outcome is Outcome.printed:
                self._came_out(job, done, is_last=True)
            else:
                self._mark(job, done)
        if done.outcome is not Outcome.printed:
            self._wait_after(done)

    def _drawn(self, printer: Printer, job: PrintJob) -> Rendered | None:
        """The label as dots; None for one that cannot be drawn, which waits for a person then."""
        try:
            lying = paper.named(job.paper) if job.paper else paper_of(printer.paper)
            return render(from_payload(job.payload), lying)
        except SupplyError as error:
            words = error.message
            self._note(job, lambda s: print_jobs.attention(s, job_id=job.id, words=words, now=self._clock()))
            return None

    def _came_out(self, job: PrintJob, done: Printed, *, is_last: bool) -> None:
        self._last_printed_at, self._unsure = self._clock(), 0
        if is_last:
            self._note(job, lambda s: print_jobs.printed(s, job_id=job.id, now=self._clock()))
        else:
            self._note(job, lambda s: print_jobs.count_copy(s, job_id=job.id), is_end=False)
        self._said = None  # the moment of the last label is shown too
        self._take_status(PrinterStatus(True, done.words))

    def _not_printed(self, job: PrintJob, done: Printed) -> None:
        self._mark(job, done)
        self._wait_after(done)

    def _mark(self, job: PrintJob, done: Printed) -> None:
        """What became of a label that is not known to have come out."""
        words = done.words
        if done.outcome is Outcome.unknown:
            self._note(job, lambda s: print_jobs.unknown(s, job_id=job.id, words=words, now=self._clock()))
        elif done.is_permanent:
            self._note(job, lambda s: print_jobs.attention(s, job_id=job.id, words=words, now=self._clock()))
        else:
            self._back(job, words)

    def _wait_after(self, done: Printed) -> None:
        if done.outcome is Outcome.not_printed and done.is_permanent:
            return
        self._ready_at = None  # it is asked how it is before the next label
        self._say("failed", done.words)
        if done.outcome is Outcome.unknown:
            # A printer that says it is well and dies over each label must not turn the whole queue into questions.
            self._stopping.wait(min(TROUBLE_SECONDS * 2**self._unsure, MOST_TROUBLE_SECONDS))
            self._unsure += 1
        else:
            # One that calls itself ready and refuses each label is left in peace for a moment too.
            self._stopping.wait(TROUBLE_SECONDS)

    def _back(self, job: PrintJob, words: str) -> None:
        """Nothing of it was sent: it waits until the printer is ready."""
        self._told.add(job.id)
        self._note(
            job, lambda s: print_jobs.again(s, job_id=job.id, words=words, now=self._clock(), next_try_at=self._clock())
        )

    def _let_go(self) -> None:
        """After a mistake of ours: the job in hand is not left as if it were still being sent."""
        for job in list(self._in_hand.values()):
            if self._sent:
                words, mark = (
                    "Something went wrong while this was printing. Look whether it came out.",
                    print_jobs.unknown,
                )
            else:
                words, mark = "This label could not be drawn; the log says why.", print_jobs.attention
            self._note(job, partial(mark, job_id=job.id, words=words, now=self._clock()), keeps_sent=True)

    def _note(
        self, job: PrintJob, change: Callable[[Session], object], *, is_end: bool = True, keeps_sent: bool = False
    ) -> None:
        """Write down what came of a label; while the database is away it waits, for no label may follow before that."""
        while True:
            try:
                self._db.transact(change, idempotent=is_end)
                break
            except NotSaved as error:
                log.warning("printer %s: %s", self.place.name, error.message)
                if self._stopping.wait(1.0):
                    return  # it stays as being sent, and is asked about at the next start
            except Conflict as error:
                log.warning("printer %s: %s", self.place.name, error.message)
                break
        self._sent = self._sent and keeps_sent
        if is_end:
            self._in_hand.pop(job.id, None)

    def _first_due(self) -> PrintJob | None:
        """The label that is next here, if its time has come; looked up without a write lock, for it is asked often."""
        here = (PrintJob.device_id == self.place.device_id, PrintJob.address == self.place.address)
        statement = sa.select(PrintJob).where(WAITING, *here).order_by(PrintJob.id).limit(1)
        with self._db.read_session() as session:
            first = session.scalars(statement).first()
        due = first is not None and (first.next_try_at is None or first.next_try_at <= self._clock())
        return first if due else None

    def _waiting(self) -> int:
        """How many labels wait here."""
        left = sa.func.coalesce(sa.func.sum(PrintJob.copies - PrintJob.copies_printed), 0)
        here = (PrintJob.device_id == self.place.device_id, PrintJob.address == self.place.address)
        with self._db.read_session() as session:
            return int(session.scalars(sa.select(left).where(WAITING, *here)).one())

    def _take(self, most: int = 1) -> list[PrintJob]:
        """The next jobs, so many labels at least unless fewer wait; the last may bring more than fit on a sheet."""

        def take(session: Session) -> list[PrintJob]:
            taken: list[PrintJob] = []
            where = {"device_id": self.place.device_id, "address": self.place.address}
            while sum(job.copies_left for job in taken) < most:
                job = print_jobs.take_next(session, **where, now=self._clock())  # type: ignore[arg-type]
                if job is None:
                    break
                taken.append(job)
            return taken

        jobs = self._db.transact(take)
        self._in_hand, self._sent = {job.id: job for job in jobs}, False
        return jobs

    def _say(self, state: str, words: str) -> None:
        """Write the state for the screens, only when it changed."""
        device_id = self.place.device_id
        if device_id is None or (state, words) == self._said:
            return
        try:
            self._db.transact(
                lambda s: note_device_state(
                    s, device_id=device_id, state=state, words=words, last_activity_at=self._last_printed_at
                ),
                idempotent=True,
            )
            self._said = (state, words)
        except NotSaved as error:
            log.warning("printer %s: %s", self.place.name, error.message)


def paper_of(lying: PaperSettings) -> Paper:
    """The paper that a printer's settings name. Raises Invalid for a size that there is not."""
    if lying.width_mm is not None:
        return Paper(lying.width_mm, lying.height_mm, lying.dots_per_inch, lying.printable_dots)
    return paper.named(
        lying.name or USUAL_PAPER, dots_per_inch=lying.dots_per_inch, printable_dots=lying.printable_dots
    )
