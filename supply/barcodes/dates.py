"""Dates as barcodes write them: short years, days of the year, day 00.

Every function takes ASCII digits and raises ValueError for a date that does not exist; none reads the clock.
"""

from __future__ import annotations

from calendar import monthrange
from datetime import date, datetime, timedelta

DAY, MONTH, HOUR, MINUTE = "day", "month", "hour", "minute"
YEARS_PAST, YEARS_AHEAD = 5, 15  # an expiry outside of this is more likely misread than true


def full_year(two_digits: str, today: date) -> int:
    """The year meant by two digits, seen from `today` (GS1 General Specifications 7.12): 49 years back to 50 ahead.

    >>> full_year("76", date(2026, 11, 23)), full_year("77", date(2026, 11, 23))
    (2076, 1977)
    """
    century, current = divmod(today.year, 100)
    difference = int(two_digits) - current
    if difference > 50:
        century -= 1
    elif difference < -49:
        century += 1
    return century * 100 + int(two_digits)


def last_day(year: int, month: int) -> date:
    """The last day of a month."""
    return date(year, month, monthrange(year, month)[1])


def yymmdd(text: str, today: date, *, day_zero: bool = False) -> tuple[date, str]:
    """A date of six digits and its precision; with `day_zero`, day 00 is the month's last day (GS1 Gen. Spec. 3.4)."""
    year, month, day = full_year(text[:2], today), int(text[2:4]), int(text[4:6])
    if day_zero and day == 0:
        return last_day(year, month), MONTH
    return date(year, month, day), DAY


def yymmddhhmm(text: str, today: date) -> datetime:
    """A local date and time of ten digits (GS1 AI 7003); day 00 does not exist here."""
    day, _ = yymmdd(text[:6], today)
    return datetime(day.year, day.month, day.day, int(text[6:8]), int(text[8:10]))  # noqa: DTZ001 - local by definition


def day_of_year(year: int, days: str) -> date:
    """The date of a day of the year, 001 to 365 or 366."""
    day = date(year, 1, 1) + timedelta(days=int(days) - 1)
    if day.year != year:
        raise ValueError(f"the year {year} has no day {days}")
    return day


def at_hour(day: date, hours: str) -> datetime:
    """That day at a full hour, local time."""
    return datetime(day.year, day.month, day.day, int(hours))  # noqa: DTZ001 - local by definition


def iso_basic(text: str) -> date:
    """A date of eight digits, YYYYMMDD."""
    return date(int(text[:4]), int(text[4:6]), int(text[6:8]))


def is_plausible_expiry(expiry: date, today: date) -> bool:
    """Whether an expiry lies within 5 years past and 15 years ahead of `today`."""
    return today.year - YEARS_PAST <= _years(expiry, today) <= today.year + YEARS_AHEAD


def _years(expiry: date, today: date) -> float:
    # a day beyond the anniversary counts as beyond the whole year
    ahead = (expiry.month, expiry.day) > (today.month, today.day)
    behind = (expiry.month, expiry.day) < (today.month, today.day)
    return expiry.year + (0.5 if ahead else -0.5 if behind else 0.0)
