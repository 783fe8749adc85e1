"""PURE: the drivers and their settings as people are told of them: titles, hints, choices. It opens nothing.

Must agree with the drivers' own tables; a test holds the two together. A new driver is one entry here.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from supply.errors import Invalid

TEXT, WHOLE, NUMBER, YES = "text", "whole", "number", "yes"


class SettingsWrong(Invalid):
    """Some settings of a device are not right: `wrong` has a sentence for each of them."""

    code = "bad_settings"

    def __init__(self, wrong: dict[str, str]) -> None:
        super().__init__(" ".join(wrong.values()))
        self.wrong = wrong


@dataclass(frozen=True)
class Field:
    """One setting as a form shows it; left empty, the driver's own default holds."""

    name: str
    label: str
    hint: str = ""
    kind: str = TEXT
    choices: tuple[str, ...] = ()
    is_rare: bool = False


@dataclass(frozen=True)
class DeviceKind:
    """One driver: what it is for, its settings, and those of which one must be given."""

    driver: str
    kind: str  # scanner, camera or printer
    title: str
    does: str
    fields: tuple[Field, ...] = ()
    needs: tuple[str, ...] = ()


_USB = (
    Field("usb_id", "USB number", "Vendor and product, as discovery shows them: 05e0:1701."),
    Field("serial_number", "Serial number", "Only where two of the same kind are plugged in.", is_rare=True),
)
_IDLE = Field("idle_seconds", "Silence that ends a scan", "In seconds.", NUMBER, is_rare=True)
_FRAMING = Field(
    "framing", "End of a scan", "auto learns it.", choices=("auto", "cr", "lf", "crlf", "tab", "stx-etx", "idle")
)
_FRAMES = Field("frames_per_second", "Pictures a second", "", NUMBER, is_rare=True)
_PRINTING = (
    Field("paper", "Paper", "A size in mm, such as 57x32 or 62x29."),
    Field("width_mm", "Width in mm", "In place of the paper's name.", WHOLE, is_rare=True),
    Field("height_mm", "Height in mm", "Empty for a roll without labels.", WHOLE, is_rare=True),
    Field("dots_per_inch", "Dots an inch", "203 or 300 on most.", WHOLE, is_rare=True),
    Field("printable_dots", "Dots in a row", "576 on 80 mm, 384 on 58 mm.", WHOLE, is_rare=True),
    Field("cut", "After each label", "", choices=("partial", "full", "gap", "none"), is_rare=True),
    Field("timeout_seconds", "Wait for an answer", "In seconds.", NUMBER, is_rare=True),
    Field("mm_per_second", "Speed in mm a second", "", NUMBER, is_rare=True),
    Field("answers", "Answers questions about itself", "No for cheap ones that stay mute.", YES, is_rare=True),
)
_ZPL = (
    Field("coding", "Coding of pictures", "", choices=("z64", "hex"), is_rare=True),
    Field("darkness", "Darkness", "0 to 30.", WHOLE, is_rare=True),
    Field("speed", "Inches a second", "2 to 14.", WHOLE, is_rare=True),
)
_WIRES: Final[Mapping[str, tuple[str, str, tuple[Field, ...], str]]] = {
    "network": (
        "on the network",
        "A printer with an address of its own.",
        (
            Field("host", "Address", "Such as 192.168.1.40, within the networks that the office allows."),
            Field("port", "Port", "9100 on almost all.", WHOLE, is_rare=True),
        ),
        "host",
    ),
    "usb": (
        "on USB",
        "A printer at a USB socket that no other program uses.",
        (
            _USB[0],
            Field("in_endpoint", "Endpoint in", "", WHOLE, is_rare=True),
            Field("out_endpoint", "Endpoint out", "", WHOLE, is_rare=True),
        ),
        "usb_id",
    ),
    "serial": (
        "on a serial port",
        "A printer at a serial or USB-serial port.",
        (
            Field("port", "Port", "Such as /dev/ttyUSB0 or COM3."),
            Field("baud", "Speed in baud", "9600 on most.", WHOLE, is_rare=True),
            Field("flow", "Flow control", "", choices=("none", "dtr", "rts", "xonxoff"), is_rare=True),
        ),
        "port",
    ),
    "file": (
        "at a device file",
        "What Linux shows as /dev/usb/lp0.",
        (Field("path", "Path", "Such as /dev/usb/lp0."),),
        "path",
    ),
    "windows": (
        "through Windows, raw",
        "A printer that Windows knows, spoken to in its own language.",
        (Field("printer", "Name in Windows"),),
        "printer",
    ),
}
_SYSTEM = (
    Field("printer", "Name in the system", "As the system's list of printers has it."),
    Field("sheet", "Sheet of labels", "Such as letter-30 or a4-24; empty for a roll."),
    Field("start", "First free label", "On a sheet that was begun.", WHOLE, is_rare=True),
    Field("host", "Print server", "Empty for this machine.", is_rare=True),
    Field("port", "Port", "631 on almost all.", WHOLE, is_rare=True),
    Field("path", "Path", "Where the printer answers.", is_rare=True),
    Field("media", "Paper's name in the system", "", is_rare=True),
    Field("job_seconds", "Longest wait for a job", "In seconds.", NUMBER, is_rare=True),
    Field("columns", "Labels across", "", WHOLE, is_rare=True),
    Field("rows", "Labels down", "", WHOLE, is_rare=True),
    Field("page_width_mm", "Page width in mm", "", NUMBER, is_rare=True),
    Field("page_height_mm", "Page height in mm", "", NUMBER, is_rare=True),
    Field("left_mm", "Left margin in mm", "", NUMBER, is_rare=True),
    Field("top_mm", "Top margin in mm", "", NUMBER, is_rare=True),
    Field("across_mm", "From label to label across, in mm", "", NUMBER, is_rare=True),
    Field("down_mm", "From label to label down, in mm", "", NUMBER, is_rare=True),
)


