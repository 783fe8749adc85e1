"""A printer behind a file or device path, such as /dev/usb/lp0. It must never claim to know what came out.

The one wire without python-escpos, whose file driver empties the file at each opening and waits for ever for a device.
"""

import contextlib
import errno
import io
import os
import select
import stat
from pathlib import Path
from typing import Any

from supply.devices.errors import DeviceError


class FileWire:
    """A file or device path, such as /dev/usb/lp0. Nothing ever comes back: whether it printed cannot be known."""

    can_answer = False

    def __init__(self, path: Path, *, timeout_seconds: float) -> None:
        self.where = f"The printer file {path}"
        self._path, self._timeout = path, timeout_seconds
        self._file: Any = None

    def open(self) -> None:
        """Open for adding at the end. A device that is away is never made into a file of that name."""
        made = os.O_CREAT if Path("/dev") not in self._path.parents else 0
        flags = os.O_WRONLY | os.O_APPEND | made | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)
        try:
            self._file = io.FileIO(os.open(self._path, flags, 0o640), "ab")
        except OSError as error:
            raise self._lost(error) from None

    def write(self, content: bytes) -> None:
        """Write all; a device that takes nothing within the time limit is an error."""
        file, view = self._open(), memoryview(content)
        try:
            while view:
                taken = file.write(view[:4096])
                if taken is None:
                    if not select.select([], [file], [], self._timeout)[1]:
                        raise DeviceError(f"{self.where} takes no more bytes; see that it has paper.", permanent=False)
                    continue
                view = view[taken:]
        except (OSError, ValueError) as error:
            raise self._lost(error) from None

    def read(self, timeout_seconds: float) -> bytes:
        """Nothing."""
        return b""

    def finish(self) -> None:
        """Have it on the disk, where it is a file on a disk."""
        number = self._open().fileno()
        try:
            if stat.S_ISREG(os.fstat(number).st_mode):
                os.fsync(number)
        except OSError as error:
            raise self._lost(error) from None

    def close(self) -> None:
        """Close it."""
        file, self._file = self._file, None
        if file is not None:
            with contextlib.suppress(OSError):
                file.close()

    def _open(self) -> Any:
        if self._file is None:
            raise DeviceError(f"{self.where} was let go.", permanent=False)
        return self._file

    def _lost(self, error: Exception) -> DeviceError:
        number = getattr(error, "errno", None)
        if number == errno.ENOENT:
            words = "is not there; see that the printer is plugged in and that the path is right."
        elif number == errno.EACCES:
            words = "may not be written by this program; add its user to the group lp."
        elif number == errno.EBUSY:
            words = "is in use by another program; close that one."
        elif number == errno.ENXIO:
            words = "has nobody who reads it; switch the printer on."
        elif number == errno.ENOSPC:
            words = "cannot be written: the disk is full."
        else:
            words = "cannot be written; see that the printer is plugged in and that the path is right."
        return DeviceError(f"{self.where} {words}", permanent=False)
