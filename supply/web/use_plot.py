"""PURE: weekly use as a plot: bars from a zero line, the finding as its title, few labels. No markup: see use.html."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from supply.stations.answers import units_words
from supply.stock.usage import WeekOfUse

HEIGHT = 200  # of the bars, in pixels
GUTTER = 12  # for the numbers of the lines, in percent of the width
STEPS = (1, 2, 5)
RECENT = 4


@dataclass(frozen=True)
class Bar:
    """One week: where it stands and how wide it is in percent, how high in pixels."""

    monday: date
    quantity: int
    left: float
    width: float
    height: float
    is_running: bool
    is_labelled: bool


@dataclass(frozen=True)
class UsePlot:
    """The bars with what they say, and the lines behind them as (value, pixels above zero)."""

    finding: str
    bars: tuple[Bar, ...]
    lines: tuple[tuple[int, float], ...]
    unit: str


def plot_of(weeks: Sequence[WeekOfUse], *, unit: str) -> UsePlot | None:
    """The plot of these weeks, the last of which still runs; None when there is nothing to draw."""
    if not weeks:
        return None
    step = _step(max(week.quantity for week in weeks))
    top = step * max(1, -(-max(week.quantity for week in weeks) // step))
    slot = (100 - GUTTER) / len(weeks)
    every = max(1, len(weeks) // 4)
    bars = tuple(
        Bar(
            monday=week.monday,
            quantity=week.quantity,
            left=round(GUTTER + n * slot + slot * 0.12, 2),
            width=round(slot * 0.76, 2),
            height=round(HEIGHT * week.quantity / top, 1),
            is_running=n == len(weeks) - 1,
            is_labelled=n % every == 0 and n + every <= len(weeks),
        )
        for n, week in enumerate(weeks)
    )
    lines = tuple((value, round(HEIGHT * value / top, 1)) for value in range(step, top + 1, step))
    return UsePlot(_finding([week.quantity for week in weeks], unit), bars, lines, unit)


def _step(most: int) -> int:
    """The distance of the lines, so that at most five of them are needed."""
    power = 1
    while True:
        for step in STEPS:
            if step * power * 5 >= most:
                return step * power
        power *= 10


def _finding(quantities: list[int], unit: str) -> str:
    """What the plot says, from its whole weeks."""
    whole = quantities[:-1]
    used = next((n for n, quantity in enumerate(whole) if quantity), None)
    if used is None:
        return f"First used this week: {units_words(quantities[-1], unit)}"
    since = whole[used:]
    recent, before = since[-RECENT:], since[:-RECENT]
    lately = sum(recent) / len(recent)
    if len(before) < RECENT:
        return f"About {units_words(round(lately), unit)} used a week"
    earlier = sum(before) / len(before)
    if lately >= earlier * 1.25:
        return f"Use has gone up: about {units_words(round(lately), unit)} a week lately, {earlier:,.0f} before"
    if lately <= earlier * 0.75:
        return f"Use has gone down: about {units_words(round(lately), unit)} a week lately, {earlier:,.0f} before"
    return f"Steady: about {units_words(round(sum(since) / len(since)), unit)} used a week"
