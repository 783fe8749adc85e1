"""PURE: how a shelf is expected to run down: use at the forecast rate, first to expire first, deliveries as expected.

What is left of a lot goes with its last day.

>>> [day.level for day in run_down((UsableLot(10, days=2),), (), per_day=3, deviation=0, days=3)]
[7.0, 0, 0]
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from supply.replenishment.rule import UsableLot

BAND = 1.28  # standard deviations: in eight of ten cases use stays within


@dataclass(frozen=True)
class Delivery:
    """Units that are expected so many days from today."""

    quantity: int
    in_days: int


@dataclass(frozen=True)
class DayAhead:
    """The end of one day: units expected to be usable, least and most in eight of ten cases, and what expired on it."""

    level: float
    least: float
    most: float
    expired: float


def run_down(
    lots: Sequence[UsableLot], deliveries: Sequence[Delivery], *, per_day: float, deviation: float, days: int
) -> list[DayAhead]:
    """The ends of so many days, today's first. A delivery is there on the morning of its day."""
    shelf = sorted(([lot.days, float(lot.quantity)] for lot in lots), key=_last_day)
    ends = []
    here = sum(float(lot.quantity) for lot in lots)  # if nothing at all were used
    for day in range(days):
        here += sum(one.quantity for one in deliveries if one.in_days == day)
        shelf = [*shelf, *([None, float(one.quantity)] for one in deliveries if one.in_days == day)]
        wanted = per_day
        for lot in shelf:
            taken = min(lot[1] or 0.0, wanted)
            lot[1], wanted = (lot[1] or 0.0) - taken, wanted - taken
        expired = sum(lot[1] or 0.0 for lot in shelf if lot[0] is not None and lot[0] <= day + 1)
        shelf = [lot for lot in shelf if lot[0] is None or lot[0] > day + 1]
        level = sum(lot[1] or 0.0 for lot in shelf)
        spread = BAND * deviation * math.sqrt(day + 1)
        here -= expired
        ends.append(DayAhead(level, max(0.0, level - spread), max(level, min(level + spread, here)), expired))
    return ends


def _last_day(lot: Sequence[float | None]) -> float:
    return math.inf if lot[0] is None else lot[0]
