"""Orders: noted once, received by scans alone, learnt from, and taken back."""

from uuid import uuid4

import pytest
import sqlalchemy as sa

from supply.errors import Conflict, Invalid, NotFound
from supply.purchasing import orders
from supply.purchasing.models import OrderState, PurchaseOrder, PurchaseOrderLine
from supply.purchasing.order_lines import OrderLine, delivery_days, lines_of_item, open_lines
from supply.stations import settling
from tests.factories import GLOVES, ZONE
from tests.purchasing.buying import Buying


def coming(buying: Buying) -> list[OrderLine]:
    with buying.office.db.read_session() as session:
        return open_lines(session, now=buying.office.now)


def state(buying: Buying, number: str | None) -> OrderState:
    with buying.office.db.read_session() as session:
        return orders.find_order(session, number or "").state


def cancel_line(buying: Buying, line_id: int) -> None:
    by, now = buying.office.local.person_id, buying.office.now
    buying.office.db.transact(lambda s: orders.cancel_line(s, line_id=line_id, actor_id=by, now=now, zone=ZONE))


@pytest.fixture
def ordered(buying: Buying) -> PurchaseOrder:
    """Gloves are ordered: four packs of ten."""
    buying.item()
    buying.check()
    return buying.order({"GLOVE-M": 4})


def test_what_is_ordered_leaves_the_list_and_is_on_order(buying: Buying, ordered: PurchaseOrder) -> None:
    assert buying.open_skus() == []
    (line,) = coming(buying)
    assert (line.number, line.left, line.packs, line.pack, line.cost) == (ordered.number, 40, 4, 10, 200_000)
    assert line.suggested_packs == 6
    assert (line.expected_on - buying.today).days == 8
    assert buying.check() == 0
    assert buying.line().on_order == 40


def test_the_same_form_sent_twice_is_one_order(buying: Buying) -> None:
    buying.item()
    buying.check()
    key = uuid4()
    assert buying.order({"GLOVE-M": 4}, key=key).number == buying.order({"GLOVE-M": 4}, key=key).number
    assert len(coming(buying)) == 1


def test_receipts_fill_an_order_by_themselves(either_buying: Buying) -> None:
    buying = either_buying
    buying.item()
    buying.check()
    ordered = buying.order({"GLOVE-M": 4})
    buying.office.later(days=5)
    buying.arrives("GLOVE-M", 15)
    assert [(line.received, line.left) for line in coming(buying)] == [(15, 25)]
    buying.office.later(days=4)
    buying.arrives("GLOVE-M", 25)
    assert coming(buying) == []
    assert buying.settle() == 1
    assert state(buying, ordered.number) == OrderState.received
    with buying.office.db.read_session() as session:
        by_item, _ = delivery_days(session, since=ordered.placed_on, until=buying.today)
    assert list(by_item.values()) == [[9]]


def test_a_receipt_that_was_undone_never_came(buying: Buying) -> None:
    buying.item(gtin=GLOVES)
    buying.check()
    buying.order()
    buying.office.later(days=2)
    stored = buying.office.scan(f"01{GLOVES}10A1", "receive", quantity=30)
    assert coming(buying)[0].received == 30
    (row,) = buying.office.movements(stored.answer["request_id"])
    office = buying.office
    office.db.transact(
        lambda s: settling.undo_scan(s, request_id=row.request_id, by=office.local, now=office.now, rules=office.rules)
    )
    assert coming(buying)[0].received == 0


def test_stock_of_a_programme_fills_no_order(buying: Buying, ordered: PurchaseOrder) -> None:
    buying.office.owner("vfc")
    buying.arrives("GLOVE-M", 40, owner="vfc")
    assert coming(buying)[0].received == 0


def test_learnt_deliveries_move_the_order_point(buying: Buying, ordered: PurchaseOrder) -> None:
    before = buying.line().lead_days
    buying.office.later(days=20)
    buying.arrives("GLOVE-M", 40)
    buying.check()
    line = buying.line()
    assert line.numbers["lead"]["deliveries"] == 1
    assert line.lead_days > before
    assert "(says 7)" in line.reason


def test_an_overdue_order_is_counted_and_said_and_not_ordered_again(buying: Buying) -> None:
    buying.item()
    buying.check()
    buying.order({"GLOVE-M": 20})
    buying.office.later(days=30)
    buying.check()
    line = buying.line()
    assert (line.quantity, line.on_order, line.flags) == (0, 200, ("late",))
    assert coming(buying)[0].is_late(buying.today)


def test_an_order_taken_back_is_suggested_again(buying: Buying, ordered: PurchaseOrder) -> None:
    buying.take_back(str(ordered.number))
    assert (buying.open_skus(), coming(buying)) == (["GLOVE-M"], [])
    assert state(buying, ordered.number) == OrderState.cancelled
    buying.take_back(str(ordered.number))  # twice is once
    assert buying.open_skus() == ["GLOVE-M"]


def test_an_order_of_which_something_came_is_not_taken_back(buying: Buying, ordered: PurchaseOrder) -> None:
    buying.office.later(days=3)
    buying.arrives("GLOVE-M", 1)
    with pytest.raises(Conflict, match="Some of this order has come"):
        buying.take_back(str(ordered.number))


def test_a_line_that_will_not_come_closes_the_order(buying: Buying, ordered: PurchaseOrder) -> None:
    (line,) = coming(buying)
    cancel_line(buying, line.line_id)
    assert (coming(buying), state(buying, ordered.number)) == ([], OrderState.cancelled)
    with pytest.raises(Conflict, match="already"):
        cancel_line(buying, line.line_id)
    with pytest.raises(NotFound):
        cancel_line(buying, 999)


def test_a_line_cut_short_keeps_what_came(buying: Buying, ordered: PurchaseOrder) -> None:
    buying.office.later(days=6)
    buying.arrives("GLOVE-M", 30)
    cancel_line(buying, coming(buying)[0].line_id)
    buying.office.later(days=1)
    buying.arrives("GLOVE-M", 30)
    assert state(buying, ordered.number) == OrderState.received
    with buying.office.db.read_session() as session:
        item_id = session.scalar(sa.select(PurchaseOrderLine.item_id))
        (line,) = lines_of_item(session, item_id or 0, now=buying.office.now, limit=5)
    assert (line.received, line.is_cancelled, line.left) == (30, True, 0)


def test_a_suggestion_that_is_gone_is_not_ordered(buying: Buying, ordered: PurchaseOrder) -> None:
    with pytest.raises(Conflict, match="not waiting"):
        buying.order({"GLOVE-M": 1})


def test_nothing_and_far_too_much_are_not_ordered(buying: Buying) -> None:
    buying.item()
    buying.check()
    for packs in (0, 100_001):
        with pytest.raises(Invalid):
            buying.order({"GLOVE-M": packs})
    assert coming(buying) == []


def test_items_of_another_supplier_are_not_mixed_in(buying: Buying) -> None:
    buying.item()
    buying.item("TAPE", supplier="Bluebird Supply")
    buying.check()
    with pytest.raises(Invalid, match="another supplier"):
        buying.order({"TAPE": 1})


def test_orders_are_found_by_number_in_any_capitals(buying: Buying, ordered: PurchaseOrder) -> None:
    with buying.office.db.read_session() as session:
        assert orders.find_order(session, str(ordered.number).lower()).id == ordered.id
        with pytest.raises(NotFound):
            orders.find_order(session, "PO-1")
