"""PURE: pages of exactly the paper's size with 1-bit pictures at their true size, as PDF. It must never scale a dot."""

import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from PIL import Image

from supply.errors import Invalid

POINTS_PER_MM: Final = 72 / 25.4


@dataclass(frozen=True, slots=True)
class Placed:
    """A picture on a page: `x_mm` from its left edge and `y_mm` from its top, in dots of `dots_per_inch`."""

    image: Image.Image
    x_mm: float
    y_mm: float
    dots_per_inch: int


@dataclass(frozen=True, slots=True)
class Page:
    """One page and what is on it."""

    width_mm: float
    height_mm: float
    placed: Sequence[Placed]


def pdf(pages: Sequence[Page]) -> bytes:
    """The pages as a PDF 1.4; a picture that is on several places is stored once.

    Raises Invalid for a picture that is not 1-bit.
    """
    numbers: dict[int, int] = {}  # by the picture's identity
    objects: list[bytes] = [b"", b""]  # the catalogue and the pages, when their kids are known
    kids = []
    for page in pages:
        names = {}
        for one in page.placed:
            if id(one.image) not in numbers:
                objects.append(_picture(one.image))
                numbers[id(one.image)] = len(objects)
            names[numbers[id(one.image)]] = one.image
        drawn = "\n".join(_drawn(one, page, numbers[id(one.image)]) for one in page.placed).encode()
        objects.append(_stream(b"", drawn))
        used = " ".join(f"/I{number} {number} 0 R" for number in names)
        box = f"[0 0 {_points(page.width_mm)} {_points(page.height_mm)}]"
        objects.append(
            f"<</Type/Page/Parent 2 0 R/MediaBox{box}/CropBox{box}/Resources<</XObject<<{used}>>>>"
            f"/Contents {len(objects)} 0 R>>".encode()
        )
        kids.append(len(objects))
    # Programs that print it by hand must not scale it either.
    objects[0] = b"<</Type/Catalog/Pages 2 0 R/ViewerPreferences<</PrintScaling/None>>>>"
    refs = " ".join(f"{kid} 0 R" for kid in kids)
    objects[1] = f"<</Type/Pages/Kids[{refs}]/Count {len(kids)}>>".encode()
    return _file(objects)


def _picture(image: Image.Image) -> bytes:
    if image.mode != "1":
        raise Invalid("A label printer takes a picture of black and white dots only.", code="bad_picture")
    if not image.width or not image.height:
        raise Invalid("The picture of the label is empty.", code="bad_picture")
    head = (
        f"/Type/XObject/Subtype/Image/Width {image.width}/Height {image.height}"
        "/ColorSpace/DeviceGray/BitsPerComponent 1/Interpolate false"
    )
    return _stream(head.encode(), image.tobytes())


def _drawn(one: Placed, page: Page, number: int) -> str:
    width, height = (dots / one.dots_per_inch * 72 for dots in one.image.size)
    left, bottom = one.x_mm * POINTS_PER_MM, (page.height_mm - one.y_mm) * POINTS_PER_MM - height
    return f"q {width:.5f} 0 0 {height:.5f} {left:.5f} {bottom:.5f} cm /I{number} Do Q"


def _points(millimetres: float) -> str:
    return f"{millimetres * POINTS_PER_MM:.5f}"


def _stream(head: bytes, content: bytes) -> bytes:
    packed = zlib.compress(content, 9)
    return b"<<%b/Filter/FlateDecode/Length %d>>stream\n%b\nendstream" % (head, len(packed), packed)


def _file(objects: Sequence[bytes]) -> bytes:
    out, starts = bytearray(b"%PDF-1.4\n%\xe2\xe3\xcf\xd3\n"), []
    for number, content in enumerate(objects, 1):
        starts.append(len(out))
        out += b"%d 0 obj\n%b\nendobj\n" % (number, content)
    table = len(out)
    out += b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    out += b"".join(b"%010d 00000 n \n" % start for start in starts)
    out += b"trailer\n<</Size %d/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF\n" % (len(objects) + 1, table)
    return bytes(out)
