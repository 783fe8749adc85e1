"""`supply verify`: re-adds the ledger, checks balances and the audit chain."""

import sys

import click

from supply.audit import chain
from supply.cli.context import Cli, as_json, print_json
from supply.stock import ledger


@click.command()
@as_json
@click.pass_obj
def verify(cli: Cli, as_json: bool) -> None:
    """Prove the books: one line per fault, exit status 1 when there is any."""
    faults = 0
    with cli.database().read_session() as session:
        for check in (ledger.verify, chain.verify):
            for fault in check(session):
                faults += 1
                if as_json:
                    print_json(fault)
                else:
                    click.echo(f"{fault.check}\t{fault.subject}\t{fault.detail}")
    if faults:
        click.echo(f"{faults} fault(s) found.", err=True)
        sys.exit(1)
    click.echo("The ledger, the balances and the audit chain agree.", err=True)
