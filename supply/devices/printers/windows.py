"""Printers of Windows by name: raw bytes through its spooler, or the picture at true size through GDI.

Tried only against a stand-in for pywin32, never on a wire. It must never take a job that still waits for printed.
"""

import itertools
import threading
import time
from collections.abc import Callable, Sequence
from typing import Any, Final

from PIL import Image

from supply.devices.errors import DeviceError
from supply.devices.printers.model import Outcome, PaperSettings, Printed, PrinterSettings, PrinterStatus
from supply.devices.printers.pdf import Page, Placed
from supply.devices.printers.printer import LOOK
from supply.devices.printers.sheets import Sheet, pages
from supply.errors import Invalid

NO_PYWIN32: Final = "Printers of Windows need the library pywin32, on Windows. Install it with: pip install pywin32"
JOB_NAME: Final = "Supply label"
LOOK_SECONDS: Final = 0.1
_NUMBERS: Final = itertools.count(1)
# Bits of PRINTER_STATUS and of JOB_STATUS, in the order in which a person meets them (winspool.h).
_OF_PRINTER: Final = (
    (0x400000, "has its cover open. Close it; printing goes on by itself."),
    (0x10 | 0x40, "has no paper. Put some in; printing goes on by itself."),
    (0x8, "has jammed paper. Clear it; printing goes on by itself."),
    (0x80 | 0x1000, "is offline. See that it is switched on and plugged in."),
    (0x1, "is paused. Let it go on in the printers of Windows."),
    (0x2 | 0x100000, "reports an error. Look at it and at the printers of Windows."),
)
_OF_JOB: Final = (
    (0x40, "has no paper. Put some in."),
    (0x20, "is offline. See that it is switched on and plugged in."),
    (0x1, "holds the label back. Let it go on in the printers of Windows."),
    (0x2 | 0x200 | 0x400, "reports an error. Look at the printers of Windows."),
    (0x4 | 0x100, "gave the label up. Look at the printers of Windows."),
)
_JOB_DONE: Final = 0x80 | 0x1000


def spooler() -> Any:
    """The module win32print. Raises `DeviceError` (permanent) without pywin32."""
    try:
        import win32print
    except ImportError:
        raise DeviceError(NO_PYWIN32, permanent=True) from None
    return win32print


def _printer_trouble(library: Any, handle: Any) -> str | None:
    status = int(library.GetPrinter(handle, 2)["Status"])
    return next((words for bits, words in _OF_PRINTER if status & bits), None)


def _see_off(library: Any, handle: Any, number: int, where: str, seconds: float, is_over: Callable[[], bool]) -> None:
    """Wait until the job has left the spooler. Raises `DeviceError` for one that does not."""
    deadline = time.monotonic() + seconds
    while True:
        try:
            status = int(library.GetJob(handle, number, 1)["Status"])
        except library.error:  # the spooler knows it no more: it went to the printer
            return
        if status & _JOB_DONE:
            return
        words = next((words for bits, words in _OF_JOB if status & bits), None)
        if words is None and (time.monotonic() >= deadline or is_over()):
            words = "has not printed the label yet."
        if words is not None:
            raise DeviceError(f"{where} {words}", permanent=False)
        time.sleep(LOOK_SECONDS)


class WindowsRawWire:
    """Bytes of ours to a printer of Windows, as they are. Nothing ever comes back but the state of its spooler."""

    can_answer = False

    def __init__(self, printer: str, *, timeout_seconds: float) -> None:
        self.where = f"The printer {printer!r} of Windows"
        self._printer, self._timeout = printer, timeout_seconds
        self._handle: Any = None
        self._job = 0

    def open(self) -> None:
        """Find it, see that it is well, and begin a document."""
        library = spooler()
        try:
            self._handle = library.OpenPrinter(self._printer)
            words = _printer_trouble(library, self._handle)
            if words is not None:
                raise DeviceError(f"{self.where} {words}", permanent=False)
        except library.error:
            words = f"{self.where} is not there. See its name in the printers of Windows."
            raise DeviceError(words, permanent=False) from None

    def write(self, content: bytes) -> None:
        """Hand it to the spooler."""
        library, handle = spooler(), self._handle
        try:
            if not self._job:
                self._job = library.StartDocPrinter(handle, 1, (JOB_NAME, None, "RAW"))
            taken = library.WritePrinter(handle, content)
        except (library.error, TypeError):
            raise DeviceError(
                f"{self.where} takes no labels. Look at the printers of Windows.", permanent=False
            ) from None
        if taken != len(content):
            raise DeviceError(f"{self.where} took only a part of what was sent.", permanent=False)

    def read(self, timeout_seconds: float) -> bytes:
        """Nothing."""
        return b""

    def finish(self) -> None:
        """End the document, and wait until the spooler has sent it."""
        library, job = spooler(), self._job
        try:
            library.EndDocPrinter(self._handle)
        except library.error:
            raise DeviceError(
                f"{self.where} lost the label. Look at the printers of Windows.", permanent=False
            ) from None
        self._job = 0
        _see_off(library, self._handle, job, self.where, self._timeout * 5, lambda: self._handle is None)

    def close(self) -> None:
        """Let go; what was begun is not finished."""
        handle, self._handle, job, self._job = self._handle, None, self._job, 0
        if handle is None:
            return
        library = spooler()
        try:
            if job:
                library.AbortPrinter(handle)
            library.ClosePrinter(handle)
        except library.error:
            pass


