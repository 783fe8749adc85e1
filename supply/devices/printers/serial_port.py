"""A printer on a serial port. It must never wait for ever for a printer that takes no bytes."""

import contextlib
import errno
import time
from collections.abc import Iterator
from typing import Any, Final

import serial

from supply.devices.errors import DeviceError
from supply.devices.printers.wires import READ_BYTES, opened_by_library

try:
    from termios import error as _TerminalError
except ImportError:  # pragma: no cover - Windows has no termios
    _TerminalError = OSError  # type: ignore[misc,assignment]

# A pulled plug shows as any of these, depending on the call; `termios.error` is no OSError.
_LOST: Final = (serial.SerialException, OSError, ValueError, _TerminalError)


class SerialWire:
    """A serial port (RS-232 or USB-CDC). `flow`: `none`, `dtr` (most receipt printers), `rts` or `xonxoff`."""

    can_answer = True

    def __init__(self, port: str, *, baud: int = 9600, flow: str = "none", timeout_seconds: float) -> None:
        if flow not in {"none", "dtr", "rts", "xonxoff"}:
            raise DeviceError(f"flow cannot be {flow!r}; choose one of none, dtr, rts, xonxoff.", permanent=True)
        self.where = f"The printer at {port}"
        self._port, self._baud, self._flow, self._timeout = port, baud, flow, timeout_seconds
        self._serial: Any = None
        self._is_under_way = False  # bytes were written and not seen off

    def open(self) -> None:
        """Open the port for this program alone, and drop what a printer said while nobody listened."""
        from escpos.printer.serial import Serial

        printer = Serial(
            self._port,
            baudrate=self._baud,
            timeout=self._timeout,
            xonxoff=self._flow == "xonxoff",
            dsrdtr=self._flow == "dtr",
        )
        try:
            port = opened_by_library(printer)
        except _LOST as error:
            raise self._lost(error) from None
        try:
            port.write_timeout = self._timeout
            port.rtscts = self._flow == "rts"
            port.exclusive = True
            port.reset_input_buffer()
        except _LOST as error:
            port.close()
            raise self._lost(error) from None
        self._serial = port

    def write(self, content: bytes) -> None:
        """Send; 128 bytes, which 9600 baud carry in a seventh of a second, have the time limit."""
        self._is_under_way = True
        with self._port_in_use() as port:
            for start in range(0, len(content), 128):
                port.write(content[start : start + 128])

    def read(self, timeout_seconds: float) -> bytes:
        """What came."""
        with self._port_in_use() as port:
            port.timeout = max(timeout_seconds, 0.0)
            found = bytes(port.read(1))
            return found + bytes(port.read(min(port.in_waiting, READ_BYTES))) if found else b""

    def finish(self) -> None:
        """Wait until the port has sent everything. `tcdrain` is not used: it would wait for ever for a dead printer."""
        left, deadline = -1, time.monotonic() + self._timeout
        with self._port_in_use() as port:
            while port.out_waiting:
                if port.out_waiting != left:
                    left, deadline = port.out_waiting, time.monotonic() + self._timeout
                if time.monotonic() > deadline:
                    raise DeviceError(f"{self.where} takes no more bytes.", permanent=False)
                time.sleep(0.01)
        self._is_under_way = False

    def close(self) -> None:
        """Let go of the port; what was not seen off is dropped, for closing would wait for it."""
        port, self._serial = self._serial, None
        if port is not None:
            with contextlib.suppress(*_LOST):
                if self._is_under_way:
                    port.reset_output_buffer()
            with contextlib.suppress(*_LOST):
                port.close()

    @contextlib.contextmanager
    def _port_in_use(self) -> Iterator[Any]:
        if self._serial is None:
            raise DeviceError(f"{self.where} was let go.", permanent=False)
        try:
            yield self._serial
        except (*_LOST, TypeError) as error:  # TypeError: closed by another thread in mid-call
            raise self._lost(error) from None

    def _lost(self, error: Exception) -> DeviceError:
        number, text = getattr(error, "errno", None), str(error)
        if isinstance(error, ValueError) and not isinstance(error, serial.SerialException):
            words = f"{self.where} cannot be opened with its settings: {text}."
            return DeviceError(words, permanent=True)
        if isinstance(error, serial.SerialTimeoutException):
            words = "takes no more bytes. See that it is switched on and online."
        elif number == errno.ENOENT or "No such file" in text:
            words = "is not plugged in; check its cable."
        elif number == errno.EACCES or "Permission denied" in text:
            words = "may not be used by this program; add its user to the group dialout."
        elif number in (errno.EAGAIN, errno.EBUSY) or "exclusively lock" in text:
            words = "is in use by another program; close that one."
        else:
            words = "went away; check its cable."
        return DeviceError(f"{self.where} {words}", permanent=False)
