"""Engines, sessions and the one way to write: `Database.transact`.

Owns how a transaction begins, queues, is retried and commits. Knows no table and no rule of the business.
"""

import contextlib
import logging
import os
import random
import sqlite3
import threading
import time
from collections import deque
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, TypeVar

import sqlalchemy as sa
from sqlalchemy import event
from sqlalchemy.dialects.postgresql import insert as postgresql_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert
from sqlalchemy.engine import Connection, Dialect, Engine, make_url
from sqlalchemy.orm import DeclarativeBase, Session
from sqlalchemy.pool import PoolProxiedConnection
from sqlalchemy.types import DateTime, TypeDecorator

from supply.errors import SupplyError

try:
    import fcntl
except ImportError:  # Windows has no flock; one process serves there
    fcntl = None  # type: ignore[assignment]

log = logging.getLogger(__name__)
Answer = TypeVar("Answer")

NAMING = {
    "ix": "ix_%(column_0_N_label)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_name)s",
    "pk": "pk_%(table_name)s",
}
BUSY_MS = 10_000
SQLITE_PRAGMAS = (
    "journal_mode=WAL",
    "synchronous=FULL",
    f"busy_timeout={BUSY_MS}",
    "foreign_keys=ON",
    "wal_autocheckpoint=0",
    "cache_size=-16000",  # KiB
)
SQLITE_ARGUMENTS = {"check_same_thread": False, "isolation_level": None, "timeout": 10}
SQLITE_SAFE_VERSION = (3, 51, 3)  # below it the WAL-reset bug is possible; checkpoints under the write queue avoid it
CHECKPOINT_BYTES = 4 * 1024 * 1024
RETRY_SECONDS = 10.0
CONNECTION = "supply_connection"
# PostgreSQL: serialization, deadlock, lock timeout, shutting down, read-only after a failover; 08 is the connection.
RETRIED_STATES = frozenset({"40001", "40P01", "55P03", "57P01", "57P02", "57P03", "25006"})
FULL_STATES = frozenset({"53100"})


class Base(DeclarativeBase):
    """Declarative base of every table, with constraint names that migrations can rely on."""

    metadata = sa.MetaData(naming_convention=NAMING)


def table_of(model: type[Base]) -> sa.Table:
    """The table of a model, for statements on the hot path where the ORM costs two to three times Core."""
    table = model.__table__
    assert isinstance(table, sa.Table)
    return table


class Moment(TypeDecorator[datetime]):
    """A moment in UTC. Naive datetimes are refused: a wall-clock time without a zone is no moment."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Store in UTC; SQLite keeps no zone, so it gets the naive UTC value."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("A moment needs its offset from UTC.")
        value = value.astimezone(UTC)
        return value.replace(tzinfo=None) if dialect.name == "sqlite" else value

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Give back an aware UTC datetime on both databases."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class NotSaved(SupplyError):
    """The database could not take the change; nothing was saved. The same request may be sent again."""

    code = "not_saved"


class StorageFull(NotSaved):
    """The disk that holds the database is full."""

    code = "storage_full"


class TicketLock:
    """First come, first served. SQLite's own busy handler sleeps and starves; this queue does not."""

    def __init__(self) -> None:
        self._guard = threading.Lock()
        self._waiting: deque[threading.Lock] = deque()
        self._taken = False

    def __enter__(self) -> None:
        with self._guard:
            if not self._taken:
                self._taken = True
                return
            turn = threading.Lock()
            turn.acquire()
            self._waiting.append(turn)
        turn.acquire()

    def __exit__(self, *_: object) -> None:
        with self._guard:
            if self._waiting:
                self._waiting.popleft().release()
            else:
                self._taken = False


class FileLock:
    """One process at a time, by flock on a file: held for one transaction, or for as long as a worker leads."""

    def __init__(self, path: Path) -> None:
        self._file = open(path, "a+b")  # noqa: SIM115 - lives as long as the lock

    def __enter__(self) -> None:
        if fcntl:
            fcntl.flock(self._file, fcntl.LOCK_EX)

    def __exit__(self, *_: object) -> None:
        self.release()

    def try_acquire(self) -> bool:
        """Take it if nobody has it; True when it is ours."""
        if not fcntl:
            return True
        try:
            fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            return False
        return True

    def release(self) -> None:
        """Give it up."""
        if fcntl:
            fcntl.flock(self._file, fcntl.LOCK_UN)

    def close(self) -> None:
        """Close the file, which gives the lock up too."""
        self._file.close()


class ReadSession(Session):
    """A session for reading: anything that would be written is a bug and is refused at flush."""

    def flush(self, objects: Any = None) -> None:
        """Refuse to write."""
        if self.new or self.dirty or self.deleted:
            raise RuntimeError("A reading session was asked to write; use Database.transact.")


