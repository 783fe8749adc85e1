"""IPP: bytes as RFC 8010 shows them, answers that count and those that do not, states in words."""

import contextlib
import struct
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from supply.devices.errors import DeviceError
from supply.devices.printers import ipp_status
from supply.devices.printers.ipp import MOST_BYTES, Attribute, Group, NotIpp, Operation, Tag, decode, encode
from supply.devices.printers.ipp_status import JobState


def test_a_print_job_is_the_bytes_of_the_standards_example() -> None:
    """RFC 8010 appendix A.1, without its compression of words."""

    def field(tag: int, name: str, value: bytes) -> bytes:
        return bytes([tag]) + struct.pack(">H", len(name)) + name.encode() + struct.pack(">H", len(value)) + value

    wanted = (
        b"\x01\x01\x00\x02\x00\x00\x00\x01\x01"
        + field(0x47, "attributes-charset", b"utf-8")
        + field(0x48, "attributes-natural-language", b"en-us")
        + field(0x45, "printer-uri", b"ipp://printer.example.com/ipp/print/pinetree")
        + field(0x42, "job-name", b"foobar")
        + field(0x22, "ipp-attribute-fidelity", b"\x01")
        + b"\x02"
        + field(0x21, "copies", b"\x00\x00\x00\x14")
        + field(0x44, "sides", b"two-sided-long-edge")
        + b"\x03%!PDF"
    )
    first: list[Attribute] = [
        ("attributes-charset", Tag.charset, "utf-8"),
        ("attributes-natural-language", Tag.language, "en-us"),
        ("printer-uri", Tag.uri, "ipp://printer.example.com/ipp/print/pinetree"),
        ("job-name", Tag.named, "foobar"),
        ("ipp-attribute-fidelity", Tag.boolean, True),
    ]
    job: list[Attribute] = [("copies", Tag.integer, 20), ("sides", Tag.keyword, "two-sided-long-edge")]
    assert encode(Operation.print_job, 1, [(Group.operation, first), (Group.job, job)], b"%!PDF") == wanted
    assert decode(wanted, is_request=True).content == b"%!PDF"


def test_a_collection_is_the_bytes_of_the_standards_example() -> None:
    """RFC 8010 section 3.1.7: media-col with media-size."""
    size = [("x-dimension", Tag.integer, 21000), ("y-dimension", Tag.integer, 29700)]
    told: list[Attribute] = [("media-col", Tag.collection, [("media-size", Tag.collection, size)])]
    body = encode(0, 7, [(Group.job, told)])
    wanted = (
        b"\x34\x00\x09media-col\x00\x00"
        b"\x4a\x00\x00\x00\x0amedia-size\x34\x00\x00\x00\x00"
        b"\x4a\x00\x00\x00\x0bx-dimension\x21\x00\x00\x00\x04\x00\x00\x52\x08"
        b"\x4a\x00\x00\x00\x0by-dimension\x21\x00\x00\x00\x04\x00\x00\x74\x04"
        b"\x37\x00\x00\x00\x00\x37\x00\x00\x00\x00"
    )
    assert body[9:-1] == wanted
    assert decode(body).values(Group.job, "media-col") == [{"media-size": {"x-dimension": 21000, "y-dimension": 29700}}]


WELL: list[Attribute] = [
    ("printer-state", Tag.enum, 3),
    ("printer-state-reasons", Tag.keyword, ["none"]),
    ("printer-is-accepting-jobs", Tag.boolean, True),
]
ANSWER = encode(0, 5, [(Group.printer, WELL)])


@pytest.mark.parametrize("length", range(len(ANSWER)))
def test_an_answer_that_is_cut_off_anywhere_is_none(length: int) -> None:
    with pytest.raises((NotIpp, struct.error)):
        decode(ANSWER[:length])


def test_an_answer_that_is_too_long_or_of_another_kind_is_none() -> None:
    for body in (b"HTTP/1.1 400 Bad Request" * 9, b"\xff\x00\x81", ANSWER + bytes(MOST_BYTES), bytes(100)):
        with pytest.raises((NotIpp, struct.error)):
            decode(body)
    many: list[Attribute] = [("a", Tag.keyword, ["x"] * 700)]
    with pytest.raises(NotIpp, match="too many"):
        decode(encode(0, 1, [(Group.printer, many)]))


