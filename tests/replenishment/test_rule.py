"""How much to order, in the cases that offices meet and for whatever numbers come."""

import math
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from supply.errors import Invalid
from supply.replenishment.rule import (
    CAPPED,
    EXPIRES,
    GUESS,
    LATE,
    MINIMUM,
    TOO_MUCH,
    UNUSED,
    Coming,
    ItemNow,
    ReorderRules,
    UsableLot,
    suggest,
    units_expiring,
)

RULES = ReorderRules(review_days=7, cover_days=14, safety_factor=2.05)
STEADY = ItemNow(use=(2.0,) * 100, pack=10, quoted_lead_days=7)  # lead time learnt from nothing: 7, 7 and 11 days


def here(units: int, **fields: object) -> ItemNow:
    return replace(STEADY, lots=(UsableLot(units),), **fields)  # type: ignore[arg-type]


def test_enough_is_left_alone() -> None:
    said = suggest(here(50), RULES)
    assert (said.quantity, said.packs, said.flags) == (0, 0, ())
    assert said.days_left == 25


def test_below_the_point_it_fills_up_in_whole_packs() -> None:
    said = suggest(here(20), RULES)
    mean, deviation = 25 / 3, math.sqrt(32 / 9)
    assert said.order_at == pytest.approx(2 * (mean + 7) + 2.05 * 2 * deviation)
    assert said.order_up_to == pytest.approx(said.order_at + 14)
    assert (said.packs, said.quantity) == (4, 40)
    assert said.days_after == 30


def test_the_learnt_lead_time_decides_not_the_quoted_one() -> None:
    slow = suggest(here(20, lead_samples=(20,) * 30), RULES)
    assert slow.lead.mean > 18
    assert slow.quantity > suggest(here(20), RULES).quantity


def test_a_supplier_that_varies_needs_more_held_back() -> None:
    steady, erratic = (suggest(here(0, lead_samples=days), RULES) for days in ((9,) * 20, (2, 16) * 10))
    assert steady.lead.mean == erratic.lead.mean
    assert erratic.order_at > steady.order_at


def test_what_is_on_order_counts() -> None:
    assert suggest(here(20, coming=(Coming(30, 2),)), RULES).quantity == 0


def test_an_overdue_order_is_counted_and_flagged_and_not_ordered_again() -> None:
    said = suggest(here(5, coming=(Coming(40, 30),)), RULES)
    assert (said.quantity, said.late, said.flags) == (0, 40, (LATE,))


def test_what_expires_before_it_is_used_does_not_count() -> None:
    said = suggest(replace(STEADY, lots=(UsableLot(40, days=5), UsableLot(5))), RULES)
    assert (said.usable, said.expiring, said.position) == (45, 30, 15)
    assert EXPIRES in said.flags
    assert said.quantity > 0


def test_a_lot_that_lasts_longer_than_the_horizon_is_left_out_of_the_estimate() -> None:
    assert units_expiring((UsableLot(500, days=90),), per_day=1, within_days=15) == 0


def test_lots_are_used_in_the_order_in_which_they_expire() -> None:
    lots = (UsableLot(10, days=10), UsableLot(10, days=5))
    assert units_expiring(lots, per_day=1, within_days=15) == 10  # 5 of the first, 5 of the second


def test_what_was_never_used_is_not_suggested() -> None:
    said = suggest(replace(STEADY, use=(0.0,) * 365), RULES)
    assert (said.quantity, said.days_left, said.flags) == (0, None, (UNUSED,))


def test_an_emergency_item_is_kept_at_the_minimum_of_the_manager() -> None:
    said = suggest(replace(STEADY, use=(0.0,) * 365, pack=1, minimum=2, lots=(UsableLot(1),)), RULES)
    assert (said.quantity, said.flags) == (1, (MINIMUM, UNUSED))


def test_par_is_filled_up_to_where_the_minimum_decides() -> None:
    assert suggest(here(90, minimum=100, par=150), RULES).quantity == 60
    assert suggest(here(20, minimum=5, par=500), RULES).quantity == 40


