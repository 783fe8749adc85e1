"""A print system that is not there: takes jobs over IPP as CUPS does, and keeps the PDF of each that "came out".

Owns the folder's files and the socket. It must never be imported by a driver.
"""

import http.server
import itertools
import threading
import time
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final

from supply.devices.emulators.printer import Faults, reset
from supply.devices.errors import DeviceError
from supply.devices.printers.ipp import Attribute, Group, Message, NotIpp, Operation, Tag, decode, encode

MOST_BODY: Final = 32_000_000
OK, BAD, NOT_FOUND, NOT_POSSIBLE, NO_FORMAT, BUSY = 0x0000, 0x0400, 0x0406, 0x0404, 0x040A, 0x0507
PENDING, HELD, PROCESSING, STOPPED, CANCELLED, COMPLETED = 3, 4, 5, 6, 7, 9


@dataclass
class EmulatedJob:
    """A job that it was given: how far it got, and how it was asked to print it."""

    number: int
    message: Message
    document: bytes
    state: int = PENDING
    reasons: tuple[str, ...] = ("none",)
    has_begun: bool = False


class EmulatedSystemPrinter:
    """A queue of a print system at TCP. A job comes out at once, unless something is wrong.

    With `holds` it keeps new jobs back; with `tells_late` it finds out what is wrong only when it prints.
    """

    def __init__(self, folder: Path, *, queue: str = "labels", port: int = 0, faults: Faults | None = None) -> None:
        self.folder, self.queue, self.host, self.port = folder, queue, "127.0.0.1", port
        self.holds = self.tells_late = False
        self.is_accepting = True
        self.jobs: list[EmulatedJob] = []
        self.asked: list[int] = []  # operations, in their order
        self._faults = faults or Faults()
        self._numbers = itertools.count(1)
        self._lock = threading.RLock()
        self._server: http.server.ThreadingHTTPServer | None = None
        self.is_off = threading.Event()
        folder.mkdir(parents=True, exist_ok=True)

    def __enter__(self) -> "EmulatedSystemPrinter":
        self.plug()
        return self

    def __exit__(self, *_: object) -> None:
        self.unplug()

    @property
    def faults(self) -> Faults:
        """What is wrong with it now."""
        return self._faults

    def set_faults(self, **faults: Any) -> None:
        """From now on exactly these are wrong; none: all is well, and jobs that were stopped come out."""
        with self._lock:
            self._faults = Faults(**faults)
            for job in self.jobs:
                self._work(job)

    def release(self) -> None:
        """Print what was held back."""
        with self._lock:
            self.holds = False
            for job in self.jobs:
                self._work(job)

    def documents(self) -> list[Path]:
        """What came out, oldest first."""
        return sorted(self.folder.glob("job-*.pdf"))

    def plug(self) -> None:
        """Listen at `port`, or where that is 0 at a free one, which `port` then says. Raises `DeviceError`."""
        if self._server is not None:
            return
        printer = self

        class Talk(_Talk):
            owner = printer

        try:
            self._server = http.server.ThreadingHTTPServer((self.host, self.port), Talk)
        except OSError as error:
            words = f"No print system can listen at {self.host}:{self.port}: {error.strerror}."
            raise DeviceError(words, permanent=True) from None
        self._server.daemon_threads = True
        self.is_off.clear()
        self.port = self._server.server_address[1]
        threading.Thread(target=self._server.serve_forever, args=(0.02,), name="emulated system", daemon=True).start()

    def unplug(self) -> None:
        """Switch it off; what it was given and did not print stays with it."""
        server, self._server = self._server, None
        self.is_off.set()
        if server is not None:
            server.shutdown()
            server.server_close()

    def answer(self, path: str, body: bytes) -> bytes:
        """What it answers to a request. Raises NotIpp for what is none."""
        asked = decode(body, is_request=True)
        with self._lock:
            self.asked.append(asked.code)
            if asked.code not in set(Operation) or not asked.words(Group.operation, "attributes-charset"):
                return self._said(asked, BAD)
            uri = asked.words(Group.operation, "printer-uri")
            if path != f"/printers/{self.queue}" or not (uri and uri[0].endswith(path)):
                return self._said(asked, NOT_FOUND)
            return self._done(asked)

    def _done(self, asked: Message) -> bytes:
        if asked.code == Operation.get_printer_attributes:
            return self._said(asked, OK, (Group.printer, self._printer()))
        if asked.code == Operation.print_job:
            return self._taken(asked)
        number = asked.number(Group.operation, "job-id")
        job = next((job for job in self.jobs if job.number == number), None)
        if job is None:
            return self._said(asked, NOT_FOUND)
        if asked.code == Operation.cancel_job:
            if job.state >= CANCELLED:
                return self._said(asked, NOT_POSSIBLE)
            job.state = CANCELLED
        return self._said(asked, OK, (Group.job, self._job(job)))

    def _taken(self, asked: Message) -> bytes:
        if self._faults.busy or not self.is_accepting:
            return self._said(asked, BUSY)
        if asked.words(Group.operation, "document-format") != ["application/pdf"] or asked.content[:5] != b"%PDF-":
            return self._said(asked, NO_FORMAT)
        job = EmulatedJob(next(self._numbers), asked, asked.content)
        self.jobs.append(job)
        self._work(job)
        return self._said(asked, OK, (Group.job, self._job(job)))

    def _work(self, job: EmulatedJob) -> None:
        """As far as it goes now."""
        if job.state >= CANCELLED:
            return
        if self.holds:
            job.state, job.reasons = HELD, ("job-hold-until-specified",)
            return
        job.has_begun = True
        if self._faults.stops_paper:
            job.state, job.reasons = STOPPED, ("printer-stopped", *self._reasons())
            return
        path = self.folder / f"job-{job.number:04d}.pdf"
        path.with_suffix(".part").write_bytes(job.document)
        path.with_suffix(".part").replace(path)
        job.state, job.reasons = COMPLETED, ("job-completed-successfully",)
        left = self._faults.labels_left
        if left is not None:
            self._faults = replace(self._faults, labels_left=max(0, left - 1), no_paper=left <= 1)

    def _reasons(self) -> list[str]:
        now = self._faults
        said = {
            "cover-open": now.cover_open,
            "media-empty-error": now.no_paper,
            "offline-report": now.offline,
            "other-error": now.error,
            "media-low-warning": now.paper_near_end,
        }
        return [reason for reason, is_so in said.items() if is_so] or ["none"]

    def _printer(self) -> list[Attribute]:
        knows = not self.tells_late or any(job.state == STOPPED for job in self.jobs)
        reasons = self._reasons() if knows else ["none"]
        stopped = knows and self._faults.stops_paper
        return [
            ("printer-state", Tag.enum, 5 if stopped else 3),
            ("printer-state-reasons", Tag.keyword, reasons),
            ("printer-is-accepting-jobs", Tag.boolean, self.is_accepting),
        ]

    def _job(self, job: EmulatedJob) -> list[Attribute]:
        begun: Attribute = ("time-at-processing", Tag.integer, 1) if job.has_begun else (
            "time-at-processing", Tag.no_value, None
        )  # fmt: skip
        return [
            ("job-id", Tag.integer, job.number),
            ("job-uri", Tag.uri, f"ipp://{self.host}:{self.port}/jobs/{job.number}"),
            ("job-state", Tag.enum, job.state),
            ("job-state-reasons", Tag.keyword, list(job.reasons)),
            begun,
        ]

    def _said(self, asked: Message, status: int, *groups: tuple[Group, list[Attribute]]) -> bytes:
        first: list[Attribute] = [
            ("attributes-charset", Tag.charset, "utf-8"),
            ("attributes-natural-language", Tag.language, "en"),
        ]
        return encode(status, asked.request_id, [(Group.operation, first), *groups])


