"""From the settings of a scanner or camera to its driver: a new driver is one line in a dictionary of names."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Final

from supply.devices.cameras.file import FileCamera
from supply.devices.cameras.opencv import OpenCvCamera
from supply.devices.cameras.scanner import CameraScanner
from supply.devices.model import Scanner
from supply.devices.scanners.serial_port import SerialScanner
from supply.devices.settings_of import check_all, wrong


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
        raise wrong(name, f"its driver {driver!r} is not known; choose one of {', '.join(SCANNERS)}")
    make, known, needed = SCANNERS[driver]
    check_all(name, driver, given, known, needed)
    return make(name, given)


def _split(settings: Mapping[str, Any], names: tuple[str, ...]) -> tuple[dict[str, Any], dict[str, Any]]:
    first = {key: value for key, value in settings.items() if key in names}
    return first, {key: value for key, value in settings.items() if key not in names}
