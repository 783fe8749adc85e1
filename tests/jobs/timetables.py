"""Small timetables whose jobs write down when they ran, and a clock that tests set."""

import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from pathlib import Path

import sqlalchemy as sa

from supply.db import Database
from supply.jobs.model import Job, JobContext
from supply.jobs.models import JobName, JobRun
from supply.jobs.runner import run_due
from supply.settings import Settings, load


@dataclass
class Diary:
    """What ran, in the order in which it did."""

    lines: list[tuple[str, datetime]] = field(default_factory=list)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def job(self, name: JobName, **fields: object) -> Job:
        """A job that only writes itself down."""
        return Job(name, self.work(name), **fields)  # type: ignore[arg-type]

    def work(self, name: JobName) -> Callable[[JobContext], str]:
        """The function of such a job."""

        def write(context: JobContext) -> str:
            with self.lock:
                self.lines.append((name.value, context.now))
            return "written down"

        return write

    def count(self, name: JobName) -> int:
        """How often it ran."""
        return sum(1 for line in self.lines if line[0] == name.value)


def settings_in(folder: Path, *, zone: str = "America/New_York", **times: str) -> Settings:
    """The defaults with this zone and these times of jobs."""
    found = load(None, {"SUPPLY_DATA": str(folder)})
    office = found.office.model_copy(update={"timezone": zone})
    jobs = found.jobs.model_copy(update={name: time.fromisoformat(at) for name, at in times.items()})
    return found.model_copy(update={"office": office, "jobs": jobs})


def hourly(db: Database, settings: Settings, jobs: tuple[Job, ...], begin: datetime, hours: int) -> list[JobRun]:
    """Ask `run_due` every hour."""
    found: list[JobRun] = []
    for hour in range(hours):
        found += run_due(db, settings, now=begin + timedelta(hours=hour), jobs=jobs)
    return found


def all_runs(db: Database) -> list[JobRun]:
    """Every row, oldest first."""
    with db.read_session() as session:
        return list(session.scalars(sa.select(JobRun).order_by(JobRun.id)))
