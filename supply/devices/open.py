"""From the settings of a device to its driver: a dictionary of names, so that a new driver is one line here."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Final

from supply.devices.cameras.file import FileCamera
from supply.devices.cameras.opencv import OpenCvCamera
from supply.devices.cameras.scanner import CameraScanner
from supply.devices.errors import DeviceError
from supply.devices.model import Scanner
from supply.devices.printers.file import FileWire
from supply.devices.printers.model import CUTS, PaperSettings, Printer, PrinterSettings
from supply.devices.printers.network import NetworkWire
from supply.devices.printers.printer import EscPosPrinter
from supply.devices.printers.serial_port import SerialWire
from supply.devices.printers.usb import UsbWire
from supply.devices.printers.wires import Wire
from supply.devices.scanners.serial_port import SerialScanner


def _serial(name: str, settings: Mapping[str, Any]) -> Scanner:
    return SerialScanner(name=name, **settings)


def _camera(name: str, settings: Mapping[str, Any]) -> Scanner:
    source, rest = _split(settings, ("source", "width", "height"))
    return CameraScanner(OpenCvCamera(**source), name=name, **rest)


def _camera_file(name: str, settings: Mapping[str, Any]) -> Scanner:
    source, rest = _split(settings, ("path", "repeat"))
    return CameraScanner(FileCamera(Path(source.pop("path")), **source), name=name, **rest)


# What a person may set for each driver, with the type it must have.
_Driver = tuple[Callable[[str, Mapping[str, Any]], Scanner], dict[str, tuple[type, ...]], str]
SCANNERS: Final[dict[str, _Driver]] = {
    "serial": (_serial, {"port": (str,), "baud": (int,), "idle_seconds": (float, int)}, "port"),
    "camera": (
        _camera,
        {"source": (int, str), "width": (int,), "height": (int,), "frames_per_second": (float, int)},
        "source",
    ),
    "camera-file": (_camera_file, {"path": (str,), "repeat": (bool,), "frames_per_second": (float, int)}, "path"),
}


def open_scanner(name: str, settings: Mapping[str, Any]) -> Scanner:
    """The driver for a scanner, not yet opened. `settings` names its `driver` and what that driver needs.

    Raises `DeviceError` (permanent) for a driver or a setting that is not known, is missing or cannot be right.
    """
    given = dict(settings)
    driver = given.pop("driver", None)
    if driver not in SCANNERS:
        raise _wrong(name, f"its driver {driver!r} is not known; choose one of {', '.join(SCANNERS)}")
    make, known, needed = SCANNERS[driver]
    _check_all(name, driver, given, known, needed)
    return make(name, given)


def _network(timeout: float, settings: Mapping[str, Any]) -> Wire:
    return NetworkWire(settings["host"], settings.get("port", 9100), timeout_seconds=timeout)


def _usb(timeout: float, settings: Mapping[str, Any]) -> Wire:
    return UsbWire(**settings, timeout_seconds=timeout)


def _serial_printer(timeout: float, settings: Mapping[str, Any]) -> Wire:
    return SerialWire(**settings, timeout_seconds=timeout)


def _file(timeout: float, settings: Mapping[str, Any]) -> Wire:
    return FileWire(Path(settings["path"]), timeout_seconds=timeout)


_Whole, _Number = (int,), (float, int)
_PrinterDriver = tuple[Callable[[float, Mapping[str, Any]], Wire], dict[str, tuple[type, ...]], str]
PRINTERS: Final[dict[str, _PrinterDriver]] = {
    "escpos-network": (_network, {"host": (str,), "port": _Whole}, "host"),
    "escpos-usb": (_usb, {"usb_id": (str,), "in_endpoint": _Whole, "out_endpoint": _Whole}, "usb_id"),
    "escpos-serial": (_serial_printer, {"port": (str,), "baud": _Whole, "flow": (str,)}, "port"),
    "escpos-file": (_file, {"path": (str,)}, "path"),
}
# What every printer has; see `PaperSettings` and `PrinterSettings`.
_PAPER: Final[dict[str, tuple[type, ...]]] = {
    "paper": (str,),
    "width_mm": _Whole,
    "height_mm": _Whole,
    "dots_per_inch": _Whole,
    "printable_dots": _Whole,
}
_PRINTING: Final[dict[str, tuple[type, ...]]] = {
    "cut": (str,),
    "timeout_seconds": _Number,
    "mm_per_second": _Number,
    "answers": (bool,),
}


def open_printer(name: str, settings: Mapping[str, Any]) -> Printer:
    """The driver for a label printer; its wire is opened for each job. `settings` names its `driver` and its address.

    What it says begins with `name`, which stands on the printer; its address means nothing to whoever stands there.

    Raises `DeviceError` (permanent) for a driver or a setting that is not known, is missing or cannot be right.
    """
    return _opened(name, name, settings)


def _opened(name: str, where: str | None, settings: Mapping[str, Any]) -> Printer:
    """The driver of a printer that sentences call `where`; without that they name its address."""
    given = dict(settings)
    driver = given.pop("driver", None)
    if driver not in PRINTERS:
        raise _wrong(name, f"its driver {driver!r} is not known; choose one of {', '.join(PRINTERS)}")
    make, own, needed = PRINTERS[driver]
    _check_all(name, driver, given, {**own, **_PAPER, **_PRINTING}, needed)
    if given.get("cut", CUTS[0]) not in CUTS:
        raise _wrong(name, f"cut cannot be {given['cut']!r}; choose one of {', '.join(CUTS)}")
    paper = {("name" if key == "paper" else key): value for key, value in given.items() if key in _PAPER}
    printing = {key: value for key, value in given.items() if key in _PRINTING}
    chosen = PrinterSettings(paper=PaperSettings(**paper), **printing)
    wire = make(chosen.timeout_seconds, {key: value for key, value in given.items() if key in own})
    if where is not None:
        wire.where = where
    return EscPosPrinter(name, wire, chosen)


def printer_at(address: str, *, paper: str | None = None) -> Printer:
    """The network printer at HOST:PORT, for whoever sits at this machine; web pages only use devices of the office.

    Raises `DeviceError` (permanent) for what is no address.
    """
    host, colon, port = address.rpartition(":")
    if not colon or not host or not port.isascii() or not port.isdigit() or not 0 < int(port) < 65_536:
        raise DeviceError(f"{address} is no address of a printer; give it as HOST:PORT.", permanent=True)
    more = {"paper": paper} if paper else {}
    return _opened(address, None, {"driver": "escpos-network", "host": host, "port": int(port), **more})


def _check_all(
    name: str, driver: str, given: Mapping[str, Any], known: Mapping[str, tuple[type, ...]], needed: str
) -> None:
    if needed not in given:
        raise _wrong(name, f"{needed} is missing")
    for key, value in given.items():
        if key not in known:
            raise _wrong(name, f"the driver {driver} has no setting {key}; it has {', '.join(known)}")
        _check(name, key, value, known[key])


def _check(name: str, key: str, value: object, types: tuple[type, ...]) -> None:
    if not isinstance(value, types) or (isinstance(value, bool) and bool not in types):
        raise _wrong(name, f"{key} cannot be {value!r}")
    if isinstance(value, int | float) and key != "source" and not isinstance(value, bool) and value <= 0:
        raise _wrong(name, f"{key} must be above 0")


def _split(settings: Mapping[str, Any], names: tuple[str, ...]) -> tuple[dict[str, Any], dict[str, Any]]:
    first = {key: value for key, value in settings.items() if key in names}
    return first, {key: value for key, value in settings.items() if key not in names}


def _wrong(name: str, what: str) -> DeviceError:
    return DeviceError(f"The settings of the device {name} cannot be right: {what}.", permanent=True)
