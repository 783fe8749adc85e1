"""Every way to a scanner with its stand-in behind one set of acts, for the contract that all drivers keep."""

import threading
import time
from abc import ABC, abstractmethod
from pathlib import Path
from typing import Any

from supply.devices.emulators.hid_scanner import EmulatedHidScanner
from supply.devices.emulators.key_scanner import EmulatedKeyScanner
from supply.devices.emulators.scanner import EmulatedScanner, framed
from supply.devices.framing import MAX_FRAME_BYTES
from supply.devices.hidpos import report_of
from supply.devices.scanners.evdev_keys import EvdevScanner
from supply.devices.scanners.hid_pos import HidPosScanner
from supply.devices.scanners.reconnecting import ReconnectingScanner
from supply.devices.scanners.serial_port import SerialScanner
from supply.devices.state import Status

CODE = "]d201040123456789011727123110LOT42A\x1d21S9-" + "7" * 60


class Rig(ABC):
    """A stand-in and the driver that reads it."""

    emulated: Any

    @abstractmethod
    def driver(self, **settings: Any) -> ReconnectingScanner:
        """A driver for this stand-in, not yet open."""

    @abstractmethod
    def dribble(self, text: str) -> None:
        """Send a code in the smallest pieces there are, with pauses."""

    @abstractmethod
    def too_long(self) -> None:
        """Send a read that is longer than any code."""

    def end_noise(self) -> None:
        """Whatever ends a read, so that noise before it is over."""
        self.emulated.garbage(1)

    def close(self) -> None:
        self.emulated.unplug()


class SerialRig(Rig):
    def __init__(self, folder: Path, framing: str) -> None:
        self.framing = framing
        self.emulated = EmulatedScanner(folder / "scanner", **framed(framing))
        self.emulated.plug()

    def driver(self, **settings: Any) -> SerialScanner:
        named = {"none": "idle"}.get(self.framing, self.framing)
        # Long, so that a busy machine tears no read; where silence is the end, short.
        idle_seconds = 0.3 if named == "idle" else 0.8
        return SerialScanner(str(self.emulated.link), framing=named, name="desk", idle_seconds=idle_seconds, **settings)

    def dribble(self, text: str) -> None:
        self.emulated.dribble(text, byte_seconds=0.002)

    def too_long(self) -> None:
        prefix, suffix = framed(self.framing).values()
        self.emulated.send(prefix + b"A" * (MAX_FRAME_BYTES * 3) + suffix)

    def end_noise(self) -> None:
        self.emulated.send(b"\r\n\t\x03")


class HidRig(Rig):
    def __init__(self, _folder: Path) -> None:
        self.emulated = EmulatedHidScanner()

    def driver(self, **settings: Any) -> HidPosScanner:
        return HidPosScanner(usb_id="0c2e:0b67", name="desk", library=self.emulated, **settings)

    def dribble(self, text: str) -> None:
        reports = [report_of(piece.encode(), text[:3], is_continued=True) for piece in text[3:]]
        for report in [*reports[:-1], report_of(text[-1:].encode(), text[:3])]:
            self.emulated.send([report])
            time.sleep(0.002)

    def too_long(self) -> None:
        self.emulated.send([report_of(b"A" * 56, is_continued=True)] * 200 + [report_of(b"A")])


class EvdevRig(Rig):
    def __init__(self, _folder: Path) -> None:
        self.emulated = EmulatedKeyScanner()

    def driver(self, **settings: Any) -> EvdevScanner:
        return EvdevScanner(path=self.emulated.path, name="desk", framing="cr", library=self.emulated, **settings)

    def dribble(self, text: str) -> None:
        self.emulated._key_seconds = 0.001
        self.emulated.scan(text)
        self.emulated._key_seconds = 0.0

    def too_long(self) -> None:
        self.emulated.scan("a" * (MAX_FRAME_BYTES * 2))

    def end_noise(self) -> None:
        self.emulated.press([stroke for code in (42, 54, 29, 97, 56, 100, 28) for stroke in ((code, 1), (code, 0))])


KINDS = ("serial-cr", "serial-lf", "serial-crlf", "serial-tab", "serial-stx-etx", "serial-none", "hid-pos", "evdev")


def rig_of(kind: str, folder: Path) -> Rig:
    """The rig of that name."""
    if kind == "hid-pos":
        return HidRig(folder)
    return EvdevRig(folder) if kind == "evdev" else SerialRig(folder, kind.removeprefix("serial-"))


def texts(scanner: ReconnectingScanner, count: int, *, within_seconds: float = 5.0) -> list[str]:
    """The first `count` reads, or what came of them in time."""
    deadline, found = time.monotonic() + within_seconds, list[str]()
    while len(found) < count and time.monotonic() < deadline:
        found += [scan.raw for scan in scanner.read(0.05)]
    return found


def wait_until(scanner: ReconnectingScanner, *, is_open: bool) -> None:
    """Read, nothing expected, until the device is found lost or open again."""
    deadline = time.monotonic() + 5.0
    while (scanner.state.status is Status.OPEN) is not is_open and time.monotonic() < deadline:
        assert scanner.read(0.01) == []
    assert (scanner.state.status is Status.OPEN) is is_open, scanner.state.error


def unplug_cycles(rig: Rig, scanner: ReconnectingScanner, count: int) -> list[str]:
    """Pull the plug in the middle of a read `count` times; every read that came, of which only BOX… were whole."""
    read = []
    for number in range(count):
        rig.emulated.half(CODE)
        if number % 2:
            read += [scan.raw for scan in scanner.read(0.01)]
        rig.emulated.unplug()
        deadline = time.monotonic() + 5.0
        while scanner.state.status is Status.OPEN and time.monotonic() < deadline:
            read += [scan.raw for scan in scanner.read(0.01)]
        rig.emulated.plug()
        while scanner.state.status is not Status.OPEN and time.monotonic() < deadline:
            read += [scan.raw for scan in scanner.read(0.01)]
        rig.emulated.scan(f"]C0BOX{number}")
        read += texts(scanner, 1)
    return read


def in_background(act: Any, *values: Any) -> threading.Thread:
    """Start it on a thread of its own."""
    thread = threading.Thread(target=act, args=values)
    thread.start()
    return thread
