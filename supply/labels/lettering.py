"""PURE: words in printer dots: which characters reach the paper, the fonts, and where lines break.

Must never cut off a word, print a control character, nor an empty box for a letter that the font lacks.
"""

import io
import unicodedata
from dataclasses import dataclass
from functools import lru_cache
from importlib import resources
from typing import Final

from PIL import ImageFont

NOT_PRINTED: Final = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})
PICTURES: Final = frozenset({"So", "Sk"})  # emoji, dingbats: what they say is not in words
NO_CHARACTER: Final = "\U0010ffff"  # no font has it: what is drawn for it is drawn for all that a font lacks
LOOKED_UP_SIZE: Final = 24
LINE: Final = 1.2  # line height, in heights of the type
GAP: Final = 1.2  # between two short facts on one line, in heights of the type


@dataclass(frozen=True)
class Words:
    """A text, the height of its type in mm where there is room, and the least it may shrink to.

    One that is `wide_as_fits` shrinks by itself until its longest word fits the line, before all else has to.
    """

    text: str
    mm: float = 2.6
    floor_mm: float = 1.75
    is_bold: bool = False
    wide_as_fits: bool = False

    def dots(self, scale: float, dots_per_inch: int) -> int:
        """The height of the type at that scale, in dots."""
        return max(round(max(self.mm * scale, self.floor_mm) * dots_per_inch / 25.4), 8)


@dataclass(frozen=True)
class Run:
    """One line of text at a place, in dots from the upper left corner of its block."""

    text: str
    x: int
    y: int
    size: int
    is_bold: bool


@dataclass(frozen=True)
class Block:
    """Lines that were set under each other."""

    runs: tuple[Run, ...]
    width: int
    height: int


EMPTY: Final = Block((), 0, 0)


def clean(text: str) -> str:
    """The text as it is printed: composed, one space between words, without what has no shape.

    An accent that the font lacks is left off, and so is a picture (an emoji, say); letters never are.

    >>> clean("Pads\\x1d\\u200b 4 ×\\t4")
    'Pads 4 × 4'
    """
    if text.isascii() and text.isprintable():
        return " ".join(text.split())
    composed = unicodedata.normalize("NFC", text)
    return " ".join("".join(map(_shape, composed)).split())


def has_every_letter(text: str) -> bool:
    """Whether the fonts have a shape for all that `clean` leaves of the text, and it leaves something of it.

    >>> has_every_letter("Łuczak µg ≥ 5"), has_every_letter("手套")
    (True, False)
    """
    if text.isascii():
        return True
    shown = clean(text)
    return all(_has_shape(character) for character in shown) and (bool(shown) or not text.strip())


@lru_cache(maxsize=4096)
def _shape(character: str) -> str:
    if character.isspace():
        return " "
    category = unicodedata.category(character)
    if category == "Cc":
        return " "
    if category in NOT_PRINTED:
        return ""
    if _has_shape(character):
        return character
    nearest = "".join(one for one in unicodedata.normalize("NFKD", character) if not unicodedata.combining(one))
    if nearest and all(_has_shape(one) for one in nearest):
        return nearest
    return "" if category in PICTURES or unicodedata.combining(character) else character


@lru_cache(maxsize=4096)
def _has_shape(character: str) -> bool:
    """Whether the font draws the character as anything but the box for what it lacks."""
    return character == " " or _drawn(character) != _drawn(NO_CHARACTER)


@lru_cache(maxsize=4096)
def _drawn(character: str) -> tuple[bytes, tuple[int, int]]:
    mask = font(LOOKED_UP_SIZE, False).getmask(character, mode="1")
    return bytes(mask), mask.size


@lru_cache(maxsize=64)
def font(size: int, is_bold: bool) -> ImageFont.FreeTypeFont:
    """Roboto: every Latin, Greek and Cyrillic letter; a package of its own, so none is kept in this repository.

    Always laid out by Pillow itself: what else a machine has must not change where a line breaks.
    """
    found = resources.files("font_roboto").joinpath("files", "Roboto-Bold.ttf" if is_bold else "Roboto-Regular.ttf")
    return ImageFont.truetype(io.BytesIO(found.read_bytes()), size, layout_engine=ImageFont.Layout.BASIC)


@lru_cache(maxsize=8192)
def width_of(text: str, size: int, is_bold: bool) -> int:
    """How wide a text is, in whole dots."""
    return int(font(size, is_bold).getlength(text) + 0.999)


def set_words(
    words: tuple[Words, ...],
    width: int,
    *,
    scale: float,
    dots_per_inch: int,
    may_break: bool,
    side_by_side: bool = False,
) -> Block | None:
    """The texts under each other in that width, short ones on one line where asked; None where a word is too wide.

    With `may_break`, a word that is wider than a whole line is broken within.
    """
    runs: list[Run] = []
    y = end = widest = height = 0
    was_short = False  # whether another short text may follow on the line
    for part in words:
        text = clean(part.text)
        size = part.dots(scale, dots_per_inch)
        if not text:
            continue
        if part.wide_as_fits:
            size = max(_that_fits(text, width, size, part.is_bold), part.dots(0, dots_per_inch))
        lines = wrapped(text, width, size, part.is_bold, may_break=may_break)
        if lines is None:
            return None
        beside = end + round(GAP * size)
        first = width_of(lines[0], size, part.is_bold)
        if side_by_side and was_short and len(lines) == 1 and runs[-1].size == size and beside + first <= width:
            runs.append(Run(lines[0], beside, runs[-1].y, size, part.is_bold))
            end = beside + first
        else:
            for line in lines:
                runs.append(Run(line, 0, y, size, part.is_bold))
                y += round(size * LINE)
            end = width_of(lines[-1], size, part.is_bold)
            height = y
        widest = max(widest, end, first)
        was_short = len(lines) == 1
    return Block(tuple(runs), widest, height)


def _that_fits(text: str, width: int, size: int, is_bold: bool) -> int:
    """The largest type up to `size` in which the longest word fits."""
    longest = max(width_of(word, size, is_bold) for word in text.split(" "))
    return size if longest <= width else size * width // longest


def wrapped(text: str, width: int, size: int, is_bold: bool, *, may_break: bool) -> list[str] | None:
    """Lines no wider than `width`, broken at spaces; None where a word is too wide and may not be broken."""
    if width_of(text, size, is_bold) <= width:
        return [text]
    lines = [""]
    for word in text.split(" "):
        tried = f"{lines[-1]} {word}" if lines[-1] else word
        if width_of(tried, size, is_bold) <= width:
            lines[-1] = tried
        elif width_of(word, size, is_bold) <= width:
            lines.append(word)
        elif may_break:
            _break(lines, word, width, size, is_bold)
        else:
            return None
    return lines


def _break(lines: list[str], word: str, width: int, size: int, is_bold: bool) -> None:
    """Add a word that is wider than a line, letter by letter."""
    if lines[-1]:
        lines.append("")
    for character in word:
        if lines[-1] and width_of(lines[-1] + character, size, is_bold) > width:
            lines.append("")
        lines[-1] += character
