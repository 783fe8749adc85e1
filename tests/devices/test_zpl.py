"""ZPL: what is sent, what is read of it in every form of ^GF, and which answers count."""

import base64
import binascii
import zlib

import pytest
from PIL import Image

from supply.devices.emulators.escpos_reader import Cut, Question
from supply.devices.emulators.zpl_reader import ERRORS, HOST_STATUS, ZplReader, graphic, host_status
from supply.devices.printers import zpl, zpl_status
from supply.errors import Invalid
from tests.devices.printer_rigs import is_same, noise

WELL = host_status(paper_out=False, paused=False, full=False, head_open=False, waiting=0)
DOTS = bytes(range(1, 25))  # eight rows of three bytes


def sent(image: Image.Image, **settings: object) -> bytes:
    return b"".join(zpl.label(image, zpl.ZplSettings(**settings), cut="gap", is_roll=False))


@pytest.mark.parametrize("coding", zpl.CODINGS)
@pytest.mark.parametrize("size", [(1, 1), (8, 8), (381, 65), (576, 300)])
@pytest.mark.parametrize("piece", [1, 7, 100_000])
def test_every_dot_arrives_in_each_coding_in_any_pieces(coding: str, size: tuple[int, int], piece: int) -> None:
    if piece == 1 and size[0] > 8:
        size = (33, 9)
    image, reader, events = noise(*size), ZplReader(576), []
    content = sent(image, coding=coding)
    for start in range(0, len(content), piece):
        events += reader.feed(content[start : start + piece])
    [cut] = events
    assert isinstance(cut, Cut)
    assert is_same(cut.image, image)


def test_a_label_is_nothing_but_its_commands_and_a_packed_picture() -> None:
    content = sent(noise(400, 250), darkness=20, speed=3)
    assert content.startswith(b"~SD20^XA^MNY^MMT^PON^LRN^PMN^LS0^PW400^LL250^LH0,0^PR3^FO0,0^GFA,12500,12500,50,:Z64:")
    assert content.endswith(b"^FS^PQ1,0,1,N^XZ")
    assert (content.count(b"^"), content.count(b"~")) == (16, 1)
    with pytest.raises(Invalid, match="black and white"):
        sent(Image.new("L", (8, 8)))


def test_the_checksum_is_that_of_the_standard_library() -> None:
    for content in (b"", b"123456789", DOTS):
        assert zpl.crc(content) == binascii.crc_hqx(content, 0)


def packed(kind: bytes, content: bytes) -> bytes:
    text = base64.b64encode(zlib.compress(content) if kind == b"Z" else content)
    return b":%b64:%b:%04X" % (kind, text, binascii.crc_hqx(text, 0))


@pytest.mark.parametrize(
    "told",
    [
        b"A,24,24,3," + DOTS.hex().encode(),
        b"A,24,24,3," + DOTS.hex().upper().encode() + b"\r\n",
        b"A,24,24,3," + packed(b"Z", DOTS),
        b"A,24,24,3," + packed(b"B", DOTS),
        b"B,24,24,3," + DOTS,
    ],
)
def test_every_form_of_a_picture_is_the_same_picture(told: bytes) -> None:
    found = graphic(told)
    assert found is not None
    assert (found.size, found.tobytes()) == ((24, 8), bytes(byte ^ 0xFF for byte in DOTS))


@pytest.mark.parametrize(
    ("text", "rows"),
    [
        (b"HFF,!", ["fff000", "ffffff"]),  # H: twice; a comma fills with white, ! with black
        (b"KF0::", ["fffff0", "fffff0", "fffff0"]),  # K is five; a colon repeats the row
        (b"gF,", ["ffffff", "ffffff", "ffffff", "ff0000"]),  # g is twenty
        (b"gGF,", ["ffffff", "ffffff", "ffffff", "fff000"]),  # twenty and one
    ],
)
def test_counts_fills_and_repeats_of_packed_hexadecimal_are_read(text: bytes, rows: list[str]) -> None:
    found = graphic(b"A,%d,%d,3,%b" % (len(rows) * 3, len(rows) * 3, text))
    assert found is not None
    black = bytes(byte ^ 0xFF for byte in found.tobytes())
    assert [black[start : start + 3].hex() for start in range(0, len(black), 3)] == rows


