"""`supply label`: labels of our own as pictures; printing on label printers comes with them."""

from pathlib import Path

import click

from supply.cli.context import Cli
from supply.errors import SupplyError
from supply.labels.house_labels import Symbol, item_label
from supply.stock.catalog import find_item

LATER = ("lot", "location", "container")


@click.command()
@click.argument("kind", type=click.Choice(("item", *LATER)))
@click.argument("name", metavar="ID")
@click.option("--png", type=click.Path(path_type=Path, dir_okay=False), help="Write the label to this file.")
@click.option("--symbol", type=click.Choice([*Symbol]), default=Symbol.code128, show_default=True)
@click.pass_obj
def label(cli: Cli, kind: str, name: str, png: Path | None, symbol: str) -> None:
    """Draw the label of an item (ID is its SKU), read it back, and write it as PNG at 203 dpi."""
    if kind in LATER:
        raise SupplyError(
            f"Labels of a {kind} cannot be made yet; those of items can: supply label item SKU --png FILE"
        )
    if png is None:
        raise SupplyError("Label printers are not there yet; write the label to a file with --png FILE")
    with cli.database().read_session() as session:
        item = find_item(session, name)
    png.write_bytes(item_label(number=item.id, name=item.name, sku=item.sku, symbol=Symbol(symbol)))
    click.echo(f"Written to {png}.", err=True)
