"""PURE: a label's content and a paper to the picture in the printer's own dots, read back before it is given.

Must never scale a symbol by less than whole dots, cut off a word, or give a picture that does not decode to its text.
"""

import io
from dataclasses import dataclass

import numpy as np
import zxingcpp
from PIL import Image, ImageDraw

from supply.errors import SupplyError
from supply.labels.biohazard import trefoil
from supply.labels.content import Content
from supply.labels.faces import face_of
from supply.labels.layouts import Plan, plan
from supply.labels.lettering import font
from supply.labels.modules import FORMATS, PlacedSymbol
from supply.labels.paper import Paper
from supply.labels.symbols import Symbology

INK, PAPER = 0, 1
IDENTIFIERS = {Symbology.code128: "]C0", Symbology.datamatrix: "]d1", Symbology.qr: "]Q1"}
GS1_IDENTIFIERS = {Symbology.code128: "]C1", Symbology.datamatrix: "]d2", Symbology.qr: "]Q3"}


class LabelUnreadable(SupplyError):
    """The drawn label did not decode to its own code."""

    code = "label_unreadable"


@dataclass(frozen=True)
class Rendered:
    """A label as the printer gets it: a black and white picture (mode "1"), one pixel a dot, and the words on it."""

    image: Image.Image
    texts: tuple[str, ...]
    paper: Paper

    @property
    def width_dots(self) -> int:
        """How wide it is."""
        return self.image.width

    @property
    def height_dots(self) -> int:
        """How high it is."""
        return self.image.height


def render(content: Content, paper: Paper) -> Rendered:
    """The label for that paper.

    Raises LabelTooSmall, with a size that would do, where it does not fit, and LabelUnreadable when what was drawn
    does not decode to its own code.
    """
    places = plan(face_of(content), paper)
    image = draw(places)
    prove(image, places.symbol)
    return Rendered(image, tuple(run.text for run in places.runs), paper)


def draw(places: Plan) -> Image.Image:
    """The picture of a plan: words first, then the symbols over a clean ground."""
    image = Image.new("1", (places.width, places.height), PAPER)
    pen = ImageDraw.Draw(image)
    pen.fontmode = "1"
    if places.stripes:
        image.paste(Image.fromarray(_striped(places.width, places.height, places.stripes)))
    for run in places.runs:
        pen.text((run.x, run.y), run.text, INK, font=font(run.size, run.is_bold))
    if places.trefoil:
        x, y, size = places.trefoil
        image.paste(Image.fromarray(trefoil(size)), (x, y))
    image.paste(Image.fromarray(places.symbol.bits()), (places.symbol.x, places.symbol.y))
    return image


def _striped(width: int, height: int, band: int) -> np.ndarray:
    """Paper with slanting black stripes across its head and its foot, as broad as the bands are high."""
    y, x = np.ogrid[:height, :width]
    found: np.ndarray = ((x + y) // band % 2 == 1) | ((y >= band) & (y < height - band))
    return found


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
    identifier = (GS1_IDENTIFIERS if placed.symbol.is_gs1 else IDENTIFIERS)[placed.symbology]
    meant = [(placed.symbol.text.encode(), identifier)]
    if [(bytes(code.bytes), code.symbology_identifier) for code in codes] != meant:
        raise LabelUnreadable("The label could not be read back, so it is not printed. Tell whoever looks after this.")


def png(rendered: Rendered) -> bytes:
    """The picture as PNG with its resolution, so that it prints at its true size."""
    out = io.BytesIO()
    dots = rendered.paper.dots_per_inch
    rendered.image.save(out, "PNG", dpi=(dots, dots))
    return out.getvalue()
