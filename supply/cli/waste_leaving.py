"""`supply waste pickup` and `supply waste manifest`: what is booked and handed over, and the papers of it."""

from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import Any

import click
from sqlalchemy.orm import Session

from supply.cli.context import Cli, acts, as_json
from supply.cli.waste_context import DAY, as_day, change, law_folder, rules_now, show
from supply.errors import Invalid
from supply.reports.waste_papers import paper, shipping_paper_file, tracking_record_file
from supply.waste import leaving, manifests, pickups
from supply.waste.manifest_lines import ManifestLine, manifest_lines, manifest_sheet
from supply.waste.models import ManifestState, PickupState
from supply.waste.pickup_lines import PickupLine, pickup_line, pickup_lines
from supply.waste.signatures import Sign
from supply.waste.weights import grams_of, weight_words

MOST = 100_000


@click.group()
def pickup() -> None:
    """Pickups of waste."""


@click.group()
def manifest() -> None:
    """Papers of waste."""


@pickup.command("schedule")
@click.argument("containers", nargs=-1, metavar="[CONTAINER]...")
@click.option("--transporter", required=True, metavar="NAME")
@click.option("--facility", required=True, metavar="NAME")
@click.option("--on", "scheduled_on", type=DAY, metavar="DATE", help="Default today.")
@click.option("--note", default="")
@acts
@as_json
@click.pass_obj
def schedule(
    cli: Cli, containers: tuple[str, ...], transporter: str, facility: str, scheduled_on: datetime | None, note: str,
    as_json: bool,
) -> None:  # fmt: skip
    """Book a pickup of sealed CONTAINERs."""
    moment, today = cli.now(), cli.today()

    def act(session: Session) -> str:
        by = cli.actor(session)
        made = pickups.schedule(session, transporter=transporter, facility=facility, note=note, by=by, now=moment,
                                scheduled_on=as_day(scheduled_on) or today, today=today)  # fmt: skip
        if containers:
            pickups.add_containers(session, number=made.number, containers=list(containers), by=by, now=moment,
                                   law_folder=law_folder(cli))  # fmt: skip
        return made.number

    _show_pickup(cli, cli.database().transact(act), as_json)


@pickup.command("hand-over")
@click.argument("number")
@click.option("--driver", required=True, metavar="NAME", help="Who signs for the transporter, by this typed name.")
@click.option("--driver-title", default="Driver")
@click.option("--title", metavar="TEXT", help="Your title: you sign for the office, if nobody has yet.")
@click.option("--container", "seen", multiple=True, metavar="NUMBER", help="Seen at the dock; default all of them.")
@click.option("--document", metavar="NUMBER", help="Number of the transporter's or state's own document.")
@acts
@as_json
@click.pass_obj
def hand_over(
    cli: Cli, number: str, driver: str, driver_title: str, title: str | None, seen: tuple[str, ...],
    document: str | None, as_json: bool,
) -> None:  # fmt: skip
    """Hand a pickup over: containers seen, paper made and signed for the office, signed by the driver."""
    moment, today, zone = cli.now(), cli.today(), cli.settings.zone

    def act(session: Session) -> str:
        by = cli.actor(session)
        wanted = leaving.Leaving(
            pickup=number,
            driver=Sign(driver, driver_title),
            signer=Sign(by.display_name or by.name, title or "Authorized signer"),
            containers=seen or None,
            hauler_document=document,
        )
        line = leaving.leave(session, leaving=wanted, by=by, now=moment, today=today, rules=rules_now(cli, session),
                             zone=zone, law_folder=law_folder(cli))  # fmt: skip
        return line.number

    _show_pickup(cli, cli.database().transact(act), as_json)


@pickup.command("cancel")
@click.argument("number")
@click.option("--reason", required=True)
@acts
@as_json
@click.pass_obj
def cancel(cli: Cli, number: str, reason: str, as_json: bool) -> None:
    """Cancel a pickup; its containers are free again."""
    change(cli, pickups.cancel, number=number, reason=reason)
    _show_pickup(cli, number, as_json)


@pickup.command("list")
@click.option("--state", type=click.Choice([state.value for state in PickupState]))
@as_json
@click.pass_obj
def list_pickups(cli: Cli, state: str | None, as_json: bool) -> None:
    """Pickups: number, state, day, transporter, facility, containers."""
    states = None if state is None else (PickupState(state),)
    with cli.database().read_session() as session:
        lines = pickup_lines(session, today=cli.today(), states=states, limit=MOST)
    for line in lines:
        _print_pickup(line, as_json)


@manifest.command("list")
@click.option("--state", type=click.Choice([state.value for state in ManifestState]))
@as_json
@click.pass_obj
def list_manifests(cli: Cli, state: str | None, as_json: bool) -> None:
    """Papers: number, kind, state, transporter, facility, when signed, until when the copy is owed."""
    states = None if state is None else (ManifestState(state),)
    with cli.database().read_session() as session:
        rules = rules_now(cli, session)
        lines = manifest_lines(session, rules=rules, today=cli.today(), zone=cli.settings.zone, states=states,
                               limit=MOST)  # fmt: skip
    for line in lines:
        _print_manifest(line, as_json)


