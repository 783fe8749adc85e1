"""PURE: which period of a job is due at a moment. The period names it once and for all, whatever clocks do."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo


def due_day(at: time, *, now: datetime, zone: ZoneInfo, grace: timedelta | None) -> date | None:
    """The latest local date whose time `at` has come; None when that is longer ago than `grace`.

    A time that comes twice counts by its first, one that is skipped by the hour after it.

    >>> new_york = ZoneInfo("America/New_York")
    >>> due_day(time(3, 15), now=datetime(2026, 11, 1, 8, 15, tzinfo=UTC), zone=new_york, grace=None)
    datetime.date(2026, 11, 1)
    """
    today = now.astimezone(zone).date()
    for day in (today, today - timedelta(days=1)):
        due_at = datetime.combine(day, at, zone).astimezone(UTC)
        if due_at <= now:
            return day if grace is None or now - due_at <= grace else None
    return None


def slot_of(moment: datetime, every: timedelta) -> datetime:
    """The beginning of the slot of UTC in which this moment lies.

    >>> slot_of(datetime(2026, 11, 1, 5, 7, tzinfo=UTC), timedelta(minutes=5)).minute
    5
    """
    begun = datetime.fromtimestamp(0, UTC)
    return begun + (moment.astimezone(UTC) - begun) // every * every


def slot_due(last_started_at: datetime | None, *, now: datetime, every: timedelta) -> str | None:
    """The period of an interval job when it is due: a new slot has begun, or the clock was set back by a whole slot."""
    slot = slot_of(now, every)
    is_new = last_started_at is None or slot > slot_of(last_started_at, every)
    was_set_back = last_started_at is not None and last_started_at - now >= every
    return f"{slot:%Y-%m-%d %H:%M}Z" if is_new or was_set_back else None
