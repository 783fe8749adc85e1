"""A receipt or label printer that speaks ESC/POS. It must never take silence or noise for "all well"."""

from collections.abc import Iterator
from typing import Final

from PIL import Image

from supply.devices.printers import escpos
from supply.devices.printers.model import PrinterStatus
from supply.devices.printers.printer import AskingPrinter
from supply.devices.printers.status import ASKED, is_valid, status_of

MOST_HEARD: Final = 9  # an answer beside two automatic states of four bytes


class EscPosPrinter(AskingPrinter):
    """Bands of dots and a cut; the four status questions before and after."""

    BEGIN = escpos.INITIALISE

    def _pieces(self, image: Image.Image) -> Iterator[bytes]:
        yield from escpos.bands(image)
        yield escpos.ENDS[self._settings.cut]

    def _how_it_is(self, grace_seconds: float, *, is_full: bool) -> PrinterStatus:
        replies = {number: self._byte(number, grace_seconds) for number in ASKED}
        return status_of(self._wire.where, replies)

    def _byte(self, number: int, grace_seconds: float) -> int:
        """The one valid byte that follows a question.

        A few others beside it are status that a printer sends unasked, whose fixed bits are made so that it never looks
        like an answer; more than that is somebody else talking.
        """

        def found(heard: bytes) -> bytes | None:
            answers = bytes(byte for byte in heard if is_valid(byte))
            if len(answers) > 1:
                raise self._no_answer(heard)
            return answers or None

        return self._answer(escpos.ask(number), grace_seconds, MOST_HEARD, found)[0]
