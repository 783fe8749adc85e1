"""The `supply` command and its groups."""

from pathlib import Path
from typing import Any

import click

from supply.cli import (
    agent,
    alert,
    backup,
    barcode,
    bench,
    camera,
    device,
    imports,
    job,
    label,
    reorder,
    scan,
    serve,
    setup,
    stock,
    tls,
    token,
    user,
    verify,
    waste,
)
from supply.cli.context import Cli, refuse
from supply.errors import SupplyError


class Refusing(click.Group):
    """Turns a refusal by a rule into one line on stderr and exit status 1."""

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command."""
        try:
            return super().invoke(ctx)
        except SupplyError as error:
            refuse(error)


@click.group(cls=Refusing, context_settings={"help_option_names": ["-h", "--help"]})
@click.option(
    "--config", type=click.Path(path_type=Path), help="A TOML file laid over the defaults (default $SUPPLY_CONFIG)."
)
@click.version_option(package_name="supply")
@click.pass_context
def supply(context: click.Context, config: Path | None) -> None:
    """Supply room for medical offices: scan in, scan out, first-in first-out by lot."""
    context.obj = Cli(config)


for command in (
    agent.agent,
    alert.alert,
    backup.backup,
    barcode.barcode,
    bench.bench,
    camera.camera,
    device.device,
    imports.import_,
    job.job,
    label.label,
    reorder.reorder,
    backup.restore,
    scan.scan,
    serve.run,
    serve.serve,
    serve.work,
    setup.setup,
    stock.stock,
    tls.tls,
    token.token,
    user.user,
    verify.verify,
    waste.waste,
):
    supply.add_command(command)