class WindowsSystemPrinter:
    """The contract of `Printer` through GDI: the picture at its true size on the paper that Windows has set for it."""

    def __init__(
        self, name: str, settings: PrinterSettings, printer: str, *, sheet: Sheet | None, start: int, job_seconds: float
    ) -> None:
        self.name = self.where = name
        self._settings, self._printer, self._seconds = settings, printer, job_seconds
        self._sheet, self._start = sheet, start
        self._broken_off = threading.Event()

    @property
    def paper(self) -> PaperSettings:
        """The paper that lies in it."""
        return self._settings.paper

    @property
    def labels_at_once(self) -> int:
        """How many labels come out of it together: those of a sheet."""
        return self._sheet.labels if self._sheet else 1

    def status(self) -> PrinterStatus:
        """How Windows says it is."""
        try:
            library = spooler()
            handle = library.OpenPrinter(self._printer)
        except DeviceError as error:
            return PrinterStatus(False, error.message, is_permanent=True)
        except OSError:
            return self._absent()
        except library.error:
            return self._absent()
        try:
            words = _printer_trouble(library, handle)
        finally:
            library.ClosePrinter(handle)
        return PrinterStatus(words is None, f"{self.where} {words or 'is ready.'}")

    def print_image(self, image: Image.Image, *, copies: int = 1) -> Printed:
        """Print the copies as one document, and see it off."""
        if copies < 1:
            raise Invalid("Print at least one label.", code="bad_quantity")
        return self.print_images([image] * copies)

    def print_images(self, images: Sequence[Image.Image]) -> Printed:
        """Print these labels as one document."""
        if any(image.mode != "1" for image in images):
            raise Invalid("A label printer takes a picture of black and white dots only.", code="bad_picture")
        widest = self.paper.printable_dots
        if widest is not None and any(image.width > widest for image in images):
            words = (
                f"The label is {images[0].width} dots wide and {self.name} prints {widest}. Choose its paper's size."
            )
            return Printed(Outcome.not_printed, words, is_permanent=True)
        before = self.status()
        if not before.is_ready:
            return Printed(Outcome.not_printed, before.words, before.is_permanent)
        self._broken_off.clear()
        title, library = f"{JOB_NAME} {next(_NUMBERS)}", spooler()
        too_small = self._draw(self._pages(images), title)
        if too_small is not None:
            return Printed(Outcome.not_printed, too_small, is_permanent=True)
        handle = library.OpenPrinter(self._printer)
        try:
            jobs = [job["JobId"] for job in library.EnumJobs(handle, 0, 999, 1) if job["pDocument"] == title]
            for number in jobs:
                _see_off(library, handle, number, self.where, self._seconds, self._broken_off.is_set)
        except DeviceError as error:
            return Printed(Outcome.unknown, f"{error.message} It had been sent a label. {LOOK}")
        finally:
            library.ClosePrinter(handle)
        return Printed(Outcome.printed, f"{self.where} is ready.", copies=len(images))

    def close(self) -> None:
        """Break off what is under way."""
        self._broken_off.set()

    def _absent(self) -> PrinterStatus:
        return PrinterStatus(False, f"{self.where}: Windows has no printer {self._printer!r}; correct its settings.")

    def _pages(self, images: Sequence[Image.Image]) -> list[Page]:
        dots = self.paper.dots_per_inch
        if self._sheet is not None:
            return pages(self._sheet, images, first=self._start - 1, dots_per_inch=dots)
        sizes = [(image, image.width / dots * 25.4, image.height / dots * 25.4) for image in images]
        return [Page(width, height, [Placed(image, 0.0, 0.0, dots)]) for image, width, height in sizes]

    def _draw(self, made: list[Page], title: str) -> str | None:
        """Draw every page at its true size; the words for paper that is too small, of which nothing is printed."""
        import win32con
        import win32ui
        from PIL import ImageWin

        dc = win32ui.CreateDC()
        dc.CreatePrinterDC(self._printer)
        try:
            dpi = dc.GetDeviceCaps(win32con.LOGPIXELSX), dc.GetDeviceCaps(win32con.LOGPIXELSY)
            size = dc.GetDeviceCaps(win32con.PHYSICALWIDTH), dc.GetDeviceCaps(win32con.PHYSICALHEIGHT)
            offset = dc.GetDeviceCaps(win32con.PHYSICALOFFSETX), dc.GetDeviceCaps(win32con.PHYSICALOFFSETY)
            wide, high = (dots / per_inch * 25.4 for dots, per_inch in zip(size, dpi, strict=True))
            if wide + 1 < made[0].width_mm or high + 1 < made[0].height_mm:
                return (
                    f"Windows takes the paper of {self.where} for {wide:.0f} × {high:.0f} mm and the label needs "
                    f"{made[0].width_mm:.0f} × {made[0].height_mm:.0f}. Choose its size in the printer's preferences."
                )
            dc.StartDoc(title)
            for page in made:
                dc.StartPage()
                for one in page.placed:
                    box = _box(one, dpi, offset)
                    ImageWin.Dib(one.image.convert("L")).draw(dc.GetHandleOutput(), box)
                dc.EndPage()
            dc.EndDoc()
        finally:
            dc.DeleteDC()
        return None


def _box(one: Placed, dpi: tuple[int, int], offset: tuple[int, int]) -> tuple[int, int, int, int]:
    """Where a picture lies in the printer's own dots, which begin where it can print."""
    left, top = (round(mm / 25.4 * per_inch) for mm, per_inch in zip((one.x_mm, one.y_mm), dpi, strict=True))
    wide, high = (
        round(dots / one.dots_per_inch * per_inch) for dots, per_inch in zip(one.image.size, dpi, strict=True)
    )
    left, top = left - offset[0], top - offset[1]
    return left, top, left + wide, top + high
