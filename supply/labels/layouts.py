"""PURE: where everything stands on a paper: the largest words and modules with which all of it fits.

Must never let two parts overlap, nor leave anything out: what does not fit is refused, with a size that would do.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import product
from typing import Final

from supply.errors import Invalid
from supply.labels.faces import Face
from supply.labels.lettering import EMPTY, Block, Run, set_words
from supply.labels.modules import (
    LEAST_BARS_MM,
    MOST_BARS_MM,
    QUIET,
    PlacedSymbol,
    dots_to_try,
    width_in_modules,
)
from supply.labels.paper import LABELS, NAMES, Paper, named
from supply.labels.symbols import Symbology

MARGIN_MM: Final = 1.5
ROLL_MARGIN_MM: Final = 1.0
GAP_MM: Final = 1.0
TREFOIL_MM: Final = (14.0, 9.0)  # the largest and the least
STRIPES_SHARE: Final = 0.07  # of the height of a small label
STRIPES_MM: Final = 3.0  # black ones at both ends of a label that stops whoever sees it
LENGTHS_MM: Final = (80, 200)  # of a label on a roll: the usual most, and the most
SCALES: Final = (1.0, 0.93, 0.87, 0.81, 0.75, 0.69, 0.63, 0.57, 0.51, 0.45, 0.4)


Banner = tuple[Block, tuple[int, int, int] | None]


class LabelTooSmall(Invalid):
    """The words and the code of this label do not fit on that paper."""

    code = "label_too_small"


@dataclass(frozen=True)
class Plan:
    """A label in dots: its size, every line of text, the symbol, and the biohazard symbol as (x, y, size).

    `stripes` are how high the bands of black stripes at both ends are, without the gap to what follows.
    """

    width: int
    height: int
    runs: tuple[Run, ...]
    symbol: PlacedSymbol
    trefoil: tuple[int, int, int] | None = None
    stripes: int = 0


@dataclass(frozen=True)
class _Try:
    """One way to set a label: how large words and modules are, and whether words may be broken."""

    face: Face
    paper: Paper
    scale: float
    dots: int
    may_break: bool
    symbology: Symbology
    most_mm: int

    @property
    def margin(self) -> int:
        """Left free at every edge, in dots; a roll's head leaves its own."""
        return self.paper.dots(ROLL_MARGIN_MM if self.paper.height_mm is None else MARGIN_MM)

    @property
    def stripes(self) -> int:
        """How high a band of stripes is."""
        if not self.face.has_stripes:
            return 0
        height_mm = self.paper.height_mm
        return self.paper.dots(STRIPES_MM if height_mm is None else min(STRIPES_MM, height_mm * STRIPES_SHARE))

    @property
    def end(self) -> int:
        """Left free of words and symbols at the head and at the foot."""
        return self.stripes + self.gap if self.stripes else self.margin

    @property
    def width(self) -> int:
        """Dots between the margins."""
        return self.paper.width_dots - 2 * self.margin

    @property
    def gap(self) -> int:
        """Between two parts."""
        return self.paper.dots(GAP_MM)

    @property
    def symbol_width(self) -> int:
        """Of the box with its quiet zones."""
        return width_in_modules(self.face.symbol, self.symbology) * self.dots

    def words(self, part: str, width: int) -> Block | None:
        """A part of the face, set in that width."""
        found = getattr(self.face, part)
        return set_words(
            found if isinstance(found, tuple) else (found,),
            width,
            scale=self.scale,
            dots_per_inch=self.paper.dots_per_inch,
            may_break=self.may_break,
            side_by_side=part in {"facts", "foot"},
        )


def plan(face: Face, paper: Paper) -> Plan:
    """The places of everything on that paper. Raises LabelTooSmall, naming a size that would do."""
    found = _plan(face, paper)
    if found is not None:
        return found
    roomier = (named(name, dots_per_inch=paper.dots_per_inch) for name in (*sorted(LABELS, key=_area), *NAMES[-2:]))
    for other in roomier:
        if other.name != paper.name and _plan(face, other):
            raise LabelTooSmall(f"This label does not fit on {paper.name} paper; {other.name} would do.")
    raise LabelTooSmall(f"This label does not fit on {paper.name} paper, nor on any other; shorten its words.")


def _area(name: str) -> int:
    width, height = LABELS[name]
    return width * height


def _plan(face: Face, paper: Paper) -> Plan | None:
    return next((made for attempt in _tries(face, paper) if (made := _laid_out(attempt)) is not None), None)


def _tries(face: Face, paper: Paper) -> Iterator[_Try]:
    """From large to small, lines before squares, whole words before broken ones."""
    given = face.symbol.symbology
    allowed = (given,) if given else (Symbology.code128, Symbology.datamatrix)
    lengths = LENGTHS_MM if paper.height_mm is None else (paper.height_mm,)
    for most, may_break, symbology in product(lengths, (False, True), allowed):
        sizes = enumerate(dots_to_try(symbology, paper.dots_per_inch, may_be_fine=face.may_be_fine))
        for scale, (_, dots) in sorted(product(SCALES, list(sizes)), key=_cost):
            yield _Try(face, paper, scale, dots, may_break, symbology, most)