@manifest.command("show")
@click.argument("number")
@click.option("--pdf", type=click.Path(path_type=Path, dir_okay=False), help="Write the shipping paper here.")
@click.option("--tracking-pdf", type=click.Path(path_type=Path, dir_okay=False), help="Write the tracking record here.")
@as_json
@click.pass_obj
def show_manifest(cli: Cli, number: str, pdf: Path | None, tracking_pdf: Path | None, as_json: bool) -> None:
    """One paper; as PDF with --pdf."""
    zone, today = cli.settings.zone, cli.today()
    with cli.database().read_session() as session:
        rules = rules_now(cli, session)
        sheet = manifest_sheet(session, number, rules=rules, today=today, zone=zone)
        wanted = ((pdf, shipping_paper_file), (tracking_pdf, tracking_record_file))
        files = [(path, make(paper(session, number, rules=rules, today=today, zone=zone)))
                 for path, make in wanted if path]  # fmt: skip
    for path, content in files:
        _write(path, content)
    if as_json:
        show(
            {**_manifest_row(sheet.line), "content": asdict(sheet.content), "content_sha256": sheet.content_sha256},
            True,
            "",
        )
        return
    _print_manifest(sheet.line, False)
    for line in sheet.content.lines:
        click.echo(f"  {line.description}: {line.packages} {line.package}, {line.total_quantity} {line.unit}")
    for one in sheet.signatures:
        click.echo(f"  {one.role.value}: {one.printed_name}, {one.title}, {one.signed_at.isoformat()}")


@manifest.command("copy")
@click.argument("number")
@click.option("--received-on", required=True, type=DAY, metavar="DATE")
@click.option("--count", required=True, type=int, help="Containers that the facility received.")
@click.option("--weight", help="Weight that the facility received.")
@click.option("--unit", type=click.Choice(["lb", "kg"]), default="lb")
@acts
@as_json
@click.pass_obj
def copy(
    cli: Cli, number: str, received_on: datetime, count: int, weight: str | None, unit: str, as_json: bool
) -> None:
    """The facility's signed copy came back."""
    grams = grams_of(weight, unit) if weight else None
    returned = manifests.ReturnedCopy(received_on.date(), count, grams)
    change(cli, manifests.record_copy, number=number, copy=returned)
    _show_manifest(cli, number, as_json)


@manifest.command("settle")
@click.argument("number")
@click.option("--words", required=True, help="How the discrepancy was settled.")
@acts
@as_json
@click.pass_obj
def settle(cli: Cli, number: str, words: str, as_json: bool) -> None:
    """Settle a discrepancy and close the paper."""
    change(cli, manifests.settle_discrepancy, number=number, words=words)
    _show_manifest(cli, number, as_json)


@manifest.command("void")
@click.argument("number")
@click.option("--reason", required=True)
@acts
@as_json
@click.pass_obj
def void(cli: Cli, number: str, reason: str, as_json: bool) -> None:
    """Void a paper that the driver has not signed; it is kept."""
    change(cli, manifests.void, number=number, reason=reason)
    _show_manifest(cli, number, as_json)


def _write(path: Path, content: bytes) -> None:
    try:
        path.write_bytes(content)
    except OSError as error:
        raise Invalid(f"{path} cannot be written: {error.strerror}.", code="bad_file") from error


def _show_pickup(cli: Cli, number: str, as_json: bool) -> None:
    with cli.database().read_session() as session:
        _print_pickup(pickup_line(session, number, today=cli.today()), as_json)


def _print_pickup(line: PickupLine, as_json: bool) -> None:
    row = {
        "number": line.number, "state": line.state, "scheduled_on": line.scheduled_on,
        "transporter": line.transporter, "facility": line.facility,
        "containers": [one.number for one in line.containers], "gross_weight_grams": line.gross_weight_grams,
        "manifest": line.manifest, "manifest_state": line.manifest_state, "driver": line.transporter_name,
    }  # fmt: skip
    weight = weight_words(line.gross_weight_grams) if line.gross_weight_grams else "-"
    route = f"{line.transporter} to {line.facility}"
    head = f"{line.number:<10} {line.state.value:<12} {line.scheduled_on}"
    show(row, as_json, f"{head} {route}  {len(line.containers)} containers  {weight}  {line.manifest or ''}")


def _show_manifest(cli: Cli, number: str, as_json: bool) -> None:
    with cli.database().read_session() as session:
        rules = rules_now(cli, session)
        sheet = manifest_sheet(session, number, rules=rules, today=cli.today(), zone=cli.settings.zone)
    _print_manifest(sheet.line, as_json)


def _manifest_row(line: ManifestLine) -> dict[str, Any]:
    return {
        "number": line.number, "kind": line.kind, "state": line.state, "transporter": line.transporter,
        "facility": line.facility, "signed_at": line.signed_at.isoformat() if line.signed_at else None,
        "copy_due": line.copy_due, "accepted_at": line.accepted_at.isoformat() if line.accepted_at else None,
        "pickup": line.pickup, "discrepancy": line.discrepancy, "replaced_by": line.replaced_by,
    }  # fmt: skip


def _print_manifest(line: ManifestLine, as_json: bool) -> None:
    signed = f"signed {line.signed_at:%Y-%m-%d}" if line.signed_at else "not signed"
    due = f"  copy by {line.copy_due}" if line.copy_due else ""
    text = (
        f"{line.number:<10} {line.kind:<20} {line.state.value:<12} {line.transporter} to {line.facility}  {signed}{due}"
    )
    show(_manifest_row(line), as_json, text)
