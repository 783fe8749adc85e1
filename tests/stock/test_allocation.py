"""Allocation in pure code: order, ties, shortfall."""

import doctest
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from supply.stock import allocation
from supply.stock.allocation import LotBalance, allocate, in_order, is_expired, is_usable

DAY = date(2026, 11, 23)


def balance(
    lot_id: int, received: int, expiry: int | None, quantity: int, *, place: int = 7, state: str = "open"
) -> LotBalance:
    expires = None if expiry is None else DAY + timedelta(days=expiry)
    return LotBalance(lot_id, f"L{lot_id}", expires, "day", DAY + timedelta(days=received), state, place, quantity)


def test_the_examples_run() -> None:
    assert doctest.testmod(allocation).failed == 0
    assert doctest.testmod(allocation).attempted > 0


@pytest.mark.parametrize(
    ("rotation", "order"),
    [("fifo", [3, 1, 2, 4]), ("fefo", [2, 1, 4, 3])],
)
def test_the_order_in_which_lots_leave(rotation: str, order: list[int]) -> None:
    lots = [balance(1, -5, 40, 1), balance(2, -5, 30, 1), balance(3, -9, None, 1), balance(4, -1, 40, 1)]
    assert [lot.lot_id for lot in in_order(lots, rotation)] == order


def test_a_lot_is_usable_through_its_last_day() -> None:
    assert not is_expired(DAY, DAY)
    assert is_expired(DAY, DAY + timedelta(days=1))
    assert not is_expired(None, DAY)


@pytest.mark.parametrize("state", ["held", "recalled"])
def test_held_and_recalled_lots_are_not_usable(state: str) -> None:
    assert not is_usable(balance(1, 0, 10, 1, state=state), DAY)


_balances = st.lists(
    st.builds(balance, st.integers(1, 5), st.integers(-9, 0), st.none() | st.integers(1, 9), st.integers(0, 20)),
    max_size=8,
)


@given(_balances, st.integers(1, 60), st.sampled_from(["fifo", "fefo"]))
def test_what_is_taken_and_what_is_short_add_up(lots: list[LotBalance], quantity: int, rotation: str) -> None:
    found = allocate(lots, quantity=quantity, rotation=rotation)

    assert sum(pick.quantity for pick in found.picks) + found.shortfall == quantity
    assert found.shortfall == max(0, quantity - sum(lot.quantity for lot in lots))
    assert all(pick.quantity > 0 for pick in found.picks)


@given(_balances, st.integers(1, 60), st.sampled_from(["fifo", "fefo"]))
def test_no_later_lot_is_touched_while_an_earlier_one_has_units(
    lots: list[LotBalance], quantity: int, rotation: str
) -> None:
    unique = list({(lot.lot_id, lot.location_id): lot for lot in lots}.values())
    picked = {
        (pick.lot_id, pick.location_id): pick.quantity
        for pick in allocate(unique, quantity=quantity, rotation=rotation).picks
    }
    ordered = [lot for lot in in_order(unique, rotation) if lot.quantity]
    drained = [picked.get((lot.lot_id, lot.location_id), 0) == lot.quantity for lot in ordered]
    touched = [(lot.lot_id, lot.location_id) in picked for lot in ordered]
    assert all(drained[n] for n in range(len(ordered)) if any(touched[n + 1 :]))