def _wire(language: str, driver: str, wire: str, own: tuple[Field, ...]) -> DeviceKind:
    words, does, fields, needed = _WIRES[wire]
    title = f"{language} printer {words}"
    return DeviceKind(f"{driver}-{wire}", "printer", title, does, (*fields, *own, *_PRINTING), (needed,))


_ALL: Final = (
    DeviceKind(
        "keyboard",
        "scanner",
        "Scanner that types (keyboard wedge)",
        "Plugged into a screen with the kiosk; it types what it reads. Nothing to set: use scanner set-up.",
    ),
    DeviceKind(
        "serial",
        "scanner",
        "Serial scanner (USB-COM, RS-232)",
        "The best way: it works whatever the screen shows.",
        (
            Field("port", "Port", "The lasting name under /dev/serial/by-id, or COM3."),
            *_USB,
            Field("baud", "Speed in baud", "9600 on most; USB ignores it.", WHOLE, is_rare=True),
            _FRAMING,
            Field("parity", "Parity", "", choices=("none", "even", "odd"), is_rare=True),
            Field("data_bits", "Data bits", "", WHOLE, ("7", "8"), is_rare=True),
            _IDLE,
        ),
        ("port", "usb_id", "serial_number"),
    ),
    DeviceKind(
        "hid-pos",
        "scanner",
        "USB scanner in HID-POS mode",
        "As good as serial, without a port to name.",
        (*_USB, Field("path", "Path", "", is_rare=True)),
        ("usb_id", "serial_number", "path"),
    ),
    DeviceKind(
        "evdev",
        "scanner",
        "Scanner that types, taken by Linux",
        "For a wedge at a Linux machine: its keys reach this program only.",
        (
            *_USB,
            Field("path", "Path", "Such as /dev/input/by-id/…-event-kbd."),
            Field("gs_key", "Key in place of GS", "", choices=tuple(f"F{n}" for n in range(1, 13)), is_rare=True),
            _FRAMING,
            _IDLE,
        ),
        ("path", "usb_id", "serial_number"),
    ),
    DeviceKind(
        "camera",
        "camera",
        "Camera",
        "A USB camera by its number, or the address of a stream.",
        (
            Field("source", "Camera", "0 for the first one, or the address of a stream."),
            Field("width", "Picture width", "", WHOLE, is_rare=True),
            Field("height", "Picture height", "", WHOLE, is_rare=True),
            _FRAMES,
        ),
        ("source",),
    ),
    DeviceKind(
        "camera-file",
        "camera",
        "Film in place of a camera",
        "For trying out.",
        (Field("path", "Path of the film"), Field("repeat", "Again and again", "", YES), _FRAMES),
        ("path",),
    ),
    *(_wire("Receipt", "escpos", wire, ()) for wire in _WIRES),
    *(_wire("Zebra", "zpl", wire, _ZPL) for wire in _WIRES),
    DeviceKind(
        "system",
        "printer",
        "Any printer of the system",
        "DYMO, Brother, a laser printer with sheets of labels: whatever the system can print on.",
        (*_SYSTEM, *_PRINTING),
        ("printer",),
    ),
)
KINDS: Final[Mapping[str, DeviceKind]] = {kind.driver: kind for kind in _ALL}


