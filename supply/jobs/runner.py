"""Running jobs: `run_due` is the single door of the timetable, `run_requested` and `run_by_hand` that of people.

A job that fails is recorded with its sentence and stops no other. Knows no job: the timetable does.
"""

import logging
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import TypeVar
from uuid import uuid4

from supply.db import Database
from supply.errors import Conflict, NotFound, SupplyError
from supply.jobs import runs
from supply.jobs.due import due_day, slot_due
from supply.jobs.lock import JobLock
from supply.jobs.model import Found, Job, JobContext, PrintDocument
from supply.jobs.models import JOB_WORDS, JobRun, RunOutcome, Trigger
from supply.jobs.runs import Claim, Claimed
from supply.jobs.timetable import JOBS
from supply.settings import Settings
from supply.stations import work_requests
from supply.stations.models import WorkRequest

log = logging.getLogger(__name__)
Answer = TypeVar("Answer")


def _always() -> bool:
    return True


@dataclass(frozen=True)
class Runner:
    """What every run needs. `may_start` is asked before each run: whether this worker still leads."""

    db: Database
    settings: Settings
    jobs: Sequence[Job] = JOBS
    may_start: Callable[[], bool] = _always
    print_document: PrintDocument | None = None


def run_due(
    db: Database,
    settings: Settings,
    *,
    now: datetime,
    jobs: Sequence[Job] = JOBS,
    may_start: Callable[[], bool] = _always,
    print_document: PrintDocument | None = None,
) -> list[JobRun]:
    """Run every job that is due at `now` and has not run for its period; the runs, in the timetable's order."""
    runner, clock = Runner(db, settings, jobs, may_start, print_document), _clock(now)
    done = []
    for job in jobs:
        period = _due(runner, job, clock())
        if period is not None:
            run = _run(runner, job, Claim(job.name, period, Trigger.timetable), clock)
            done += [run] if run else []
    return done


def run_requested(
    db: Database,
    settings: Settings,
    *,
    now: datetime,
    jobs: Sequence[Job] = JOBS,
    may_start: Callable[[], bool] = _always,
    print_document: PrintDocument | None = None,
) -> list[JobRun]:
    """Run what people asked for, oldest first, and tell them what it came to."""
    runner, clock = Runner(db, settings, jobs, may_start, print_document), _clock(now)
    done: list[JobRun] = []
    while may_start():
        take = partial(work_requests.take_next, kinds=[work_requests.JOB], now=clock())
        request = db.transact(take)
        if request is None:
            break
        run, words = _run_asked(runner, request, clock)
        is_done = run is not None and run.outcome == RunOutcome.done
        finish = partial(work_requests.finish, request_id=request.id, is_done=is_done, words=words, now=clock())
        db.transact(finish)
        done += [run] if run else []
    return done


def run_by_hand(
    db: Database, settings: Settings, *, name: str, actor_id: int, now: datetime, jobs: Sequence[Job] = JOBS
) -> JobRun:
    """Run one job here and now. Raises NotFound, or Conflict (already_running)."""
    job = job_named(name, jobs)
    claim = Claim(job.name, f"by hand {uuid4()}", Trigger.by_hand, actor_id)
    run = _run(Runner(db, settings, jobs), job, claim, _clock(now))
    if run is None:
        raise Conflict(
            f"{JOB_WORDS[job.name].title} is running already. Wait until it is done.", code="already_running"
        )
    return run


def recover(db: Database, settings: Settings, *, now: datetime, jobs: Sequence[Job] = JOBS) -> None:
    """What a worker that died left behind: its runs are lost, what it was asked for is asked again."""
    db.transact(lambda session: work_requests.give_back(session, kinds=[work_requests.JOB]))
    for job in jobs:
        with JobLock(db, settings.data_folder, job.name) as is_ours:
            if is_ours:
                db.transact(partial(runs.find_lost, job=job.name, now=now))


