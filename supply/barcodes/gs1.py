"""What GS1 elements mean: dates, check digits, associations, lost separators, and whether a text is GS1 at all.

Must never correct a value, and never choose between two readings. Source: GS1 General Specifications, sections as
cited.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from typing import Any

from supply.barcodes.codes import Code
from supply.barcodes.dates import MINUTE, yymmdd, yymmddhhmm
from supply.barcodes.element_strings import Cut, Pair, cut
from supply.barcodes.gtin import gtin_facts, gtin_keys, has_right_check_digit, is_digits
from supply.barcodes.lost_separator import other_readings
from supply.barcodes.model import Barcode
from supply.barcodes.ndc import ndc_facts, ndc_keys

ITEM_KEYS = frozenset({"01", "02", "8006"})
_KEYS = frozenset({"00", "01", "02", "03", "8006"})
_DATES = {
    "11": "manufactured",
    "12": "due_date",
    "13": "packed",
    "15": "best_before",
    "16": "sell_by",
    "17": "expiry",
}
_NEED_ITEM = frozenset({"10", "11", "13", "15", "16", "17", "20", "21", "30", "7003"})
_OTHER_LENGTHS = frozenset({8, 10, 11, 12, 13, 14})  # GTINs and drug numbers: cut-off GS1 is not looked for there


@dataclass
class _Meaning:
    """What has been understood so far; becomes a Barcode at the end."""

    today: date
    values: dict[str, Any] = field(default_factory=dict)
    elements: dict[str, str] = field(default_factory=dict)
    errors: list[str] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)

    def fault(self, code: Code) -> None:
        if code not in self.errors:
            self.errors.append(code)


def interpret(raw: str, found: Cut, *, today: date, symbology: str | None, explicit: bool = False) -> Barcode:
    """The meaning of cut element strings; `explicit` says that the values were delimited, so no separator can be
    lost.
    """
    literal = _of_pairs(raw, found.pairs, found.errors, today=today, symbology=symbology)
    if explicit:
        return literal
    # an overlong value has its readings too, but stays an error: it is not a guess
    pairs = (*found.pairs, found.overlong) if found.overlong else found.pairs
    others = other_readings(tuple(dict.fromkeys(pairs)), today)
    if not others:
        return literal
    readings = (
        literal,
        *(_of_pairs(raw, each, (), today=today, symbology=symbology) for each in others),
    )
    return replace(literal, warnings=(*literal.warnings, Code.GS_POSSIBLY_LOST), readings=readings)


def _of_pairs(raw: str, pairs: Sequence[Pair], errors: Iterable[str], *, today: date, symbology: str | None) -> Barcode:
    meaning = _Meaning(today, errors=list(errors))
    values: dict[str, str] = {}
    for ai, value in pairs:
        if values.setdefault(ai, value) != value:
            meaning.fault(Code.DUPLICATE_AI)
    for ai, value in values.items():
        _read_element(meaning, ai, value)
    _read_expiry_time(meaning, values)
    meaning.warnings += _associations(set(values))
    return Barcode(
        raw=raw,
        scheme="gs1",
        symbology=symbology,
        elements=meaning.elements,
        gs1_elements=tuple(values.items()),
        errors=tuple(meaning.errors),
        warnings=tuple(meaning.warnings),
        lookup_keys=_lookup_keys(meaning.values),
        **meaning.values,
    )


def _lookup_keys(values: dict[str, Any]) -> tuple[tuple[str, str], ...]:
    """The GTIN, then the drug numbers, these only where no higher packaging level is named: a case is not its
    content.
    """
    keys = gtin_keys(values["gtin"]) if "gtin" in values else ()
    if "packaging_level" in values:
        return keys
    return (*keys, *(key for key in ndc_keys(values) if key not in keys))


def _read_element(meaning: _Meaning, ai: str, value: str) -> None:
    reader = _READERS.get(ai)
    if reader is not None:
        reader(meaning, value)
    elif ai in _DATES:
        _read_date(meaning, ai, value)
    elif ai.startswith("310"):
        meaning.values["net_weight_kg"] = Decimal(value).scaleb(-int(ai[3]))
    else:
        if ai.startswith("41") and not has_right_check_digit(value):
            meaning.fault(Code.GLN_CHECK_DIGIT)
        meaning.elements[f"ai_{ai}"] = value


def _read_date(meaning: _Meaning, ai: str, value: str) -> None:
    """YYMMDD; day 00 is the last day of the month (GS1 Gen. Spec. 3.4)."""
    try:
        day, precision = yymmdd(value, meaning.today, day_zero=True)
    except ValueError:
        meaning.fault(Code.INVALID_DATE)
        return
    name = _DATES[ai]
    if name in ("manufactured", "best_before", "expiry"):
        meaning.values[name] = day
    else:
        meaning.elements[name] = day.isoformat()
    if name == "expiry":
        meaning.values["expiry_precision"] = precision


def _read_expiry_time(meaning: _Meaning, values: dict[str, str]) -> None:
    """AI 7003, YYMMDDhhmm: more exact than AI 17, which it replaces; another day than AI 17's is doubtful."""
    if "7003" not in values:
        return
    try:
        moment = yymmddhhmm(values["7003"], meaning.today)
    except ValueError:
        meaning.fault(Code.INVALID_DATE)
        return
    if meaning.values.get("expiry", moment.date()) != moment.date():
        meaning.warnings.append(Code.EXPIRY_CONFLICT)
    meaning.values.update(expiry=moment, expiry_precision=MINUTE)


