"""Lots as lists show them: with item, owner, state and what is on hand of them everywhere. Reads only."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from supply.db import table_of
from supply.errors import NotFound
from supply.stock.models import Balance, Item, Lot, LotState, Owner


@dataclass(frozen=True)
class LotLine:
    """One lot. `on_hand` is in base units, `unit_cost` in 1/10,000 of the currency unit."""

    id: int
    sku: str
    name: str
    lot: str
    expiry: date | None
    expiry_precision: str | None
    owner: str
    received_on: date
    unit_cost: int | None
    state: LotState
    state_reason: str | None
    state_since: datetime | None
    on_hand: int


_L, _I, _O, _B = table_of(Lot).c, table_of(Item).c, table_of(Owner).c, table_of(Balance).c
_ON_HAND = (
    sa.select(sa.func.coalesce(sa.func.sum(_B.quantity), 0)).where(_B.lot_id == _L.id).scalar_subquery().label("n")
)
_LINES = (
    sa.select(
        _L.id,
        _I.sku,
        _I.name,
        _L.lot_number,
        _L.expiry,
        _L.expiry_precision,
        _O.code,
        _L.received_on,
        _L.unit_cost,
        _L.state,
        _L.state_reason,
        _L.state_since,
        _ON_HAND,
    )
    .join(table_of(Item), _I.id == _L.item_id)
    .join(table_of(Owner), _O.id == _L.owner_id)
    .order_by(_L.id)
)


def lot_lines(session: Session, *, item_id: int | None = None, after_id: int = 0, limit: int = 50) -> list[LotLine]:
    """Lots by id, of one item or of all, those without stock too."""
    statement = _LINES.where(_L.id > after_id).limit(limit)
    if item_id is not None:
        statement = statement.where(_L.item_id == item_id)
    return [_line(row) for row in session.execute(statement)]


def lot_line(session: Session, lot_id: int) -> LotLine:
    """One lot. Raises NotFound."""
    row = session.execute(_LINES.where(_L.id == lot_id)).one_or_none()
    if row is None:
        raise NotFound(f"There is no lot {lot_id}.")
    return _line(row)


def _line(row: Any) -> LotLine:
    return LotLine(*(*row[:12], int(row[12])))
