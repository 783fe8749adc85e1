"""The contract of a scanner: the same acts and the same answers, whatever wire it hangs on.

A camera, which has no bytes to tear, keeps its part of it in test_camera_scanner.py.
"""

import logging
import os
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from supply.devices.errors import DeviceError
from supply.devices.framing import MAX_FRAME_BYTES
from supply.devices.model import Scan
from supply.devices.scanners.reconnecting import ReconnectingScanner
from supply.devices.state import Status
from tests.devices.scanner_rigs import KINDS, Rig, in_background, rig_of, texts, unplug_cycles, wait_until

NOW = datetime(2026, 11, 23, 15, 0, tzinfo=UTC)
CODE = "]d201040123456789011727123110LOT42A\x1d21S9"
ONE_OF_EACH = ("serial-cr", "serial-stx-etx", "hid-pos", "evdev")
CYCLES = int(os.environ.get("TEST_CYCLES", "4"))


@pytest.fixture(params=KINDS)
def rig(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Rig]:
    found = rig_of(request.param, tmp_path)
    yield found
    found.close()


@pytest.fixture
def driver(rig: Rig) -> Iterator[ReconnectingScanner]:
    scanner = rig.driver(now=lambda: NOW)
    scanner.open()
    yield scanner
    scanner.close()


def test_a_read_has_its_text_identifier_moment_and_device(rig: Rig, driver: ReconnectingScanner) -> None:
    assert driver.state.status is Status.OPEN
    rig.emulated.scan(CODE)

    assert driver.read(2.0) == [Scan(CODE, CODE, "]d2", NOW, "desk", "unknown")]
    assert driver.state.last_scan_at == NOW


def test_nothing_comes_when_nothing_was_scanned(driver: ReconnectingScanner) -> None:
    before = time.monotonic()

    assert driver.read(0.1) == []
    assert 0.08 < time.monotonic() - before < 1.0


@pytest.mark.parametrize("rig", ONE_OF_EACH, indirect=True)
def test_a_burst_is_read_whole_and_in_order(rig: Rig, driver: ReconnectingScanner) -> None:
    sent = [f"]C0Box-{number:03}/{'x' * (number % 70)}" for number in range(60)]
    typing = in_background(lambda: [rig.emulated.scan(text) for text in sent])

    assert texts(driver, 60) == sent
    typing.join()


def test_a_read_that_dribbles_in_is_one_read(rig: Rig, driver: ReconnectingScanner) -> None:
    typing = in_background(rig.dribble, CODE)

    assert texts(driver, 1) == [CODE]
    typing.join()
    assert driver.read(0.02) == []


@pytest.mark.parametrize("rig", [kind for kind in KINDS if kind != "serial-none"], indirect=True)
def test_a_plug_pulled_in_the_middle_of_reads_gives_whole_reads_or_none(rig: Rig, driver: ReconnectingScanner) -> None:
    assert unplug_cycles(rig, driver, CYCLES) == [f"]C0BOX{number}" for number in range(CYCLES)]


@pytest.mark.parametrize("rig", ONE_OF_EACH, indirect=True)
def test_control_a_driver_that_keeps_a_torn_read_over_the_gap_is_found(rig: Rig) -> None:
    scanner = rig.driver()
    part = _where_reads_begin(scanner)
    part.clear = lambda: None  # type: ignore[attr-defined]
    scanner.open()

    read = unplug_cycles(rig, scanner, 3)

    scanner.close()
    assert read != [f"]C0BOX{number}" for number in range(3)]


def _where_reads_begin(scanner: Any) -> object:
    return getattr(scanner, "_framer", None) or scanner._assembler


@pytest.mark.parametrize("rig", ONE_OF_EACH, indirect=True)  # without any end mark silence is the end
def test_a_half_that_never_ends_is_no_read(rig: Rig, driver: ReconnectingScanner) -> None:
    rig.emulated.half(CODE)
    assert driver.read(1.2) == []
    rig.emulated.scan(CODE)
    assert texts(driver, 1) == [CODE]


