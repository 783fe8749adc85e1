"""/waste: pickups, booked and handed over, and the papers that went with them."""

import json
from dataclasses import asdict

from flask import Response
from pydantic import BaseModel
from sqlalchemy.orm import Session

from supply.reports.waste_papers import paper, shipping_paper_file
from supply.staff.permissions import Action
from supply.waste import leaving, pickups
from supply.waste.manifest_lines import manifest_lines, manifest_sheet
from supply.waste.models import ManifestState, PickupState
from supply.waste.pickup_lines import pickup_line, pickup_lines
from supply.waste.signatures import Sign
from supply.web.access import allow
from supply.web.api.operations import route
from supply.web.api.paging import Page, cut_whole
from supply.web.api.waste_shapes import (
    HandOver,
    Manifest,
    ManifestWithContent,
    NewPickup,
    NumberPath,
    Pickup,
)
from supply.web.context import actor, database, now, settings, today
from supply.web.resource import resource
from supply.web.waste_views import law_folder, name_of, rules_now

waste_leaving = resource("waste leaving", "Waste that leaves: pickups and papers")
MOST = 100_000
PDF = "application/pdf"
PDF_ANSWER = {"content": {PDF: {"schema": {"type": "string", "format": "binary"}}}}


class PickupQuery(Page):
    """Which pickups."""

    state: PickupState | None = None


class Pickups(BaseModel):
    """A page of pickups."""

    items: list[Pickup]
    next: str | None


class ManifestQuery(Page):
    """Which papers."""

    state: ManifestState | None = None


class Manifests(BaseModel):
    """A page of papers."""

    items: list[Manifest]
    next: str | None


@route(waste_leaving, "GET", "/waste/pickups", {200: Pickups})
@allow(Action.containers_seal, Action.reports_waste)
def list_waste_pickups(query: PickupQuery) -> Pickups:
    """Pickups in the order of their booking."""
    states = None if query.state is None else (query.state,)
    with database().read_session() as session:
        lines = pickup_lines(session, today=today(), states=states, limit=MOST)
    page, following = cut_whole(lines, query, lambda line: line.id)
    return Pickups(items=[Pickup.of(line) for line in page], next=following)


@route(waste_leaving, "POST", "/waste/pickups", {201: Pickup})
@allow(Action.containers_seal)
def schedule_waste_pickup(body: NewPickup) -> Pickup:
    """Book a pickup, with its containers."""
    by, moment, day = actor(), now(), today()

    def act(session: Session) -> Pickup:
        made = pickups.schedule(session, transporter=body.transporter, facility=body.facility, note=body.note,
                                scheduled_on=body.scheduled_on, by=by, now=moment, today=day)  # fmt: skip
        if body.containers:
            pickups.add_containers(session, number=made.number, containers=body.containers, by=by, now=moment,
                                   law_folder=law_folder())  # fmt: skip
        return Pickup.of(pickup_line(session, made.number, today=day))

    return database().transact(act)


@route(waste_leaving, "GET", "/waste/pickups/<number>", {200: Pickup})
@allow(Action.containers_seal, Action.reports_waste)
def show_waste_pickup(path: NumberPath) -> Pickup:
    """One pickup."""
    with database().read_session() as session:
        return Pickup.of(pickup_line(session, path.number, today=today()))


@route(waste_leaving, "POST", "/waste/pickups/<number>/hand-over", {200: Pickup})
@allow(Action.containers_seal)
def hand_over_waste_pickup(path: NumberPath, body: HandOver) -> Pickup:
    """Containers seen, paper made and signed for the office, signed by the driver: all or nothing."""
    by, moment, day, zone = actor(), now(), today(), settings().zone
    wanted = leaving.Leaving(
        pickup=path.number,
        driver=Sign(body.driver, body.driver_title),
        signer=Sign(name_of(by), body.signer_title) if body.signer_title else None,
        containers=body.containers,
        hauler_document=body.hauler_document,
    )

    def act(session: Session) -> Pickup:
        rules = rules_now(session)
        return Pickup.of(leaving.leave(session, leaving=wanted, by=by, now=moment, today=day, rules=rules, zone=zone,
                                       law_folder=law_folder()))  # fmt: skip

    return database().transact(act)


@route(waste_leaving, "GET", "/waste/manifests", {200: Manifests})
@allow(Action.containers_seal, Action.reports_waste)
def list_waste_manifests(query: ManifestQuery) -> Manifests:
    """Papers in the order of their making."""
    states = None if query.state is None else (query.state,)
    with database().read_session() as session:
        lines = manifest_lines(session, rules=rules_now(session), today=today(), zone=settings().zone, states=states,
                               limit=MOST)  # fmt: skip
    page, following = cut_whole(lines, query, lambda line: line.id)
    return Manifests(items=[Manifest.of(line) for line in page], next=following)


@route(waste_leaving, "GET", "/waste/manifests/<number>", {200: ManifestWithContent})
@allow(Action.containers_seal, Action.reports_waste)
def show_waste_manifest(path: NumberPath) -> ManifestWithContent:
    """One paper with what stands on it."""
    with database().read_session() as session:
        sheet = manifest_sheet(session, path.number, rules=rules_now(session), today=today(), zone=settings().zone)
    content = json.loads(json.dumps(asdict(sheet.content)))
    return ManifestWithContent.whole(sheet, content)


@route(waste_leaving, "GET", "/waste/manifests/<number>.pdf", {200: PDF_ANSWER})
@allow(Action.containers_seal, Action.reports_waste)
def print_waste_manifest(path: NumberPath) -> Response:
    """The shipping paper as PDF."""
    with database().read_session() as session:
        found = paper(session, path.number, rules=rules_now(session), today=today(), zone=settings().zone)
    name = f"{found.sheet.line.number}.pdf"
    return Response(shipping_paper_file(found), content_type=PDF,
                    headers={"Content-Disposition": f'inline; filename="{name}"'})  # fmt: skip
