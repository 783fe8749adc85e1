"""GTINs: check digits, the four lengths, UPC-E, packaging levels and the drug numbers inside them.

Must never strip the indicator digit to find an item: every packaging level has its own GTIN.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from supply.barcodes.codes import Code
from supply.barcodes.model import Barcode

LENGTHS = (8, 12, 13, 14)


def check_digit(payload: str) -> str:
    """The GS1 mod 10 check digit of a payload of digits, weights 3,1,3… from the right (GS1 Gen. Spec. 7.9).

    >>> check_digit("9638507")
    '4'
    """
    total = sum(int(digit) * (1 if index % 2 else 3) for index, digit in enumerate(reversed(payload)))
    return str(-total % 10)


def has_right_check_digit(digits: str) -> bool:
    """Whether the last digit is the check digit of the others (GTIN, SSCC, GLN)."""
    return digits[-1:] == check_digit(digits[:-1])


def is_digits(text: str) -> bool:
    """Whether a text is ASCII digits and nothing else."""
    return text.isascii() and text.isdigit()


def expand_upce(eight: str) -> str | None:
    """The UPC-A of an 8-digit UPC-E with number system 0 or 1 and right check digit, else None (GS1 Gen. Spec.
    5.2.2.4).

    >>> expand_upce("01234565")
    '012345000065'
    """
    if len(eight) != 8 or not is_digits(eight) or eight[0] not in "01":
        return None
    system, body, check = eight[0], eight[1:7], eight[7]
    last = body[5]
    if last in "012":
        middle = body[:2] + last + "0000" + body[2:5]
    elif last == "3":
        middle = body[:3] + "00000" + body[3:5]
    elif last == "4":
        middle = body[:4] + "00000" + body[4]
    else:
        middle = body[:5] + "0000" + last
    expanded = system + middle + check
    return expanded if has_right_check_digit(expanded) else None


def gtin_facts(gtin14: str) -> dict[str, Any]:
    """What a GTIN of 14 digits says by itself: its packaging level, the base unit's GTIN, the NDC inside.

    The base GTIN and the NDC are told for people and never used to find a higher level's item. An NDC is in a GTIN only
    under the prefix 03, and then as its 10 digits without their layout (FDA guidance on NDC in GTIN).
    """
    facts: dict[str, Any] = {}
    level = int(gtin14[0])
    if level:
        facts["packaging_level"] = level
    if 1 <= level <= 8:
        payload = "0" + gtin14[1:13]
        facts["base_gtin14"] = payload + check_digit(payload)
    if gtin14[1:3] == "03":
        facts["ndc10"] = gtin14[3:13]
    return facts


def gtin_keys(gtin14: str) -> tuple[tuple[str, str], ...]:
    """The catalogue keys of a GTIN; its NDC counts only for the base level, since a case is not its content."""
    keys = [("gtin", gtin14)]
    if gtin14.startswith("003"):
        keys.append(("ndc10", gtin14[3:13]))
    return tuple(keys)


def of_gtin(raw: str, digits: str, *, symbology: str | None, name: str) -> Barcode:
    """The meaning of bare digits that are a GTIN of the format `name`; a wrong check digit is an error."""
    gtin14 = digits.zfill(14)
    if not has_right_check_digit(digits):
        return Barcode(raw=raw, scheme="gs1", symbology=symbology, format=name, errors=(Code.GTIN_CHECK_DIGIT,))
    keys = gtin_keys(gtin14)
    return Barcode(
        raw=raw, scheme="gs1", symbology=symbology, gtin=gtin14, format=name, lookup_keys=keys, **gtin_facts(gtin14)
    )


def of_bare_digits(raw: str, digits: str, *, symbology: str | None) -> Barcode | None:
    """The meaning of 8, 12, 13 or 14 bare digits with a right check digit, else None.

    Eight digits may be a GTIN-8 and a UPC-E at once; then neither is chosen and both are keys, for the
    catalogue to say which it knows. The text itself is the
    last key, because one private number in ten has a right check digit by chance.
    """
    if len(digits) not in LENGTHS or not is_digits(digits):
        return None
    upca = expand_upce(digits)
    if not has_right_check_digit(digits):
        if upca is None:
            return None
        found = of_gtin(raw, upca, symbology=symbology, name="UPC-E")
    elif upca is not None:
        return _ambiguous(raw, digits, upca, symbology)
    else:
        found = of_gtin(raw, digits, symbology=symbology, name=f"GTIN-{len(digits)}")
    return _also_plain(found, digits)


def _ambiguous(raw: str, digits: str, upca: str, symbology: str | None) -> Barcode:
    eight, upce = digits.zfill(14), upca.zfill(14)
    return Barcode(
        raw=raw,
        scheme="gs1",
        symbology=symbology,
        as_gtin8=eight,
        as_upce=upce,
        warnings=(Code.AMBIGUOUS_8_DIGITS,),
        lookup_keys=(("gtin", eight), ("gtin", upce), ("plain", digits)),
    )


def _also_plain(found: Barcode, digits: str) -> Barcode:
    return replace(found, lookup_keys=(*found.lookup_keys, ("plain", digits)))
