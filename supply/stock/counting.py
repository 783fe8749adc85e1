"""What is to be counted next: places where people at the shelf say otherwise than the book. Reads only, and must never
correct anything: `corrections` does, by whoever counted."""

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from supply.db import table_of
from supply.stock.models import Balance, Item, Location, Movement, MovementKind, ShelfRequest

WHY = {"shelf_empty": "The shelf was said to be empty.", "need_more": "More was asked for at the shelf."}
COUNTS = (MovementKind.adjustment, MovementKind.count)
_R, _I, _P, _B = table_of(ShelfRequest).c, table_of(Item).c, table_of(Location).c, table_of(Balance).c


@dataclass(frozen=True)
class CountNext:
    """An item to count at a place, and why; `book` is what should stand there and within, in base units."""

    request: int
    sku: str
    name: str
    unit: str
    location: str
    place: str
    why: str
    asked_at: datetime
    book: int
    counted_at: datetime | None

    @property
    def words(self) -> str:
        """Why to count it, and whether that was done."""
        if self.counted_at is not None:
            return f"{self.why} Counted since; the book says {self._stands} now."
        return f"{self.why} Count it next: the book says {self._stands}."

    @property
    def _stands(self) -> str:
        return f"{self.book:,} × {self.unit}" if self.book else "none"


def count_next(session: Session) -> list[CountNext]:
    """What is to be counted next: every open request not counted since it was last made; empty shelves first."""
    return [line for line in asked_counts(session) if line.counted_at is None]


def asked_counts(session: Session) -> list[CountNext]:
    """Every open request with its count, whether that was done or not: said to be empty first, then the longest
    waiting."""
    is_empty = sa.case((_R.kind == "shelf_empty", 0), else_=1)
    statement = _asked().where(_R.settled_at.is_(None)).order_by(is_empty, _R.asked_at, _R.id)
    return [_line(row) for row in session.execute(statement)]


def count_of(session: Session, request: int) -> CountNext | None:
    """The count that one request asks for, settled or not; None for no such request."""
    row = session.execute(_asked().where(_R.id == request)).one_or_none()
    return _line(row) if row else None


def _line(row: sa.Row[tuple[object, ...]]) -> CountNext:
    values = row._asdict()
    return CountNext(**{**values, "why": WHY[values["why"]]})


def _asked() -> sa.Select[tuple[object, ...]]:
    return (
        sa.select(
            *(_R.id.label("request"), _I.sku, _I.name, _I.unit, _P.code.label("location"), _P.name.label("place")),
            *(_R.kind.label("why"), _R.asked_at, _book().label("book"), _counted_at().label("counted_at")),
        )
        .join(table_of(Item), _I.id == _R.item_id)
        .join(table_of(Location), _P.id == _R.location_id)
    )


def _book() -> sa.ScalarSelect[int]:
    inner = table_of(Location).alias("inner_place")
    return (
        sa.select(sa.func.coalesce(sa.func.sum(_B.quantity), 0))
        .join(inner, inner.c.id == _B.location_id)
        .where(_B.item_id == _R.item_id, inner.c.path.startswith(_P.path))
        .correlate(table_of(ShelfRequest), table_of(Location))
        .scalar_subquery()
    )


def _counted_at() -> sa.ScalarSelect[datetime | None]:
    """When the book was last set right there, since it was asked for the last time."""
    moved, inner = table_of(Movement), table_of(Location).alias("counted_place")
    either = sa.or_(moved.c.from_location_id == inner.c.id, moved.c.to_location_id == inner.c.id)
    return (
        sa.select(sa.func.max(moved.c.recorded_at))
        .join(inner, either)
        .where(
            moved.c.item_id == _R.item_id,
            inner.c.path.startswith(_P.path),
            moved.c.kind.in_(COUNTS),
            moved.c.recorded_at >= _R.last_asked_at,
        )
        .correlate(table_of(ShelfRequest), table_of(Location))
        .scalar_subquery()
    )
