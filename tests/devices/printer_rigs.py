"""The four ways to a label printer, each with a printer behind it that turns bytes into pictures."""

import errno
import random
from dataclasses import dataclass, field
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from PIL import Image, ImageChops

from supply.devices.emulators.escpos_reader import Cut, EscPosReader
from supply.devices.emulators.printer import EmulatedPrinter, Mechanics
from supply.devices.emulators.serial_printer import EmulatedSerialPrinter
from supply.devices.printers.model import Printer
from supply.devices.printers.open import open_printer

QUICK: dict[str, Any] = {"mm_per_second": 3000, "timeout_seconds": 0.5}


def noise(width: int, height: int, seed: int = 1) -> Image.Image:
    """A picture in which every dot counts."""
    return Image.frombytes("1", (width, height), random.Random(seed).randbytes((width + 7) // 8 * height))


def is_same(printed: Image.Image, sent: Image.Image) -> bool:
    """Whether these very dots came out; the row is filled up to whole bytes with white."""
    if printed.height != sent.height or not sent.width <= printed.width < sent.width + 8:
        return False
    filled = Image.new("1", printed.size, 1)
    filled.paste(sent)
    return ImageChops.difference(printed.convert("L"), filled.convert("L")).getbbox() is None


@dataclass
class Rig:
    """A driver's settings and the printer behind its wire."""

    settings: dict[str, Any]
    mechanics: Mechanics | None = None
    path: Path | None = None

    def open(self, **more: Any) -> Printer:
        """The driver."""
        return open_printer("desk", {**QUICK, **self.settings, **more})

    def pictures(self) -> list[Image.Image]:
        """What came out, oldest first."""
        if self.mechanics is not None:
            return [Image.open(path) for path in self.mechanics.labels()]
        assert self.path is not None
        events = EscPosReader(576).feed(self.path.read_bytes())
        return [event.image for event in events if isinstance(event, Cut)]


class UsbFault(OSError):
    """Stands for usb.core.USBError, which is an OSError with the number of the system."""


@dataclass
class FakeUsbDevice:
    """Stands for a device of pyusb. What no wire here can be tried on: the kernel's drivers, resets, real transfers."""

    mechanics: Mechanics
    fails: dict[str, int] = field(default_factory=dict)  # method → errno
    answers: bytes = b""
    written: list[int] = field(default_factory=list)
    is_taken_from_kernel: bool = False
    backend: Any = field(default_factory=lambda: type("Backend", (), {"__module__": "usb.backend.libusb1"})())

    def _may(self, method: str) -> None:
        if method in self.fails:
            raise UsbFault(self.fails[method], "of the kernel")

    def is_kernel_driver_active(self, _interface: int) -> bool:
        return not self.is_taken_from_kernel

    def detach_kernel_driver(self, _interface: int) -> None:
        self.is_taken_from_kernel = True

    def set_configuration(self) -> None:
        self._may("set_configuration")

    def reset(self) -> None:
        self._may("reset")

    def write(self, endpoint: int, content: bytes, timeout: int) -> int:
        self._may("write")
        assert (endpoint, timeout > 0) == (0x01, True)
        self.written.append(len(content))
        self.answers += self.mechanics.take(content)
        return len(content)

    def read(self, endpoint: int, size: int, timeout: int) -> bytes:
        self._may("read")
        assert (endpoint, timeout > 0) == (0x82, True)
        if not self.answers:
            raise UsbFault(errno.ETIMEDOUT, "Operation timed out")
        found, self.answers = self.answers[:size], self.answers[size:]
        return found


def fake_pyusb(monkeypatch: Any, device: FakeUsbDevice | None) -> list[dict[str, Any]]:
    """Put a stand-in for pyusb where python-escpos looks for it; gives what it was asked to find."""
    from escpos.printer import usb as library

    asked: list[dict[str, Any]] = []

    def find(**wanted: Any) -> FakeUsbDevice | None:
        asked.append(wanted)
        return device

    core = SimpleNamespace(find=find, USBError=UsbFault, Device=FakeUsbDevice)
    util = SimpleNamespace(dispose_resources=lambda _device: None)
    monkeypatch.setattr(library, "usb", SimpleNamespace(core=core, util=util), raising=False)
    monkeypatch.setattr(library, "_DEP_USB", True)
    return asked


def network_rig(printer: EmulatedPrinter) -> Rig:
    """TCP."""
    return Rig({"driver": "escpos-network", "host": printer.host, "port": printer.port}, printer)


def serial_rig(printer: EmulatedSerialPrinter) -> Rig:
    """A pseudo-terminal."""
    return Rig({"driver": "escpos-serial", "port": str(printer.link), "baud": 115_200}, printer)
