"""Which lots on the shelves expire by a day, and what they cost. Reads only."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

import sqlalchemy as sa
from sqlalchemy.orm import Session

from supply.db import table_of
from supply.stock.models import Balance, Lot
from supply.stock.shelves import LOTS_AT_PLACES

_L, _B = table_of(Lot).c, table_of(Balance).c


@dataclass(frozen=True)
class ExpiringLot:
    """Units of one lot at one place with the day of their expiry; `value` is at cost in 1/10,000, None when unknown."""

    lot_id: int
    sku: str
    name: str
    unit: str
    number: str
    expiry: date
    precision: str | None
    location: str
    place: str
    owner: str
    quantity: int
    unit_cost: int | None
    state: str
    location_id: int
    days_left: int

    @property
    def value(self) -> int | None:
        """What these units cost, in 1/10,000 of the currency unit."""
        return None if self.unit_cost is None else self.unit_cost * self.quantity

    @property
    def key(self) -> tuple[date, int, int]:
        """What the rows are ordered by; the next page comes after it."""
        return (self.expiry, self.lot_id, self.location_id)


def expiring_lots(
    session: Session,
    *,
    today: date,
    until: date,
    since: date | None = None,
    limit: int,
    after: tuple[date, int, int] | None = None,
) -> list[ExpiringLot]:
    """Lots on hand that expire from `since` (None: ever before) to `until`, earliest first.

    `after` is the (expiry, lot id, location id) of the last row of the page before: its `key`.
    """
    key = (_L.expiry, _L.id, _B.location_id)
    statement = LOTS_AT_PLACES.where(_L.expiry <= until).order_by(*key).limit(limit)
    if since:
        statement = statement.where(_L.expiry >= since)
    if after:
        statement = statement.where(sa.tuple_(*key) > sa.tuple_(*(sa.literal(part) for part in after)))
    return [
        ExpiringLot(**{**row._mapping, "state": str(row.state.value), "days_left": (row.expiry - today).days})
        for row in session.execute(statement)
    ]


@dataclass(frozen=True)
class ExpirySum:
    """How many lots at how many places expire in a span, and what they cost, as far as a cost is known."""

    rows: int
    value: int


def expiry_sums(session: Session, *, spans: Mapping[str, tuple[date | None, date]]) -> dict[str, ExpirySum]:
    """One sum for each span of days (from, to), both ends in it; no beginning means ever before."""

    def within(since: date | None, to: date) -> sa.ColumnElement[bool]:
        return (_L.expiry <= to) & (_L.expiry >= since) if since else _L.expiry <= to

    columns: list[sa.ColumnElement[int]] = []
    for since, to in spans.values():
        columns.append(sa.func.sum(sa.case((within(since, to), 1), else_=0)))
        columns.append(sa.func.sum(sa.case((within(since, to), _B.quantity * _L.unit_cost), else_=0)))
    statement = sa.select(*columns).join(table_of(Lot), _L.id == _B.lot_id).where(_B.quantity > 0)
    row = session.execute(statement.where(_L.expiry <= max(to for _, to in spans.values()))).one()
    return {name: ExpirySum(int(row[2 * n] or 0), int(row[2 * n + 1] or 0)) for n, name in enumerate(spans)}
