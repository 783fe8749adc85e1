"""Any printer of the operating system by its name: a true-size PDF over IPP to CUPS, or to the printer itself.

It must never ask the system to scale, nor send a name of anything: job titles are fixed words.
"""

import contextlib
import http.client
import itertools
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from PIL import Image

from supply.devices.errors import DeviceError
from supply.devices.printers.addresses import Reach, judged
from supply.devices.printers.ipp import MOST_BYTES, Attribute, Group, Message, NotIpp, Operation, Tag, decode, encode
from supply.devices.printers.ipp_status import (
    JobSeen,
    JobState,
    check_answer,
    job_number,
    job_seen,
    printer_status,
    trouble,
)
from supply.devices.printers.model import Outcome, PaperSettings, Printed, PrinterSettings, PrinterStatus
from supply.devices.printers.pdf import Page, Placed, pdf
from supply.devices.printers.printer import LOOK
from supply.devices.printers.sheets import Sheet, pages
from supply.errors import Invalid

JOB_NAME: Final = "Supply label"
LOOK_SECONDS: Final = 0.25
_PLAIN: Final[tuple[Attribute, ...]] = (
    ("print-scaling", Tag.keyword, "none"),
    ("fit-to-page", Tag.boolean, False),
    ("copies", Tag.integer, 1),
    ("sides", Tag.keyword, "one-sided"),
    ("number-up", Tag.integer, 1),
    ("print-color-mode", Tag.keyword, "monochrome"),
)


@dataclass(frozen=True, slots=True)
class SystemSettings:
    """Where the print system is and what it calls the printer.

    `media`: a size by the system's own name, where it knows the label only by that; else it is given in millimetres.
    `job_seconds`: so long a job may take; `start`: the first free label of the sheet, from 1.
    """

    printer: str
    host: str = "localhost"
    port: int = 631
    path: str = ""
    media: str = ""
    job_seconds: float = 60.0
    sheet: Sheet | None = None
    start: int = 1

    @property
    def resource(self) -> str:
        """The path of its address."""
        return self.path or f"/printers/{self.printer}"


class NotSent(DeviceError):
    """Nothing that prints was taken: safe to try again."""


