"""One label printer on any wire: asks, prints, asks again.

It must never send a label twice by itself, and never say more than it knows.
"""

import threading
import time
from collections.abc import Iterator
from dataclasses import replace
from typing import Final

from PIL import Image

from supply.devices.errors import DeviceError
from supply.devices.printers import escpos
from supply.devices.printers.model import Outcome, PaperSettings, Printed, PrinterSettings, PrinterStatus
from supply.devices.printers.status import ASKED, is_valid, status_of
from supply.devices.printers.wires import Wire
from supply.errors import Invalid

MM_PER_INCH: Final = 25.4
UNASKED_READS: Final = 64
MOST_HEARD: Final = 9  # an answer beside two automatic states of four bytes
MOST_GRACE_SECONDS: Final = 10.0
LOOK: Final = "Look whether it came out."


class EscPosPrinter:
    """The contract of `Printer` over ESC/POS. One thread prints; `close` may come from another."""

    def __init__(self, name: str, wire: Wire, settings: PrinterSettings) -> None:
        self.name = name
        self._wire, self._settings = wire, settings
        self._asks = wire.can_answer and settings.answers
        self._broken_off = threading.Event()

    @property
    def paper(self) -> PaperSettings:
        """The paper that lies in it."""
        return self._settings.paper

    def status(self) -> PrinterStatus:
        """How it is now. A printer that is away or does not answer is a status too."""
        try:
            self._wire.open()
            return self._how_it_is()
        except DeviceError as error:
            return PrinterStatus(False, error.message, is_permanent=error.permanent)
        finally:
            self._wire.close()

    def print_image(self, image: Image.Image, *, copies: int = 1) -> Printed:
        """Print copies one after another, asking before and after each; ends with the first that is not certain."""
        if copies < 1:
            raise Invalid("Print at least one label.", code="bad_quantity")
        pieces = list(escpos.bands(image))
        widest = self.paper.printable_dots
        if widest is not None and image.width > widest:
            words = f"The label is {image.width} dots wide and {self.name} prints {widest}. Choose its paper's size."
            return Printed(Outcome.not_printed, words, is_permanent=True)
        self._broken_off.clear()
        try:
            self._wire.open()
            return self._copies(pieces, image.height, copies)
        except DeviceError as error:
            return Printed(Outcome.not_printed, error.message, error.permanent)
        finally:
            self._wire.close()

    def close(self) -> None:
        """Break off what is under way."""
        self._broken_off.set()
        self._wire.close()

    def _copies(self, pieces: list[bytes], rows: int, copies: int) -> Printed:
        for done in range(copies):
            printed = self._one(pieces, rows)
            if printed.outcome is not Outcome.printed:
                words = f"{done} of {copies} labels came out. {printed.words}" if copies > 1 else printed.words
                return replace(printed, words=words, copies=done)
        return replace(printed, copies=copies)

    def _one(self, pieces: list[bytes], rows: int) -> Printed:
        """Nothing that prints is sent before the printer said that it is ready."""
        try:
            before = self._how_it_is()
            if not before.is_ready:
                return Printed(Outcome.not_printed, before.words, before.is_permanent)
            self._wire.write(escpos.INITIALISE)
        except DeviceError as error:
            return Printed(Outcome.not_printed, error.message, error.permanent)
        try:
            after = self._how_it_is(self._send(pieces, rows))
        except DeviceError as error:
            return Printed(Outcome.unknown, f"{error.message} It had been sent a label. {LOOK}")
        if not after.is_ready:
            return Printed(Outcome.unknown, f"{after.words} It had been sent a label. {LOOK}")
        return Printed(Outcome.printed, after.words)

    def _send(self, pieces: list[bytes], rows: int) -> float:
        """Send it all and wait for the paper to move; the seconds that a slow printer may take longer to answer."""
        started = time.monotonic()
        for piece in self._parts(pieces):
            if self._broken_off.is_set():
                raise DeviceError("Printing was broken off.", permanent=False)
            self._wire.write(piece)
        self._wire.finish()
        seconds = time.monotonic() - started
        if self._asks:
            millimetres = rows / self._settings.paper.dots_per_inch * MM_PER_INCH
            self._broken_off.wait(millimetres / self._settings.mm_per_second)
        return min(max(seconds, self._settings.timeout_seconds), MOST_GRACE_SECONDS)

    def _parts(self, pieces: list[bytes]) -> Iterator[bytes]:
        yield from pieces
        yield escpos.ENDS[self._settings.cut]

    def _how_it_is(self, grace_seconds: float = 0.0) -> PrinterStatus:
        """Ask the four questions. Raises `DeviceError` for a printer that stays silent or talks nonsense."""
        if not self._asks:
            return PrinterStatus(True, f"{self._wire.where} was sent to; it cannot tell what came out.", is_known=False)
        for _ in range(UNASKED_READS):  # what it said unasked is no answer of ours
            if not self._wire.read(0):
                break
        return status_of(self._wire.where, {question: self._answer(question, grace_seconds) for question in ASKED})

    def _answer(self, question: int, grace_seconds: float) -> int:
        """The one valid byte that follows a question.

        A few others beside it are status that a printer sends unasked, whose fixed bits are made so that it never looks
        like an answer; more than that is somebody else talking.
        """
        self._wire.write(escpos.ask(question))
        deadline = time.monotonic() + self._settings.timeout_seconds + grace_seconds
        heard = b""
        while len(heard) <= MOST_HEARD:
            answers = [byte for byte in heard if is_valid(byte)]
            if len(answers) == 1:
                return answers[0]
            if answers or time.monotonic() >= deadline or self._broken_off.is_set():
                break
            heard += self._wire.read(min(deadline - time.monotonic(), 0.5))  # so that it can be broken off
        raise self._no_answer(heard)

    def _no_answer(self, heard: bytes) -> DeviceError:
        if heard:
            words = "answers what no label printer answers. See that its address is right, then switch it off and on."
        else:
            words = "does not say how it is. Switch it off and on, and see that no other program prints there."
        return DeviceError(f"{self._wire.where} {words}", permanent=False)
