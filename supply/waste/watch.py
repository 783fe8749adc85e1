"""Every deadline of the waste of this office, gathered for those who must be told. Reads only."""

from datetime import UTC, date, tzinfo

import sqlalchemy as sa
from sqlalchemy.orm import Session

from supply.staff import training
from supply.staff.models import Person, PersonRole
from supply.staff.permissions import GRANTED, Action
from supply.waste import confirmations
from supply.waste import rules as law
from supply.waste.container_lines import storage_facts
from supply.waste.containers import HERE
from supply.waste.deadlines import Deadline, copy_due, due, expiry_due, pickup_due
from supply.waste.models import (
    ManifestState,
    PartyKind,
    PickupState,
    WasteContainer,
    WasteManifest,
    WasteParty,
    WastePickup,
)
from supply.waste.parties import KIND_WORDS, parties
from supply.waste.rules import StateRules


def deadlines_now(session: Session, *, rules: StateRules, today: date, zone: tzinfo) -> list[Deadline]:
    """Storage of every container here, missed pickups, copies owed, exception reports, registrations and trainings
    of signers that run out: the earliest first, fine ones included (ask `.state`).
    """
    found = [
        *_storage(session, rules, today, zone),
        *_pickups(session, today),
        *_papers(session, rules, today, zone),
        *_registrations(session, today),
        *_trainings(session, today),
    ]
    return sorted(found, key=lambda one: (one.due_on, one.kind, one.subject))


def rules_here(session: Session, *, law_folder: str = "", zone: tzinfo = UTC) -> StateRules:
    """The rules of the generator's state, with confirmations; US-DEFAULT while no generator is set up."""
    statement = sa.select(WasteParty.site_state).where(WasteParty.kind == PartyKind.generator, WasteParty.is_active)
    state = session.scalar(statement) or law.US_DEFAULT
    return confirmations.with_confirmations(session, law.rules_for(state, law_folder=law_folder), zone=zone)


def _storage(session: Session, rules: StateRules, today: date, zone: tzinfo) -> list[Deadline]:
    rows = session.scalars(sa.select(WasteContainer).where(WasteContainer.state.in_(HERE)))
    found = (due(storage_facts(row, zone), rules, today) for row in rows)
    return [one for one in found if one is not None]


def _pickups(session: Session, today: date) -> list[Deadline]:
    open_states = [PickupState.scheduled, PickupState.missed]
    rows = session.scalars(sa.select(WastePickup).where(WastePickup.state.in_(open_states)))
    return [pickup_due(row.number, row.scheduled_on, today) for row in rows]


def _papers(session: Session, rules: StateRules, today: date, zone: tzinfo) -> list[Deadline]:
    rows = session.scalars(sa.select(WasteManifest).where(WasteManifest.state == ManifestState.accepted))
    return [
        one
        for row in rows
        if row.accepted_at is not None
        for one in copy_due(row.number, row.accepted_at.astimezone(zone).date(), rules, today)
    ]


def _registrations(session: Session, today: date) -> list[Deadline]:
    return [
        expiry_due(
            "registration",
            f"registration {held.id}",
            f"{held.kind} {held.number} of {party.name} ({KIND_WORDS[party.fields.kind]})",
            held.expires_on,
            today,
        )
        for party in parties(session, today=today)
        for held in party.registrations
        if held.expires_on is not None
    ]


def _trainings(session: Session, today: date) -> list[Deadline]:
    """Of those who may sign papers, the hazmat training that counts the longest."""
    roles = [role.value for role in GRANTED[Action.containers_seal]]
    statement = (
        sa.select(Person.id)
        .join(PersonRole, PersonRole.person_id == Person.id)
        .where(PersonRole.role.in_(roles), Person.disabled_at.is_(None), Person.is_built_in.is_(False))
    )
    signers = set(session.scalars(statement))
    return [
        expiry_due(
            "training",
            f"training of {line.person}",
            f"The hazardous materials training of {line.person}",
            line.valid_until,
            today,
        )
        for person_id, line in training.latest(session, kind=training.HAZMAT, today=today).items()
        if person_id in signers and line.valid_until is not None
    ]