def test_a_plug_that_is_pulled_while_waiting_is_no_error_of_the_reader(rig: Rig, driver: ReconnectingScanner) -> None:
    pulling = in_background(lambda: (time.sleep(0.05), rig.emulated.unplug()))

    assert driver.read(0.3) == []
    pulling.join()
    assert driver.state.status is Status.RECONNECTING
    assert "check" in str(driver.state.error)


def test_a_scanner_that_comes_later_is_found(rig: Rig) -> None:
    rig.emulated.unplug()
    scanner = rig.driver()
    with pytest.raises(DeviceError, match="plugged in") as refused:
        scanner.open()
    assert not refused.value.permanent
    assert scanner.state.status is Status.FAILED

    rig.emulated.plug()
    wait_until(scanner, is_open=True)
    rig.emulated.scan(CODE)
    assert texts(scanner, 1) == [CODE]
    scanner.close()


def test_what_was_sent_before_it_was_opened_is_not_a_scan_of_now(rig: Rig) -> None:
    rig.emulated.scan("]C0OLD")
    scanner = rig.driver()
    scanner.open()
    rig.emulated.scan("]C0NEW")

    assert texts(scanner, 1) == ["]C0NEW"]
    scanner.close()


def test_noise_is_survived_and_the_next_read_is_whole(rig: Rig, driver: ReconnectingScanner) -> None:
    rig.emulated.garbage(seed=4)
    rig.end_noise()
    while driver.read(0.9):
        pass
    rig.emulated.scan(CODE)

    assert texts(driver, 1) == [CODE]


def test_a_read_longer_than_any_code_is_dropped_with_a_note(
    rig: Rig, driver: ReconnectingScanner, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.WARNING, logger="supply.devices"):
        flood = in_background(rig.too_long)
        end = time.monotonic() + 5.0
        while flood.is_alive() and time.monotonic() < end:
            assert driver.read(0.02) == []
        flood.join()
        assert driver.read(0.35) == []
        rig.emulated.scan(CODE)
        assert texts(driver, 1) == [CODE]

    said = [record.getMessage() for record in caplog.records]
    assert said == [f"device desk: a read longer than {MAX_FRAME_BYTES} bytes was dropped"]


@pytest.mark.parametrize("rig", ONE_OF_EACH, indirect=True)
def test_a_scanner_that_stays_away_is_logged_once(
    rig: Rig, driver: ReconnectingScanner, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.INFO, logger="supply.devices"):
        rig.emulated.unplug()
        for _ in range(8):
            assert driver.read(0.05) == []
        lost = [record.getMessage() for record in caplog.records if record.levelno >= logging.WARNING]
        rig.emulated.plug()
        wait_until(driver, is_open=True)

    # Lost, then found missing, perhaps gone before it could be given back: each said once, over a dozen attempts.
    assert 1 <= len(lost) <= 3
    assert len(set(lost)) == len(lost)
    assert caplog.records[-1].getMessage() == "device desk is open"


def test_closing_twice_and_opening_twice_are_no_errors(rig: Rig, driver: ReconnectingScanner) -> None:
    driver.open()
    driver.close()
    driver.close()
    assert driver.state.status is Status.CLOSED
    driver.open()
    rig.emulated.scan(CODE)
    assert texts(driver, 1) == [CODE]


@pytest.mark.parametrize("rig", [kind for kind in ONE_OF_EACH if kind != "hid-pos"], indirect=True)
def test_a_second_program_is_refused_and_steals_nothing(rig: Rig, driver: ReconnectingScanner) -> None:
    second = rig.driver()
    with pytest.raises(DeviceError, match="Another program") as refused:
        second.open()
    assert not refused.value.permanent

    rig.emulated.scan(CODE)
    assert texts(driver, 1) == [CODE]
    driver.close()
    second.open()
    second.close()
