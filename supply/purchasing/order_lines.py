"""What is on order and what was ordered before, as screens and the rule ask for it. Reads only."""

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from supply.db import table_of
from supply.purchasing.matching import Arrived
from supply.purchasing.models import OrderState, PurchaseOrder, PurchaseOrderLine, Supplier
from supply.purchasing.orders import arrivals
from supply.stock.models import Item

_ORDERS, _LINES, _S, _I = (table_of(model) for model in (PurchaseOrder, PurchaseOrderLine, Supplier, Item))


@dataclass(frozen=True)
class OrderLine:
    """One line of an order in base units, with what came of it by now."""

    line_id: int
    order_id: int
    number: str
    state: OrderState
    supplier: str
    placed_on: date
    expected_on: date
    item_id: int
    sku: str
    name: str
    unit: str
    supplier_sku: str | None
    quantity: int
    packs: int
    suggested_packs: int | None
    price: int | None
    received: int
    received_on: date | None
    is_closed: bool
    is_cancelled: bool

    @property
    def left(self) -> int:
        """Units still to come."""
        return 0 if self.is_closed else max(0, self.quantity - self.received)

    @property
    def pack(self) -> int:
        """Units in a pack, as ordered."""
        return self.quantity // self.packs

    @property
    def cost(self) -> int | None:
        """What the line costs (1/10,000), where the price is known."""
        return None if self.price is None else self.price * self.packs

    def is_late(self, today: date) -> bool:
        """Whether something should have come by now and did not."""
        return self.left > 0 and self.expected_on < today


def open_lines(session: Session, *, now: datetime) -> list[OrderLine]:
    """Everything that is on order and has not come, the longest awaited first."""
    still = (_LINES.c.closed_at.is_(None)) & (_ORDERS.c.state == OrderState.open)
    rows = session.execute(_lines().where(still).order_by(_LINES.c.expected_on, _LINES.c.id)).all()
    came = arrivals(session, {row.item_id for row in rows}, now=now)
    lines = [_line(row, came.get(row.id)) for row in rows]
    return [line for line in lines if line.left]


def lines_of_item(session: Session, item_id: int, *, now: datetime, limit: int) -> list[OrderLine]:
    """The last orders of one item, newest first."""
    rows = session.execute(_lines().where(_LINES.c.item_id == item_id).order_by(_LINES.c.id.desc()).limit(limit)).all()
    came = arrivals(session, [item_id], now=now) if any(row.closed_at is None for row in rows) else {}
    return [_line(row, came.get(row.id) if row.closed_at is None else None) for row in rows]


def lines_of_order(session: Session, order_id: int, *, now: datetime) -> list[OrderLine]:
    """The lines of one order, by name."""
    rows = session.execute(_lines().where(_LINES.c.order_id == order_id).order_by(_I.c.name, _LINES.c.id)).all()
    came = arrivals(session, {row.item_id for row in rows}, now=now)
    return [_line(row, came.get(row.id) if row.closed_at is None else None) for row in rows]


def delivery_days(session: Session, *, since: date, until: date) -> tuple[dict[int, list[int]], dict[int, list[int]]]:
    """Days from order to the last units of every line that came in this time, oldest first: by item, by supplier."""
    c, o = _LINES.c, _ORDERS.c
    statement = (
        sa.select(c.item_id, o.supplier_id, o.placed_on, c.received_on)
        .join(_ORDERS, o.id == c.order_id)
        .where(c.closed_at.is_not(None), c.received_on.between(since, until))
        .order_by(c.received_on, c.id)
    )
    by_item: dict[int, list[int]] = defaultdict(list)
    by_supplier: dict[int, list[int]] = defaultdict(list)
    for item_id, supplier_id, placed_on, received_on in session.execute(statement).tuples():
        days = max(0, ((received_on or placed_on) - placed_on).days)
        by_item[item_id].append(days)
        by_supplier[supplier_id].append(days)
    return by_item, by_supplier


def ordered_by(session: Session, day: date, item_ids: Collection[int]) -> dict[int, list[tuple[int, date]]]:
    """Units of these items that were on order at the end of a day gone by, with the day of the order."""
    c, o = _LINES.c, _ORDERS.c
    statement = (
        sa.select(c.item_id, c.quantity, o.placed_on)
        .join(_ORDERS, o.id == c.order_id)
        .where(
            c.item_id.in_(item_ids),
            o.placed_on <= day,
            o.state != OrderState.cancelled,
            c.received_on.is_(None) | (c.received_on > day),
            c.is_cancelled.is_(False),
        )
    )
    found: dict[int, list[tuple[int, date]]] = defaultdict(list)
    for item_id, quantity, placed_on in session.execute(statement).tuples():
        found[item_id].append((quantity, placed_on))
    return found


def _lines() -> sa.Select[Any]:
    c, o = _LINES.c, _ORDERS.c
    return (
        sa.select(
            *(c.id, c.order_id, c.item_id, c.quantity, c.packs, c.suggested_packs, c.price, c.expected_on),
            *(c.received_quantity, c.received_on, c.closed_at, c.is_cancelled),
            *(o.number, o.state, o.placed_on),
            *(_S.c.name.label("supplier"), _I.c.sku, _I.c.name.label("item_name"), _I.c.unit, _I.c.supplier_sku),
        )
        .join(_ORDERS, o.id == c.order_id)
        .join(_S, _S.c.id == o.supplier_id)
        .join(_I, _I.c.id == c.item_id)
    )


def _line(row: Any, came: Arrived | None) -> OrderLine:
    received = row.received_quantity if came is None else came.quantity
    return OrderLine(
        line_id=row.id,
        order_id=row.order_id,
        number=row.number,
        state=row.state,
        supplier=row.supplier,
        placed_on=row.placed_on,
        expected_on=row.expected_on,
        item_id=row.item_id,
        sku=row.sku,
        name=row.item_name,
        unit=row.unit,
        supplier_sku=row.supplier_sku,
        quantity=row.quantity,
        packs=row.packs,
        suggested_packs=row.suggested_packs,
        price=row.price,
        received=received,
        received_on=row.received_on,
        is_closed=row.closed_at is not None,
        is_cancelled=row.is_cancelled,
    )
