"""The printer that is not there: its paper shows exactly the dots that were sent, and no bytes at all can break it."""

import random
import socket
import time
import tracemalloc
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, ImageChops

from supply.devices.emulators.escpos_reader import Cut, EscPosReader, Event, Question
from supply.devices.emulators.paper_strip import MOST_ROWS
from supply.devices.emulators.printer import EmulatedPrinter, Faults, Mechanics, parse_fault, play_faults
from supply.devices.errors import DeviceError
from supply.devices.printers import escpos
from tests.devices.printer_rigs import is_same, noise

CUT = escpos.ENDS["partial"]


def pictures(content: bytes, *, head_dots: int = 576) -> list[Image.Image]:
    return [event.image for event in EscPosReader(head_dots).feed(content) if isinstance(event, Cut)]


def by_library(picture: Image.Image, way: str) -> bytes:
    """The bytes that python-escpos makes of the picture, which are none of ours."""
    from escpos.printer import Dummy

    printer = Dummy()
    printer.image(picture, impl=way)
    return bytes(printer.output)


@pytest.mark.parametrize("way", ["bitImageRaster", "graphics", "bitImageColumn"])
def test_each_way_of_sending_pictures_gives_the_same_dots(way: str, capsys: pytest.CaptureFixture[str]) -> None:
    """GS v 0, GS ( L and ESC *, as python-escpos sends them."""
    picture = noise(376, 120)
    (printed,) = pictures(by_library(picture, way) + CUT)
    shown = printed.convert("L").crop((0, 0, *picture.size))
    assert ImageChops.difference(shown, picture.convert("L")).getbbox() is None


def test_our_own_bands_give_the_same_dots() -> None:
    picture = noise(381, 300)
    (printed,) = pictures(b"".join(escpos.bands(picture)) + CUT)
    assert is_same(printed, picture)


@pytest.mark.parametrize(("mode", "size"), [(0, (16, 2)), (1, (32, 2)), (2, (16, 4)), (3, (32, 4))])
def test_doubled_pictures_are_doubled(mode: int, size: tuple[int, int]) -> None:
    rows = b"\xf0\x0f\x00\xff"
    (printed,) = pictures(b"\x1dv0" + bytes([mode, 2, 0, 2, 0]) + rows + CUT)
    assert printed.size == size
    black = "".join("#" if not printed.getpixel((x, 0)) else "." for x in range(size[0]))
    assert black == ("########................########" if mode & 1 else "####........####")


def test_paper_fed_between_pictures_is_white_and_before_them_is_none() -> None:
    dot = b"\x1dv0\x00\x01\x00\x01\x00\xff"
    (printed,) = pictures(b"\n\n" + dot + b"\x1bJ\x05" + dot + b"\n" + CUT)
    assert printed.size == (8, 7)
    assert [printed.getpixel((0, y)) for y in range(7)] == [0, 255, 255, 255, 255, 255, 0]


def test_what_lies_beside_the_head_is_lost() -> None:
    (printed,) = pictures(b"".join(escpos.bands(noise(800, 10))) + CUT, head_dots=384)
    assert printed.size == (384, 10)


def test_text_barcodes_and_commands_that_draw_nothing_leave_the_picture_whole() -> None:
    picture = noise(64, 20)
    before = b"\x1b@Hello\x1b!\x30\x1ba\x01\x1dk\x04ABC\x00\x1dkI\x05{B123\x1d(k\x03\x001C\x03\x1bt\x10\x1d!\x11\r\n"
    (printed,) = pictures(before + b"".join(escpos.bands(picture)) + b"\x1bp\x00\x19\xfa" + CUT)
    assert is_same(printed, picture)


def test_questions_are_heard_however_they_are_cut_up() -> None:
    whole = b"".join(escpos.ask(n) for n in (1, 2, 3, 4)) + b"\x1dr\x01"
    reader, found = EscPosReader(384), list[Event]()
    for byte in whole:
        found += reader.feed(bytes([byte]))
    assert found == [Question(1), Question(2), Question(3), Question(4), Question(1, is_of_paper=True)]
    assert EscPosReader(384).feed(whole) == found


COMMANDS = st.sampled_from(
    [b"\x1dv0\x00", b"\x1b*", b"\x1b*\x21", b"\x1d(L", b"\x1d8L", b"\x1d(k", b"\x1dk", b"\x1dV", b"\x10\x04", b"\x1b"]
    + [b"\x1d", b"\x10", b"\x10\x14", b"\x1d*", b"\x1bD", b"\x1b@", b"\x1dr", b"\n", b"\x1d\x0c", b"\xff\xff", b"\x00"]
)
STREAM = st.lists(st.one_of(COMMANDS, st.binary(max_size=60)), max_size=60).map(b"".join)


@settings(max_examples=200, deadline=None)
@given(STREAM)
def test_no_bytes_break_it_and_their_pieces_do_not_matter(stream: bytes) -> None:
    whole = EscPosReader(384)
    at_once = whole.feed(stream)
    in_pieces, found = EscPosReader(384), list[Event]()
    for start in range(0, len(stream), 7):
        found += in_pieces.feed(stream[start : start + 7])
    assert [_shown(event) for event in at_once] == [_shown(event) for event in found]


def _shown(event: Event) -> object:
    return (event.image.size, event.image.tobytes()) if isinstance(event, Cut) else event


