"""`supply waste`: regulated medical waste. This file has the containers and the kinds of waste."""

import sys
from datetime import datetime
from typing import Any
from uuid import uuid4

import click

from supply.cli import waste_leaving, waste_parties
from supply.cli.context import Cli, acts, as_json
from supply.cli.waste_context import change, law_folder, rules_now, show
from supply.errors import Invalid
from supply.stations.fields import ScanRules
from supply.stations.scans import Stored, handle_scan
from supply.waste import containers, entries
from supply.waste.container_lines import ContainerLine, container_line, container_lines, find_container
from supply.waste.models import ContainerState
from supply.waste.streams import streams
from supply.waste.weights import grams_of, weight_words

UNITS = click.Choice(["lb", "kg"])


@click.group()
def waste() -> None:
    """Regulated medical waste."""


@waste.group()
def container() -> None:
    """Containers of waste, from open to sealed."""


@waste.command("streams")
@as_json
@click.pass_obj
def list_streams(cli: Cli, as_json: bool) -> None:
    """The kinds of waste."""
    for one in streams(law_folder(cli)):
        row = {"code": one.code, "name": one.name, "document": one.document, "package": one.package}
        show(row, as_json, f"{one.code:<16} {one.name}")


@container.command("open")
@click.option("--stream", required=True, metavar="CODE", help="The kind of waste, for example SHARPS.")
@click.option("--location", default="STOREROOM", metavar="CODE", help="Where it stands.")
@click.option("--package", default="", metavar="TEXT", help="What it is; default the usual one of its kind.")
@click.option("--limit", metavar="WEIGHT", help="Most it may weigh.")
@click.option("--unit", type=UNITS, default="lb")
@acts
@as_json
@click.pass_obj
def open_(cli: Cli, stream: str, location: str, package: str, limit: str | None, unit: str, as_json: bool) -> None:
    """Open a container; its number is printed."""
    grams = grams_of(limit, unit) if limit else None
    wanted = containers.NewContainer(stream, location, package, grams)
    made = change(cli, containers.open_container, new=wanted, law_folder=law_folder(cli))
    _show(cli, made.number, as_json)


@container.command("add")
@click.argument("number")
@click.argument("barcode", required=False)
@click.option("--text", metavar="WORDS", help="What it is, when it has no code. Nothing about a patient.")
@click.option("--sharps/--no-sharps", "is_sharps", default=None)
@click.option("--quantity", type=int)
@click.option("--lot")
@click.option("--expiry", metavar="DATE")
@click.option("--location", metavar="CODE", help="Where it was taken from.")
@click.option("--reason")
@click.option("--request-id", metavar="UUID")
@acts
@as_json
@click.pass_obj
def add(
    cli: Cli, /, number: str, barcode: str | None, text: str | None, is_sharps: bool | None, as_json: bool, **sent: Any
) -> None:
    """Throw something in: a code, which leaves the stock, or words. {GS} in BARCODE stands for the GS1 separator."""
    if (barcode is None) == (text is None):
        raise Invalid("Give a barcode, or --text that says what it is: one of the two.", code="bad_field")
    if text is not None:
        change(cli, entries.add_note, number=number, text=text, is_sharps=is_sharps)
        _show(cli, number, as_json)
        return
    assert barcode is not None
    stored = _scanned(cli, number, barcode.replace("{GS}", "\x1d"), sent)
    if stored.status >= 400:
        click.echo(stored.answer["detail"], err=True)
        sys.exit(1)
    click.echo(stored.answer["message"], err=True)
    _show(cli, number, as_json)


@container.command("seal")
@click.argument("number")
@click.option("--weight", required=True, help="Gross weight as the scale shows it.")
@click.option("--unit", type=UNITS, default="lb")
@acts
@as_json
@click.pass_obj
def seal(cli: Cli, number: str, weight: str, unit: str, as_json: bool) -> None:
    """Seal a container with its weight. It is never opened again."""
    change(cli, containers.seal, number=number, weight=weight, unit=unit)
    _show(cli, number, as_json)


