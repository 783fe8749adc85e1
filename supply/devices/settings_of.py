"""Whether the settings of a device can be right, by names and types, before anything is opened."""

from collections.abc import Mapping
from typing import Any

from supply.devices.errors import DeviceError


def check_all(
    name: str, driver: str, given: Mapping[str, Any], known: Mapping[str, tuple[type, ...]], needed: str
) -> None:
    """Raises `DeviceError` (permanent) for a setting that is not known, is missing or has the wrong type."""
    if needed not in given:
        raise wrong(name, f"{needed} is missing")
    for key, value in given.items():
        if key not in known:
            raise wrong(name, f"the driver {driver} has no setting {key}; it has {', '.join(known)}")
        _check(name, key, value, known[key])


def _check(name: str, key: str, value: object, types: tuple[type, ...]) -> None:
    if not isinstance(value, types) or (isinstance(value, bool) and bool not in types):
        raise wrong(name, f"{key} cannot be {value!r}")
    if isinstance(value, int | float) and key != "source" and not isinstance(value, bool) and value <= 0:
        raise wrong(name, f"{key} must be above 0")


def wrong(name: str, what: str) -> DeviceError:
    """The error for settings that cannot be right, in a sentence that names the device."""
    return DeviceError(f"The settings of the device {name} cannot be right: {what}.", permanent=True)
