"""From the settings of a device to its driver."""

from pathlib import Path
from typing import Any

import pytest

from supply.devices.cameras.scanner import CameraScanner
from supply.devices.discovery import serial_ports
from supply.devices.emulators.camera import render_symbol, write_picture
from supply.devices.emulators.scanner import EmulatedScanner
from supply.devices.errors import DeviceError
from supply.devices.open import SCANNERS, open_scanner
from supply.devices.scanners.serial_port import SerialScanner


def test_a_serial_scanner_is_made_from_its_settings(tmp_path: Path) -> None:
    with EmulatedScanner(tmp_path / "scanner") as emulated:
        settings = {"driver": "serial", "port": str(emulated.link), "baud": 115_200, "idle_seconds": 0.5}
        scanner = open_scanner("desk", settings)
        assert isinstance(scanner, SerialScanner)
        scanner.open()
        emulated.scan("4012345678901")
        assert [(scan.raw, scan.device) for scan in scanner.read(2.0)] == [("4012345678901", "desk")]
        scanner.close()
    assert settings["driver"] == "serial"


def test_a_camera_that_plays_a_file_is_made_from_its_settings(tmp_path: Path) -> None:
    write_picture(tmp_path / "label.png", render_symbol("(01)04012345678901"))
    scanner = open_scanner("cam", {"driver": "camera-file", "path": str(tmp_path / "label.png"), "repeat": True})

    scanner.open()
    assert [scan.raw for scan in scanner.read(2.0)] == ["]d20104012345678901"]
    scanner.close()


def test_a_camera_is_made_from_its_settings() -> None:
    assert isinstance(open_scanner("cam", {"driver": "camera", "source": 0, "frames_per_second": 5}), CameraScanner)


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        ({}, "its driver None is not known"),
        ({"driver": "magic"}, "choose one of serial, hid-pos, evdev, camera"),
        ({"driver": "serial"}, "port is missing"),
        ({"driver": "serial", "port": "COM3", "speed": 9600}, "no setting speed"),
        ({"driver": "serial", "port": 3}, "port cannot be 3"),
        ({"driver": "serial", "port": "COM3", "baud": True}, "baud cannot be True"),
        ({"driver": "serial", "port": "COM3", "baud": 0}, "baud must be above 0"),
        ({"driver": "camera", "source": "label.png"}, "is no camera"),
    ],
)
def test_settings_that_cannot_be_right_are_named(settings: dict[str, Any], said: str) -> None:
    with pytest.raises(DeviceError, match=said) as refused:
        open_scanner("desk", settings)
    assert refused.value.permanent


def test_the_names_of_the_drivers_stay_what_they_are() -> None:
    assert list(SCANNERS) == ["serial", "hid-pos", "evdev", "camera", "camera-file"]


def test_ports_are_named_by_the_link_that_outlives_a_replug(tmp_path: Path) -> None:
    for port in serial_ports(tmp_path / "nothing"):
        assert port.port == port.device
        (tmp_path / "usb-Acme_Scanner-if00").symlink_to(port.device)
        named = {found.device: found.port for found in serial_ports(tmp_path)}
        assert named[port.device] == str(tmp_path / "usb-Acme_Scanner-if00")
        break


def test_an_emulated_port_is_never_among_the_real_ones(tmp_path: Path) -> None:
    with EmulatedScanner(tmp_path / "scanner") as emulated:
        assert str(emulated.link.resolve()) not in {port.device for port in serial_ports()}
