"""The jobs as people see them: what each does, what came of it last, when it is next. Reads only.

Knows the timetable by the settings and the rows: the web role runs no job and imports none.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from sqlalchemy.orm import Session

from supply.errors import Conflict, NotFound
from supply.jobs.models import JOB_WORDS, WATCH_MINUTES, JobName, JobRun, RunOutcome, Trigger
from supply.settings import Settings
from supply.staff.models import Person
from supply.staff.permissions import Actor
from supply.stations import work_requests
from supply.stations.models import WorkRequest

DETAIL_LINES = 20


@dataclass(frozen=True)
class RunLine:
    """One run: when, how long in seconds, why, who asked, what it came to, and what tries before it came to."""

    id: int
    job: JobName
    title: str
    period: str
    trigger: str
    by: str | None
    started_at: datetime
    ended_at: datetime | None
    outcome: str
    words: str
    tries: int
    retry_at: datetime | None
    earlier: tuple[str, ...]
    found: tuple[str, ...]

    @property
    def seconds(self) -> float | None:
        """How long it took; None while it runs."""
        return None if self.ended_at is None else max(0.0, (self.ended_at - self.started_at).total_seconds())


@dataclass(frozen=True)
class JobLine:
    """One job: its words, its last run, whether somebody waits for it, and when it is next (a past moment: overdue)."""

    name: JobName
    title: str
    does: str
    last: RunLine | None
    asked_by: str | None
    next_at: datetime

    @property
    def state(self) -> str:
        """running, waiting, failed, lost, done or never."""
        if self.last is not None and self.last.outcome == RunOutcome.running:
            return "running"
        if self.asked_by is not None:
            return "waiting"
        return self.last.outcome if self.last is not None else "never"


def job_lines(session: Session, *, settings: Settings, now: datetime) -> list[JobLine]:
    """Every job, in the order of the night."""
    asked = dict(
        session.execute(
            sa.select(WorkRequest.subject, Person.display_name)
            .join(Person, Person.id == WorkRequest.asked_by_id)
            .where(WorkRequest.kind == work_requests.JOB, WorkRequest.ended_at.is_(None))
        )
        .tuples()
        .all()
    )
    lines = []
    for name, words in JOB_WORDS.items():
        last = next(iter(run_lines(session, job=name, limit=1)), None)
        next_at = _next_at(session, name, last, settings, now)
        lines.append(JobLine(name, words.title, words.does, last, asked.get(name), next_at))
    return lines


def run_lines(session: Session, *, job: JobName, limit: int, before_id: int | None = None) -> list[RunLine]:
    """Runs of one job, newest first."""
    statement = (
        sa.select(JobRun, Person.display_name)
        .outerjoin(Person, Person.id == JobRun.requested_by_id)
        .where(JobRun.job == job)
        .order_by(JobRun.id.desc())
        .limit(limit)
    )
    if before_id is not None:
        statement = statement.where(JobRun.id < before_id)
    return [_run_line(run, by) for run, by in session.execute(statement).tuples()]


def job_name(name: str) -> JobName:
    """The job of that name. Raises NotFound."""
    try:
        return JobName(name)
    except ValueError as error:
        raise NotFound(f"There is no job {name!r}. There are {', '.join(JobName)}.") from error


def ask_for_run(session: Session, *, name: JobName, actor: Actor, now: datetime) -> WorkRequest:
    """Leave the wish for the worker. Raises Conflict: already_running or already_waiting."""
    running = sa.select(JobRun.id).where(JobRun.job == name, JobRun.outcome == RunOutcome.running).limit(1)
    if session.scalar(running) is not None:
        raise Conflict(
            f"{JOB_WORDS[name].title}: it is running already. Wait until it is done.", code="already_running"
        )
    return work_requests.ask(session, kind=work_requests.JOB, subject=name, details={}, actor=actor, now=now)


def _run_line(run: JobRun, by: str | None) -> RunLine:
    detail = json.loads(run.detail)
    earlier = tuple(str(one["words"]) for one in detail.get("earlier", []))
    return RunLine(
        id=run.id,
        job=JobName(run.job),
        title=JOB_WORDS[JobName(run.job)].title,
        period=run.period,
        trigger=run.trigger,
        by=by,
        started_at=run.started_at,
        ended_at=run.ended_at,
        outcome=run.outcome,
        words=run.summary,
        tries=run.tries,
        retry_at=run.retry_at,
        earlier=earlier,
        found=tuple(str(one) for one in detail.get("faults", [])[:DETAIL_LINES]),
    )


def _next_at(session: Session, name: JobName, last: RunLine | None, settings: Settings, now: datetime) -> datetime:
    """When it runs by itself next; the moment at which it should have run, where it has not."""
    if last is not None and last.retry_at is not None:
        return last.retry_at
    if name == JobName.watch:
        every = timedelta(minutes=WATCH_MINUTES)
        return now if last is None else last.started_at + every
    at: time = getattr(settings.jobs, name)
    zone = settings.zone
    today = now.astimezone(zone).date()
    due = _moment(today, at, zone)
    has_run = sa.select(JobRun.id).where(
        JobRun.job == name, JobRun.period == today.isoformat(), JobRun.trigger == Trigger.timetable
    )
    if due > now or session.scalar(has_run) is None:
        return due
    return _moment(today + timedelta(days=1), at, zone)


def _moment(day: date, at: time, zone: ZoneInfo) -> datetime:
    return datetime.combine(day, at, zone).astimezone(UTC)


def worst_first(lines: Sequence[JobLine]) -> list[JobLine]:
    """Failed ones first, the others in the order of the night: what runs stays where it stood."""
    return sorted(lines, key=lambda line: line.state not in {"failed", "lost"})
