"""The timetable's part of the worker: what happens at its hour, and what somebody asked for now."""

from collections.abc import Callable
from datetime import datetime

from supply.db import Database
from supply.settings import Settings


class Scheduling:
    """Starts the timetable with the lease and stops it with the lease."""

    def __init__(
        self, db: Database, settings: Settings, clock: Callable[[], datetime], is_leading: Callable[[], bool]
    ) -> None:
        self._db, self._settings, self._clock, self._is_leading = db, settings, clock, is_leading

    def round(self) -> None:
        """One turn of the worker."""

    def stop(self, *, still_leads: bool) -> None:
        """End what runs."""
