"""`supply bench reorder`: how long the nightly check takes, and what the rule costs a made-up office for two years.

The office is made by numbers alone: weekdays, a season of colds, a step in demand, suppliers that take longer than
they say. Every policy sees the same demand, deliveries and shelf lives.
"""

import math
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
import sqlalchemy as sa

from supply.bench import stocked
from supply.db import Database, table_of
from supply.purchasing.suggestions import refresh
from supply.replenishment.rule import Coming, ItemNow, ReorderRules, UsableLot, suggest
from supply.stock.models import DailyDemand, Item, Location, LocationKind

RULES = ReorderRules(review_days=7, cover_days=14, safety_factor=2.05)
ZONE = ZoneInfo("UTC")
YEAR = 365
BURN_IN = 28  # days that are not scored: every policy begins with the same shelf
HOLDING, SHORT = 0.25, 3.0  # of an item's price: to hold it for a year, and not to have it
RATES = (0.15, 0.5, 2.0, 6.0, 15.0, 40.0)
PACKS = (1, 2, 5, 10, 25, 50, 100)


@dataclass(frozen=True)
class Made:
    """One made-up item: units wanted per day, days that an order of each day takes, and that its units keep."""

    wanted: Any
    leads: Any
    keeps: Any
    pack: int
    quoted: int
    shelf_days: int


@dataclass
class Shelf:
    """One item under way: lots as [first day it is not usable, units], orders as (day, units), deliveries seen."""

    lots: list[list[int]] = field(default_factory=list)
    coming: list[tuple[int, int]] = field(default_factory=list)
    seen: list[int] = field(default_factory=list)
    short: float = 0.0
    stock: float = 0.0
    expired: float = 0.0


Policy = Callable[[Made, Shelf, Any, int], int]


def rows(*, items: int = 1_000, simulated: int = 36) -> Iterator[dict[str, Any]]:
    """The nightly check of so many items with a year of use, then each policy over `simulated` made-up items."""
    yield _check(items)
    made = [_made(number) for number in range(simulated)]
    for name, policy in (
        ("the rule", by_rule),
        ("par for the quoted lead time", by_par),
        ("minimum and maximum", by_minimum),
    ):
        yield {"row": "policy", "policy": name, "items": simulated, **_scored([_run(one, policy) for one in made])}


def _check(items: int) -> dict[str, Any]:
    with tempfile.TemporaryDirectory(prefix="supply-bench-") as name:
        db = Database(f"sqlite:///{Path(name) / 'supply.db'}")
        stocked.stock(db, items=items, movements=items * 10)
        now = datetime.now(UTC)
        today = now.date()
        db.transact(lambda session: _use_of_a_year(session, now))
        began = time.perf_counter()
        db.transact(lambda session: refresh(session, now=now, today=today, zone=ZONE, rules=RULES))
        seconds = time.perf_counter() - began
        db.close()
    return {"row": "check", "items": items, "days": YEAR, "seconds": round(seconds, 2)}


def _use_of_a_year(session: sa.orm.Session, now: datetime) -> None:
    """Some units of every item on every day."""
    place = session.scalar(sa.select(Location.id).where(Location.kind == LocationKind.physical).limit(1))
    ids = session.scalars(sa.select(Item.id)).all()
    units = np.random.default_rng(1).poisson(3, (len(ids), YEAR)) + 1
    for day in range(YEAR):
        on = now.date() - timedelta(days=day + 1)
        page = [
            {"item_id": item, "used_on": on, "location_id": place, "department": "", "used": int(units[n, day])}
            for n, item in enumerate(ids)
        ]
        session.execute(sa.insert(table_of(DailyDemand)), page)


