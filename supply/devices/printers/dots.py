"""PURE: the dots of a 1-bit picture in rows of whole bytes, as printers take them: a 1 is a black dot."""

from typing import Final

from PIL import Image

from supply.errors import Invalid

_FLIPPED: Final = bytes(byte ^ 0xFF for byte in range(256))


def row_bytes_of(image: Image.Image) -> int:
    """How many bytes a row of dots takes."""
    return (image.width + 7) // 8


def dots_of(image: Image.Image) -> bytes:
    """One bit per dot, rows filled up to whole bytes with white.

    Raises Invalid for a picture that is not 1-bit or is empty: turning greys into dots would ruin a barcode.
    """
    if image.mode != "1":
        raise Invalid("A label printer takes a picture of black and white dots only.", code="bad_picture")
    if not image.width or not image.height:
        raise Invalid("The picture of the label is empty.", code="bad_picture")
    whole = Image.new("1", (row_bytes_of(image) * 8, image.height), 1)
    whole.paste(image)
    return whole.tobytes().translate(_FLIPPED)
