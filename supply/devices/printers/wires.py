"""What a driver needs of the way to its printer. python-escpos opens each way; the bytes go to what it opened.

Its own `_raw` must never be used: after a loss it would connect again by itself and print the second half of a label.
"""

import logging
import os
import shutil
import sys
from typing import Any, Final, Protocol

READ_BYTES: Final = 64
_LIBRARY_LOG: Final = logging.getLogger("supply.devices.printers.library")
_LIBRARY_LOG.setLevel(logging.WARNING)


class Wire(Protocol):
    """The contract of the four. All but `close` raise `DeviceError`; `close` may come from any thread, at any time."""

    where: str
    """The printer, as a sentence begins: its address, unless whoever opened it knows its name."""

    @property
    def can_answer(self) -> bool:
        """Whether anything ever comes back on this wire."""

    def open(self) -> None:
        """Reach the printer."""

    def write(self, content: bytes) -> None:
        """Send all of it. The time limit is for each small piece, so that a slow printer that moves is waited for."""

    def read(self, timeout_seconds: float) -> bytes:
        """What came within the time; empty when nothing did."""

    def finish(self) -> None:
        """See everything off: out of the port's buffer, onto the disk."""

    def close(self) -> None:
        """Let go."""


def _tidy_library(printer: Any) -> None:
    """Keep its words of each connection out of the log, and its folder out of the temporary ones."""
    from escpos import capabilities

    sys.modules[type(printer).__module__].logging = _LIBRARY_LOG  # type: ignore[attr-defined]
    if "ESCPOS_CAPABILITIES_PICKLE_DIR" not in os.environ:
        shutil.rmtree(capabilities.pickle_dir, ignore_errors=True)


def opened_by_library(printer: Any) -> Any:
    """What python-escpos opened, taken from it, so that it neither closes nor opens it again. Raises what it caught."""
    from escpos.exceptions import Error

    _tidy_library(printer)
    try:
        printer.open()
    except Error as error:
        cause = error.__cause__ or error.__context__
        raise cause if isinstance(cause, OSError | ValueError) else OSError(str(error)) from None
    finally:
        printer.close = _leave_alone  # it would close, when it is thrown away, what is ours by then
    device, printer.device = printer.device, False
    return device


def _leave_alone() -> None:
    pass
