"""A USB scanner in HID point-of-sale mode, through hidapi (the extra `hid`). Never tried on a wire by us.

Owns the HID device. It must never hand on half a read, and never share the scanner with another program.
"""

import os
from typing import Any, Final

from supply.devices.errors import DeviceError
from supply.devices.hidpos import REPORT_BYTES, USAGE_PAGE, ReportAssembler
from supply.devices.scanners.reconnecting import ReconnectingScanner
from supply.devices.usb_ids import Plugged, the_one

try:
    import fcntl
except ImportError:  # pragma: no cover - Windows opens a HID device for one program by itself
    fcntl = None  # type: ignore[assignment]

_PENDING_SECONDS: Final = 0.3
_WAITING_REPORTS: Final = 1000


class HidPosScanner(ReconnectingScanner):
    """Reads the scanner at `path`, or the one of that `usb_id` and `serial_number`; `library` is hidapi's module."""

    def __init__(
        self,
        *,
        usb_id: str = "",
        serial_number: str = "",
        path: str = "",
        name: str | None = None,
        library: Any = None,
        **shared: Any,
    ) -> None:
        super().__init__(name=name or path or usb_id, **shared)
        self._usb_id, self._serial_number, self._path = usb_id, serial_number, path
        self._library = library
        self._assembler = ReportAssembler()
        self._device: Any = None
        self._lock: int | None = None

    def _connect(self) -> None:
        self._assembler.clear()
        library = self._library or _library()
        path = self._path or the_one(_plugged(library), self._usb_id, self._serial_number)
        self._lock_alone(path)
        device = library.device()
        try:
            device.open_path(os.fsencode(path))
            for _ in range(_WAITING_REPORTS):
                if not device.read(REPORT_BYTES, 1):
                    break  # what it sent while nobody listened is not a scan of now, and may be half of one
        except (OSError, ValueError):
            device.close()
            raise DeviceError(_sentence(path), permanent=False) from None
        self._device = device

    def _lock_alone(self, path: str) -> None:
        """Several programs may open one hidraw device, and each would count every scan: the first one takes it."""
        if fcntl is None or not os.path.exists(path):
            return  # libusb and macOS name devices by no path, and open them for one program by themselves
        try:
            self._lock = os.open(path, os.O_RDONLY | os.O_CLOEXEC | os.O_NONBLOCK)
            fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise DeviceError(f"Another program is using the scanner at {path}; close it.", permanent=False) from None
        except OSError:
            raise DeviceError(_sentence(path), permanent=False) from None

    def _receive(self, wait_seconds: float) -> list[str]:
        wait = min(wait_seconds, _PENDING_SECONDS) if self._assembler.is_pending else wait_seconds
        try:
            report = bytes(self._device.read(REPORT_BYTES, max(1, round(wait * 1000))))
        except (OSError, ValueError):
            raise DeviceError(_sentence(""), permanent=False) from None
        self._assembler.idle(now=self._clock())
        reads = self._assembler.feed(report, now=self._clock()) if report else []
        for note in self._assembler.take_notes():
            self._state.note(note)
        return reads

    def _disconnect(self) -> None:
        device, self._device = self._device, None
        lock, self._lock = self._lock, None
        self._assembler.clear()
        if device is not None:
            device.close()
        if lock is not None:
            os.close(lock)


def _library() -> Any:
    try:
        import hid
    except ImportError:
        raise DeviceError(
            'A HID point-of-sale scanner needs hidapi: pip install "supply[hid]", then start again.', permanent=True
        ) from None
    return hid


def _plugged(library: Any) -> list[Plugged]:
    """Every HID device that says it is a scanner; on systems that do not tell the usage, every one."""
    return [
        Plugged(os.fsdecode(one["path"]), one["vendor_id"], one["product_id"], one.get("serial_number") or "")
        for one in library.enumerate()
        if one.get("usage_page") in (USAGE_PAGE, 0, None)
    ]


def _sentence(path: str) -> str:
    if path and os.path.exists(path) and not os.access(path, os.R_OK | os.W_OK):
        return f"This program may not use {path}; install the udev rules for scanners."
    return "The scanner does not answer; check its cable, and that it is in HID POS mode."
