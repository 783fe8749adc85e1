"""Which device a setting means, a disk that is full, a port that another program steals from, cameras that go away."""

import logging
import os
import threading
import time
from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from serial.tools import list_ports

from supply.barcodes.image_files import Pixels
from supply.devices.cameras.newest import NewestFrame
from supply.devices.cameras.opencv import OpenCvCamera
from supply.devices.cameras.scanner import CameraScanner
from supply.devices.emulators.key_scanner import EmulatedKeyScanner
from supply.devices.emulators.network_camera import EmulatedNetworkCamera
from supply.devices.emulators.scanner import EmulatedScanner
from supply.devices.errors import DeviceError
from supply.devices.model import Scan
from supply.devices.reading import Reader
from supply.devices.scanners.evdev_keys import EvdevScanner
from supply.devices.scanners.serial_port import SerialScanner
from supply.devices.state import DeviceState, Status

NOW = datetime(2026, 11, 23, 15, 0, tzinfo=UTC)
BLANK = np.full((120, 160, 3), 255, np.uint8)


def until(what: Any, seconds: float = 10.0) -> None:
    deadline = time.monotonic() + seconds
    while not what():
        assert time.monotonic() < deadline, "it never came to that"
        time.sleep(0.01)


# ---- cameras


class FastCamera:
    """A thousand frames a second, each with its number in it."""

    def __init__(self) -> None:
        self.given = 0
        self.is_on = False

    def open(self) -> None:
        self.is_on = True

    def next_frame(self) -> Pixels | None:
        time.sleep(0.001)
        self.given += 1
        return np.full((1, 1), self.given % 251, np.uint8)

    def close(self) -> None:
        self.is_on = False


def test_a_slow_look_at_a_fast_camera_sees_the_newest_frame_and_drops_the_others() -> None:
    source = FastCamera()
    camera = NewestFrame(source)
    camera.open()
    for _ in range(3):
        before = source.given
        until(lambda before=before: source.given >= before + 20)
        frame = camera.next_frame()
        assert frame is not None
        assert (int(frame[0, 0]) - before) % 251 >= 19, "not one from before"
    assert camera.dropped >= 50
    camera.close()
    assert not source.is_on


def test_a_camera_cut_in_the_middle_of_a_frame_says_so_comes_back_and_never_tells_its_password(
    caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    caplog.set_level(logging.DEBUG)
    said: list[str] = []
    with EmulatedNetworkCamera(BLANK, user="admin", password="hunter2secret") as camera:
        scanner = CameraScanner(NewestFrame(OpenCvCamera(camera.url)), name="shelf", frames_per_second=200.0)
        scanner.open()
        scanner.read(0.2)
        camera.unplug(in_mid_frame=True)
        until(lambda: not scanner.read(0.05) and scanner.state.status is not Status.OPEN)
        said.append(str(scanner.state.error))
        camera.plug()
        until(lambda: not scanner.read(0.05) and scanner.state.status is Status.OPEN)
        scanner.close()
    assert "gives no picture" in said[0] or "cannot be opened" in said[0]
    told = "\n".join([*said, caplog.text, *capfd.readouterr()])
    assert "hunter2secret" not in told
    assert "admin" not in told


# ---- which device is meant


def test_a_serial_scanner_is_found_by_its_numbers_wherever_it_is_plugged_in(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def port(device: str, serial_number: str) -> SimpleNamespace:
        return SimpleNamespace(device=device, vid=0x05E0, pid=0x1701, serial_number=serial_number)

    with EmulatedScanner(tmp_path / "one") as one:
        there = [port(str(one.link), "S1"), port("/dev/ttyNONE", "S2"), SimpleNamespace(device="/dev/ttyS0", vid=None)]
        monkeypatch.setattr(list_ports, "comports", lambda: there)
        scanner = SerialScanner(usb_id="05E0:1701", serial_number="S1", name="desk")
        scanner.open()
        one.scan("]C0BOX")
        assert [scan.raw for scan in scanner.read(2.0)] == ["]C0BOX"]
        scanner.close()
        for settings, words in (
            ({"usb_id": "05e0:1701"}, "2 scanners 05e0:1701 are plugged in"),
            ({"usb_id": "05e0:9999"}, "No scanner 05e0:9999 is plugged in"),
            ({"serial_number": "S9"}, "with the serial number S9"),
        ):
            with pytest.raises(DeviceError, match=words):
                SerialScanner(**settings, name="desk").open()


def test_a_keyboard_scanner_is_found_by_its_numbers_and_its_media_panel_is_not_taken_for_it() -> None:
    library = EmulatedKeyScanner(usb_id="05e0:1200", serial_number="S1")
    scanner = EvdevScanner(usb_id="05e0:1200", serial_number="S1", name="desk", library=library)
    scanner.open()
    assert library.grabbed_by is not None
    assert library.grabbed_by.path == library.path
    scanner.close()
    with pytest.raises(DeviceError, match="No scanner 05e0:1201"):
        EvdevScanner(usb_id="05e0:1201", name="desk", library=library).open()


# ---- a full disk


class OneScan:
    """A scanner that reads one code."""

    def __init__(self) -> None:
        self.name, self.state, self._left = "desk", DeviceState("desk"), 1

    def open(self) -> None:
        """Be there."""

    def read(self, timeout_seconds: float) -> list[Scan]:
        time.sleep(0.01)
        self._left -= 1
        return [Scan("BOX", "BOX", None, NOW, "desk")] if self._left == 0 else []

    def close(self) -> None:
        """Go."""


def test_a_read_that_a_full_disk_refuses_is_kept_once_there_is_room() -> None:
    is_full, kept, told = threading.Event(), list[str](), list[str]()
    is_full.set()

    def take(scan: Scan) -> None:
        if is_full.is_set():
            raise OSError(28, "No space left on device")
        kept.append(scan.raw)

    reader = Reader("desk", OneScan, take, lambda state, words, at: told.append(words) or True)  # type: ignore[func-returns-value]
    until(lambda: any("make room on the disk" in words for words in told))
    assert kept == []
    is_full.clear()
    until(lambda: kept == ["BOX"])
    reader.stop()
    assert kept == ["BOX"]


# ---- another program at the same port


@pytest.mark.parametrize("locks", [True, False], ids=["ours", "control: no lock"])
def test_another_program_that_heeds_the_lock_gets_no_byte_of_ours(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, locks: bool
) -> None:
    """The lock (flock) binds those who ask for it; without it on our side their reads are taken from ours."""
    import serial

    if not locks:
        usual = serial.serial_for_url
        monkeypatch.setattr(serial, "serial_for_url", lambda where, **how: usual(where, **{**how, "exclusive": None}))
    with EmulatedScanner(tmp_path / "port") as emulated:
        scanner = SerialScanner(str(emulated.link), name="desk")
        scanner.open()
        try:
            other = serial.Serial(str(emulated.link), timeout=1, exclusive=True)
        except serial.SerialException:
            stolen = b""
        else:
            emulated.scan("]C0BOX")
            stolen = os.read(other.fileno(), 100)
            other.close()
        scanner.close()
    assert (stolen == b"") is locks
