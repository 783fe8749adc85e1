"""One printer on a thread of its own, whoever has its queue: the server's worker, or an agent on another computer.

A label is said to be on its way before its first byte goes; what cannot be confirmed is asked, never sent again.
"""

import logging
import threading
import time
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final, Protocol

from PIL import Image

from supply.devices.errors import DeviceError
from supply.devices.printers.model import Outcome, PaperSettings, Printed, Printer, PrinterStatus, SheetPrinter
from supply.errors import Conflict, SupplyError

log = logging.getLogger(__name__)

LOOK_SECONDS: Final = 0.5  # between two looks into the queue
TROUBLE_SECONDS: Final = 3.0  # between two looks at a printer that is not ready
STATUS_SECONDS: Final = 30.0  # between two looks at a printer that has nothing to do
MOST_TROUBLE_SECONDS: Final = 60.0
FAILED_SECONDS: Final = 5.0
AWAY_SECONDS: Final = 1.0  # between two tries to reach a queue that is away
GATHER_SECONDS: Final = 10.0  # labels that follow each other within this go on one sheet
END_SECONDS: Final = 3.0  # a label that is being printed may take so long to come out when the loop is told to stop


class QueueAway(SupplyError):
    """The queue cannot be asked or told anything just now; the same is tried again."""

    code = "queue_away"


class Came(StrEnum):
    """What became of a label, or of one copy."""

    copy = "copy"  # one more came out, and others follow
    printed = "printed"
    unknown = "unknown"
    attention = "attention"
    back = "back"  # nothing was sent


@dataclass(frozen=True)
class Wish:
    """A label that was taken from the queue."""

    id: int
    copies_left: int


class LabelQueue(Protocol):
    """What a loop needs of its queue. Everything may raise `QueueAway`."""

    def first_due(self) -> int | None:
        """The label that is next and whose time has come; nothing is taken."""

    def waiting(self) -> int:
        """How many labels wait."""

    def take(self, most: int) -> list[Wish]:
        """The next jobs, so many labels at least unless fewer wait; they are marked as being sent."""

    def picture(self, wish: Wish, paper: PaperSettings) -> Image.Image:
        """What stands on it, in dots. Raises SupplyError for what cannot be drawn."""

    def begins(self, wish: Wish) -> None:
        """Its first byte is about to go. Returns once that is kept where it must be; raises when it is not."""

    def tell(self, wish: Wish, came: Came, words: str) -> None:
        """What became of it. Raises Conflict where somebody else said so already."""

    def say(self, state: str, words: str, last_printed_at: datetime | None) -> None:
        """How the printer is, for screens."""


