"""How long a supplier takes."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from supply.errors import Invalid
from supply.replenishment.lead_times import KEPT, lead_time_of


def test_a_new_supplier_takes_a_little_longer_than_it_says() -> None:
    learnt = lead_time_of([], quoted=6)
    assert (learnt.mean, learnt.longest, learnt.deliveries) == (7.0, 9, 0)
    assert learnt.deviation > 0


def test_deliveries_outweigh_what_the_supplier_says() -> None:
    assert lead_time_of([12] * KEPT, quoted=6).mean == pytest.approx((12 * 30 + 21) / 33)


def test_only_the_last_thirty_deliveries_count() -> None:
    assert lead_time_of([90] * 5 + [4] * KEPT, quoted=4).longest == 6


@pytest.mark.parametrize(("samples", "quoted"), [([3, -1], 4), ([], -1)])
def test_days_below_zero_are_refused(samples: list[int], quoted: int) -> None:
    with pytest.raises(Invalid, match="lead time"):
        lead_time_of(samples, quoted=quoted)


@given(st.lists(st.integers(0, 60), max_size=40), st.integers(0, 60))
def test_the_mean_lies_among_what_was_seen_and_said(samples: list[int], quoted: int) -> None:
    learnt = lead_time_of(samples, quoted=quoted)
    assert min([*samples[-KEPT:], quoted]) <= learnt.mean <= learnt.longest
