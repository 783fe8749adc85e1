"""Bringing a database to the newest schema. Refuses a database that a newer release has written."""

from importlib import resources

import sqlalchemy as sa
from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from alembic.util.exc import CommandError

from supply.db import Database
from supply.errors import Conflict
from supply.migrations.tables import TABLES

assert TABLES


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", str(resources.files("supply") / "migrations"))
    return config


def newest() -> str:
    """The revision this release wants."""
    revision = ScriptDirectory.from_config(_config()).get_current_head()
    assert revision is not None
    return revision


def current(db: Database) -> str | None:
    """The revision the database has; None for an empty one."""
    with db.engine.connect() as connection:
        return MigrationContext.configure(connection).get_current_revision()


def migrate(db: Database) -> bool:
    """Create or upgrade the schema; True when something was done. Raises Conflict when a newer release wrote it."""
    if current(db) == newest():
        return False
    config = _config()
    with db.writer.connect() as connection:
        if not db.is_sqlite:  # two processes that start at once take turns
            connection.execute(sa.text("SELECT pg_advisory_xact_lock(7031)"))
        config.attributes["connection"] = connection
        try:
            command.upgrade(config, "head")
        except CommandError as error:
            raise Conflict(
                f"This database was written by a newer release of supply: {error}.", code="newer_database"
            ) from error
        connection.commit()
    analyze(db)
    return True


def analyze(db: Database) -> None:
    """Let the database learn its own sizes: one missing ANALYZE made a peer a hundred times slower."""
    with db.writer.begin() as connection:
        connection.execute(sa.text("ANALYZE"))
