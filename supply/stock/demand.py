"""How much of each item was wanted on each day, as the reorder rule reckons with it. Reads only.

A day in the imported history counts by it; every other day by the ledger as `rolling_up` added it up.
"""

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from sqlalchemy.orm import Session

from supply.db import connection_of, table_of
from supply.stock.models import Balance, DailyDemand, DailyUsage, Location, LocationKind, Movement

_D, _U, _M, _B = (table_of(model) for model in (DailyDemand, DailyUsage, Movement, Balance))


@dataclass(frozen=True)
class DailyUse:
    """Base units wanted: `units[item_id][n]` on day `since + n`. Every asked item is there, and none is below 0."""

    since: date
    until: date
    units: dict[int, list[int]]


def daily_use(session: Session, *, item_ids: Collection[int], since: date, until: date) -> DailyUse:
    """Demand of these items on each day, first and last included: taken, less put back or undone, plus what was short.

    What came back is taken off the last days before it on which that item was used. Today counts as far as it is
    rolled up.
    """
    days = (until - since).days + 1
    units = {item: [0] * days for item in item_ids}
    for (item, day), quantity in _sums(session, item_ids, since, until).items():
        units[item][(day - since).days] = quantity
    for numbers in units.values():
        _carry_back(numbers)
    return DailyUse(since, until, units)


def empty_days(
    session: Session, *, item_ids: Collection[int], since: date, until: date, zone: ZoneInfo
) -> dict[int, list[bool]]:
    """For each item whether the book held none of it at the end of that day, by the same days as `daily_use`.

    Counts back from what is here now, so it costs what moved since `since`. A day still to come is as it is now.
    """
    days = (until - since).days + 1
    places = sa.select(Location.id).where(Location.kind == LocationKind.physical)
    physical = set(session.scalars(places))
    on_hand = _on_hand(session, item_ids)
    change: dict[int, dict[date, int]] = defaultdict(lambda: defaultdict(int))
    m = _M.c
    after, _ = day_bounds(since + timedelta(days=1), since + timedelta(days=1), zone)
    statement = sa.select(m.item_id, m.occurred_at, m.from_location_id, m.to_location_id, m.quantity).where(
        m.occurred_at >= after, m.item_id.in_(item_ids)
    )
    for item, at, source, target, quantity in connection_of(session).execute(statement):
        net = (quantity if target in physical else 0) - (quantity if source in physical else 0)
        if net:
            change[item][at.astimezone(zone).date()] += net
    return {item: _empty(on_hand.get(item, 0), change[item], since, days) for item in item_ids}


def day_bounds(first: date, last: date, zone: ZoneInfo) -> tuple[datetime, datetime]:
    """The moments at which the first of these local days begins and the last ends, in UTC."""
    start, end = (datetime.combine(day, time(), zone).astimezone(UTC) for day in (first, last + timedelta(days=1)))
    return start, end


def _empty(on_hand: int, change: dict[date, int], since: date, days: int) -> list[bool]:
    last = since + timedelta(days=days - 1)
    on_hand -= sum(number for day, number in change.items() if day > last)
    empty = [False] * days
    for n in range(days - 1, -1, -1):
        empty[n] = on_hand <= 0
        on_hand -= change.get(since + timedelta(days=n), 0)
    return empty


def _on_hand(session: Session, item_ids: Collection[int]) -> dict[int, int]:
    statement = sa.select(_B.c.item_id, sa.func.sum(_B.c.quantity)).where(_B.c.item_id.in_(item_ids))
    return {item: int(number) for item, number in session.execute(statement.group_by(_B.c.item_id))}


def _sums(session: Session, item_ids: Collection[int], since: date, until: date) -> dict[tuple[int, date], int]:
    found: dict[tuple[int, date], int] = {}
    for table, quantity in ((_D, _D.c.used + _D.c.shortfall), (_U, _U.c.quantity)):  # the later one wins
        statement = (
            sa.select(table.c.item_id, table.c.used_on, sa.func.sum(quantity))
            .where(table.c.item_id.in_(item_ids), table.c.used_on.between(since, until))
            .group_by(table.c.item_id, table.c.used_on)
        )
        found.update({(item, day): int(number) for item, day, number in connection_of(session).execute(statement)})
    return found


def _carry_back(numbers: list[int]) -> None:
    """Take what came back off the days before it.

    >>> numbers = [5, 0, -2, 1]; _carry_back(numbers); numbers
    [3, 0, 0, 1]
    """
    back = 0
    for n in range(len(numbers) - 1, -1, -1):
        left = numbers[n] - back
        numbers[n], back = (left, 0) if left >= 0 else (0, -left)
