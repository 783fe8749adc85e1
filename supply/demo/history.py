"""What the nights of three years would have left: the daily use of the demonstration office, added up."""

from datetime import datetime

from supply.db import Database
from supply.jobs.model import JobContext
from supply.jobs.night import add_up_use
from supply.settings import Settings


def add_up(db: Database, settings: Settings, now: datetime) -> None:
    """Bring the daily demand up to date."""
    add_up_use(JobContext(db, settings, now, now.astimezone(settings.zone).date()))
