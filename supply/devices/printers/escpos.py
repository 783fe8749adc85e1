"""PURE: the bytes of ESC/POS that a label needs: a picture in bands, the cut after it, the questions to the printer.

It must never send text or a native barcode: those come out differently on every printer.
"""

from collections.abc import Iterator
from typing import Final

from PIL import Image

from supply.devices.printers.dots import dots_of, row_bytes_of

INITIALISE: Final = b"\x1b@"
BAND_ROWS: Final = 64
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
    height, row_bytes, dots = image.height, row_bytes_of(image), dots_of(image)
    for top in range(0, height, BAND_ROWS):
        rows = min(BAND_ROWS, height - top)
        head = b"\x1dv0\x00" + row_bytes.to_bytes(2, "little") + rows.to_bytes(2, "little")
        yield head + dots[top * row_bytes : (top + rows) * row_bytes]
