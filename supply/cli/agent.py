"""`supply agent`: a workstation's devices for a server elsewhere.

Parses its arguments, starts the agent, stops it cleanly. Must never open a database.
"""

import logging
import os
import signal
import threading
from pathlib import Path

import click

from supply.agent.addresses import TOKEN_VARIABLE, read_token, server_address
from supply.agent.agent import Agent
from supply.agent.server import Server
from supply.cli.context import Cli
from supply.devices.printers.addresses import Reach
from supply.errors import Invalid

_CODE_LENGTH = 40


@click.command("agent")
@click.option("--server", required=True, metavar="URL", help="The server, such as https://supply.example:8000.")
@click.option("--station", required=True, metavar="CODE", help="The station at which this machine's devices are.")
@click.option(
    "--token-file",
    type=click.Path(path_type=Path, dir_okay=False),
    help=f"The token that enrolling the agent gave, readable by this user alone; else ${TOKEN_VARIABLE}.",
)
@click.option("--ca-file", type=click.Path(path_type=Path, dir_okay=False), help="The authority to trust, in PEM.")
@click.option("--insecure", is_flag=True, help="No encryption to another machine: its wire must be yours alone.")
@click.pass_obj
def agent(cli: Cli, server: str, station: str, token_file: Path | None, ca_file: Path | None, insecure: bool) -> None:
    """Read this machine's scanners and print at its printers for a server elsewhere, until it is stopped.

    What is read is kept in the data folder until the server has answered; scanning goes on while it is away.
    """
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s: %(message)s")
    if not station or len(station) > _CODE_LENGTH or not station.replace("-", "").replace("_", "").isalnum():
        raise Invalid("A station's code has letters, digits, - and _ only.")
    address = server_address(server, is_insecure_allowed=insecure)
    connection = Server(address, token=read_token(token_file, os.environ), station=station, ca_file=ca_file)
    allowed = cli.settings.printing
    reach = Reach(networks=allowed.networks, ports=allowed.ports)
    running = Agent(connection, cli.settings.data_folder / "agent" / station, reach=reach)
    stopping = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stopping.set())
    click.echo(f"Reading for {station} at {address.words}; {running.waiting()} reads wait. Stop with Ctrl-C.", err=True)
    running.run(stopping)
    click.echo(f"Stopped; {running.waiting()} reads wait for the server.", err=True)
