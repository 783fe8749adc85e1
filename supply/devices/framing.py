"""Cuts the bytes of a scanner into whole reads. Pure: the moment of the bytes is passed in.

It must never hand on a piece of a read as if it were one.
"""

from typing import Final

MAX_FRAME_BYTES: Final = 4096
IDLE_SECONDS: Final = 0.3
_ENDS: Final = b"\r\n\t"
_STX: Final = 0x02
_ETX: Final = 0x03


class Framer:
    """A read ends with CR, LF, CRLF or Tab, stands between STX and ETX, or is followed by silence.

    Silence ends a read only while this scanner has never sent an end mark: after that, an unended rest is a torn read
    and is dropped. However the bytes are split on their way, the same frames come out.

    >>> Framer().feed(b"4012345678901" + bytes([13, 10]) + b"A1" + bytes([13]), now=0.0)
    [b'4012345678901', b'A1']
    """

    def __init__(self, *, idle_seconds: float = IDLE_SECONDS, max_bytes: int = MAX_FRAME_BYTES) -> None:
        self._idle_seconds = idle_seconds
        self._max_bytes = max_bytes
        self._buffer = bytearray()
        self._in_envelope = False
        self._too_long = False
        self._sends_ends = False
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
        if self._sends_ends or self._in_envelope:
            if not self._too_long:
                self._notes.append(f"a read without its end was dropped ({len(self._buffer)} bytes)")
            self.clear()
            return []
        frame = self._finish()
        return [frame] if frame else []

    def clear(self) -> None:
        """Forget what has begun: after a break of the wire the rest of it will never come."""
        self._buffer.clear()
        self._in_envelope = False
        self._too_long = False

    def take_notes(self) -> list[str]:
        """What was dropped since the last call, in words for the log."""
        notes, self._notes = self._notes, []
        return notes

    def _take(self, byte: int) -> bytes:
        if byte == _STX:
            if self._buffer:
                self._notes.append(f"a read without its end was dropped ({len(self._buffer)} bytes)")
            self.clear()
            self._in_envelope = True
            return b""
        if byte == _ETX if self._in_envelope else byte in _ENDS or byte == _ETX:
            self._sends_ends = self._sends_ends or self.is_pending
            return self._finish()
        self._keep(byte)
        return b""

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
        frame = bytes(self._buffer).rstrip(_ENDS)
        self.clear()
        return frame
