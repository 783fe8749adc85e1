"""PURE: whether a label's code can be read: as it was drawn, dot for dot, and as a scanner sees it on paper.

What reads back from its own dots may still be too fine to be read once they bled and the picture is not quite sharp.
"""

from typing import Final

import numpy as np
import zxingcpp
from PIL import Image, ImageFilter

from supply.errors import SupplyError
from supply.labels.modules import FORMATS, PlacedSymbol
from supply.labels.symbols import Symbology

IDENTIFIERS: Final = {Symbology.code128: "]C0", Symbology.datamatrix: "]d1", Symbology.qr: "]Q1"}
GS1_IDENTIFIERS: Final = {Symbology.code128: "]C1", Symbology.datamatrix: "]d2", Symbology.qr: "]Q3"}
FINER: Final = 4  # points for each dot and direction
GAIN: Final = 3  # points: what a minimum over so many adds is a quarter of a dot at every edge
BLUR_DOTS: Final = 0.6  # standard deviation
BLUR_MM: Final = 0.1  # of a scanner held a little off; the larger of both counts
CONTRAST: Final = (40, 215)  # ink is not black, nor paper white


class LabelUnreadable(SupplyError):
    """The drawn label does not decode to its own code, or would not from paper."""

    code = "label_unreadable"


def prove(image: Image.Image, placed: PlacedSymbol) -> None:
    """Raise LabelUnreadable unless the symbol in the finished picture, at the printer's own dots, is the one meant.

    Twice over: every dot of the symbol and its quiet zone is as the symbol asks (a decoder would mend a damaged square
    and pass it), and a decoder that knows nothing of how it was drawn reads the very bytes.
    """
    wanted = placed.bits()
    height, width = wanted.shape
    box = image.crop((placed.x, placed.y, placed.x + width, placed.y + height)).convert("L")
    found = np.asarray(box)
    if placed.x + width > image.width or placed.y + height > image.height or not np.array_equal(found > 0, wanted):
        raise LabelUnreadable(
            "The label's code was not drawn whole, so it is not printed. Tell whoever looks after this."
        )
    codes = zxingcpp.read_barcodes(
        found, formats=FORMATS[placed.symbology], try_rotate=False, try_downscale=False, try_invert=False
    )
    meant = [(placed.symbol.text.encode(), identifier_of(placed))]
    if [(bytes(code.bytes), code.symbology_identifier) for code in codes] != meant:
        raise LabelUnreadable("The label could not be read back, so it is not printed. Tell whoever looks after this.")


def prove_worn(image: Image.Image, placed: PlacedSymbol, dots_per_inch: int) -> None:
    """Raise LabelUnreadable unless the symbol can be read after its dots bled and the picture lost sharpness."""
    height, width = placed.bits().shape
    box = image.crop((placed.x, placed.y, placed.x + width, placed.y + height))
    codes = zxingcpp.read_barcodes(np.asarray(worn(box, dots_per_inch)), formats=FORMATS[placed.symbology])
    meant = [(placed.symbol.text.encode(), identifier_of(placed))]
    if [(bytes(code.bytes), code.symbology_identifier) for code in codes] != meant:
        raise LabelUnreadable(
            "Printed so, the code is too fine to be read. Choose larger paper, fewer words, or a larger code."
        )


def worn(image: Image.Image, dots_per_inch: int) -> Image.Image:
    """The picture with every edge of ink a quarter of a dot further out, blurred, and with less contrast."""
    fine = image.convert("L").resize((image.width * FINER, image.height * FINER), Image.Resampling.NEAREST)
    blur = max(BLUR_DOTS, BLUR_MM * dots_per_inch / 25.4) * FINER
    bled = fine.filter(ImageFilter.MinFilter(GAIN)).filter(ImageFilter.GaussianBlur(blur))
    dark, light = CONTRAST
    seen = bled.resize((image.width * 2, image.height * 2), Image.Resampling.BOX)
    return seen.point(lambda value: dark + value * (light - dark) // 255)


def identifier_of(placed: PlacedSymbol) -> str:
    """The AIM identifier that a reader of the symbol gives."""
    return (GS1_IDENTIFIERS if placed.symbol.is_gs1 else IDENTIFIERS)[placed.symbology]
