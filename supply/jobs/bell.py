"""The bell: rings at the office's times and every few minutes. It decides nothing: `run_due` looks what is due."""

from collections.abc import Callable, Sequence
from zoneinfo import ZoneInfo

from apscheduler.schedulers.background import BackgroundScheduler
from apscheduler.triggers.cron import CronTrigger
from apscheduler.triggers.interval import IntervalTrigger

from supply.jobs.model import Job
from supply.settings import Settings

# However late a ring is, it rings, and once: what is too late for a job is that job's `grace`, not the bell's.
RINGING = {"misfire_grace_time": None, "coalesce": True, "max_instances": 1}


class Bell:
    """One scheduler with a job for each line of the timetable, none of them stored anywhere."""

    def __init__(self, settings: Settings, jobs: Sequence[Job], ring: Callable[[], object]) -> None:
        zone: ZoneInfo = settings.zone
        self._scheduler = BackgroundScheduler(timezone=zone, job_defaults=RINGING)
        for job in jobs:
            if job.every is not None:
                trigger = IntervalTrigger(seconds=int(job.every.total_seconds()), timezone=zone)
            else:
                at = getattr(settings.jobs, job.name.value)
                trigger = CronTrigger(hour=at.hour, minute=at.minute, second=at.second, timezone=zone)
            self._scheduler.add_job(ring, trigger, id=job.name.value)
        self._scheduler.start()

    def stop(self) -> None:
        """Ring no more."""
        self._scheduler.shutdown(wait=False)