def kind_of(driver: str) -> DeviceKind:
    """The description of a driver; of one that is not known, a plain one under its own name."""
    return KINDS.get(driver) or DeviceKind(driver, "scanner", driver, "This version knows no such driver.")


def settings_from(driver: str, typed: Mapping[str, str]) -> dict[str, Any]:
    """The settings that people typed, each in its type; empty ones are left out. Raises SettingsWrong.

    >>> settings_from("escpos-network", {"host": "192.168.1.40", "port": "9100", "cut": ""})
    {'host': '192.168.1.40', 'port': 9100}
    """
    if driver not in KINDS:
        raise SettingsWrong({"driver": "Choose what kind of device it is."})
    kind = KINDS[driver]
    found: dict[str, Any] = {}
    wrong: dict[str, str] = {}
    for field in kind.fields:
        text = typed.get(field.name, "").strip()
        if not text:
            continue
        try:
            found[field.name] = _value(field, text)
        except ValueError as error:
            wrong[field.name] = f"{field.label}: {error}"
    if driver == "camera" and str(found.get("source", "")).isdigit():
        found["source"] = int(found["source"])
    if kind.needs and not any(name in found for name in kind.needs) and not wrong:
        labels = [field.label for name in kind.needs for field in kind.fields if field.name == name]
        wrong[kind.needs[0]] = f"Fill in {' or '.join(labels)}."
    if wrong:
        raise SettingsWrong(wrong)
    return found


def _value(field: Field, text: str) -> object:
    if len(text) > 300 or not text.isprintable():
        raise ValueError("at most 300 characters that can be shown.")
    if field.choices and text not in field.choices:
        raise ValueError(f"choose one of {', '.join(field.choices)}.")
    if field.kind == YES:
        if text not in ("yes", "no"):
            raise ValueError("choose yes or no.")
        return text == "yes"
    if field.kind == WHOLE:
        if not (text.isascii() and text.isdigit() and len(text) < 8):
            raise ValueError("type a whole number, 0 or more.")
        return int(text)
    return _number(text) if field.kind == NUMBER else text


def _number(text: str) -> float:
    digits = text.replace(".", "", 1)
    if not (digits.isascii() and digits.isdigit() and len(text) < 8):
        raise ValueError("type a number, such as 0.5.")
    return float(text)


def shown_value(field: Field, value: object) -> str:
    """A setting as its form shows it."""
    if value is None:
        return ""
    return ("yes" if value else "no") if field.kind == YES else str(value)
