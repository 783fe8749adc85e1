"""When a check looks, and from which limits on it speaks. Plain values; it reads neither clock nor settings."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta, tzinfo
from pathlib import Path


@dataclass(frozen=True)
class When:
    """The moment of a check, the office's date at it, and the office's zone."""

    now: datetime
    today: date
    zone: tzinfo


@dataclass(frozen=True)
class Limits:
    """From when on people are told. `expiry_days` is the ladder, longest first; `law_folder` the office's own rules."""

    expiry_days: tuple[int, ...] = (90, 60, 30, 7, 0)
    law_folder: Path | None = None
    training_days: tuple[int, ...] = (60, 30, 0)
    device_down: timedelta = timedelta(minutes=10)
    agent_silent: timedelta = timedelta(minutes=10)
    scans_wait: timedelta = timedelta(days=1)
    backup_age: timedelta = timedelta(hours=26)