@given(st.binary(max_size=400))
@settings(max_examples=150, deadline=None)
def test_any_bytes_are_a_message_or_none(noise: bytes) -> None:
    for body in (noise, ANSWER[:9] + noise, ANSWER + noise):
        with contextlib.suppress(NotIpp):
            decode(body)


def answer(*group: Attribute, kind: Group = Group.printer) -> Any:
    return decode(encode(0, 1, [(kind, group)]))


@pytest.mark.parametrize(
    ("state", "reasons", "accepting", "said"),
    [
        (3, ["none"], True, "desk is ready."),
        (4, ["none"], True, "desk is ready."),
        (3, ["media-low-warning"], True, "nearly at its end"),
        (5, ["none"], True, "is stopped"),
        (3, ["none"], False, "takes no labels now"),
        (5, ["media-empty-error"], True, "has no paper"),
        (3, ["media-needed"], True, "has no paper"),
        (3, ["cover-open-report"], True, "cover open"),
        (3, ["door-open"], True, "cover open"),
        (3, ["offline-report"], True, "is offline"),
        (5, ["connecting-to-device"], True, "is offline"),
        (5, ["paused"], True, "is paused"),
        (3, ["toner-empty-error", "media-jam-error"], True, "jammed paper"),
        (3, ["some-vendor-error"], True, "reports an error"),
        (3, ["some-vendor-warning", "cups-missing-filter-warning"], True, "desk is ready."),
    ],
)
def test_the_state_of_a_printer_becomes_words(state: int, reasons: list[str], accepting: bool, said: str) -> None:
    status = ipp_status.printer_status("desk", answer(
        ("printer-state", Tag.enum, state),
        ("printer-state-reasons", Tag.keyword, reasons),
        ("printer-is-accepting-jobs", Tag.boolean, accepting),
    ))  # fmt: skip
    assert said in status.words
    assert status.is_ready == ("ready" in status.words)


@pytest.mark.parametrize("left_out", range(3))
def test_an_answer_that_does_not_say_how_the_printer_is_is_never_well(left_out: int) -> None:
    group = [attribute for number, attribute in enumerate(WELL) if number != left_out]
    with pytest.raises(DeviceError, match="does not say how it is"):
        ipp_status.printer_status("desk", answer(*group))
    with pytest.raises(DeviceError, match="does not say how it is"):
        ipp_status.printer_status("desk", decode(encode(0, 1, [])))


def job(state: int, number: int = 9, *more: Attribute) -> Any:
    return answer(("job-id", Tag.integer, number), ("job-state", Tag.enum, state), *more, kind=Group.job)


def test_a_job_is_only_what_is_said_of_this_very_job() -> None:
    assert ipp_status.job_seen("desk", 9, job(9)).state is JobState.completed
    for wrong in (job(9, 8), job(0), job(12), answer(kind=Group.job)):
        with pytest.raises(DeviceError, match="what became of the label"):
            ipp_status.job_seen("desk", 9, wrong)


def test_a_job_has_not_begun_only_where_the_system_says_so() -> None:
    never: Attribute = ("time-at-processing", Tag.no_value, None)
    assert not ipp_status.job_seen("desk", 9, job(7, 9, never)).has_begun
    assert ipp_status.job_seen("desk", 9, job(7, 9, ("time-at-processing", Tag.integer, 3))).has_begun
    assert ipp_status.job_seen("desk", 9, job(7)).has_begun, "a system that does not tell may have printed it"


@pytest.mark.parametrize(
    ("code", "said", "is_permanent"),
    [
        (0x0406, "has no printer 'labels'", True),
        (0x0403, "may not be used", True),
        (0x040A, "does not take PDF", True),
        (0x0507, "takes no labels now", False),
        (0x0400, "0x0400", True),
        (0x0500, "0x0500", False),
        (0x1234, "0x1234", False),
    ],
)
def test_refusals_become_words(code: int, said: str, is_permanent: bool) -> None:
    with pytest.raises(DeviceError) as refused:
        ipp_status.check_answer("desk", "labels", decode(encode(code, 1, [])))
    assert (said in refused.value.message, refused.value.permanent) == (True, is_permanent), refused.value.message
