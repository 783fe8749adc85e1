"""PURE: how much of one item to order now, and the numbers behind it. Knows no database, no clock and no words.

Order when what is here and coming falls below what the lead time and one review may use: mean + z·σ·√(L + R), with the
supplier's learnt lead time (periodic review, order-up-to; the variance of the lead time is part of the spread).

>>> rules = ReorderRules(review_days=7, cover_days=14, safety_factor=2.05)
>>> item = ItemNow(use=(4.0,) * 60, pack=50, quoted_lead_days=6, lots=(UsableLot(40),))
>>> suggest(item, rules).packs
2
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from supply.errors import Invalid
from supply.replenishment.demand import Demand, demand_of
from supply.replenishment.lead_times import LeadTime, lead_time_of

SOLD_SHARE = 0.75  # of the shelf life may go by before the last of an order is used
MOST_UNITS = 1_000_000_000

LATE, EXPIRES, MINIMUM, GUESS, UNUSED, CAPPED, TOO_MUCH = (
    "late", "expires", "minimum", "guess", "unused", "capped", "too-much",
)  # fmt: skip


@dataclass(frozen=True)
class ReorderRules:
    """What an office sets: days between two orders, days an order lasts, standard deviations of use held back."""

    review_days: int
    cover_days: int
    safety_factor: float


@dataclass(frozen=True)
class UsableLot:
    """Units that may be used for so many days from now on, today among them; None for ever.

    Expired, held and recalled lots are no usable lots: whoever asks leaves them out.
    """

    quantity: int
    days: int | None = None


@dataclass(frozen=True)
class Coming:
    """Units ordered so many days ago and not received."""

    quantity: int
    days_ago: int


@dataclass(frozen=True)
class ItemNow:
    """One item as it stands: use per day ending yesterday (oldest first), lots, orders, deliveries and wishes.

    `minimum` and `par` are the manager's own; `guess` is units per day for what has no history.
    """

    use: Sequence[float]
    pack: int
    quoted_lead_days: int
    lots: tuple[UsableLot, ...] = ()
    coming: tuple[Coming, ...] = ()
    lead_samples: Sequence[int] = ()
    shelf_life_days: int | None = None
    guess: float | None = None
    minimum: int | None = None
    par: int | None = None
    is_discontinued: bool = False


@dataclass(frozen=True)
class Suggestion:
    """What to order (0: nothing) and everything behind it, in base units and days.

    `order_at` is the position below which one orders, `order_up_to` what an order fills up to, `position` what is
    usable and coming without `expiring`, the units that will not be used in time; `most` is what sells within the shelf
    life. `days_left` and `days_after` are days of use, None without use.
    """

    quantity: int
    packs: int
    demand: Demand
    lead: LeadTime
    usable: int
    coming: int
    late: int
    expiring: int
    position: int
    order_at: float
    order_up_to: float
    most: float | None
    days_left: float | None
    days_after: float | None
    flags: tuple[str, ...]


def suggest(item: ItemNow, rules: ReorderRules) -> Suggestion:
    """How many units to order now, in whole packs. Raises Invalid for what cannot be (bad_usage, bad_pack …)."""
    _check(item)
    demand, lead = demand_of(item.use, guess=item.guess), lead_time_of(item.lead_samples, quoted=item.quoted_lead_days)
    rate = demand.per_day
    usable, coming = sum(lot.quantity for lot in item.lots), sum(order.quantity for order in item.coming)
    late = sum(order.quantity for order in item.coming if order.days_ago > lead.longest)
    expiring = units_expiring(item.lots, per_day=rate, within_days=lead.mean + rules.review_days)
    position = usable + coming - expiring
    order_at, order_up_to = _levels(demand, lead, rules)
    most = rate * (lead.mean + SOLD_SHARE * item.shelf_life_days) if item.shelf_life_days and rate else None
    is_capped = most is not None and order_up_to > most
    if most is not None:
        order_up_to = min(order_up_to, most)
        order_at = min(order_at, order_up_to)
    by_minimum = item.minimum is not None and item.minimum > order_at
    if item.minimum is not None and by_minimum:
        order_at, order_up_to = float(item.minimum), max(order_up_to, float(item.minimum), float(item.par or 0))
    packs = 0 if item.is_discontinued else _packs(position, order_at, order_up_to, item.pack)
    after = position + packs * item.pack
    is_too_much = bool(packs and item.shelf_life_days and after > rate * (lead.mean + item.shelf_life_days))
    flags = (
        (LATE, late > 0),
        (EXPIRES, expiring > 0),
        (MINIMUM, by_minimum),
        (GUESS, demand.is_guess),
        (UNUSED, not rate),
        (CAPPED, is_capped and packs > 0),
        (TOO_MUCH, is_too_much),
    )
    return Suggestion(
        quantity=packs * item.pack,
        packs=packs,
        demand=demand,
        lead=lead,
        usable=usable,
        coming=coming,
        late=late,
        expiring=expiring,
        position=position,
        order_at=order_at,
        order_up_to=order_up_to,
        most=most,
        days_left=usable / rate if rate else None,
        days_after=after / rate if rate else None,
        flags=tuple(name for name, holds in flags if holds),
    )


def units_expiring(lots: Sequence[UsableLot], *, per_day: float, within_days: float) -> int:
    """Units that will not be used in time, of the lots whose days end within so many, first to expire used first.

    The estimate of Broekmeulen and van Donselaar (EWA), at the forecast rate; whole units.
    """
    used = wasted = 0.0
    for days, quantity in sorted((lot.days, lot.quantity) for lot in lots if lot.days is not None):
        if days > within_days:
            break
        share = min(float(quantity), max(0.0, per_day * days - used))
        used += share
        wasted += quantity - share
    return math.floor(wasted)


def _levels(demand: Demand, lead: LeadTime, rules: ReorderRules) -> tuple[float, float]:
    """Order below the first, up to the second."""
    days = lead.mean + rules.review_days
    spread = math.sqrt(days * demand.deviation**2 + (demand.per_day * lead.deviation) ** 2)
    order_at = demand.per_day * days + rules.safety_factor * spread
    return order_at, order_at + demand.per_day * max(0, rules.cover_days - rules.review_days)


def _packs(position: int, order_at: float, order_up_to: float, pack: int) -> int:
    if position >= order_at:
        return 0
    return max(1, math.ceil((order_up_to - position) / pack))


def _check(item: ItemNow) -> None:
    if item.pack < 1:
        raise Invalid("A pack holds at least one unit.", code="bad_pack")
    amounts = [lot.quantity for lot in item.lots] + [order.quantity for order in item.coming]
    if any(not 0 <= amount <= MOST_UNITS for amount in amounts):
        raise Invalid("Units on hand and on order are numbers that are not negative.", code="bad_quantity")
