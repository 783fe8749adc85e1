"""The rows that say what has run: claimed once for each period, ended once, found lost, pruned."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from supply.db import insert_or_ignore, table_of
from supply.jobs.models import JobName, JobRun, RunOutcome, Trigger

MOST_TRIES = 3  # for one period of the timetable; then it waits for its next time, or for somebody
MOST_LOST = 2  # a run that ends its process twice would do it again
RETRY_WAIT = timedelta(minutes=10)
LOST_WORDS = "The program ended in the middle of it."


@dataclass(frozen=True)
class Claim:
    """What is to run: which job for which period, why, and who asked."""

    job: JobName
    period: str
    trigger: Trigger
    requested_by_id: int | None = None


@dataclass(frozen=True)
class Claimed:
    """A run that is ours now; `tries` is part of the proof."""

    id: int
    tries: int


def run_of(session: Session, job: JobName, period: str) -> JobRun | None:
    """The run of that period."""
    return session.scalar(sa.select(JobRun).where(JobRun.job == job, JobRun.period == period))


def last_run(session: Session, job: JobName, *, trigger: Trigger) -> JobRun | None:
    """The newest run of the job by this trigger, in the order in which they were begun."""
    statement = sa.select(JobRun).where(JobRun.job == job, JobRun.trigger == trigger)
    return session.scalar(statement.order_by(JobRun.id.desc()).limit(1))


def may_run(run: JobRun | None, *, now: datetime) -> bool:
    """Whether that period still wants a run. One that is `running` may be lost: who has the job's lock knows."""
    if run is None or run.outcome == RunOutcome.running:
        return True
    if run.outcome == RunOutcome.lost:
        return _lost_before(run) < MOST_LOST
    if run.outcome == RunOutcome.failed and run.retry_at is not None:
        return now >= run.retry_at or run.retry_at - now > RETRY_WAIT  # the clock was set back
    return False


def claim(session: Session, wanted: Claim, *, now: datetime) -> Claimed | None:
    """Take that period, or None when it has run, is running, or has failed for good. Needs the job's lock."""
    table = table_of(JobRun)
    values = {
        "job": wanted.job.value,
        "period": wanted.period,
        "trigger": wanted.trigger.value,
        "requested_by_id": wanted.requested_by_id,
        "started_at": now,
        "outcome": RunOutcome.running.value,
        "summary": "",
        "detail": "{}",
        "tries": 1,
    }
    made = session.execute(insert_or_ignore(session, table).returning(table.c.id), values).scalar_one_or_none()
    if made is not None:
        return Claimed(made, 1)
    same = sa.select(JobRun).where(JobRun.job == wanted.job, JobRun.period == wanted.period)
    run = session.scalars(same.with_for_update()).one()
    if run.outcome == RunOutcome.running or not may_run(run, now=now):
        return None
    earlier = [*earlier_tries(run), {"at": run.started_at.isoformat(), "outcome": run.outcome, "words": run.summary}]
    run.detail = json.dumps({"earlier": earlier})
    run.outcome, run.summary, run.started_at, run.ended_at, run.retry_at = RunOutcome.running, "", now, None, None
    run.tries += 1
    session.flush()
    return Claimed(run.id, run.tries)


def end(
    session: Session,
    claimed: Claimed,
    *,
    outcome: RunOutcome,
    summary: str,
    details: Mapping[str, Any],
    now: datetime,
    may_retry: bool = False,
) -> None:
    """Say what a run came to; a run that was found lost meanwhile and begun again is left alone."""
    run = session.get(JobRun, claimed.id, with_for_update=True)
    if run is None or run.tries != claimed.tries or run.outcome != RunOutcome.running:
        return
    run.outcome, run.ended_at, run.summary = outcome, now, summary[:500]
    run.detail = json.dumps({**json.loads(run.detail), **details}, default=str)
    if may_retry and run.tries < MOST_TRIES:
        run.retry_at = now + RETRY_WAIT
    session.flush()


def find_lost(session: Session, job: JobName, *, now: datetime) -> int:
    """Every run of the job that still says `running` was lost with its process. Needs the job's lock."""
    rows = session.scalars(sa.select(JobRun).where(JobRun.job == job, JobRun.outcome == RunOutcome.running)).all()
    for run in rows:
        run.outcome, run.ended_at, run.summary = RunOutcome.lost, max(now, run.started_at), LOST_WORDS
    session.flush()
    return len(rows)


def prune(session: Session, job: JobName, *, before: datetime) -> None:
    """Forget the runs of this job that began before then."""
    session.execute(sa.delete(JobRun).where(JobRun.job == job, JobRun.started_at < before))


def earlier_tries(run: JobRun) -> list[dict[str, str]]:
    """What the tries before the last one came to: `at`, `outcome`, `words`."""
    found: list[dict[str, str]] = json.loads(run.detail).get("earlier", [])
    return found


def _lost_before(run: JobRun) -> int:
    return 1 + sum(1 for one in earlier_tries(run) if one["outcome"] == RunOutcome.lost)
