"""The contract of a scanner, kept by the serial driver on a real pseudo-terminal."""

import logging
import threading
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from supply.devices.emulators.scanner import EmulatedScanner
from supply.devices.errors import DeviceError
from supply.devices.framing import MAX_FRAME_BYTES
from supply.devices.model import Scan
from supply.devices.scanners.serial_port import SerialScanner
from supply.devices.state import Status

CODE = "]d201040123456789011727123110LOT42A\x1d21S9"
NOW = datetime(2026, 11, 23, 15, 0, tzinfo=UTC)


@pytest.fixture
def emulated(tmp_path: Path) -> Iterator[EmulatedScanner]:
    with EmulatedScanner(tmp_path / "scanner") as scanner:
        yield scanner


@pytest.fixture
def driver(emulated: EmulatedScanner) -> Iterator[SerialScanner]:
    scanner = SerialScanner(str(emulated.link), name="desk", now=lambda: NOW)
    scanner.open()
    yield scanner
    scanner.close()


def _texts(scanner: SerialScanner, count: int, *, within_seconds: float = 5.0) -> list[str]:
    deadline, texts = time.monotonic() + within_seconds, list[str]()
    while len(texts) < count and time.monotonic() < deadline:
        texts += [scan.raw for scan in scanner.read(0.05)]
    return texts


def _wait_until_open(scanner: SerialScanner) -> None:
    deadline = time.monotonic() + 5.0
    while scanner.state.status is not Status.OPEN and time.monotonic() < deadline:
        assert scanner.read(0.01) == []
    assert scanner.state.status is Status.OPEN


def test_a_scan_has_its_text_identifier_moment_and_device(emulated: EmulatedScanner, driver: SerialScanner) -> None:
    emulated.scan(CODE)

    assert driver.read(2.0) == [Scan(raw=CODE, text=CODE, aim="]d2", read_at=NOW, device="desk")]
    assert driver.state.last_scan_at == NOW


def test_nothing_comes_when_nothing_was_scanned(driver: SerialScanner) -> None:
    before = time.monotonic()

    assert driver.read(0.1) == []
    assert 0.08 < time.monotonic() - before < 1.0


@pytest.mark.parametrize("suffix", [b"\r", b"\n", b"\r\n", b"\t"])
def test_every_usual_suffix_works(tmp_path: Path, suffix: bytes) -> None:
    with EmulatedScanner(tmp_path / "scanner", suffix=suffix) as emulated:
        scanner = SerialScanner(str(emulated.link))
        scanner.open()
        for text in ("4012345678901", CODE, "LOT 42"):
            emulated.scan(text)
        assert _texts(scanner, 3) == ["4012345678901", CODE, "LOT 42"]
        scanner.close()


def test_stx_and_etx_work(tmp_path: Path) -> None:
    with EmulatedScanner(tmp_path / "scanner", prefix=b"\x02", suffix=b"\x03") as emulated:
        scanner = SerialScanner(str(emulated.link))
        scanner.open()
        emulated.scan(CODE)
        assert _texts(scanner, 1) == [CODE]
        scanner.close()


def test_a_scanner_without_any_end_mark_works(tmp_path: Path) -> None:
    with EmulatedScanner(tmp_path / "scanner", suffix=b"") as emulated:
        scanner = SerialScanner(str(emulated.link), idle_seconds=0.1)
        scanner.open()
        emulated.scan(CODE)
        assert _texts(scanner, 1) == [CODE]
        scanner.close()


def test_a_read_in_two_pieces_is_one_read(emulated: EmulatedScanner, driver: SerialScanner) -> None:
    emulated.send(CODE[:11].encode())
    assert driver.read(0.05) == []
    emulated.send(CODE[11:].encode() + b"\r")

    assert _texts(driver, 1) == [CODE]


def test_bytes_that_come_one_at_a_time_are_one_read(tmp_path: Path) -> None:
    with EmulatedScanner(tmp_path / "scanner", byte_seconds=0.003) as emulated:
        scanner = SerialScanner(str(emulated.link))
        scanner.open()
        typing = threading.Thread(target=emulated.scan, args=(CODE,))
        typing.start()
        assert _texts(scanner, 1) == [CODE]
        typing.join()
        scanner.close()


def test_a_burst_of_scans_is_read_whole_and_in_order(emulated: EmulatedScanner, driver: SerialScanner) -> None:
    sent = [f"]C0BOX{number:04}" for number in range(500)]
    typing = threading.Thread(target=lambda: [emulated.scan(text) for text in sent])
    typing.start()

    assert _texts(driver, 500, within_seconds=20.0) == sent
    typing.join()


def test_forty_unplugs_in_the_middle_of_a_read_give_whole_reads_or_none(
    emulated: EmulatedScanner, driver: SerialScanner
) -> None:
    emulated.scan("FIRST")
    assert _texts(driver, 1) == ["FIRST"]
    read = []
    for number in range(40):
        emulated.half(CODE)
        if number % 2:
            assert driver.read(0.01) == []
        emulated.replug()
        _wait_until_open_again(driver)
        emulated.scan(f"BOX{number}")
        read += _texts(driver, 1)

    assert read == [f"BOX{number}" for number in range(40)]


