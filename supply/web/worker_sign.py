"""The sign on every page that nothing happens by itself: the worker gave no sign of life for a while. Reads only."""

from datetime import datetime, timedelta

import sqlalchemy as sa
from flask import Flask

from supply.jobs.models import WorkerBeat
from supply.web.context import EXTENSION, actor_or_none, database, now, settings
from supply.web.formatting import moment_at

SILENT_AFTER = timedelta(seconds=90)
BEGAN = "supply_began_at"


def install(app: Flask) -> None:
    """Give the templates `worker_silence()`."""
    app.extensions[BEGAN] = app.extensions[EXTENSION].clock()
    app.jinja_env.globals["worker_silence"] = lambda: _silence(app)


def _silence(app: Flask) -> str | None:
    """What to say to whoever is signed in; None while the worker lives, or this server has only just begun."""
    if actor_or_none() is None or now() - app.extensions[BEGAN] < SILENT_AFTER:
        return None
    with database().read_session() as session:
        seen_at: datetime | None = session.scalar(sa.select(WorkerBeat.seen_at))
    if seen_at is not None and now() - seen_at < SILENT_AFTER:
        return None
    return _sentence(seen_at)


def _sentence(seen_at: datetime | None) -> str:
    return (
        "Nothing happens by itself right now: no backups, alerts, mail or labels, and station scanners wait. "
        f"Scanning on this screen still counts. The worker {_since(seen_at)}; whoever looks after the computer "
        "starts it with supply run or supply work."
    )


def _since(seen_at: datetime | None) -> str:
    if seen_at is None:
        return "has never run here"
    return f"was last seen {moment_at(seen_at, settings().zone)}"
