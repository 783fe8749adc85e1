"""GS1 text as people print and type it: (01)05412345000013(10)ABC. Must never be used for what a scanner sent raw.

A bracket inside a value is written with a backslash in front (GS1 syntax: HRI with escapes).
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date

from supply.barcodes.codes import Code
from supply.barcodes.element_strings import Cut, Pair, exact_identifier, value_fault
from supply.barcodes.gs1 import interpret
from supply.barcodes.model import Barcode

_AI = re.compile(r"(?<!\\)\(([0-9]{2,4})\)")
_ESCAPED = re.compile(r"\\([()\\])")


def parse_bracketed(raw: str, text: str, *, today: date, symbology: str | None) -> Barcode | None:
    """The meaning of text that begins with a known application identifier in brackets; None for any other text."""
    begin = _AI.match(text.lstrip())
    if begin is None or exact_identifier(begin[1]) is None:
        return None
    parts = _AI.split(text)[1:]
    pairs = zip(parts[::2], (_ESCAPED.sub(r"\1", value.strip()) for value in parts[1::2]), strict=True)
    return interpret(raw, checked(pairs), today=today, symbology=symbology, explicit=True)


def checked(pairs: Iterable[Pair]) -> Cut:
    """Pairs that came already cut, with the faults of their identifiers and values."""
    sound: list[Pair] = []
    errors: list[Code] = []
    for ai, value in pairs:
        known = exact_identifier(ai)
        fault = value_fault(known, value) if known else Code.UNKNOWN_AI
        if fault is None:
            sound.append((ai, value))
        elif fault not in errors:
            errors.append(fault)
    return Cut(tuple(sound), tuple(errors))
