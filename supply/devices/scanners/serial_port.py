"""A scanner on a serial port (USB-CDC, RS-232, `socket://host:port`), the way of connecting to prefer.

Owns the port. It must never hand on half a read, and never give up on a port that may come back.
"""

from typing import Any, Final

import serial

from supply.devices.errors import DeviceError
from supply.devices.framing import IDLE_SECONDS, Framer
from supply.devices.model import text_of
from supply.devices.scanners.reconnecting import ReconnectingScanner
from supply.devices.usb_ids import port_of

try:
    from termios import error as _TerminalError
except ImportError:  # pragma: no cover - Windows has no termios
    _TerminalError = OSError  # type: ignore[misc,assignment]

# A pulled plug shows as any of these, depending on the call; `termios.error` is no OSError.
_LOST: Final = (serial.SerialException, OSError, _TerminalError)
_CHUNK_BYTES: Final = 65_536
PARITIES: Final = {"none": "N", "even": "E", "odd": "O"}


class SerialScanner(ReconnectingScanner):
    """Reads a serial scanner at a path, or wherever the USB device of that `usb_id` or `serial_number` is plugged in.

    `framing` is a key of `framing.FRAMINGS`.
    """

    def __init__(
        self,
        port: str = "",
        *,
        usb_id: str = "",
        serial_number: str = "",
        baud: int = 9600,
        parity: str = "none",
        data_bits: int = 8,
        framing: str = "auto",
        idle_seconds: float = IDLE_SECONDS,
        name: str | None = None,
        **shared: Any,
    ) -> None:
        super().__init__(name=name or port or usb_id, **shared)
        self._port, self._usb_id, self._serial_number = port, usb_id, serial_number
        self._line: dict[str, Any] = {"baudrate": baud, "parity": PARITIES.get(parity, parity), "bytesize": data_bits}
        self._idle_seconds = idle_seconds
        self._framer = Framer(framing, idle_seconds=idle_seconds)
        self._where = port
        self._serial: Any = None

    def _connect(self) -> None:
        self._framer.clear()
        try:
            self._where = self._port or port_of(self._usb_id, self._serial_number)
            self._serial = self._opened(self._where)
        except ValueError as error:
            raise DeviceError(
                f"The settings of scanner {self.name} cannot be right: {error}.", permanent=True
            ) from None
        except _LOST as error:
            raise DeviceError(_sentence(self._where, error), permanent=False) from None

    def _opened(self, where: str) -> Any:
        port = serial.serial_for_url(where, timeout=0, exclusive=True, do_not_open=True, **self._line)
        # Many USB scanners send nothing to a host that does not say it is ready.
        port.dtr = port.rts = True
        port.open()
        try:
            # What a scanner sent while nobody listened is not a scan of now, and may be half of one.
            port.reset_input_buffer()
        except _LOST:
            port.close()
            raise
        return port

    def _receive(self, wait_seconds: float) -> list[str]:
        wait = min(wait_seconds, self._idle_seconds) if self._framer.is_pending else wait_seconds
        try:
            self._serial.timeout = wait
            chunk = self._serial.read(1)
            if chunk:
                chunk += self._serial.read(min(self._serial.in_waiting, _CHUNK_BYTES))
        except _LOST as error:
            raise DeviceError(_sentence(self._where, error), permanent=False) from None
        frames = self._framer.feed(chunk, now=self._clock())
        for note in self._framer.take_notes():
            self._state.note(note)
        return [text_of(frame) for frame in frames]

    def _disconnect(self) -> None:
        port, self._serial = self._serial, None
        self._framer.clear()
        if port is not None:
            try:
                port.close()
            except _LOST:
                self._state.note("the port was gone before it could be closed")


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
