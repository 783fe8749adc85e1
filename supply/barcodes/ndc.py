"""National Drug Codes: layouts of 10, 11 and 12 digits, and their GTIN. Must never become an integer: zeros count.

An NDC's 10 digits without dashes do not tell their layout, so 11 digits follow from a layout only (21 CFR 207.33;
uniform 6-4-2 from 2033 on: 91 FR 10749).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from supply.barcodes.gtin import check_digit
from supply.barcodes.model import Barcode

_LAYOUT = re.compile(r"(?:NDC[ :#]*)?([0-9]{4,6})-([0-9]{3,4})-([0-9]{1,2})")
_LAYOUTS_10 = frozenset({(4, 4, 2), (5, 3, 2), (5, 4, 1)})


def parse_ndc(raw: str, text: str, *, symbology: str | None) -> Barcode | None:
    """The meaning of an NDC written with its dashes, "NDC " in front or not; None for any other text."""
    facts = ndc_facts(text)
    if not facts or "-" not in text:
        return None
    elements = {"ndc12": facts.pop("ndc12")} if "ndc12" in facts else {}
    keys = ndc_keys(facts)
    return Barcode(raw=raw, scheme="ndc", symbology=symbology, elements=elements, lookup_keys=keys, **facts)


def ndc_facts(text: str) -> dict[str, Any]:
    """Every form of an NDC that follows for certain from a text of 10 or 11 digits or of a dashed layout; empty for
    other.

    >>> ndc_facts("0591-0369-01")["ndc11"]
    '00591036901'
    """
    if re.fullmatch("[0-9]{10,11}", text):
        return {f"ndc{len(text)}": text}
    layout = _LAYOUT.fullmatch(text)
    if layout is None:
        return {}
    labeler, product, package = layout.groups()
    lengths = (len(labeler), len(product), len(package))
    if lengths in _LAYOUTS_10:
        ndc11 = labeler.zfill(5) + product.zfill(4) + package.zfill(2)
        return {"ndc11": ndc11, **_from_ndc10(labeler + product + package)}
    if lengths == (5, 4, 2):
        return _from_ndc11(labeler, product, package)
    if lengths == (6, 4, 2):
        older = _from_ndc11(labeler[1:], product, package) if labeler.startswith("0") else {}
        return {**older, "ndc12": labeler + product + package}
    return {}


def _from_ndc11(labeler: str, product: str, package: str) -> dict[str, Any]:
    """5-4-2 goes back to 10 digits only when exactly one segment has a zero in front to take away."""
    segments = (labeler, product, package)
    padded = [index for index, segment in enumerate(segments) if segment.startswith("0")]
    facts: dict[str, Any] = {"ndc11": "".join(segments)}
    if len(padded) == 1:
        facts |= _from_ndc10("".join(part[1:] if index == padded[0] else part for index, part in enumerate(segments)))
    return facts


def _from_ndc10(ndc10: str) -> dict[str, Any]:
    """The GTIN-12 of an NDC is 3, its 10 digits and a check digit."""
    gtin12 = "3" + ndc10 + check_digit("3" + ndc10)
    return {"ndc10": ndc10, "gtin12": gtin12, "gtin": gtin12.zfill(14)}


def ndc_keys(facts: Mapping[str, Any]) -> tuple[tuple[str, str], ...]:
    """The catalogue keys of an NDC: 11 digits first, which alone are unique; then the GTIN; then 10 digits."""
    return tuple((name, facts[name]) for name in ("ndc11", "gtin", "ndc10") if name in facts)
