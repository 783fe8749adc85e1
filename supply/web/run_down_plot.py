"""PURE: how stock ran and will run down, as a plot: a step line, then a dashed one in its band. No markup.

Must never be the only place of a number: the table below the drawing says them all.
"""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from supply.purchasing.run_down import RunDown
from supply.stations.answers import units_words
from supply.stock.lots import expiry_words

HEIGHT = 220  # pixels from the zero line to the top
STEPS = (1, 2, 5)
LINES = 4
DAY_LABELS = 5


@dataclass(frozen=True)
class Mark:
    """Something on a day: where (percent from the left), when, how many, and the word for it."""

    left: float
    day: date
    quantity: int
    word: str


@dataclass(frozen=True)
class Level:
    """A labelled line: pixels above zero, and whether its word stands under it, out of the way of another's."""

    height: float
    word: str
    is_under: bool = False


@dataclass(frozen=True)
class RunDownPlot:
    """The drawing: `past`, `ahead` and `band` are paths on a field of 100 by 100 with zero at the bottom."""

    finding: str
    numbers: str
    past: str
    ahead: str
    band: str
    today: float
    lines: tuple[Level, ...]
    levels: tuple[Level, ...]
    days: tuple[tuple[float, date], ...]
    arrivals: tuple[Mark, ...]
    expiries: tuple[Mark, ...]
    rows: tuple[tuple[date, str, str], ...]


def plot_of(run: RunDown, *, unit: str, order_at: float, par: int | None) -> RunDownPlot | None:
    """The plot of this run; None when there was and will be nothing."""
    if not run.ahead or not (any(level for _, level in run.past) or any(day.level for day in run.ahead)):
        return None
    frame = _Frame(run, order_at, par)
    expiries = _expiries(run, frame)
    arrivals = tuple(
        Mark(frame.x(one.day), one.day, one.quantity, "comes" if one.is_ordered else "if ordered today")
        for one in run.arrivals
    )
    start = run.past[-1][1] if run.past else 0
    return RunDownPlot(
        finding=_finding(run),
        numbers=f"{units_words(start, unit)} here today. " + _said(arrivals, unit) + _said(expiries, unit),
        past=_steps((frame.x(day), frame.y(level)) for day, level in run.past),
        ahead=_line((frame.x(day), frame.y(level)) for day, level in _levels(run)),
        band=_band(run, frame),
        today=frame.x(run.today),
        lines=tuple(Level(HEIGHT * value / frame.top, f"{value:,}") for value in frame.values()),
        levels=_named_levels(frame, order_at, par),
        days=frame.labelled(),
        arrivals=arrivals,
        expiries=expiries,
        rows=_rows(run, arrivals, expiries, unit),
    )


class _Frame:
    """From days and units to places on the field."""

    def __init__(self, run: RunDown, order_at: float, par: int | None) -> None:
        self.first = run.past[0][0] if run.past else run.today
        self.span = max(1, (run.today - self.first).days + len(run.ahead))
        most = max(*(level for _, level in run.past), *(day.level for day in run.ahead), order_at, float(par or 0), 1.0)
        self.step = _step(most)
        self.top = self.step * -(-most // self.step)

    def x(self, day: date) -> float:
        """Percent from the left of the morning of that day."""
        return round(100 * (day - self.first).days / self.span, 2)

    def y(self, units: float) -> float:
        """Places from the top of a field of 100."""
        return round(100 * (1 - min(units, self.top) / self.top), 2)

    def values(self) -> list[int]:
        """The values of the thin lines."""
        return list(range(self.step, int(self.top) + 1, self.step))

    def labelled(self) -> tuple[tuple[float, date], ...]:
        """A few days with their places, so that no two words meet and none leaves the drawing."""
        every = max(1, self.span // DAY_LABELS)
        days = (self.first + timedelta(days=n) for n in range(0, self.span - every // 2, every))
        return tuple((self.x(day), day) for day in days)


def _step(most: float) -> int:
    power = 1
    while True:
        for step in STEPS:
            if step * power * LINES >= most:
                return step * power
        power *= 10


def _levels(run: RunDown) -> list[tuple[date, float]]:
    """The expected levels with the one they begin from."""
    usable = run.ahead[0]
    start = run.past[-1][1] if run.past else usable.level
    return [(run.today, float(start)), *((run.day_ahead(n + 1), day.level) for n, day in enumerate(run.ahead))]


def _line(points: Iterable[tuple[float, float]]) -> str:
    return " ".join(f"{'L' if n else 'M'}{x} {y}" for n, (x, y) in enumerate(points))


def _steps(points: Iterable[tuple[float, float]]) -> str:
    """A level holds until the next day's."""
    path: list[str] = []
    for x, y in points:
        path.append(f"H{x} V{y}" if path else f"M{x} {y}")
    return " ".join(path)


def _band(run: RunDown, frame: _Frame) -> str:
    over = [(frame.x(run.day_ahead(n + 1)), frame.y(day.most)) for n, day in enumerate(run.ahead)]
    under = [(frame.x(run.day_ahead(n + 1)), frame.y(day.least)) for n, day in enumerate(run.ahead)]
    start = (frame.x(run.today), frame.y(_levels(run)[0][1]))
    return _line([start, *over, *reversed(under)]) + " Z"


def _named_levels(frame: _Frame, order_at: float, par: int | None) -> tuple[Level, ...]:
    named = [(order_at, f"order below {math.ceil(order_at):,}"), (float(par or 0), f"par {par:,}" if par else "")]
    first, *others = sorted((one for one in named if one[0] > 0), reverse=True) or [(0.0, "")]
    levels = [Level(HEIGHT * first[0] / frame.top, first[1])]
    levels += [Level(HEIGHT * value / frame.top, word, is_under=True) for value, word in others]
    return tuple(level for level in levels if level.height)


def _expiries(run: RunDown, frame: _Frame) -> tuple[Mark, ...]:
    gone = [(run.day_ahead(n), round(day.expired)) for n, day in enumerate(run.ahead)]
    return tuple(Mark(frame.x(day), day, quantity, "would expire") for day, quantity in gone if quantity)


def _said(marks: Sequence[Mark], unit: str) -> str:
    return "".join(f"{expiry_words(one.day)}: {units_words(one.quantity, unit)} {one.word}. " for one in marks)


def _finding(run: RunDown) -> str:
    """What the plot says: until when it lasts, and when an order would be here."""
    wanted = next((one for one in run.arrivals if not one.is_ordered), None)
    order = f"; an order today comes about {expiry_words(wanted.day)}" if wanted else ""
    if run.runs_out is None:
        last = run.day_ahead(len(run.ahead) - 1)
        return f"Lasts beyond {expiry_words(last)}{order}"
    return f"Lasts until about {expiry_words(run.runs_out)}{order}"


def _rows(
    run: RunDown, arrivals: Sequence[Mark], expiries: Sequence[Mark], unit: str
) -> tuple[tuple[date, str, str], ...]:
    """Each seventh day, and every day on which something happens."""
    events = {one.day: f"{units_words(one.quantity, unit)} {one.word}" for one in (*expiries, *arrivals)}
    weekly_past = [(day, f"{level:,}") for day, level in run.past[::-7][::-1]]
    ahead = [(run.day_ahead(n), f"about {day.level:,.0f}") for n, day in enumerate(run.ahead)]
    shown = [(day, words) for n, (day, words) in enumerate(ahead) if n and (n % 7 == 0 or day in events)]
    return tuple((day, words, events.get(day, "")) for day, words in (*weekly_past, *shown))
