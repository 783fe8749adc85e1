"""When a code before the camera counts as a scan."""

import cv2
import numpy as np
import pytest

from supply.barcodes import image_passes
from supply.barcodes.images import Consensus, Decoded, decode_frame
from supply.devices.emulators.camera import Scene, photograph, render_symbol

CORNER = (0, 0)
PLACE = (CORNER, CORNER, CORNER, CORNER)
MATRIX = Decoded("01040123456789011710", "]d2", True, "DataMatrix", PLACE, linear=False, confirmed=True)
EAN = Decoded("4012345678901", "]E0", False, "EAN13", PLACE, linear=True, confirmed=True)
DOUBTFUL = Decoded("4012345678901", "]E0", False, "EAN13", PLACE, linear=True, confirmed=False)
STACKED = Decoded("HZKC`XNPXABXDZMu", "]L2", False, "PDF417", PLACE, linear=False, confirmed=True)
ENLARGED = Decoded("4012345678901", "]E0", False, "EAN13", PLACE, linear=True, confirmed=True, enlarged=True)
OTHER = Decoded("0086318333931", "]E0", False, "EAN13", PLACE, linear=True, confirmed=True)


def test_a_matrix_code_counts_on_its_first_frame() -> None:
    assert Consensus().add([MATRIX], now=5.0) == [MATRIX]


def test_a_linear_code_counts_on_its_second_frame_within_a_second() -> None:
    consensus = Consensus()

    assert consensus.add([EAN], now=0.0) == []
    assert consensus.add([EAN], now=0.9) == [EAN]


def test_two_frames_further_apart_do_not_agree() -> None:
    consensus = Consensus()

    assert consensus.add([EAN], now=0.0) == []
    assert consensus.add([EAN], now=1.1) == []
    assert consensus.add([EAN], now=1.2) == [EAN]


def test_doubtful_reads_need_a_third_frame() -> None:
    consensus = Consensus()

    assert [consensus.add([DOUBTFUL], now=moment) for moment in (0.0, 0.1, 0.2)] == [[], [], [DOUBTFUL]]


def test_a_doubtful_read_counts_beside_a_good_one_only_as_a_third() -> None:
    consensus = Consensus()

    assert [consensus.add([code], now=0.0) for code in (DOUBTFUL, EAN, DOUBTFUL)] == [[], [], [DOUBTFUL]]


def test_frames_that_disagree_prove_nothing() -> None:
    consensus = Consensus()

    assert consensus.add([EAN], now=0.0) == []
    assert consensus.add([OTHER], now=0.1) == []


def test_the_same_code_twice_in_one_frame_is_one_sighting() -> None:
    assert Consensus().add([EAN, EAN], now=0.0) == []


def test_a_code_that_stays_in_view_counts_once() -> None:
    consensus = Consensus()

    counted = [code for frame in range(300) for code in consensus.add([EAN, MATRIX], now=frame / 10)]

    assert counted == [MATRIX, EAN]


def test_a_code_counts_again_after_it_was_out_of_view_for_two_seconds() -> None:
    consensus = Consensus()
    consensus.add([MATRIX], now=0.0)

    assert consensus.add([MATRIX], now=1.9) == []
    assert consensus.add([MATRIX], now=3.8) == []
    assert consensus.add([], now=4.0) == []
    assert consensus.add([MATRIX], now=5.9) == [MATRIX]


def test_a_doubtful_sight_of_a_counted_code_keeps_it_silent() -> None:
    consensus = Consensus()
    consensus.add([EAN], now=0.0)
    consensus.add([EAN], now=0.1)

    assert consensus.add([DOUBTFUL], now=1.5) == []
    assert consensus.add([EAN], now=3.0) == []
    assert consensus.add([EAN], now=3.1) == []


def test_what_is_long_gone_is_forgotten() -> None:
    consensus = Consensus()
    for number in range(500):
        consensus.add([Decoded(str(number), "]C0", False, "Code128", PLACE, True, True)], now=float(number))

    assert len(consensus._seen) <= 3


@pytest.mark.parametrize("name", ["PDF417", "CompactPDF417", "MicroPDF417"])
def test_a_stacked_code_counts_on_its_second_frame(name: str) -> None:
    code = Decoded("HELLO", "]L2", False, name, PLACE, linear=False, confirmed=True)
    consensus = Consensus()

    assert [consensus.add([code], now=moment) for moment in (0.0, 0.1)] == [[], [code]]


def test_a_linear_code_that_only_enlarged_pictures_show_needs_a_third_frame() -> None:
    consensus = Consensus()

    assert [consensus.add([ENLARGED], now=moment) for moment in (0.0, 0.1, 0.2)] == [[], [], [ENLARGED]]
    assert [code.agree for code in (MATRIX, EAN, DOUBTFUL, STACKED, ENLARGED)] == [1, 2, 3, 2, 3]


def _blink() -> list[Decoded]:
    """What counts of a film that shows a PDF417 in one frame only."""
    consensus, blank = Consensus(), np.full((240, 320), 255, np.uint8)
    shown = photograph(render_symbol("HELLO", "PDF417", module_pixels=2), Scene(width=320, height=240))
    return [code for at, frame in enumerate([shown, blank]) for code in consensus.add(decode_frame(frame), now=at / 10)]


def test_a_pdf417_in_a_single_frame_of_a_film_is_not_believed(monkeypatch: pytest.MonkeyPatch) -> None:
    assert _blink() == []

    monkeypatch.setattr(image_passes, "_STACKED", frozenset())  # control: as it was, the false read counted
    assert [code.text for code in _blink()] == ["HELLO"]


def test_a_code_read_at_its_own_size_is_told_from_one_read_enlarged() -> None:
    drawn = render_symbol("(01)04012345678901", "Code128", module_pixels=8)
    sizes = [cv2.resize(drawn, None, fx=factor, fy=factor, interpolation=cv2.INTER_AREA) for factor in (0.5, 0.16)]
    frames = [np.pad(np.asarray(symbol, np.uint8), 40, constant_values=255) for symbol in sizes]

    assert [{code.enlarged for code in decode_frame(frame)} for frame in frames] == [{False}, {True}]
