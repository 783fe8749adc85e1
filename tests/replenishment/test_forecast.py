"""How a shelf is expected to run down."""

from hypothesis import given
from hypothesis import strategies as st

from supply.replenishment.forecast import Delivery, run_down
from supply.replenishment.rule import UsableLot


def levels(lots: list[UsableLot], deliveries: list[Delivery], per_day: float, days: int) -> list[float]:
    return [day.level for day in run_down(lots, deliveries, per_day=per_day, deviation=0, days=days)]


def test_use_takes_the_shelf_to_zero_and_no_further() -> None:
    assert levels([UsableLot(10)], [], 4, 4) == [6, 2, 0, 0]


def test_a_delivery_is_there_on_the_morning_of_its_day() -> None:
    assert levels([UsableLot(4)], [Delivery(10, in_days=1)], 4, 3) == [0, 6, 2]


def test_what_is_left_of_a_lot_goes_with_its_last_day() -> None:
    ahead = run_down([UsableLot(10, days=2), UsableLot(5)], [], per_day=3, deviation=0, days=3)
    assert [(day.level, day.expired) for day in ahead] == [(12, 0), (5, 4), (2, 0)]


def test_the_band_grows_and_stays_between_nothing_and_everything() -> None:
    ahead = run_down([UsableLot(20)], [], per_day=2, deviation=2, days=8)
    assert ahead[0].least < ahead[0].level < ahead[0].most
    assert ahead[4].most - ahead[4].least > ahead[0].most - ahead[0].least
    assert all(day.least >= 0 and day.most <= 20 for day in ahead)


@given(
    st.lists(st.builds(UsableLot, st.integers(0, 50), st.none() | st.integers(1, 20)), max_size=5),
    st.lists(st.builds(Delivery, st.integers(1, 50), st.integers(0, 20)), max_size=3),
    st.floats(0, 10),
    st.floats(0, 5),
)
def test_a_shelf_never_holds_less_than_nothing_nor_more_than_came(
    lots: list[UsableLot], deliveries: list[Delivery], per_day: float, deviation: float
) -> None:
    everything = sum(lot.quantity for lot in lots) + sum(one.quantity for one in deliveries)
    for day in run_down(lots, deliveries, per_day=per_day, deviation=deviation, days=25):
        assert 0 <= day.least <= day.level <= day.most <= everything + 1e-6
