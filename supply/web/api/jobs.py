"""/jobs: what happens by itself."""

from datetime import datetime

from pydantic import BaseModel, Field
from sqlalchemy.orm import Session

from supply.staff.permissions import Action
from supply.web.access import allow
from supply.web.api.operations import empty_body, route
from supply.web.api.paging import Page, cut
from supply.web.context import actor, database, now, settings
from supply.web.job_lines import JobLine, RunLine, ask_for_run, job_lines, job_name, run_lines
from supply.web.resource import resource

jobs = resource("jobs", "Jobs: what happens by itself")


class JobPath(BaseModel):
    """A job by its name."""

    name: str = Field(min_length=1, max_length=40)


class Run(BaseModel):
    """One run. `outcome` is running, done, failed or lost; `period` the office's date, a slot, or a request."""

    id: int
    job: str
    period: str
    trigger: str
    requested_by: str | None
    started_at: datetime
    ended_at: datetime | None
    seconds: float | None
    outcome: str
    summary: str
    tries: int
    retry_at: datetime | None
    found: list[str]

    @classmethod
    def of(cls, line: RunLine) -> "Run":
        """The shape of a line."""
        return cls(
            id=line.id,
            job=line.job.value,
            period=line.period,
            trigger=line.trigger,
            requested_by=line.by,
            started_at=line.started_at,
            ended_at=line.ended_at,
            seconds=line.seconds,
            outcome=line.outcome,
            summary=line.words,
            tries=line.tries,
            retry_at=line.retry_at,
            found=list(line.found),
        )


class Job(BaseModel):
    """A job. `state` is running, waiting, failed, lost, done or never; `next_at` in the past means overdue."""

    name: str
    title: str
    does: str
    state: str
    next_at: datetime
    last_run: Run | None

    @classmethod
    def of(cls, line: JobLine) -> "Job":
        """The shape of a line."""
        return cls(
            name=line.name.value,
            title=line.title,
            does=line.does,
            state=line.state,
            next_at=line.next_at,
            last_run=Run.of(line.last) if line.last else None,
        )


class Jobs(BaseModel):
    """All jobs; they are few."""

    items: list[Job]
    next: str | None


class Runs(BaseModel):
    """A page of runs."""

    items: list[Run]
    next: str | None


class Asked(BaseModel):
    """The worker does it next; look at the runs for what it came to."""

    request: int
    job: str
    state: str


@route(jobs, "GET", "/jobs", {200: Jobs})
@allow(Action.run_jobs)
def list_jobs() -> Jobs:
    """Every job, with its last run and when it is next."""
    with database().read_session() as session:
        lines = job_lines(session, settings=settings(), now=now())
    return Jobs(items=[Job.of(line) for line in lines], next=None)


@route(jobs, "POST", "/jobs/<name>/run", {202: Asked})
@allow(Action.run_jobs)
def run_job(path: JobPath) -> Asked:
    """Ask the worker to run it now. 409 when it is running (`already_running`) or asked for (`already_waiting`)."""
    empty_body()
    name, by, moment = job_name(path.name), actor(), now()

    def ask(session: Session) -> Asked:
        made = ask_for_run(session, name=name, actor=by, now=moment)
        return Asked(request=made.id, job=name.value, state="waiting")

    return database().transact(ask)


@route(jobs, "GET", "/jobs/<name>/runs", {200: Runs})
@allow(Action.run_jobs)
def list_runs(path: JobPath, query: Page) -> Runs:
    """Runs of one job, newest first."""
    name = job_name(path.name)
    before = query.last_id() or None
    with database().read_session() as session:
        lines = run_lines(session, job=name, limit=query.limit + 1, before_id=before)
    page, following = cut(lines, query.limit, lambda line: (line.id,))
    return Runs(items=[Run.of(line) for line in page], next=following)
