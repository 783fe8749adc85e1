"""A HID point-of-sale scanner that is not there, at the object of the library hidapi: there is no wire to emulate.

It must never be imported by a driver; a driver takes it as its `library`.
"""

import threading
import time
from collections import deque
from collections.abc import Iterable
from typing import Any

from supply.devices.hidpos import DATA_BYTES, USAGE, USAGE_PAGE, report_of
from supply.devices.model import aim_of


class EmulatedHidScanner:
    """Stands where the module `hid` stands: `enumerate()`, and `device()` with open_path, read and close."""

    def __init__(
        self, *, path: str = "hid-0", usb_id: str = "0c2e:0b67", serial_number: str = "S1", report_seconds: float = 0.0
    ) -> None:
        self.path = path
        self._vendor, self._product = (int(part, 16) for part in usb_id.split(":"))
        self._serial_number, self._report_seconds = serial_number, report_seconds
        self._changed = threading.Condition()
        self._devices: list[_Device] = []
        self.is_plugged = True

    def enumerate(self, _vendor: int = 0, _product: int = 0) -> list[dict[str, Any]]:
        """As hidapi lists it: nothing while unplugged. Its keyboard panel is listed beside it, as real ones do."""
        if not self.is_plugged:
            return []
        one = {"vendor_id": self._vendor, "product_id": self._product, "serial_number": self._serial_number}
        return [
            {**one, "path": f"{self.path}-keys".encode(), "usage_page": 0x01, "usage": 0x06},
            {**one, "path": self.path.encode(), "usage_page": USAGE_PAGE, "usage": USAGE},
        ]

    def device(self) -> "_Device":
        """One handle, not yet open."""
        return _Device(self)

    def plug(self) -> None:
        """Be there."""
        self.is_plugged = True

    def unplug(self) -> None:
        """Vanish: every open handle gets an error from now on, what it had not read is gone."""
        with self._changed:
            self.is_plugged = False
            for device in self._devices:
                device.is_lost = True
            self._devices.clear()
            self._changed.notify_all()

    def replug(self) -> None:
        """Vanish and come back."""
        self.unplug()
        self.plug()

    def scan(self, text: str) -> None:
        """Send one code, its AIM identifier in its own place, in as many reports as it needs."""
        self.send(reports_of(text))

    def half(self, text: str) -> None:
        """Send the first report of a code that says there is more, and no more: the cable is about to be pulled."""
        content = text.removeprefix(aim_of(text) or "").encode("utf-8")
        self.send([report_of(content[: max(1, len(content) // 2)][:DATA_BYTES], aim_of(text) or "", is_continued=True)])

    def garbage(self, reports: int = 20, *, seed: int = 0) -> None:
        """Send reports full of noise."""
        state, sent = seed or 1, []
        for number in range(reports):
            noise = bytearray()
            for _ in range(64):
                state = (state * 1_103_515_245 + 12_345) & 0x7FFF_FFFF
                noise.append(state >> 16 & 0xFF)
            # Every other one has the right number and an impossible length, the worst kind.
            sent.append(
                bytes([2, 57 + noise[1] % 190]) + bytes(noise[2:]) if number % 2 else b"\x09" + bytes(noise[1:])
            )
        self.send(sent)

    def send(self, reports: Iterable[bytes]) -> None:
        """Send these very reports to whoever has the scanner open, at its pace."""
        for report in reports:
            with self._changed:
                for device in self._devices:
                    device.waiting.append(report)
                self._changed.notify_all()
            if self._report_seconds:
                time.sleep(self._report_seconds)


def reports_of(text: str) -> list[bytes]:
    """The reports by which a scanner sends one code, its AIM identifier in its own place. PURE."""
    aim = aim_of(text) or ""
    content = text.removeprefix(aim).encode("utf-8")
    pieces = [content[start : start + DATA_BYTES] for start in range(0, len(content), DATA_BYTES)]
    last = len(pieces) - 1
    return [report_of(piece, aim, is_continued=number < last) for number, piece in enumerate(pieces)]


class _Device:
    """One handle of hidapi, with its calls and its errors."""

    def __init__(self, scanner: EmulatedHidScanner) -> None:
        self._scanner = scanner
        self.waiting: deque[bytes] = deque()
        self.is_lost = False

    def open_path(self, path: bytes) -> None:
        scanner = self._scanner
        with scanner._changed:
            if not scanner.is_plugged or path != scanner.path.encode():
                raise OSError("open failed")
            scanner._devices.append(self)

    def read(self, size: int, timeout_ms: int = 0) -> list[int]:
        scanner = self._scanner
        with scanner._changed:
            scanner._changed.wait_for(lambda: self.waiting or self.is_lost, timeout_ms / 1000)
            if self.is_lost:
                raise OSError("read error")
            return list(self.waiting.popleft()[:size]) if self.waiting else []

    def close(self) -> None:
        scanner = self._scanner
        with scanner._changed:
            if self in scanner._devices:
                scanner._devices.remove(self)
