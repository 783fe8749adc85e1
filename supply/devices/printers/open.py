"""From the settings of a printer to its driver: a dictionary of names, so that a new driver is one line here."""

import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from supply.devices.errors import DeviceError
from supply.devices.printers.addresses import USUAL, Reach
from supply.devices.printers.escpos_printer import EscPosPrinter
from supply.devices.printers.file import FileWire
from supply.devices.printers.model import CUTS, PaperSettings, Printer, PrinterSettings
from supply.devices.printers.network import NetworkWire
from supply.devices.printers.serial_port import SerialWire
from supply.devices.printers.sheets import LETTER, OF_PAPER, SHEETS, Sheet
from supply.devices.printers.system import SystemPrinter, of_system
from supply.devices.printers.usb import UsbWire
from supply.devices.printers.windows import WindowsRawWire, WindowsSystemPrinter
from supply.devices.printers.wires import Wire
from supply.devices.printers.zpl import CODINGS, ZplSettings
from supply.devices.printers.zpl_printer import ZplPrinter
from supply.devices.settings_of import check_all, wrong

_Known = dict[str, tuple[type, ...]]
_Whole, _Number = (int,), (float, int)
SYSTEM_DOTS: Final = 300  # of what prints through the system: DYMO, Brother, laser


@dataclass(frozen=True, slots=True)
class _Opening:
    """What a driver is made from: `where` is how its sentences begin, or None to name its address."""

    name: str
    where: str | None
    common: PrinterSettings
    own: dict[str, Any]
    reach: Reach

    def on(self, wire: Wire) -> Wire:
        """The wire, which says the printer's name where it has one."""
        wire.where = wire.where if self.where is None else self.where
        return wire


_MakeWire = Callable[[_Opening, dict[str, Any]], Wire]
_Make = Callable[[_Opening], Printer]


def _network(o: _Opening, at: dict[str, Any]) -> Wire:
    return NetworkWire(at["host"], at.get("port", 9100), timeout_seconds=o.common.timeout_seconds, reach=o.reach)


def _usb(o: _Opening, at: dict[str, Any]) -> Wire:
    return UsbWire(**at, timeout_seconds=o.common.timeout_seconds)


def _serial_printer(o: _Opening, at: dict[str, Any]) -> Wire:
    return SerialWire(**at, timeout_seconds=o.common.timeout_seconds)


def _file(o: _Opening, at: dict[str, Any]) -> Wire:
    return FileWire(Path(at["path"]), timeout_seconds=o.common.timeout_seconds)


def _windows(o: _Opening, at: dict[str, Any]) -> Wire:
    return WindowsRawWire(at["printer"], timeout_seconds=o.common.timeout_seconds)


_WIRES: Final[dict[str, tuple[_MakeWire, _Known, str]]] = {
    "network": (_network, {"host": (str,), "port": _Whole}, "host"),
    "usb": (_usb, {"usb_id": (str,), "in_endpoint": _Whole, "out_endpoint": _Whole}, "usb_id"),
    "serial": (_serial_printer, {"port": (str,), "baud": _Whole, "flow": (str,)}, "port"),
    "file": (_file, {"path": (str,)}, "path"),
    "windows": (_windows, {"printer": (str,)}, "printer"),
}
_ZPL: Final[_Known] = {"coding": (str,), "darkness": _Whole, "speed": _Whole}
_SHEET: Final[_Known] = {
    "columns": _Whole,
    "rows": _Whole,
    "page_width_mm": _Number,
    "page_height_mm": _Number,
    "left_mm": _Number,
    "top_mm": _Number,
    "across_mm": _Number,
    "down_mm": _Number,
}
_SYSTEM: Final[_Known] = {
    "printer": (str,),
    "host": (str,),
    "port": _Whole,
    "path": (str,),
    "media": (str,),
    "job_seconds": _Number,
    "sheet": (str,),
    "start": _Whole,
    **_SHEET,
}


def _escpos(make: _MakeWire) -> _Make:
    return lambda o: EscPosPrinter(o.name, o.on(make(o, o.own)), o.common)


def _zpl(make: _MakeWire) -> _Make:
    def opened(o: _Opening) -> Printer:
        zpl = {key: value for key, value in o.own.items() if key in _ZPL}
        if zpl.get("coding", CODINGS[0]) not in CODINGS:
            raise wrong(o.name, f"coding cannot be {zpl['coding']!r}; choose one of {', '.join(CODINGS)}")
        if not (zpl.get("darkness", 0) <= 30 and zpl.get("speed", 2) <= 14):
            raise wrong(o.name, "darkness goes to 30 and speed to 14 inches a second")
        at = {key: value for key, value in o.own.items() if key not in _ZPL}
        return ZplPrinter(o.name, o.on(make(o, at)), o.common, ZplSettings(**zpl))

    return opened


def _system(o: _Opening) -> Printer:
    sheet = _sheet(o)
    own = {key: value for key, value in o.own.items() if key not in _SHEET and key != "sheet"}
    try:
        made = of_system({**own, "sheet": sheet})
    except DeviceError as error:
        raise wrong(o.name, error.message.rstrip(".")) from None
    if sheet is not None and made.start > sheet.labels:
        raise wrong(o.name, f"start cannot be {made.start}; a sheet has {sheet.labels} labels")
    if sys.platform == "win32":
        more = {"sheet": sheet, "start": made.start, "job_seconds": made.job_seconds}
        return WindowsSystemPrinter(o.name, o.common, made.printer, **more)
    return SystemPrinter(o.name, o.common, made, o.reach)


