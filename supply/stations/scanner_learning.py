"""PURE: from the symbols of the set-up sheet and what arrived of them to a scanner's profile, and what to change on it.

Must never guess what did not arrive: a lost separator is said to be lost.
"""

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from statistics import mean
from typing import Final

from supply.stations import scanner_words as words
from supply.stations.keyboard_layouts import LAYOUTS, layout_of
from supply.stations.scanner_sheet import BY_NAME, SheetSymbol
from supply.stations.scanner_strokes import TYPED, Found, Key, Stroke, find, is_separator, strokes_of_keys, text_of
from supply.stations.scanner_words import Advice

AIM: Final = re.compile(r"\][A-Za-z][0-9A-Za-z]")
SLOW_MS: Final = 35.0  # above that a scanner cannot be told from a person by its speed alone


@dataclass(frozen=True)
class Arrived:
    """What arrived while one symbol was asked for; `is_typed` when a keyboard wedge typed it into a page."""

    symbol: str
    strokes: tuple[Stroke, ...]
    is_typed: bool = False
    is_caps: bool = False


def typed(symbol: str, keys: Sequence[Key]) -> Arrived:
    """What a keyboard wedge sent for a symbol."""
    return Arrived(symbol, tuple(strokes_of_keys(keys)), is_typed=True, is_caps=any(key.caps for key in keys))


@dataclass(frozen=True)
class Step:
    """What one symbol came to: whether it is as it must be, and in words what was seen."""

    symbol: str
    is_passed: bool
    words: str
    found: Found | None = None
    layout: str = "us"
    reads: int = 0


@dataclass(frozen=True)
class Learned:
    """The profile of a scanner, what to change on it (gravest first), and whether it may be relied on as it is."""

    profile: Mapping[str, str | bool | int]
    advice: tuple[Advice, ...]
    steps: tuple[Step, ...]
    is_passed: bool


def judge(arrived: Arrived) -> Step:
    """What one symbol came to."""
    symbol = BY_NAME[arrived.symbol]
    if not symbol.times:
        came = bool(arrived.strokes)
        return Step(symbol.name, not came, words.BAD_WAS_READ if came else words.BAD_WAS_REFUSED)
    if not arrived.strokes:
        return Step(symbol.name, False, words.NOTHING_CAME)
    for layout in _readings(arrived):
        found = find(symbol.text, _units(arrived, layout))
        if found is not None:
            return _judged(symbol, arrived, layout, found)
    return Step(symbol.name, False, _why_not(symbol, arrived))


def _judged(symbol: SheetSymbol, arrived: Arrived, layout: str, found: Found) -> Step:
    reads, rest = 1, found.after
    while (again := find(symbol.text, rest)) is not None:
        reads, rest = reads + 1, again.after
    if reads < symbol.times:
        return Step(symbol.name, False, words.SECOND_READ_LOST, found, layout, reads)
    if any(not gap for gap in found.separators):
        return Step(symbol.name, False, words.SEPARATOR_LOST, found, layout, reads)
    return Step(symbol.name, layout in ("us", TYPED), words.AS_IT_MUST_BE, found, layout, reads)


def _readings(arrived: Arrived) -> tuple[str, ...]:
    """Which layouts to read it by: positions of a US keyboard first, then what the computer made of it."""
    return ("us", TYPED, *(name for name in LAYOUTS if name != "us")) if arrived.is_typed else (TYPED,)


def _units(arrived: Arrived, layout: str) -> list[str]:
    return [unit for unit in (stroke.by(layout) for stroke in arrived.strokes) if unit]


def _why_not(symbol: SheetSymbol, arrived: Arrived) -> str:
    """Why a symbol was not recognised in what came."""
    units = _units(arrived, _readings(arrived)[0])
    if find(symbol.text.swapcase(), units):
        return words.CASE_SWAPPED
    if symbol.name == "ean13" and find(symbol.text[:-1], units):
        return words.CHECK_DIGIT_CUT
    wanted = symbol.text.replace("\x1d", "")
    came = [unit for unit in units if len(unit) == 1]
    if len(wanted) / 2 <= len(came) < len(wanted) and _is_within(came, wanted):
        return words.CHARACTERS_LOST
    return words.ANOTHER_SYMBOL


def _is_within(came: Sequence[str], wanted: str) -> bool:
    rest = iter(wanted)
    return all(each in rest for each in came)