def _gtin_reader(name: str) -> Callable[[_Meaning, str], None]:
    def read(meaning: _Meaning, value: str) -> None:
        digits = value[:14]
        if not has_right_check_digit(digits):
            meaning.fault(Code.GTIN_CHECK_DIGIT)
        elif name == "gtin":
            meaning.values = {**gtin_facts(digits), **meaning.values, "gtin": digits}
        elif name == "content_gtin":
            meaning.values[name] = digits
        else:
            meaning.elements[name] = digits

    return read


def _read_piece(meaning: _Meaning, value: str) -> None:
    """AI 8006: piece and total of a trade item, which one piece is not (GS1 Gen. Spec. 3.9.6)."""
    _gtin_reader("gtin")(meaning, value)
    meaning.elements.update(piece=value[14:16], pieces=value[16:18])
    meaning.warnings.append(Code.ITIP_PIECE)


def _read_sscc(meaning: _Meaning, value: str) -> None:
    if has_right_check_digit(value):
        meaning.values["sscc"] = value
    else:
        meaning.fault(Code.SSCC_CHECK_DIGIT)


def _read_text(name: str) -> Callable[[_Meaning, str], None]:
    def read(meaning: _Meaning, value: str) -> None:
        meaning.values[name] = value

    return read


def _read_count(meaning: _Meaning, value: str) -> None:
    meaning.values["quantity"] = int(value)


def _read_ndc(meaning: _Meaning, value: str) -> None:
    """AI 715, the NDC in its own carrier (GS1 Gen. Spec. 3.8): as digits, or with the dashes of its layout."""
    meaning.elements["ai_715"] = value
    facts = ndc_facts(value)
    facts.pop("gtin", None)
    meaning.values.update({name: fact for name, fact in facts.items() if name != "ndc12"})


def _nothing_more(meaning: _Meaning, value: str) -> None:
    """AI 7003 is read after AI 17."""


_READERS: dict[str, Callable[[_Meaning, str], None]] = {
    "00": _read_sscc,
    "01": _gtin_reader("gtin"),
    "02": _gtin_reader("content_gtin"),
    "03": _gtin_reader("made_to_order_gtin"),
    "10": _read_text("lot"),
    "21": _read_text("serial"),
    "30": _read_count,
    "37": _read_count,
    "715": _read_ndc,
    "7003": _nothing_more,
    "8006": _read_piece,
}


def _associations(ais: set[str]) -> list[str]:
    """Doubts about elements that belong together (GS1 Gen. Spec. 4.13): warned of, never refused."""
    doubts = [
        (bool(ais & _NEED_ITEM) and not ais & ITEM_KEYS, Code.ITEM_KEY_MISSING),
        ("01" in ais and bool(ais & {"02", "37"}), Code.GTIN_WITH_CONTENT),
        ("02" in ais and "37" not in ais, Code.CONTENT_WITHOUT_COUNT),
        ("37" in ais and "02" not in ais, Code.COUNT_WITHOUT_CONTENT),
        ("02" in ais and "00" not in ais, Code.CONTENT_WITHOUT_SSCC),
    ]
    return [code for is_so, code in doubts if is_so]


def guess(raw: str, text: str, word: str, *, today: date, symbology: str | None, has_separator: bool) -> Barcode | None:
    """The meaning of a text that no AIM identifier marks as GS1, if anything else does; else None.

    It is GS1 when it holds a real separator (`has_separator`); or when it is whole (no fault of structure) and holds
    an item or shipping key (00, 01, 02, 03, 8006), or two elements or more one of which is a date, or one suspect of
    having swallowed a date. Broken text is GS1 only when it begins with AI 01 or 02 and a GTIN with a right check
    digit, or AI 00 and an SSCC with one; when it is digits alone, begins with AI 01 and ends before the GTIN does (7
    digits or more, of no other number's length); or when it is AI 10 or 21 alone, overlong. So the plain lot code
    10D9T stays plain. Without a real separator the `word` as scanned stays a lookup key, last, wherever the GS1
    reading names no item.
    """
    found = cut(text)
    if not (has_separator or _is_gs1(found, today) or _is_broken_gs1(text, found)):
        return None
    barcode = interpret(raw, found, today=today, symbology=symbology)
    if has_separator or (barcode.lookup_keys and not barcode.errors):
        return barcode
    return replace(barcode, lookup_keys=(*barcode.lookup_keys, ("plain", word)))


def looks_like_gs1(text: str) -> bool:
    """Whether a text taken as plain could also be a whole element string."""
    found = cut(text)
    return bool(found.pairs) and not found.errors


def _is_gs1(found: Cut, today: date) -> bool:
    if found.errors or not found.pairs:
        return False
    ais = {ai for ai, _ in found.pairs}
    if ais & _KEYS:
        return True
    return (len(ais) > 1 and bool(ais & _DATES.keys())) or bool(other_readings(found.pairs, today))


def _is_broken_gs1(text: str, found: Cut) -> bool:
    if not found.errors:
        return False
    if found.pairs and found.pairs[0][0] in ("00", "01", "02"):
        return has_right_check_digit(found.pairs[0][1])
    if text.startswith("01") and is_digits(text) and 7 <= len(text) < 16:
        return len(text) not in _OTHER_LENGTHS
    return not found.pairs and found.overlong is not None and found.overlong[0] in ("10", "21")
