"""PURE: the letters that documents are set in, embedded in each file so that it looks the same everywhere.

Roboto has every Latin, Greek and Cyrillic letter; it is a package of its own, so none is kept in this repository.
"""

import unicodedata
from importlib import resources

from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont

REGULAR = "Roboto-Regular"
BOLD = "Roboto-Bold"

for _name in (REGULAR, BOLD):
    with resources.as_file(resources.files("font_roboto") / "files" / f"{_name}.ttf") as _file:
        pdfmetrics.registerFont(TTFont(_name, str(_file)))
pdfmetrics.registerFontFamily(REGULAR, normal=REGULAR, bold=BOLD, italic=REGULAR, boldItalic=BOLD)
_SHAPES = frozenset(pdfmetrics.getFont(REGULAR).face.charToGlyph)


def printable(text: str) -> str:
    """The text in letters that the font has: an accent it lacks is left off, any other letter it lacks becomes "?".

    >>> printable("Erd\\u0151s & Łuczak")
    'Erdos & Łuczak'
    """
    letters = unicodedata.normalize("NFC", text)
    return "".join(c if ord(c) in _SHAPES else _nearest(c) for c in letters if c.isprintable())


def _nearest(character: str) -> str:
    plain = unicodedata.normalize("NFKD", character)[0]
    return plain if ord(plain) in _SHAPES else "?"