def _wait_until_open_again(scanner: SerialScanner) -> None:
    deadline = time.monotonic() + 5.0
    while scanner.state.status is Status.OPEN and time.monotonic() < deadline:
        assert scanner.read(0.01) == []
    _wait_until_open(scanner)


def test_a_plug_that_is_pulled_while_reading_is_no_error_of_the_reader(
    emulated: EmulatedScanner, driver: SerialScanner
) -> None:
    pulling = threading.Timer(0.1, emulated.unplug)
    pulling.start()

    assert driver.read(0.6) == []
    pulling.join()
    assert driver.state.status is Status.RECONNECTING
    assert "check" in str(driver.state.error)


def test_a_scanner_that_comes_later_is_found(tmp_path: Path) -> None:
    emulated = EmulatedScanner(tmp_path / "scanner")
    scanner = SerialScanner(str(emulated.link))
    with pytest.raises(DeviceError, match="Nothing is plugged in") as refused:
        scanner.open()
    assert not refused.value.permanent
    assert scanner.state.status is Status.FAILED

    with emulated:
        _wait_until_open(scanner)
        emulated.scan(CODE)
        assert _texts(scanner, 1) == [CODE]
    scanner.close()


def test_what_was_sent_before_the_port_was_opened_is_not_a_scan_of_now(emulated: EmulatedScanner) -> None:
    emulated.scan("OLD")
    scanner = SerialScanner(str(emulated.link))
    scanner.open()
    emulated.scan("NEW")

    assert _texts(scanner, 1) == ["NEW"]
    scanner.close()


def test_a_second_program_is_refused_the_port(emulated: EmulatedScanner, driver: SerialScanner) -> None:
    second = SerialScanner(str(emulated.link))

    with pytest.raises(DeviceError, match="Another program is using") as refused:
        second.open()

    assert not refused.value.permanent
    emulated.scan(CODE)
    assert _texts(driver, 1) == [CODE]
    driver.close()
    second.open()
    second.close()


def test_settings_that_cannot_be_right_are_a_permanent_error(emulated: EmulatedScanner) -> None:
    scanner = SerialScanner(str(emulated.link), baud=-5)

    with pytest.raises(DeviceError) as refused:
        scanner.open()
    assert refused.value.permanent
    with pytest.raises(DeviceError):
        scanner.read(0.1)


def test_noise_is_survived_and_the_next_scan_is_whole(emulated: EmulatedScanner, driver: SerialScanner) -> None:
    emulated.scan("FIRST")
    assert _texts(driver, 1) == ["FIRST"]
    emulated.garbage(3000, seed=4)
    emulated.send(b"\r\x03\r")
    while driver.read(0.4):
        pass
    emulated.scan(CODE)

    assert _texts(driver, 1) == [CODE]


def test_a_read_without_end_is_bounded_and_the_next_scan_is_whole(
    emulated: EmulatedScanner, driver: SerialScanner, caplog: pytest.LogCaptureFixture
) -> None:
    flood = threading.Thread(target=emulated.send, args=(b"A" * (MAX_FRAME_BYTES * 20) + b"\r",))
    with caplog.at_level(logging.WARNING, logger="supply.devices"):
        flood.start()
        flood_end = time.monotonic() + 5.0
        while flood.is_alive() and time.monotonic() < flood_end:
            assert driver.read(0.05) == []
        flood.join()
        emulated.scan(CODE)
        assert _texts(driver, 1) == [CODE]

    assert [record.getMessage() for record in caplog.records] == [
        f"device desk: a read longer than {MAX_FRAME_BYTES} bytes was dropped"
    ]


def test_a_scanner_that_stays_away_is_logged_once(
    emulated: EmulatedScanner, driver: SerialScanner, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.INFO, logger="supply.devices"):
        emulated.unplug()
        for _ in range(12):
            assert driver.read(0.1) == []
        lost = [record.getMessage() for record in caplog.records if record.levelno >= logging.WARNING]
        emulated.plug()
        _wait_until_open(driver)

    # Lost, then found missing: two different causes, each said once, over a dozen attempts.
    assert 1 <= len(lost) <= 2
    assert len(set(lost)) == len(lost)
    assert caplog.records[-1].getMessage() == "device desk is open"


def test_closing_twice_and_opening_twice_are_no_errors(emulated: EmulatedScanner, driver: SerialScanner) -> None:
    driver.open()
    driver.close()
    driver.close()
    assert driver.state.status is Status.CLOSED


def test_bytes_that_are_no_utf_8_are_kept_one_character_each(emulated: EmulatedScanner, driver: SerialScanner) -> None:
    emulated.send(b"L\xd6T\r")
    emulated.send("LÖT".encode() + b"\r")

    assert _texts(driver, 2) == ["LÖT", "LÖT"]


def test_a_network_scanner_is_read_the_same_way() -> None:
    import socket

    with socket.create_server(("127.0.0.1", 0)) as server:
        scanner = SerialScanner(f"socket://127.0.0.1:{server.getsockname()[1]}")
        scanner.open()
        wire, _ = server.accept()
        with wire:
            wire.sendall(CODE.encode() + b"\r")
            assert _texts(scanner, 1) == [CODE]
        for _ in range(20):
            scanner.read(0.02)
        assert scanner.state.status is not Status.CLOSED
        scanner.close()
