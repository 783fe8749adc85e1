"""`supply scan`: the same domain call as POST /api/v1/scans, and the same answer."""

import sys
from typing import Any
from uuid import uuid4

import click

from supply.cli.context import Cli, acts, as_json, print_json
from supply.stations.fields import ACTIONS, ScanRules
from supply.stations.scans import handle_scan


@click.command()
@click.argument("barcode")
@click.option("--action", type=click.Choice(ACTIONS), required=True)
@click.option("--quantity", type=int)
@click.option("--location", metavar="CODE")
@click.option("--to", "to_location", metavar="CODE")
@click.option("--lot")
@click.option("--expiry", metavar="DATE")
@click.option("--department")
@click.option("--owner")
@click.option("--container", metavar="NUMBER", help="With discard: the waste container it goes into.")
@click.option("--reason")
@click.option("--request-id", metavar="UUID")
@acts
@as_json
@click.pass_obj
def scan(cli: Cli, /, as_json: bool, barcode: str, request_id: str | None, **fields: Any) -> None:
    """Record one scan. {GS} in BARCODE stands for the GS1 separator."""
    body = {key: value for key, value in fields.items() if value is not None}
    body.update(barcode=barcode.replace("{GS}", "\x1d"), request_id=request_id or str(uuid4()))
    settings, now = cli.settings, cli.now()
    rules = ScanRules.of(
        settings.scanning,
        settings.zone,
        labels_at_receipt=settings.labels.at_receipt,
        law_folder=settings.waste.law_folder,
    )
    stored = cli.database().transact(
        lambda session: handle_scan(session, body=body, sender=cli.actor(session), now=now, rules=rules),
        idempotent=True,
    )
    if as_json:
        print_json(stored.answer)
    elif stored.status < 400:
        click.echo(stored.answer["message"])
        for warning in stored.answer["warnings"]:
            click.echo(warning["message"])
    if stored.status >= 400:
        click.echo(stored.answer["detail"], err=True)
        sys.exit(1)