class _Talk(http.server.BaseHTTPRequestHandler):
    """One connection."""

    owner: EmulatedSystemPrinter
    protocol_version = "HTTP/1.1"
    timeout = 10

    def do_POST(self) -> None:  # as the library names it
        """Take a request, as well as what is wrong allows."""
        printer = self.owner
        body = self._body(printer)
        if body is None:
            return
        if printer.faults.mute:
            printer.is_off.wait(5)
            self.close_connection = True
            return
        try:
            answer = b"\xff\x00\x81" if printer.faults.garbage else printer.answer(self.path, body)
        except (NotIpp, ValueError):
            self.send_error(400)
            return
        self.send_response(200)
        self.send_header("Content-Type", "application/ipp")
        self.send_header("Content-Length", str(len(answer)))
        self.end_headers()
        self.wfile.write(answer)

    def _body(self, printer: EmulatedSystemPrinter) -> bytes | None:
        length, taken = min(int(self.headers.get("Content-Length") or 0), MOST_BODY), b""
        while len(taken) < length:
            limit = printer.faults.gone_after_bytes
            most = min(4096, length - len(taken), *([max(0, limit - len(taken))] if limit is not None else []))
            more = self.rfile.read(most) if most else b""
            time.sleep(printer.faults.byte_seconds * len(more))
            taken += more
            if not more:
                reset(self.connection)
                self.close_connection = True
                return None
        return taken

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - as the library names it
        """Nothing on standard error."""
