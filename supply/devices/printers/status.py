"""PURE: what the four status bytes of a printer mean (DLE EOT 1 to 4 of ESC/POS), in words for whoever stands there.

A byte without its fixed bits 0xx1xx10 is no answer; an empty answer is never "all well".
"""

from collections.abc import Mapping
from typing import Final

from supply.devices.printers.model import PrinterStatus

ASKED: Final = (1, 2, 3, 4)
_FIXED_MASK, _FIXED = 0b1001_0011, 0b0001_0010
_PRINTER, _OFFLINE, _ERROR, _PAPER = ASKED

# In the order in which a person meets them: with the cover open, the paper sensor sees no paper either.
_TROUBLES: Final = (
    (_OFFLINE, 0x04, "has its cover open. Close it; printing goes on by itself."),
    (_PAPER, 0x60, "has no paper. Put in a roll; it goes on by itself."),
    (_OFFLINE, 0x20, "has no paper. Put in a roll; it goes on by itself."),
    (_ERROR, 0x08, "reports that its cutter is stuck. Clear the paper, then switch it off and on."),
    (_ERROR, 0x20, "reports an error that it cannot clear. Switch it off and on; if it stays, have it repaired."),
    (_ERROR, 0x40, "is too hot or has another passing error. Wait; printing goes on by itself."),
    (_ERROR, 0x04, "reports a fault of its mechanics. Look for jammed paper, then switch it off and on."),
    (_OFFLINE, 0x40, "reports an error. Look at its lamps and its paper, then switch it off and on."),
    (_PRINTER, 0x08, "is offline. Press its feed or online button; printing goes on by itself."),
)


def is_valid(reply: int) -> bool:
    """Whether a byte carries the fixed bits of a status answer, 0xx1xx10."""
    return reply & _FIXED_MASK == _FIXED


def status_of(where: str, replies: Mapping[int, int]) -> PrinterStatus:
    """The status from one valid reply to each question.

    >>> status_of("printer-1", {1: 0x12, 2: 0x12, 3: 0x12, 4: 0x72}).words
    'printer-1 has no paper. Put in a roll; it goes on by itself.'
    """
    for question, bits, words in _TROUBLES:
        if replies[question] & bits:
            return PrinterStatus(False, f"{where} {words}")
    if replies[_PAPER] & 0x0C:
        return PrinterStatus(True, f"{where} is ready; its roll is nearly at its end.")
    return PrinterStatus(True, f"{where} is ready.")
