"""Which plugged-in USB device a scanner's settings mean: by vendor and product (`05e0:1701`) and by serial number.

It looks and never opens.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from serial.tools import list_ports

from supply.devices.errors import DeviceError

_USB_ID: Final = re.compile(r"[0-9a-fA-F]{4}:[0-9a-fA-F]{4}")


@dataclass(frozen=True, slots=True)
class Plugged:
    """One USB device that is there: where it is opened, and who made it."""

    path: str
    vendor: int | None
    product: int | None
    serial_number: str


def is_usb_id(text: str) -> bool:
    """Whether this is vendor and product in hexadecimal, as `lsusb` shows them.

    >>> is_usb_id("05e0:1701"), is_usb_id("5e0")
    (True, False)
    """
    return _USB_ID.fullmatch(text) is not None


def the_one(found: Iterable[Plugged], usb_id: str, serial_number: str) -> str:
    """The path of the only device that fits. Raises `DeviceError` (not permanent) when none does, or several do."""
    fitting = list({one.path: one for one in found if _fits(one, usb_id, serial_number)}.values())
    wanted = " ".join(filter(None, (usb_id, serial_number and f"with the serial number {serial_number}")))
    if not fitting:
        raise DeviceError(f"No scanner {wanted} is plugged in; check its cable.", permanent=False)
    if len(fitting) > 1:
        paths = ", ".join(one.path for one in fitting)
        raise DeviceError(
            f"{len(fitting)} scanners {wanted} are plugged in ({paths}): name the serial number or the path.",
            permanent=False,
        )
    return fitting[0].path


def port_of(usb_id: str, serial_number: str) -> str:
    """The serial port of that USB device. Raises `DeviceError`."""
    ports = [
        Plugged(port.device, port.vid, port.pid, port.serial_number or "")
        for port in list_ports.comports()
        if port.vid is not None
    ]
    return the_one(ports, usb_id, serial_number)


def _fits(one: Plugged, usb_id: str, serial_number: str) -> bool:
    if usb_id and (one.vendor, one.product) != tuple(int(part, 16) for part in usb_id.split(":")):
        return False
    return not serial_number or one.serial_number == serial_number
