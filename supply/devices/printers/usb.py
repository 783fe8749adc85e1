"""A printer on USB. Tried only against a stand-in for pyusb, never on a wire; needs pyusb and libusb."""

import contextlib
import errno
from typing import Any, Final

from supply.devices.errors import DeviceError
from supply.devices.printers.wires import READ_BYTES, opened_by_library

_IN_ENDPOINT: Final = 0x82
_OUT_ENDPOINT: Final = 0x01
NO_PYUSB: Final = "USB printers need the library pyusb. Install it with: pip install 'pyusb>=1.2' (the extra usb)."


class UsbWire:
    """A USB printer by its hexadecimal `vendor:product`, through pyusb, an optional library (the extra `usb`)."""

    can_answer = True

    def __init__(
        self,
        usb_id: str,
        *,
        in_endpoint: int = _IN_ENDPOINT,
        out_endpoint: int = _OUT_ENDPOINT,
        timeout_seconds: float,
    ) -> None:
        try:
            vendor, product = (int(part, 16) for part in usb_id.split(":"))
        except ValueError:
            raise DeviceError(
                f"usb_id cannot be {usb_id!r}; give it as vendor:product, such as 04b8:0202.", permanent=True
            ) from None
        self.where = f"The USB printer {usb_id}"
        self._ids, self._endpoints = (vendor, product), (in_endpoint, out_endpoint)
        self._milliseconds = max(1, round(timeout_seconds * 1000))
        self._device: Any = None

    def open(self) -> None:
        """Find the printer and take it from the kernel's own driver."""
        from escpos.printer.usb import Usb

        if not Usb.is_usable():
            raise DeviceError(NO_PYUSB, permanent=True)
        printer = Usb(*self._ids, timeout=self._milliseconds, in_ep=self._endpoints[0], out_ep=self._endpoints[1])
        try:
            self._device = opened_by_library(printer)
        except ValueError:  # pyusb without a libusb on this machine
            raise DeviceError("USB printers need the system library libusb 1.0; install it.", permanent=True) from None
        except OSError as error:
            raise self._lost(error) from None

    def write(self, content: bytes) -> None:
        """Send; half a kilobyte has the time limit, for many printers garble a long transfer that times out."""
        device = self._open()
        for start in range(0, len(content), 512):
            piece = content[start : start + 512]
            try:
                sent = device.write(self._endpoints[1], piece, self._milliseconds)
            except OSError as error:  # usb.core.USBError is one
                raise self._lost(error) from None
            if sent != len(piece):
                raise DeviceError(f"{self.where} took only a part of what was sent.", permanent=False)

    def read(self, timeout_seconds: float) -> bytes:
        """What came."""
        try:
            return bytes(self._open().read(self._endpoints[0], READ_BYTES, max(1, round(timeout_seconds * 1000))))
        except OSError as error:
            if error.errno in (errno.ETIMEDOUT, 10060) or "timeout" in str(error).lower():
                return b""
            raise self._lost(error) from None

    def finish(self) -> None:
        """Every write was taken by the printer."""

    def close(self) -> None:
        """Give the printer back."""
        device, self._device = self._device, None
        if device is not None:
            from escpos.printer import usb as library

            with contextlib.suppress(OSError):
                library.usb.util.dispose_resources(device)

    def _open(self) -> Any:
        if self._device is None:
            raise DeviceError(f"{self.where} was let go.", permanent=False)
        return self._device

    def _lost(self, error: OSError) -> DeviceError:
        number = getattr(error, "errno", None)
        if number == errno.EBUSY:
            words = (
                "is in use by another program, often usblp or CUPS; take it out of the system's printers, "
                "or forbid usblp with: modprobe -r usblp"
            )
        elif number == errno.EACCES:
            words = "may not be used by this program; install the udev rules and add its user to the group lp."
        elif number == errno.ETIMEDOUT:
            words = "takes no more bytes. See that it is switched on and has paper."
        else:
            words = "is not plugged in or not switched on; check its cable."
        return DeviceError(f"{self.where} {words}", permanent=False)
