"""Opens a picture that somebody sent, safely: header first, limits, then the grey pixels.

Owns the limits on pictures. It must never decode before the header has been judged, and never reads a code.
"""

import struct
import warnings
import zlib
from io import BytesIO
from typing import Final

import numpy as np
from numpy.typing import NDArray
from PIL import Image, UnidentifiedImageError

from supply.errors import Invalid

Pixels = NDArray[np.uint8]

MAX_BYTES: Final = 8 * 1024 * 1024
MAX_PIXELS: Final = 24_000_000
MAX_SIDE: Final = 16_000
# The WebP library makes room for four copies of the canvas, and does so before Pillow looks at the size.
MAX_WEBP_PIXELS: Final = 12_000_000
FORMATS: Final = ("JPEG", "PNG", "WEBP")

_STRIP_PIXELS: Final = 1_000_000  # so many at once are made grey: a whole picture in colour would be held three times

# Pillow checks this itself while it reads the header, before it makes room for any pixel.
Image.MAX_IMAGE_PIXELS = MAX_PIXELS
_BROKEN = (OSError, SyntaxError, ValueError, EOFError, IndexError, TypeError, struct.error, zlib.error, MemoryError)


def load_picture(content: bytes) -> Pixels:
    """Grey pixels of a JPEG, PNG or WebP file (first picture of an animated one; transparent parts become white).

    Raises `Invalid` for a file above 8 MiB or 24 megapixels (WebP: 12), for one that is no such picture, and for a
    damaged one.
    """
    if len(content) > MAX_BYTES:
        raise Invalid("The picture is larger than 8 MiB; send a smaller one.", code="picture_too_large")
    if content[:4] == b"RIFF" and content[8:12] == b"WEBP":
        _check_webp(content[12:30])
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            with Image.open(BytesIO(content), formats=FORMATS) as picture:
                _check_size(*picture.size)
                return _grey(picture)
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        raise _too_many_pixels() from None
    except UnidentifiedImageError:
        raise Invalid("This file is no JPEG, PNG or WebP picture.", code="not_a_picture") from None
    except _BROKEN:
        raise Invalid("The picture is damaged or cut short; take or send it again.", code="not_a_picture") from None


def _check_size(width: int, height: int) -> None:
    if width * height > MAX_PIXELS or max(width, height) > MAX_SIDE:
        raise _too_many_pixels()


def _check_webp(head: bytes) -> None:
    """Judge the size that the first chunk of a WebP file states (RFC 9649), before any library sees the file."""
    if len(head) < 18:
        raise Invalid("The picture is damaged or cut short; take or send it again.", code="not_a_picture")
    if head[:4] == b"VP8X":
        width, height = 1 + int.from_bytes(head[12:15], "little"), 1 + int.from_bytes(head[15:18], "little")
    elif head[:4] == b"VP8L":
        bits = int.from_bytes(head[9:13], "little")
        width, height = 1 + (bits & 0x3FFF), 1 + (bits >> 14 & 0x3FFF)
    else:
        width, height = (int.from_bytes(head[at : at + 2], "little") & 0x3FFF for at in (14, 16))
    if width * height > MAX_WEBP_PIXELS:
        raise Invalid("The WebP picture has more than 12 megapixels; send a smaller one.", code="picture_too_large")


def _too_many_pixels() -> Invalid:
    return Invalid(
        "The picture has more than 24 megapixels or a side above 16,000 pixels; send a smaller one.",
        code="picture_too_large",
    )


def _grey(picture: Image.Image) -> Pixels:
    picture.draft("L", None)
    picture.load()
    width, height = picture.size
    rows = max(1, _STRIP_PIXELS // width)
    if rows >= height:
        return _grey_strip(picture)
    grey = np.empty((height, width), np.uint8)
    for top in range(0, height, rows):
        grey[top : top + rows] = _grey_strip(picture.crop((0, top, width, min(top + rows, height))))
    return grey


def _grey_strip(picture: Image.Image) -> Pixels:
    if picture.mode.startswith("I;16") or picture.mode == "I":
        return (np.asarray(picture).astype(np.int64) >> 8).clip(0, 255).astype(np.uint8)
    if "A" in picture.mode or "transparency" in picture.info:
        layer = picture.convert("RGBA")
        paper = Image.new("RGBA", layer.size, "white")
        picture = Image.alpha_composite(paper, layer)
    return np.asarray(picture.convert("L"))
