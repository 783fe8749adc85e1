"""What a device's form says, as a plan: its name, station, driver and settings, each wrong field with its sentence."""

from collections.abc import Iterable, Mapping
from typing import Any

from supply.stations.device_changes import PLACES, DevicePlan
from supply.stations.device_kinds import KINDS, SettingsWrong, kind_of, settings_from, shown_value
from supply.web.entries import Entries

BEFORE = "set-"  # of the names of settings, so that a setting `name` could never be the device's


def plan_from(entries: Entries, sent: Mapping[str, str], stations: Iterable[str]) -> DevicePlan:
    """The device that a form describes. Raises EntriesWrong for every field that is not right."""
    name = entries.text("name", "Type a name, as people call it: printer-2.", most=60)
    station = entries.choice("station", stations, "Choose the station where it is.")
    driver = entries.choice("driver", KINDS, "Choose what kind of device it is.")
    runs_at = sent.get("runs_at", PLACES[0])
    if runs_at not in PLACES:
        entries.wrong["runs_at"] = "Choose which computer it is plugged into."
    settings: dict[str, Any] = {}
    if driver in KINDS:
        typed = {key.removeprefix(BEFORE): value for key, value in sent.items() if key.startswith(BEFORE)}
        try:
            settings = settings_from(driver, typed)
        except SettingsWrong as error:
            entries.wrong |= {f"{BEFORE}{name}": sentence for name, sentence in error.wrong.items()}
    entries.check()
    return DevicePlan(name, station, driver, settings, runs_at)


def shown_settings(driver: str, settings: Mapping[str, Any]) -> dict[str, str]:
    """The settings of a device as its form shows them."""
    return {f"{BEFORE}{field.name}": shown_value(field, settings.get(field.name)) for field in kind_of(driver).fields}
