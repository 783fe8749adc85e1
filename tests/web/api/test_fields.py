"""Amounts and cursors: what goes out comes back in as it was."""

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from supply.errors import Invalid
from supply.web.api.paging import Page, cursor_of
from supply.web.money import money_from, money_text


@given(st.integers(0, 10**12 - 1))
def test_an_amount_comes_back_as_it_was(amount: int) -> None:
    assert money_from(money_text(amount) or "") == amount


@pytest.mark.parametrize(
    ("amount", "shown"), [(0, "0.00"), (1, "0.0001"), (10, "0.001"), (125_000, "12.50"), (12_345_678, "1234.5678")]
)
def test_an_amount_has_two_to_four_places(amount: int, shown: str) -> None:
    assert money_text(amount) == shown


@given(st.lists(st.integers(0, 2**63 - 1), min_size=1, max_size=3))
def test_a_cursor_carries_its_keys(keys: list[int]) -> None:
    assert Page(cursor=cursor_of(*keys)).keys(len(keys)) == tuple(keys)


@given(st.text(max_size=200), st.integers(1, 2))
def test_any_other_text_is_refused_or_read_as_keys_in_range(text: str, count: int) -> None:
    with suppress(Invalid):
        keys = Page(cursor=text).keys(count)
        assert len(keys) == count
        assert all(0 <= key < 2**63 for key in keys)


@pytest.mark.parametrize("text", ["", "nonsense", "MQ==", "MS4y", "ä", "LTE", "9" * 200])
def test_what_is_no_cursor_is_refused(text: str) -> None:
    with pytest.raises(Invalid) as refused:
        Page(cursor=text).keys(3)
    assert refused.value.code == "bad_cursor"
