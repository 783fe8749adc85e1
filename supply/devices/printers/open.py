"""From the settings of a printer to its driver: a dictionary of names, so that a new driver is one line here."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Final

from supply.devices.errors import DeviceError
from supply.devices.printers.file import FileWire
from supply.devices.printers.model import CUTS, PaperSettings, Printer, PrinterSettings
from supply.devices.printers.network import NetworkWire
from supply.devices.printers.printer import EscPosPrinter
from supply.devices.printers.serial_port import SerialWire
from supply.devices.printers.usb import UsbWire
from supply.devices.printers.wires import Wire
from supply.devices.settings_of import check_all, wrong


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
        raise wrong(name, f"its driver {driver!r} is not known; choose one of {', '.join(PRINTERS)}")
    make, own, needed = PRINTERS[driver]
    check_all(name, driver, given, {**own, **_PAPER, **_PRINTING}, needed)
    if given.get("cut", CUTS[0]) not in CUTS:
        raise wrong(name, f"cut cannot be {given['cut']!r}; choose one of {', '.join(CUTS)}")
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
