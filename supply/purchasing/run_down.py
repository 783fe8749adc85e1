"""One item's stock day by day: how it was, and how it is expected to go on. Reads only."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from sqlalchemy.orm import Session

from supply.db import table_of
from supply.purchasing.order_lines import OrderLine
from supply.purchasing.suggestions import Explained
from supply.replenishment.forecast import DayAhead, Delivery, run_down
from supply.stock.models import Balance, Location, LocationKind, Lot, Movement, Owner, OwnerKind

_M, _B, _L, _O = (table_of(model) for model in (Movement, Balance, Lot, Owner))


@dataclass(frozen=True)
class Arrival:
    """Units that come on a day: ordered already, or if one orders today."""

    day: date
    quantity: int
    is_ordered: bool


@dataclass(frozen=True)
class RunDown:
    """Units at the end of each past day, of each day from `today` on, what comes, and what would expire when.

    `runs_out` is the first day that ends with nothing unless something more is ordered; None beyond the days ahead.
    """

    today: date
    runs_out: date | None
    past: tuple[tuple[date, int], ...]
    ahead: tuple[DayAhead, ...]
    arrivals: tuple[Arrival, ...]

    def day_ahead(self, number: int) -> date:
        """The day of `ahead[number]`."""
        return self.today + timedelta(days=number)


def run_down_of(
    session: Session,
    explained: Explained,
    coming: Sequence[OrderLine],
    *,
    today: date,
    zone: ZoneInfo,
    days_back: int,
    days_ahead: int,
) -> RunDown:
    """The office's own stock of one item over these days. What is overdue is left out of what is expected."""
    said, now = explained.suggestion, explained.gathered.now
    arrivals = [
        Arrival(line.expected_on, line.left, True) for line in coming if line.left and line.expected_on >= today
    ]
    if said.quantity:
        arrivals.append(Arrival(today + timedelta(days=round(said.lead.mean)), said.quantity, False))
    shown = tuple(one for one in arrivals if (one.day - today).days < days_ahead)

    def ahead(coming: Sequence[Arrival]) -> list[DayAhead]:
        deliveries = [Delivery(one.quantity, (one.day - today).days) for one in coming]
        demand = said.demand
        return run_down(now.lots, deliveries, per_day=demand.per_day, deviation=demand.deviation, days=days_ahead)

    unaided = ahead([one for one in shown if one.is_ordered])
    runs_out = next((today + timedelta(days=n) for n, day in enumerate(unaided) if day.level < 1), None)
    past = _past(session, explained.gathered.entry.id, today, zone, days_back)
    return RunDown(today, runs_out, tuple(past), tuple(ahead(shown)), shown)


def _past(session: Session, item_id: int, today: date, zone: ZoneInfo, days: int) -> list[tuple[date, int]]:
    """Counted back from what is here, so it costs what moved in these days."""
    since = today - timedelta(days=days)
    physical = frozenset(session.scalars(sa.select(Location.id).where(Location.kind == LocationKind.physical)))
    own = sa.select(_L.c.id).join(_O, _O.c.id == _L.c.owner_id).where(_O.c.kind == OwnerKind.office)
    own = own.where(_L.c.item_id == item_id)
    here = session.scalar(sa.select(sa.func.sum(_B.c.quantity)).where(_B.c.lot_id.in_(own))) or 0
    statement = sa.select(_M.c.occurred_at, _M.c.from_location_id, _M.c.to_location_id, _M.c.quantity).where(
        _M.c.item_id == item_id,
        _M.c.lot_id.in_(own),
        _M.c.occurred_at >= datetime.combine(since, time(), zone),
    )
    change: dict[date, int] = defaultdict(int)
    for at, source, target, quantity in session.execute(statement):
        change[at.astimezone(zone).date()] += quantity * ((target in physical) - (source in physical))
    levels = []
    level = int(here)
    for day in (today - timedelta(days=n) for n in range(days + 1)):
        levels.append((day, level))
        level -= change[day]
    return levels[::-1]
