"""PURE: the letters that documents are set in, embedded in each file so that it looks the same everywhere."""

import io
from importlib import resources

from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont

REGULAR = "DejaVuSansCondensed"
BOLD = "DejaVuSansCondensed-Bold"


def _register(name: str) -> None:
    found = resources.files("supply.documents").joinpath("fonts", f"{name}.ttf")
    pdfmetrics.registerFont(TTFont(name, io.BytesIO(found.read_bytes())))


for _name in (REGULAR, BOLD):
    _register(_name)
pdfmetrics.registerFontFamily(REGULAR, normal=REGULAR, bold=BOLD, italic=REGULAR, boldItalic=BOLD)
