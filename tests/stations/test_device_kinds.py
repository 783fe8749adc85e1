"""What people are told of the drivers agrees with the drivers; and what they type becomes settings or is refused."""

import pytest

from supply.devices.framing import FRAMINGS
from supply.devices.keymap import FUNCTION_KEYS
from supply.devices.open import SCANNERS
from supply.devices.printers import open as printers
from supply.devices.printers.model import CUTS
from supply.devices.printers.zpl import CODINGS
from supply.devices.scanners.serial_port import PARITIES
from supply.stations.device_kinds import KINDS, NUMBER, WHOLE, YES, SettingsWrong, settings_from

TYPES = {WHOLE: int, NUMBER: float, YES: bool}
DRIVERS = {
    **{name: known for name, (_, known, _) in SCANNERS.items()},
    **{name: {**known, **printers._PAPER, **printers._PRINTING} for name, (_, known, _) in printers.PRINTERS.items()},
}
NEEDED = {name: row[2] for name, row in (*SCANNERS.items(), *printers.PRINTERS.items())}


def test_every_driver_is_described_and_nothing_else_is() -> None:
    assert set(KINDS) - {"keyboard"} == set(DRIVERS)


@pytest.mark.parametrize("driver", sorted(DRIVERS))
def test_the_fields_are_those_of_the_driver_with_their_types(driver: str) -> None:
    described = {field.name: TYPES.get(field.kind, str) for field in KINDS[driver].fields}
    assert set(described) == set(DRIVERS[driver])
    for name, kind in described.items():
        assert kind in DRIVERS[driver][name], name
    assert NEEDED[driver] in KINDS[driver].needs


def test_the_choices_are_those_of_the_drivers() -> None:
    told = {
        field.name: set(field.choices)
        for kind in KINDS.values()
        for field in kind.fields
        if field.choices and field.name != "flow"
    }
    drivers = {"framing": FRAMINGS, "parity": PARITIES, "gs_key": FUNCTION_KEYS, "coding": CODINGS, "cut": CUTS}
    assert told == {"data_bits": {"7", "8"}, **{name: set(choices) for name, choices in drivers.items()}}


def test_what_is_typed_becomes_settings_in_their_types() -> None:
    typed = {"port": "/dev/ttyACM0", "baud": "9600", "idle_seconds": "0.5", "framing": "cr", "parity": "", "other": "x"}
    assert settings_from("serial", typed) == {
        "port": "/dev/ttyACM0", "baud": 9600, "idle_seconds": 0.5, "framing": "cr",
    }  # fmt: skip
    assert settings_from("camera", {"source": "0"}) == {"source": 0}
    assert settings_from("camera-file", {"path": "a.mp4", "repeat": "yes"}) == {"path": "a.mp4", "repeat": True}
    assert settings_from("keyboard", {}) == {}


@pytest.mark.parametrize(
    ("driver", "typed", "field"),
    [
        ("serial", {}, "port"),
        ("serial", {"port": "COM3", "baud": "fast"}, "baud"),
        ("serial", {"port": "COM3", "framing": "none of these"}, "framing"),
        ("escpos-network", {"host": "a\x07b"}, "host"),
        ("escpos-network", {"host": "h", "answers": "maybe"}, "answers"),
        ("escpos-network", {"host": "h", "timeout_seconds": "1e9"}, "timeout_seconds"),
        ("no-such", {}, "driver"),
    ],
)
def test_what_cannot_be_right_is_named_beside_its_field(driver: str, typed: dict[str, str], field: str) -> None:
    with pytest.raises(SettingsWrong) as refused:
        settings_from(driver, typed)
    assert list(refused.value.wrong) == [field]
