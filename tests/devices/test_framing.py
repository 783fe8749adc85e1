"""Cutting bytes into reads: however they are split on their way, the same frames come out."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from supply.devices.framing import MAX_FRAME_BYTES, Framer

CODE = b"01040123456789011727123110LOT42A\x1d21S9"
PAYLOADS = st.lists(
    st.binary(min_size=1, max_size=40).filter(lambda text: not set(text) & set(b"\r\n\t\x02\x03")), max_size=8
)
ENDS = st.sampled_from([b"\r", b"\n", b"\r\n", b"\t", b"\r\n\r\n", b"\x03"])


@pytest.mark.parametrize("end", [b"\r", b"\n", b"\r\n", b"\t"])
def test_each_end_mark_ends_a_read(end: bytes) -> None:
    assert Framer().feed(CODE + end + b"4012345678901" + end, now=0.0) == [CODE, b"4012345678901"]


def test_what_stands_between_stx_and_etx_is_a_read_whatever_is_in_it() -> None:
    framer = Framer()

    assert framer.feed(b"\x02" + CODE + b"\r\x03\x02AB\tCD\x03\r\n", now=0.0) == [CODE, b"AB\tCD"]


def test_stx_drops_a_torn_read_before_it() -> None:
    framer = Framer()

    assert framer.feed(b"0104\x02" + CODE + b"\x03", now=0.0) == [CODE]
    assert framer.take_notes() == ["a read without its end was dropped (4 bytes)"]
    assert framer.take_notes() == []


def test_silence_ends_a_read_of_a_scanner_that_sends_no_end_mark() -> None:
    framer = Framer(idle_seconds=0.3)

    assert framer.feed(CODE[:10], now=0.0) == []
    assert framer.feed(CODE[10:], now=0.2) == []
    assert framer.idle(now=0.4) == []
    assert framer.idle(now=0.5) == [CODE]
    assert framer.idle(now=9.0) == []


def test_reading_nothing_is_silence_too() -> None:
    framer = Framer(idle_seconds=0.3)
    framer.feed(CODE, now=0.0)

    assert framer.feed(b"", now=0.2) == []
    assert framer.feed(b"", now=0.4) == [CODE]


def test_bytes_after_a_silence_begin_a_new_read() -> None:
    framer = Framer(idle_seconds=0.3)
    framer.feed(b"111", now=0.0)

    assert framer.feed(b"222", now=1.0) == [b"111"]
    assert framer.idle(now=2.0) == [b"222"]


def test_silence_drops_a_torn_read_of_a_scanner_that_is_known_to_send_end_marks() -> None:
    framer = Framer(idle_seconds=0.3)
    framer.feed(b"4012345678901\r", now=0.0)

    assert framer.feed(CODE[:12], now=1.0) == []
    assert framer.idle(now=2.0) == []
    assert framer.take_notes() == ["a read without its end was dropped (12 bytes)"]
    assert framer.feed(CODE + b"\r", now=3.0) == [CODE]


def test_silence_inside_stx_and_etx_drops_the_read() -> None:
    framer = Framer(idle_seconds=0.3)
    framer.feed(b"\x02ABC", now=0.0)

    assert framer.idle(now=1.0) == []
    assert framer.feed(b"\x02XYZ\x03", now=2.0) == [b"XYZ"]


def test_a_read_that_is_too_long_is_dropped_whole_and_noted_once() -> None:
    framer = Framer()

    assert framer.feed(b"A" * (MAX_FRAME_BYTES * 3) + b"\r" + CODE + b"\r", now=0.0) == [CODE]
    assert framer.take_notes() == [f"a read longer than {MAX_FRAME_BYTES} bytes was dropped"]


def test_a_read_of_the_greatest_length_is_kept() -> None:
    assert Framer().feed(b"A" * MAX_FRAME_BYTES + b"\r", now=0.0) == [b"A" * MAX_FRAME_BYTES]


def test_a_too_long_read_without_an_end_is_over_after_a_silence() -> None:
    framer = Framer(idle_seconds=0.3)
    framer.feed(b"A" * (MAX_FRAME_BYTES + 1), now=0.0)

    assert framer.idle(now=1.0) == []
    assert framer.feed(CODE + b"\r", now=1.1) == [CODE]


def test_empty_reads_are_no_reads() -> None:
    framer = Framer()

    assert framer.feed(b"\r\n\r\n\x02\x03\r\t\n", now=0.0) == []
    assert not framer.is_pending


@given(payloads=PAYLOADS, ends=st.lists(ENDS, min_size=8, max_size=8), cuts=st.lists(st.integers(0, 400), max_size=30))
def test_any_split_of_the_bytes_gives_the_same_reads(payloads: list[bytes], ends: list[bytes], cuts: list[int]) -> None:
    stream = b"".join(
        (b"\x02" if end == b"\x03" else b"") + payload + end for payload, end in zip(payloads, ends, strict=False)
    )
    borders = sorted({0, len(stream), *(cut % (len(stream) + 1) for cut in cuts)})
    framer = Framer()

    frames = [
        frame
        for place, (start, end) in enumerate(zip(borders, borders[1:], strict=False))
        for frame in framer.feed(stream[start:end], now=place * 0.01)
    ]

    assert frames == payloads
    assert framer.take_notes() == []


@given(noise=st.binary(max_size=6000), cut=st.integers(0, 6000))
def test_noise_never_breaks_the_framing(noise: bytes, cut: int) -> None:
    split, whole = Framer(), Framer()

    pieces = split.feed(noise[:cut], now=0.0) + split.feed(noise[cut:], now=0.1)

    assert pieces == whole.feed(noise, now=0.0)
    assert all(0 < len(frame) <= MAX_FRAME_BYTES for frame in pieces)
    for framer in (split, whole):
        framer.clear()
        assert framer.feed(CODE + b"\r", now=0.2) == [CODE]
