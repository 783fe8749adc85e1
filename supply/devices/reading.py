"""Scanners and cameras of this machine, each on a thread of its own, for whoever takes what they read.

A reader never waits for a network or a database, and never lets go of a read before somebody has kept it.
"""

import logging
import threading
import time
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Final, Generic, TypeVar

from supply.devices.errors import DeviceError
from supply.devices.model import Scan, Scanner

log = logging.getLogger(__name__)

READ_SECONDS: Final = 0.5
KEEP_SECONDS: Final = 1.0
FAILED_SECONDS: Final = 5.0
STOPPED_WORDS: Final = "Reading stopped by itself; it starts again."

# `take` keeps one scan for good, or raises OSError; it is asked again until it does.
Take = Callable[[Scan], None]
# `tell` is given the state in words and the last scan; False when it could not be passed on yet.
Tell = Callable[[str, str, datetime | None], bool]


Device = TypeVar("Device")


class Reader:
    """One device on a thread of its own: open, read, have it kept; comes back by itself."""

    def __init__(self, name: str, make: Callable[[], Scanner], take: Take, tell: Tell) -> None:
        self.name = name
        self._make, self._take, self._tell = make, take, tell
        self._stopping = threading.Event()
        self._said: tuple[str, str] | None = None
        self.ended_at: float | None = None
        self._thread = threading.Thread(target=self._run, name=f"device {name}", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Ask it to end and wait until it has."""
        self._stopping.set()
        self._thread.join(timeout=10)

    def is_due_again(self) -> bool:
        """Whether it ended by a fault of ours, long enough ago to be started again."""
        return self.ended_at is not None and time.monotonic() - self.ended_at >= FAILED_SECONDS

    def _run(self) -> None:
        try:
            while not self._stopping.is_set():
                self._read_until_lost()
        finally:
            # A fault of ours ends the thread and is in the log; whoever started it starts it again.
            if self._stopping.is_set():
                self._say("closed", "", None)
            else:
                log.error("device %s stopped reading", self.name)
                self._say("failed", STOPPED_WORDS, None)
            self.ended_at = time.monotonic()

    def _read_until_lost(self) -> None:
        scanner: Scanner | None = None
        try:
            scanner = self._make()
            self._read(scanner)
        except DeviceError as error:
            self._say("failed", error.message, None)
            self._stopping.wait(FAILED_SECONDS)
        finally:
            if scanner is not None:
                scanner.close()

    def _read(self, scanner: Scanner) -> None:
        try:
            scanner.open()
        except DeviceError as error:
            if error.permanent:
                raise
        while not self._stopping.is_set():
            self._say(scanner.state.status.value, scanner.state.error or "", scanner.state.last_scan_at)
            for scan in scanner.read(READ_SECONDS):
                self._keep(scan)

    def _keep(self, scan: Scan) -> None:
        """Have a read kept, however long the disk is full: whoever scanned it saw no answer yet, but it is not lost."""
        while True:
            try:
                self._take(scan)
                return
            except OSError as error:
                words = f"What was scanned cannot be kept ({error.strerror}); make room on the disk."
                log.error("device %s: %s", self.name, words)
                self._say("failed", words, None)
            if self._stopping.wait(KEEP_SECONDS):
                log.error("device %s: a read was not kept: %r", self.name, scan.raw)
                return

    def _say(self, state: str, words: str, last_scan_at: datetime | None) -> None:
        """Tell the state only when it changed, again until it was passed on."""
        if (state, words) != self._said and self._tell(state, words, last_scan_at):
            self._said = (state, words)


class Readers(Generic[Device]):
    """The readers of this machine, kept as the devices should be; `start` makes the reader of one device."""

    def __init__(self, start: Callable[[Device], Reader]) -> None:
        self._start = start
        self._running: dict[str, tuple[Device, Reader]] = {}

    def match(self, wanted: Mapping[str, Device]) -> None:
        """Start what was added, stop what was taken away, restart what was changed or ended by a fault of ours."""
        for key, (device, reader) in list(self._running.items()):
            if wanted.get(key) != device or reader.is_due_again():
                reader.stop()
                del self._running[key]
        for key, device in wanted.items():
            if key not in self._running:
                self._running[key] = (device, self._start(device))

    def stop(self) -> None:
        """Close every device."""
        for _, reader in self._running.values():
            reader.stop()
        self._running.clear()
