"""`supply token`: keys for programs."""

import click

from supply.cli.context import Cli
from supply.staff import tokens


@click.group()
def token() -> None:
    """API tokens."""


@token.command("create")
@click.option("--user", "name", required=True, metavar="NAME", help="The person as whom the token acts.")
@click.option("--label", default="", metavar="TEXT", help="What will use it.")
@click.option("--station", metavar="CODE", help="The station that will carry it.")
@click.pass_obj
def create(cli: Cli, name: str, label: str, station: str | None) -> None:
    """Make a token for a person and print it alone, the only time."""
    key = cli.database().transact(
        lambda session: tokens.create_token(
            session, person_name=name, label=label, station=station, by=cli.actor(session), now=cli.now()
        )
    )
    click.echo(key)
