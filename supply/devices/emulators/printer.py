"""A label printer that is not there: answers how it is, and turns what it is sent into PNG files, one for each cut."""

import threading
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Faults:
    """What is wrong with the printer now; nothing unless said."""

    mute: bool = False
    no_paper: bool = False
    paper_near_end: bool = False
    cover_open: bool = False
    offline: bool = False
    error: bool = False
    garbage: bool = False
    gone_after_bytes: int | None = None
    labels_left: int | None = None
    byte_seconds: float = 0.0


class EmulatedPrinter:
    """Listens on TCP and serves one client at a time, as real ones do; a second client waits."""

    def __init__(
        self,
        folder: Path,
        *,
        host: str = "127.0.0.1",
        port: int = 0,
        faults: Faults | None = None,
        head_dots: int = 576,
    ) -> None:
        self.folder, self.host, self.port, self.head_dots = folder, host, port, head_dots
        self.faults = faults or Faults()
        self._lock = threading.Lock()

    def __enter__(self) -> "EmulatedPrinter":
        self.plug()
        return self

    def __exit__(self, *_: object) -> None:
        self.unplug()

    def plug(self) -> None:
        """Switch it on: listen at `port`, or at a free one when that is 0; `port` then says which."""

    def unplug(self) -> None:
        """Switch it off: hang up and listen no more."""

    def labels(self) -> list[Path]:
        """The labels that came out, oldest first."""
        return sorted(self.folder.glob("label-*.png"))
