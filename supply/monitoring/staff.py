"""Training in hazardous materials that runs out: without it nobody may sign a shipping paper (49 CFR 172.704).

And badges that were read at two stations at once.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy.orm import Session

from supply.alerts.audience import ADMIN, WASTE
from supply.alerts.book import Cause
from supply.monitoring.limits import Limits, When
from supply.staff import badges, training
from supply.staff.badges import BadgeLine
from supply.stock.lots import expiry_words

KINDS = ("training", "badge")
GONE = {
    "training": "The training was renewed, or the person has left.",
    "badge": "The badge was ended, or a week has passed since.",
}
LINK = "/waste/training"
BADGES_LINK = "/badges"
DOUBTED_FOR = timedelta(days=7)


@dataclass(frozen=True)
class Trained:
    """Until when somebody's latest training counts."""

    person_id: int
    name: str
    valid_until: date


def causes(session: Session, when: When, limits: Limits) -> list[Cause]:
    """Whose training has run out or soon will, and whose badge may have been copied."""
    found = (training_cause(one, when.today, limits.training_days) for one in _trained(session, when.today))
    doubted = badges.doubted_badges(session, since=when.now - DOUBTED_FOR)
    return [cause for cause in found if cause is not None] + [badge_cause(line) for line in doubted]


def badge_cause(badge: BadgeLine) -> Cause:
    """What is to be said of a badge that was read at two stations within a minute. PURE."""
    return Cause(
        kind="badge",
        subject=f"badge {badge.id}",
        severity="short",
        message=f"The badge of {badge.display_name} was scanned at {badge.doubted_stations} within a minute. "
        "One of the two may be a copy: ask, and make a new badge.",
        link=BADGES_LINK,
        role=ADMIN,
        verb="See the badges",
        group_words="badges were scanned at two stations at once",
        group_link=BADGES_LINK,
    )


def training_cause(trained: Trained, today: date, ladder: Collection[int]) -> Cause | None:
    """What is to be said of one person's training; None before the first step. PURE."""
    days_left = (trained.valid_until - today).days
    reached = sorted(step for step in ladder if days_left <= step)
    if days_left >= 0 and not reached:
        return None
    day, is_over = expiry_words(trained.valid_until), days_left < 0
    said = f"ended {day}: no paper may be signed" if is_over else f"ends {day}"
    return Cause(
        kind="training",
        subject=f"person {trained.person_id}",
        severity="stop" if is_over else "short" if reached[0] <= 7 else "soon" if reached[0] <= 30 else "note",
        message=f"The hazardous materials training of {trained.name} {said}. Book a course and record it here.",
        link=LINK,
        role=WASTE,
        verb="Record a training",
        level=len(reached),
        group_words="trainings have run out" if is_over else "trainings run out soon",
        group_link=LINK,
    )


def _trained(session: Session, today: date) -> list[Trained]:
    """Of people who may act: the day until which their best training counts, where there is one."""
    held = training.latest(session, kind=training.HAZMAT, today=today)
    return [Trained(line.person_id, line.person, line.valid_until) for line in held.values() if line.valid_until]
