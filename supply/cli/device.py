"""`supply device`: the hardware of this machine, and stand-ins for it.

Parses its arguments, calls one function, prints. Must never hold a rule about stock.
"""

import json
import signal
import sys
import threading
from collections.abc import Callable, Iterable
from dataclasses import asdict
from pathlib import Path

import click

from supply.cli.context import Cli, as_json, print_json
from supply.devices.discovery import SerialPort, discover_all, serial_ports, usb_printers
from supply.devices.emulators.camera import (
    SYMBOL_FORMATS,
    VIDEO_ENDINGS,
    Scene,
    moving_frames,
    photograph,
    render_symbol,
    write_picture,
    write_video,
)
from supply.devices.emulators.ipp_printer import EmulatedSystemPrinter
from supply.devices.emulators.kernel_scanners import KernelHidScanner, KernelKeyScanner
from supply.devices.emulators.printer import READERS, EmulatedPrinter, Mechanics, parse_fault, play_faults
from supply.devices.emulators.scanner import EmulatedScanner, Played, play
from supply.devices.emulators.serial_printer import EmulatedSerialPrinter
from supply.devices.errors import DeviceError
from supply.devices.open import open_scanner
from supply.devices.printers.addresses import Reach
from supply.devices.printers.model import Outcome
from supply.devices.printers.open import PRINTERS, open_printer
from supply.errors import Invalid, NotFound, SupplyError
from supply.labels.content import ItemLabel
from supply.labels.raster import render
from supply.labels.symbols import Symbol
from supply.stations.device_scans import StationDevice, devices_to_run
from supply.stations.station_lines import DeviceLine, device_lines
from supply.worker.print_places import SERVER, reach_of
from supply.worker.printing import paper_of

_SUFFIXES = {"cr": b"\r", "lf": b"\n", "crlf": b"\r\n", "tab": b"\t", "none": b""}


@click.group("device")
def device() -> None:
    """The hardware, and stand-ins for it."""


@device.command("ports")
@as_json
def ports(as_json: bool) -> None:
    """Serial ports and USB printers that are plugged into this machine."""
    found = serial_ports() + usb_printers()
    for port in found:
        click.echo(json.dumps(asdict(port)) if as_json else _line(port))
    if not found and not as_json:
        click.echo("No serial port and no USB printer is plugged in.", err=True)


@device.command("discover")
@click.option("--seconds", type=click.FloatRange(0.1, 60), default=3.0, show_default=True, help="For the network.")
@as_json
@click.pass_obj
def discover(cli: Cli, seconds: float, as_json: bool) -> None:
    """Everything that could be added as a device: on this machine, known to its system, or on its network."""
    found, missed = discover_all(seconds, reach=reach_of(cli.settings))
    for one in found:
        if as_json:
            print_json(asdict(one))
        else:
            given = " ".join(f"{key}={value}" for key, value in one.settings.items())
            click.echo(f"{one.title:<30} {one.driver:<16} {given}  {one.not_allowed}".rstrip())
    for words in missed if found or as_json else [*missed, "Nothing was found."]:
        click.echo(words, err=True)


@device.command("list")
@as_json
@click.pass_obj
def list_devices(cli: Cli, as_json: bool) -> None:
    """The devices of every station, and what the worker last saw of them."""
    with cli.database().read_session() as session:
        rows = [_fields(row) for row in device_lines(session)]
    for row in rows:
        if as_json:
            print_json(row)
        else:
            said = f"{row['state']}  {row['state_words']}".rstrip()
            click.echo(f"{row['name']:<20} {row['station']:<14} {row['driver']:<12} {said}")
    if not rows and not as_json:
        click.echo("No station has a device yet.", err=True)


@device.command("test")
@click.argument("name")
@click.option("--seconds", type=click.FloatRange(0.1, 120), default=10.0, show_default=True, help="How long to wait.")
@click.pass_obj
def test_device(cli: Cli, name: str, seconds: float) -> None:
    """Try the device NAME; nothing is recorded.

    A scanner shows the next code it reads (stop the worker first); a printer prints a test label and says what came of
    it.
    """
    with cli.database().read_session() as session:
        found = next((each for each in devices_to_run(session) if each.name == name), None)
    if found is None:
        raise NotFound(f"There is no device {name!r}. List them with: supply device list")
    if found.runs_at != SERVER:
        raise Invalid(
            f"{name} is plugged into another computer, where an agent has it. Test it there, or scan with it."
        )
    if found.driver in PRINTERS:
        click.echo(_test_printer(found, reach_of(cli.settings)))
        return
    scanner = open_scanner(found.name, {"driver": found.driver, **found.settings})
    try:
        scanner.open()
        click.echo(f"{name} is open. Scan something within {seconds:g} seconds.", err=True)
        scans = scanner.read(seconds)
    finally:
        scanner.close()
    if not scans:
        raise SupplyError(f"{name} read nothing. Check its cable, and that it beeps when it scans.")
    for scan in scans:
        click.echo(scan.raw.replace("\x1d", "{GS}"))


