"""HIBC supplier labels (ANSI/HIBC 2.6): primary, secondary, concatenated. Must never trim a space, a legal check.

An expiry given as month and year means the last day of that month here, with precision "month".
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from supply.barcodes.codes import Code
from supply.barcodes.dates import DAY, HOUR, MONTH, at_hour, day_of_year, full_year, iso_basic, last_day, yymmdd
from supply.barcodes.model import Barcode

_TABLE = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ-. $/+%"  # values 0 to 42
_PRIMARY = re.compile(r"([A-Z][A-Z0-9]{3})([A-Z0-9]{1,18})([0-9])")
_SUPPLEMENT = re.compile(r"(14D|16D)([0-9]{8})|(S)(.*)|(Q)([0-9]{1,5})")
_DAY_LOT = re.compile(r"([0-9]{5})(.*)")
_QUANTITY = re.compile(r"8([0-9]{2})|9([0-9]{5})")
_DATE_DIGITS = {"0": 4, "1": 4, "2": 6, "3": 6, "4": 8, "5": 5, "6": 7, "7": 0}  # format digit to digits of the date
_MOST = 18  # characters of a lot or serial


def check_character(text: str) -> str:
    """The HIBC check character: the sum of all characters' values, the plus sign included, modulo 43.

    >>> check_character("+A123BJC5D6E71")
    'G'
    """
    return _TABLE[sum(_TABLE.index(character) for character in text) % 43]


@dataclass
class _Reading:
    """What has been understood of one symbol so far."""

    today: date
    values: dict[str, Any] = field(default_factory=dict)
    elements: dict[str, str] = field(default_factory=dict)
    errors: list[Code] = field(default_factory=list)
    warnings: list[Code] = field(default_factory=list)

    def keep(self, name: str, value: Any) -> None:
        """The first value of a name stays; a second, different one is a fault, or a doubt about the expiry."""
        if self.values.setdefault(name, value) != value:
            if name == "expiry":
                self.doubt(Code.EXPIRY_CONFLICT)
            else:
                self.fault(Code.HIBC_FORMAT)

    def fault(self, code: Code) -> None:
        if code not in self.errors:
            self.errors.append(code)

    def doubt(self, code: Code) -> None:
        if code not in self.warnings:
            self.warnings.append(code)


def parse_hibc(raw: str, text: str, *, today: date, symbology: str | None) -> Barcode | None:
    """The meaning of a text that begins as an HIBC symbol does (asterisks of Code 39 are taken off); None for any
    other.
    """
    if len(text) > 2 and text.startswith("*+") and text.endswith("*"):
        text = text[1:-1]
    if not _begins_as_hibc(text):
        return None
    reading = _Reading(today)
    if text.startswith("+/"):
        reading.fault(Code.HIBC_NOT_SUPPLY)
    elif any(character not in _TABLE for character in text):
        reading.fault(Code.HIBC_CHARACTER)
    else:
        _read_symbol(reading, text)
    values = reading.values
    return Barcode(
        raw=raw,
        scheme="hibc",
        symbology=symbology,
        elements=reading.elements,
        errors=tuple(reading.errors),
        warnings=tuple(reading.warnings),
        lookup_keys=(("hibc", values["hibc_di"]),) if "hibc_di" in values else (),
        **values,
    )


def _begins_as_hibc(text: str) -> bool:
    """A plus and a letter (primary), a dollar (secondary) or a slash (patient and asset labels).

    A plus and digits is the old secondary symbol only if its check character is right or its day of the year exists:
    a telephone number is none.
    """
    if re.match(r"\+[A-Za-z$/]", text):
        return True
    old = re.fullmatch(r"\+([0-9]{2})([0-9]{3})(.{2,})", text)
    if old is None or any(character not in _TABLE for character in text):
        return False
    return 1 <= int(old[2]) <= 366 or check_character(text[:-1]) == text[-1]


def _read_symbol(reading: _Reading, text: str) -> None:
    # the last character is the check, even where it is a slash
    body, check = text[1:-1], text[-1]
    expected = check_character(text[:-1])
    if check != expected:
        reading.fault(Code.HIBC_CHECK_CHARACTER)
        reading.values["expected_check"] = expected
    if text[1].isalpha():
        primary, *segments = body.split("/")
        _read_primary(reading, primary)
        if not segments:
            reading.values["check_char"] = expected
    else:
        reading.values["link_char"] = body[-1:]
        segments = body[:-1].split("/")
    for segment in segments:
        _read_segment(reading, segment)


def _read_primary(reading: _Reading, text: str) -> None:
    match = _PRIMARY.fullmatch(text)
    if match is None:
        reading.fault(Code.HIBC_FORMAT)
        return
    reading.values.update(lic=match[1], pcn=match[2], uom=int(match[3]), hibc_di=text)


def _read_segment(reading: _Reading, segment: str) -> None:
    supplement = _SUPPLEMENT.fullmatch(segment)
    day_lot = _DAY_LOT.fullmatch(segment)
    if supplement is not None:
        name, value = [group for group in supplement.groups() if group is not None]
        _read_supplement(reading, name, value)
    elif segment.startswith("$$"):
        _read_dated(reading, segment[2:])
    elif segment.startswith("$"):
        name, value = ("serial", segment[2:]) if segment.startswith("$+") else ("lot", segment[1:])
        _keep_text(reading, name, value)
    elif day_lot is not None:
        _read_date(reading, "5", day_lot[1])
        if day_lot[2]:
            _keep_text(reading, "lot", day_lot[2])
    else:
        reading.elements["hibc_segment"] = segment
        reading.doubt(Code.UNKNOWN_SEGMENT)


def _read_supplement(reading: _Reading, name: str, value: str) -> None:
    if name == "Q":
        reading.keep("quantity", int(value))
        return
    if name == "S":
        _keep_text(reading, "serial", value)
        return
    try:
        day = iso_basic(value)
    except ValueError:
        reading.fault(Code.INVALID_DATE)
        return
    if name == "14D":
        reading.values.setdefault("expiry_precision", DAY)
        reading.keep("expiry", day)
    else:
        reading.keep("manufactured", day)


def _read_dated(reading: _Reading, text: str) -> None:
    """After $$: a plus for a serial; 8 or 9 and a quantity; a format digit and a date (of 0 and 1, the month's own);
    the rest.
    """
    name = "serial" if text.startswith("+") else "lot"
    rest = text.removeprefix("+")
    quantity = _QUANTITY.match(rest)
    if quantity:
        reading.keep("quantity", int(quantity[1] or quantity[2]))
        rest = rest[quantity.end() :]
    length = _DATE_DIGITS.get(rest[:1])
    if length is None and not quantity:
        reading.fault(Code.HIBC_FORMAT)
        return
    if length is not None:
        begin = 0 if rest[0] in "01" else 1
        _read_date(reading, rest[0], rest[begin : begin + length])
        rest = rest[begin + length :]
    if rest:
        _keep_text(reading, name, rest)


def _read_date(reading: _Reading, form: str, digits: str) -> None:
    if form == "7":
        return
    if len(digits) != _DATE_DIGITS[form] or not digits.isdigit():
        reading.fault(Code.HIBC_FORMAT)
        return
    try:
        expiry, precision = _expiry(form, digits, reading.today)
    except ValueError:
        reading.fault(Code.INVALID_DATE)
        return
    reading.values.setdefault("expiry_precision", precision)
    reading.keep("expiry", expiry)


def _expiry(form: str, digits: str, today: date) -> tuple[date, str]:
    """The expiry of a format digit: 0/1 MMYY, 2 MMDDYY, 3 YYMMDD, 4 YYMMDDHH, 5 YYJJJ, 6 YYJJJHH."""
    if form in "01":
        return last_day(full_year(digits[2:], today), int(digits[:2])), MONTH
    if form == "2":
        return yymmdd(digits[4:] + digits[:4], today)
    if form == "3":
        return yymmdd(digits, today)
    if form == "4":
        return at_hour(yymmdd(digits[:6], today)[0], digits[6:]), HOUR
    day = day_of_year(full_year(digits[:2], today), digits[2:5])
    return (day, DAY) if form == "5" else (at_hour(day, digits[5:]), HOUR)


def _keep_text(reading: _Reading, name: str, value: str) -> None:
    if 1 <= len(value) <= _MOST:
        reading.keep(name, value)
    else:
        reading.fault(Code.HIBC_LENGTH)
