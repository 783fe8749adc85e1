"""`supply run`, `serve` and `work`: both roles in one process, web only, worker only."""

import contextlib
import logging
import os
import signal
import threading
from collections.abc import Callable, Iterable
from functools import partial
from pathlib import Path
from types import FrameType

import click

from supply.cli.context import Cli
from supply.cli.setup import first_start_link, set_up
from supply.db import warn_of_old_sqlite
from supply.demo.devices import plug_printers
from supply.devices.emulators.printer import EmulatedPrinter, play_faults
from supply.devices.emulators.scanner import EmulatedScanner, play
from supply.devices.errors import DeviceError
from supply.stations.device_scans import devices_to_run
from supply.web.app import create_app
from supply.web.server import WebServer, serve_until_told
from supply.worker.process import Worker

log = logging.getLogger(__name__)


def _log_plainly() -> None:
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s: %(message)s")
    for talkative in ("alembic", "apscheduler"):
        logging.getLogger(talkative).setLevel(logging.WARNING)
    warn_of_old_sqlite()


def _web(cli: Cli) -> WebServer:
    return WebServer(create_app(cli.database(), cli.settings), cli.settings)


def _greet(cli: Cli, server: WebServer) -> None:
    link = first_start_link(cli)
    if link:
        click.echo(f"First start. Make the first administrator with this one-time link:\n  {link}")
    click.echo(f"Open {server.url} in a browser. Stop with Ctrl-C.")


@click.command()
@click.option("--demo", is_flag=True, help="Switch the emulated devices of the demonstration office on.")
@click.pass_obj
def run(cli: Cli, demo: bool) -> None:
    """Both roles in one process: for the office with one machine."""
    _log_plainly()
    set_up(cli)
    with contextlib.ExitStack() as stack:
        if demo:
            _plug_emulators(cli, stack)
        worker = Worker(cli.database(), cli.settings)
        worker.start()
        stack.callback(worker.stop)
        server = _web(cli)
        _greet(cli, server)
        serve_until_told(server)


@click.command()
@click.pass_obj
def serve(cli: Cli) -> None:
    """The web role only: runs no job, opens no device; as many of them as wanted."""
    _log_plainly()
    set_up(cli)
    server = _web(cli)
    _greet(cli, server)
    serve_until_told(server)


@click.command()
@click.pass_obj
def work(cli: Cli) -> None:
    """The worker only: scanners, and whatever happens by itself. A second one waits until the first is gone."""
    _log_plainly()
    set_up(cli)
    told = threading.Event()

    def tell(_number: int, _frame: FrameType | None) -> None:
        told.set()

    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, tell)
    worker = Worker(cli.database(), cli.settings)
    worker.start()
    while not told.wait(timeout=1):
        pass
    worker.stop()


def _plug_emulators(cli: Cli, stack: contextlib.ExitStack) -> None:
    """Stand-ins: the office's label printers, and the serial scanners whose port lies in the data folder.

    Lines put into `PORT.keys` are scanned; words put into `PRINTER.faults` are what is wrong with that printer.
    """
    folder = cli.settings.data_folder / "devices"
    with cli.database().read_session() as session:
        ports = [Path(str(d.settings.get("port", ""))) for d in devices_to_run(session) if d.driver == "serial"]
    for port in ports:
        if folder not in port.parents:
            continue
        scanner = stack.enter_context(EmulatedScanner(port))
        keys = port.with_name(port.name + ".keys")
        _follow(keys, partial(play, scanner))
        click.echo(f"Emulated scanner: echo CODE > {keys}")
    for printer in plug_printers(cli.database(), folder, now=cli.now()):
        stack.callback(printer.unplug)
        faults = printer.folder.with_name(printer.folder.name + ".faults")
        _follow(faults, partial(_go_wrong, printer))
        click.echo(f"Emulated printer: labels appear in {printer.folder}; echo no-paper > {faults}, and echo ok")


def _go_wrong(printer: EmulatedPrinter, lines: Iterable[str]) -> None:
    try:
        play_faults(printer, lines)
    except DeviceError as error:
        log.warning("emulated printer: %s", error.message)


def _follow(pipe: Path, play_lines: Callable[[Iterable[str]], object]) -> None:
    """Make a named pipe and play whatever lines are put into it, in a thread that ends with the process."""
    pipe.unlink(missing_ok=True)
    os.mkfifo(pipe, 0o600)

    def run() -> None:
        while True:
            with open(pipe, encoding="utf-8", errors="replace") as lines:
                play_lines(lines)

    threading.Thread(target=run, name=f"emulator {pipe.name}", daemon=True).start()
