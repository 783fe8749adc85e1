"""Scans that a person must settle and nobody has: one alert for each kind, with how many and since when.

What was recorded against a rule (a recalled lot already used, say) is told at once; the rest after a day.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, tzinfo

import sqlalchemy as sa
from sqlalchemy.orm import Session

from supply.alerts.audience import MANAGER
from supply.alerts.book import Cause
from supply.db import table_of
from supply.monitoring.limits import Limits, When
from supply.stations.models import ScanRecord
from supply.stock.lots import expiry_words

KINDS = ("scans",)
GONE = {"scans": "All of them are settled."}
WORDS: Mapping[str, tuple[str, str, str]] = {  # one, several, what to do
    "unresolved": ("scan of a code that nothing here knows waits", "scans of codes that nothing here knows wait",
                   "Say what each code is."),
    "discrepancy": ("scan took more than the book has", "scans took more than the book has", "Count those shelves."),
    "exception": ("scan was recorded against a rule", "scans were recorded against a rule",
                  "Look at what was used and whom to tell."),
}  # fmt: skip
_R = table_of(ScanRecord).c


@dataclass(frozen=True)
class Waiting:
    """How many scans of one kind wait, and since when the oldest does."""

    needs: str
    count: int
    since: datetime


def causes(session: Session, when: When, limits: Limits) -> list[Cause]:
    """What waits too long, by what it needs."""
    found = (waiting_cause(one, when, limits) for one in _waiting(session))
    return [cause for cause in found if cause is not None]


def waiting_cause(waiting: Waiting, when: When, limits: Limits) -> Cause | None:
    """What is to be said of the scans of one kind; None while they are fresh. PURE."""
    is_exception = waiting.needs == "exception"
    if not is_exception and when.now - waiting.since < limits.scans_wait:
        return None
    one, several, advice = WORDS[waiting.needs]
    return Cause(
        kind="scans",
        subject=waiting.needs,
        severity="short" if is_exception else "note",
        message=f"{waiting.count:,} {one if waiting.count == 1 else several}, since {_day(waiting.since, when.zone)}. "
        f"{advice}",
        link=f"/scans/{waiting.needs}",
        role=MANAGER,
        verb="Settle",
        group_words="kinds of scans wait to be settled",
        group_link="/scans",
    )


def _waiting(session: Session) -> list[Waiting]:
    oldest = sa.func.min(_R.recorded_at, type_=_R.recorded_at.type)
    rows = session.execute(
        sa.select(_R.needs, sa.func.count(), oldest)
        .where(_R.needs.is_not(None), _R.settled_at.is_(None))
        .group_by(_R.needs)
        .order_by(_R.needs)
    )
    return [Waiting(*row) for row in rows]


def _day(moment: datetime, zone: tzinfo) -> str:
    return expiry_words(moment.astimezone(zone).date())