def _sheet(o: _Opening) -> Sheet | None:
    """A sheet by its name, or by its measures; the label's own size is that of the paper."""
    own, paper = o.own, o.common.paper
    given = {key: own[key] for key in _SHEET if key in own}
    if "sheet" in own:
        if given:
            raise wrong(o.name, f"sheet says where labels lie already; leave out {', '.join(given)}")
        if own["sheet"] not in SHEETS:
            raise wrong(o.name, f"sheet cannot be {own['sheet']!r}; choose one of {', '.join(SHEETS)}")
        return SHEETS[own["sheet"]]
    if not given:
        return SHEETS[OF_PAPER[paper.name]] if paper.name in OF_PAPER else None
    if not {"columns", "rows"} <= set(given) or paper.width_mm is None or paper.height_mm is None:
        raise wrong(o.name, "a sheet needs columns, rows, and width_mm and height_mm of a label")
    page = own.get("page_width_mm", LETTER[0]), own.get("page_height_mm", LETTER[1])
    size = paper.width_mm, paper.height_mm
    across, down = own.get("across_mm", size[0]), own.get("down_mm", size[1])
    sheet = Sheet(page, own["columns"], own["rows"], *size, own.get("left_mm", 0), own.get("top_mm", 0), across, down)
    sheet.check(o.name)
    return sheet


# Each driver: how it is made, what may be set for it alone, and what must be.
PRINTERS: Final[dict[str, tuple[_Make, _Known, str]]] = {
    **{f"escpos-{kind}": (_escpos(make), own, needed) for kind, (make, own, needed) in _WIRES.items()},
    **{f"zpl-{kind}": (_zpl(make), {**own, **_ZPL}, needed) for kind, (make, own, needed) in _WIRES.items()},
    "system": (_system, _SYSTEM, "printer"),
}
# What every printer has; see `PaperSettings` and `PrinterSettings`.
_PAPER: Final[_Known] = {
    "paper": (str,),
    "width_mm": _Whole,
    "height_mm": _Whole,
    "dots_per_inch": _Whole,
    "printable_dots": _Whole,
}
_PRINTING: Final[_Known] = {
    "cut": (str,),
    "timeout_seconds": _Number,
    "mm_per_second": _Number,
    "answers": (bool,),
}


def open_printer(name: str, settings: Mapping[str, Any], *, reach: Reach = USUAL) -> Printer:
    """The driver for a label printer; its wire is opened for each job. `settings` names its `driver` and its address.

    What it says begins with `name`, which stands on the printer; its address means nothing to whoever stands there.
    `reach` is where the office allows printers of the network to be.

    Raises `DeviceError` (permanent) for a driver or a setting that is not known, is missing or cannot be right.
    """
    return _opened(name, name, settings, reach)


def _opened(name: str, where: str | None, settings: Mapping[str, Any], reach: Reach) -> Printer:
    """The driver of a printer that sentences call `where`; without that they name its address."""
    given = dict(settings)
    driver = given.pop("driver", None)
    if driver not in PRINTERS:
        raise wrong(name, f"its driver {driver!r} is not known; choose one of {', '.join(PRINTERS)}")
    make, known, needed = PRINTERS[driver]
    check_all(name, driver, given, {**known, **_PAPER, **_PRINTING}, needed)
    if given.get("cut", CUTS[0]) not in CUTS:
        raise wrong(name, f"cut cannot be {given['cut']!r}; choose one of {', '.join(CUTS)}")
    paper = {("name" if key == "paper" else key): value for key, value in given.items() if key in _PAPER}
    if driver == "system":
        paper = _usual_of_system(given.get("sheet"), paper)
    printing = {key: value for key, value in given.items() if key in _PRINTING}
    common = PrinterSettings(paper=PaperSettings(**paper), **printing)
    own = {key: value for key, value in given.items() if key in known}
    return make(_Opening(name, where, common, own, reach))


def _usual_of_system(sheet: object, paper: dict[str, Any]) -> dict[str, Any]:
    """A finer resolution, and with a known sheet the size of its labels in whole millimetres."""
    usual: dict[str, Any] = {"dots_per_inch": SYSTEM_DOTS}
    if sheet in SHEETS and not paper.keys() & {"name", "width_mm"}:
        found = SHEETS[str(sheet)]
        usual |= {"width_mm": int(found.width_mm), "height_mm": int(found.height_mm)}
    return usual | paper


def printer_at(address: str, *, paper: str | None = None, reach: Reach = USUAL) -> Printer:
    """The network printer at HOST:PORT, an ESC/POS one, where the office allows printers to be.

    Raises `DeviceError` (permanent) for what is no address.
    """
    host, colon, port = address.rpartition(":")
    if not colon or not host or not port.isascii() or not port.isdigit() or not 0 < int(port) < 65_536:
        raise DeviceError(f"{address} is no address of a printer; give it as HOST:PORT.", permanent=True)
    more = {"paper": paper} if paper else {}
    at = {"driver": "escpos-network", "host": host.removeprefix("[").removesuffix("]"), "port": int(port)}
    return _opened(address, None, {**at, **more}, reach)
