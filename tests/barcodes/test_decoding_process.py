"""Decoding apart: what crashes, hangs or swallows memory ends a child, and never the process that people talk to."""

import io
import json
import resource
import subprocess
import sys
from collections.abc import Iterator

import cv2
import numpy as np
import pytest

from supply.barcodes.decoding_child import READY, limit_memory, receive, send, serve
from supply.barcodes.decoding_process import DecodingProcess, DecodingProcesses, decoding_processes
from supply.barcodes.images import decode_image
from supply.devices.emulators.camera import Pixels, render_symbol
from supply.errors import Invalid

SYMBOL = np.pad(render_symbol("(01)04012345678901(17)271231(10)LOT42A", "DataMatrix"), 30, constant_values=255)
# The decoder library breaks on pictures of these widths, as a fault in its C++ would.
WIDTHS = {"crash": 401, "hang": 402, "flood": 403}
BROKEN = """
import ctypes, sys, time, zxingcpp
sound, kept = zxingcpp.read_barcodes, []
def read_barcodes(pixels, **options):
    if pixels.shape[1] == 401: ctypes.string_at(0)
    if pixels.shape[1] == 402: time.sleep(60)
    while pixels.shape[1] == 403: kept.append(bytearray(50_000_000))
    return sound(pixels, **options)
zxingcpp.read_barcodes = read_barcodes
"""
CHILD = BROKEN + "from supply.barcodes.decoding_child import main\nmain()"
CONTROL = BROKEN + "from supply.barcodes.images import decode_image\ndecode_image(sys.stdin.buffer.read())"


def _file(picture: Pixels) -> bytes:
    return bytes(cv2.imencode(".png", picture)[1].tobytes())


GOOD = _file(SYMBOL)
BREAKING = {name: _file(np.full((300, width), 255, np.uint8)) for name, width in WIDTHS.items()}


@pytest.fixture(scope="module")
def broken() -> Iterator[DecodingProcess]:
    """A child whose decoder breaks on some pictures; two seconds are long enough for the others."""
    process = DecodingProcess([sys.executable, "-c", CHILD], seconds=2.0)
    yield process
    process.close()


@pytest.mark.parametrize("fault", WIDTHS)
def test_a_picture_that_breaks_the_decoder_is_refused_and_the_next_is_read(broken: DecodingProcess, fault: str) -> None:
    with pytest.raises(Invalid, match="could not be read;"):
        broken.codes_in(BREAKING[fault])

    assert [code.format for code in broken.codes_in(GOOD)] == ["DataMatrix"]


def test_the_same_crash_in_this_process_would_end_it() -> None:
    ended = subprocess.run([sys.executable, "-c", CONTROL], input=BREAKING["crash"], capture_output=True, check=False)
    assert ended.returncode < 0  # ended by a signal
    with pytest.raises(subprocess.TimeoutExpired):  # and a hang never comes back
        subprocess.run([sys.executable, "-c", CONTROL], input=BREAKING["hang"], timeout=4, check=False)


def test_a_child_answers_as_decoding_here_does() -> None:
    processes = DecodingProcesses(count=1)
    try:
        assert processes.codes_in(GOOD) == decode_image(GOOD, thorough=False) != []
        with pytest.raises(Invalid, match="no JPEG, PNG or WebP picture"):
            processes.codes_in(b"hello")
    finally:
        processes.close()
    assert decoding_processes() is decoding_processes()


@pytest.mark.parametrize("command", [["no-such-program-anywhere"], [sys.executable, "-c", ""]])
def test_where_no_child_starts_pictures_are_decoded_here_and_the_log_says_so_once(
    command: list[str], caplog: pytest.LogCaptureFixture
) -> None:
    process = DecodingProcess(command)

    assert [len(process.codes_in(GOOD)) for _ in range(2)] == [1, 1]
    assert [record.message for record in caplog.records] == [
        "No process for decoding pictures can be started; pictures are decoded in this one."
    ]


def test_a_child_that_stops_listening_is_ended_and_the_picture_refused() -> None:
    deaf = (
        "import os, sys, time; os.close(0); sys.stdout.write('\\0\\0\\0\\5ready'); sys.stdout.flush(); time.sleep(60)"
    )

    with pytest.raises(Invalid, match="could not be read;"):
        DecodingProcess([sys.executable, "-c", deaf], seconds=20.0).codes_in(bytes(1_000_000))


def test_the_wire_ends_where_the_other_side_ends() -> None:
    asked, answered = io.BytesIO(), io.BytesIO()
    for content in (GOOD, b"hello"):
        send(asked, content)
    asked.write(b"\0\0\0\x09half")
    asked.seek(0)

    serve(asked, answered)

    answered.seek(0)
    assert receive(answered) == READY
    assert len(json.loads(receive(answered) or b"")["codes"]) == 1
    assert json.loads(receive(answered) or b"")["code"] == "not_a_picture"
    assert receive(answered) is None


def test_memory_is_limited_from_what_is_used_now() -> None:
    before = resource.getrlimit(resource.RLIMIT_AS)
    try:
        limit_memory(2**44)
        assert 2**44 < resource.getrlimit(resource.RLIMIT_AS)[0] < 2**45
    finally:
        resource.setrlimit(resource.RLIMIT_AS, before)
