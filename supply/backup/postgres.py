"""Backups of PostgreSQL by its own programs: pg_dump of a snapshot whose books were added up, pg_restore back.

A restore goes into a database of its own, is proved there, and then changes names with the old one.
"""

import os
import shutil
import subprocess
from contextlib import closing
from datetime import datetime
from pathlib import Path

import sqlalchemy as sa
from sqlalchemy.engine import Connection
from sqlalchemy.orm import Session

from supply.audit.chain import Fault
from supply.backup.proof import TABLES, BadBackup, Proven, books_faults, refuse_faults
from supply.db import Database
from supply.errors import Conflict, SupplyError

HEADER = b"PGDMP"
NAME_BYTES = 63


class ProgramMissing(SupplyError):
    """A program of PostgreSQL is not on this machine."""

    code = "program_missing"


class ProgramFailed(SupplyError):
    """A program of PostgreSQL ended with an error; its last line says why."""

    code = "program_failed"


def dump(db: Database, part: Path) -> tuple[int, tuple[Fault, ...]]:
    """Write one snapshot to `part` and read the file back; the movements in it and what in its books does not agree.

    Raises ProgramMissing, ProgramFailed.
    """
    program("pg_dump"), program("pg_restore")
    snapshot = db.engine.connect().execution_options(isolation_level="REPEATABLE READ")
    with closing(snapshot), Session(snapshot) as session:
        session.execute(sa.text("SET LOCAL idle_in_transaction_session_timeout = 0"))
        name = session.scalar(sa.text("SELECT pg_export_snapshot()"))
        faults = tuple(books_faults(session))
        movements = session.scalar(sa.text("SELECT count(*) FROM movements")) or 0
        run(
            "pg_dump",
            db.url,
            "--format=custom",
            "--no-owner",
            "--no-privileges",
            f"--snapshot={name}",
            f"--file={part}",
        )
        session.rollback()
    run("pg_restore", None, f"--file={os.devnull}", str(part))
    return movements, faults


def restore(url: sa.URL, file: Path, *, newest: str, now: datetime, despite_faults: bool) -> tuple[Proven, str | None]:
    """Bring `file` back under the database's name; what it holds, and under which name the replaced one is kept.

    Raises BadBackup, Conflict (in_use), ProgramMissing, ProgramFailed; then nothing was changed.
    """
    program("pg_restore")
    listed = run("pg_restore", None, "--list", str(file))
    if any(f"TABLE public {table} " not in listed for table in TABLES):
        raise BadBackup(f"{file.name} is no backup of this program.")
    assert url.database is not None
    stamp = f"{now:%Y%m%d_%H%M%S}"
    fresh = _named(url.database, f"restoring_{stamp}")
    admin = sa.create_engine(url.set(database="postgres"), isolation_level="AUTOCOMMIT", poolclass=sa.NullPool)
    with admin.connect() as connection:
        _refuse_in_use(connection, url.database)
        _say(connection, f"CREATE DATABASE {_quoted(fresh)} TEMPLATE template0")
        try:
            proven = _fill(url.set(database=fresh), file, newest)
            refuse_faults(proven, file.name, despite_faults)
            replaced = _exchange(connection, url.database, fresh, stamp)
        except SupplyError:
            _say(connection, f"DROP DATABASE IF EXISTS {_quoted(fresh)}")
            raise
    return proven, replaced


def program(name: str) -> str:
    """Where that program is. Raises ProgramMissing."""
    found = shutil.which(name)
    if found is None:
        raise ProgramMissing(
            f"{name} is not installed on this machine, and PostgreSQL cannot be backed up or restored without it. "
            "Install the PostgreSQL client programs, at least as new as the server."
        )
    return found


def run(name: str, url: sa.URL | None, *arguments: str) -> str:
    """What the program printed. Raises ProgramFailed with its last line."""
    environment, connecting = dict(os.environ), []
    if url is not None:
        plain = url.set(drivername="postgresql", password=None)
        connecting = [f"--dbname={plain.render_as_string()}"]
        if url.password is not None:
            environment["PGPASSWORD"] = str(url.password)
    ended = subprocess.run(
        [program(name), "--no-password" if url is not None else "--verbose", *connecting, *arguments],
        env=environment, capture_output=True, text=True, errors="replace", check=False,
    )  # fmt: skip
    if ended.returncode:
        said = [line for line in ended.stderr.splitlines() if "error" in line or "fatal" in line.lower()]
        lines = said or ended.stderr.splitlines() or [f"it ended with {ended.returncode}"]
        raise ProgramFailed(f"{name} did not succeed: {lines[0][:300]}")
    return ended.stdout


def _fill(url: sa.URL, file: Path, newest: str) -> Proven:
    run("pg_restore", url, "--no-owner", "--no-privileges", "--exit-on-error", "--single-transaction", str(file))
    engine = sa.create_engine(url, poolclass=sa.NullPool)
    with Session(engine) as session:
        revision = str(session.scalar(sa.text("SELECT version_num FROM alembic_version")))
        if revision > newest:
            raise BadBackup(f"{file.name} was written by a newer release of supply. Update this one first.")
        proven = Proven(
            revision, session.scalar(sa.text("SELECT count(*) FROM movements")) or 0, tuple(books_faults(session))
        )
    engine.dispose()
    return proven


def _exchange(connection: Connection, name: str, fresh: str, stamp: str) -> str | None:
    """Give the fresh database the name; the old one keeps its rows under another."""
    replaced = None
    if connection.scalar(sa.text("SELECT 1 FROM pg_database WHERE datname = :name"), {"name": name}):
        _refuse_in_use(connection, name)
        replaced = _named(name, f"replaced_{stamp}")
        _say(connection, f"ALTER DATABASE {_quoted(name)} RENAME TO {_quoted(replaced)}")
    try:
        _say(connection, f"ALTER DATABASE {_quoted(fresh)} RENAME TO {_quoted(name)}")
    except SupplyError:
        if replaced is not None:
            _say(connection, f"ALTER DATABASE {_quoted(replaced)} RENAME TO {_quoted(name)}")
        raise
    return replaced


def _refuse_in_use(connection: Connection, name: str) -> None:
    statement = sa.text("SELECT count(*) FROM pg_stat_activity WHERE datname = :name AND pid <> pg_backend_pid()")
    if connection.scalar(statement, {"name": name}):
        raise Conflict(
            "A server, worker or command is using this database. Stop it, then restore again.", code="in_use"
        )


def _say(connection: Connection, statement: str) -> None:
    try:
        connection.execute(sa.text(statement))
    except sa.exc.DBAPIError as error:
        if getattr(error.orig, "sqlstate", None) == "42501":
            message = "A restore needs a database user that may create databases (CREATEDB). Nothing was changed."
            raise Conflict(message, code="not_permitted") from error
        raise ProgramFailed(f"PostgreSQL refused: {str(error.orig).splitlines()[0]}") from error


def _named(name: str, ending: str) -> str:
    return f"{name[: NAME_BYTES - len(ending) - 1]}_{ending}"


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'
