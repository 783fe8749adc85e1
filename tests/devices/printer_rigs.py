"""The ways to a label printer in each language, with a printer behind each that turns bytes into pictures."""

import errno
import io
import random
import sys
from dataclasses import dataclass, field
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pypdfium2
import pytest
from PIL import Image, ImageChops

from supply.devices.emulators.escpos_reader import Cut
from supply.devices.emulators.ipp_printer import EmulatedSystemPrinter
from supply.devices.emulators.printer import READERS, EmulatedPrinter, Mechanics
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
    system: EmulatedSystemPrinter | None = None

    @property
    def language(self) -> str:
        """escpos, zpl or system."""
        return str(self.settings["driver"]).partition("-")[0]

    def open(self, **more: Any) -> Printer:
        """The driver."""
        return open_printer("desk", {**QUICK, **self.settings, **more})

    def pictures(self) -> list[Image.Image]:
        """What came out, oldest first."""
        if self.system is not None:
            return [page for path in self.system.documents() for page in on_paper(path.read_bytes(), 300)]
        if self.mechanics is not None:
            return [Image.open(path) for path in self.mechanics.labels()]
        assert self.path is not None
        events = READERS[self.language](576).feed(self.path.read_bytes())
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


def on_paper(document: bytes, dots_per_inch: int, *, fine: int = 2) -> list[Image.Image]:
    """Each page of a PDF as the dots of a printer: what lies at the middle of each dot, drawn so much finer."""
    found = []
    for page in pypdfium2.PdfDocument(io.BytesIO(document)):
        drawn = np.asarray(page.render(scale=fine * dots_per_inch / 72).to_pil().convert("L"))
        wide, high = (points / 72 * dots_per_inch for points in page.get_size())
        across = ((np.arange(int(wide + 1e-3)) + 0.5) * drawn.shape[1] / wide).astype(int)
        down = ((np.arange(int(high + 1e-3)) + 0.5) * drawn.shape[0] / high).astype(int)
        found.append(Image.fromarray(drawn[down][:, across] > 127))
    return found


class SpoolerFault(Exception):
    """Stands for pywintypes.error, which is no OSError."""


@dataclass
class FakeSpooler:
    """Stands for win32print. What no wire here can be tried on: Windows, its drivers, its spooler."""

    mechanics: Mechanics
    status: int = 0  # of the printer
    job_status: int = 0x80
    names: tuple[str, ...] = ("Zebra 1",)
    error: type[Exception] = SpoolerFault
    handles: int = 0
    documents: list[tuple[str, str]] = field(default_factory=list)
    titles: list[str] = field(default_factory=list)
    aborted: int = 0

    def OpenPrinter(self, name: str) -> int:
        if name not in self.names:
            raise SpoolerFault(1801, "OpenPrinter", "The printer name is invalid.")
        self.handles += 1
        return self.handles

    def ClosePrinter(self, handle: int) -> None:
        assert handle

    def GetPrinter(self, handle: int, level: int) -> dict[str, int]:
        assert (bool(handle), level) == (True, 2)
        return {"Status": self.status}

    def StartDocPrinter(self, handle: int, level: int, document: tuple[str, None, str]) -> int:
        assert (bool(handle), level) == (True, 1)
        self.documents.append((document[0], document[2]))
        return len(self.documents)

    def WritePrinter(self, handle: int, content: bytes) -> int:
        assert handle
        self.mechanics.take(content)
        return len(content)

    def EndDocPrinter(self, handle: int) -> None:
        assert handle

    def AbortPrinter(self, handle: int) -> None:
        self.aborted += 1

    def EnumJobs(self, handle: int, first: int, most: int, level: int) -> list[dict[str, Any]]:
        return [{"JobId": number, "pDocument": title} for number, title in enumerate(self.titles, 1)]

    def GetJob(self, handle: int, number: int, level: int) -> dict[str, int]:
        assert (bool(handle), bool(number), level) == (True, True, 1)
        if self.job_status < 0:
            raise SpoolerFault(87, "GetJob", "The parameter is incorrect.")
        return {"Status": self.job_status}


def fake_pywin32(monkeypatch: pytest.MonkeyPatch, spooler: FakeSpooler) -> None:
    """Put a stand-in where pywin32's spooler is looked for."""
    monkeypatch.setitem(sys.modules, "win32print", spooler)


def network_rig(printer: EmulatedPrinter, language: str = "escpos") -> Rig:
    """TCP."""
    return Rig({"driver": f"{language}-network", "host": printer.host, "port": printer.port}, printer)


def serial_rig(printer: EmulatedSerialPrinter, language: str = "escpos") -> Rig:
    """A pseudo-terminal."""
    return Rig({"driver": f"{language}-serial", "port": str(printer.link), "baud": 115_200}, printer)


def system_rig(system: EmulatedSystemPrinter) -> Rig:
    """A queue of a print system, over IPP."""
    at = {"driver": "system", "printer": system.queue, "host": system.host, "port": system.port}
    return Rig(at, system=system)