def _cost(step: tuple[float, tuple[int, int]]) -> float:
    """What smaller words and, dot by dot, smaller modules cost: two small losses before a large one."""
    scale, (smaller, _) = step
    return (4 * (1 - scale)) ** 2 + smaller**2 / 2


def _laid_out(attempt: _Try) -> Plan | None:
    if attempt.symbology is Symbology.code128:
        return _barred(attempt)
    return _squared(attempt)


def _barred(attempt: _Try) -> Plan | None:
    """Bars across the head, as high as there is room; the words under them."""
    width = attempt.symbol_width
    if width > attempt.paper.width_dots:
        return None
    title, banner = attempt.words("title", attempt.width), _banner(attempt)
    facts, foot = attempt.words("facts", attempt.width), attempt.words("foot", attempt.width)
    if title is None or facts is None or foot is None or banner is None:
        return None
    least, most = attempt.paper.dots(LEAST_BARS_MM), attempt.paper.dots(MOST_BARS_MM)
    words = sum(part.height for part in (banner[0], title, facts, foot)) + attempt.gap
    height = attempt.paper.height_dots
    bars = least if height is None else min(most, height - 2 * attempt.end - words)
    if bars < least or not _is_short_enough(attempt, words + bars):
        return None
    top = attempt.end + banner[0].height
    placed = PlacedSymbol(
        attempt.face.symbol, attempt.symbology, (attempt.paper.width_dots - width) // 2, top, attempt.dots, bars
    )
    below = top + bars + attempt.gap
    parts = [(title, 0, below), (facts, 0, below + title.height)]
    return _finished(attempt, placed, banner, parts, foot, below + title.height + facts.height)


def _squared(attempt: _Try) -> Plan | None:
    """The square on the left; the name above it or beside it, the facts beside it, its text across the foot."""
    side = attempt.symbol_width
    column = attempt.width - side
    if column < attempt.width // 4:
        return None
    banner, foot = _banner(attempt), attempt.words("foot", attempt.width)
    facts = attempt.words("facts", column)
    if facts is None or foot is None or banner is None:
        return None
    top = attempt.end + banner[0].height
    for above in (True, False):
        title = attempt.words("title", attempt.width if above else column)
        if title is None:
            continue
        start = top + title.height if above else top
        end = start + max(side, facts.height + (0 if above else title.height))
        if not _is_short_enough(attempt, end - attempt.end + foot.height):
            continue
        quiet = QUIET[attempt.symbology] * attempt.dots
        lead = start + min(quiet, max(0, end - start - facts.height - (0 if above else title.height)))
        placed = PlacedSymbol(attempt.face.symbol, attempt.symbology, attempt.margin, start, attempt.dots)
        beside = lead if above else lead + title.height
        parts = [(title, 0 if above else side, top if above else lead), (facts, side, beside)]
        return _finished(attempt, placed, banner, parts, foot, end)
    return None


def _is_short_enough(attempt: _Try, height: int) -> bool:
    return height + 2 * attempt.end <= attempt.paper.dots(attempt.most_mm)


def _banner(attempt: _Try) -> Banner | None:
    """What stands at the head of a container's label: the headline, and below it the biohazard symbol beside words."""
    face = attempt.face
    if not (face.headline or face.banner or face.has_trefoil):
        return EMPTY, None
    most, least = (attempt.paper.dots(mm) for mm in TREFOIL_MM)
    size = max(least, round(most * attempt.scale)) if face.has_trefoil else 0
    left = size + attempt.gap if size else 0
    headline, words = attempt.words("headline", attempt.width), attempt.words("banner", attempt.width - left)
    if headline is None or words is None:
        return None
    down = headline.height + max(0, (size - words.height) // 2)
    runs = (*headline.runs, *_moved(words, left, down))
    height = headline.height + max(size, words.height) + attempt.gap
    trefoil = (attempt.margin, attempt.end + headline.height, size) if size else None
    return Block(runs, attempt.width, height), trefoil


def _moved(block: Block, x: int, y: int) -> tuple[Run, ...]:
    return tuple(replace(run, x=run.x + x, y=run.y + y) for run in block.runs)


def _finished(
    attempt: _Try,
    placed: PlacedSymbol,
    banner: Banner,
    parts: list[tuple[Block, int, int]],
    foot: Block,
    end: int,
) -> Plan:
    """The plan with its foot at the very end of the paper, or right below on a roll."""
    margin, height = attempt.margin, attempt.paper.height_dots
    foot_top = end if height is None else height - attempt.end - foot.height
    runs = [*_moved(banner[0], margin, attempt.end), *_moved(foot, margin, foot_top)]
    for block, x, y in parts:
        runs += _moved(block, margin + x, y)
    return Plan(
        width=attempt.paper.width_dots,
        height=height or end + foot.height + attempt.end,
        runs=tuple(runs),
        symbol=placed,
        trefoil=banner[1],
        stripes=attempt.stripes,
    )
