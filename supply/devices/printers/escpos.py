"""PURE: the bytes of ESC/POS that a label needs: a picture in bands, the cut after it, the questions to the printer.

It must never send text or a native barcode: those come out differently on every printer.
"""

from collections.abc import Iterator
from typing import Final

from PIL import Image

from supply.errors import Invalid

INITIALISE: Final = b"\x1b@"
BAND_ROWS: Final = 64
_FLIPPED: Final = bytes(byte ^ 0xFF for byte in range(256))
ENDS: Final = {
    "partial": b"\x1dVB\x00",  # GS V 66 0: feed to the cutter, leave a bridge
    "full": b"\x1dVA\x00",  # GS V 65 0
    "gap": b"\x1d\x0c",  # GS FF: on to the next die-cut label
    "none": b"\x1bd\x04",  # ESC d 4: far enough to be torn
}


def ask(number: int) -> bytes:
    """DLE EOT n, which a printer answers at once with one byte, whatever it is doing."""
    return bytes((0x10, 0x04, number))


def bands(image: Image.Image) -> Iterator[bytes]:
    """The picture as GS v 0 commands of at most 64 rows, so that the smallest buffer holds one.

    Raises Invalid for a picture that is not 1-bit: turning greys into dots would ruin a barcode.
    """
    width, height = image.size
    row_bytes = (width + 7) // 8
    dots = _dots(image, row_bytes)
    for top in range(0, height, BAND_ROWS):
        rows = min(BAND_ROWS, height - top)
        head = b"\x1dv0\x00" + row_bytes.to_bytes(2, "little") + rows.to_bytes(2, "little")
        yield head + dots[top * row_bytes : (top + rows) * row_bytes]


def _dots(image: Image.Image, row_bytes: int) -> bytes:
    """One bit per dot, rows filled up to whole bytes with white; a 1 is a black dot, as printers have it."""
    if image.mode != "1":
        raise Invalid("A label printer takes a picture of black and white dots only.", code="bad_picture")
    if not image.width or not image.height:
        raise Invalid("The picture of the label is empty.", code="bad_picture")
    whole = Image.new("1", (row_bytes * 8, image.height), 1)
    whole.paste(image)
    return whole.tobytes().translate(_FLIPPED)
