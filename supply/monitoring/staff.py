"""Training in hazardous materials that runs out: without it nobody may sign a shipping paper (49 CFR 172.704)."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import Session

from supply.alerts.audience import WASTE
from supply.alerts.book import Cause
from supply.db import table_of
from supply.monitoring.limits import Limits, When
from supply.staff.models import Person, Training
from supply.stock.lots import expiry_words

KINDS = ("training",)
GONE = {"training": "The training was renewed, or the person has left."}
HAZMAT = "hazmat"
LINK = "/waste/parties"
_P, _T = table_of(Person).c, table_of(Training).c


@dataclass(frozen=True)
class Trained:
    """Until when somebody's latest training counts."""

    person_id: int
    name: str
    valid_until: date


def causes(session: Session, when: When, limits: Limits) -> list[Cause]:
    """Whose training has run out or soon will."""
    last = when.today + timedelta(days=max(limits.training_days))
    found = (training_cause(one, when.today, limits.training_days) for one in _trained(session, last))
    return [cause for cause in found if cause is not None]


def training_cause(trained: Trained, today: date, ladder: Collection[int]) -> Cause | None:
    """What is to be said of one person's training; None before the first step. PURE."""
    days_left = (trained.valid_until - today).days
    level = sum(days_left <= step for step in ladder)
    if days_left >= 0 and not level:
        return None
    day, is_over = expiry_words(trained.valid_until), days_left < 0
    said = f"ended {day}: no paper may be signed" if is_over else f"ends {day}"
    return Cause(
        kind="training",
        subject=f"person {trained.person_id}",
        severity="stop" if is_over else "short" if days_left <= 7 else "soon" if days_left <= 30 else "note",
        message=f"The hazardous materials training of {trained.name} {said}. Book a course and record it here.",
        link=LINK,
        role=WASTE,
        verb="Record a training",
        level=level,
        group_words="trainings have run out" if is_over else "trainings run out soon",
        group_link=LINK,
    )


def _trained(session: Session, until: date) -> list[Trained]:
    """Of people who may act: the day until which their best training counts, where that is near."""
    ends = sa.func.max(_T.valid_until, type_=_T.valid_until.type)
    endless = sa.func.sum(sa.case((_T.valid_until.is_(None), 1), else_=0))
    rows = session.execute(
        sa.select(_P.id, _P.display_name, ends)
        .join(table_of(Training), _T.person_id == _P.id)
        .where(_T.kind == HAZMAT, _T.withdrawn_at.is_(None), _P.disabled_at.is_(None))
        .group_by(_P.id, _P.display_name)
        .having((endless == 0) & (ends <= until))
        .order_by(_P.id)
    )
    return [Trained(*row) for row in rows]
