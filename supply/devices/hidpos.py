"""PURE: from the input reports of a USB HID point-of-sale scanner to whole reads (USB HID POS usage tables, page 0x8C).

A read may span reports; a piece of one must never be handed on.
"""

from typing import Final

from supply.devices.framing import MAX_FRAME_BYTES
from supply.devices.model import text_of

REPORT_BYTES: Final = 64
USAGE_PAGE: Final = 0x8C
USAGE: Final = 0x02
SCANNED_DATA: Final = 2
DATA_BYTES: Final = 56
_CONTINUED: Final = 1
_STALLED_SECONDS: Final = 1.0


class ReportAssembler:
    """Scanned-data reports: id 2, length, AIM identifier (3 bytes), 56 bytes of data, 2 of the maker's, flags.

    Bit 0 of the flags says that the read goes on in the next report. `now` is seconds of a steady clock.

    >>> ReportAssembler().feed(report_of(b"A1", "]C0"), now=0.0)
    [']C0A1']
    """

    def __init__(self) -> None:
        self._begun = bytearray()
        self._aim = ""
        self._is_pending = False
        self._dropping = False
        self._last_at = 0.0
        self._notes: list[str] = []

    @property
    def is_pending(self) -> bool:
        """Whether a read has begun and not ended."""
        return self._is_pending

    def feed(self, report: bytes, *, now: float) -> list[str]:
        """The read that this report completes, with its AIM identifier before it; or none."""
        self.idle(now=now)
        if not report or report[0] != SCANNED_DATA:
            return []  # a battery's or a button's report
        if len(report) < REPORT_BYTES or report[1] > DATA_BYTES:
            self._drop("a report that no scanner makes was dropped, and its read with it")
            return []
        aim = _aim_in(report)
        if self._is_pending and aim != self._aim and not self._dropping:
            self._note_torn()
            self.clear()
        self._last_at, self._aim, self._is_pending = now, aim, True
        self._keep(report[5 : 5 + report[1]])
        return [] if report[63] & _CONTINUED else self._finish()

    def idle(self, *, now: float) -> None:
        """Drop a read whose rest has not come for a second."""
        if self._is_pending and now - self._last_at >= _STALLED_SECONDS:
            if not self._dropping:
                self._note_torn()
            self.clear()

    def clear(self) -> None:
        """Forget what has begun: after a break of the wire the rest of it will never come."""
        self._begun.clear()
        self._is_pending = self._dropping = False

    def take_notes(self) -> list[str]:
        """What was dropped since the last call, in words for the log."""
        notes, self._notes = self._notes, []
        return notes

    def _keep(self, piece: bytes) -> None:
        if self._dropping:
            return
        if len(self._begun) + len(piece) > MAX_FRAME_BYTES:
            self._drop(f"a read longer than {MAX_FRAME_BYTES} bytes was dropped")
            return
        self._begun += piece

    def _drop(self, note: str) -> None:
        self._notes.append(note)
        self._begun.clear()
        # The rest of a read that was going on is dropped too, up to its last report.
        self._dropping = self._is_pending

    def _finish(self) -> list[str]:
        text = "" if self._dropping else text_of(bytes(self._begun))
        aim = self._aim
        self.clear()
        if not text:
            return []
        return [text if text.startswith(aim) else aim + text]

    def _note_torn(self) -> None:
        self._notes.append(f"a read without its end was dropped ({len(self._begun)} bytes)")


def _aim_in(report: bytes) -> str:
    found = bytes(report[2:5])
    return found.decode("ascii", errors="replace") if found[:1] == b"]" and found.isascii() else ""


def report_of(piece: bytes, aim: str = "", *, is_continued: bool = False) -> bytes:
    """One report as a scanner makes it, for emulators and tests."""
    head = bytes([SCANNED_DATA, len(piece)]) + aim.encode("ascii").ljust(3, b"\0")
    return head + piece.ljust(DATA_BYTES, b"\0") + b"\0\0" + bytes([_CONTINUED if is_continued else 0])
