"""What a scanned or typed text means: refuses unfit text, reads the AIM identifier, chooses the scheme.

Must never raise, whatever the text, and never change it: `raw` is kept as it came.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime

from supply.barcodes.bracketed import parse_bracketed
from supply.barcodes.codes import Code
from supply.barcodes.dates import is_plausible_expiry
from supply.barcodes.digital_link import parse_digital_link
from supply.barcodes.element_strings import GS, cut
from supply.barcodes.gs1 import guess, interpret, looks_like_gs1
from supply.barcodes.gtin import LENGTHS, expand_upce, is_digits, of_bare_digits, of_gtin
from supply.barcodes.hibc import parse_hibc
from supply.barcodes.house_code import parse_house_code
from supply.barcodes.isbt128 import parse_isbt128
from supply.barcodes.model import MAX_LENGTH, Barcode
from supply.barcodes.ndc import parse_ndc

_AIM = re.compile(r"\][A-Za-z][0-9A-Za-z]")  # ISO/IEC 15424
_GS1_SYMBOLOGIES = frozenset({"]C1", "]d2", "]Q3", "]J1", "]e0", "]e1", "]e2"})
_TERMINATORS = "\r\n\t"
_INVISIBLE = frozenset({"Cf", "Cs", "Co", "Cn", "Zl", "Zp"})  # direction marks, zero width, halves of characters


def parse(text: str, *, today: date, separators: Sequence[str] = ()) -> Barcode:
    """The meaning of any text; raises nothing, faults are in `errors`. `today` settles centuries and far-off expiries.

    `separators` are texts that a scanner is known to send in place of GS. An AIM identifier of a GS1, EAN or ITF-14
    symbol settles the scheme. Else, in this order: 8, 12, 13 or 14 digits alone with a right check digit are a GTIN;
    a web address with a GS1 path; bracketed GS1; GS1 by its own evidence (see `gs1.guess`); a house code; HIBC; NDC
    with dashes; ISBT 128; and any other text is plain, which is no fault.
    """
    body = text.strip(_TERMINATORS)
    aim = _AIM.match(body)
    symbology = aim[0] if aim else None
    payload = _with_gs(body[3:] if aim else body, [each for each in separators if not each.isprintable()])
    fault = _unfit(body, payload)
    if fault is not None:
        return Barcode(raw=text, scheme="plain", symbology=symbology, errors=(fault,))
    barcode = _by_symbology(text, payload, symbology, today, separators)
    return _with_doubt_about_expiry(barcode, today)


def _unfit(body: str, payload: str) -> Code | None:
    if len(body) > MAX_LENGTH:
        return Code.TOO_LONG
    if not payload.strip(" " + GS):
        return Code.EMPTY_DATA
    categories = {unicodedata.category(character) for character in payload if character != GS}
    if "Cc" in categories:
        return Code.CONTROL_CHARACTER
    return Code.INVISIBLE_CHARACTER if categories & _INVISIBLE else None


def _by_symbology(raw: str, payload: str, symbology: str | None, today: date, separators: Sequence[str]) -> Barcode:
    if symbology in _GS1_SYMBOLOGIES:
        return parse_bracketed(raw, payload, today=today, symbology=symbology) or interpret(
            raw, cut(_with_gs(payload, separators)), today=today, symbology=symbology
        )
    if symbology in ("]E0", "]E3", "]E4"):
        return _of_ean(raw, payload, symbology)
    if symbology == "]I1" and len(payload) == 14 and is_digits(payload):
        return of_gtin(raw, payload, symbology=symbology, name="ITF-14")
    barcode = _by_precedence(raw, payload, symbology, today, separators)
    if symbology is not None and barcode.gs1_elements and not payload.upper().startswith("HTTP"):
        return _warned(barcode, Code.NOT_GS1_SYMBOLOGY)
    return barcode


def _of_ean(raw: str, payload: str, symbology: str) -> Barcode:
    """EAN and UPC: 13 digits, or the 12 of UPC-A and the 8 of UPC-E where a scanner sends those; 8 after ]E4; ]E3 has
    an add-on.
    """
    digits = payload[:13] if symbology == "]E3" else payload
    names = {8: "EAN-8"} if symbology == "]E4" else {13: "EAN-13", 12: "UPC-A", 8: "UPC-E"}
    name = names.get(len(digits))
    if name is None or not is_digits(digits):
        return Barcode(raw=raw, scheme="gs1", symbology=symbology, errors=(Code.GTIN_LENGTH,))
    if name == "UPC-E":
        upca = expand_upce(digits)
        return of_gtin(raw, upca or digits, symbology=symbology, name="UPC-E" if upca else "EAN-8")
    return of_gtin(raw, digits, symbology=symbology, name=name)


def _by_precedence(raw: str, payload: str, symbology: str | None, today: date, separators: Sequence[str]) -> Barcode:
    bare = payload.strip(GS)
    word = bare.strip(" ")
    # GS1 begins with a digit, house codes, HIBC and ISBT 128 never: their order among each other changes nothing
    return (
        of_bare_digits(raw, word, symbology=symbology)
        or parse_digital_link(raw, word, today=today, symbology=symbology)
        or parse_bracketed(raw, word, today=today, symbology=symbology)
        or parse_house_code(raw, word, symbology=symbology)
        or parse_hibc(raw, bare, today=today, symbology=symbology)
        or parse_isbt128(raw, word, symbology=symbology)
        or guess(
            raw, _with_gs(payload, separators), word, today=today, symbology=symbology, has_separator=GS in payload
        )
        or parse_ndc(raw, word, symbology=symbology)
        or _plain(raw, word, symbology)
    )


def _plain(raw: str, word: str, symbology: str | None) -> Barcode:
    """Any other text: a typed SKU, a private number. Ten or eleven digits alone may also be a drug's number."""
    warnings = []
    if len(word) in LENGTHS and is_digits(word):
        warnings.append(Code.GTIN_CHECK_DIGIT)
    elif looks_like_gs1(word):
        warnings.append(Code.GS1_LOOKALIKE)
    keys = [("plain", word)]
    if len(word) in (10, 11) and is_digits(word):
        keys.append((f"ndc{len(word)}", word))
    return Barcode(raw=raw, scheme="plain", symbology=symbology, warnings=tuple(warnings), lookup_keys=tuple(keys))


def _with_gs(payload: str, separators: Sequence[str]) -> str:
    for separator in filter(None, separators):
        payload = payload.replace(separator, GS)
    return payload


def _warned(barcode: Barcode, code: Code) -> Barcode:
    readings = tuple(_warned(reading, code) for reading in barcode.readings)
    return replace(barcode, warnings=(*barcode.warnings, code), readings=readings)


def _with_doubt_about_expiry(barcode: Barcode, today: date) -> Barcode:
    """Warn of an expiry more than 5 years past or 15 years ahead, in each reading by itself."""
    readings = tuple(_with_doubt_about_expiry(reading, today) for reading in barcode.readings)
    barcode = replace(barcode, readings=readings) if readings else barcode
    expiry = barcode.expiry.date() if isinstance(barcode.expiry, datetime) else barcode.expiry
    if expiry is None or is_plausible_expiry(expiry, today):
        return barcode
    return replace(barcode, warnings=(*barcode.warnings, Code.EXPIRY_IMPLAUSIBLE))
