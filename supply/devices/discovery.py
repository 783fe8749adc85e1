"""What is plugged into this machine, scanner or printer. It looks and names; it must never open anything."""

from dataclasses import dataclass
from pathlib import Path
from typing import Final

from serial.tools import list_ports

_BY_ID: Final = Path("/dev/serial/by-id")
_USB_PRINTERS: Final = Path("/sys/class/usbmisc")


@dataclass(frozen=True, slots=True)
class SerialPort:
    """A serial port. `port` is the path to configure: the one under `by-id` if any, for it outlives a replug."""

    port: str
    device: str
    description: str
    usb_id: str | None
    serial_number: str | None


def serial_ports(by_id: Path = _BY_ID) -> list[SerialPort]:
    """The serial ports of this machine, USB ones first. An emulated port (a pseudo-terminal) is never among them."""
    lasting = _lasting_names(by_id)
    found = [
        SerialPort(
            port=lasting.get(port.device, port.device),
            device=port.device,
            description=port.description if port.description != "n/a" else "",
            usb_id=f"{port.vid:04x}:{port.pid:04x}" if port.vid is not None and port.pid is not None else None,
            serial_number=port.serial_number,
        )
        for port in list_ports.comports()
    ]
    return sorted(found, key=lambda port: (port.usb_id is None, port.port))


def usb_printers(classes: Path = _USB_PRINTERS) -> list[SerialPort]:
    """The USB printers that the kernel drives, with the path for `escpos-file` and the `usb_id` for `escpos-usb`."""
    return [_usb_printer(found) for found in sorted(classes.glob("lp*"))]


def _usb_printer(found: Path) -> SerialPort:
    path, device = f"/dev/usb/{found.name}", (found / "device").resolve().parent
    ids = [_line_of(device / name) for name in ("idVendor", "idProduct")]
    words = " ".join(filter(None, (_line_of(device / name) for name in ("manufacturer", "product"))))
    return SerialPort(
        port=path,
        device=path,
        description=words or "USB printer",
        usb_id=":".join(ids) if all(ids) else None,
        serial_number=_line_of(device / "serial") or None,
    )


def _line_of(path: Path) -> str:
    try:
        return path.read_text("utf-8", errors="replace").strip()
    except OSError:
        return ""


def _lasting_names(by_id: Path) -> dict[str, str]:
    if not by_id.is_dir():
        return {}
    return {str(link.resolve()): str(link) for link in sorted(by_id.iterdir())}
