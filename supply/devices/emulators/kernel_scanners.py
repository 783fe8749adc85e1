"""Scanners that Linux takes for plugged in: a keyboard through uinput, a HID point-of-sale scanner through uhid.

For trying the drivers evdev and hid-pos on a machine that offers these; it must never be imported by a driver.
"""

import os
import struct
from pathlib import Path
from typing import Any, Final, Self

from supply.devices.emulators.hid_scanner import reports_of
from supply.devices.errors import DeviceError
from supply.devices.hidpos import DATA_BYTES, REPORT_BYTES, SCANNED_DATA, USAGE, USAGE_PAGE, report_of
from supply.devices.keymap import FUNCTION_KEYS, typed

UINPUT: Final = Path("/dev/uinput")
UHID: Final = Path("/dev/uhid")
NAME: Final = "Supply emulated scanner"
# linux/uhid.h: struct uhid_event is packed, a type and the largest of its requests
_DESTROY, _CREATE2, _INPUT2 = 1, 11, 12
_CREATE: Final = struct.Struct("<I128s64s64sHHIIII4096s")
_INPUT: Final = struct.Struct("<IH4096s")
_EVENT_BYTES: Final = _CREATE.size
_USB: Final = 3
_KEYS: Final = range(1, 128)
# A report of id 2 with 63 bytes on the page of barcode scanners (USB HID POS usage tables 1.02, chapter 2).
_DESCRIPTOR: Final = bytes.fromhex(
    f"05{USAGE_PAGE:02x} 09{USAGE:02x} a101 85{SCANNED_DATA:02x} 09fe 1500 26ff00 7508 95{REPORT_BYTES - 1:02x} 8102 c0"
)


class KernelKeyScanner:
    """A keyboard that types codes, seen by every program until one takes it for itself (driver evdev)."""

    def __init__(self, *, suffix: str = "\r", gs: str = "ctrl", node: Path = UINPUT, library: Any = None) -> None:
        if gs not in ("ctrl", "alt", *FUNCTION_KEYS):
            raise DeviceError(f"GS comes as ctrl, alt or a function key, not as {gs}.", permanent=True)
        self._suffix, self._gs, self._node, self._library = suffix, gs, node, library
        self._device: Any = None

    def __enter__(self) -> Self:
        self.plug()
        return self

    def __exit__(self, *_: object) -> None:
        self.unplug()

    def plug(self) -> None:
        """Be there. Raises DeviceError where this machine offers no such wire."""
        _check(self._node, "uinput")
        library = self._library or _evdev()
        self._device = library.UInput({1: [*_KEYS]}, name=NAME, vendor=0x05E0, product=0x1200)

    def unplug(self) -> None:
        """Vanish."""
        device, self._device = self._device, None
        if device is not None:
            device.close()

    def replug(self) -> None:
        """Vanish and come back."""
        self.unplug()
        self.plug()

    def scan(self, text: str) -> None:
        """Type one code with its suffix."""
        self._press(typed(text + self._suffix, gs=self._gs))

    def half(self, text: str) -> None:
        """Type the first half of a code and no more."""
        self._press(typed(text[: len(text) // 2], gs=self._gs))

    def garbage(self) -> None:
        """Type what is no code."""
        self._press(typed("".join(chr(33 + number % 90) for number in range(60)), gs=self._gs))

    def dribble(self, text: str) -> None:
        """As `scan`: a keyboard always sends a key at a time."""
        self.scan(text)

    def _press(self, strokes: list[tuple[int, int]]) -> None:
        if self._device is None:
            raise DeviceError("The emulated scanner is unplugged; !replug brings it back.", permanent=True)
        for code, value in strokes:
            self._device.write(1, code, value)
            self._device.syn()


class KernelHidScanner:
    """A HID point-of-sale scanner (driver hid-pos), as the kernel lists one on USB."""

    def __init__(self, *, node: Path = UHID) -> None:
        self._node = node
        self._file = -1

    def __enter__(self) -> Self:
        self.plug()
        return self

    def __exit__(self, *_: object) -> None:
        self.unplug()

    def plug(self) -> None:
        """Be there. Raises DeviceError where this machine offers no such wire."""
        _check(self._node, "uhid")
        self._file = os.open(self._node, os.O_RDWR | os.O_CLOEXEC)
        about = (NAME.encode(), b"supply/emulated", b"S1", len(_DESCRIPTOR), _USB, 0x0C2E, 0x0B67, 1, 0, _DESCRIPTOR)
        self._write(_CREATE.pack(_CREATE2, *about))

    def unplug(self) -> None:
        """Vanish."""
        if self._file >= 0:
            self._write(struct.pack("<I", _DESTROY))
            os.close(self._file)
            self._file = -1

    def replug(self) -> None:
        """Vanish and come back."""
        self.unplug()
        self.plug()

    def scan(self, text: str) -> None:
        """Send one code in as many reports as it needs."""
        for report in reports_of(text):
            self._send(report)

    def half(self, text: str) -> None:
        """Send a report that says there is more, and no more."""
        self._send(report_of(text.encode()[: max(1, len(text) // 2)][:DATA_BYTES], "", is_continued=True))

    def garbage(self) -> None:
        """Send reports of impossible lengths."""
        for number in range(20):
            self._send(bytes([SCANNED_DATA, 57 + number]) + bytes(REPORT_BYTES - 2))

    def dribble(self, text: str) -> None:
        """As `scan`: a report comes whole."""
        self.scan(text)

    def _send(self, report: bytes) -> None:
        if self._file < 0:
            raise DeviceError("The emulated scanner is unplugged; !replug brings it back.", permanent=True)
        self._write(_INPUT.pack(_INPUT2, len(report), report))

    def _write(self, event: bytes) -> None:
        os.write(self._file, event.ljust(_EVENT_BYTES, b"\0"))


def _check(node: Path, module: str) -> None:
    if not os.access(node, os.W_OK):
        raise DeviceError(
            f"{node} cannot be written: this emulator needs Linux with the module {module} (sudo modprobe {module}), "
            "and an account that may write there.",
            permanent=True,
        )


def _evdev() -> Any:
    try:
        import evdev
    except ImportError:
        raise DeviceError("Install the extra: pip install 'supply[evdev]'.", permanent=True) from None
    return evdev