def test_a_new_item_goes_by_the_guess() -> None:
    said = suggest(ItemNow(use=(), pack=10, quoted_lead_days=7, guess=3.0), RULES)
    assert said.flags == (GUESS,)
    assert said.quantity >= 3 * 15


def test_what_is_not_ordered_any_more_is_not_suggested() -> None:
    assert suggest(here(0, is_discontinued=True), RULES).quantity == 0
    assert suggest(here(0, is_discontinued=True, minimum=10), RULES).quantity == 0


def test_a_short_shelf_life_cuts_the_order() -> None:
    said = suggest(replace(STEADY, shelf_life_days=6, pack=1), RULES)
    assert said.most is not None
    assert said.order_up_to == said.most
    assert CAPPED in said.flags
    assert said.quantity <= said.most + 1


def test_a_pack_that_outlasts_its_shelf_life_is_ordered_and_flagged() -> None:
    said = suggest(replace(STEADY, shelf_life_days=20, pack=200), RULES)
    assert (said.packs, TOO_MUCH in said.flags) == (1, True)


def test_a_cover_shorter_than_the_review_orders_up_to_the_point() -> None:
    said = suggest(STEADY, ReorderRules(review_days=14, cover_days=7, safety_factor=0))
    assert said.order_up_to == said.order_at


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"pack": 0}, "at least one unit"),
        ({"lots": (UsableLot(-1),)}, "not negative"),
        ({"coming": (Coming(-5, 1),)}, "not negative"),
        ({"use": (1.0, -2.0)}, "not negative"),
        ({"quoted_lead_days": -1}, "lead time"),
    ],
)
def test_what_cannot_be_is_refused(wrong: dict[str, object], sentence: str) -> None:
    with pytest.raises(Invalid, match=sentence):
        suggest(replace(STEADY, **wrong), RULES)  # type: ignore[arg-type]


LOTS = st.builds(UsableLot, st.integers(0, 300), st.none() | st.integers(1, 60))
ITEMS = st.builds(
    ItemNow,
    use=st.lists(st.integers(0, 30).map(float), max_size=120),
    pack=st.integers(1, 100),
    quoted_lead_days=st.integers(0, 30),
    lots=st.lists(LOTS, max_size=6).map(tuple),
    coming=st.lists(st.builds(Coming, st.integers(0, 200), st.integers(0, 90)), max_size=4).map(tuple),
    lead_samples=st.lists(st.integers(0, 60), max_size=35),
    shelf_life_days=st.none() | st.integers(1, 800),
    guess=st.none() | st.floats(0, 30),
    minimum=st.none() | st.integers(0, 200),
    par=st.none() | st.integers(0, 400),
    is_discontinued=st.booleans(),
)


@given(ITEMS, LOTS)
def test_more_stock_never_orders_more(item: ItemNow, more: UsableLot) -> None:
    richer = replace(item, lots=(*item.lots, more))
    assert suggest(richer, RULES).quantity <= suggest(item, RULES).quantity


@given(ITEMS)
def test_what_is_suggested_is_whole_packs_and_only_below_the_point(item: ItemNow) -> None:
    said = suggest(item, RULES)
    assert said.quantity == said.packs * item.pack
    assert said.quantity >= 0
    assert said.position < said.order_at or said.quantity == 0


@given(ITEMS)
def test_the_same_item_gets_the_same_answer(item: ItemNow) -> None:
    assert suggest(item, RULES) == suggest(item, RULES)


@given(ITEMS)
def test_an_order_is_less_than_a_pack_over_its_level(item: ItemNow) -> None:
    said = suggest(item, RULES)
    assert said.packs <= 1 or said.position + said.quantity < said.order_up_to + item.pack


@given(st.lists(LOTS, max_size=6), st.floats(0, 40), st.floats(0, 60))
def test_no_more_expires_than_there_is(lots: list[UsableLot], per_day: float, days: float) -> None:
    assert 0 <= units_expiring(lots, per_day=per_day, within_days=days) <= sum(lot.quantity for lot in lots)