class Database:
    """One database, SQLite or PostgreSQL: `transact` to write, `read_session` to read."""

    def __init__(self, url: str, *, pool_size: int = 16) -> None:
        self.url = make_url(url)
        self.is_sqlite = self.url.get_backend_name() == "sqlite"
        self.path = Path(self.url.database) if self.is_sqlite and self.url.database else None
        if self.path:
            self.path.parent.mkdir(parents=True, exist_ok=True)
        self.engine = _engine(self.url, self.is_sqlite, pool_size)
        self.writer = _sqlite_writer(self.url, self.engine) if self.is_sqlite else self.engine
        self._queue = TicketLock()
        self._file_lock = FileLock(self.path.with_name(self.path.name + ".lock")) if self.path else None

    def close(self) -> None:
        """Close every pooled connection."""
        self.engine.dispose()
        self.writer.dispose()
        if self._file_lock:
            self._file_lock.close()

    @contextlib.contextmanager
    def read_session(self) -> Iterator[Session]:
        """A session that sees one consistent state and never writes."""
        session = ReadSession(self.engine, autoflush=False, expire_on_commit=False)
        try:
            yield session
        finally:
            session.info.pop(CONNECTION, None)
            session.expunge_all()  # rows read stay readable after the session
            session.rollback()
            session.close()

    def transact(self, function: Callable[[Session], Answer], *, idempotent: bool = False) -> Answer:
        """Run `function` in one write transaction, commit, and return its answer; run it again when the database asks.

        `idempotent` says that running a committed function again is harmless (it carries its own key), so that even a
        connection lost during COMMIT may be retried. Raises NotSaved when ten seconds of retries did not help.
        """
        deadline = time.monotonic() + RETRY_SECONDS
        attempt = 0
        while True:
            try:
                return self._once(function)
            except sa.exc.DBAPIError as error:
                committing = getattr(error, "supply_committing", False)
                if _is_full(error):
                    raise StorageFull("The disk is full; nothing was saved. Free some space and try again.") from error
                if not _is_passing(error) or (committing and not idempotent):
                    raise
                wait = min(1.0, 0.005 * 2**attempt) * random.random()  # noqa: S311 - jitter, not a secret
                if time.monotonic() + wait > deadline:
                    raise NotSaved("The database is too busy; nothing was saved. Try again.") from error
                attempt += 1
                time.sleep(wait)

    def _once(self, function: Callable[[Session], Answer]) -> Answer:
        with contextlib.ExitStack() as stack:
            if self.is_sqlite:
                stack.enter_context(self._queue)
                if self._file_lock:
                    stack.enter_context(self._file_lock)
            session = stack.enter_context(Session(self.writer, autoflush=False, expire_on_commit=False))
            answer = function(session)
            raw: Any = None if self.is_sqlite else session.connection().connection.dbapi_connection
            try:
                session.commit()
            except sa.exc.DBAPIError as error:
                error.supply_committing = True  # type: ignore[attr-defined]
                raise
            if raw is not None and raw.supply_notices:
                raise NotSaved(
                    "The standby did not confirm in time; it is unknown whether this was saved. Send it again."
                )
            self._checkpoint(session)
        return answer

    def _checkpoint(self, session: Session) -> None:
        """Fold the write-ahead log back in while still holding the write queue, once it has grown enough.

        It never waits: while somebody reads (a long page, a backup) the log goes on growing and a later write folds it.
        """
        if not self.path:
            return
        wal = f"{self.path}-wal"
        with contextlib.suppress(FileNotFoundError):
            if os.stat(wal).st_size > CHECKPOINT_BYTES:
                session.close()
                with contextlib.closing(sqlite3.connect(self.path, timeout=0)) as connection:
                    connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").close()


def _engine(url: sa.URL, is_sqlite: bool, pool_size: int) -> Engine:
    if not is_sqlite:
        options = "-c timezone=UTC -c lock_timeout=5s -c idle_in_transaction_session_timeout=15s"
        engine = sa.create_engine(
            url,
            pool_size=pool_size,
            pool_pre_ping=True,
            isolation_level="READ COMMITTED",
            connect_args={"options": options, "prepare_threshold": None},
        )
        event.listen(engine, "connect", _watch_notices)
        event.listen(engine, "commit", _forget_notices)
        return engine
    memory = not url.database or url.database == ":memory:"
    pool: dict[str, Any] = {"poolclass": sa.pool.StaticPool} if memory else {"pool_size": pool_size, "max_overflow": 16}
    engine = sa.create_engine(url, connect_args=SQLITE_ARGUMENTS, **pool)
    event.listen(engine, "connect", _set_pragmas)
    engine.dialect.do_begin = _begin  # type: ignore[method-assign]
    return engine


