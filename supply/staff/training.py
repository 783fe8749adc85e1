"""Trainings of people: recorded with trainer and materials, counted until a date, withdrawn but never deleted."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import Session

from supply.audit import chain
from supply.errors import Invalid, NotFound
from supply.staff.models import Person, Training
from supply.staff.permissions import Action, Actor, require

HAZMAT = "hazmat"
SOON_DAYS = 30
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
    _require(by)
    person = session.get(Person, person_id)
    if person is None:
        raise NotFound("There is no such person.")
    if fields.kind not in KINDS:
        raise Invalid(f"A training is one of {', '.join(KINDS)}.", code="bad_field")
    if fields.completed_on > today:
        raise Invalid("A training that is still to come cannot be recorded as completed.", code="bad_field")
    if fields.years is not None and not 1 <= fields.years <= 10:
        raise Invalid("A training counts for 1 to 10 years, or for ever.", code="bad_field")
    row = Training(
        person_id=person_id,
        kind=fields.kind,
        completed_on=fields.completed_on,
        valid_until=_years_after(fields.completed_on, fields.years) if fields.years else None,
        materials=_text(fields.materials, "what was taught", 300),
        trainer_name=_text(fields.trainer_name, "the trainer's name", 120),
        trainer_address=_text(fields.trainer_address, "the trainer's address", 200),
        recorded_at=now,
        recorded_by_id=by.person_id,
    )
    session.add(row)
    session.flush()
    _record(session, row, by, now, "staff.record_training")
    return row


def withdraw_training(session: Session, *, training_id: int, by: Actor, now: datetime) -> None:
    """Take back a record entered by mistake. Raises NotAllowed, NotFound."""
    _require(by)
    row = session.get(Training, training_id)
    if row is None:
        raise NotFound("There is no such training.")
    if row.withdrawn_at is None:
        row.withdrawn_at = now
        session.flush()
        _record(session, row, by, now, "staff.withdraw_training")


def training_lines(
    session: Session, *, today: date, person_id: int | None = None, kind: str | None = None
) -> list[TrainingLine]:
    """Trainings by person, newest first, of people who are not disabled."""
    statement = (
        sa.select(Training, Person.display_name)
        .join(Person, Person.id == Training.person_id)
        .where(Training.withdrawn_at.is_(None), Person.disabled_at.is_(None))
        .order_by(Person.display_name, Training.kind, Training.completed_on.desc(), Training.id.desc())
    )
    if person_id is not None:
        statement = statement.where(Training.person_id == person_id)
    if kind is not None:
        statement = statement.where(Training.kind == kind)
    return [_line(row, name, today) for row, name in session.execute(statement)]


def latest(session: Session, *, kind: str, today: date) -> dict[int, TrainingLine]:
    """Of each person, the training of that kind that counts the longest, run out or not."""
    found: dict[int, TrainingLine] = {}
    for line in training_lines(session, today=today, kind=kind):
        held = found.get(line.person_id)
        if held is None or _end(line) > _end(held):
            found[line.person_id] = line
    return found


def current(session: Session, *, person_id: int, kind: str, today: date) -> TrainingLine | None:
    """The training of that kind that counts the longest, run out or not; None when there is none."""
    lines = training_lines(session, today=today, person_id=person_id, kind=kind)
    return max(lines, key=_end, default=None)


def _require(by: Actor) -> None:
    """Who runs the waste or the people keeps the trainings."""
    if not by.may(Action.administer):
        require(by, Action.containers_seal)


def _end(line: TrainingLine) -> date:
    return line.valid_until or date.max


def _line(row: Training, name: str, today: date) -> TrainingLine:
    end = row.valid_until
    state = "good" if end is None or today <= end - timedelta(days=SOON_DAYS) else "soon" if today <= end else "expired"
    return TrainingLine(
        id=row.id,
        person_id=row.person_id,
        person=name,
        kind=row.kind,
        kind_words=KINDS.get(row.kind, row.kind),
        completed_on=row.completed_on,
        valid_until=end,
        materials=row.materials,
        trainer_name=row.trainer_name,
        trainer_address=row.trainer_address,
        state=state,
    )


def _text(value: str, what: str, length: int) -> str:
    text = value.strip()
    if not text or len(text) > length or not text.isprintable():
        raise Invalid(f"Say {what}, in at most {length} characters (49 CFR 172.704(d)).", code="bad_field")
    return text


def _years_after(day: date, years: int) -> date:
    """The same day so many years later; February 29 becomes February 28."""
    try:
        return day.replace(year=day.year + years)
    except ValueError:
        return day.replace(year=day.year + years, day=28)


def _record(session: Session, row: Training, by: Actor, now: datetime, action: str) -> None:
    details = {
        "training": row.id,
        "kind": row.kind,
        "completed_on": row.completed_on.isoformat(),
        "valid_until": row.valid_until.isoformat() if row.valid_until else None,
    }
    chain.record(
        session, at=now, actor_id=by.person_id, action=action, subject=f"person {row.person_id}", details=details
    )
