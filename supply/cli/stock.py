"""`supply stock`: what is on hand, now or as of a date."""

from datetime import date

import click

from supply.cli.context import Cli, as_json, print_json
from supply.stock.on_hand import stock_lines


@click.command()
@click.option("--item", "sku", metavar="SKU")
@click.option("--location", metavar="CODE", help="This place and everything within it.")
@click.option("--as-of", "as_of", metavar="DATE", type=click.DateTime(["%Y-%m-%d"]), help="At the end of that day.")
@as_json
@click.pass_obj
def stock(cli: Cli, sku: str | None, location: str | None, as_of: object, as_json: bool) -> None:
    """Lines of what is where: sku, lot, expiry, location, owner, quantity, usable."""
    day = as_of.date() if hasattr(as_of, "date") else None
    assert day is None or isinstance(day, date)
    with cli.database().read_session() as session:
        lines = stock_lines(session, today=cli.today(), zone=cli.settings.zone, sku=sku, location=location, as_of=day)
    for line in lines:
        if as_json:
            print_json(line.as_json())
        else:
            usable = "" if line.usable == line.quantity else "  not usable"
            expiry = line.expiry or "-"
            click.echo(
                f"{line.sku:<16} {line.lot or '-':<20} {expiry!s:<10} {line.location:<14} {line.quantity:>8}{usable}"
            )