class SystemPrinter:
    """The contract of `Printer` through a print system. One thread prints; `close` may come from another."""

    def __init__(self, name: str, settings: PrinterSettings, own: SystemSettings, reach: Reach) -> None:
        self.name = self.where = name
        self._settings, self._own, self._reach = settings, own, reach
        self._broken_off = threading.Event()
        self._numbers = itertools.count(1)
        self._line: http.client.HTTPConnection | None = None
        self._had = ""
        self._address = ""  # resolved and judged once for each job

    @property
    def paper(self) -> PaperSettings:
        """The paper that lies in it."""
        return self._settings.paper

    @property
    def labels_at_once(self) -> int:
        """How many labels come out of it together: those of a sheet."""
        return self._own.sheet.labels if self._own.sheet else 1

    def status(self) -> PrinterStatus:
        """How the system says it is. A system that is away is a status too."""
        try:
            self._find()
            return self._printer_status()
        except DeviceError as error:
            return PrinterStatus(False, error.message, is_permanent=error.permanent)

    def print_image(self, image: Image.Image, *, copies: int = 1) -> Printed:
        """Print the copies as one job of the system, and ask until it says what became of it."""
        if copies < 1:
            raise Invalid("Print at least one label.", code="bad_quantity")
        return self.print_images([image] * copies)

    def print_images(self, images: Sequence[Image.Image]) -> Printed:
        """Print these labels as one job: they come out together or are asked about together."""
        widest = self.paper.printable_dots
        if widest is not None and any(image.width > widest for image in images):
            words = (
                f"The label is {images[0].width} dots wide and {self.name} prints {widest}. Choose its paper's size."
            )
            return Printed(Outcome.not_printed, words, is_permanent=True)
        made = self._pages(images)
        return self._print(pdf(made), self._how(made[0]), len(images), what="a label")

    def print_document(self, document: bytes) -> Printed:
        """Print a PDF as it is, on the paper that lies in the printer, as one job that is followed to its end."""
        return self._print(document, _PLAIN, 1, what="a document")

    def _print(self, document: bytes, how: Sequence[Attribute], count: int, *, what: str) -> Printed:
        self._had = f"It had been sent {what}. {LOOK}"
        self._broken_off.clear()
        try:
            self._find()
            before = self._printer_status()
        except DeviceError as error:
            return Printed(Outcome.not_printed, error.message, error.permanent)
        if not before.is_ready:
            return Printed(Outcome.not_printed, before.words, before.is_permanent)
        try:
            answer = self._ask(Operation.print_job, self._job(), how, document)
            check_answer(self.where, self._own.printer, answer, refused=NotSent)
            return self._followed(job_number(self.where, answer), count)
        except NotSent as error:
            return Printed(Outcome.not_printed, error.message, error.permanent)
        except DeviceError as error:
            return Printed(Outcome.unknown, f"{error.message} {self._had}")

    def close(self) -> None:
        """Break off what is under way."""
        self._broken_off.set()
        line = self._line
        if line is not None:
            line.close()

    def _pages(self, images: Sequence[Image.Image]) -> list[Page]:
        dots = self.paper.dots_per_inch
        if self._own.sheet is not None:
            return pages(self._own.sheet, images, first=self._own.start - 1, dots_per_inch=dots)
        found = []
        for image in images:
            width, height = self._size(image)
            found.append(Page(width, height, [Placed(image, 0.0, 0.0, dots)]))
        return found

    def _size(self, image: Image.Image) -> tuple[float, float]:
        """The label in millimetres: as its paper is; on a roll as long as the picture."""
        paper, per_dot = self.paper, 25.4 / self.paper.dots_per_inch
        if paper.width_mm is not None:
            return paper.width_mm, paper.height_mm or image.height * per_dot
        width, _, height = (paper.name or "").partition("x")
        if width.isdigit() and height.isdigit():
            return int(width), int(height)
        return image.width * per_dot, image.height * per_dot

    def _find(self) -> None:
        self._address = judged(f"The print system of {self.where}", self._own.host, self._own.port, self._reach)

    def _followed(self, number: int, count: int) -> Printed:
        """Ask until the job has ended. What has not by then is taken back, so that it cannot come out unlooked-for."""
        deadline = time.monotonic() + self._own.job_seconds
        wanted = ["job-id", "job-state", "job-state-reasons", "time-at-processing"]
        while True:
            job = self._job_seen(number, wanted)
            if job.state is JobState.completed:
                return Printed(Outcome.printed, f"{self.where} is ready.", copies=count)
            stuck = job.state in (JobState.held, JobState.stopped)
            if job.is_ended or stuck or time.monotonic() >= deadline or self._broken_off.wait(LOOK_SECONDS):
                break
            if (in_trouble := self._trouble()) is not None:
                return self._taken_back(number, wanted, in_trouble, count)
        return self._taken_back(number, wanted, self._said(job), count)

    def _trouble(self) -> str | None:
        status = self._printer_status()
        return None if status.is_ready else status.words

    def _said(self, job: JobSeen) -> str:
        words = trouble(job.reasons)
        if words is not None:
            return f"{self.where} {words}"
        if job.state is JobState.held:
            return f"{self.where}: the system holds the label back. Let the printer go on in the system's printers."
        if job.state in (JobState.cancelled, JobState.aborted):
            return f"{self.where}: the system gave the label up. Look at the system's printers."
        return f"{self.where} did not finish the label in {self._own.job_seconds:g} seconds."

    def _taken_back(self, number: int, wanted: list[str], words: str, count: int) -> Printed:
        """Cancel it: one that the system never began has not come out, of any other a person must look."""
        with contextlib.suppress(DeviceError):
            self._ask(Operation.cancel_job, [("job-id", Tag.integer, number), self._user()])
            job = self._job_seen(number, wanted)
            if job.state is JobState.completed:
                return Printed(Outcome.printed, f"{self.where} is ready.", copies=count)
            if job.state is JobState.cancelled and not job.has_begun:
                return Printed(Outcome.not_printed, words)
        return Printed(Outcome.unknown, f"{words} {self._had}")

    def _job_seen(self, number: int, wanted: list[str]) -> JobSeen:
        asked: list[Attribute] = [("job-id", Tag.integer, number), ("requested-attributes", Tag.keyword, wanted)]
        answer = self._ask(Operation.get_job_attributes, asked)
        check_answer(self.where, self._own.printer, answer)
        return job_seen(self.where, number, answer)

    def _printer_status(self) -> PrinterStatus:
        wanted = ["printer-state", "printer-state-reasons", "printer-is-accepting-jobs"]
        answer = self._ask(Operation.get_printer_attributes, [("requested-attributes", Tag.keyword, wanted)])
        check_answer(self.where, self._own.printer, answer)
        return printer_status(self.where, answer)

    def _user(self) -> Attribute:
        return "requesting-user-name", Tag.named, "supply"

    def _job(self) -> list[Attribute]:
        return [self._user(), ("job-name", Tag.named, JOB_NAME), ("document-format", Tag.mime_type, "application/pdf")]

    def _how(self, page: Page) -> list[Attribute]:
        """What keeps the system from scaling: its own option and CUPS's older ones, and the paper's very size."""
        how = list(_PLAIN)
        if self._own.media:
            return [*how, ("media", Tag.keyword, self._own.media)]
        size = [
            ("x-dimension", Tag.integer, round(page.width_mm * 100)),
            ("y-dimension", Tag.integer, round(page.height_mm * 100)),
        ]
        return [*how, ("media-col", Tag.collection, [("media-size", Tag.collection, size)])]

    def _ask(
        self, operation: Operation, asked: list[Attribute], how: Sequence[Attribute] = (), content: bytes = b""
    ) -> Message:
        """One question and its answer. Raises `DeviceError`; `NotSent` where not a byte of it was taken."""
        own, number = self._own, next(self._numbers)
        first: list[Attribute] = [
            ("attributes-charset", Tag.charset, "utf-8"),
            ("attributes-natural-language", Tag.language, "en"),
            ("printer-uri", Tag.uri, f"ipp://{_in_uri(own.host)}:{own.port}{own.resource}"),
        ]
        groups = [(Group.operation, first + asked), *([(Group.job, how)] if how else [])]
        found = self._posted(encode(operation, number, groups, content))
        with contextlib.suppress(NotIpp):
            answer = decode(found)
            if answer.request_id == number:
                return answer
        words = f"{self.where}: what answers at {own.host}:{own.port} is no print system; correct its settings."
        raise DeviceError(words, permanent=False)

    def _posted(self, body: bytes) -> bytes:
        own = self._own
        at = f"The print system at {own.host}:{own.port}"
        line = http.client.HTTPConnection(self._address, own.port, timeout=self._settings.timeout_seconds)
        try:
            line.connect()
        except OSError:
            raise NotSent(f"{at} is not there. See that CUPS runs, or the printer is on.", permanent=False) from None
        self._line = line
        head = {"Content-Type": "application/ipp", "Host": f"{_in_uri(own.host)}:{own.port}", "Connection": "close"}
        try:
            line.request("POST", own.resource, body, head)
            answer = line.getresponse()
            found = answer.read(MOST_BYTES + 1)
        except (OSError, http.client.HTTPException, ValueError, AttributeError):  # the last: closed by another thread
            raise DeviceError(f"{at} does not answer.", permanent=False) from None
        finally:
            self._line = None
            line.close()
        if 400 <= answer.status < 500:
            words = f"{at} refuses (HTTP {answer.status}). Let this program print there, or correct its settings."
            raise NotSent(words, permanent=True)
        if answer.status != http.client.OK or len(found) > MOST_BYTES:
            raise DeviceError(f"{at} does not answer as one should.", permanent=False)
        return found


def _in_uri(host: str) -> str:
    return f"[{host}]" if ":" in host and not host.startswith("[") else host


def of_system(given: dict[str, Any]) -> SystemSettings:
    """Its settings, with the name of the printer checked, for it becomes part of an address.

    Raises `DeviceError` (permanent).
    """
    made = SystemSettings(**given)
    fine = made.printer.isprintable() and not set(made.printer) & set(' /\\?#%"<>') and 0 < len(made.printer) <= 127
    path_fine = made.path.isascii() and made.path.isprintable() and not set(made.path) & set(' ?#"')
    if not fine or not path_fine or not made.media.isascii() or not made.media.isprintable():
        raise DeviceError("The name of a system's printer, its path and its media are single words.", permanent=True)
    return made