def job_named(name: str, jobs: Sequence[Job] = JOBS) -> Job:
    """The job of that name. Raises NotFound."""
    found = next((job for job in jobs if job.name.value == name), None)
    if found is None:
        raise NotFound(f"There is no job {name!r}. There are {', '.join(job.name.value for job in jobs)}.")
    return found


def attempt(step: Callable[[], Answer]) -> Answer | Exception:
    """What the step gives, or what it raised: one job, or one round of jobs, never ends the others."""
    try:
        return step()
    except Exception as error:
        if not isinstance(error, SupplyError):
            log.exception("a job failed; the others go on")
        return error


def _clock(now: datetime) -> Callable[[], datetime]:
    """A clock that begins at `now` and that nobody sets."""
    began = time.monotonic()
    return lambda: now + timedelta(seconds=time.monotonic() - began)


def _due(runner: Runner, job: Job, now: datetime) -> str | None:
    """The period to run, unless it has run."""
    with runner.db.read_session() as session:
        if job.every is not None:
            last = runs.last_run(session, job.name, trigger=Trigger.timetable)
            period = slot_due(last.started_at if last else None, now=now, every=job.every)
            if period is not None and last is not None and runs.run_of(session, job.name, period) is not None:
                period = f"{period} after run {last.id}"  # the clock was set back; the slot comes again
            return period
        at = getattr(runner.settings.jobs, job.name.value)
        day = due_day(at, now=now, zone=runner.settings.zone, grace=job.grace)
        if day is None or not runs.may_run(runs.run_of(session, job.name, day.isoformat()), now=now):
            return None
        return day.isoformat()


def _run_asked(runner: Runner, request: WorkRequest, clock: Callable[[], datetime]) -> tuple[JobRun | None, str]:
    """The run that the request came to, and what to tell who asked."""
    job = next((job for job in runner.jobs if job.name.value == request.subject), None)
    if job is None:
        return None, "There is no job of that name here."
    claim = Claim(job.name, f"request {request.id}", Trigger.by_hand, request.asked_by_id)
    run = _run(runner, job, claim, clock)
    if run is None:  # done, or lost for good, by a worker that died before it said so
        with runner.db.read_session() as session:
            run = runs.run_of(session, job.name, claim.period)
    return run, run.summary if run else "It was running already."


def _run(runner: Runner, job: Job, claim: Claim, clock: Callable[[], datetime]) -> JobRun | None:
    """Claim, work, end; None when somebody else is at it, or it has run."""
    with JobLock(runner.db, runner.settings.data_folder, job.name) as is_ours:
        if not is_ours or not runner.may_start():
            return None
        started_at = clock()
        runner.db.transact(partial(runs.find_lost, job=job.name, now=started_at))
        claimed = runner.db.transact(partial(runs.claim, wanted=claim, now=started_at))
        if claimed is None:
            return None
        today = started_at.astimezone(runner.settings.zone).date()
        context = JobContext(runner.db, runner.settings, started_at, today, runner.print_document)
        came = attempt(lambda: job.work(context))
        _end(runner.db, job, claim, claimed, came, clock())
    with runner.db.read_session() as session:
        return session.get(JobRun, claimed.id)


def _end(db: Database, job: Job, claim: Claim, claimed: Claimed, came: str | Exception, now: datetime) -> None:
    details = {"code": came.code, **came.details} if isinstance(came, SupplyError) else {}
    is_tried_again = claim.trigger == Trigger.timetable and job.every is None and not isinstance(came, Found)
    end = partial(
        runs.end,
        claimed=claimed,
        outcome=RunOutcome.failed if isinstance(came, Exception) else RunOutcome.done,
        summary=_words(came),
        details=details,
        now=now,
        may_retry=isinstance(came, Exception) and is_tried_again,
    )
    db.transact(end, idempotent=True)


def _words(came: str | Exception) -> str:
    if isinstance(came, str):
        return came
    if isinstance(came, SupplyError):
        return came.message
    return f"It stopped at a fault of the program ({type(came).__name__}: {str(came)[:200]}). The log says more."