def _test_printer(found: StationDevice, reach: Reach) -> str:
    """What came of a test label, in words. Raises SupplyError when it is not certain that it came out."""
    printer = open_printer(found.name, {"driver": found.driver, **found.settings}, reach=reach)
    symbol = Symbol(text="SUPPLY-TEST", human="SUPPLY-TEST")
    content = ItemLabel(name=f"Test label of {found.name}", sku="TEST", barcode=symbol)
    printed = printer.print_image(render(content, paper_of(printer.paper)).image)
    if printed.outcome is not Outcome.printed:
        raise SupplyError(printed.words)
    return f"A test label was printed. {printed.words}"


def _fields(row: DeviceLine) -> dict[str, object]:
    moment = row.last_activity_at.isoformat() if row.last_activity_at else None
    return {**asdict(row), "last_activity_at": moment}


def _line(port: SerialPort) -> str:
    return "  ".join(part for part in (port.port, port.usb_id, port.description) if part)


@device.group("emulate")
def emulate() -> None:
    """Stand-ins for hardware, for trying out and for tests."""


@emulate.command("scanner")
@click.option("--link", type=click.Path(path_type=Path), required=True, help="Where the scanner appears, as a device.")
@click.option("--suffix", type=click.Choice([*_SUFFIXES]), default="cr", help="Sent after each code; cr if left out.")
@click.option("--pace", type=click.FloatRange(0, 1), default=0.0, help="Seconds between two bytes.")
def emulate_scanner(link: Path, suffix: str, pace: float) -> None:
    """Send each line of standard input as a scanned code until the input ends. {GS} stands for GS.

    The lines !unplug, !replug, !garbage and !half CODE do what they say.
    """
    with EmulatedScanner(link, suffix=_SUFFIXES[suffix], byte_seconds=pace) as scanner:
        click.echo(f"The scanner is at {link}.", err=True)
        sent = play(scanner, sys.stdin)
        click.echo(f"{sent} codes sent.", err=True)


@emulate.command("key-scanner")
@click.option("--suffix", type=click.Choice([*_SUFFIXES]), default="cr", help="Typed after each code; cr if left out.")
@click.option(
    "--gs", default="ctrl", show_default=True, help="How GS is typed: ctrl, alt, or a function key such as F8."
)
def emulate_key_scanner(suffix: str, gs: str) -> None:
    """Type each line of standard input on a keyboard of its own (Linux, uinput), until the input ends."""
    with KernelKeyScanner(suffix=_SUFFIXES[suffix].decode(), gs=gs) as scanner:
        _play_lines(scanner, "A keyboard is plugged in. Take it with the driver evdev, or it types into any window.")


@emulate.command("hid-scanner")
def emulate_hid_scanner() -> None:
    """Send each line of standard input as a HID point-of-sale scanner (Linux, uhid), until the input ends."""
    with KernelHidScanner() as scanner:
        _play_lines(scanner, "A HID scanner is plugged in; the driver hid-pos finds it.")


def _play_lines(scanner: Played, words: str) -> None:
    click.echo(words, err=True)
    click.echo(f"{play(scanner, sys.stdin)} codes sent.", err=True)


