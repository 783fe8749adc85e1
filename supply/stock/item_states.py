"""How each item stands: on hand, usable, expired, soon to expire, and the one word that says it. Reads only."""

from dataclasses import dataclass
from datetime import date, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import Session

from supply.db import table_of
from supply.stock.models import Balance, Item, Lot, LotState

_I, _L, _B = table_of(Item).c, table_of(Lot).c, table_of(Balance).c


@dataclass(frozen=True)
class ItemState:
    """One item in base units: all that is on the shelves, what of it may be used, and what must not or should go first.

    `next_expiry` is of the usable lots.
    """

    item_id: int
    sku: str
    name: str
    unit: str
    reorder_point: int | None
    par_level: int | None
    on_hand: int
    usable: int
    expired: int
    soon: int
    next_expiry: date | None
    next_precision: str | None

    @property
    def is_out(self) -> bool:
        """Nothing that may be used."""
        return self.usable == 0

    @property
    def is_short(self) -> bool:
        """Fewer usable units than the reorder point; an item without one is never short."""
        return self.reorder_point is not None and self.usable < self.reorder_point

    @property
    def state(self) -> str:
        """The worst that holds: `expired`, `none`, `short`, `soon` or `ok`."""
        if self.expired:
            return "expired"
        if self.is_out:
            return "none"
        if self.is_short:
            return "short"
        return "soon" if self.soon else "ok"


def item_states(session: Session, *, today: date, soon_days: int, item_ids: list[int] | None = None) -> list[ItemState]:
    """Every active item (or these, active or not), by name. The cost follows the catalogue and the shelves."""
    sums = _sums(today, today + timedelta(days=soon_days), item_ids)
    statement = (
        sa.select(
            _I.id,
            _I.sku,
            _I.name,
            _I.unit,
            _I.reorder_point,
            _I.par_level,
            sa.func.coalesce(sums.c.on_hand, 0),
            sa.func.coalesce(sums.c.usable, 0),
            sa.func.coalesce(sums.c.expired, 0),
            sa.func.coalesce(sums.c.soon, 0),
            sums.c.next_expiry,
            sums.c.next_month,
        )
        .outerjoin(sums, sums.c.item_id == _I.id)
        .order_by(sa.func.lower(_I.name), _I.id)
    )
    statement = statement.where(_I.is_active if item_ids is None else _I.id.in_(item_ids))
    return [
        ItemState(
            item_id=row[0],
            sku=row[1],
            name=row[2],
            unit=row[3],
            reorder_point=row[4],
            par_level=row[5],
            on_hand=int(row[6]),
            usable=int(row[7]),
            expired=int(row[8]),
            soon=int(row[9]),
            next_expiry=row[10],
            next_precision=_precision(row[10], row[11]),
        )
        for row in session.execute(statement)
    ]


def _precision(day: date | None, month: date | None) -> str | None:
    """The precision of the next date: month where the earliest date is one that the maker gave without a day."""
    return None if day is None else "month" if day == month else "day"


def _sums(today: date, soon: date, item_ids: list[int] | None) -> sa.Subquery:
    is_open = _L.state == LotState.open
    usable = is_open & (_L.expiry.is_(None) | (_L.expiry >= today))
    ahead = sa.case((is_open & (_L.expiry >= today), _L.expiry), else_=None)
    month = sa.case((is_open & (_L.expiry >= today) & (_L.expiry_precision == "month"), _L.expiry), else_=None)

    def units(which: sa.ColumnElement[bool]) -> sa.ColumnElement[int]:
        return sa.func.sum(sa.case((which, _B.quantity), else_=0))

    statement = (
        sa.select(
            _B.item_id,
            sa.func.sum(_B.quantity).label("on_hand"),
            units(usable).label("usable"),
            units(_L.expiry < today).label("expired"),
            units(is_open & (_L.expiry >= today) & (_L.expiry <= soon)).label("soon"),
            sa.func.min(ahead, type_=sa.Date).label("next_expiry"),
            sa.func.min(month, type_=sa.Date).label("next_month"),
        )
        .join(table_of(Lot), _L.id == _B.lot_id)
        .where(_B.quantity > 0)
        .group_by(_B.item_id)
    )
    if item_ids is not None:
        statement = statement.where(_B.item_id.in_(item_ids))
    return statement.subquery()
