"""/shelf-requests: need more, shelf empty: asked for at the shelf, settled by a manager."""

from datetime import datetime
from typing import Literal
from uuid import UUID

from flask import Response
from pydantic import BaseModel, Field
from sqlalchemy.orm import Session

from supply.staff.permissions import Action
from supply.stations import asking
from supply.stations.asking import Asking
from supply.stock import counting
from supply.stock import shelf_requests as book
from supply.stock.shelf_requests import ShelfRequestLine
from supply.web.access import allow
from supply.web.api.fields import Barcode, Code, Reason, RowNumber, Sku
from supply.web.api.operations import JSON, route
from supply.web.api.paging import Page, cut_whole
from supply.web.context import actor, database, now, settings, today
from supply.web.resource import Body, resource

shelf_requests = resource("shelf-requests", "Need more, shelf empty")


class Ask(Body):
    """What is wanted where; by `item` (its SKU) or by any of its codes."""

    request_id: UUID = Field(description="Made by the client before sending; the same one asks once")
    item: Sku | None = None
    barcode: Barcode | None = None
    location: Code
    kind: Literal["need_more", "shelf_empty"]


class AskedItem(BaseModel):
    """The item that is wanted."""

    sku: str
    name: str


class ShelfAsked(BaseModel):
    """What asking came to."""

    id: int
    state: str
    item: AskedItem
    message: str
    is_new: bool


class ShelfQuery(Page):
    """Which requests."""

    state: Literal["open", "settled"] = "open"


class ShelfAnswer(BaseModel):
    """One request."""

    id: int
    item: AskedItem
    location: str
    kind: str
    state: str
    asked_by: str
    asked_at: datetime
    last_asked_at: datetime
    times: int
    settled_at: datetime | None
    settlement: str | None

    @classmethod
    def of(cls, line: ShelfRequestLine) -> "ShelfAnswer":
        """The shape of a line."""
        item = AskedItem(sku=line.sku, name=line.name)
        return cls.model_validate({**vars(line), "item": item, "state": line.state})


class ShelfAnswers(BaseModel):
    """A page of requests."""

    items: list[ShelfAnswer]
    next: str | None


class ShelfPath(BaseModel):
    """A request by its number."""

    request: RowNumber


class Words(Body):
    """What was done about it."""

    words: Reason


@route(shelf_requests, "POST", "/shelf-requests", {201: ShelfAsked, 200: ShelfAsked})
@allow(Action.need_more)
def ask(body: Ask) -> Response:
    """Ask for more of an item at a place: 201 when that opened a request, 200 when one was open already."""
    wanted = Asking(body.request_id, body.item, body.barcode, body.location, body.kind)
    by, moment, day, separators = actor(), now(), today(), settings().scanning.separators
    said = database().transact(
        lambda session: asking.ask_at_shelf(session, wanted, by=by, now=moment, today=day, separators=separators),
        idempotent=True,
    )
    item = AskedItem(sku=said.sku, name=said.name)
    answer = ShelfAsked(id=said.id, state=said.state, item=item, message=said.message, is_new=said.is_new)
    return Response(answer.model_dump_json(), 201 if said.is_new else 200, content_type=JSON)


@route(shelf_requests, "GET", "/shelf-requests", {200: ShelfAnswers})
@allow(Action.settle_scans, Action.purchase)
def list_requests(query: ShelfQuery) -> ShelfAnswers:
    """What was asked for at the shelves, the longest waiting first."""
    with database().read_session() as session:
        lines = book.shelf_requests(session, state=query.state, limit=1_000)
    page, following = cut_whole(lines, query, lambda line: line.id)
    return ShelfAnswers(items=[ShelfAnswer.of(line) for line in page], next=following)


class CountAnswer(BaseModel):
    """An item to count at a place; `book` in base units, `request` the shelf request that asks for it."""

    request: int
    sku: str
    name: str
    unit: str
    location: str
    why: str
    asked_at: datetime
    book: int


class CountAnswers(BaseModel):
    """What is to be counted next."""

    items: list[CountAnswer]
    next: str | None


@route(shelf_requests, "GET", "/shelf-requests/counts", {200: CountAnswers})
@allow(Action.settle_scans, Action.count)
def list_counts(query: Page) -> CountAnswers:
    """What is to be counted next, because people at the shelf say otherwise than the book: empty shelves first."""
    with database().read_session() as session:
        lines = counting.count_next(session)
    page, following = cut_whole(lines, query, lambda line: line.request)
    return CountAnswers(items=[CountAnswer.model_validate(vars(line)) for line in page], next=following)


@route(shelf_requests, "POST", "/shelf-requests/<int:request>/settle", {200: ShelfAnswer})
@allow(Action.settle_scans)
def settle(path: ShelfPath, body: Words) -> ShelfAnswer:
    """Close a request with what was done about it."""
    by, moment = actor(), now()

    def close(session: Session) -> ShelfRequestLine:
        book.settle(session, request=path.request, words=body.words, person_id=by.person_id, now=moment)
        return book.shelf_request(session, path.request)

    return ShelfAnswer.of(database().transact(close))
