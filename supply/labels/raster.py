"""PURE: a label's content and a paper to the picture in the printer's own dots, read back before it is given.

Must never scale a symbol by less than whole dots, cut off a word, or give a picture that does not decode to its text.
"""

from dataclasses import dataclass

from PIL import Image

from supply.errors import SupplyError
from supply.labels.content import Content
from supply.labels.paper import Paper


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
    """The label for that paper. Raises Invalid, with a size that would do, where it does not fit; LabelUnreadable."""
    raise NotImplementedError


def png(rendered: Rendered) -> bytes:
    """The picture as PNG with its resolution, so that it prints at its true size."""
    raise NotImplementedError
