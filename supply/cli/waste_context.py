"""What the commands of waste share: the rules that hold here, verbs carried out in one transaction, lines printed."""

from collections.abc import Callable
from datetime import date, datetime
from enum import Enum
from typing import Any, TypeVar

import click
from sqlalchemy.orm import Session

from supply.cli.context import Cli, print_json
from supply.waste.rules import StateRules
from supply.waste.watch import rules_here

Found = TypeVar("Found")
DAY = click.DateTime(["%Y-%m-%d"])


def law_folder(cli: Cli) -> str:
    """Where the office's own rules lie; empty for none."""
    return cli.settings.waste.law_folder


def rules_now(cli: Cli, session: Session) -> StateRules:
    """The rules that hold for this office."""
    return rules_here(session, law_folder=law_folder(cli), zone=cli.settings.zone)


def change(cli: Cli, verb: Callable[..., Found], **fields: Any) -> Found:
    """Carry out one verb in the name of whoever acts."""
    moment = cli.now()
    return cli.database().transact(lambda session: verb(session, by=cli.actor(session), now=moment, **fields))


def as_day(value: datetime | None) -> date | None:
    """The day of an option."""
    return value.date() if value else None


def show(row: dict[str, Any], as_json: bool, text: str) -> None:
    """One row: as JSON, or as its line of text."""
    if as_json:
        print_json({name: value.value if isinstance(value, Enum) else value for name, value in row.items()})
    else:
        click.echo(text)
