"""What is plugged into this machine or announces itself on its network, ready to be added as a device.

It looks and names; it must never open anything, nor wait for longer than it is told. What a network says is text of
strangers.
"""

import importlib
import ipaddress
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from serial.tools import list_ports

from supply.devices.errors import DeviceError
from supply.devices.hidpos import USAGE_PAGE
from supply.devices.printers.addresses import USUAL, Reach
from supply.devices.printers.windows import spooler

_BY_ID: Final = Path("/dev/serial/by-id")
_USB_PRINTERS: Final = Path("/sys/class/usbmisc")
SERVICES: Final = {
    "_pdl-datastream._tcp.local.": "escpos-network",
    "_ipp._tcp.local.": "system",
    "_printer._tcp.local.": "escpos-network",
}
RAW_PORT: Final = 9100
LPSTAT_SECONDS: Final = 5.0
MOST_FOUND: Final = 100
_SHOWN: Final = 80
_ZEBRAS: Final = "zebra", "zdesigner", "ztc "


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


@dataclass(frozen=True, slots=True)
class Found:
    """One thing that could be a device. `not_allowed` says why its address may not be used; empty when it may."""

    where: str  # serial, hid, usb, system or network
    title: str
    driver: str
    settings: dict[str, Any] = field(default_factory=dict)
    words: str = ""
    not_allowed: str = ""


def discover_serial() -> list[Found]:
    """Serial ports, USB ones first, and the USB printers that the kernel drives."""
    ports = [
        Found("serial", plain(port.description) or port.port, "serial", {"port": port.port}, _usb_words(port.usb_id))
        for port in serial_ports()
    ]
    printers = [
        Found("usb", plain(one.description), "escpos-file", {"path": one.port}, _usb_words(one.usb_id))
        for one in usb_printers()
    ]
    return ports + printers


def discover_hid(library: Any = None) -> list[Found]:
    """USB scanners in HID-POS mode. Raises `DeviceError` without the extra `hid`."""
    hidapi = library or _optional("hid", "HID scanners", "hid")
    found = [one for one in hidapi.enumerate() if one.get("usage_page") == USAGE_PAGE]
    made = {}
    for one in found:
        usb_id = f"{one['vendor_id']:04x}:{one['product_id']:04x}"
        serial_number = plain(one.get("serial_number") or "")
        title = plain(f"{one.get('manufacturer_string') or ''} {one.get('product_string') or ''}") or "USB scanner"
        made[usb_id, serial_number] = Found("hid", title, "hid-pos", {"usb_id": usb_id}, _usb_words(usb_id))
    return list(made.values())


def discover_system_printers(seconds: float = LPSTAT_SECONDS) -> list[Found]:
    """The printers that the operating system knows: CUPS by `lpstat`, Windows by its spooler."""
    if sys.platform == "win32":
        return _windows_printers()
    program = shutil.which("lpstat")
    if program is None:
        raise DeviceError("This system has no printing system of its own (CUPS).", permanent=True)
    try:
        said = subprocess.run([program, "-e"], capture_output=True, timeout=seconds, check=False, text=True)
    except (OSError, subprocess.TimeoutExpired):
        raise DeviceError("The printing system (CUPS) did not answer in time.", permanent=False) from None
    names = [plain(line) for line in said.stdout.splitlines() if line.strip()]
    return [Found("system", name, "system", {"printer": name}, "Known to this system") for name in names[:MOST_FOUND]]


def _windows_printers() -> list[Found]:  # pragma: no cover - only on Windows
    win32print = spooler()
    names = [plain(one[2]) for one in win32print.EnumPrinters(2 | 4)]
    return [Found("system", name, "system", {"printer": name}, "Known to Windows") for name in names[:MOST_FOUND]]