@container.command("swap")
@click.argument("number")
@click.option("--weight", required=True, help="Gross weight of the full one.")
@click.option("--unit", type=UNITS, default="lb")
@acts
@as_json
@click.pass_obj
def swap(cli: Cli, number: str, weight: str, unit: str, as_json: bool) -> None:
    """Seal the full one and open a new one in its place; the new one is printed."""
    _, fresh = change(cli, containers.swap, number=number, weight=weight, unit=unit)
    _show(cli, fresh.number, as_json)


@container.command("full")
@click.argument("number")
@acts
@as_json
@click.pass_obj
def full(cli: Cli, number: str, as_json: bool) -> None:
    """Say that nothing more goes in."""
    change(cli, containers.mark_full, number=number)
    _show(cli, number, as_json)


@container.command("void")
@click.argument("number")
@click.option("--reason", required=True)
@acts
@as_json
@click.pass_obj
def void(cli: Cli, number: str, reason: str, as_json: bool) -> None:
    """Cancel a container that was never used."""
    change(cli, containers.void, number=number, reason=reason)
    _show(cli, number, as_json)


@container.command("list")
@click.option("--state", type=click.Choice([state.value for state in ContainerState]))
@click.option("--stream", metavar="CODE")
@as_json
@click.pass_obj
def listing(cli: Cli, state: str | None, stream: str | None, as_json: bool) -> None:
    """Containers: number, stream, state, place, weight, by when they must be gone."""
    states = None if state is None else (ContainerState(state),)
    after, zone = 0, cli.settings.zone
    with cli.database().read_session() as session:
        rules = rules_now(cli, session)
        while True:
            lines = container_lines(session, rules=rules, today=cli.today(), zone=zone, states=states,
                                    stream=stream.upper() if stream else None, after_id=after)  # fmt: skip
            for line in lines:
                _print(line, as_json)
            if not lines:
                return
            after = lines[-1].id


def _scanned(cli: Cli, number: str, barcode: str, sent: dict[str, Any]) -> Stored:
    settings, moment = cli.settings, cli.now()
    rules = ScanRules.of(settings.scanning, settings.zone, law_folder=law_folder(cli))
    key = sent.pop("request_id") or str(uuid4())
    with cli.database().read_session() as session:
        found = find_container(session, number).number
    body = {"request_id": key, "barcode": barcode, "action": "discard", "container": found}
    body |= {name: value for name, value in sent.items() if value is not None}
    return cli.database().transact(
        lambda session: handle_scan(session, body=body, sender=cli.actor(session), now=moment, rules=rules),
        idempotent=True,
    )


def _show(cli: Cli, number: str, as_json: bool) -> None:
    with cli.database().read_session() as session:
        rules = rules_now(cli, session)
        _print(container_line(session, number, rules=rules, today=cli.today(), zone=cli.settings.zone), as_json)


def _print(line: ContainerLine, as_json: bool) -> None:
    due = line.deadline.due_on if line.deadline else None
    row = {
        "number": line.number, "stream": line.stream, "state": line.state, "location": line.location,
        "package": line.package, "entries": line.entries, "gross_weight_grams": line.gross_weight_grams,
        "opened_at": _moment(line.opened_at), "sealed_at": _moment(line.sealed_at), "due": due,
        "days_left": line.deadline.days_left if line.deadline else None, "pickup": line.pickup,
        "manifest": line.manifest,
    }  # fmt: skip
    weight = weight_words(line.gross_weight_grams) if line.gross_weight_grams else "-"
    show(row, as_json, f"{line.number:<10} {line.stream:<12} {line.state.value:<10} {line.location:<14} {weight:>18}"
                       f"{f'  gone by {due}' if due else ''}")  # fmt: skip


def _moment(moment: datetime | None) -> str | None:
    return moment.isoformat() if moment else None


for group in (waste_leaving.pickup, waste_leaving.manifest, waste_parties.party, waste_parties.training_,
              waste_parties.rule):  # fmt: skip
    waste.add_command(group)
