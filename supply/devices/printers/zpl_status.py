"""PURE: what a ZPL printer answers to ~HS (host status) and ~HQES (its errors), in words for whoever stands there.

Every line must have its exact shape (ZPL II Programming Guide, ~HS and ~HQ); anything else is no answer.
"""

import re
from dataclasses import dataclass
from typing import Final

from supply.devices.printers.model import PrinterStatus

_LINES: Final = re.compile(
    rb"\x02(\d{3}),([01]),([01]),(\d{4}),(\d{3}),([01]),([01]),([01]),(\d{3}),([01]),([01]),([01])\x03\r\n"
    rb"\x02(\d{3}),(\d),([01]),([01]),([01]),(\w),(\d),([01]),(\d{8}),([01]),(\d{1,4})\x03\r\n"
    rb"\x02(\d{4}),([01])\x03\r\n"
)
MOST_STATUS: Final = 512
_ERRORS: Final = re.compile(
    rb"\x02\s*PRINTER STATUS\s+ERRORS:\s+([01]) ([0-9A-Fa-f]{8}) ([0-9A-Fa-f]{8})\s+"
    rb"WARNINGS:\s+([01]) ([0-9A-Fa-f]{8}) ([0-9A-Fa-f]{8})\s*\x03"
)
# Bits of the first group of errors, in the order in which a person meets them.
_TROUBLES: Final = (
    (0x4, "has its cover open. Close it; printing goes on by itself."),
    (0x1, "has no paper. Put in a roll; it goes on by itself."),
    (0x2, "has no ribbon. Put one in; printing goes on by itself."),
    (0x8, "reports that its cutter is stuck. Clear the paper, then switch it off and on."),
    (0x10, "is too hot or has another passing error. Wait; printing goes on by itself."),
    (0x20, "is too hot or has another passing error. Wait; printing goes on by itself."),
    (0x10000, "is offline. Press its feed or online button; printing goes on by itself."),
)
_UNKNOWN: Final = "reports an error that it cannot clear. Switch it off and on; if it stays, have it repaired."
_BUSY: Final = "still has labels of others to print and its memory is full. Wait; printing goes on by itself."


@dataclass(frozen=True, slots=True)
class HostStatus:
    """The host status. `waiting`: formats in its buffer and labels of a batch that are not out yet."""

    is_paper_out: bool
    is_paused: bool
    is_full: bool
    is_partial: bool
    is_ram_bad: bool
    is_cold: bool
    is_hot: bool
    is_head_open: bool
    is_ribbon_out: bool
    is_label_to_be_taken: bool
    waiting: int

    @property
    def is_done(self) -> bool:
        """Whether nothing of what was sent is still to come out."""
        return not (self.waiting or self.is_partial)


def host_status(heard: bytes) -> HostStatus | None:
    """The answer to ~HS, or None while it is not whole; what came before it is not looked at.

    >>> host_status(b"") is None
    True
    """
    found = _LINES.search(heard)
    if found is None:
        return None
    said = [int(part) if part.isdigit() else 0 for part in found.groups()]
    return HostStatus(
        is_paper_out=said[1] == 1,
        is_paused=said[2] == 1,
        is_full=said[5] == 1,
        is_partial=said[7] == 1,
        is_ram_bad=said[9] == 1,
        is_cold=said[10] == 1,
        is_hot=said[11] == 1,
        is_head_open=said[14] == 1,
        is_ribbon_out=said[15] == 1,
        is_label_to_be_taken=said[19] == 1,
        waiting=said[4] + said[20],
    )


def status_of(where: str, said: HostStatus) -> PrinterStatus:
    """The status that a host status means."""
    troubles = (
        (said.is_head_open, _TROUBLES[0][1]),
        (said.is_paper_out, _TROUBLES[1][1]),
        (said.is_ribbon_out, _TROUBLES[2][1]),
        (said.is_ram_bad, _UNKNOWN),
        (said.is_hot or said.is_cold, _TROUBLES[4][1]),
        (said.is_label_to_be_taken, "waits for its label to be taken. Take it; printing goes on by itself."),
        (said.is_paused, _TROUBLES[6][1]),
        (said.is_full, _BUSY),
    )
    for is_so, words in troubles:
        if is_so:
            return PrinterStatus(False, f"{where} {words}")
    return PrinterStatus(True, f"{where} is ready.")


def errors(heard: bytes) -> tuple[int, int, int] | None:
    """The answer to ~HQES as its two groups of errors, second group first, and the first of warnings; None if none."""
    found = _ERRORS.search(heard)
    if found is None:
        return None
    is_wrong, second, first, is_warning, _, warnings = (int(part, 16) for part in found.groups())
    return (second, first or (0 if not is_wrong or second else 0x80000000), warnings if is_warning else 0)


def errors_of(where: str, said: tuple[int, int, int]) -> PrinterStatus:
    """The status that its errors mean.

    >>> errors_of("printer-1", (0, 0x8, 0)).words
    'printer-1 reports that its cutter is stuck. Clear the paper, then switch it off and on.'
    """
    second, first, warnings = said
    for bit, words in _TROUBLES:
        if first & bit:
            return PrinterStatus(False, f"{where} {words}")
    if first or second:
        return PrinterStatus(False, f"{where} {_UNKNOWN}")
    if warnings & 0x8:
        return PrinterStatus(True, f"{where} is ready; its roll is nearly at its end.")
    return PrinterStatus(True, f"{where} is ready.")
