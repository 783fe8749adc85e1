"""How much of an item was used, week by week: taken, less what came back or was undone. Reads only."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, tzinfo

import sqlalchemy as sa
from sqlalchemy.orm import Session

from supply.db import table_of
from supply.stock.models import DailyUsage, Movement, MovementKind

SIGNS = {MovementKind.issue: 1, MovementKind.put_back: -1}


@dataclass(frozen=True)
class WeekOfUse:
    """Base units used in the seven days from `monday` on; the last week may not be over."""

    monday: date
    quantity: int


def weekly_use(session: Session, *, item_id: int, today: date, zone: tzinfo, weeks: int) -> list[WeekOfUse]:
    """The last `weeks` weeks, oldest first, by the office's days. Empty when nothing was ever used in them.

    A day in the usage history counts by it, every other day by the ledger.
    """
    this_monday = today - timedelta(days=today.weekday())
    first = this_monday - timedelta(weeks=weeks - 1)
    by_day = {**_by_ledger(session, item_id, first, zone), **_by_history(session, item_id, first)}
    sums: dict[date, int] = defaultdict(int)
    for day, quantity in by_day.items():
        sums[day - timedelta(days=day.weekday())] += quantity
    if not any(sums.values()):
        return []
    mondays = [first + timedelta(weeks=n) for n in range(weeks)]
    return [WeekOfUse(monday, max(0, sums[monday])) for monday in mondays]


def _by_history(session: Session, item_id: int, first: date) -> dict[date, int]:
    u = table_of(DailyUsage).c
    statement = sa.select(u.used_on, sa.func.sum(u.quantity)).where(u.item_id == item_id, u.used_on >= first)
    return {day: int(quantity) for day, quantity in session.execute(statement.group_by(u.used_on))}


def _by_ledger(session: Session, item_id: int, first: date, zone: tzinfo) -> dict[date, int]:
    """Read the ledger backwards, and stop at the first day: nothing happens after it is recorded."""
    m, undone = table_of(Movement).c, table_of(Movement).alias("undone")
    statement = (
        sa.select(
            m.kind, undone.c.kind, sa.func.coalesce(undone.c.occurred_at, m.occurred_at), m.quantity, m.recorded_at
        )
        .outerjoin(undone, undone.c.id == m.reverses_id)
        .where(m.item_id == item_id)
        .order_by(m.id.desc())
        .execution_options(yield_per=500)
    )
    start = datetime.combine(first, time(), zone)
    by_day: dict[date, int] = defaultdict(int)
    for kind, undone_kind, occurred_at, quantity, recorded_at in session.execute(statement):
        if recorded_at < start:
            break
        day = occurred_at.astimezone(zone).date()
        sign = SIGNS.get(kind, 0) or -SIGNS.get(undone_kind, 0)
        if day >= first and sign:
            by_day[day] += sign * quantity
    return by_day
