"""GS1 element strings: text to (application identifier, value) pairs, with every structural fault named.

biip owns the table of application identifiers; the cutting is ours, because biip reads the clock, gives no codes and
takes an overlong value apart by guessing. Must never look at what a value means.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import NamedTuple

from biip import ParseError
from biip.gs1_application_identifiers import GS1ApplicationIdentifier

from supply.barcodes.codes import Code

GS = "\x1d"
Pair = tuple[str, str]

_NOT_CSET82 = re.compile(r"[^!\"%-?A-Z_a-z]")
_DATE_AIS = frozenset({"11", "12", "13", "15", "16", "17"})


class Cut(NamedTuple):
    """The pairs of an element string and its structural faults; `overlong` is the pair a value of which ran on too
    long.
    """

    pairs: tuple[Pair, ...]
    errors: tuple[Code, ...]
    overlong: Pair | None = None


def application_identifier(text: str) -> GS1ApplicationIdentifier | None:
    """The application identifier that a text begins with (GS1 Gen. Spec. 3.2), or None."""
    return _by_prefix(text[:4])


def exact_identifier(ai: str) -> GS1ApplicationIdentifier | None:
    """The application identifier that a text is, no more and no less, or None."""
    known = application_identifier(ai)
    return known if known is not None and known.ai == ai else None


@lru_cache(maxsize=4096)
def _by_prefix(prefix: str) -> GS1ApplicationIdentifier | None:
    try:
        return GS1ApplicationIdentifier.extract(prefix)
    except ParseError:
        return None


@lru_cache(maxsize=1024)
def fixed_length(ai: GS1ApplicationIdentifier) -> int | None:
    """The number of characters of a value that needs no separator (GS1 Gen. Spec. 7.8.5), else None."""
    return None if ai.separator_required else int(ai.format.rpartition("N")[2])


@lru_cache(maxsize=1024)
def _shape(ai: GS1ApplicationIdentifier) -> tuple[re.Pattern[str], bool, int, int]:
    """A value's pattern, whether it is all digits, and its least and greatest length."""
    body = ai.format.partition("+")[2]
    least = greatest = 0
    for optional, variable, number in re.findall(r"(\[\+?)?[NXYZ](\.\.)?(\d+)", body):
        greatest += int(number)
        least += 0 if optional else 1 if variable else int(number)
    return re.compile(ai.pattern), not re.search("[XYZ-]", body), least, greatest


def value_fault(ai: GS1ApplicationIdentifier, value: str) -> Code | None:
    """What is wrong with a value's characters, length or form; None when it is as the standard says."""
    pattern, digits_only, least, greatest = _shape(ai)
    if _NOT_CSET82.search(value):
        return Code.INVALID_CHARACTER
    if value and pattern.fullmatch(ai.ai + value):
        return None
    if len(value) > greatest:
        return Code.TRAILING_DATA
    if digits_only and value.strip("0123456789"):
        return Code.INVALID_CHARACTER
    if len(value) < least:
        return Code.AI_LENGTH
    return Code.INVALID_DATE if ai.ai in _DATE_AIS else Code.INVALID_VALUE


def cut(text: str) -> Cut:
    """Cut an element string (FNC1 as GS; leading, double and trailing GS are tolerated, GS1 Gen. Spec. 7.8.6).

    >>> cut("17271231" + "10ABC").pairs
    (('17', '271231'), ('10', 'ABC'))
    """
    pairs: list[Pair] = []
    errors: list[Code] = []
    overlong: Pair | None = None
    for segment in text.split(GS):
        found = _cut_segment(segment)
        pairs.extend(found.pairs)
        errors.extend(code for code in found.errors if code not in errors)
        overlong = overlong or found.overlong
    return Cut(tuple(pairs), tuple(errors), overlong)


def _cut_segment(segment: str) -> Cut:
    """Cut what stands between two separators: fixed elements one after another, then at most one of another kind."""
    pairs: list[Pair] = []
    errors: tuple[Code, ...] = ()
    rest = segment
    while rest:
        ai = application_identifier(rest)
        if ai is None:
            return Cut(tuple(pairs), (*errors, Code.TRAILING_DATA if pairs or errors else Code.UNKNOWN_AI))
        value = rest[len(ai.ai) :][: fixed_length(ai)]
        fault = value_fault(ai, value)
        rest = rest[len(ai.ai) + len(value) :]
        if fault is None:
            pairs.append((ai.ai, value))
        elif fault is Code.INVALID_DATE:
            errors = (fault,)  # of the right length: what follows can still be read
        else:
            return Cut(tuple(pairs), (*errors, fault), (ai.ai, value) if fault is Code.TRAILING_DATA else None)
    return Cut(tuple(pairs), errors)
