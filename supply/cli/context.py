"""What every command shares: settings, the database, who acts, the clock, and how answers and refusals are printed."""

import json
import sys
from collections.abc import Callable
from dataclasses import asdict, is_dataclass
from datetime import UTC, date, datetime
from functools import cached_property
from pathlib import Path
from typing import Any, NoReturn, TypeVar

import click
from sqlalchemy.orm import Session

from supply.db import Database
from supply.errors import SupplyError
from supply.migrations import upgrade
from supply.settings import Settings, load_here
from supply.staff import people
from supply.staff.permissions import Actor

Command = TypeVar("Command", bound=Callable[..., Any])


class Cli:
    """One run of the command: opened lazily, so that `barcode parse` needs no database."""

    def __init__(self, config: Path | None) -> None:
        self._config = config
        self.user: str | None = None

    @cached_property
    def settings(self) -> Settings:
        """The settings of this run."""
        return load_here(self._config)

    @cached_property
    def _database(self) -> Database:
        return Database(self.settings.database_url)

    def database(self) -> Database:
        """The database, at the newest schema. Refuses one that was never set up or that waits for `supply setup`."""
        if not self.is_set_up():
            raise SupplyError("The database is not set up yet, or is older than this release. Run: supply setup")
        return self._database

    def raw_database(self) -> Database:
        """The database as it is, for `setup`."""
        return self._database

    def is_set_up(self) -> bool:
        """Whether the database has the newest schema."""
        path = self._database.path
        if path is not None and not path.exists():
            return False
        return upgrade.current(self._database) == upgrade.newest()

    def actor(self, session: Session) -> Actor:
        """Who acts: --user, else $SUPPLY_USER, else the built-in person `local`."""
        return people.find_actor(session, self.user) if self.user else people.local_actor(session)

    def now(self) -> datetime:
        """This moment, aware, in UTC."""
        return datetime.now(UTC)

    def today(self) -> date:
        """The office's date."""
        return self.now().astimezone(self.settings.zone).date()


def acts(command: Command) -> Command:
    """Give a command `--user NAME`, the one who acts."""

    def remember(context: click.Context, _parameter: click.Parameter, value: str | None) -> None:
        context.ensure_object(object)
        context.obj.user = value

    return click.option(
        "--user",
        envvar="SUPPLY_USER",
        metavar="NAME",
        expose_value=False,
        callback=remember,
        help="Who acts; default $SUPPLY_USER, else the built-in person local.",
    )(command)


as_json = click.option("--json", "as_json", is_flag=True, help="One JSON object per line.")


def print_json(row: Any) -> None:
    """One object, one line."""
    click.echo(json.dumps(asdict(row) if is_dataclass(row) and not isinstance(row, type) else row, default=str))


def refuse(error: SupplyError) -> NoReturn:
    """One line on stderr, exit status 1."""
    click.echo(error.message, err=True)
    sys.exit(1)
