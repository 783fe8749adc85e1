"""PURE: the text of one cell in, its value out. Must never guess: what has two meanings is refused with the reason.

>>> money("12.5")
125000
>>> expiry("2027-02")
Expiry(on=datetime.date(2027, 2, 28), precision='month', time=None)
"""

import calendar
import re
from collections.abc import Callable, Mapping
from datetime import date
from decimal import Decimal
from typing import TypeVar

from supply.stock.lots import LOT_NUMBER_LENGTH, Expiry

Choice = TypeVar("Choice")

_WHOLE = re.compile(r"-?[0-9]{1,18}")
_MONEY = re.compile(r"[0-9]{1,12}(\.[0-9]{1,4})?")
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_MONTH = re.compile(r"[0-9]{4}-[0-9]{2}")
_ROUNDED = re.compile(r"[0-9][.,]?[0-9]*E\+?[0-9]+", re.IGNORECASE)
_YES_NO = {"yes": True, "y": True, "true": True, "1": True, "no": False, "n": False, "false": False, "0": False}
UNITS_PER_MONEY = 10_000
EARLIEST_YEAR, LATEST_YEAR = 1970, 2199


class BadCell(ValueError):
    """The cell cannot be right; the message is a clause that says why and what to write."""


def text(longest: int) -> Callable[[str], str]:
    """A reader of text of at most so many printable characters."""

    def read(cell: str) -> str:
        if len(cell) > longest:
            raise BadCell(f"{len(cell)} characters are too many; write at most {longest}.")
        if not cell.isprintable():
            raise BadCell("it has characters that cannot be printed; type it again.")
        return cell

    return read


def lot_number(cell: str) -> str:
    """A lot number as it stands on the box."""
    _refuse_rounded(cell)
    return text(LOT_NUMBER_LENGTH)(cell)


def code_text(cell: str) -> str:
    """The text of a barcode, which spreadsheets like to spoil."""
    _refuse_rounded(cell)
    return text(120)(cell)


def _refuse_rounded(cell: str) -> None:
    if _ROUNDED.fullmatch(cell):
        raise BadCell(f"{cell} was rounded by a spreadsheet; format the column as text and fill it in again.")


def whole(least: int, most: int) -> Callable[[str], int]:
    """A reader of whole numbers from `least` to `most`."""

    def read(cell: str) -> int:
        if not _WHOLE.fullmatch(cell) or not least <= int(cell) <= most:
            raise BadCell(f"{_shown(cell)} is no whole number from {least} to {most:,}.")
        return int(cell)

    return read


def choice(choices: Mapping[str, Choice]) -> Callable[[str], Choice]:
    """A reader of one of a few words, whatever their capitals."""

    def read(cell: str) -> Choice:
        if cell.lower() not in choices:
            raise BadCell(f"{_shown(cell)} is none of {', '.join(choices)}.")
        return choices[cell.lower()]

    return read


def yes_no(cell: str) -> bool:
    """Yes or no."""
    if cell.lower() not in _YES_NO:
        raise BadCell(f"{_shown(cell)} is neither yes nor no.")
    return _YES_NO[cell.lower()]


def day(cell: str) -> date:
    """A day, written 2027-03-14."""
    if _DAY.fullmatch(cell):
        try:
            return _in_range(date.fromisoformat(cell))
        except ValueError as error:
            raise BadCell(f"there is no day {cell}.") from error
    raise BadCell(f"{_shown(cell)} is no day; write it as 2027-03-14.")


def expiry(cell: str) -> Expiry:
    """A last day of use: 2027-03-14, or 2027-03 where the label gives month and year, which means its last day."""
    if _MONTH.fullmatch(cell):
        year, month = int(cell[:4]), int(cell[5:])
        if 1 <= month <= 12 and EARLIEST_YEAR <= year <= LATEST_YEAR:
            return Expiry(date(year, month, calendar.monthrange(year, month)[1]), "month")
        raise BadCell(f"there is no month {cell}.")
    try:
        return Expiry(day(cell))
    except BadCell as error:
        if _DAY.fullmatch(cell):
            raise
        raise BadCell(f"{_shown(cell)} is no date; write 2027-03-14, or 2027-03 for a month.") from error


def _in_range(found: date) -> date:
    if not EARLIEST_YEAR <= found.year <= LATEST_YEAR:
        raise ValueError
    return found


def money(cell: str) -> int:
    """An amount of the office's currency in 1/10,000 of its unit, exactly."""
    if not _MONEY.fullmatch(cell):
        raise BadCell(f"{_shown(cell)} is no amount; write it as 1234.56, with at most 4 decimals and no sign.")
    return int(Decimal(cell) * UNITS_PER_MONEY)


def _shown(cell: str) -> str:
    return repr(cell if len(cell) <= 40 else cell[:39] + "…")
