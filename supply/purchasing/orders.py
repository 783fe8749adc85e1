"""Orders: placing them, taking them back, and what came of them, which is read off the ledger's receipts.

Sends nothing: the manager writes or phones. Nobody matches a delivery to an order by hand.
"""

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from sqlalchemy.orm import Session

from supply.audit import chain
from supply.db import table_of
from supply.errors import Conflict, Invalid, NotFound
from supply.purchasing.matching import Arrived, Ordered, Receipt, matched
from supply.purchasing.models import OrderState, PurchaseOrder, PurchaseOrderLine
from supply.stock.models import Lot, Movement, MovementKind, Owner, OwnerKind

WINDOW_DAYS = 400  # what was ordered before is not matched any more
MOST_PACKS = 100_000
MOST_LINES = 500
FIRST_NUMBER = 1000

_ORDERS, _LINES, _M = table_of(PurchaseOrder), table_of(PurchaseOrderLine), table_of(Movement)


@dataclass(frozen=True)
class Wanted:
    """So many packs of an item of `pack` units each, which will take about `lead_days`; the price is of one pack."""

    item_id: int
    packs: int
    pack: int
    lead_days: int
    price: int | None
    suggested_packs: int | None = None


@dataclass(frozen=True)
class When:
    """The moment of an act and the office's date then."""

    now: datetime
    today: date


def place_order(
    session: Session, *, supplier_id: int, wanted: Sequence[Wanted], request_id: UUID, actor_id: int, when: When
) -> PurchaseOrder:
    """Note that this was ordered; the same `request_id` gives the same order. Raises Invalid (bad_quantity)."""
    known = session.scalar(sa.select(PurchaseOrder).where(PurchaseOrder.request_id == request_id))
    if known is not None:
        return known
    if not 1 <= len(wanted) <= MOST_LINES or any(not 1 <= one.packs <= MOST_PACKS for one in wanted):
        raise Invalid(f"Order 1 to {MOST_PACKS:,} packs of each item.", code="bad_quantity")
    order = PurchaseOrder(
        supplier_id=supplier_id,
        request_id=request_id,
        placed_on=when.today,
        placed_at=when.now,
        placed_by_id=actor_id,
        state=OrderState.open,
    )
    session.add(order)
    session.flush()
    order.number = f"PO-{FIRST_NUMBER + order.id}"
    session.add_all(_line(order, one, when.today) for one in wanted)
    session.flush()
    details = {"supplier": supplier_id, "lines": [[one.item_id, one.packs, one.pack, one.price] for one in wanted]}
    _record(session, order, "order.place", actor_id, when.now, details)
    return order


def _line(order: PurchaseOrder, one: Wanted, today: date) -> PurchaseOrderLine:
    return PurchaseOrderLine(
        order_id=order.id,
        item_id=one.item_id,
        quantity=one.packs * one.pack,
        packs=one.packs,
        suggested_packs=one.suggested_packs,
        price=one.price,
        expected_on=today + timedelta(days=one.lead_days),
        received_quantity=0,
        is_cancelled=False,
    )


def find_order(session: Session, number: str) -> PurchaseOrder:
    """The order of that number. Raises NotFound."""
    row = session.scalar(sa.select(PurchaseOrder).where(PurchaseOrder.number == number.strip().upper()))
    if row is None:
        raise NotFound(f"There is no order {number!r}.")
    return row


def cancel_order(session: Session, *, number: str, reason: str, actor_id: int, now: datetime) -> list[int]:
    """Take an order back of which nothing has come; the items of it. Raises NotFound, Conflict (order_arriving)."""
    order = find_order(session, number)
    lines = list(session.scalars(sa.select(PurchaseOrderLine).where(PurchaseOrderLine.order_id == order.id)))
    items = [line.item_id for line in lines]
    if order.state == OrderState.cancelled:
        return items
    came = arrivals(session, items, now=now)
    if order.state != OrderState.open or any(came.get(line.id, Arrived()).quantity for line in lines):
        message = "Some of this order has come already. Cancel the lines that will not come."
        raise Conflict(message, code="order_arriving")
    for line in lines:
        line.closed_at, line.is_cancelled = line.closed_at or now, True
    order.state, order.closed_at, order.closed_reason = OrderState.cancelled, now, reason[:300]
    session.flush()
    _record(session, order, "order.cancel", actor_id, now, {"reason": reason[:300]})
    return items


