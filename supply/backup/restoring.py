"""Bringing a backup back: proved before anything is replaced, and what is replaced is kept beside it.

Never runs while a server or worker has the database open.
"""

import os
import shutil
import sqlite3
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import sqlalchemy as sa

from supply.backup import postgres
from supply.backup.proof import HEADER, BadBackup, Proven, prove, refuse_faults
from supply.backup.taking import PART, clear, copy_sqlite, flush, flush_folder
from supply.db import FileLock
from supply.errors import Conflict, NotFound, SupplyError

IN_USE = "A server, worker or command is using this database. Stop it, then restore again."


@dataclass(frozen=True)
class Restored:
    """What is there now, and where the replaced database is kept (None where there was none)."""

    revision: str
    movements: int
    kept_as: str | None


def restore(
    url: sa.URL, file: Path, *, data_folder: Path, newest: str, now: datetime, despite_faults: bool = False
) -> Restored:
    """Replace the database by what `file` holds. `newest` is the schema that this release knows.

    Raises NotFound, BadBackup (not ours, damaged, newer, books that do not agree), Conflict (in_use); then nothing was
    changed.
    """
    if not file.is_file():
        raise NotFound(f"There is no file {file}.")
    with open(file, "rb") as opened:
        begins = opened.read(len(HEADER))
    is_sqlite = url.get_backend_name() == "sqlite"
    if not begins.startswith(HEADER if is_sqlite else postgres.HEADER):
        other = begins.startswith((HEADER, postgres.HEADER))
        raise BadBackup(
            f"{file.name} is a backup of the other kind of database." if other else f"{file.name} is no backup of ours."
        )
    data_folder.mkdir(parents=True, exist_ok=True)
    lock = FileLock(data_folder / "worker.lock")
    try:
        if not lock.try_acquire():
            raise Conflict("The worker is running. Stop it, then restore again.", code="in_use")
        if not is_sqlite:
            proven, kept = postgres.restore(url, file, newest=newest, now=now, despite_faults=despite_faults)
            return Restored(proven.revision, proven.movements, kept)
        assert url.database
        path = Path(url.database)
        return _restore_sqlite(path, file, newest=newest, now=now, despite_faults=despite_faults)
    finally:
        lock.close()


def _restore_sqlite(path: Path, file: Path, *, newest: str, now: datetime, despite_faults: bool) -> Restored:
    if path.exists() and file.samefile(path):
        raise Conflict("That is the database itself. Name a backup.", code="bad_target")
    path.parent.mkdir(parents=True, exist_ok=True)
    fresh = path.with_name(path.name + ".restoring")
    kept = path.with_name(f"{path.name}.replaced-{now:%Y%m%d-%H%M%S}")
    try:
        shutil.copyfile(
            file, fresh
        )  # proved and used is the copy: nobody changes it meanwhile, and `file` is only read
        fresh.chmod(0o600)
        proven = _proved(fresh, file.name, newest)
        refuse_faults(proven, file.name, despite_faults)
        flush(fresh)
        had_one = _replace(path, fresh, kept)
    except OSError as error:
        raise SupplyError(f"The disk cannot take it: {error.strerror}. Nothing was replaced.") from error
    finally:
        for ending in ("", "-journal", "-wal", "-shm"):
            fresh.with_name(fresh.name + ending).unlink(missing_ok=True)
    return Restored(proven.revision, proven.movements, str(kept) if had_one else None)


def _proved(fresh: Path, name: str, newest: str) -> Proven:
    try:
        with closing(sqlite3.connect(fresh, isolation_level=None)) as copy:  # a log belongs to no backup
            copy.execute("PRAGMA journal_mode=DELETE").close()
    except sqlite3.DatabaseError as error:
        raise BadBackup(f"{name} is damaged: {error}. Take another backup.") from error
    proven = prove(fresh, name=name)
    if proven.revision > newest:
        raise BadBackup(f"{name} was written by a newer release of supply. Update this one first.", code="newer_backup")
    return proven


def _replace(path: Path, fresh: Path, kept: Path) -> bool:
    """Whether there was a database before; it is kept.

    The pages are written into the file that is there, under its lock, as one transaction: a server that starts in this
    moment waits for it and then sees the restored books, and a crash in the middle leaves the old ones.
    """
    if not path.exists():
        os.replace(fresh, path)
        flush_folder(path.parent)
        return False
    with closing(sqlite3.connect(path, timeout=0, isolation_level=None)) as old:
        try:
            _take_alone(old)
            part = kept.with_name(kept.name + PART)
            copy_sqlite(old, part)
            part.chmod(0o600)
            part.replace(kept)
            with closing(sqlite3.connect(fresh)) as source:
                source.backup(old)
            return True
        except sqlite3.DatabaseError as error:
            if getattr(error, "sqlite_errorname", "").startswith(("SQLITE_BUSY", "SQLITE_LOCKED")):
                raise Conflict(IN_USE, code="in_use") from error
            if not getattr(error, "sqlite_errorname", "").startswith(("SQLITE_CORRUPT", "SQLITE_NOTADB")):
                raise SupplyError(f"It could not be written: {error}. Nothing was replaced.") from error
            kept.unlink(missing_ok=True)
        finally:
            clear(kept.with_name(kept.name + PART))
    for ending in ("", "-wal", "-shm"):  # what is there is no database any more: it is put aside as it is
        beside = path.with_name(path.name + ending)
        if beside.exists():
            beside.replace(kept.with_name(kept.name + ending))
    os.replace(fresh, path)
    return True


def _take_alone(connection: sqlite3.Connection) -> None:
    """Fold the log in and keep everybody else out. SQLite refuses while any other connection is open."""
    for statement in ("PRAGMA journal_mode=DELETE", "PRAGMA locking_mode=EXCLUSIVE", "BEGIN EXCLUSIVE", "COMMIT"):
        connection.execute(statement).close()