@pytest.mark.parametrize(
    "told",
    [
        b"",
        b"A,24,24",
        b"A,x,24,3,00",
        b"A,24,24,0,00",
        b"A,99999999,99999999,3,00",
        b"A,24,24,3,:Z64:AAAA:0000",
        b"A,24,24,3," + packed(b"Z", DOTS)[:-4] + b"0000",
        b"A,24,24,3,:Z64:"
        + base64.b64encode(b"no zlib")
        + b":%04X" % binascii.crc_hqx(base64.b64encode(b"no zlib"), 0),
    ],
)
def test_a_picture_that_cannot_be_right_is_none(told: bytes) -> None:
    assert graphic(told) is None


def test_a_picture_that_unpacks_without_end_stays_bounded() -> None:
    found = graphic(b"A,24,24,3," + packed(b"Z", b"\0" * 50_000_000))
    assert found is not None
    assert found.size == (24, 8)


def test_questions_are_heard_between_labels_and_text_is_passed_over() -> None:
    reader = ZplReader(400)
    assert reader.feed(b"~HS^XA^FO10,10^A0N,30,30^FDwords^FS^XZ~HQES~hs") == [
        Question(HOST_STATUS), Question(ERRORS), Question(HOST_STATUS)
    ]  # fmt: skip
    assert reader.feed(b"^XA^PW80^LL20^FO0,0^GFA,1,1,1,80^FS^PQ3^XZ") == [Cut(reader_image(80, 20))] * 3


def reader_image(width: int, height: int) -> Image.Image:
    image = Image.new("1", (width, height), 1)
    image.putpixel((0, 0), 0)
    return image


# ---- answers


def test_a_printer_that_is_well_says_so() -> None:
    said = zpl_status.host_status(WELL)
    assert said is not None
    assert zpl_status.status_of("desk", said).words == "desk is ready."
    assert said.is_done


@pytest.mark.parametrize(
    "heard",
    [
        b"",
        WELL[:-1],
        WELL[1:],
        WELL[: len(WELL) // 2],
        WELL.replace(b"030,0", b"030,2"),
        WELL.replace(b"\x03\r\n", b"\r\n"),
        WELL.replace(b"1234,0", b"12,0"),
        b"HTTP/1.1 400 Bad Request\r\n\r\n",
        bytes(200),
        b"\xff" * 200,
    ],
)
def test_an_answer_without_its_exact_shape_is_none(heard: bytes) -> None:
    assert zpl_status.host_status(heard) is None


@pytest.mark.parametrize(
    ("line", "place", "said"),
    [
        (0, 1, "no paper"),
        (0, 2, "is offline"),
        (0, 5, "memory is full"),
        (0, 9, "cannot clear"),
        (0, 10, "passing error"),
        (0, 11, "passing error"),
        (1, 2, "cover open"),
        (1, 3, "no ribbon"),
        (1, 7, "label to be taken"),
    ],
)
def test_each_flag_becomes_words(line: int, place: int, said: str) -> None:
    lines = [part.split(b",") for part in WELL.split(b"\r\n")[:3]]
    lines[line][place] = lines[line][place].replace(b"0", b"1")
    answer = b"".join(b",".join(parts) + b"\r\n" for parts in lines)
    found = zpl_status.host_status(answer)
    assert found is not None
    status = zpl_status.status_of("desk", found)
    assert (status.is_ready, said in status.words) == (False, True), status.words


def test_labels_that_are_not_out_yet_are_counted() -> None:
    found = zpl_status.host_status(host_status(paper_out=False, paused=False, full=False, head_open=False, waiting=3))
    assert found is not None
    assert (found.waiting, found.is_done) == (3, False)


@pytest.mark.parametrize(
    ("bits", "said"),
    [
        ("0 00000000 00000000", "is ready."),
        ("1 00000000 00000001", "no paper"),
        ("1 00000000 00000005", "cover open"),
        ("1 00000000 00000002", "no ribbon"),
        ("1 00000000 00000008", "cutter"),
        ("1 00000000 00010000", "is offline"),
        ("1 00000000 00000080", "cannot clear"),
        ("1 00000001 00000000", "cannot clear"),
        ("1 00000000 00000000", "cannot clear"),
    ],
)
def test_errors_that_the_host_status_does_not_tell_become_words(bits: str, said: str) -> None:
    heard = f"\x02\r\nPRINTER STATUS\r\n ERRORS:         {bits}\r\n WARNINGS:  0 00000000 00000000\r\n\x03".encode()
    found = zpl_status.errors(heard)
    assert found is not None
    assert said in zpl_status.errors_of("desk", found).words
    assert zpl_status.errors(heard[:-1]) is None
