"""GS1 Digital Link: web addresses that carry an item's key, lot and dates. Must never open one.

Source: GS1 Digital Link standard, URI syntax; 13-digit GTINs and the old word keys (/gtin/) are refused, as by
default there.
"""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date
from urllib.parse import unquote

from supply.barcodes.bracketed import checked
from supply.barcodes.codes import Code
from supply.barcodes.element_strings import Cut, Pair, exact_identifier
from supply.barcodes.gs1 import interpret
from supply.barcodes.gtin import is_digits
from supply.barcodes.model import Barcode

# scheme all lower or all upper case, a host, a path; then a query and a fragment
_ADDRESS = re.compile(r"(?:https?|HTTPS?)://[^/?#\s]+(/[^?#\s]*)(?:\?([^#\s]*))?(?:#\S*)?")
_QUALIFIERS = {
    "00": (),
    "01": ("22", "10", "21", "235"),
    "253": (),
    "255": (),
    "401": (),
    "402": (),
    "414": ("254", "7040"),
    "417": ("7040",),
    "8003": (),
    "8004": ("7040",),
    "8006": ("22", "10", "21"),
    "8010": ("8011",),
    "8013": (),
    "8017": ("8019",),
    "8018": ("8019",),
}


def parse_digital_link(raw: str, text: str, *, today: date, symbology: str | None) -> Barcode | None:
    """The meaning of a web address whose path ends in a GS1 key and its qualifiers; None for any other text."""
    address = _ADDRESS.fullmatch(text)
    path = _key_path(address[1]) if address else None
    if address is None or path is None:
        return None
    found, warnings = _of_path(path)
    query = checked(_query_pairs(address[2] or ""))
    errors = dict.fromkeys((*found.errors, *query.errors))
    both = Cut((*found.pairs, *query.pairs), tuple(errors))
    barcode = interpret(raw, both, today=today, symbology=symbology, explicit=True)
    return replace(barcode, warnings=(*barcode.warnings, *warnings))


def _key_path(path: str) -> list[Pair] | None:
    """The pairs from the first key on after which the path is pairs of identifier and value to its end."""
    segments = path.strip("/").split("/")
    for at, segment in enumerate(segments):
        rest = segments[at:]
        if segment in _QUALIFIERS and len(rest) % 2 == 0 and all(is_digits(ai) for ai in rest[::2]):
            return list(zip(rest[::2], map(unquote, rest[1::2]), strict=True))
    return None


def _of_path(path: list[Pair]) -> tuple[Cut, tuple[Code, ...]]:
    (key, value), qualifiers = path[0], [ai for ai, _ in path[1:]]
    if key == "01" and (len(value) != 14 or not is_digits(value)):
        return Cut((), (Code.GTIN_LENGTH,)), ()
    allowed = _QUALIFIERS[key]
    if any(ai not in allowed for ai in qualifiers):
        return Cut((), (Code.DIGITAL_LINK_PATH,)), ()
    in_order = [ai for ai in allowed if ai in qualifiers] == qualifiers
    return checked(path), () if in_order else (Code.DIGITAL_LINK_ORDER,)


def _query_pairs(query: str) -> list[Pair]:
    """The parts of the query that are GS1 elements; a shop's own parameters are not ours to judge."""
    pairs = (part.partition("=") for part in re.split("[&;]", query))
    return [(ai, unquote(value)) for ai, _, value in pairs if exact_identifier(ai)]
