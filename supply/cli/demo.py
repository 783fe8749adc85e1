"""`supply setup --demo`: the demonstration office, said in two lines."""

import click

from supply.cli.context import Cli
from supply.demo.office import refuse_stocked, stock_office


def check_empty(cli: Cli) -> None:
    """Raise Conflict when the database is in use already: a demonstration never mixes with an office's own stock."""
    if cli.is_set_up():
        refuse_stocked(cli.database())


def set_up_demo(cli: Cli) -> None:
    """Stock the demonstration office on the empty database and say where its passwords are."""
    made = stock_office(cli.database(), cli.settings, cli.now())
    click.echo(f"A demonstration office: {made.items} items, {made.movements:,} movements in three years.", err=True)
    click.echo(f"Passwords and tokens of {', '.join(made.users)}: {made.path}", err=True)