def cancel_line(session: Session, *, line_id: int, actor_id: int, now: datetime, zone: ZoneInfo) -> PurchaseOrder:
    """Expect no more of this line; what came stays. Raises NotFound, Conflict (line_closed)."""
    line = session.get(PurchaseOrderLine, line_id, with_for_update=True)
    if line is None:
        raise NotFound("There is no such line of an order.")
    if line.closed_at is not None:
        raise Conflict("Nothing more of this line is expected already.", code="line_closed")
    _note(line, arrivals(session, [line.item_id], now=now).get(line.id, Arrived()), now, zone)
    line.closed_at, line.is_cancelled = line.closed_at or now, line.received_quantity < line.quantity
    session.flush()
    order = session.get_one(PurchaseOrder, line.order_id)
    _close_orders(session, [order.id], now)
    _record(session, order, "order.cancel_line", actor_id, now, {"line": line.id, "item": line.item_id})
    return order


def settle(session: Session, *, now: datetime, zone: ZoneInfo) -> int:
    """Note what came of every open line, close what is complete; how many lines that were."""
    lines = list(session.scalars(sa.select(PurchaseOrderLine).where(PurchaseOrderLine.closed_at.is_(None))))
    came = arrivals(session, {line.item_id for line in lines}, now=now)
    for line in lines:
        _note(line, came.get(line.id, Arrived()), now, zone)
    session.flush()
    _close_orders(session, {line.order_id for line in lines}, now)
    return sum(line.closed_at is not None for line in lines)


def arrivals(session: Session, item_ids: Collection[int], *, now: datetime) -> dict[int, Arrived]:
    """What came of each line of these items, by line, matched anew: two statements, bounded by the window."""
    since = now - timedelta(days=WINDOW_DAYS)
    lines: dict[int, list[Ordered]] = defaultdict(list)
    for row in session.execute(_ordered(item_ids, since)):
        lines[row.item_id].append(Ordered(row.id, row.quantity, row.placed_at, row.closed_at if row[4] else None))
    if not lines:
        return {}
    first = min(line.placed_at for ordered in lines.values() for line in ordered)
    receipts: dict[int, list[Receipt]] = defaultdict(list)
    for item_id, quantity, at in session.execute(_receipts(lines.keys(), first)).tuples():
        receipts[item_id].append(Receipt(quantity, at))
    found: dict[int, Arrived] = {}
    for item_id, ordered in lines.items():
        found.update(matched(ordered, receipts[item_id]))
    return found


def _ordered(item_ids: Collection[int], since: datetime) -> sa.Select[tuple[int, int, int, datetime, bool, datetime]]:
    c, o = _LINES.c, _ORDERS.c
    return (
        sa.select(c.id, c.item_id, c.quantity, o.placed_at, c.is_cancelled, c.closed_at)
        .join(_ORDERS, o.id == c.order_id)
        .where(c.item_id.in_(item_ids), o.placed_at >= since)
    )


def _receipts(item_ids: Collection[int], since: datetime) -> sa.Select[tuple[int, int, datetime]]:
    """What the office's own stock received and kept; what was undone never came."""
    undoing, lots, owners = _M.alias("undoing"), table_of(Lot), table_of(Owner)
    return (
        sa.select(_M.c.item_id, _M.c.quantity, _M.c.occurred_at)
        .join(lots, lots.c.id == _M.c.lot_id)
        .join(owners, owners.c.id == lots.c.owner_id)
        .outerjoin(undoing, undoing.c.reverses_id == _M.c.id)
        .where(
            _M.c.kind == MovementKind.receipt,
            _M.c.item_id.in_(item_ids),
            _M.c.occurred_at >= since,
            owners.c.kind == OwnerKind.office,
            undoing.c.id.is_(None),
        )
        .order_by(_M.c.occurred_at, _M.c.id)
    )


def _note(line: PurchaseOrderLine, came: Arrived, now: datetime, zone: ZoneInfo) -> None:
    line.received_quantity = came.quantity
    line.received_on = came.last_at.astimezone(zone).date() if came.last_at else None
    if came.quantity >= line.quantity:
        line.closed_at = now


def _close_orders(session: Session, order_ids: Collection[int], now: datetime) -> None:
    """Orders of which nothing more is expected are received, or cancelled where nothing came."""
    open_lines = sa.select(_LINES.c.order_id).where(_LINES.c.closed_at.is_(None))
    done = sa.select(PurchaseOrder).where(
        PurchaseOrder.id.in_(order_ids), PurchaseOrder.state == OrderState.open, PurchaseOrder.id.not_in(open_lines)
    )
    for order in session.scalars(done):
        came = session.scalar(sa.select(sa.func.sum(_LINES.c.received_quantity)).where(_LINES.c.order_id == order.id))
        order.state, order.closed_at = OrderState.received if came else OrderState.cancelled, now
    session.flush()


def _record(
    session: Session, order: PurchaseOrder, action: str, actor_id: int, now: datetime, details: dict[str, object]
) -> None:
    subject = f"order {order.number}"
    chain.record(session, at=now, actor_id=actor_id, action=action, subject=subject, details=details)