@emulate.command("printer")
@click.option("--port", type=click.IntRange(0, 65_535), default=9100, show_default=True, help="0: any that is free.")
@click.option("--host", default="127.0.0.1", show_default=True, help="The address to listen at.")
@click.option("--link", type=click.Path(path_type=Path), help="A serial printer at this path in place of a port.")
@click.option("--folder", type=click.Path(path_type=Path), required=True, help="Where labels appear as PNG files.")
@click.option("--fault", "faults", multiple=True, help="no-paper, cover-open, mute … (may be given again).")
@click.option("--head-dots", type=click.IntRange(128, 2000), default=576, show_default=True, help="Dots in a row.")
@click.option("--language", type=click.Choice([*READERS]), default="escpos", show_default=True, help="What it takes.")
def emulate_printer(
    port: int, host: str, link: Path | None, folder: Path, faults: tuple[str, ...], head_dots: int, language: str
) -> None:
    """Print labels into PNG files, one for each cut, until it is stopped.

    Lines of standard input say what is wrong from then on: faults with spaces between, or ok.
    """
    if link is not None:
        serial = EmulatedSerialPrinter(folder, link, head_dots=head_dots, language=language)
        _set(serial, faults)
        with serial:
            _print_until_told(serial, f"The printer is at {link}; labels appear in {folder}.", serial.labels)
        return
    printer = EmulatedPrinter(folder, host=host, port=port, head_dots=head_dots, language=language)
    _set(printer, faults)
    with printer:
        _print_until_told(printer, f"The printer is at {printer.address}; labels appear in {folder}.", printer.labels)


@emulate.command("system-printer")
@click.option("--port", type=click.IntRange(0, 65_535), default=8631, show_default=True, help="0: any that is free.")
@click.option("--queue", default="labels", show_default=True, help="The printer's name in the print system.")
@click.option("--folder", type=click.Path(path_type=Path), required=True, help="Where jobs appear as PDF files.")
@click.option("--fault", "faults", multiple=True, help="no-paper, cover-open, offline … (may be given again).")
def emulate_system_printer(port: int, queue: str, folder: Path, faults: tuple[str, ...]) -> None:
    """Print like a printer of the operating system (IPP, as CUPS speaks) into PDF files, until it is stopped.

    Lines of standard input say what is wrong from then on: faults with spaces between, or ok.
    """
    printer = EmulatedSystemPrinter(folder, queue=queue, port=port)
    _set(printer, faults)
    with printer:
        words = f"The printer {queue} is at {printer.host}:{printer.port}; labels appear in {folder}."
        _print_until_told(printer, words, printer.documents)


def _set(printer: Mechanics | EmulatedSystemPrinter, faults: Iterable[str]) -> None:
    printer.set_faults(**{name: value for fault in faults for name, value in parse_fault(fault).items()})


def _print_until_told(
    printer: Mechanics | EmulatedSystemPrinter, words: str, came_out: Callable[[], list[Path]]
) -> None:
    """Say where it is, name each label that comes out, obey what is typed, until a signal ends it."""
    told = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: told.set())
    click.echo(words, err=True)
    threading.Thread(target=_obey, args=(printer, sys.stdin), daemon=True).start()
    shown = set(came_out())
    while not told.wait(0.1):
        for path in (path for path in came_out() if path not in shown):
            click.echo(path)
            shown.add(path)


def _obey(printer: Mechanics | EmulatedSystemPrinter, lines: Iterable[str]) -> None:
    for line in lines:
        try:
            play_faults(printer, [line])
        except DeviceError as error:
            click.echo(error.message, err=True)


@emulate.command("camera")
@click.argument("text")
@click.option("--format", "symbol_format", type=click.Choice(SYMBOL_FORMATS), default="DataMatrix", show_default=True)
@click.option(
    "--out", type=click.Path(path_type=Path), required=True, help="A picture, or a .mp4, .avi, .mjpeg or .y4m video."
)
@click.option("--seconds", type=click.FloatRange(0.1, 60), default=4.0, show_default=True, help="Length of a video.")
@click.option("--angle", type=float, default=0.0, help="Degrees that the code is turned.")
@click.option("--blur", type=click.FloatRange(0, 10), default=0.5, show_default=True, help="Out of focus, in pixels.")
@click.option("--noise", type=click.FloatRange(0, 100), default=4.0, show_default=True, help="Noise, in grey levels.")
@click.option("--seed", type=click.IntRange(0), default=0, help="Another number, another picture.")
def emulate_camera(
    text: str, symbol_format: str, out: Path, seconds: float, angle: float, blur: float, noise: float, seed: int
) -> None:
    """Write what a camera would see of the code TEXT; (01)… with brackets is drawn as GS1."""
    symbol = render_symbol(text, symbol_format)
    scene = Scene(angle=angle, blur=blur, noise=noise)
    if out.suffix.lower() in VIDEO_ENDINGS:
        write_video(out, moving_frames(symbol, scene, count=max(1, round(seconds * 15)), seed=seed), fps=15)
    else:
        write_picture(out, photograph(symbol, scene, seed=seed))
    click.echo(f"Written to {out}.", err=True)