def learn(arrivals: Sequence[Arrived]) -> Learned:
    """The profile that these reads show, and what to change; a symbol read again counts as it came last."""
    latest = {each.symbol: each for each in arrivals}
    steps = {name: judge(each) for name, each in latest.items()}
    seen = {name: step for name, step in steps.items() if step.found is not None}
    gs, gs_as = _separator(seen)
    prefixes, has_aim = _prefixes(seen)
    pace = _average_ms(latest.values())
    profile: dict[str, str | bool | int] = {
        "prefix": _usual(prefixes) if len(set(prefixes)) == 1 else "",
        "suffix": _usual([_suffix(step) for step in seen.values()]),
        "aim": has_aim,
        "gs": gs,
        "gs_as": gs_as,
        "layout": _scanner_layout(seen, latest),
        "average_key_ms": pace,
    }
    advice = words.sorted_advice(
        [
            *(_of_steps(steps)),
            *words.of_separator(gs, gs_as),
            *words.of_prefixes(prefixes, has_aim),
            *(_of_keys(profile, latest, seen) if any(each.is_typed for each in latest.values()) else []),
        ]
    )
    done = all(steps[name].is_passed for name, symbol in BY_NAME.items() if symbol.is_needed and name in steps)
    complete = all(name in steps for name, symbol in BY_NAME.items() if symbol.is_needed)
    passed = done and complete and not any(one.weight == "must" for one in advice)
    return Learned(profile, tuple(advice), tuple(steps.values()), passed)


def _of_steps(steps: Mapping[str, Step]) -> list[Advice]:
    return [words.OF_FAULTS[step.words] for step in steps.values() if step.words in words.OF_FAULTS]


def _of_keys(
    profile: Mapping[str, str | bool | int], latest: Mapping[str, Arrived], seen: Mapping[str, Step]
) -> list[Advice]:
    """What only a scanner that types can have wrong."""
    found = list(words.of_suffix(str(profile["suffix"]))) if seen else []
    layouts = {step.layout for step in seen.values()}
    computer = _computer_layout(latest)
    found += words.of_layouts(str(profile["layout"]), computer, is_readable=layouts <= {"us", TYPED})
    if any(each.is_caps for each in latest.values()):
        found.append(words.CAPS_LOCK)
    pace = profile["average_key_ms"]
    if isinstance(pace, int) and pace > SLOW_MS:
        found.append(words.too_slow(pace, has_mark=bool(profile["aim"] or profile["prefix"])))
    return [*found, words.BETTER_THAN_TYPING]


def _separator(seen: Mapping[str, Step]) -> tuple[str, str]:
    """How GS arrives: kept, mapped or lost, and as what; empty where no symbol showed it."""
    gaps = [gap for step in seen.values() if step.found for gap in step.found.separators]
    if not gaps:
        return "", ""
    if any(not gap for gap in gaps):
        return "lost", ""
    first = gaps[0]
    name = "".join(first)
    if len(first) == 1 and is_separator(first[0]):
        return "kept", name
    return "mapped", name


def _prefixes(seen: Mapping[str, Step]) -> tuple[list[str], bool]:
    """What stood before each code, without AIM identifier and leading FNC1; and whether identifiers are sent."""
    found, aims = [], []
    for step in seen.values():
        if step.found is None:
            continue
        before = [unit for unit in step.found.before if not is_separator(unit)]
        text = text_of(before)
        aims.append(AIM.search(text) is not None)
        found.append(AIM.sub("", text, count=1))
    return found, bool(aims) and all(aims)


def _suffix(step: Step) -> str:
    """What ends each code; of a code read twice, what stands after the last."""
    if step.found is None:
        return ""
    rest = step.found.after
    while (again := find(BY_NAME[step.symbol].text, rest)) is not None:
        rest = again.after
    ended = text_of(rest)
    return "\r\n" if ended == "\r\r" else ended[:20]


def _usual(found: Sequence[str]) -> str:
    return Counter(found).most_common(1)[0][0] if found else ""


def _average_ms(arrivals: Iterable[Arrived]) -> int:
    """Milliseconds between two keys, on average; 0 where nothing was typed."""
    gaps: list[float] = []
    for each in arrivals:
        times = [stroke.at_ms for stroke in each.strokes if stroke.at_ms is not None]
        gaps += [later - earlier for earlier, later in pairwise(times) if later - earlier < 500]
    return round(mean(gaps)) if gaps else 0


def _scanner_layout(seen: Mapping[str, Step], latest: Mapping[str, Arrived]) -> str:
    """The keyboard that the scanner believes in; it types the positions of that one."""
    named = [step.layout for step in seen.values() if step.layout not in ("us", TYPED)]
    if named:
        return named[0]
    if any(step.layout == TYPED and latest[name].is_typed for name, step in seen.items()):
        return _computer_layout(latest) or "us"
    return "us"


def _computer_layout(latest: Mapping[str, Arrived]) -> str | None:
    """The keyboard that the computer is set to, by what it made of each position."""
    keys = [
        (stroke.position, stroke.shift, stroke.came)
        for each in latest.values()
        if each.is_typed
        for stroke in each.strokes
        if stroke.position
    ]
    return layout_of(keys)
