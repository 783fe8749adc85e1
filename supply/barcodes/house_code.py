"""The office's own codes for shelf labels, lots, containers, stations, departments, badges and commands.

Capital letters and digits only, so that no keyboard layout's punctuation can corrupt one. Must never look like a GTIN
or HIBC.
"""

from __future__ import annotations

import re

from supply.barcodes.codes import Code
from supply.barcodes.model import Barcode
from supply.errors import Invalid

PREFIX = "SUP"
ITEM, LOT, LOCATION, CONTAINER = "item", "lot", "location", "container"
STATION, DEPARTMENT, BADGE, COMMAND = "station", "department", "badge", "command"
TAKE_LINE = "take line"  # one item at one place on a printed take-sheet
_LETTERS = {ITEM: "I", LOT: "L", LOCATION: "P", CONTAINER: "C", STATION: "S", DEPARTMENT: "D", TAKE_LINE: "T"}
_LETTERS |= {BADGE: "B", COMMAND: "X"}
_KINDS = {letter: kind for kind, letter in _LETTERS.items()}
_ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
_NUMBER, _BASE32, _WORD = "[0-9]{6,12}", "[A-Z2-7]{26}", "[A-Z]{2,20}"
_PAYLOADS = dict.fromkeys("ILPCSDT", _NUMBER) | {"B": _BASE32, "X": _WORD}
_SHAPE = re.compile(f"{PREFIX}(?:([ILPCSDT])({_NUMBER})|(B)({_BASE32})|(X)({_WORD}))([0-9A-Z])")


def check_character(text: str) -> str:
    """The check character of capital letters and digits, ISO 7064 MOD 37,36: finds every single wrong character.

    >>> check_character("SUPI000042")
    'X'
    """
    product = 36
    for character in text:
        product = (product + _ALPHABET.index(character)) % 36 or 36
        product = product * 2 % 37
    return _ALPHABET[(37 - product) % 36]


def encode(kind: str, value: str | int) -> str:
    """The house code of a kind (its word or its letter) and value; numbers are padded to six digits.

    Raises Invalid for what does not fit the kind.
    """
    letter = _LETTERS.get(kind, kind)
    if letter not in _KINDS:
        raise Invalid(f"There is no kind of house code called {kind}; choose one of {', '.join(_LETTERS)}.")
    payload = str(value).zfill(6) if letter in "ILPCSDT" else str(value)
    if not re.fullmatch(_PAYLOADS[letter], payload):
        raise Invalid(f"{value} cannot be the value of a house code of a {_KINDS[letter]}.")
    body = PREFIX + letter + payload
    return body + check_character(body)


def parse_house_code(raw: str, text: str, *, symbology: str | None) -> Barcode | None:
    """The meaning of a text of exactly the shape of a house code, small letters allowed; None for any other text."""
    upper = text.upper() if text.isascii() else text
    match = _SHAPE.fullmatch(upper)
    if match is None:
        return None
    letter, value = [group for group in match.groups()[:6] if group is not None]
    if check_character(upper[:-1]) != upper[-1]:
        return Barcode(
            raw=raw,
            scheme="house",
            symbology=symbology,
            expected_check=check_character(upper[:-1]),
            errors=(Code.HOUSE_CHECK_CHARACTER,),
            lookup_keys=(("plain", text),),
        )
    return Barcode(
        raw=raw,
        scheme="house",
        symbology=symbology,
        house_kind=_KINDS[letter],
        house_value=value,
        lookup_keys=(("house", letter + value),),
    )
