"""A serial label printer that is not there: the mechanics of the emulated printer behind a pseudo-terminal.

Owns the pseudo-terminal and the link to it. POSIX only; it must never be imported by a driver.
"""

import os
import select
import threading
import time
from pathlib import Path

from supply.devices.emulators.printer import Faults, Mechanics
from supply.devices.emulators.pseudo_terminal import open_at


class EmulatedSerialPrinter(Mechanics):
    """Looks like a printer at the path `link`, which is a symbolic link as udev makes them."""

    def __init__(
        self,
        folder: Path,
        link: Path,
        *,
        faults: Faults | None = None,
        head_dots: int = 576,
        language: str = "escpos",
    ) -> None:
        super().__init__(folder, faults=faults, head_dots=head_dots, language=language)
        self.link = link
        self._ends: tuple[int, int] | None = None
        self._thread: threading.Thread | None = None

    def __enter__(self) -> "EmulatedSerialPrinter":
        self.plug()
        return self

    def __exit__(self, *_: object) -> None:
        self.unplug()

    def plug(self) -> None:
        """Appear at the link. Raises `DeviceError` where there are no pseudo-terminals or the link cannot be made."""
        if self._ends is not None:
            return
        self._ends = open_at(self.link, "serial printer")
        self._thread = threading.Thread(target=self._serve, args=(self._ends[0],), name="emulated printer", daemon=True)
        self._thread.start()

    def unplug(self) -> None:
        """Vanish, as when the cable is pulled."""
        ends, self._ends = self._ends, None
        if ends is None or self._thread is None:
            return
        self._thread.join(timeout=10)
        self.link.unlink(missing_ok=True)
        for end in ends:
            os.close(end)
        self.switch_off()

    def _serve(self, master: int) -> None:
        received = 0
        while self._ends is not None:
            if not select.select([master], [], [], 0.05)[0]:
                continue
            try:
                content = os.read(master, 16 if self._faults.byte_seconds else 4096)
            except OSError:  # nobody has the other end open just now
                time.sleep(0.01)
                continue
            limit = self._faults.gone_after_bytes
            received = 0 if limit is None else received + len(content)
            if limit is not None and received > limit:
                continue  # as a printer that lost its power: bytes go nowhere, nothing answers
            time.sleep(self._faults.byte_seconds * len(content))
            answers = self.take(content)
            while answers:
                answers = answers[os.write(master, answers) :]
