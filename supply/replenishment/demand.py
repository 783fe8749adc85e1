"""PURE: how fast an item is used: the mean of a day and how much days differ. Never guesses what it was not told.

>>> learnt = demand_of([2.0] * 30)
>>> learnt.per_day, learnt.deviation, learnt.is_guess
(2.0, 0.0, False)
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from supply.errors import Invalid

WINDOW_DAYS = 365
LEAST_DAYS = 28  # of history before it is believed
LATELY_DAYS = 56  # count as much as the whole year: use changes


@dataclass(frozen=True)
class Demand:
    """Units used per day and the standard deviation of a day; `lately` is the mean of eight weeks, `days` the history.

    `is_guess` where there is too little history.
    """

    per_day: float
    deviation: float
    lately: float
    days: int
    is_guess: bool

    @property
    def per_week(self) -> float:
        """Units used in seven days."""
        return 7 * self.per_day


def demand_of(use: Sequence[float], *, guess: float | None = None) -> Demand:
    """The demand behind units used per day, oldest first, of which the last 365 count.

    The level is half that of the whole, half that of the last eight weeks; the spread the larger of days and of weeks
    (which rise and fall together in a season). With fewer than 28 days a `guess` (units per day) stands in, else the
    mean of what there is; a day then may differ by as much as the mean itself. Raises Invalid (bad_usage) for a day
    that is negative or no number.
    """
    days = np.asarray(use, dtype=float)[-WINDOW_DAYS:]
    if not np.all(np.isfinite(days)) or np.any(days < 0) or (guess is not None and not 0 <= guess < float("inf")):
        raise Invalid("Use of a day is a number that is not negative.", code="bad_usage")
    if len(days) < LEAST_DAYS:
        mean = guess if guess is not None else float(days.mean()) if len(days) else 0.0
        return Demand(mean, mean, mean, len(days), is_guess=True)
    lately = float(days[-LATELY_DAYS:].mean())
    weeks = days[len(days) % 7 :].reshape(-1, 7).sum(axis=1)
    deviation = max(float(days.std()), float(weeks.std()) / math.sqrt(7))
    return Demand((float(days.mean()) + lately) / 2, deviation, lately, len(days), is_guess=False)
