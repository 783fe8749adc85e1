"""Two symbols of one label as one code: HIBC primary and secondary, or a GS1 item key and its lot and dates.

Must never join by nearness alone: HIBC needs the link character, GS1 one symbol with the key and one without.
"""

from __future__ import annotations

from dataclasses import fields, replace
from typing import Any

from supply.barcodes.codes import Code
from supply.barcodes.model import Barcode

# what a second symbol may add to the first
_ADDED = tuple(
    each.name
    for each in fields(Barcode)
    if each.name not in {"raw", "scheme", "symbology", "elements", "gs1_elements", "errors", "warnings", "readings"}
    and each.name not in {"lookup_keys", "expected_check", "check_char", "link_char"}
)


def join(first: Barcode, second: Barcode) -> Barcode:
    """The one meaning of two symbols of a label, in whichever order they were scanned.

    The error is HIBC_LINK when the link character of an HIBC secondary is not the check character of the primary
    (ANSI/HIBC 2.6), DUPLICATE_AI when both say the same thing differently, NOT_JOINABLE when they do not complete
    each other.
    """
    primary, secondary = (first, second) if _has_key(first) else (second, first)
    if primary.scheme != secondary.scheme or not _has_key(primary) or _has_key(secondary):
        return _refused(first, Code.NOT_JOINABLE)
    if primary.scheme == "hibc" and (primary.check_char is None or primary.check_char != secondary.link_char):
        return _refused(primary, Code.HIBC_LINK)
    if not _adds(secondary):
        return _refused(primary, Code.NOT_JOINABLE)
    return _merged(primary, secondary)


def completes(first: Barcode, second: Barcode) -> bool:
    """Whether two symbols, scanned one after the other, are the halves of one label and join without a fault."""
    return not join(first, second).errors


def _has_key(barcode: Barcode) -> bool:
    return bool(barcode.gtin or barcode.hibc_di)


def _adds(secondary: Barcode) -> bool:
    return any((secondary.lot, secondary.serial, secondary.expiry, secondary.quantity, secondary.manufactured))


def _refused(barcode: Barcode, code: Code) -> Barcode:
    return replace(barcode, errors=(*barcode.errors, code))


def _merged(primary: Barcode, secondary: Barcode) -> Barcode:
    added: dict[str, Any] = {}
    errors = [*primary.errors, *secondary.errors]
    for name in _ADDED:
        ours, theirs = getattr(primary, name), getattr(secondary, name)
        if ours is None and theirs is not None:
            added[name] = theirs
        elif theirs is not None and ours != theirs:
            errors.append(Code.DUPLICATE_AI)
    warnings = [code for code in (*primary.warnings, *secondary.warnings) if code != Code.ITEM_KEY_MISSING]
    return replace(
        primary,
        raw=f"{primary.raw}\n{secondary.raw}",
        elements={**secondary.elements, **primary.elements},
        gs1_elements=(*primary.gs1_elements, *secondary.gs1_elements),
        errors=tuple(dict.fromkeys(errors)),
        warnings=tuple(dict.fromkeys(warnings)),
        readings=tuple(_merged(primary, reading) for reading in secondary.readings),
        link_char=secondary.link_char,
        **added,
    )