def discover_network_printers(
    seconds: float = 3.0, *, reach: Reach = USUAL, interfaces: Iterable[str] | None = None
) -> list[Found]:
    """Printers that announce themselves on the network (DNS-SD, RFC 6763), within `seconds`.

    Raises `DeviceError` without the extra `discovery`, or on a machine that has no network.
    """
    zeroconf = _optional("zeroconf", "Printers of the network", "discovery")
    chosen: Any = list(interfaces) if interfaces is not None else zeroconf.InterfaceChoice.All
    try:
        listening = zeroconf.Zeroconf(interfaces=chosen, ip_version=zeroconf.IPVersion.V4Only)
    except OSError:
        raise DeviceError("This machine has no network to look for printers on.", permanent=False) from None
    ends = time.monotonic() + seconds
    names: dict[tuple[str, str], None] = {}

    def heard(*, service_type: str, name: str, **_: Any) -> None:
        if len(names) < MOST_FOUND:
            names[service_type, name] = None

    try:
        browser = zeroconf.ServiceBrowser(listening, list(SERVICES), handlers=[heard])
        time.sleep(max(0.0, seconds * 0.7))
        infos = [(kind, listening.get_service_info(kind, name, timeout=_left_ms(ends))) for kind, name in list(names)]
        browser.cancel()
    finally:
        listening.close()
    found = [_of_service(kind, info, reach) for kind, info in infos if info is not None]
    return list({(one.driver, str(one.settings)): one for one in found if one is not None}.values())


def _optional(module: str, what: str, extra: str) -> Any:
    try:
        return importlib.import_module(module)
    except ImportError as error:
        words = f"{what} cannot be looked for: pip install 'supply[{extra}]' adds it."
        raise DeviceError(words, permanent=True) from error


def _left_ms(ends: float) -> int:
    return max(50, int((ends - time.monotonic()) * 1000))


def _of_service(kind: str, info: Any, reach: Reach) -> Found | None:
    addresses = [address for address in info.parsed_addresses() if _is_v4(address)]
    if not addresses:
        return None
    host, title = addresses[0], plain(info.name.removesuffix(f".{kind}"))
    makers = plain(_property(info, b"ty") or _property(info, b"product")).strip("()")
    if kind.startswith("_ipp"):
        port = int(info.port)
        settings = {"printer": title, "host": host, "port": port, "path": f"/{_property(info, b'rp').lstrip('/')}"}
        driver = "system"
    else:
        port = RAW_PORT if kind.startswith("_printer") else int(info.port)
        settings = {"host": host, "port": port}
        driver = "zpl-network" if any(word in f"{title} {makers}".lower() for word in _ZEBRAS) else "escpos-network"
    may = reach.may(ipaddress.ip_address(host), port)
    refusal = "" if may else f"{host}:{port} is outside the networks that the office allows for printers."
    return Found("network", title, driver, settings, " ".join(filter(None, (makers, f"at {host}"))), refusal)


def _property(info: Any, name: bytes) -> str:
    value = (info.properties or {}).get(name)
    return value.decode("utf-8", "replace") if isinstance(value, bytes) else ""


def _is_v4(address: str) -> bool:
    try:
        return ipaddress.ip_address(address).version == 4
    except ValueError:
        return False


def _usb_words(usb_id: str | None) -> str:
    return f"USB {usb_id}" if usb_id else ""


def plain(text: str) -> str:
    """Text of strangers, for a screen: printable, on one line, not long.

    >>> plain("A" + chr(27) + "[2J")
    'A[2J'
    """
    return " ".join("".join(each for each in text if each.isprintable()).split())[:_SHOWN]


def discover_all(seconds: float, *, reach: Reach = USUAL) -> tuple[list[Found], list[str]]:
    """Everything, and in words what could not be looked for."""
    searches: tuple[Callable[[], list[Found]], ...] = (
        discover_serial,
        discover_hid,
        discover_system_printers,
        lambda: discover_network_printers(seconds, reach=reach),
    )
    found: list[Found] = []
    missed: list[str] = []
    for search in searches:
        try:
            found += search()
        except (DeviceError, OSError) as error:
            missed.append(error.message if isinstance(error, DeviceError) else "One kind could not be looked for.")
    return found, missed
