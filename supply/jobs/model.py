"""What a job is: its name, when it is due, how late it may start, and the function that does it."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from supply.db import Database
from supply.errors import SupplyError
from supply.jobs.models import JobName
from supply.settings import Settings


class Found(SupplyError):
    """The job did its work and found something wrong: it has failed, and trying again would find the same."""

    code = "found"


# Prints a PDF and says what came of it. Raises SupplyError when nothing came out.
PrintDocument = Callable[[bytes], str]


@dataclass(frozen=True)
class JobContext:
    """What a job's function gets: `now` is aware UTC, `today` the office's date at that moment.

    `print_document` prints where the settings name a printer; None where they name none, or no worker runs the job.
    """

    db: Database
    settings: Settings
    now: datetime
    today: date
    print_document: PrintDocument | None = None


@dataclass(frozen=True)
class Job:
    """One line of the timetable. `work` says in words what it did; it is idempotent, and refuses by a SupplyError.

    Daily at the office's time `settings.jobs.<name>`, or, with `every`, in each such slot of UTC. `grace` is how late
    it may still start: without one, until its next time.
    """

    name: JobName
    work: Callable[[JobContext], str]
    every: timedelta | None = None
    grace: timedelta | None = None
