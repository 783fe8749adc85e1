"""GS1 elements to text: the element string for a symbol, and the bracketed text that people read.

Must never write what parse would not read back the same.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from supply.barcodes.bracketed import checked
from supply.barcodes.codes import meaning
from supply.barcodes.element_strings import GS, Pair, exact_identifier
from supply.barcodes.gs1 import interpret
from supply.errors import Invalid


def encode_gs1(elements: Sequence[Pair]) -> str:
    """The element string of (AI, value) pairs, GS only where the standard needs one (GS1 Gen. Spec. 7.8.5).

    Raises Invalid for an unknown AI, a value that does not fit it, a wrong check digit, a date that does not exist or
    an AI given twice.

    >>> encode_gs1([("10", "A1"), ("17", "271231")])
    '10A1\\x1d17271231'
    """
    _check(elements)
    parts = []
    for ai, value in elements:
        known = exact_identifier(ai)
        parts.append(ai + value + (GS if known and known.separator_required else ""))
    return "".join(parts).removesuffix(GS)


def bracketed_gs1(elements: Sequence[Pair]) -> str:
    """The text to print below a symbol, (01)…(10)…, with "(" in a value escaped. Raises as encode_gs1 does."""
    _check(elements)
    return "".join(f"({ai})" + value.replace("(", "\\(") for ai, value in elements)


def _check(elements: Sequence[Pair]) -> None:
    if len({ai for ai, _ in elements}) < len(elements) or not elements:
        raise Invalid("A GS1 code needs elements, and each of them once.")
    barcode = interpret("", checked(elements), today=date(2000, 1, 1), symbology=None, explicit=True)
    if barcode.errors:
        raise Invalid(f"These elements cannot be a GS1 code. {meaning(barcode.errors[0])}", code=barcode.errors[0])
