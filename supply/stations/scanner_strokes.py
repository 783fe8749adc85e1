"""PURE: what arrived from a scanner, key by key or character by character, and where a known text stands in it.

Must never repair anything: what is missing stays missing, and what was added is shown.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from supply.stations.keyboard_layouts import character_at

GS: Final = "\x1d"
MOST_KEYS: Final = 2_000
_NAMES: Final = {"\r": "CR", "\n": "LF", "\t": "TAB", GS: "0x1D", "\x02": "STX", "\x03": "ETX", "\x04": "EOT"}
_ENDS: Final = {"CR": "\r", "LF": "\n", "TAB": "\t", "ETX": "\x03", "STX": "\x02", "Ctrl+J": "\n", "Ctrl+M": "\r"}
_CONTROL: Final = {"KeyJ": "Ctrl+J", "KeyM": "Ctrl+M", "KeyI": "TAB", "BracketRight": "Ctrl+]"}
_IGNORED: Final = frozenset({"Shift", "Control", "Alt", "AltGraph", "CapsLock", "Meta", "NumLock"})
_FUNCTION: Final = re.compile(r"F\d{1,2}")
TYPED: Final = "typed"  # in place of a layout: what the computer made of each key


@dataclass(frozen=True)
class Key:
    """One key as a browser reports it: its position, what came of it, what was held, and when, in milliseconds."""

    position: str
    came: str
    shift: bool = False
    control: bool = False
    alt: bool = False
    caps: bool = False
    at_ms: float = 0.0
    is_up: bool = False


@dataclass(frozen=True)
class Stroke:
    """One character or control that arrived. `name` is set for what is no plain character: CR, Ctrl+], F8, Alt+029."""

    came: str
    position: str = ""
    shift: bool = False
    name: str = ""
    at_ms: float | None = None

    def by(self, layout: str) -> str:
        """The character under this layout, or its name in full."""
        if self.name:
            return self.name
        if layout == TYPED or not self.position:
            return self.came
        return character_at(layout, self.position, is_shifted=self.shift) or self.came


def strokes_of_text(text: str) -> list[Stroke]:
    """What a serial or HID scanner sent.

    >>> [each.by("us") for each in strokes_of_text("A" + chr(29))]
    ['A', '0x1D']
    """
    return [Stroke(came=each, name="" if each.isprintable() else _name_of(each)) for each in text[:MOST_KEYS]]


def strokes_of_keys(keys: Sequence[Key]) -> list[Stroke]:
    """What a keyboard wedge typed; digits of the numeric pad under Alt are one character, as the scanner meant them."""
    made: list[Stroke] = []
    digits: str | None = None
    for key in keys[:MOST_KEYS]:
        if key.came == "Alt":
            if key.is_up and digits:
                made.append(_alt_character(digits, key))
            digits = None if key.is_up else ""
        elif key.is_up or key.came in _IGNORED:
            continue
        elif digits is not None and key.position.startswith("Numpad") and key.position[-1].isdigit():
            digits += key.position[-1]
        else:
            made.append(_stroke(key))
    return made


def _stroke(key: Key) -> Stroke:
    # AltGr arrives as Ctrl and Alt on Windows: what it gave is a character, not a control.
    if key.control and not key.alt:
        name = _CONTROL.get(key.position) or f"Ctrl+{key.position.removeprefix('Key')}"
        return Stroke(key.came, name=name, at_ms=key.at_ms)
    if key.came in ("Enter", "Tab"):
        return Stroke(key.came, name="CR" if key.came == "Enter" else "TAB", at_ms=key.at_ms)
    if _FUNCTION.fullmatch(key.came):
        return Stroke(key.came, name=key.came, at_ms=key.at_ms)
    if len(key.came) == 1 and not key.came.isprintable():
        return Stroke(key.came, name=_name_of(key.came), at_ms=key.at_ms)
    if key.alt:
        return Stroke(key.came, at_ms=key.at_ms)
    return Stroke("" if len(key.came) > 1 else key.came, key.position, key.shift, at_ms=key.at_ms)


def _alt_character(digits: str, key: Key) -> Stroke:
    number = int(digits[-4:])
    if 32 <= number <= 126:
        return Stroke(chr(number), at_ms=key.at_ms)
    ends = {13: "CR", 10: "LF", 9: "TAB"}
    return Stroke("", name=ends.get(number) or f"Alt+{digits}", at_ms=key.at_ms)


def _name_of(character: str) -> str:
    return _NAMES.get(character) or f"0x{ord(character):02X}"


def is_separator(name: str) -> bool:
    """Whether this stands for GS by its very nature: the control itself, Ctrl+], or Alt with its number."""
    return name in ("0x1D", "Ctrl+]") or (name.startswith("Alt+") and int(name[4:]) in (29, 232))


def text_of(units: Sequence[str]) -> str:
    """Units as the text they mean; a control without a character of its own keeps its name.

    >>> text_of(["#", "CR", "LF"])
    '#\\r\\n'
    """
    return "".join(unit if len(unit) == 1 else _ENDS.get(unit, GS if is_separator(unit) else unit) for unit in units)


@dataclass(frozen=True)
class Found:
    """Where an expected text stood: what came before it, in place of each GS, and after it."""

    before: tuple[str, ...]
    separators: tuple[tuple[str, ...], ...]
    after: tuple[str, ...]


_MOST_BETWEEN: Final = 6


def find(expected: str, units: Sequence[str]) -> Found | None:
    """The first place where `expected` stands among the units, with anything or nothing in place of each GS in it.

    >>> find("AB\\x1dC", ["A", "B", "F8", "C", "CR"])
    Found(before=(), separators=(('F8',),), after=('CR',))
    """
    parts = [list(part) for part in expected.split(GS)]
    for start in range(len(units) - len(parts[0]) + 1):
        if list(units[start : start + len(parts[0])]) == parts[0]:
            rest = _follow(parts[1:], units, start + len(parts[0]))
            if rest is not None:
                separators, end = rest
                return Found(tuple(units[:start]), tuple(separators), tuple(units[end:]))
    return None


def _follow(parts: list[list[str]], units: Sequence[str], at: int) -> tuple[list[tuple[str, ...]], int] | None:
    separators = []
    for part in parts:
        for skipped in range(_MOST_BETWEEN + 1):
            if list(units[at + skipped : at + skipped + len(part)]) == part:
                separators.append(tuple(units[at : at + skipped]))
                at += skipped + len(part)
                break
        else:
            return None
    return separators, at
