"""GET /health: whether the parts of the product are well, for monitors and for the office. Needs no sign-in."""

import shutil
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from flask import Blueprint, Response, jsonify, make_response

from supply.backup.records import database_made_at, good_backups, last_attempt
from supply.db import Database
from supply.jobs.models import WorkerBeat
from supply.settings import Settings
from supply.web.access import public
from supply.web.context import database, now, settings

pages = Blueprint("health", __name__)

LOW_DISK_BYTES = 500 * 1024 * 1024
OK = "ok"
UNKNOWN = "unknown"
SILENT_AFTER = timedelta(minutes=2)
KNOWN_BACKUPS = 5
BACKUP_AGE = timedelta(hours=26)  # a day, and the time a backup may take longer than the one before


@pages.get("/health")
@public
def health() -> Response:
    """Each part as `ok` or what is wrong; 200 while the database works, else 503."""
    found = report(database(), settings(), now())
    return make_response(jsonify(found), 200 if found["database"] == OK else 503)


def report(db: Database, chosen: Settings, moment: datetime) -> dict[str, Any]:
    """Database, worker lease, last backup and free disk, each `ok`, `unknown`, or a sentence."""
    return {
        "database": database_state(db),
        "worker_lease": worker_state(db, moment),
        "last_backup": backup_state(db, moment),
        "free_disk": disk_state(chosen.data_folder),
    }


def database_state(db: Database) -> str:
    """Whether the database answers."""
    try:
        with db.read_session() as session:
            session.execute(sa.text("SELECT 1"))
    except sa.exc.SQLAlchemyError as error:
        return f"The database does not answer ({type(error).__name__})."
    return OK


def worker_state(db: Database, moment: datetime) -> str:
    """Whether the worker that holds the lease gave a sign of life in the last two minutes."""
    try:
        with db.read_session() as session:
            seen_at = session.scalar(sa.select(WorkerBeat.seen_at))
    except sa.exc.SQLAlchemyError:
        return UNKNOWN
    if seen_at is None:
        return "No worker has run yet. Start one: supply work, or supply run."
    silent = moment - seen_at
    return OK if silent < SILENT_AFTER else f"The worker is not running; it was last seen {seen_at.isoformat()}."


def backup_state(db: Database, moment: datetime) -> str:
    """Whether the newest good backup, or else the database itself, is younger than a day and two hours."""
    try:
        with db.read_session() as session:
            known, attempt = good_backups(session, limit=KNOWN_BACKUPS), last_attempt(session)
            made_at = database_made_at(session)
    except sa.exc.SQLAlchemyError:
        return UNKNOWN
    there = [one for one in known if not db.is_sqlite or Path(one.path).exists()]  # another machine's cannot be seen
    good = there[0] if there else None
    if known and good is None:
        return f"The newest good backup is gone: {known[0].path}."
    since = good.taken_at if good else made_at
    if since is None or moment - since < BACKUP_AGE:
        return OK
    why = f" The last try failed: {attempt.words}" if attempt is not None and not attempt.is_good else ""
    when = f"of {good.taken_at.isoformat()}" if good else "missing: none was ever taken"
    return f"The newest good backup is {when}.{why}"


def disk_state(folder: Path) -> str:
    """Whether the data folder's disk has room."""
    try:
        free = shutil.disk_usage(_existing(folder)).free
    except OSError as error:
        return f"The data folder cannot be read ({error.strerror})."
    return OK if free >= LOW_DISK_BYTES else f"Only {free // (1024 * 1024)} MB are free. Make room."


def _existing(folder: Path) -> Path:
    """The folder itself, or the nearest above it that is there."""
    return next((found for found in (folder, *folder.parents) if found.exists()), folder)
