"""A keyboard scanner on Linux, taken for this program alone, through evdev (the extra `evdev`). Never tried on a wire.

Owns the input device. What it presses reaches nobody else while we have it; it must never hand on half a read.
"""

import select
from typing import Any, Final

from supply.devices.errors import DeviceError
from supply.devices.framing import Framer
from supply.devices.keymap import Keys
from supply.devices.model import text_of
from supply.devices.scanners.reconnecting import ReconnectingScanner
from supply.devices.usb_ids import Plugged, the_one

# linux/input-event-codes.h
_EV_SYN, _EV_KEY, _SYN_DROPPED = 0, 1, 3
_KEY_ENTER, _KEY_A, _KEY_1 = 28, 30, 2
_IDLE_SECONDS: Final = 0.3


class EvdevScanner(ReconnectingScanner):
    """Reads the keyboard at `path` (best under /dev/input/by-id/), or the one of that `usb_id` and `serial_number`.

    `gs_key` is the function key that stands for GS; `library` is the module `evdev`.
    """

    def __init__(
        self,
        *,
        path: str = "",
        usb_id: str = "",
        serial_number: str = "",
        gs_key: str = "",
        framing: str = "auto",
        idle_seconds: float = _IDLE_SECONDS,
        name: str | None = None,
        library: Any = None,
        **shared: Any,
    ) -> None:
        super().__init__(name=name or path or usb_id, **shared)
        self._path, self._usb_id, self._serial_number = path, usb_id, serial_number
        self._library = library
        self._idle_seconds = idle_seconds
        self._keys = Keys(gs_key=gs_key)
        self._framer = Framer(framing, idle_seconds=idle_seconds)
        self._last_key_at = 0.0
        self._device: Any = None

    def _connect(self) -> None:
        self._forget()
        library = self._library or _library()
        path = self._path
        try:
            path = path or the_one(_keyboards(library), self._usb_id, self._serial_number)
            device = library.InputDevice(path)
        except OSError as error:
            raise DeviceError(_sentence(path, error), permanent=False) from None
        try:
            device.grab()
            while device.read_one() is not None:
                pass  # what it typed while nobody listened is not a scan of now, and may be half of one
        except OSError as error:
            device.close()
            raise DeviceError(_sentence(path, error), permanent=False) from None
        self._device = device

    def _receive(self, wait_seconds: float) -> list[str]:
        wait = min(wait_seconds, self._idle_seconds) if self._framer.is_pending else wait_seconds
        frames: list[bytes] = []
        try:
            if select.select([self._device.fd], [], [], wait)[0]:
                while (event := self._device.read_one()) is not None:
                    frames += self._take(event)
        except (OSError, ValueError) as error:
            raise DeviceError(_sentence(self._path, error), permanent=False) from None
        frames += self._framer.idle(now=self._clock())
        for note in self._framer.take_notes():
            self._state.note(note)
        return [text_of(frame) for frame in frames]

    def _take(self, event: Any) -> list[bytes]:
        if event.type == _EV_SYN and event.code == _SYN_DROPPED:
            self._keys.release_all()
            self._framer.spoil("the kernel lost keys of a read; it was dropped")
            return []
        if event.type != _EV_KEY:
            return []
        moment = self._clock()
        if moment - self._last_key_at >= self._idle_seconds:
            self._keys.release_all()  # a Shift of a torn read must not turn the next one into capitals
        self._last_key_at = moment
        return self._framer.feed(self._keys.feed(event.code, event.value).encode("utf-8"), now=moment)

    def _disconnect(self) -> None:
        device, self._device = self._device, None
        self._forget()
        if device is not None:
            try:
                device.ungrab()
            except OSError:
                self._state.note("the keyboard scanner was gone before it could be given back")
            device.close()

    def _forget(self) -> None:
        self._keys.release_all()
        self._framer.clear()


def _library() -> Any:
    try:
        import evdev
    except ImportError:
        raise DeviceError(
            'Taking a keyboard scanner for ourselves needs Linux and evdev: pip install "supply[evdev]".',
            permanent=True,
        ) from None
    return evdev


def _keyboards(library: Any) -> list[Plugged]:
    """Every input device that can type: a scanner often shows a mouse or a media panel beside its keyboard."""
    found = []
    for path in library.list_devices():
        device = library.InputDevice(path)
        try:
            keys = set(device.capabilities().get(_EV_KEY, ()))
            if {_KEY_ENTER, _KEY_A, _KEY_1} <= keys:
                found.append(Plugged(path, device.info.vendor, device.info.product, device.uniq or ""))
        finally:
            device.close()
    return found


def _sentence(path: str, error: Exception) -> str:
    number = getattr(error, "errno", None)
    where = f" at {path}" if path else ""
    if number == 2:
        return f"Nothing is plugged in{where}; check the cable of the scanner."
    if number == 13:
        return f"This program may not use the scanner{where}; install the udev rules for scanners."
    if number == 16:
        return f"Another program has taken the scanner{where}; close it."
    return f"The scanner{where} does not answer; check its cable."
