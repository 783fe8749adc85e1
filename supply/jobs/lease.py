"""The lease: exactly one worker at a time, by a lock that its holder's death gives up, never by the clock."""

import logging
import os
import socket
import threading
from datetime import datetime
from pathlib import Path

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from supply.db import Database, FileLock, insert_or_update, table_of
from supply.jobs.models import WorkerBeat

LOCK_KEY = 7_032
log = logging.getLogger(__name__)


class Lease:
    """Held by flock on the data folder (SQLite) or by an advisory lock of a connection of its own (PostgreSQL)."""

    def __init__(self, db: Database, folder: Path) -> None:
        self._db = db
        folder.mkdir(parents=True, exist_ok=True)
        self._file = FileLock(folder / "worker.lock") if db.is_sqlite else None
        self._connection: Connection | None = None
        self._asking = threading.RLock()  # a connection is asked by one thread at a time
        self.holder = f"{socket.gethostname()[:80]}, process {os.getpid()}"

    def try_acquire(self) -> bool:
        """Take the lease if nobody has it."""
        if self._file:
            return self._file.try_acquire()
        with self._asking:
            return self._try_connection()

    def _try_connection(self) -> bool:
        self.release()
        try:
            connection = self._db.engine.connect().execution_options(isolation_level="AUTOCOMMIT")
            if connection.scalar(sa.text("SELECT pg_try_advisory_lock(:key)"), {"key": LOCK_KEY}):
                self._connection = connection
                return True
            connection.close()
        except sa.exc.DBAPIError:
            log.warning("The database does not answer; the lease is asked for again.")
        return False

    def is_held(self) -> bool:
        """Whether it is still ours: a lost connection is a lost lock. Any thread may ask."""
        if self._file:
            return True
        with self._asking:
            try:
                return self._connection is not None and self._connection.scalar(sa.text("SELECT 1")) == 1
            except sa.exc.SQLAlchemyError:  # a broken connection answers a second question with another error
                return False

    def release(self) -> None:
        """Give it up."""
        if self._file:
            self._file.close()
        with self._asking:
            if self._connection is not None:
                self._connection.invalidate()
                self._connection.close()
                self._connection = None

    def beat(self, *, started_at: datetime, now: datetime) -> None:
        """Leave a sign of life for the health page."""
        row = {"id": 1, "holder": self.holder, "started_at": started_at, "seen_at": now}
        names = ("holder", "started_at", "seen_at")
        self._db.transact(
            lambda session: session.execute(
                insert_or_update(
                    session,
                    table_of(WorkerBeat),
                    keys=["id"],
                    changes=lambda new: {name: new[name] for name in names},
                ),
                row,
            ),
            idempotent=True,
        )
