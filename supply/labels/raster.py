"""PURE: a label's content and a paper to the picture in the printer's own dots, read back before it is given.

Must never scale a symbol by less than whole dots, cut off a word, or give a picture that does not decode to its text.
"""

import io
from dataclasses import dataclass, replace

import numpy as np
from PIL import Image, ImageDraw

from supply.labels.biohazard import trefoil
from supply.labels.content import Content
from supply.labels.faces import face_of
from supply.labels.layouts import LabelTooSmall, Plan, plan
from supply.labels.lettering import font
from supply.labels.paper import Paper
from supply.labels.proving import LabelUnreadable, prove, prove_worn

INK, PAPER = 0, 1


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

    One whose design does not fit this paper, or could not be read from it, is set as its kind is usually. Raises
    LabelTooSmall, with a size that would do, where it does not fit, and LabelUnreadable when what was drawn does not
    decode to its own code.
    """
    if content.design is None:
        return render_as_designed(content, paper)
    try:
        return render_as_designed(content, paper)
    except (LabelTooSmall, LabelUnreadable):
        return render_as_designed(replace(content, design=None), paper)


def render_as_designed(content: Content, paper: Paper) -> Rendered:
    """The label for that paper, only ever as its design says. Raises LabelTooSmall, LabelUnreadable."""
    face = face_of(content)
    places = plan(face, paper)
    image = draw(places)
    prove(image, places.symbol)
    if face.may_be_fine:
        prove_worn(image, places.symbol, paper.dots_per_inch)
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


def png(rendered: Rendered) -> bytes:
    """The picture as PNG with its resolution, so that it prints at its true size."""
    out = io.BytesIO()
    dots = rendered.paper.dots_per_inch
    rendered.image.save(out, "PNG", dpi=(dots, dots))
    return out.getvalue()