def _made(number: int) -> Made:
    random = np.random.default_rng(1952 + number)
    days = np.arange(3 * YEAR)
    weekday = np.where(days % 7 < 5, 1.35, np.where(days % 7 == 5, 0.5, 0.0))
    season = 1 + (0.0, 0.8, 2.0)[number % 3] * np.exp(-0.5 * (((days % YEAR) - 20) / 24.0) ** 2)
    step = np.where((days > 500) & (number % 6 == 4), 1.4, 1.0)
    rate = RATES[int(random.integers(len(RATES)))]
    wanted = random.poisson(rate * weekday * season * step * random.gamma(6, 1 / 6, len(days)))
    quoted, leads = _leads(number % 3, random, len(days))
    shelf_days = (60, 180, 730)[(number // 2) % 3]
    keeps = np.maximum(5, np.rint(shelf_days * random.uniform(0.7, 1.0, len(days)))).astype(int)
    pack = min(PACKS, key=lambda size: abs(math.log(size / max(6 * rate, 1))))
    return Made(wanted, leads, keeps, pack, quoted, shelf_days)


def _leads(kind: int, random: Any, days: int) -> tuple[int, Any]:
    """What the supplier says, and what an order of each day really takes."""
    if kind == 0:
        return 3, random.integers(2, 6, days)
    if kind == 1:
        late = np.where(random.random(days) < 0.05, random.integers(10, 22, days), 0)
        return 7, np.maximum(1, np.rint(random.gamma(6, 1.35, days))).astype(int) + late
    return 14, np.maximum(4, np.rint(random.gamma(9, 1.8, days))).astype(int)


def _run(item: Made, policy: Policy) -> tuple[float, float, float, float]:
    """Units wanted, short, held (unit-days) and expired in two years, the first being history."""
    first = item.wanted[:YEAR].mean()
    shelf = Shelf([[YEAR + item.shelf_days, math.ceil(first * (item.quoted + 21) / item.pack) * item.pack]])
    taken = item.wanted.astype(float).copy()
    for day in range(YEAR, len(item.wanted)):
        is_scored = day >= YEAR + BURN_IN
        expired = _receive_and_expire(item, shelf, day)
        left = _take(shelf, int(item.wanted[day]))
        taken[day] -= left
        if is_scored:
            shelf.short, shelf.expired = shelf.short + left, shelf.expired + expired
            shelf.stock += sum(units for _, units in shelf.lots)
        if (day - YEAR) % RULES.review_days == 0:
            units = policy(item, shelf, taken[: day + 1], day)
            if units:
                shelf.coming.append((day, units))
    return float(item.wanted[YEAR + BURN_IN :].sum()), shelf.short, shelf.stock, shelf.expired


def _receive_and_expire(item: Made, shelf: Shelf, day: int) -> int:
    for placed, units in [one for one in shelf.coming if one[0] + item.leads[one[0]] <= day]:
        shelf.coming.remove((placed, units))
        shelf.lots.append([day + int(item.keeps[placed]), units])
        shelf.seen.append(day - placed)
    shelf.lots.sort()
    expired = sum(units for last, units in shelf.lots if last <= day)
    shelf.lots = [lot for lot in shelf.lots if lot[0] > day]
    return expired


def _take(shelf: Shelf, wanted: int) -> int:
    """Use the first to expire first; what could not be taken."""
    for lot in shelf.lots:
        units = min(lot[1], wanted)
        lot[1], wanted = lot[1] - units, wanted - units
    shelf.lots = [lot for lot in shelf.lots if lot[1]]
    return wanted


def by_rule(item: Made, shelf: Shelf, taken: Any, day: int) -> int:
    """The product's rule."""
    now = ItemNow(
        use=taken,
        pack=item.pack,
        quoted_lead_days=item.quoted,
        lots=tuple(UsableLot(units, last - day - 1) for last, units in shelf.lots),
        coming=tuple(Coming(units, day - placed) for placed, units in shelf.coming),
        lead_samples=shelf.seen,
        shelf_life_days=item.shelf_days,
    )
    return suggest(now, RULES).quantity


def by_par(item: Made, shelf: Shelf, taken: Any, _day: int) -> int:
    """A par level set once, half as much again as the first year's use for lead time and cover, topped up."""
    par = 1.5 * taken[:YEAR].mean() * (item.quoted + RULES.cover_days)
    return _filled(item, shelf, par, par)


def by_minimum(item: Made, shelf: Shelf, taken: Any, _day: int) -> int:
    """Minimum and maximum by the last year's mean and the quoted lead time, as peers reckon them."""
    mean = taken[-YEAR:].mean()
    least = mean * (item.quoted + 14)
    return _filled(item, shelf, least, least + mean * RULES.cover_days)


def _filled(item: Made, shelf: Shelf, below: float, up_to: float) -> int:
    position = sum(units for _, units in shelf.lots) + sum(units for _, units in shelf.coming)
    return 0 if position >= below else max(1, math.ceil((up_to - position) / item.pack)) * item.pack


def _scored(runs: list[tuple[float, float, float, float]]) -> dict[str, Any]:
    """Means over items: filled and expired in percent of what was wanted, days of supply, cost in percent a year."""
    used = [(wanted, short, stock, expired) for wanted, short, stock, expired in runs if wanted]
    filled = float(np.mean([100 * (1 - short / wanted) for wanted, short, _, _ in used]))
    days = float(np.mean([stock / wanted for wanted, _, stock, _ in used]))
    expired = float(np.mean([100 * gone / wanted for wanted, _, _, gone in used]))
    cost = HOLDING * 100 * days / YEAR + expired + SHORT * (100 - filled)
    named = {"filled": filled, "days_of_supply": days, "expired": expired, "cost": cost}
    return {name: round(number, 2) for name, number in named.items()}
