"""Finds the readings of a GS1 text whose separator the scanner may have dropped. Must never choose between them.

The rule: the value of AI 10, 21, 240, 30 or 37 is suspect when its tail is a date AI (11, 13, 15, 16, 17) with a
valid date that runs to the end of the value or is followed there by another whole element; never because of 21…
alone.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date

from supply.barcodes.dates import yymmdd
from supply.barcodes.element_strings import Pair, application_identifier, cut, value_fault

SUSPECT_AIS = frozenset({"10", "21", "240", "30", "37"})
_DATE_AIS = frozenset({"11", "13", "15", "16", "17"})
_DATE_ELEMENT = 8  # characters: the AI and YYMMDD
_MOST_READINGS = 4


def other_readings(pairs: Sequence[Pair], today: date) -> tuple[tuple[Pair, ...], ...]:
    """The same pairs with one suspect value split, once for each way to split it, at most four."""
    found = []
    for index, (ai, value) in enumerate(pairs):
        if ai in SUSPECT_AIS:
            found += [(*pairs[:index], *split, *pairs[index + 1 :]) for split in splits(ai, value, today)]
    return tuple(found[:_MOST_READINGS])


def splits(ai: str, value: str, today: date) -> Iterator[tuple[Pair, ...]]:
    """Every way in which a value is a shorter value, a date element and nothing or whole elements more."""
    known = application_identifier(ai)
    for at in range(1, len(value) - _DATE_ELEMENT + 1):
        head, tail = value[:at], value[at:]
        if known is None or value_fault(known, head) or not _begins_with_date(tail, today):
            continue
        after = cut(tail)
        if not after.errors:
            yield ((ai, head), *after.pairs)


def _begins_with_date(tail: str, today: date) -> bool:
    digits = tail[2:_DATE_ELEMENT]
    if tail[:2] not in _DATE_AIS or not (digits.isascii() and digits.isdigit()):
        return False
    try:
        yymmdd(digits, today, day_zero=True)
    except ValueError:
        return False
    return True
