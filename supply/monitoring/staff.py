"""Training in hazardous materials that runs out: without it nobody may sign a shipping paper (49 CFR 172.704)."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

from sqlalchemy.orm import Session

from supply.alerts.audience import WASTE
from supply.alerts.book import Cause
from supply.monitoring.limits import Limits, When
from supply.staff import training
from supply.stock.lots import expiry_words

KINDS = ("training",)
GONE = {"training": "The training was renewed, or the person has left."}
LINK = "/waste/training"


@dataclass(frozen=True)
class Trained:
    """Until when somebody's latest training counts."""

    person_id: int
    name: str
    valid_until: date


def causes(session: Session, when: When, limits: Limits) -> list[Cause]:
    """Whose training has run out or soon will."""
    found = (training_cause(one, when.today, limits.training_days) for one in _trained(session, when.today))
    return [cause for cause in found if cause is not None]


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
