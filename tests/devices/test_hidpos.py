"""From input reports of a HID point-of-sale scanner to whole reads."""

import logging
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from supply.devices.emulators.hid_scanner import EmulatedHidScanner
from supply.devices.errors import DeviceError
from supply.devices.framing import MAX_FRAME_BYTES
from supply.devices.hidpos import ReportAssembler, report_of
from supply.devices.scanners.hid_pos import HidPosScanner


def _reports(text: bytes, aim: str) -> list[bytes]:
    pieces = [text[start : start + 56] for start in range(0, len(text), 56)]
    return [report_of(piece, aim, is_continued=n < len(pieces) - 1) for n, piece in enumerate(pieces)]


@given(text=st.binary(min_size=1, max_size=400).filter(lambda text: text.isascii() and not text.startswith(b"]")))
def test_a_read_of_any_length_comes_whole_with_its_identifier(text: bytes) -> None:
    assembler = ReportAssembler()
    found = [read for report in _reports(text, "]d2") for read in assembler.feed(report, now=0.0)]

    assert found == ["]d2" + text.decode()]


def test_an_identifier_that_the_scanner_sends_twice_is_there_once() -> None:
    assert ReportAssembler().feed(report_of(b"]C0A1", "]C0"), now=0.0) == ["]C0A1"]


def test_a_scanner_that_tells_no_identifier_is_read_too() -> None:
    assert ReportAssembler().feed(report_of(b"4012345678901"), now=0.0) == ["4012345678901"]


def test_a_read_whose_rest_never_comes_is_dropped() -> None:
    assembler = ReportAssembler()
    assert assembler.feed(report_of(b"A" * 56, "]d2", is_continued=True), now=0.0) == []

    assert assembler.feed(report_of(b"B", "]d2"), now=2.0) == ["]d2B"]
    assert assembler.take_notes() == ["a read without its end was dropped (56 bytes)"]


def test_another_code_in_the_middle_of_one_drops_the_torn_one() -> None:
    assembler = ReportAssembler()
    assembler.feed(report_of(b"A" * 56, "]d2", is_continued=True), now=0.0)

    assert assembler.feed(report_of(b"B", "]E0"), now=0.1) == ["]E0B"]


def test_a_broken_report_drops_the_read_that_it_belongs_to() -> None:
    assembler = ReportAssembler()
    assembler.feed(report_of(b"A" * 56, is_continued=True), now=0.0)
    assembler.feed(bytes([2, 200]) + bytes(62), now=0.0)

    assert assembler.feed(report_of(b"REST"), now=0.0) == []
    assert assembler.feed(report_of(b"NEXT"), now=0.0) == ["NEXT"]


@given(st.lists(st.binary(max_size=70), max_size=40))
def test_noise_breaks_nothing(reports: list[bytes]) -> None:
    assembler = ReportAssembler()
    for report in reports:
        assert all(len(read) <= MAX_FRAME_BYTES + 3 for read in assembler.feed(report, now=0.0))
    assert assembler.feed(report_of(b"NEXT"), now=5.0) == ["NEXT"]


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        ({"usb_id": "0c2e:ffff"}, "No scanner 0c2e:ffff is plugged in"),
        ({"serial_number": "S2"}, "No scanner with the serial number S2"),
        ({"path": "hid-9"}, "does not answer"),
    ],
)
def test_another_scanner_is_not_taken_for_it(settings: dict[str, str], said: str) -> None:
    scanner = HidPosScanner(library=EmulatedHidScanner(), **settings)

    with pytest.raises(DeviceError, match=said) as refused:
        scanner.open()
    assert not refused.value.permanent


@pytest.mark.parametrize("settings", [{"usb_id": "0C2E:0B67"}, {"serial_number": "S1"}, {"path": "hid-0"}])
def test_it_is_found_by_its_maker_its_number_or_its_path(settings: dict[str, str]) -> None:
    emulated = EmulatedHidScanner()
    scanner = HidPosScanner(library=emulated, **settings)
    scanner.open()
    emulated.scan("]E04012345678901")

    assert [scan.text for scan in scanner.read(1.0)] == ["]E04012345678901"]
    scanner.close()


def test_two_alike_are_told_apart_by_a_person() -> None:
    class Two(EmulatedHidScanner):
        def enumerate(self, _vendor: int = 0, _product: int = 0) -> list[dict[str, object]]:
            """The same scanner twice."""
            found = super().enumerate()
            return [*found, {**found[1], "path": b"hid-1"}]

    with pytest.raises(DeviceError, match=r"2 scanners 0c2e:0b67 are plugged in \(hid-0, hid-1\): name the serial"):
        HidPosScanner(usb_id="0c2e:0b67", library=Two()).open()


def test_a_second_program_is_refused_where_the_device_is_a_file(tmp_path: Path) -> None:
    path = tmp_path / "hidraw0"
    path.touch()
    emulated = EmulatedHidScanner(path=str(path))
    first, second = (HidPosScanner(path=str(path), library=emulated) for _ in range(2))
    first.open()

    with pytest.raises(DeviceError, match="Another program is using the scanner"):
        second.open()
    first.close()
    second.open()
    second.close()


def test_noise_is_noted(caplog: pytest.LogCaptureFixture) -> None:
    emulated = EmulatedHidScanner()
    scanner = HidPosScanner(path="hid-0", name="desk", library=emulated)
    scanner.open()
    with caplog.at_level(logging.WARNING, logger="supply.devices"):
        emulated.send([bytes([2, 99]) + bytes(62)])
        assert scanner.read(0.05) == []
    scanner.close()
    assert [r.getMessage() for r in caplog.records] == [
        "device desk: a report that no scanner makes was dropped, and its read with it"
    ]
