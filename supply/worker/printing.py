"""The print queue's part of the worker: one thread for each printer, one label at a time, none twice unasked."""

from collections.abc import Callable
from datetime import datetime

from supply.db import Database
from supply.settings import Settings


class Printing:
    """Prints what waits in the queue, at each printer's own pace."""

    def __init__(self, db: Database, settings: Settings, clock: Callable[[], datetime]) -> None:
        self._db, self._settings, self._clock = db, settings, clock

    def round(self) -> None:
        """One turn of the worker."""

    def stop(self, *, still_leads: bool) -> None:
        """End what runs."""
