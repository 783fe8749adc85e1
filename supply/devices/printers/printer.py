"""One label printer on any wire, in any language: asks, prints, asks again.

It must never send a label twice by itself, and never say more than it knows.
"""

import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Final

from PIL import Image

from supply.devices.errors import DeviceError
from supply.devices.printers.model import Outcome, PaperSettings, Printed, PrinterSettings, PrinterStatus
from supply.devices.printers.wires import Wire
from supply.errors import Invalid

MM_PER_INCH: Final = 25.4
UNASKED_READS: Final = 64
MOST_GRACE_SECONDS: Final = 10.0
LOOK: Final = "Look whether it came out."


class AskingPrinter:
    """The contract of `Printer` on a wire; a language says what is sent and asked. `close` may come from any thread."""

    BEGIN = b""
    """What is sent first and prints nothing."""

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
            return self._asked(0.0, is_full=True)
        except DeviceError as error:
            return PrinterStatus(False, error.message, is_permanent=error.permanent)
        finally:
            self._wire.close()

    def print_image(self, image: Image.Image, *, copies: int = 1) -> Printed:
        """Print copies one after another, asking before and after each; ends with the first that is not certain."""
        if copies < 1:
            raise Invalid("Print at least one label.", code="bad_quantity")
        pieces = list(self._pieces(image))
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
            before = self._asked(0.0, is_full=True)
            if not before.is_ready:
                return Printed(Outcome.not_printed, before.words, before.is_permanent)
            if self.BEGIN:
                self._wire.write(self.BEGIN)
        except DeviceError as error:
            return Printed(Outcome.not_printed, error.message, error.permanent)
        try:
            after = self._asked(self._send(pieces, rows))
        except DeviceError as error:
            return Printed(Outcome.unknown, f"{error.message} It had been sent a label. {LOOK}")
        if not after.is_ready:
            return Printed(Outcome.unknown, f"{after.words} It had been sent a label. {LOOK}")
        return Printed(Outcome.printed, after.words)

    def _send(self, pieces: list[bytes], rows: int) -> float:
        """Send it all and wait for the paper to move; the seconds that a slow printer may take longer to answer."""
        started = time.monotonic()
        for piece in pieces:
            if self._broken_off.is_set():
                raise DeviceError("Printing was broken off.", permanent=False)
            self._wire.write(piece)
        self._wire.finish()
        seconds = time.monotonic() - started
        if self._asks:
            millimetres = rows / self._settings.paper.dots_per_inch * MM_PER_INCH
            self._broken_off.wait(millimetres / self._settings.mm_per_second)
        return min(max(seconds, self._settings.timeout_seconds), MOST_GRACE_SECONDS)

    def _asked(self, grace_seconds: float, *, is_full: bool = False) -> PrinterStatus:
        """How it is; after a label (`grace_seconds`) only once it is known that all of it was taken."""
        if not self._asks:
            return PrinterStatus(True, f"{self._wire.where} was sent to; it cannot tell what came out.", is_known=False)
        for _ in range(UNASKED_READS):  # what it said unasked is no answer of ours
            if not self._wire.read(0):
                break
        return self._how_it_is(grace_seconds, is_full=is_full)

    def _pieces(self, image: Image.Image) -> Iterator[bytes]:
        """All that is sent for one label. Raises Invalid for a picture that is not 1-bit."""
        raise NotImplementedError

    def _how_it_is(self, grace_seconds: float, *, is_full: bool) -> PrinterStatus:
        """Ask it. Raises `DeviceError` for a printer that stays silent or talks nonsense."""
        raise NotImplementedError

    def _answer(
        self, question: bytes, grace_seconds: float, most: int, found: Callable[[bytes], bytes | None]
    ) -> bytes:
        """What `found` sees of the answer in what was heard after a question, within `most` bytes.

        Raises `DeviceError` for one that does not come in time.
        """
        self._wire.write(question)
        deadline = time.monotonic() + self._settings.timeout_seconds + grace_seconds
        heard = b""
        while len(heard) <= most:
            answer = found(heard)
            if answer is not None:
                return answer
            if time.monotonic() >= deadline or self._broken_off.is_set():
                break
            heard += self._wire.read(min(deadline - time.monotonic(), 0.5))  # so that it can be broken off
        raise self._no_answer(heard)

    def _no_answer(self, heard: bytes) -> DeviceError:
        if heard:
            words = "answers what no label printer answers. See that its address is right, then switch it off and on."
        else:
            words = "does not say how it is. Switch it off and on, and see that no other program prints there."
        return DeviceError(f"{self._wire.where} {words}", permanent=False)
