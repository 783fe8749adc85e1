"""Taking a backup while everything goes on: a consistent copy, proved, flushed to the disk, then given its name."""

import hashlib
import os
import shutil
import sqlite3
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from supply.audit.chain import Fault
from supply.backup import postgres
from supply.backup.proof import HEADER, prove
from supply.db import Database
from supply.errors import Conflict, SupplyError

PART = ".part"
JOURNAL = "-journal"
DOUBTFUL = ".doubtful"
PIECE_BYTES = 1024 * 1024
SPARE_BYTES = 1024 * 1024


class BackupFailed(SupplyError):
    """There is no new backup; nothing that was there before was touched."""

    code = "backup_failed"


@dataclass(frozen=True)
class Taken:
    """A backup that was read back whole: where, how large, its SHA-256, and how many movements it holds."""

    path: Path
    size: int
    sha256: str
    movements: int


def take_backup(db: Database, target: Path) -> Taken:
    """Copy the database to `target`, which appears only when the copy is whole and its books agree.

    A backup that stands there already is replaced by the new one, never by a bad one. Raises Conflict for any other
    file, BackupFailed (folder, disk full, books that do not agree).
    """
    _refuse_target(db, target)
    part = target.with_name(target.name + PART)
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        clear(part)
        os.close(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))  # it holds password hashes
        movements, faults = _copy(db, part)
        digest = flush(part)
        _refuse_faults(faults, part, target)
        size = part.stat().st_size
        part.replace(target)
        flush_folder(target.parent)
    except (OSError, sqlite3.Error) as error:
        raise BackupFailed(_why(error, target)) from error
    finally:
        clear(part)
    return Taken(target, size, digest, movements)


def clear(part: Path) -> None:
    """Away with an unfinished copy and with its journal, which SQLite would play into the next file of that name."""
    for beside in (JOURNAL, ""):
        part.with_name(part.name + beside).unlink(missing_ok=True)


def copy_sqlite(source: sqlite3.Connection, target: Path) -> None:
    """A whole copy in one step, as one file without a log beside it; other connections go on writing meanwhile."""
    copy = sqlite3.connect(target, isolation_level=None)
    try:
        source.backup(copy)
        copy.execute("PRAGMA journal_mode=DELETE").close()
    finally:
        copy.close()


def _copy(db: Database, part: Path) -> tuple[int, tuple[Fault, ...]]:
    if not db.is_sqlite:
        return postgres.dump(db, part)
    assert db.path is not None, "a database in memory is not backed up"
    needed, free = db.path.stat().st_size + SPARE_BYTES, shutil.disk_usage(part.parent).free
    if free < needed:
        raise BackupFailed(f"{_room(needed)} are needed in {part.parent}, and {_room(free)} are free. Make room.")
    with db.engine.connect() as connection:
        raw = connection.connection.dbapi_connection
        assert isinstance(raw, sqlite3.Connection)
        copy_sqlite(raw, part)
    proven = prove(part, name="The copy")
    return proven.movements, proven.faults


def _refuse_faults(faults: tuple[Fault, ...], part: Path, target: Path) -> None:
    """A copy of books that do not agree is kept, for it may be all there is, but never under a backup's name."""
    if faults:
        first, kept = faults[0], target.with_name(target.name + DOUBTFUL)
        part.replace(kept)
        raise BackupFailed(
            f"The books do not agree ({first.check}: {first.subject} {first.detail}). The copy is kept as {kept}, "
            "beside the older backups. Run: supply verify",
            code="books_do_not_agree",
        )


def _refuse_target(db: Database, target: Path) -> None:
    if target.is_dir():
        raise Conflict(f"{target} is a folder. Name a file.", code="bad_target")
    if not target.exists():
        return
    if db.path is not None and target.samefile(db.path):
        raise Conflict("That is the database itself. Name another file.", code="bad_target")
    with open(target, "rb") as file:
        begins = file.read(len(HEADER))
    if begins and begins != HEADER and not begins.startswith(postgres.HEADER):
        raise Conflict(f"{target} is there already and is no backup. Name another file.", code="bad_target")


def flush(path: Path) -> str:
    """Force the file to the disk; its SHA-256."""
    digest = hashlib.sha256()
    with open(path, "rb+") as file:
        os.fsync(file.fileno())
        read: Callable[[], bytes] = lambda: file.read(PIECE_BYTES)  # noqa: E731
        for piece in iter(read, b""):
            digest.update(piece)
    return digest.hexdigest()


def flush_folder(folder: Path) -> None:
    """Force the names in the folder to the disk."""
    if os.name != "posix":
        return
    opened = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(opened)
    finally:
        os.close(opened)


def _room(size: int) -> str:
    return f"{size / 1024 / 1024:,.0f} MB"


def _why(error: OSError | sqlite3.Error, target: Path) -> str:
    if isinstance(error, OSError):
        reason = error.strerror or str(error)
    else:
        full = getattr(error, "sqlite_errorname", "").startswith(("SQLITE_FULL", "SQLITE_IOERR"))
        reason = f"the disk is full or cannot be written ({error})" if full else str(error)
    return f"No backup could be written to {target.parent}: {reason}. Make room, or choose another folder."
