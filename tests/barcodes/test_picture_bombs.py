"""Floods and lies: each picture is refused in words or answered, and none takes more than 300 MB of memory."""

import io
import json
import resource
import struct
import subprocess
import sys
import zlib
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from supply.barcodes.image_files import load_picture
from supply.errors import Invalid

MEGABYTES = 300
ANSWERED = {"answered", "not_a_picture", "picture_too_large"}


def _chunk(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))


def _png(width: int, height: int, *, depth: int = 8, colour: int = 0, rows: int = 1, more: bytes = b"") -> bytes:
    """A PNG that says it has this size and holds `rows` rows of zeros."""
    head = struct.pack(">IIBBBBB", width, height, depth, colour, 0, 0, 0)
    samples = {0: 1, 2: 3, 4: 2, 6: 4}[colour]
    packed = zlib.compressobj(9)
    row = bytes(min(1 + width * samples * depth // 8, 1_000_000))
    body = b"".join(packed.compress(row) for _ in range(rows)) + packed.flush()
    return b"\x89PNG\r\n\x1a\n" + _chunk(b"IHDR", head) + more + _chunk(b"IDAT", body) + _chunk(b"IEND", b"")


def _saved(picture: Image.Image, kind: str, **options: object) -> bytes:
    file = io.BytesIO()
    picture.save(file, kind, **options)
    return file.getvalue()


def _jpeg_sized(width: int, height: int) -> bytes:
    """A small JPEG whose header lies about its size."""
    small = bytearray(_saved(Image.new("RGB", (64, 64), "white"), "JPEG"))
    at = small.index(b"\xff\xc0") + 5
    small[at : at + 4] = struct.pack(">HH", height, width)
    return bytes(small)


def _webp(kind: bytes, size: bytes) -> bytes:
    body = kind + struct.pack("<I", len(size)) + size + bytes(40)
    return b"RIFF" + struct.pack("<I", 4 + len(body)) + b"WEBP" + body


def _webp_canvas(width: int, height: int) -> bytes:
    return _webp(b"VP8X", bytes([2, 0, 0, 0]) + (width - 1).to_bytes(3, "little") + (height - 1).to_bytes(3, "little"))


def _lossless(width: int, height: int) -> bytes:
    return _webp(b"VP8L", b"\x2f" + (width - 1 | (height - 1) << 14).to_bytes(4, "little"))


def _lossy(width: int, height: int) -> bytes:
    return _webp(b"VP8 ", b"\x10\x00\x00\x9d\x01\x2a" + struct.pack("<HH", width, height))


def bombs() -> Iterator[tuple[str, bytes]]:
    """Each bomb under its name; the ones that hold 24 megapixels really hold them."""
    small = Image.effect_noise((64, 48), 60)
    frames = [Image.effect_noise((64, 48), 60) for _ in range(20)]
    yield "a png of 10^9 pixels", _png(31_623, 31_623)
    yield "a png of the greatest size there is", _png(2**31 - 1, 2**31 - 1)
    yield "a png of a size no file may have", _png(2**32 - 1, 2**32 - 1)
    yield "a png one pixel high and 2^31 wide", _png(2**31 - 1, 1)
    yield "a png one pixel wide and 16,001 high", _png(1, 16_001)
    yield "a png of no width", _png(0, 100)
    yield "a png of no height", _png(100, 0)
    yield "a png that says 24 megapixels and holds one row", _png(6_000, 4_000)
    yield "a png of 16 bits and 24 megapixels", _png(6_000, 4_000, depth=16, rows=4_000)
    yield "a png of four colours of 16 bits and 24 megapixels", _png(6_000, 4_000, depth=16, colour=6, rows=4_000)
    yield "a transparent png of 24 megapixels", _png(6_000, 4_000, colour=6, rows=4_000)
    yield "a grey transparent png of 24 megapixels", _png(6_000, 4_000, colour=4, rows=4_000)
    yield "a png that holds more rows than it says", _png(100, 100, rows=400_000)
    text = zlib.compress(bytes(80_000_000), 9)
    yield "a png whose text unpacks to 80 MB", _png(64, 48, rows=48, more=_chunk(b"zTXt", b"x\0\0" + text))
    yield "a png whose profile unpacks to 80 MB", _png(64, 48, rows=48, more=_chunk(b"iCCP", b"x\0\0" + text))
    yield "a png with 50,000 texts", _png(64, 48, rows=48, more=_chunk(b"tEXt", b"x\0" + b"y" * 40) * 50_000)
    yield "a png of depth 255", _png(64, 48, depth=255)
    yield "a png of an unknown colour", _png(64, 48).replace(b"\x08\0\0\0\0", b"\x08\7\0\0\0")
    yield "a png cut in its header", _png(64, 48)[:20]
    yield "an animated png", _saved(frames[0], "PNG", save_all=True, append_images=frames[1:])
    huge_animation = _chunk(b"acTL", struct.pack(">II", 2**31 - 1, 0))
    yield "an animated png that says 2^31 frames", _png(64, 48, rows=48, more=huge_animation)
    yield "a jpeg of 4 * 10^9 pixels", _jpeg_sized(65_500, 65_500)
    yield "a jpeg that says 24 megapixels and holds a stamp", _jpeg_sized(6_000, 4_000)
    yield "a jpeg of no size", _jpeg_sized(0, 0)
    yield "a jpeg of 24 megapixels in four inks", _saved(Image.new("CMYK", (6_000, 4_000)), "JPEG")
    yield "a jpeg of 24 megapixels in many passes", _saved(Image.new("RGB", (6_000, 4_000)), "JPEG", progressive=True)
    yield "a jpeg cut short", _saved(small, "JPEG")[:300]
    yield "a jpeg of empty markers", b"\xff\xd8" + b"\xff\xfe\x00\x02" * 500_000
    yield "a jpeg in a jpeg", _saved(small, "JPEG")[:2] + b"\xff\xe1\xff\xff" + _saved(small, "JPEG") * 60
    yield "a webp canvas of 2^48 pixels", _webp_canvas(2**24, 2**24)
    yield "a webp canvas of 268 megapixels", _webp_canvas(16_383, 16_383)
    yield "a lossless webp of 268 megapixels", _lossless(16_384, 16_384)
    yield "a lossy webp of 268 megapixels", _lossy(16_383, 16_383)
    yield "a webp canvas of 12 megapixels without a picture", _webp_canvas(4_000, 3_000)
    yield "a webp of 12 megapixels", _saved(Image.new("RGB", (4_000, 3_000)), "WEBP", method=0)
    yield "a webp of no size", _lossy(0, 0)
    yield "a webp cut in its header", _webp_canvas(64, 48)[:25]
    yield "an animated webp", _saved(frames[0], "WEBP", save_all=True, append_images=frames[1:])
    yield "a picture in a form of its own", b"GIF89a" + struct.pack("<HH", 65_535, 65_535) + bytes(40)


def met(content: bytes) -> str:
    """What becomes of a picture: `answered`, or the code of the refusal."""
    try:
        load_picture(content)
    except Invalid as refusal:
        return refusal.code
    return "answered"


def measured(folder: Path) -> dict[str, tuple[str, int]]:
    """Each file's fate and the most memory, in MB, that this process has held more than before the first."""
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    fates = {}
    for path in sorted(folder.iterdir()):
        fate = met(path.read_bytes())
        fates[path.name] = (fate, (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) // 1024)
    return fates


def _in_a_process_of_its_own(folder: Path) -> dict[str, tuple[str, int]]:
    script = "import json, sys, pathlib; from tests.barcodes.test_picture_bombs import measured\n"
    script += "print(json.dumps(measured(pathlib.Path(sys.argv[1]))))"
    done = subprocess.run([sys.executable, "-c", script, str(folder)], capture_output=True, text=True, check=True)
    fates: dict[str, tuple[str, int]] = json.loads(done.stdout)
    return fates


def test_every_bomb_is_refused_or_answered_within_300_megabytes(tmp_path: Path) -> None:
    for name, content in bombs():
        (tmp_path / name).write_bytes(content)

    fates = _in_a_process_of_its_own(tmp_path)

    assert len(fates) >= 39
    assert {name: fate for name, (fate, _) in fates.items() if fate not in ANSWERED} == {}
    assert max(most for _, most in fates.values()) <= MEGABYTES, fates
    answered = {name for name, (fate, _) in fates.items() if fate == "answered"}
    assert {"a webp of 12 megapixels", "an animated png", "an animated webp"} <= answered


@pytest.mark.parametrize("kind", [_webp_canvas, _lossless, _lossy])
def test_a_webp_is_judged_by_its_header_before_any_library_sees_it(kind: object) -> None:
    assert callable(kind)
    with pytest.raises(Invalid, match="more than 12 megapixels"):
        load_picture(kind(4_000, 3_001))
    with pytest.raises(Invalid, match=r"damaged|no JPEG"):  # this size may pass; there is no picture in it
        load_picture(kind(4_000, 3_000))
    with pytest.raises(Invalid, match="damaged or cut short"):
        load_picture(kind(4_000, 3_000)[:25])


def test_a_large_picture_is_made_grey_in_strips_as_a_small_one_is_at_once() -> None:
    noise = np.random.default_rng(4).integers(0, 255, (1_100, 1_000, 4)).astype(np.uint8)
    picture = Image.fromarray(noise, "RGBA")

    whole = load_picture(_saved(picture, "PNG", compress_level=1))
    above = load_picture(_saved(picture.crop((0, 0, 1_000, 900)), "PNG", compress_level=1))

    assert whole.shape == (1_100, 1_000)
    assert (whole[:900] == above).all()
