"""From the settings of a scanner or camera to its driver: a new driver is one line in a dictionary of names."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Final

from supply.devices.cameras.addresses import checked
from supply.devices.cameras.file import FileCamera
from supply.devices.cameras.newest import NewestFrame
from supply.devices.cameras.opencv import OpenCvCamera
from supply.devices.cameras.scanner import CameraScanner
from supply.devices.errors import DeviceError
from supply.devices.framing import FRAMINGS
from supply.devices.keymap import FUNCTION_KEYS
from supply.devices.model import Scanner
from supply.devices.normalise import framing_from, profile_from
from supply.devices.scanners.evdev_keys import EvdevScanner
from supply.devices.scanners.hid_pos import HidPosScanner
from supply.devices.scanners.serial_port import PARITIES, SerialScanner
from supply.devices.settings_of import check_all, wrong
from supply.devices.usb_ids import is_usb_id
from supply.errors import Invalid


def _serial(name: str, settings: Mapping[str, Any]) -> Scanner:
    return SerialScanner(name=name, **settings)


def _hid_pos(name: str, settings: Mapping[str, Any]) -> Scanner:
    return HidPosScanner(name=name, **settings)


def _evdev(name: str, settings: Mapping[str, Any]) -> Scanner:
    return EvdevScanner(name=name, **settings)


def _camera(name: str, settings: Mapping[str, Any]) -> Scanner:
    source, rest = _split(settings, ("source", "width", "height"))
    return CameraScanner(NewestFrame(OpenCvCamera(**source)), name=name, **rest)


def _camera_file(name: str, settings: Mapping[str, Any]) -> Scanner:
    source, rest = _split(settings, ("path", "repeat"))
    return CameraScanner(FileCamera(Path(source.pop("path")), **source), name=name, **rest)


_USB: Final[dict[str, tuple[type, ...]]] = {"usb_id": (str,), "serial_number": (str,)}
_NUMBER: Final = (float, int)
# What a person may set for each driver, with the type it must have, and the setting it cannot do without; where a
# scanner can also be found by its USB identity, `usb_id` or `serial_number` does in its place.
_Driver = tuple[Callable[[str, Mapping[str, Any]], Scanner], dict[str, tuple[type, ...]], str]
SCANNERS: Final[dict[str, _Driver]] = {
    "serial": (
        _serial,
        {
            "port": (str,),
            "baud": (int,),
            "idle_seconds": _NUMBER,
            "framing": (str,),
            "parity": (str,),
            "data_bits": (int,),
            **_USB,
        },
        "port",
    ),
    "hid-pos": (_hid_pos, {"path": (str,), **_USB}, "path"),
    "evdev": (
        _evdev,
        {"path": (str,), "gs_key": (str,), "framing": (str,), "idle_seconds": _NUMBER, **_USB},
        "path",
    ),
    "camera": (
        _camera,
        {"source": (int, str), "width": (int,), "height": (int,), "frames_per_second": _NUMBER},
        "source",
    ),
    "camera-file": (_camera_file, {"path": (str,), "repeat": (bool,), "frames_per_second": _NUMBER}, "path"),
}
_CHOICES: Final = {
    "framing": tuple(FRAMINGS),
    "parity": tuple(PARITIES),
    "gs_key": tuple(FUNCTION_KEYS),
    "data_bits": (7, 8),
}


def open_scanner(name: str, settings: Mapping[str, Any]) -> Scanner:
    """The driver for a scanner, not yet opened. `settings` names its `driver`, what that driver needs, and the
    `profile` that the set-up of this scanner learned, if any.

    Raises `DeviceError` (permanent) for a driver or a setting that is not known, is missing or cannot be right.
    """
    given = dict(settings)
    driver, learned = given.pop("driver", None), given.pop("profile", None) or {}
    if driver not in SCANNERS:
        raise wrong(name, f"its driver {driver!r} is not known; choose one of {', '.join(SCANNERS)}")
    make, known, needed = SCANNERS[driver]
    if "usb_id" in known:
        needed = next((key for key in _USB if given.get(key)), needed)
    check_all(name, driver, given, known, needed)
    _check_words(name, given)
    return make(name, given | _learned(name, driver, given, learned))


def _check_words(name: str, given: Mapping[str, Any]) -> None:
    for key, choices in _CHOICES.items():
        if key in given and given[key] not in choices:
            raise wrong(name, f"{key} must be one of {', '.join(map(str, choices))}")
    if not is_usb_id(given.get("usb_id") or "0000:0000"):
        raise wrong(name, "usb_id is vendor and product as lsusb shows them, such as 05e0:1701")
    if "source" in given:
        try:
            checked(given["source"])
        except DeviceError as error:
            raise wrong(name, error.message.rstrip(".")) from None


def _learned(name: str, driver: str, given: Mapping[str, Any], learned: object) -> dict[str, Any]:
    """What the profile of this scanner adds to its settings; a setting that somebody made himself comes first."""
    if not isinstance(learned, Mapping):
        raise wrong(name, "its profile must be a table")
    try:
        added: dict[str, Any] = {"profile": profile_from(learned)}
    except Invalid as error:
        raise wrong(name, error.message) from None
    if driver == "serial" and "framing" not in given:
        added["framing"] = framing_from(learned)
    if driver == "evdev" and "gs_key" not in given and learned.get("gs_as") in FUNCTION_KEYS:
        added["gs_key"] = learned["gs_as"]
    return added


def _split(settings: Mapping[str, Any], names: tuple[str, ...]) -> tuple[dict[str, Any], dict[str, Any]]:
    first = {key: value for key, value in settings.items() if key in names}
    return first, {key: value for key, value in settings.items() if key not in names}
