"""Scans that took more than the book held, as the demand counts them. Reads only."""

import json
from collections.abc import Collection
from datetime import date, datetime
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from sqlalchemy.orm import Session

from supply.stations.models import SHORT, ScanRecord
from supply.stock.demand import day_bounds
from supply.stock.models import Location
from supply.stock.rolling_up import Shortfall

USE = "use"
_SHORT = (SHORT, ScanRecord.action == USE, ScanRecord.item_id.is_not(None))


def changed_days(session: Session, *, since: datetime, zone: ZoneInfo) -> set[tuple[int, date]]:
    """Items and days whose shortfalls came or were undone since then.

    Reads every short scan there ever was, and no other: an index holds these few.
    """
    is_new = (ScanRecord.recorded_at >= since) | (ScanRecord.undone_at >= since)
    statement = sa.select(ScanRecord.item_id, ScanRecord.occurred_at).where(*_SHORT, is_new)
    return {(item, at.astimezone(zone).date()) for item, at in session.execute(statement)}


def shortfalls_on(session: Session, *, days: Collection[tuple[int, date]], zone: ZoneInfo) -> list[Shortfall]:
    """The shortfalls of these items and days that were not undone."""
    if not days:
        return []
    dates = [day for _, day in days]
    start, end = day_bounds(min(dates), max(dates), zone)
    places = dict(session.execute(sa.select(Location.code, Location.id)).tuples().all())
    statement = sa.select(ScanRecord).where(
        *_SHORT, ScanRecord.undone_at.is_(None), ScanRecord.occurred_at >= start, ScanRecord.occurred_at < end
    )
    found = []
    for row in session.scalars(statement):
        assert row.item_id is not None
        key = (row.item_id, row.occurred_at.astimezone(zone).date())
        place = places.get(json.loads(row.answer).get("location"))
        if key in days and place is not None:
            department = json.loads(row.body).get("department") or ""
            found.append(Shortfall(*key, place, str(department).strip()[:40], row.shortfall))
    return found
