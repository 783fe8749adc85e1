"""A keyboard scanner that is not there, at the object of the library evdev: there is no wire to emulate here.

It must never be imported by a driver; a driver takes it as its `library`.
"""

import contextlib
import os
import threading
import time
from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass
from types import SimpleNamespace

from supply.devices.keymap import PLAIN, typed


@dataclass(frozen=True, slots=True)
class Event:
    """One event of the kernel's input layer."""

    type: int
    code: int
    value: int


class EmulatedKeyScanner:
    """Stands where the module `evdev` stands: `list_devices()`, and `InputDevice(path)` with grab and read_one."""

    def __init__(
        self,
        *,
        path: str = "/dev/input/by-id/usb-Example_Scanner-event-kbd",
        usb_id: str = "05e0:1200",
        serial_number: str = "S1",
        suffix: str = "\r",
        gs: str = "ctrl",
        key_seconds: float = 0.0,
    ) -> None:
        self.path = path
        self._vendor, self._product = (int(part, 16) for part in usb_id.split(":"))
        self._serial_number, self._suffix, self._gs, self._key_seconds = serial_number, suffix, gs, key_seconds
        self.lock = threading.Lock()
        self.devices: list[_Device] = []
        self.grabbed_by: _Device | None = None
        self.is_plugged = True

    def list_devices(self) -> list[str]:
        """As evdev lists them: the scanner, and the media panel that it shows beside it."""
        return [f"{self.path}-media", self.path] if self.is_plugged else []

    def InputDevice(self, path: str) -> "_Device":
        """An open handle. Raises OSError like the library."""
        with self.lock:
            if path not in self.list_devices():
                raise FileNotFoundError(2, "No such file or directory", path)
            device = _Device(self, path)
            self.devices.append(device)
            return device

    def plug(self) -> None:
        """Be there."""
        self.is_plugged = True

    def unplug(self) -> None:
        """Vanish: every open handle gets ENODEV from now on, what it had not read is gone."""
        with self.lock:
            self.is_plugged, self.grabbed_by = False, None
            for device in self.devices:
                device.is_lost = True
                device.wake()
            self.devices.clear()

    def replug(self) -> None:
        """Vanish and come back."""
        self.unplug()
        self.plug()

    def scan(self, text: str) -> None:
        """Type one code with the suffix of this scanner."""
        self.press(typed(text + self._suffix, gs=self._gs))

    def half(self, text: str) -> None:
        """Type the first half of a code and no more, with a key still held: the cable is about to be pulled."""
        self.press([*typed(text[: len(text) // 2], gs=self._gs), (42, 1)])

    def garbage(self, count: int = 200, *, seed: int = 0) -> None:
        """Press and release keys without sense."""
        state, strokes = seed or 1, list[tuple[int, int]]()
        for _ in range(count):
            state = (state * 1_103_515_245 + 12_345) & 0x7FFF_FFFF
            strokes.append((state >> 16 & 0x7F, state >> 8 & 1))
        self.press(strokes)

    def press(self, strokes: Iterable[tuple[int, int]]) -> None:
        """Press and release these keys, at the pace of this scanner."""
        for code, value in strokes:
            self.send(Event(1, code, value), Event(0, 0, 0))
            if self._key_seconds:
                time.sleep(self._key_seconds)

    def lose_keys(self) -> None:
        """What the kernel says when a reader was too slow: keys were lost (SYN_DROPPED)."""
        self.send(Event(0, 3, 0))

    def send(self, *events: Event) -> None:
        """Hand these events to whoever has the scanner open; to nobody but its owner when it is grabbed."""
        with self.lock:
            for device in [self.grabbed_by] if self.grabbed_by else self.devices:
                device.waiting.extend(events)
                device.wake()


class _Device:
    """One handle of evdev, with its calls and its errors; `fd` can be waited for, like the real one."""

    def __init__(self, scanner: EmulatedKeyScanner, path: str) -> None:
        self._scanner, self.path = scanner, path
        self.info = SimpleNamespace(vendor=scanner._vendor, product=scanner._product)
        self.uniq = scanner._serial_number
        self.waiting: deque[Event] = deque()
        self.is_lost = False
        self.fd, self._bell = os.pipe()
        os.set_blocking(self._bell, False)
        os.set_blocking(self.fd, False)

    def capabilities(self) -> dict[int, list[int]]:
        return {1: [113, 114, 115] if self.path.endswith("-media") else [28, *PLAIN]}

    def grab(self) -> None:
        with self._scanner.lock:
            if self._scanner.grabbed_by not in (None, self):
                raise OSError(16, "Device or resource busy")
            self._scanner.grabbed_by = self

    def ungrab(self) -> None:
        with self._scanner.lock:
            if self.is_lost:
                raise OSError(19, "No such device")
            self._scanner.grabbed_by = None

    def read_one(self) -> Event | None:
        with self._scanner.lock:
            if self.is_lost:
                raise OSError(19, "No such device")
            if self.waiting:
                return self.waiting.popleft()
            with contextlib.suppress(BlockingIOError):
                os.read(self.fd, 65_536)
            return None

    def close(self) -> None:
        with self._scanner.lock:
            if self in self._scanner.devices:
                self._scanner.devices.remove(self)
            if self.fd >= 0:
                os.close(self.fd)
                os.close(self._bell)
                self.fd = self._bell = -1

    def wake(self) -> None:
        with contextlib.suppress(BlockingIOError, OSError):
            os.write(self._bell, b"!")
