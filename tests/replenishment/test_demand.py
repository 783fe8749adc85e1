"""How fast an item is used."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from supply.errors import Invalid
from supply.replenishment.demand import demand_of

DAYS = st.lists(st.integers(0, 500).map(float), min_size=1, max_size=500)


def test_steady_use_has_no_spread() -> None:
    learnt = demand_of([3.0] * 400)
    assert (learnt.per_day, learnt.per_week, learnt.deviation, learnt.days) == (3.0, 21.0, 0.0, 365)


def test_the_last_eight_weeks_count_as_much_as_the_year() -> None:
    learnt = demand_of([1.0] * 309 + [5.0] * 56)
    year = (309 + 280) / 365
    assert learnt.lately == 5.0
    assert learnt.per_day == pytest.approx((year + 5) / 2)


def test_weeks_that_rise_together_are_a_larger_spread_than_their_days() -> None:
    season = [2.0] * 182 + [10.0] * 182
    assert demand_of(season).deviation == pytest.approx(28 / math.sqrt(7))


def test_days_that_differ_within_steady_weeks_are_the_spread() -> None:
    assert demand_of([0.0, 7.0, 0.0, 7.0, 0.0, 7.0, 0.0] * 20).deviation == pytest.approx(7 * math.sqrt(12 / 49))


def test_a_guess_stands_in_until_there_are_four_weeks() -> None:
    assert demand_of([9.0] * 27, guess=2.0).per_day == 2.0
    assert demand_of([9.0] * 28, guess=2.0).per_day == 9.0


def test_without_a_guess_the_few_days_are_taken_with_a_wide_spread() -> None:
    learnt = demand_of([4.0] * 10)
    assert (learnt.per_day, learnt.deviation, learnt.is_guess) == (4.0, 4.0, True)


def test_nothing_known_is_no_use() -> None:
    assert demand_of([]).per_day == 0.0


@pytest.mark.parametrize("days", [[1.0, -1.0], [float("nan")], [float("inf")] * 40])
def test_a_day_that_cannot_be_is_refused(days: list[float]) -> None:
    with pytest.raises(Invalid, match="not negative"):
        demand_of(days)


@pytest.mark.parametrize("guess", [-0.5, float("inf"), float("nan")])
def test_a_guess_that_cannot_be_is_refused(guess: float) -> None:
    with pytest.raises(Invalid, match="not negative"):
        demand_of([1.0] * 40, guess=guess)


@given(DAYS, st.integers(1, 10))
def test_ten_times_the_use_is_ten_times_the_demand(days: list[float], times: int) -> None:
    one, many = demand_of(days), demand_of([times * day for day in days])
    assert many.per_day == pytest.approx(times * one.per_day)
    assert many.deviation == pytest.approx(times * one.deviation)