def test_noise_and_endless_pictures_stay_within_memory() -> None:
    chance = random.Random(7)
    endless = b"\x1dv0\x00\xff\xff\xff\xff"  # four thousand million dots
    streams = (
        chance.randbytes(600_000),
        endless + bytes(600_000),
        b"\x1b*\x21\xff\xff" * 30_000,
        b"\x1d8L\xff\xff\xff\xff0p" + bytes(600_000),
        b"\x1bD" + b"\x01" * 100_000,
    )
    for stream in streams:
        reader = EscPosReader(576)
        tracemalloc.start()
        for start in range(0, len(stream), 65_536):
            for event in reader.feed(stream[start : start + 65_536]):
                assert not isinstance(event, Cut) or event.image.height <= MOST_ROWS
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        assert peak < 8_000_000


# ---- faults


def test_the_answers_carry_their_fixed_bits_and_their_fault(tmp_path: Path) -> None:
    mechanics = Mechanics(tmp_path)
    ask = b"".join(escpos.ask(n) for n in (1, 2, 3, 4))
    assert mechanics.take(ask) == b"\x12\x12\x12\x12"
    expected = {
        "no_paper": b"\x1a\x32\x12\x7e",
        "paper_near_end": b"\x12\x12\x12\x1e",
        "cover_open": b"\x1a\x16\x12\x12",
        "offline": b"\x1a\x12\x12\x12",
        "error": b"\x1a\x52\x32\x12",
        "mute": b"",
    }
    for fault, answer in expected.items():
        mechanics.set_faults(**{fault: True})
        assert mechanics.take(ask) == answer, fault


def test_what_arrives_without_paper_comes_out_with_the_next_roll(tmp_path: Path) -> None:
    """As real printers do; whoever sends it again by then has it twice."""
    mechanics = Mechanics(tmp_path, faults=Faults(labels_left=1))
    for seed in (1, 2):
        mechanics.take(b"".join(escpos.bands(noise(64, 20, seed))) + CUT)
    assert (len(mechanics.labels()), mechanics.faults.no_paper) == (1, True)
    mechanics.set_faults()
    assert is_same(Image.open(mechanics.labels()[1]), noise(64, 20, 2))


def test_labels_are_numbered_on_from_those_that_are_there(tmp_path: Path) -> None:
    for _ in range(2):
        mechanics = Mechanics(tmp_path)
        mechanics.take(b"".join(escpos.bands(noise(64, 20))) + CUT)
        mechanics.take(b"".join(escpos.bands(noise(64, 20))))
        mechanics.hang_up()
    assert [path.name for path in mechanics.labels()] == ["label-0001.png", "label-0003.png"]
    assert [path.name for path in mechanics.torn()] == ["uncut-0002.png", "uncut-0004.png"]


def test_faults_are_said_in_words_and_wrong_ones_name_those_there_are(tmp_path: Path) -> None:
    mechanics = Mechanics(tmp_path)
    play_faults(mechanics, ["no-paper cover-open\n", "\n"])
    assert mechanics.faults == Faults(no_paper=True, cover_open=True)
    play_faults(mechanics, ["labels-left=3 byte-seconds=0.5"])
    assert mechanics.faults == Faults(labels_left=3, byte_seconds=0.5)
    play_faults(mechanics, ["ok"])
    assert mechanics.faults == Faults()
    for wrong in ("burning", "no-paper=1", "labels-left", "labels-left=x", "labels-left=-1"):
        with pytest.raises(DeviceError, match="gone-after-bytes=NUMBER"):
            parse_fault(wrong)


def test_it_serves_one_client_at_a_time(tmp_path: Path) -> None:
    with EmulatedPrinter(tmp_path) as printer:
        where = (printer.host, printer.port)
        with (
            socket.create_connection(where, timeout=2) as first,
            socket.create_connection(where, timeout=0.3) as second,
        ):
            first.sendall(escpos.ask(1))
            assert first.recv(4) == b"\x12"
            second.sendall(escpos.ask(1))
            with pytest.raises(TimeoutError):
                second.recv(4)
            first.close()
            second.settimeout(3)
            assert second.recv(4) == b"\x12"


def test_a_client_that_vanishes_or_sends_noise_leaves_it_serving(tmp_path: Path) -> None:
    chance = random.Random(3)
    with EmulatedPrinter(tmp_path) as printer:
        for _ in range(20):
            with socket.create_connection((printer.host, printer.port), timeout=2) as client:
                client.sendall(chance.randbytes(chance.randrange(3000)))
        with socket.create_connection((printer.host, printer.port), timeout=10) as client:
            client.sendall(escpos.ask(4))
            assert client.recv(4) == b"\x12"


def test_it_can_be_switched_off_and_on_at_the_same_port(tmp_path: Path) -> None:
    with EmulatedPrinter(tmp_path) as printer:
        port = printer.port
        started = time.monotonic()
        printer.unplug()
        assert time.monotonic() - started < 1
        with pytest.raises(ConnectionRefusedError):
            socket.create_connection((printer.host, port), timeout=1)
        printer.plug()
        assert printer.port == port


def test_a_port_that_is_taken_is_said_in_words(tmp_path: Path) -> None:
    with EmulatedPrinter(tmp_path / "a") as first:
        second = EmulatedPrinter(tmp_path / "b", port=first.port)
        with pytest.raises(DeviceError, match="No printer can listen at"):
            second.plug()