def _set_pragmas(connection: sqlite3.Connection, _record: object) -> None:
    """Set each pragma by its own statement, and read the one that keeps scans safe back."""
    for pragma in SQLITE_PRAGMAS:
        connection.execute(f"PRAGMA {pragma}").close()
    (synchronous,) = connection.execute("PRAGMA synchronous").fetchone()
    if synchronous != 2:
        raise RuntimeError("SQLite did not accept synchronous=FULL; a power cut could lose scans.")


def _sqlite_writer(url: sa.URL, reader: Engine) -> Engine:
    """The engine of write transactions: one connection, since they take turns, whose page cache so stays warm.

    How a transaction begins is set on the dialect: a listener on the engine would make SQLAlchemy call every hook of
    every statement, an eighth of a scan. A database in memory has one connection, which both engines share.
    """
    if isinstance(reader.pool, sa.pool.StaticPool):
        engine = sa.create_engine(url, pool=reader.pool)
    else:
        engine = sa.create_engine(url, connect_args=SQLITE_ARGUMENTS, pool_size=1, max_overflow=2)
        event.listen(engine, "connect", _set_pragmas)
    engine.dialect.do_begin = _begin_immediate  # type: ignore[method-assign]
    return engine


def _begin(dbapi_connection: PoolProxiedConnection) -> None:
    dbapi_connection.execute("BEGIN").close()


def _begin_immediate(dbapi_connection: PoolProxiedConnection) -> None:
    dbapi_connection.execute("BEGIN IMMEDIATE").close()


def _watch_notices(connection: Any, _record: object) -> None:
    """A COMMIT whose wait for the standby was cancelled looks like success and is not: remember the warning."""
    connection.supply_notices = []
    connection.add_notice_handler(
        lambda notice: connection.supply_notices.append(notice.sqlstate) if notice.sqlstate == "01000" else None
    )


def _forget_notices(connection: Connection) -> None:
    raw: Any = connection.connection.dbapi_connection
    if raw is not None:
        raw.supply_notices = []


def _is_full(error: sa.exc.DBAPIError) -> bool:
    if isinstance(error.orig, sqlite3.OperationalError):
        return getattr(error.orig, "sqlite_errorname", "").startswith(("SQLITE_FULL", "SQLITE_IOERR"))
    return getattr(error.orig, "sqlstate", None) in FULL_STATES


def _is_passing(error: sa.exc.DBAPIError) -> bool:
    """Whether the same transaction may succeed when run again (reliability paper, section 1.3)."""
    if isinstance(error, sa.exc.IntegrityError):
        return False
    if isinstance(error.orig, sqlite3.OperationalError):
        return getattr(error.orig, "sqlite_errorname", "").startswith(("SQLITE_BUSY", "SQLITE_LOCKED"))
    state = getattr(error.orig, "sqlstate", None)
    return bool(error.connection_invalidated) or (state is not None and (state in RETRIED_STATES or state[:2] == "08"))


def is_unavailable(error: BaseException) -> bool:
    """Whether the database itself is out of reach or too busy, rather than a statement being wrong."""
    return isinstance(error, sa.exc.DBAPIError) and (_is_passing(error) or isinstance(error, sa.exc.OperationalError))


def warn_of_old_sqlite() -> None:
    """Say at start when the linked SQLite still has the WAL-reset bug."""
    if sqlite3.sqlite_version_info < SQLITE_SAFE_VERSION:
        log.warning("SQLite %s is older than 3.51.3; checkpoints run under the write queue.", sqlite3.sqlite_version)


def connection_of(session: Session) -> Connection:
    """The connection of this session's one transaction; asking the session each time costs as much as a statement."""
    found: Connection | None = session.info.get(CONNECTION)
    if found is None:
        found = session.info[CONNECTION] = session.connection()
    return found


@contextlib.contextmanager
def savepoint(session: Session) -> Iterator[None]:
    """What is done within is taken back when it raises, and only that.

    The library sets a savepoint when the session itself next executes, not when it is asked for; what goes past the
    session (`connection_of`) would stay. So it is made to set it at once.
    """
    with session.begin_nested():
        session.connection()
        yield


def insert_or_ignore(session: Session, table: Any) -> Any:
    """An INSERT that does nothing where the row exists already. Ask it for RETURNING: rowcount differs by driver."""
    dialect = session.get_bind().dialect.name
    build = sqlite_insert if dialect == "sqlite" else postgresql_insert
    return build(table).on_conflict_do_nothing()


def insert_or_update(session: Session, table: Any, *, keys: list[str], changes: Callable[[Any], dict[str, Any]]) -> Any:
    """An INSERT that on a conflict of `keys` sets what `changes(excluded row)` says."""
    dialect = session.get_bind().dialect.name
    statement: Any = sqlite_insert(table) if dialect == "sqlite" else postgresql_insert(table)
    return statement.on_conflict_do_update(index_elements=keys, set_=changes(statement.excluded))
