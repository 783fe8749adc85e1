"""What every scanner gives, whatever wire it hangs on: the text it read, and nothing guessed about it."""

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final, Protocol

from supply.devices.state import DeviceState

_AIM: Final = re.compile(r"\][A-Za-z][0-9A-Za-z]")


@dataclass(frozen=True, slots=True)
class Scan:
    """One read. `raw` is all that the scanner sent; `text` is what it means to say: without the prefix and suffix that
    this scanner was seen to add, its stand-in for GS put right, its AIM identifier and all else kept.

    `gs_trust` is "kept", "mapped" or "lost" as the set-up of this scanner showed, "unknown" where nobody tried.
    """

    raw: str
    text: str
    aim: str | None
    read_at: datetime
    device: str
    gs_trust: str = "unknown"


class Scanner(Protocol):
    """The contract of every driver. A driver that loses its device comes back by itself inside `read`."""

    @property
    def state(self) -> DeviceState:
        """What the device is doing, in words fit for a screen."""

    def open(self) -> None:
        """Open the device. Raises `DeviceError`; when that is not permanent, `read` goes on trying."""

    def read(self, timeout_seconds: float) -> list[Scan]:
        """Whole scans that came within the time, or none. Raises `DeviceError` only when it is permanent."""

    def close(self) -> None:
        """Let go of the device. Closing twice is no error."""


def utc_now() -> datetime:
    """The moment of a read, by this machine's clock."""
    return datetime.now(UTC)


def aim_of(raw: str) -> str | None:
    """The AIM symbology identifier that the text starts with (ISO/IEC 15424), or None when the scanner sends none."""
    found = _AIM.match(raw)
    return found.group() if found else None


def text_of(frame: bytes) -> str:
    """The characters of a frame: UTF-8 where it is that, else one character per byte, so that nothing is lost."""
    try:
        return frame.decode("utf-8")
    except UnicodeDecodeError:
        return frame.decode("latin-1")
