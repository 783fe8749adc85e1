"""/waste: the streams, and the containers: opened, filled, sealed, swapped."""

from uuid import uuid4

from flask import Response
from pydantic import BaseModel, Field
from sqlalchemy.orm import Session

from supply.errors import Invalid
from supply.staff.permissions import Action
from supply.waste import containers, entries
from supply.waste.container_lines import container_line, container_lines, entry_lines, find_container
from supply.waste.models import ContainerState
from supply.waste.streams import streams
from supply.web.access import allow
from supply.web.api.fields import Code
from supply.web.api.operations import empty_body, route
from supply.web.api.paging import Page, cut
from supply.web.api.waste_shapes import (
    Added,
    Container,
    ContainerWithEntries,
    Entry,
    NewContainer,
    NumberPath,
    Stream,
    Swapped,
    Weighed,
)
from supply.web.context import database, require, settings, today
from supply.web.problems import problem
from supply.web.resource import resource
from supply.web.scanning import scan
from supply.web.waste_views import change, law_folder, rules_now

waste = resource("waste", "Waste: streams, containers, pickups and papers")


class Streams(BaseModel):
    """The kinds of waste."""

    items: list[Stream]
    next: str | None


class ContainerQuery(Page):
    """Which containers."""

    state: ContainerState | None = None
    stream: Code | None = Field(None, description="Code of a stream")


class Containers(BaseModel):
    """A page of containers."""

    items: list[Container]
    next: str | None


@route(waste, "GET", "/waste/streams", {200: Streams})
@allow(Action.containers_add, Action.reports_waste)
def list_waste_streams() -> Streams:
    """Every kind of waste, with how it is packed, marked and shipped."""
    return Streams(items=[Stream.of(one) for one in streams(law_folder())], next=None)


@route(waste, "GET", "/waste/containers", {200: Containers})
@allow(Action.containers_add, Action.reports_waste)
def list_waste_containers(query: ContainerQuery) -> Containers:
    """Containers in the order of their making."""
    with database().read_session() as session:
        lines = container_lines(
            session,
            rules=rules_now(session),
            today=today(),
            zone=settings().zone,
            states=None if query.state is None else (query.state,),
            stream=query.stream.upper() if query.stream else None,
            after_id=query.last_id(),
            limit=query.limit + 1,
        )
    page, following = cut(lines, query.limit, lambda line: (line.id,))
    return Containers(items=[Container.of(line) for line in page], next=following)


@route(waste, "POST", "/waste/containers", {201: Container})
@allow(Action.containers_add)
def open_waste_container(body: NewContainer) -> Container:
    """Open a container with a number of its own."""
    wanted = containers.NewContainer(body.stream, body.location, body.package, body.weight_limit_grams)
    made = change(containers.open_container, new=wanted, law_folder=law_folder())
    return _container(made.number)


@route(waste, "GET", "/waste/containers/<number>", {200: ContainerWithEntries})
@allow(Action.containers_add, Action.reports_waste)
def show_waste_container(path: NumberPath) -> ContainerWithEntries:
    """One container with what went in."""
    return _whole(path.number)


@route(waste, "POST", "/waste/containers/<number>/add", {201: ContainerWithEntries})
@allow(Action.containers_add)
def add_to_waste_container(path: NumberPath, body: Added) -> ContainerWithEntries | Response:
    """Throw something in: a scan, stored once under its `request_id`; or words about what has no code."""
    if (body.barcode is None) == (body.text is None):
        raise Invalid("Send a barcode, or text that says what it is: one of the two.", code="bad_field")
    if body.text is not None:
        change(entries.add_note, number=path.number, text=body.text, is_sharps=body.is_sharps)
        return _whole(path.number)
    assert body.barcode is not None
    require(Action.throw_out)
    number = _found(path.number)
    stored = scan(body.request_id or uuid4(), body.barcode, "discard", container=number, quantity=body.quantity,
                  lot=body.lot, expiry=body.expiry.isoformat() if body.expiry else None, location=body.location,
                  reason=body.reason)  # fmt: skip
    if stored.status >= 400:
        return problem(stored.status, str(stored.answer["code"]), str(stored.answer["detail"]), stored.answer)
    return _whole(number)


@route(waste, "POST", "/waste/containers/<number>/seal", {200: Container})
@allow(Action.containers_seal)
def seal_waste_container(path: NumberPath, body: Weighed) -> Container:
    """Seal it with its gross weight."""
    change(containers.seal, number=path.number, weight=body.weight, unit=body.unit)
    return _container(path.number)


@route(waste, "POST", "/waste/containers/<number>/full", {200: Container})
@allow(Action.containers_add)
def mark_waste_container_full(path: NumberPath) -> Container:
    """Nothing more goes in."""
    empty_body()
    change(containers.mark_full, number=path.number)
    return _container(path.number)


@route(waste, "POST", "/waste/containers/<number>/swap", {201: Swapped})
@allow(Action.containers_seal)
def swap_waste_container(path: NumberPath, body: Weighed) -> Swapped:
    """Seal the full one and open its successor, in one act."""
    sealed, fresh = change(containers.swap, number=path.number, weight=body.weight, unit=body.unit)
    return Swapped(sealed=_container(sealed.number), opened=_container(fresh.number))


def _found(number: str) -> str:
    with database().read_session() as session:
        return find_container(session, number).number


def _container(number: str) -> Container:
    with database().read_session() as session:
        line = container_line(session, number, rules=rules_now(session), today=today(), zone=settings().zone)
    return Container.of(line)


def _whole(number: str) -> ContainerWithEntries:
    with database().read_session() as session:
        return _read(session, number)


def _read(session: Session, number: str) -> ContainerWithEntries:
    line = container_line(session, number, rules=rules_now(session), today=today(), zone=settings().zone)
    went_in = [Entry.of(one) for one in entry_lines(session, line.id)]
    return ContainerWithEntries(**Container.of(line).model_dump(), went_in=went_in)
