"""Lots: finding the one a code names, opening new ones, and what of an item is where.

Must never change a balance: only `ledger` does.
"""

from dataclasses import dataclass
from datetime import date, datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from supply.audit import chain
from supply.db import connection_of, insert_or_ignore, table_of
from supply.errors import Invalid, NotFound
from supply.stock.allocation import LotBalance
from supply.stock.ledger import lock_items
from supply.stock.models import Balance, Lot, LotState, Movement, MovementKind

LOT_NUMBER_LENGTH = 64
MONTHS = ("JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC")


@dataclass(frozen=True)
class Expiry:
    """The last day of use, how precisely the maker said it, and a local time where the code gives one."""

    on: date
    precision: str = "day"
    time: str | None = None

    @property
    def key(self) -> str:
        """What makes two expiries of one lot number two lots."""
        return f"{self.on.isoformat()}/{self.precision}" + (f"T{self.time}" if self.time else "")


def expiry_words(expiry: date | None, precision: str | None = "day") -> str:
    """`2027-MAR-14`, or `2027-MAR (last day)` where the maker gave no day.

    >>> expiry_words(date(2027, 3, 31)), expiry_words(date(2027, 3, 31), "month")
    ('2027-MAR-31', '2027-MAR (last day)')
    """
    if expiry is None:
        return "no expiry date"
    month = f"{expiry.year:04}-{MONTHS[expiry.month - 1]}"
    return f"{month} (last day)" if precision == "month" else f"{month}-{expiry.day:02d}"


def lot_words(lot_number: str, expiry: date | None, precision: str | None) -> str:
    """A lot as a person says it."""
    number = f"lot {lot_number}" if lot_number else "lot unknown"
    return f"{number}, expires {expiry_words(expiry, precision)}" if expiry else number


def checked_lot_number(text: str) -> str:
    """A lot number as typed or read, trimmed. Raises Invalid when it is too long or has characters no label prints."""
    number = text.strip()
    if len(number) > LOT_NUMBER_LENGTH:
        raise Invalid(f"A lot number has at most {LOT_NUMBER_LENGTH} characters.", code="bad_field")
    if not number.isprintable():
        raise Invalid("The lot number has characters that no label prints; type it again.", code="bad_field")
    return number


_B, _L = table_of(Balance).c, table_of(Lot).c
_COLUMNS = (
    _L.id,
    _L.lot_number,
    _L.expiry,
    _L.expiry_precision,
    _L.received_on,
    _L.state,
    _B.location_id,
    _B.quantity,
    _L.owner_id,
    _L.unit_cost,
)
_BALANCES = (
    sa.select(*_COLUMNS)
    .select_from(sa.join(table_of(Balance), table_of(Lot), _L.id == _B.lot_id))
    .where(_B.item_id == sa.bindparam("item"), _B.quantity > 0)
    .order_by(_B.lot_id, _B.location_id)
)
_BALANCES_LOCKED = _BALANCES.with_for_update(of=table_of(Balance))


def balances_of(session: Session, item_id: int, *, locked: bool = False) -> list[LotBalance]:
    """Every lot of the item that is on hand anywhere, place by place."""
    statement = _BALANCES_LOCKED if locked else _BALANCES
    return [LotBalance(*row) for row in connection_of(session).execute(statement, {"item": item_id})]


_NAMED = (
    sa.select(table_of(Lot))
    .where(_L.item_id == sa.bindparam("item"), _L.lot_number == sa.bindparam("number"))
    .order_by(_L.id)
)


def lots_named(
    session: Session, item_id: int, lot_number: str, expiry: date | None
) -> list[sa.Row[tuple[object, ...]]]:
    """The lots of the item with that number; by the expiry too where one is given and booked.

    A lot booked without a date matches whatever date the box shows; a box without a date matches every date booked.
    """
    rows = list(connection_of(session).execute(_NAMED, {"item": item_id, "number": lot_number}))
    if expiry is None:
        return rows
    return [row for row in rows if row.expiry == expiry] or [row for row in rows if row.expiry is None]


def open_lot(
    session: Session,
    *,
    item_id: int,
    owner_id: int,
    lot_number: str,
    expiry: Expiry | None,
    layer: str,
    received_on: date,
    unit_cost: int | None,
) -> int:
    """The id of that lot, opened if it is not on the book yet. A lot keeps the day of its first receipt."""
    key = expiry.key if expiry else ""
    values = {
        "item_id": item_id,
        "owner_id": owner_id,
        "lot_number": lot_number,
        "expiry": expiry.on if expiry else None,
        "expiry_precision": expiry.precision if expiry else None,
        "expiry_time": expiry.time if expiry else None,
        "expiry_key": key,
        "layer": layer,
        "received_on": received_on,
        "unit_cost": unit_cost,
        "state": LotState.open,
    }
    table = table_of(Lot)
    made = session.execute(insert_or_ignore(session, table).values(**values).returning(table.c.id)).scalar()
    if made is not None:
        return int(made)
    same = sa.select(table.c.id).where(
        table.c.item_id == item_id,
        table.c.owner_id == owner_id,
        table.c.lot_number == lot_number,
        table.c.expiry_key == key,
        table.c.layer == layer,
    )
    return int(session.execute(same).scalar_one())


def recently_used(
    session: Session, item_id: int, since: datetime
) -> list[sa.Row[tuple[int, str, date | None, str | None, int]]]:
    """Lots of the item used since that moment, latest first."""
    m, back = table_of(Movement).c, table_of(Movement).alias("back")
    undone = sa.exists().where(back.c.reverses_id == m.id)
    used = (
        sa.select(m.lot_id, sa.func.max(m.id).label("latest"))
        .where(m.item_id == item_id, m.kind == MovementKind.issue, m.occurred_at >= since, ~undone)
        .group_by(m.lot_id)
        .subquery()
    )
    statement = (
        sa.select(_L.id, _L.lot_number, _L.expiry, _L.expiry_precision, _L.owner_id)
        .join(used, used.c.lot_id == _L.id)
        .order_by(used.c.latest.desc())
        .limit(20)
    )
    return list(session.execute(statement))


def set_lot_state(session: Session, *, lot_id: int, state: LotState, reason: str, actor_id: int, now: datetime) -> Lot:
    """Hold, recall or release a lot, under the item's lock. Raises NotFound, or Invalid without a reason."""
    lot = session.get(Lot, lot_id)
    if lot is None:
        raise NotFound(f"There is no lot {lot_id}.")
    if not reason.strip():
        raise Invalid("Say why, in a few words.", code="reason_required")
    lock_items(session, [lot.item_id])
    before = lot.state
    lot.state, lot.state_reason, lot.state_since = state, reason.strip()[:300], now
    session.flush()
    chain.record(
        session,
        at=now,
        actor_id=actor_id,
        action=f"lot.{state.value}",
        subject=f"lot {lot_id}",
        details={"before": before.value, "reason": lot.state_reason},
    )
    return lot
