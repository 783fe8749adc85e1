"""The run-down of stock as a plot: zero at the bottom, nothing outside, every number said."""

import re
from datetime import date, timedelta

from supply.purchasing.run_down import Arrival, RunDown
from supply.replenishment.forecast import DayAhead
from supply.web.run_down_plot import HEIGHT, RunDownPlot, plot_of

TODAY = date(2026, 11, 23)


def run(past: list[int], ahead: list[float], *arrivals: Arrival, expired: dict[int, float] | None = None) -> RunDown:
    days = [(TODAY - timedelta(days=len(past) - 1 - n), level) for n, level in enumerate(past)]
    gone = expired or {}
    coming = [DayAhead(level, max(0, level - 3), level + 3, gone.get(n, 0)) for n, level in enumerate(ahead)]
    out = next((TODAY + timedelta(days=n) for n, level in enumerate(ahead) if level < 1), None)
    return RunDown(TODAY, out, tuple(days), tuple(coming), arrivals)


def drawn(of: RunDown, order_at: float = 12, par: int | None = None) -> RunDownPlot:
    plot = plot_of(of, unit="box", order_at=order_at, par=par)
    assert plot is not None
    return plot


def numbers(path: str) -> list[float]:
    return [float(found) for found in re.findall(r"-?\d+\.?\d*", path)]


def test_no_stock_and_none_to_come_is_no_plot() -> None:
    assert plot_of(run([0, 0], [0, 0]), unit="box", order_at=5, par=None) is None
    assert plot_of(run([3], []), unit="box", order_at=5, par=None) is None


def test_everything_lies_within_the_field_and_above_zero() -> None:
    plot = drawn(run([9, 20, 14], [12, 10, 8, 5, 0]), par=40)
    for path in (plot.past, plot.ahead, plot.band):
        assert all(0 <= number <= 100 for number in numbers(path))
    assert all(0 < level.height <= HEIGHT for level in (*plot.lines, *plot.levels))
    assert all(0 <= left < 100 for left, _ in plot.days)


def test_the_past_is_steps_and_the_rest_begins_where_it_ends() -> None:
    plot = drawn(run([9, 20, 14], [12, 10]))
    assert set(re.findall("[A-Z]", plot.past)) == {"M", "H", "V"}
    assert numbers(plot.past)[-1] == numbers(plot.ahead)[1]
    assert numbers(plot.ahead)[0] == plot.today


def test_what_it_says_first_is_until_when_it_lasts() -> None:
    assert drawn(run([9], [6, 3, 0])).finding == "Lasts until about 2026-NOV-25"
    assert drawn(run([9], [6, 5])).finding == "Lasts beyond 2026-NOV-24"
    wanted = Arrival(TODAY + timedelta(days=1), 50, is_ordered=False)
    assert drawn(run([9], [6, 0, 0], wanted)).finding == (
        "Lasts until about 2026-NOV-24; an order today comes about 2026-NOV-24"
    )


def test_deliveries_and_expiry_are_marked_and_said() -> None:
    ordered = Arrival(TODAY + timedelta(days=2), 50, is_ordered=True)
    plot = drawn(run([9], [6, 3, 0, 4], ordered, expired={1: 2.0}))
    assert [(mark.quantity, mark.word) for mark in plot.arrivals] == [(50, "comes")]
    assert [(mark.quantity, mark.day) for mark in plot.expiries] == [(2, TODAY + timedelta(days=1))]
    assert plot.numbers == "9 boxes here today. 2026-NOV-25: 50 boxes comes. 2026-NOV-24: 2 boxes would expire. "
    assert (TODAY + timedelta(days=2), "about 0", "50 boxes comes") in plot.rows


def test_the_words_of_two_levels_keep_apart() -> None:
    upper, lower = drawn(run([9], [6, 3]), order_at=12, par=13).levels
    assert (upper.word, upper.is_under, lower.word, lower.is_under) == ("par 13", False, "order below 12", True)
    assert drawn(run([9], [6, 3]), order_at=0).levels == ()
