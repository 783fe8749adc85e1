"""PURE: the barcode of a label: its text, how it is drawn, and what people read under it.

Must never give a text that our own parser would read back as something else.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from supply.barcodes import house_code
from supply.barcodes.element_strings import Pair
from supply.barcodes.encode import bracketed_gs1, encode_gs1


class Symbology(StrEnum):
    """Lines for every scanner, or a square for cameras and small labels; a QR code for phones that know no other."""

    code128 = "code128"
    datamatrix = "datamatrix"
    qr = "qr"


@dataclass(frozen=True)
class Symbol:
    """What a label's barcode says. `text` is without FNC1 at its head; GS separates inside. `human` stands under it.

    Without a `symbology` the paper decides: lines where they fit, else a square. GS1 texts are always squares.
    """

    text: str
    human: str
    is_gs1: bool = False
    symbology: Symbology | None = None


def house_symbol(kind: str, number: int | str, symbology: Symbology | None = None) -> Symbol:
    """The office's own code of a thing (`house_code.ITEM`, …). Raises Invalid for a number or word that fits none."""
    text = house_code.encode(kind, number)
    return Symbol(text=text, human=text, symbology=symbology)


def gs1_symbol(elements: Sequence[Pair]) -> Symbol:
    """A GS1 DataMatrix of (AI, value) pairs with the identifiers in brackets under it (GS1 Gen. Spec. 4.14, HRI).

    Raises Invalid for what GS1 does not allow: a wrong check digit, a character or a length.
    """
    human = bracketed_gs1(elements)
    return Symbol(text=encode_gs1(elements), human=human, is_gs1=True, symbology=Symbology.datamatrix)
