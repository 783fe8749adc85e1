"""`supply waste party`, `training` and `rule`: who stands on the papers, who may sign them, what the law says."""

from datetime import datetime

import click
from sqlalchemy.orm import Session

from supply.cli.context import Cli, acts, as_json
from supply.cli.waste_context import DAY, as_day, change, rules_now, show
from supply.staff import people, training
from supply.staff.training import HAZMAT, KINDS, TrainingFields
from supply.waste import parties
from supply.waste.confirmations import confirm_rule
from supply.waste.models import PartyKind
from supply.waste.parties import Address, PartyFields, PartyLine

KIND = click.Choice([kind.value for kind in PartyKind])


@click.group()
def party() -> None:
    """Who makes, carries and treats waste."""


@click.group("training")
def training_() -> None:
    """Who is trained to sign, and until when."""


@click.group()
def rule() -> None:
    """The numbers of the law that hold here."""


@party.command("add")
@click.argument("kind", type=KIND)
@click.argument("name")
@click.option("--phone", default="")
@click.option("--street", default="")
@click.option("--city", default="")
@click.option("--state", default="", help="Two letters.")
@click.option("--zip", "zip_code", default="")
@click.option("--emergency-phone", default="", help="Of the office: answered day and night.")
@click.option("--emergency-contact", default="", help="Who answers it: a name or a contract number.")
@acts
@as_json
@click.pass_obj
def add(
    cli: Cli, kind: str, name: str, phone: str, street: str, city: str, state: str, zip_code: str,
    emergency_phone: str, emergency_contact: str, as_json: bool,
) -> None:  # fmt: skip
    """Add the office as generator, a transporter or a facility."""
    fields = PartyFields(PartyKind(kind), name, phone, Address(street, city, state.upper(), zip_code), Address(),
                         emergency_phone, emergency_contact)  # fmt: skip
    made = change(cli, parties.add_party, fields=fields)
    _show(cli, PartyKind(kind), made.id, as_json)


@party.command("register")
@click.argument("kind", type=KIND)
@click.argument("name")
@click.option("--registration", required=True, metavar="KIND", help="For example: State transporter permit.")
@click.option("--number", required=True)
@click.option("--state", required=True, help="Two letters, or US.")
@click.option("--expires-on", type=DAY, metavar="DATE")
@acts
@as_json
@click.pass_obj
def register(
    cli: Cli, kind: str, name: str, registration: str, number: str, state: str, expires_on: datetime | None,
    as_json: bool,
) -> None:  # fmt: skip
    """Add a permit or number of the party of that NAME."""
    moment, today = cli.now(), cli.today()

    def act(session: Session) -> int:
        found = parties.find_party(session, name, PartyKind(kind), today=today)
        parties.add_registration(session, party_id=found.id, kind=registration, number=number, state=state.upper(),
                                 expires_on=as_day(expires_on), by=cli.actor(session), now=moment)  # fmt: skip
        return found.id

    _show(cli, PartyKind(kind), cli.database().transact(act), as_json)


@party.command("list")
@as_json
@click.pass_obj
def list_parties(cli: Cli, as_json: bool) -> None:
    """Everybody who stands on papers."""
    with cli.database().read_session() as session:
        found = parties.parties(session, today=cli.today(), with_inactive=True)
    for one in found:
        _print(one, as_json)


@training_.command("add")
@click.argument("name")
@click.option("--kind", type=click.Choice(list(KINDS)), default=HAZMAT)
@click.option("--completed-on", type=DAY, required=True, metavar="DATE")
@click.option("--years", type=int, default=3, show_default=True, help="How long it counts.")
@click.option("--materials", required=True, help="What was taught.")
@click.option("--trainer", required=True)
@click.option("--trainer-address", required=True)
@acts
@as_json
@click.pass_obj
def add_training(
    cli: Cli, name: str, kind: str, completed_on: datetime, years: int, materials: str, trainer: str,
    trainer_address: str, as_json: bool,
) -> None:  # fmt: skip
    """Record that NAME completed a training."""
    fields = TrainingFields(kind, completed_on.date(), years, materials, trainer, trainer_address)
    moment, today = cli.now(), cli.today()

    def act(session: Session) -> int:
        person = people.find_actor(session, name).person_id
        training.record_training(session, person_id=person, fields=fields, by=cli.actor(session), now=moment,
                                 today=today)  # fmt: skip
        return person

    person_id = cli.database().transact(act)
    _show_trainings(cli, person_id, as_json)


@training_.command("list")
@as_json
@click.pass_obj
def list_trainings(cli: Cli, as_json: bool) -> None:
    """Trainings and until when they count."""
    _show_trainings(cli, None, as_json)


@rule.command("list")
@as_json
@click.pass_obj
def list_rules(cli: Cli, as_json: bool) -> None:
    """The rules that hold here, with their source and whether somebody has checked them."""
    with cli.database().read_session() as session:
        rules = rules_now(cli, session)
    for key, one in rules.rules.items():
        row = {"key": key, "value": one.value, "unit": one.unit, "state": one.state, "status": one.status,
               "citation": one.citation, "verified_by": one.verified_by, "verified_on": one.verified_on}  # fmt: skip
        checked = f"checked by {one.verified_by}" if one.verified_on else "verify" if one.needs_verification else ""
        show(row, as_json, f"{key:<26} {one.value:>5} {one.unit:<6} {one.state:<11} {one.status:<16} {checked}")


@rule.command("confirm")
@click.argument("key")
@click.option("--citation", required=True, help="What you read, and where.")
@acts
@click.pass_obj
def confirm(cli: Cli, key: str, citation: str) -> None:
    """Say that you have read the law and that this number is right."""
    moment = cli.now()
    cli.database().transact(
        lambda session: confirm_rule(
            session, rules=rules_now(cli, session), key=key, citation=citation, by=cli.actor(session), now=moment
        )
    )
    click.echo(f"Noted: {key} is checked.", err=True)


def _show(cli: Cli, kind: PartyKind, party_id: int, as_json: bool) -> None:
    with cli.database().read_session() as session:
        _print(parties.find_party(session, party_id, kind, today=cli.today()), as_json)


def _print(one: PartyLine, as_json: bool) -> None:
    marks = [{"kind": mark.kind, "number": mark.number, "state": mark.issued_by, "expires_on": mark.expires_on,
              "validity": mark.state} for mark in one.registrations]  # fmt: skip
    row = {"id": one.id, "kind": one.fields.kind, "name": one.name, "phone": one.fields.phone,
           "address": list(one.fields.site.lines), "is_active": one.is_active, "registrations": marks}  # fmt: skip
    words = ", ".join(f"{mark.kind} {mark.number} ({mark.state})" for mark in one.registrations)
    show(row, as_json, f"{one.fields.kind.value:<12} {one.name:<30} {words}")


def _show_trainings(cli: Cli, person_id: int | None, as_json: bool) -> None:
    with cli.database().read_session() as session:
        rows = training.training_lines(session, today=cli.today(), person_id=person_id)
    for one in rows:
        row = {"person": one.person, "kind": one.kind, "completed_on": one.completed_on,
               "valid_until": one.valid_until, "state": one.state}  # fmt: skip
        show(row, as_json, f"{one.person:<24} {one.kind:<12} until {one.valid_until or 'no end'}  {one.state}")
