"""PURE: when the office is open, and how a month moves demand.

>>> from datetime import date
>>> is_open(date(2026, 11, 26)), is_open(date(2026, 11, 23))
(False, True)
"""

import math
from datetime import date, timedelta

FIXED_HOLIDAYS = frozenset({(1, 1), (7, 4), (12, 24), (12, 25), (12, 31)})
# January to December: respiratory illness, and vaccination before it
FLU = (2.4, 2.2, 1.4, 0.8, 0.5, 0.35, 0.3, 0.4, 0.7, 1.0, 1.4, 2.1)
VACCINATION = (0.7, 0.5, 0.4, 0.35, 0.35, 0.4, 0.6, 1.2, 2.4, 3.0, 1.9, 1.0)
BY_WEEKDAY = (1.25, 1.05, 0.95, 0.95, 0.8)
YEARLY_GROWTH = 0.05


def is_open(day: date) -> bool:
    """Weekdays without holidays, and without the two days of the staff's training in May."""
    return day.weekday() < 5 and (day.month, day.day) not in FIXED_HOLIDAYS and day not in _moving(day.year)


def _moving(year: int) -> frozenset[date]:
    thanksgiving = _weekday(year, 11, 3, 4)
    return frozenset(
        {
            _weekday(year, 9, 0, 1),
            _weekday(year, 6, 0, 1) - timedelta(days=7),
            thanksgiving,
            thanksgiving + timedelta(days=1),
            _weekday(year, 5, 3, 2),
            _weekday(year, 5, 3, 2) + timedelta(days=1),
        }
    )


def _weekday(year: int, month: int, weekday: int, which: int) -> date:
    """The first, second … such weekday of a month."""
    first = date(year, month, 1)
    return first + timedelta(days=(weekday - first.weekday()) % 7 + 7 * (which - 1))


def season(pattern: str, day: date) -> float:
    """What the month makes of the usual demand."""
    if pattern == "flu":
        return FLU[day.month - 1]
    return VACCINATION[day.month - 1] if pattern == "vaccine" else 1.0


def expected_use(pattern: str, weekly: float, day: date, years_ago: float) -> float:
    """Units expected on an open day."""
    growth = math.exp(-YEARLY_GROWTH * years_ago)
    return weekly / 5 * BY_WEEKDAY[day.weekday()] * season(pattern, day) * growth