class PrintLoop:
    """One printer on a thread of its own."""

    def __init__(
        self, name: str, make: Callable[[], Printer], queue: LabelQueue, clock: Callable[[], datetime]
    ) -> None:
        self.name = name
        self._make, self._queue, self._clock = make, queue, clock
        self._stopping = threading.Event()
        self._printer: Printer | None = None
        self._in_hand: dict[int, Wish] = {}
        self._sent = False
        self._told: set[int] = set()  # jobs that carry the words of what is the matter with their printer
        self._ready_at: float | None = None  # when the printer last said that it is ready
        self._unsure = 0  # labels in a row of which it is not known whether they came out
        self._said: tuple[str, str] | None = None
        self._last_printed_at: datetime | None = None
        self._thread = threading.Thread(target=self._run, name=f"printer {name}", daemon=True)
        self._thread.start()

    @property
    def is_alive(self) -> bool:
        """Whether its thread still runs."""
        return self._thread.is_alive()

    @property
    def has_in_hand(self) -> bool:
        """Whether a label is being printed."""
        return bool(self._in_hand)

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
                self._printer = self._make()
                self._print_what_waits(self._printer)
            except DeviceError as error:
                self._in_trouble_if_asked(error.message)
                self._stopping.wait(FAILED_SECONDS)
            except QueueAway as error:
                log.warning("printer %s: %s", self.name, error.message)
                self._stopping.wait(AWAY_SECONDS)
            except Exception:
                log.exception("printer %s stopped printing; it starts again", self.name)
                self._let_go()
                self._stopping.wait(FAILED_SECONDS)
        self._say("closed", "")

    def _in_trouble_if_asked(self, words: str) -> None:
        try:
            self._in_trouble(words)
        except QueueAway as error:
            log.warning("printer %s: %s", self.name, error.message)

    def _print_what_waits(self, printer: Printer) -> None:
        while not self._stopping.is_set():
            waits = self._queue.first_due() is not None
            if not self._is_ready(printer, is_needed=waits):
                self._stopping.wait(TROUBLE_SECONDS)
                continue
            wishes = self._take(self._most(printer)) if waits else []
            if not wishes:
                self._stopping.wait(LOOK_SECONDS)
            elif isinstance(printer, SheetPrinter) and printer.labels_at_once > 1:
                self._print_sheet(printer, wishes)
            else:
                self._print(printer, wishes[0])

    def _most(self, printer: Printer) -> int:
        """How many labels to take at once. A sheet waits until it is full, or nothing was added for a while."""
        most = printer.labels_at_once if isinstance(printer, SheetPrinter) else 1
        waiting = self._queue.waiting() if most > 1 else 1
        while waiting < most and not self._stopping.wait(GATHER_SECONDS):
            before, waiting = waiting, self._queue.waiting()
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
        first = self._queue.first_due()
        if first is not None and first not in self._told:
            for wish in self._take(1):
                self._back(wish, words)

    def _take(self, most: int) -> list[Wish]:
        wishes = self._queue.take(most)
        self._in_hand, self._sent = {wish.id: wish for wish in wishes}, False
        return wishes

    def _print(self, printer: Printer, wish: Wish) -> None:
        image = self._drawn(printer, wish)
        if image is None:
            return
        for left in range(wish.copies_left, 0, -1):
            if self._stopping.is_set():
                self._back(wish, "The computer was stopped; it goes on when it runs again.")
                return
            if not self._begins([wish]):
                return
            self._sent = True
            done = printer.print_image(image)
            self._sent = done.outcome is not Outcome.not_printed
            if done.outcome is not Outcome.printed:
                self._mark(wish, done)
                self._wait_after(done)
                return
            self._came_out(wish, done, is_last=left == 1)

    def _print_sheet(self, printer: SheetPrinter, wishes: Sequence[Wish]) -> None:
        """All of them in one go: what becomes of the sheet becomes of each."""
        drawn = [(wish, image) for wish in wishes if (image := self._drawn(printer, wish)) is not None]
        images = [image for wish, image in drawn for _ in range(wish.copies_left)]
        if not images or not self._begins([wish for wish, _ in drawn]):
            return
        self._sent = True
        done = printer.print_images(images)
        self._sent = done.outcome is not Outcome.not_printed
        for wish, _ in drawn:
            if done.outcome is Outcome.printed:
                self._came_out(wish, done, is_last=True)
            else:
                self._mark(wish, done)
        if done.outcome is not Outcome.printed:
            self._wait_after(done)

    def _begins(self, wishes: Sequence[Wish]) -> bool:
        """Whether it is kept that these are about to be sent; else nothing is sent of any, and all wait again."""
        try:
            for wish in wishes:
                self._queue.begins(wish)
            return True
        except QueueAway as error:
            for wish in wishes:
                self._back(wish, error.message)
            self._stopping.wait(FAILED_SECONDS)
            return False

    def _drawn(self, printer: Printer, wish: Wish) -> Image.Image | None:
        """The label as dots; None for one that cannot be drawn, which waits for a person then."""
        try:
            return self._queue.picture(wish, printer.paper)
        except SupplyError as error:
            self._note(wish, Came.attention, error.message)
            return None

    def _came_out(self, wish: Wish, done: Printed, *, is_last: bool) -> None:
        self._last_printed_at, self._unsure = self._clock(), 0
        self._note(wish, Came.printed if is_last else Came.copy, "")
        self._said = None  # the moment of the last label is shown too
        self._take_status(PrinterStatus(True, done.words))

    def _mark(self, wish: Wish, done: Printed) -> None:
        """What became of a label that is not known to have come out."""
        if done.outcome is Outcome.unknown:
            self._note(wish, Came.unknown, done.words)
        elif done.is_permanent:
            self._note(wish, Came.attention, done.words)
        else:
            self._back(wish, done.words)

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

    def _back(self, wish: Wish, words: str) -> None:
        """Nothing of it was sent: it waits until the printer is ready."""
        self._told.add(wish.id)
        self._note(wish, Came.back, words)

    def _let_go(self) -> None:
        """After a mistake of ours: the job in hand is not left as if it were still being sent."""
        for wish in list(self._in_hand.values()):
            if self._sent:
                words, came = "Something went wrong while this was printing. Look whether it came out.", Came.unknown
            else:
                words, came = "This label could not be drawn; the log says why.", Came.attention
            self._note(wish, came, words, keeps_sent=True)

    def _note(self, wish: Wish, came: Came, words: str, *, keeps_sent: bool = False) -> None:
        """Write down what came of a label; while the queue is away it waits, for no label may follow before that."""
        while True:
            try:
                self._queue.tell(wish, came, words)
                break
            except QueueAway as error:
                log.warning("printer %s: %s", self.name, error.message)
                if self._stopping.wait(1.0):
                    return  # it stays as being sent, and is asked about at the next start
            except Conflict as error:
                log.warning("printer %s: %s", self.name, error.message)
                break
        self._sent = self._sent and keeps_sent
        if came is not Came.copy:
            self._in_hand.pop(wish.id, None)

    def _say(self, state: str, words: str) -> None:
        """Write the state for the screens, only when it changed."""
        if (state, words) == self._said:
            return
        try:
            self._queue.say(state, words, self._last_printed_at)
            self._said = (state, words)
        except QueueAway as error:
            log.warning("printer %s: %s", self.name, error.message)


def stop_all(loops: Collection[PrintLoop]) -> None:
    """End every thread within seconds; a label that cannot be confirmed by then is asked about."""
    for loop in loops:
        loop.tell_to_stop()
    for seconds, break_off in ((END_SECONDS, True), (END_SECONDS, False)):
        deadline = time.monotonic() + seconds
        for loop in loops:
            loop.wait(max(0.0, deadline - time.monotonic()))
        if break_off:
            for loop in loops:
                loop.break_off()
