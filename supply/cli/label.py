"""`supply label`: a label as a picture, into the print queue of a printer, or straight to the address of one."""

import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final
from uuid import uuid4

import click

from supply.cli.context import Cli, acts, as_json, print_json
from supply.devices.printers.addresses import Reach
from supply.devices.printers.model import Outcome
from supply.devices.printers.open import printer_at
from supply.errors import Invalid, SupplyError
from supply.labels import paper as papers
from supply.labels import templates
from supply.labels.content import HOLD_WORDS, Content
from supply.labels.models import PrintState
from supply.labels.paper import Paper
from supply.labels.print_jobs import MOST_COPIES
from supply.labels.raster import png as png_of
from supply.labels.raster import render
from supply.staff.permissions import require
from supply.stations.fields import ScanRules
from supply.stations.label_requests import LabelWish, action_of, ask_for_label
from supply.stations.label_subjects import FINDERS, HOLD, OPENED, content_of, find_subject
from supply.stations.lot_marks import MOST_DAYS, Marked
from supply.stations.print_lines import ENDED, NEEDING, PrintLine, print_line
from supply.stations.printer_lines import USUAL_PAPER, printer_named
from supply.worker.print_places import reach_of

LOOK_SECONDS = 0.25
DAY: Final = click.DateTime(["%Y-%m-%d"])
OF_KIND: Final = {OPENED: ("days", "opened_on", "initials"), HOLD: ("word", "reason")}
SAID = {
    PrintState.queued: "It waits in the queue.",
    PrintState.sending: "It is being printed.",
    PrintState.printed: "Printed.",
    PrintState.cancelled: "Somebody cancelled it.",
    PrintState.unknown: "It may have come out, or not. Look, and say so under Labels, Print queue.",
    PrintState.attention: "It has not come out.",
}


@click.command()
@click.argument("kind", type=click.Choice(tuple(FINDERS)))
@click.argument("name", metavar="ID")
@click.option("--printer", metavar="NAME|HOST:PORT", help="Print it there: a device by name, or any network printer.")
@click.option("--png", type=click.Path(path_type=Path, dir_okay=False), help="Write the label to this file.")
@click.option("--copies", type=click.IntRange(1, MOST_COPIES), default=1, show_default=True)
@click.option(
    "--paper", type=click.Choice((*papers.NAMES, *papers.SHEETS)), help="Without a printer by name; 57x32 if left out."
)
@click.option("--days", type=click.IntRange(0, MOST_DAYS), help="Of `opened`: how long it may be used, by its insert.")
@click.option("--opened-on", type=DAY, help="Of `opened`: the day, such as 2026-11-23; today if left out.")
@click.option("--initials", default="", help="Of `opened`: who opened it.")
@click.option("--word", type=click.Choice(HOLD_WORDS), help="Of `hold`; what the lot's state asks for if left out.")
@click.option("--reason", default="", help="Of `hold`; the lot's own reason if left out.")
@click.option("--seconds", type=click.FloatRange(0, 120), default=10.0, show_default=True, help="Wait for the outcome.")
@as_json
@acts
@click.pass_obj
def label(
    cli: Cli,
    /,
    kind: str,
    name: str,
    printer: str | None,
    png: Path | None,
    copies: int,
    paper: str | None,
    seconds: float,
    as_json: bool,
    **said: Any,
) -> None:
    """Print or draw a label.

    ID is an item's SKU, a lot's number here or SKU:LOT (of `opened` and `hold` too), the code of a place or station, a
    container's number, or the word of a command.

    A printer by name gets it through the print queue, which the worker empties; an address gets it now.
    """
    if printer is None and png is None:
        raise SupplyError("Say where it goes: --printer NAME, --printer HOST:PORT or --png FILE.")
    marked = _marked(cli, kind, said)
    if printer is not None and ":" not in printer:
        _queue(cli, LabelWish(uuid4(), kind, name, copies, printer, marked), seconds, as_json)
    content, lying = _content(cli, LabelWish(uuid4(), kind, name, copies, printer, marked), paper)
    if printer is not None and ":" in printer:
        _print_at(printer, content, lying, copies, reach_of(cli.settings))
    if png is not None:
        _write(png, png_of(render(content, lying)))


def _marked(cli: Cli, kind: str, said: dict[str, Any]) -> Marked:
    """What the options say of a lot in hand. Raises Invalid for those of another kind, and for a day to come."""
    given = [
        option for option, value in said.items() if value not in (None, "") and option not in OF_KIND.get(kind, ())
    ]
    if given:
        names = ", ".join(f"--{option.replace('_', '-')}" for option in given)
        raise Invalid(f"The kind {kind} has no {names}.", code="bad_field")
    on = said["opened_on"].date() if said["opened_on"] else cli.today()
    if on > cli.today():
        raise Invalid("A vial cannot have been opened on a day to come.", code="bad_field")
    return Marked(on, said["days"], said["initials"], said["word"] or "", said["reason"])


def _content(cli: Cli, wish: LabelWish, paper: str | None) -> tuple[Content, Paper]:
    """What stands on the label in the office's design, and the paper it is drawn for."""
    with cli.database().read_session() as session:
        require(cli.actor(session), action_of(wish.kind))
        content = content_of(session, find_subject(session, wish.kind, wish.name), _rules(cli), wish.marked)
        if paper is None and wish.printer is not None and ":" not in wish.printer:
            lying = printer_named(session, wish.printer).paper
        else:
            lying = papers.named(paper or USUAL_PAPER)
        return templates.designed(session, content, lying), lying


def _rules(cli: Cli) -> ScanRules:
    settings = cli.settings
    return ScanRules.of(settings.scanning, settings.zone, law_folder=settings.waste.law_folder)


def _queue(cli: Cli, wish: LabelWish, seconds: float, as_json: bool) -> None:
    """Put it into the queue and say what came of it, as far as the time goes."""
    db = cli.database()

    def read(job_id: int) -> PrintLine:
        with db.read_session() as session:
            return print_line(session, job_id)

    rules, now = _rules(cli), cli.now()
    asked = db.transact(
        lambda session: ask_for_label(session, wish, by=cli.actor(session), now=now, rules=rules), idempotent=True
    )
    line = _outcome(lambda: read(asked.job.id), seconds)
    if as_json:
        print_json(
            {"job": line.id, "state": line.state.value, "state_words": line.state_words, "printer": line.printer}
        )
    words = f"{SAID[line.state]} {line.state_words}".strip()
    if line.state in NEEDING:
        raise SupplyError(words)
    click.echo(words, err=True)


def _outcome(read: Callable[[], PrintLine], seconds: float) -> PrintLine:
    end = time.monotonic() + seconds
    line = read()
    while line.state not in (*ENDED, *NEEDING) and time.monotonic() < end:
        time.sleep(LOOK_SECONDS)
        line = read()
    return line


def _print_at(address: str, content: Content, lying: Paper, copies: int, reach: Reach) -> None:
    device = printer_at(address, reach=reach)
    try:
        printed = device.print_image(render(content, lying).image, copies=copies)
    finally:
        device.close()
    if printed.outcome is not Outcome.printed:
        raise SupplyError(printed.words)
    click.echo(printed.words or "Printed.", err=True)


def _write(path: Path, picture: bytes) -> None:
    try:
        path.write_bytes(picture)
    except OSError as error:
        raise SupplyError(f"{path} cannot be written: {error.strerror}.") from error
    click.echo(f"Written to {path}.", err=True)
