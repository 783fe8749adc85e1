"""Which receipts belong to which order."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from supply.purchasing.matching import Arrived, Ordered, Receipt, matched

MONDAY = datetime(2026, 11, 2, tzinfo=UTC)


def day(number: int) -> datetime:
    return MONDAY + timedelta(days=number)


def test_a_receipt_fills_the_order_before_it() -> None:
    assert matched([Ordered(1, 10, day(0))], [Receipt(10, day(3))]) == {1: Arrived(10, day(3))}


def test_the_oldest_order_is_filled_first_and_the_rest_goes_on() -> None:
    lines = [Ordered(2, 10, day(1)), Ordered(1, 10, day(0))]
    assert matched(lines, [Receipt(15, day(3))]) == {1: Arrived(10, day(3)), 2: Arrived(5, day(3))}


def test_a_delivery_in_two_parts_has_come_with_the_second() -> None:
    receipts = [Receipt(6, day(5)), Receipt(4, day(3))]
    assert matched([Ordered(1, 10, day(0))], receipts) == {1: Arrived(10, day(5))}


def test_what_came_before_the_order_is_not_of_it() -> None:
    assert matched([Ordered(1, 10, day(4))], [Receipt(10, day(3))]) == {1: Arrived()}


def test_what_nobody_ordered_is_left_over() -> None:
    assert matched([Ordered(1, 10, day(0))], [Receipt(99, day(3))]) == {1: Arrived(10, day(3))}


def test_a_cancelled_line_takes_nothing_after_its_end() -> None:
    lines = [Ordered(1, 10, day(0), until=day(2)), Ordered(2, 10, day(1))]
    assert matched(lines, [Receipt(4, day(1)), Receipt(10, day(3))]) == {1: Arrived(4, day(1)), 2: Arrived(10, day(3))}


@given(
    st.lists(st.tuples(st.integers(1, 30), st.integers(0, 20)), max_size=6),
    st.lists(st.tuples(st.integers(1, 30), st.integers(0, 20)), max_size=8),
)
def test_no_line_gets_more_than_it_wants_nor_all_more_than_came(
    ordered: list[tuple[int, int]], received: list[tuple[int, int]]
) -> None:
    lines = [Ordered(n, quantity, day(at)) for n, (quantity, at) in enumerate(ordered)]
    came = matched(lines, [Receipt(quantity, day(at)) for quantity, at in received])
    assert all(came[line.line_id].quantity <= line.quantity for line in lines)
    assert sum(one.quantity for one in came.values()) <= sum(quantity for quantity, _ in received)
