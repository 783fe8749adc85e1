"""Pictures: what must be read, what must not be read, and what must be refused."""

import contextlib
import io
import subprocess
import sys
import zlib
from dataclasses import replace

import cv2
import numpy as np
import pytest
import zxingcpp
from PIL import Image

from supply.barcodes import image_files, images
from supply.barcodes.image_files import MAX_BYTES, load_picture
from supply.barcodes.image_passes import (
    RETAIL,
    Look,
    View,
    is_hibc_checked,
    make_view,
    read_zbar,
    read_zxing,
    whole,
    zbar_present,
)
from supply.barcodes.images import Decoded, decode_frame, decode_image
from supply.devices.emulators.camera import Pixels, Scene, photograph, render_symbol
from supply.errors import Invalid

UDI = "(01)04012345678901(17)271231(10)LOT42A(21)S9"
UDI_RAW = "01040123456789011727123110LOT42A\x1d21S9"
SHORT_UDI = "(01)04012345678901(17)271231(10)LOT42A"
SHORT_UDI_RAW = "01040123456789011727123110LOT42A"

# What is drawn, as which symbol, and what must come back: text, AIM identifier, GS1, name of the format.
KINDS = [
    (UDI, "DataMatrix", UDI_RAW, "]d2", True, "DataMatrix"),
    (UDI, "QRCode", UDI_RAW, "]Q3", True, "QRCode"),
    (SHORT_UDI, "Code128", SHORT_UDI_RAW, "]C1", True, "Code128"),
    ("(01)04012345678901", "DataBarOmni", "0104012345678901", "]e0", True, "DataBarOmni"),
    (SHORT_UDI, "DataBarExp", SHORT_UDI_RAW, "]e0", True, "DataBarExp"),
    ("4012345678901", "EAN13", "4012345678901", "]E0", False, "EAN13"),
    ("036000291452", "UPCA", "036000291452", "]E0", False, "UPCA"),
    ("01234565", "UPCE", "012345000065", "]E0", False, "UPCE"),
    ("96385074", "EAN8", "96385074", "]E4", False, "EAN8"),
    ("14012345678908", "ITF14", "14012345678908", "]I1", False, "ITF"),
    ("+A123BJC5D6E71G", "Code128", "+A123BJC5D6E71G", "]C0", False, "Code128"),
    ("+A123BJC5D6E71G", "DataMatrix", "+A123BJC5D6E71G", "]d1", False, "DataMatrix"),
    ("+A123BJC5D6E71G", "Code39", "+A123BJC5D6E71G", "]A1", False, "Code39"),
    ("+A123BJC5D6E71X", "Code39", "+A123BJC5D6E71X", "]A0", False, "Code39"),
    ("HELLO", "PDF417", "HELLO", "]L2", False, "PDF417"),
]


def _file(picture: Pixels, ending: str = ".png") -> bytes:
    return bytes(cv2.imencode(ending, picture)[1].tobytes())


