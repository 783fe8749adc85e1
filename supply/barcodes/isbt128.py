"""ISBT 128 of blood and tissue devices, read only (ICCBBA; FDA UDI formats by issuing agency). Must never print one."""

from __future__ import annotations

import re
from datetime import date
from typing import Any

from supply.barcodes.codes import Code
from supply.barcodes.dates import DAY, day_of_year
from supply.barcodes.model import Barcode

# data identifier, then a value of fixed length; a donation number has no second character of its own
_STRUCTURES: tuple[tuple[str, str], ...] = (
    ("isbt128_di", r"=/([A-Z0-9]{16})"),
    ("serial", r"=,([A-Z0-9]{6})"),
    ("expiry", r"=>([0-9]{6})"),
    ("manufactured", r"=}([0-9]{6})"),
    ("lot", r"&,1([A-Z0-9]{18})"),
    ("product_code", r"=<([A-Z0-9]{8})"),
    ("blood_group", r"=%([A-Z0-9]{4})"),
    ("din", r"=([A-NP-Z1-9][A-Z0-9]{14})"),
)
_IN_ELEMENTS = frozenset({"product_code", "blood_group"})


def parse_isbt128(raw: str, text: str, *, symbology: str | None) -> Barcode | None:
    """The meaning of one or more ISBT 128 data structures; None when the text does not begin with one."""
    found, is_whole = _structures(text)
    if not found:
        return None
    errors = [] if is_whole else [Code.ISBT128_STRUCTURE]
    values: dict[str, Any] = {name: value for name, value in found.items() if name not in _IN_ELEMENTS}
    for name in ("expiry", "manufactured"):
        if name in values and not _read_date(values, name):
            errors.append(Code.INVALID_DATE)
    keys = (("isbt128", values["isbt128_di"]),) if "isbt128_di" in values else ()
    return Barcode(
        raw=raw,
        scheme="isbt128",
        symbology=symbology,
        agency="ICCBBA",
        elements={name: value for name, value in found.items() if name in _IN_ELEMENTS},
        errors=tuple(dict.fromkeys(errors)),
        lookup_keys=keys,
        **values,
    )


def _structures(text: str) -> tuple[dict[str, str], bool]:
    found: dict[str, str] = {}
    at = 0
    while at < len(text):
        matches = ((name, re.compile(pattern).match(text, at)) for name, pattern in _STRUCTURES)
        name, match = next(((name, match) for name, match in matches if match), ("", None))
        if match is None or found.setdefault(name, match[1]) != match[1]:
            return found, False
        at = match.end()
    return found, True


def _read_date(values: dict[str, Any], name: str) -> bool:
    """cYYJJJ: c is the century's digit (0 for 20xx, 9 for 19xx), JJJ the day of the year."""
    text = values.pop(name)
    century = 1000 if text[0] == "9" else 2000
    try:
        day: date = day_of_year(century + int(text[:3]), text[3:])
    except ValueError:
        return False
    values[name] = day
    if name == "expiry":
        values["expiry_precision"] = DAY
    return True
