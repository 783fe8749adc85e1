"""One job runs once at a time, whoever runs it: a lock that its holder's death gives up, never the clock."""

from pathlib import Path
from types import TracebackType

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from supply.db import Database, FileLock
from supply.jobs.models import JobName

LOCK_KEY = 7_040


class JobLock:
    """`with JobLock(...) as is_ours:` by flock on the data folder (SQLite) or an advisory lock (PostgreSQL)."""

    def __init__(self, db: Database, folder: Path, name: JobName) -> None:
        self._db, self._name = db, name
        self._path = folder / f"job-{name.value}.lock"
        self._file: FileLock | None = None
        self._connection: Connection | None = None

    def __enter__(self) -> bool:
        if self._db.is_sqlite:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            self._file = FileLock(self._path)
            return self._file.try_acquire()
        self._connection = self._db.engine.connect().execution_options(isolation_level="AUTOCOMMIT")
        key = {"key": LOCK_KEY, "job": list(JobName).index(self._name)}
        return bool(self._connection.scalar(sa.text("SELECT pg_try_advisory_lock(:key, :job)"), key))

    def __exit__(
        self, _kind: type[BaseException] | None, _error: BaseException | None, _trace: TracebackType | None
    ) -> None:
        if self._file is not None:
            self._file.close()
        if self._connection is not None:
            self._connection.invalidate()  # a pooled connection would keep the lock
            self._connection.close()
