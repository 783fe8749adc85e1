"""A scanner on a serial port (USB-CDC, RS-232, `socket://host:port`), the way of connecting to prefer.

Owns the port. It must never hand on half a read, and never give up on a port that may come back.
"""

import time
from collections.abc import Callable
from datetime import datetime
from typing import Any, Final

import serial

from supply.devices.errors import DeviceError
from supply.devices.framing import IDLE_SECONDS, Framer
from supply.devices.model import Scan, aim_of, text_of, utc_now
from supply.devices.reconnect import BackOff
from supply.devices.state import DeviceState, Status

try:
    from termios import error as _TerminalError
except ImportError:  # pragma: no cover - Windows has no termios
    _TerminalError = OSError  # type: ignore[misc,assignment]

# A pulled plug shows as any of these, depending on the call; `termios.error` is no OSError.
_LOST: Final = (serial.SerialException, OSError, _TerminalError)
_CHUNK_BYTES: Final = 65_536


class SerialScanner:
    """Reads a serial scanner and comes back by itself when it was unplugged. One thread reads it."""

    def __init__(
        self,
        port: str,
        *,
        baud: int = 9600,
        name: str | None = None,
        idle_seconds: float = IDLE_SECONDS,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
        now: Callable[[], datetime] = utc_now,
    ) -> None:
        self.name = name or port
        self._port, self._baud = port, baud
        self._idle_seconds = idle_seconds
        self._clock, self._sleep, self._now = clock, sleep, now
        self._serial: Any = None
        self._framer = Framer(idle_seconds=idle_seconds)
        self._back_off = BackOff(clock)
        self._state = DeviceState(self.name)

    @property
    def state(self) -> DeviceState:
        """What the scanner is doing."""
        return self._state

    def open(self) -> None:
        """Open the port for this program alone. Raises `DeviceError` (permanent when the settings cannot be right)."""
        if self._serial is not None:
            return
        before = self._state.status
        self._state.change(Status.OPENING)
        self._framer.clear()
        try:
            self._serial = self._opened()
        except ValueError as error:
            self._state.change(Status.FAILED, f"The settings of scanner {self.name} cannot be right: {error}.")
            raise DeviceError(str(self._state.error), permanent=True) from None
        except _LOST as error:
            self._back_off.failed()
            waiting = Status.RECONNECTING if before is Status.RECONNECTING else Status.FAILED
            self._state.change(waiting, _sentence(self._port, error))
            raise DeviceError(str(self._state.error), permanent=False) from None
        self._back_off.succeeded()
        self._state.change(Status.OPEN)

    def _opened(self) -> Any:
        port = serial.serial_for_url(self._port, baudrate=self._baud, timeout=0, exclusive=True, do_not_open=True)
        port.open()
        try:
            # What a scanner sent while nobody listened is not a scan of now, and may be half of one.
            port.reset_input_buffer()
        except _LOST:
            port.close()
            raise
        return port

    def read(self, timeout_seconds: float) -> list[Scan]:
        """Whole scans that came within the time. After a lost port it waits, tries to open it again, and reads on."""
        deadline = self._clock() + timeout_seconds
        while True:
            frames = self._frames(max(0.0, deadline - self._clock()))
            if frames or self._clock() >= deadline:
                return [self._scan(frame) for frame in frames]

    def close(self) -> None:
        """Let go of the port."""
        self._let_go()
        self._state.change(Status.CLOSED)

    def _frames(self, remaining_seconds: float) -> list[bytes]:
        if self._serial is None:
            self._try_again(remaining_seconds)
            return []
        wait = min(remaining_seconds, self._idle_seconds) if self._framer.is_pending else remaining_seconds
        try:
            self._serial.timeout = wait
            chunk = self._serial.read(1)
            if chunk:
                chunk += self._serial.read(min(self._serial.in_waiting, _CHUNK_BYTES))
        except _LOST as error:
            self._lose(error)
            return []
        frames = self._framer.feed(chunk, now=self._clock())
        for note in self._framer.take_notes():
            self._state.note(note)
        return frames

    def _try_again(self, remaining_seconds: float) -> None:
        wait = self._back_off.wait_seconds()
        self._sleep(min(wait, remaining_seconds))
        if wait > remaining_seconds:
            return
        try:
            self.open()
        except DeviceError as error:
            if error.permanent:
                raise

    def _lose(self, error: Exception) -> None:
        self._let_go()
        self._back_off.failed()
        self._state.change(Status.RECONNECTING, _sentence(self._port, error))

    def _let_go(self) -> None:
        port, self._serial = self._serial, None
        self._framer.clear()
        if port is not None:
            try:
                port.close()
            except _LOST:
                self._state.note("the port was gone before it could be closed")

    def _scan(self, frame: bytes) -> Scan:
        raw = text_of(frame)
        scan = Scan(raw=raw, aim=aim_of(raw), read_at=self._now(), device=self.name)
        self._state.last_scan_at = scan.read_at
        return scan


def _sentence(port: str, error: Exception) -> str:
    """The cause in words; the library's own text changes with the call and the system."""
    number = getattr(error, "errno", None)
    text = str(error)
    if number == 2 or "No such file" in text:
        return f"Nothing is plugged in at {port}; check the cable of the scanner."
    if number == 13 or "Permission denied" in text:
        return f"This program may not use {port}; add its user to the group dialout."
    if number in (11, 16) or "exclusively lock" in text:
        return f"Another program is using {port}; close it."
    return f"The scanner at {port} does not answer; check its cable."
