"""What a driver needs of the way to its printer. python-escpos opens each way; the bytes go to what it opened.

Its own `_raw` must never be used: after a loss it would connect again by itself and print the second half of a label.
"""

import os
import shutil
from typing import Any, Final, Protocol

READ_BYTES: Final = 64


class Wire(Protocol):
    """The contract of the four. All but `close` raise `DeviceError`; `close` may come from any thread, at any time."""

    @property
    def where(self) -> str:
        """The printer and its address, as a sentence begins."""

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


def tidy_library() -> None:
    """Take away the folder that python-escpos leaves in the temporary ones each time it is loaded."""
    from escpos import capabilities

    if "ESCPOS_CAPABILITIES_PICKLE_DIR" not in os.environ:
        shutil.rmtree(capabilities.pickle_dir, ignore_errors=True)


def opened_by_library(printer: Any) -> Any:
    """What python-escpos opened, taken from it, so that it neither closes nor opens it again. Raises what it caught."""
    from escpos.exceptions import Error

    tidy_library()
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
