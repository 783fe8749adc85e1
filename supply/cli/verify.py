"""`supply verify`: re-adds the ledger, checks balances, the audit chain and the papers of waste."""

import sys

import click

from supply.cli.context import Cli, as_json, print_json
from supply.reports.proof import faults


@click.command()
@as_json
@click.pass_obj
def verify(cli: Cli, as_json: bool) -> None:
    """Prove the books: one line per fault, exit status 1 when there is any."""
    found = 0
    with cli.database().read_session() as session:
        for fault in faults(session):
            found += 1
            if as_json:
                print_json(fault)
            else:
                click.echo(f"{fault.check}\t{fault.subject}\t{fault.detail}")
    if found:
        click.echo(f"{found} fault(s) found.", err=True)
        sys.exit(1)
    click.echo("The ledger, the balances, the audit chain and the papers of waste agree.", err=True)
