"""Cuts the bytes of a scanner into whole reads. Pure: the moment of the bytes is passed in.

It must never hand on a piece of a read as if it were one.
"""

from typing import Final

MAX_FRAME_BYTES: Final = 4096
IDLE_SECONDS: Final = 0.3
_ENDS: Final = b"\r\n\t"
_STX: Final = 0x02
_ETX: Final = 0x03
# What ends a read of a scanner whose set-up is known. `auto` takes any of them; `idle` knows silence alone.
FRAMINGS: Final = {
    "auto": _ENDS,
    "cr": b"\r",
    "lf": b"\n",
    "crlf": b"\n",
    "tab": b"\t",
    "stx-etx": b"",
    "idle": b"",
}


class Framer:
    """A read ends with CR, LF, CRLF or Tab, stands between STX and ETX, or is followed by silence.

    `auto` finds out which: silence ends a read only while this scanner has never sent an end mark; after that, an
    unended rest is a torn read and is dropped. Any other framing holds from the first byte, so that nothing torn can
    pass for a read. However the bytes are split on their way, the same frames come out.

    >>> Framer().feed(b"4012345678901" + bytes([13, 10]) + b"A1" + bytes([13]), now=0.0)
    [b'4012345678901', b'A1']
    """

    def __init__(
        self, framing: str = "auto", *, idle_seconds: float = IDLE_SECONDS, max_bytes: int = MAX_FRAME_BYTES
    ) -> None:
        self._ends = FRAMINGS[framing]
        self._takes_envelope = framing in ("auto", "stx-etx")
        self._silence_ends = framing in ("auto", "idle")
        self._idle_seconds = idle_seconds
        self._max_bytes = max_bytes
        self._buffer = bytearray()
        self._in_envelope = False
        self._too_long = False
        self._last_byte_at = 0.0
        self._notes: list[str] = []

    @property
    def is_pending(self) -> bool:
        """Whether a read has begun and not ended."""
        return bool(self._buffer) or self._in_envelope or self._too_long

    def feed(self, chunk: bytes, *, now: float) -> list[bytes]:
        """Whole reads that these bytes complete; `now` is seconds of a steady clock."""
        frames = self.idle(now=now)
        if chunk:
            self._last_byte_at = now
        for byte in chunk:
            frame = self._take(byte)
            if frame:
                frames.append(frame)
        return frames

    def idle(self, *, now: float) -> list[bytes]:
        """The read that silence ended, if it did."""
        if not self.is_pending or now - self._last_byte_at < self._idle_seconds:
            return []
        if not self._silence_ends or self._in_envelope or self._too_long:
            if not self._too_long:
                self._note_torn()
            self.clear()
            return []
        frame = self._finish()
        return [frame] if frame else []

    def clear(self) -> None:
        """Forget what has begun: after a break of the wire the rest of it will never come."""
        self._buffer.clear()
        self._in_envelope = False
        self._too_long = False

    def spoil(self, why: str) -> None:
        """Something of the read in progress is missing: drop all up to its end. `why` is a note for the log."""
        self._notes.append(why)
        self._buffer.clear()
        self._too_long = True

    def take_notes(self) -> list[str]:
        """What was dropped since the last call, in words for the log."""
        notes, self._notes = self._notes, []
        return notes

    def _take(self, byte: int) -> bytes:
        if byte == _STX and self._takes_envelope:
            if self._buffer:
                self._note_torn()
            self.clear()
            self._in_envelope = True
            return b""
        if self._is_end(byte):
            if self.is_pending:
                self._silence_ends = False
            return self._finish()
        if self._in_envelope or self._ends or not self._takes_envelope:
            self._keep(byte)
        return b""  # between envelopes nothing counts

    def _is_end(self, byte: int) -> bool:
        if self._in_envelope:
            return byte == _ETX
        return byte in self._ends or (byte == _ETX and self._takes_envelope)

    def _note_torn(self) -> None:
        self._notes.append(f"a read without its end was dropped ({len(self._buffer)} bytes)")

    def _keep(self, byte: int) -> None:
        if self._too_long:
            return
        if len(self._buffer) >= self._max_bytes:
            self._notes.append(f"a read longer than {self._max_bytes} bytes was dropped")
            self._buffer.clear()
            self._too_long = True
            return
        self._buffer.append(byte)

    def _finish(self) -> bytes:
        # Inside STX … ETX some scanners send their usual suffix as well.
        frame = b"" if self._too_long else bytes(self._buffer).strip(b"\r\n").rstrip(_ENDS)
        self.clear()
        return frame
