"""Trainings of people: recorded with trainer and materials, counted until a date, withdrawn but never deleted."""

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy.orm import Session

from supply.staff.models import Training
from supply.staff.permissions import Actor

HAZMAT = "hazmat"
KINDS = {"hazmat": "Hazardous materials (49 CFR 172.704)", "bloodborne": "Bloodborne pathogens (29 CFR 1910.1030)"}


@dataclass(frozen=True)
class TrainingFields:
    """A training that was completed; `years` is how long it counts, None for ever."""

    kind: str
    completed_on: date
    years: int | None
    materials: str
    trainer_name: str
    trainer_address: str


@dataclass(frozen=True)
class TrainingLine:
    """A training as lists show it; `state` is good, soon (30 days) or expired at the day asked."""

    id: int
    person_id: int
    person: str
    kind: str
    kind_words: str
    completed_on: date
    valid_until: date | None
    materials: str
    trainer_name: str
    trainer_address: str
    state: str


def record_training(
    session: Session, *, person_id: int, fields: TrainingFields, by: Actor, now: datetime, today: date
) -> Training:
    """Record it. Raises NotAllowed, NotFound (person), Invalid (kind, a day to come, missing words)."""
    raise NotImplementedError


def withdraw_training(session: Session, *, training_id: int, by: Actor, now: datetime) -> None:
    """Take back a record entered by mistake. Raises NotAllowed, NotFound."""
    raise NotImplementedError


def training_lines(
    session: Session, *, today: date, person_id: int | None = None, kind: str | None = None
) -> list[TrainingLine]:
    """Trainings by person, newest first."""
    raise NotImplementedError


def current(session: Session, *, person_id: int, kind: str, today: date) -> TrainingLine | None:
    """The training of that kind that counts the longest, run out or not; None when there is none."""
    raise NotImplementedError