def _scene_of(symbol: Pixels, **faults: float) -> Scene:
    width = max(640, symbol.shape[1] + 60)
    return Scene(width=width, height=width * 3 // 4, **faults)  # type: ignore[arg-type]


def _drawn(text: str, symbol_format: str, pixels_per_module: float) -> Pixels:
    large = render_symbol(text, symbol_format, module_pixels=8)
    factor = pixels_per_module / 8
    return np.asarray(cv2.resize(large, None, fx=factor, fy=factor, interpolation=cv2.INTER_AREA), dtype=np.uint8)


@pytest.mark.parametrize("ending", [".jpg", ".png", ".webp"])
@pytest.mark.parametrize(("text", "drawn_as", "raw", "aim", "gs1", "name"), KINDS)
def test_every_medical_format_is_read_with_its_identifier(
    text: str, drawn_as: str, raw: str, aim: str, gs1: bool, name: str, ending: str
) -> None:
    symbol = render_symbol(text, drawn_as, module_pixels=3)

    codes = decode_image(_file(photograph(symbol, _scene_of(symbol)), ending))

    assert [(code.text, code.aim, code.gs1, code.format) for code in codes] == [(raw, aim, gs1, name)]
    assert codes[0].confirmed
    assert codes[0].symbology == aim


def test_the_separator_is_kept_and_brackets_are_not_made() -> None:
    code = decode_image(_file(render_symbol(UDI, "DataMatrix")))[0]

    assert "\x1d" in code.text
    assert "(" not in code.text


def test_the_position_is_where_the_symbol_lies_in_the_picture() -> None:
    symbol = render_symbol(UDI, "DataMatrix", module_pixels=4)
    scene = Scene(offset=(100, -60), noise=0.0)

    (code,) = decode_image(_file(photograph(symbol, scene)))

    middle = np.mean(code.position, axis=0)
    assert middle == pytest.approx((640 / 2 + 100, 480 / 2 - 60), abs=4)


def test_the_position_is_right_when_only_a_turned_look_reads_it() -> None:
    symbol = _drawn(SHORT_UDI, "Code128", 3.0)
    scene = _scene_of(symbol, angle=20.0)

    (code,) = decode_image(_file(photograph(symbol, scene)))

    middle = np.mean(code.position, axis=0)
    assert middle == pytest.approx((scene.width / 2, scene.height / 2), abs=25)


def test_several_codes_of_one_picture_are_all_read() -> None:
    boxes = [render_symbol(UDI, "DataMatrix"), render_symbol("4012345678901", "EAN13", module_pixels=3)]
    sheet = np.full((600, 900), 255, np.uint8)
    sheet[50 : 50 + boxes[0].shape[0], 50 : 50 + boxes[0].shape[1]] = boxes[0]
    sheet[300 : 300 + boxes[1].shape[0], 400 : 400 + boxes[1].shape[1]] = boxes[1]

    assert {code.text for code in decode_image(_file(sheet))} == {UDI_RAW, "4012345678901"}


@pytest.mark.parametrize("angle", [0.0, 8.0])
def test_two_linear_codes_above_each_other_on_one_label_are_both_read(angle: float) -> None:
    lines = [render_symbol("(01)04012345678901", "Code128", module_pixels=3)]
    lines.append(render_symbol("(17)271231(10)LOT4", "Code128", module_pixels=3))
    width = max(line.shape[1] for line in lines)
    label = np.vstack([np.pad(line, ((0, 0), (0, width - line.shape[1])), constant_values=255) for line in lines])

    codes = decode_image(_file(photograph(label, Scene(width=900, height=700, angle=angle))))

    assert {code.text for code in codes} == {"0104012345678901", "1727123110LOT4"}


def test_the_same_code_on_two_boxes_is_two_codes() -> None:
    symbol = render_symbol(UDI, "DataMatrix")
    pair = np.hstack([symbol, np.full_like(symbol, 255), symbol])

    codes = decode_image(_file(pair))

    assert [code.text for code in codes] == [UDI_RAW, UDI_RAW]
    assert codes[0].position != codes[1].position


def test_text_outside_ascii_is_read_in_its_own_characters() -> None:
    assert [code.text for code in decode_image(_file(render_symbol("Größe 日本", "QRCode")))] == ["Größe 日本"]


def test_light_on_dark_is_read() -> None:
    assert [code.text for code in decode_image(_file(255 - render_symbol(UDI, "DataMatrix")))] == [UDI_RAW]


# Conditions in which a plain decoder fails on many; the floor is what was measured, less a little.
HARD = {
    "small": (1.5, {"blur": 0.5, "noise": 6.0}, 8),
    "small and soft": (2.0, {"blur": 0.9, "noise": 6.0}, 8),
    "turned 20": (3.0, {"angle": 20.0}, 8),
    "turned 30": (3.0, {"angle": 30.0}, 7),
    "shadow": (3.0, {"shade": 0.85}, 8),
    "noisy": (3.0, {"noise": 30.0}, 8),
    "dark": (3.0, {"light": 0.25}, 8),
}
HARD_CODES = [KINDS[place] for place in (0, 1, 2, 5, 6, 8, 9, 12)]


@pytest.mark.parametrize("condition", HARD)
def test_hard_pictures_are_read_and_never_misread(condition: str) -> None:
    pixels_per_module, faults, floor = HARD[condition]
    read = 0
    for seed, (text, drawn_as, raw, *_) in enumerate(HARD_CODES):
        symbol = _drawn(text, drawn_as, pixels_per_module)
        codes = decode_image(_file(photograph(symbol, _scene_of(symbol, **faults), seed=seed)))
        assert all(code.text == raw for code in codes), drawn_as
        read += bool(codes)
    assert read >= floor


@pytest.mark.parametrize("angle", [10.0, 15.0, 20.0, 45.0, 60.0, 137.0])
@pytest.mark.parametrize("thorough", [True, False])
def test_half_of_a_turned_ean_is_not_taken_for_a_upc_e(angle: float, thorough: bool) -> None:
    symbol = _drawn("4012345678901", "EAN13", 3.0)
    content = _file(photograph(symbol, _scene_of(symbol, angle=angle, blur=0.5), seed=1))

    assert {code.text for code in decode_image(content, thorough=thorough)} <= {"4012345678901"}


@pytest.mark.parametrize("seed", range(12))
def test_a_desk_without_a_code_has_no_code(seed: int) -> None:
    blank = np.full((4, 4), 255, np.uint8)
    desk = photograph(blank, Scene(noise=float(seed * 3)), seed=seed)

    assert decode_image(_file(desk)) == []
    assert decode_frame(desk) == []


def test_pure_noise_has_no_code_and_is_not_searched_in_live_frames() -> None:
    noise = np.random.default_rng(3).integers(0, 255, (480, 640)).astype(np.uint8)

    assert decode_frame(noise) == []
    assert decode_image(_file(noise), thorough=False) == []


def test_a_large_picture_is_searched_in_a_smaller_copy_and_its_position_is_of_the_large_one() -> None:
    symbol = _drawn("(01)04012345678901", "Code128", 6.0)
    scene = Scene(width=1800, height=1500, angle=35.0, blur=1.0)

    (code,) = decode_image(_file(photograph(symbol, scene)))

    assert np.mean(code.position, axis=0) == pytest.approx((900, 750), abs=60)


def test_colour_frames_are_read_like_grey_ones() -> None:
    grey = photograph(render_symbol(UDI, "DataMatrix"), Scene())

    codes = decode_frame(np.asarray(cv2.cvtColor(grey, cv2.COLOR_GRAY2BGR), dtype=np.uint8))

    assert [code.text for code in codes] == [UDI_RAW]


def test_an_itf_that_is_no_gtin_is_not_believed() -> None:
    bars = render_symbol("14012345678908", "ITF14", module_pixels=3)

    assert [code.text for code in decode_image(_file(bars))] == ["14012345678908"]

    wrong = _zxing_symbol("1234567890", "ITF")
    assert decode_image(_file(wrong)) == []


def test_extended_code_39_stays_what_it_is() -> None:
    codes = decode_image(_file(_zxing_symbol("hello World", "Code39Ext")))

    assert [code.text for code in codes] == ["hello World"]


def test_hibc_on_code_39_is_read_beside_an_extended_code_39() -> None:
    symbols = [_zxing_symbol("hello World", "Code39Ext"), _zxing_symbol("+A123BJC5D6E71G", "Code39Std")]
    symbols.append(render_symbol(UDI, "DataMatrix"))
    sheet = np.full((900, 1200), 255, np.uint8)
    for place, symbol in enumerate(symbols):
        sheet[place * 300 : place * 300 + symbol.shape[0], : symbol.shape[1]] = symbol

    assert {code.text for code in decode_image(_file(sheet))} == {"hello World", "+A123BJC5D6E71G", UDI_RAW}


def _zxing_symbol(text: str, name: str) -> Pixels:
    symbol = zxingcpp.create_barcode(text, getattr(zxingcpp.BarcodeFormat, name))
    return np.pad(np.array(symbol.to_image(scale=3), dtype=np.uint8), 30, constant_values=255)


@pytest.mark.parametrize(
    ("text", "right"),
    [("+A123BJC5D6E71G", True), ("+A123BJC5D6E71X", False), ("A123", False), ("+a12G", False), ("+1", False)],
)
def test_the_check_character_of_hibc_is_counted(text: str, right: bool) -> None:
    assert is_hibc_checked(text) is right


def test_a_gs1_128_with_a_wrong_check_digit_needs_a_second_look() -> None:
    # Two looks agree on a label that is printed so: it is read, and the parser will say what is wrong with it.
    symbol = render_symbol("(01)04012345678902", "Code128", module_pixels=3)

    codes = decode_frame(photograph(symbol, Scene(width=900)), thorough=True)

    assert [(code.text, code.gs1, code.confirmed) for code in codes] == [("0104012345678902", True, True)]


class TestEvidence:
    """One read of a linear code is not always enough."""

    def test_what_only_zbar_reads_is_not_believed(self) -> None:
        blurred = photograph(_drawn("4012345678901", "EAN13", 1.9), Scene(angle=4.0, blur=1.1, noise=12.0), seed=5)
        view = make_view(blurred, whole(blurred), Look())

        for code in decode_image(_file(blurred)):
            assert code.text == "4012345678901"
        assert all(code.format in RETAIL for code in read_zbar(view))

    def test_zbar_names_codes_as_the_first_decoder_does(self) -> None:
        if not zbar_present():  # the system library is optional; `make test` installs it
            pytest.fail("libzbar is not installed; the suite needs it")
        for text, drawn_as, raw, aim, _, name in [KINDS[place] for place in (5, 6, 7, 8)]:
            symbol = render_symbol(text, drawn_as, module_pixels=3)
            view = make_view(symbol, whole(symbol), Look())

            found = [(code.text, code.aim, code.format) for code in read_zbar(view)]

            assert found == [(raw, aim, name)], drawn_as
            assert found == [(code.text, code.aim, code.format) for code in read_zxing(view)]

    def test_zbar_says_nothing_on_standard_error(self) -> None:
        script = (
            "from supply.devices.emulators.camera import *\n"
            "from supply.barcodes.image_passes import *\n"
            "for seed in range(6):\n"
            "    symbol = render_symbol('(01)04012345678901', 'DataBarOmni')\n"
            "    p = photograph(symbol, Scene(noise=20, angle=seed), seed=seed)\n"
            "    read_zbar(make_view(p, whole(p), Look()))\n"
        )
        done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
        assert done.stderr == ""

    def test_a_live_frame_gives_doubtful_reads_too_and_a_still_does_not(self) -> None:
        doubtful = 0
        for seed in range(8):
            symbol = _drawn("036000291452", "UPCA", 2.0)
            frame = photograph(symbol, Scene(blur=1.3, noise=6.0), seed=seed)
            live = decode_frame(frame)
            doubtful += sum(not code.confirmed for code in live)
            assert all(code.text == "036000291452" for code in live)
            assert all(code.confirmed for code in decode_image(_file(frame), thorough=False))
        assert doubtful > 0


def test_the_text_of_a_scanner_has_the_identifier_and_thirteen_digits_for_upc() -> None:
    upc = decode_image(_file(render_symbol("036000291452", "UPCA")))[0]
    udi = decode_image(_file(render_symbol(UDI, "DataMatrix")))[0]

    assert upc.scan_text == "]E00036000291452"
    assert udi.scan_text == "]d2" + UDI_RAW


def test_a_rectangular_datamatrix_is_sent_as_datamatrix() -> None:
    corner = (0, 0)
    code = Decoded(UDI_RAW, "]d8", True, "DataMatrix", (corner, corner, corner, corner), False, True)

    assert code.scan_text == "]d2" + UDI_RAW


def test_a_view_leads_back_to_the_picture() -> None:
    pixels = np.zeros((400, 600), np.uint8)
    view = make_view(pixels, (100, 50, 300, 250), Look(angle=0.0, scale=2.0))

    assert isinstance(view, View)
    assert view.in_picture([(0, 0), (400, 0), (400, 400), (0, 400)])[2] == (300, 250)


class TestRefusals:
    """A file that is no picture, or is too much of one."""

    @pytest.mark.parametrize("content", [b"", b"hello", b"%PDF-1.7 ...", b"GIF89a" + bytes(40), b"\x00" * 5000])
    def test_what_is_no_picture_is_refused(self, content: bytes) -> None:
        with pytest.raises(Invalid, match="no JPEG, PNG or WebP picture"):
            decode_image(content)

    @pytest.mark.parametrize("ending", [".jpg", ".png", ".webp"])
    @pytest.mark.parametrize("share", [0.1, 0.5, 0.9])
    def test_a_picture_that_is_cut_short_is_refused(self, ending: str, share: float) -> None:
        content = _file(photograph(render_symbol(UDI, "DataMatrix"), Scene()), ending)

        with pytest.raises(Invalid, match=r"cut short|no JPEG"):
            decode_image(content[: int(len(content) * share)])

    def test_a_file_above_eight_mebibytes_is_refused_before_it_is_opened(self) -> None:
        with pytest.raises(Invalid, match="8 MiB"):
            decode_image(b"\xff\xd8\xff" + bytes(MAX_BYTES))

    @pytest.mark.parametrize("size", [(5_000, 5_000), (6_000, 6_000), (60_000, 60_000), (16_001, 10)])
    def test_a_decompression_bomb_is_refused_by_its_header(self, size: tuple[int, int]) -> None:
        with pytest.raises(Invalid, match="24 megapixels"):
            decode_image(_png_header(*size))

    def test_damaged_bytes_never_end_in_anything_but_a_refusal(self) -> None:
        random = np.random.default_rng(8)
        for ending in (".jpg", ".png", ".webp"):
            good = bytearray(_file(photograph(render_symbol("X", "QRCode"), Scene(width=160, height=120)), ending))
            for _ in range(60):
                bad = bytearray(good)
                for place in random.integers(0, len(bad), 8):
                    bad[place] = int(random.integers(0, 256))
                with contextlib.suppress(Invalid):
                    decode_image(bytes(bad), thorough=False)


def _png_header(width: int, height: int) -> bytes:
    def chunk(kind: bytes, body: bytes) -> bytes:
        return len(body).to_bytes(4, "big") + kind + body + zlib.crc32(kind + body).to_bytes(4, "big")

    head = width.to_bytes(4, "big") + height.to_bytes(4, "big") + bytes([8, 0, 0, 0, 0])
    body = zlib.compress(bytes(100_000), 9)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", body) + chunk(b"IEND", b"")


class TestKindsOfPictures:
    """Every way of storing a picture gives the same grey pixels."""

    @staticmethod
    def _saved(picture: Image.Image, kind: str) -> bytes:
        file = io.BytesIO()
        picture.save(file, kind)
        return file.getvalue()

    @pytest.fixture
    def symbol(self) -> Image.Image:
        return Image.fromarray(render_symbol(UDI, "DataMatrix"))

    def test_transparent_paper_is_white(self, symbol: Image.Image) -> None:
        black = Image.new("RGBA", symbol.size, (0, 0, 0, 255))
        black.putalpha(symbol.point(lambda value: 255 - value))

        assert [code.text for code in decode_image(self._saved(black, "PNG"))] == [UDI_RAW]

    def test_sixteen_bit_png_is_read(self, symbol: Image.Image) -> None:
        deep = Image.fromarray(np.asarray(symbol).astype(np.uint16) * 257)

        assert [code.text for code in decode_image(self._saved(deep, "PNG"))] == [UDI_RAW]

    def test_black_and_white_png_and_palette_and_cmyk_jpeg_are_read(self, symbol: Image.Image) -> None:
        for picture, kind in (
            (symbol.convert("1"), "PNG"),
            (symbol.convert("P"), "PNG"),
            (symbol.convert("CMYK"), "JPEG"),
        ):
            assert [code.text for code in decode_image(self._saved(picture, kind))] == [UDI_RAW], (picture.mode, kind)

    def test_the_pixels_are_grey_and_in_the_shape_of_the_picture(self, symbol: Image.Image) -> None:
        pixels = load_picture(self._saved(symbol.convert("RGB"), "PNG"))

        assert pixels.shape == (symbol.height, symbol.width)
        assert pixels.dtype == np.uint8

    def test_the_limit_is_the_one_that_pillow_keeps(self) -> None:
        assert Image.MAX_IMAGE_PIXELS == image_files.MAX_PIXELS


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize("size", [(1, 40), (40, 1), (1, 1)])
def test_a_picture_one_pixel_wide_holds_no_code_and_is_no_error(size: tuple[int, int]) -> None:
    content = io.BytesIO()
    Image.new("L", size, 128).save(content, "PNG")
    assert decode_image(content.getvalue(), thorough=False) == []


def test_a_reading_whose_corners_lie_outside_the_picture_has_all_of_it_looked_at() -> None:
    grey = np.full((480, 640), 255, np.uint8)
    outside = Decoded(
        "4006381333931", "]E0", False, "EAN13", ((900, 600), (990, 600), (990, 650), (900, 650)), True, True
    )
    inside = replace(outside, position=((100, 100), (200, 100), (200, 140), (100, 140)))
    assert images._around([outside], grey) == (0, 0, 640, 480)
    left, top, right, bottom = images._around([inside], grey)
    assert 0 < left < 100 < 200 < right < 640
    assert 0 < top < 100 < 140 < bottom < 480
