"""A printer on the network. It must never print on a connection that it did not open for this very job."""

import contextlib
import socket

from supply.devices.errors import DeviceError
from supply.devices.printers.addresses import USUAL, Reach, judged, shown
from supply.devices.printers.wires import READ_BYTES


class NetworkWire:
    """TCP, as a rule to port 9100. Most printers serve one client; a second one is connected and then left waiting."""

    can_answer = True

    def __init__(self, host: str, port: int, *, timeout_seconds: float, reach: Reach = USUAL) -> None:
        self.where = f"The printer at {f'[{host}]' if ':' in host else shown(host)}:{port}"
        self._host, self._port, self._timeout, self._reach = host, port, timeout_seconds, reach
        self._socket: socket.socket | None = None

    def open(self) -> None:
        """Resolve, judge and connect within the time limit. Raises `DeviceError`, permanent where it is not allowed."""
        address = judged(self.where, self._host, self._port, self._reach)
        try:
            connection = socket.create_connection((address, self._port), timeout=self._timeout)
        except OSError as error:
            raise self._lost(error) from None
        # Little on the way: so the time limit measures the printer's own pace, and the end is soon known.
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 4096)
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._socket = connection

    def write(self, content: bytes) -> None:
        """Send; a kilobyte has three times the time limit, for a printer pauses while its head cools."""
        connection = self._open()
        connection.settimeout(self._timeout * 3)
        try:
            for start in range(0, len(content), 1024):
                connection.sendall(content[start : start + 1024])
        except OSError as error:
            raise self._lost(error) from None

    def read(self, timeout_seconds: float) -> bytes:
        """What came; a closed connection is an error and never an answer."""
        connection = self._open()
        connection.settimeout(max(timeout_seconds, 0.0))
        try:
            found = connection.recv(READ_BYTES)
        except (TimeoutError, BlockingIOError):
            return b""
        except OSError as error:
            raise self._lost(error) from None
        if not found:
            raise DeviceError(f"{self.where} closed the connection.", permanent=False)
        return found

    def finish(self) -> None:
        """The network sends by itself."""

    def close(self) -> None:
        """Hang up."""
        connection, self._socket = self._socket, None
        if connection is not None:
            with contextlib.suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)
            connection.close()

    def _open(self) -> socket.socket:
        if self._socket is None:
            raise DeviceError(f"{self.where} was let go.", permanent=False)
        return self._socket

    def _lost(self, error: OSError) -> DeviceError:
        if isinstance(error, ConnectionRefusedError):
            words = "takes no connection. See that it is switched on and that its address is right."
        elif isinstance(error, TimeoutError):
            words = "does not answer. See that it is switched on and its network cable is plugged in."
        elif isinstance(error, ConnectionError):
            words = "broke the connection off."
        else:
            words = "cannot be reached. See that it is switched on and its network cable is plugged in."
        return DeviceError(f"{self.where} {words}", permanent=False)
