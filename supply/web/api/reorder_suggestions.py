"""/reorder-suggestions: what to order, and why; putting an item off, and noting suggestions as ordered."""

from datetime import date, datetime
from uuid import UUID

from pydantic import BaseModel, Field
from sqlalchemy.orm import Session

from supply.errors import NotFound
from supply.purchasing import accepting, suggestions
from supply.purchasing.order_lines import OrderLine as Line
from supply.purchasing.order_lines import lines_of_order
from supply.purchasing.orders import MOST_PACKS, When
from supply.purchasing.suggestions import SuggestionLine, suggestion_lines
from supply.purchasing.suppliers import find_supplier
from supply.staff.permissions import Action
from supply.stock.catalog import find_item
from supply.web.access import allow
from supply.web.api.fields import Reason, Sku, Words
from supply.web.api.operations import Nothing, empty_body, route
from supply.web.api.paging import Page, cut_whole
from supply.web.context import actor, database, now, today
from supply.web.money import money_text
from supply.web.resource import Body, WholeNumber, resource

reorder_suggestions = resource("reorder suggestions", "Reorder suggestions: what to order, and why")


class SuggestionPath(BaseModel):
    """An item by SKU."""

    sku: Sku


class Suggestion(BaseModel):
    """One item to order: `quantity` in base units, `price` of one pack, `days_left` of use in what is usable."""

    sku: str
    name: str
    quantity: int
    packs: int
    pack_quantity: int
    supplier: str | None
    price: str | None
    cost: str | None
    reason: str
    remarks: list[str]
    flags: list[str]
    usable: int
    on_order: int
    days_left: float | None
    lead_time_days: float
    order_below: float
    order_up_to: float
    use_per_week: float
    computed_at: datetime

    @classmethod
    def of(cls, line: SuggestionLine) -> "Suggestion":
        """The shape of a line."""
        demand = line.numbers["demand"]
        return cls(
            sku=line.sku,
            name=line.name,
            quantity=line.quantity,
            packs=line.packs,
            pack_quantity=line.pack,
            supplier=line.supplier,
            price=money_text(line.price),
            cost=money_text(line.cost),
            reason=line.reason,
            remarks=list(line.remarks),
            flags=list(line.flags),
            usable=line.usable,
            on_order=line.on_order,
            days_left=line.days_left,
            lead_time_days=line.lead_days,
            order_below=line.numbers["order_at"],
            order_up_to=line.numbers["order_up_to"],
            use_per_week=7 * demand["per_day"],
            computed_at=line.computed_at,
        )


class Suggestions(BaseModel):
    """A page of suggestions."""

    items: list[Suggestion]
    next: str | None


class Skip(Body):
    """Why an item is not to be suggested before a day."""

    reason: Reason
    until: date


class Packs(Body):
    """So many packs of one item; 0 leaves it out."""

    sku: Sku
    packs: WholeNumber = Field(ge=0, le=MOST_PACKS)


class Accepted(Body):
    """What was ordered from one supplier; a `request_id` is one order. Without `items`, all suggested."""

    request_id: UUID
    supplier: Words = Field(max_length=120)
    items: list[Packs] | None = Field(None, min_length=1, max_length=500)


class OrderLine(BaseModel):
    """A line of an order, in packs and base units."""

    sku: str
    packs: int
    quantity: int
    price: str | None
    expected: date
    received: int

    @classmethod
    def of(cls, line: Line) -> "OrderLine":
        """The shape of a line."""
        return cls(
            sku=line.sku,
            packs=line.packs,
            quantity=line.quantity,
            price=money_text(line.price),
            expected=line.expected_on,
            received=line.received,
        )


class Order(BaseModel):
    """An order that was noted. Nothing was sent."""

    number: str
    supplier: str
    placed: date
    state: str
    lines: list[OrderLine]


@route(reorder_suggestions, "GET", "/reorder-suggestions", {200: Suggestions})
@allow(Action.purchase)
def list_reorder_suggestions(query: Page) -> Suggestions:
    """What the last check said to order and nobody has answered yet."""
    with database().read_session() as session:
        lines = [line for line in suggestion_lines(session) if line.is_open]
    page, following = cut_whole(lines, query, lambda line: line.item_id)
    return Suggestions(items=[Suggestion.of(line) for line in page], next=following)


@route(reorder_suggestions, "GET", "/reorder-suggestions/<path:sku>", {200: Suggestion})
@allow(Action.purchase)
def show_reorder_suggestion(path: SuggestionPath) -> Suggestion:
    """How one item stood at the last check, to be ordered or not."""
    with database().read_session() as session:
        item = find_item(session, path.sku)
        line = next(iter(suggestion_lines(session, item_ids=[item.id])), None)
    if line is None:
        raise NotFound(f"{item.name} was not looked at yet.")
    return Suggestion.of(line)


@route(reorder_suggestions, "POST", "/reorder-suggestions/<path:sku>/skip", {204: Nothing})
@allow(Action.purchase)
def skip_reorder_suggestion(path: SuggestionPath, body: Skip) -> Nothing:
    """Do not suggest the item before that day."""
    by, moment, day = actor().person_id, now(), today()

    def put_off(session: Session) -> Nothing:
        suggestions.skip(
            session, sku=path.sku, reason=body.reason, until=body.until, actor_id=by, now=moment, today=day
        )
        return Nothing()

    return database().transact(put_off)


@route(reorder_suggestions, "POST", "/reorder-suggestions/<path:sku>/unskip", {204: Nothing})
@allow(Action.purchase)
def unskip_reorder_suggestion(path: SuggestionPath) -> Nothing:
    """Suggest it again."""
    empty_body()
    by, moment = actor().person_id, now()

    def again(session: Session) -> Nothing:
        suggestions.unskip(session, sku=path.sku, actor_id=by, now=moment)
        return Nothing()

    return database().transact(again)


@route(reorder_suggestions, "POST", "/reorder-suggestions/accept", {201: Order})
@allow(Action.purchase)
def accept_reorder_suggestions(body: Accepted) -> Order:
    """Note suggestions of one supplier as ordered."""
    by, when = actor().person_id, When(now(), today())

    def accept(session: Session) -> Order:
        supplier = find_supplier(session, body.supplier)
        waiting = [line for line in suggestion_lines(session) if line.is_open and line.supplier_id == supplier.id]
        chosen = {line.sku: line.packs for line in waiting}
        if body.items is not None:
            chosen = {one.sku: one.packs for one in body.items}
        order = accepting.accept(
            session, supplier_id=supplier.id, packs=chosen, request_id=body.request_id, actor_id=by, when=when
        )
        lines = lines_of_order(session, order.id, now=when.now)
        return Order(
            number=order.number or "",
            supplier=supplier.code,
            placed=order.placed_on,
            state=order.state.value,
            lines=[OrderLine.of(line) for line in lines],
        )

    return database().transact(accept, idempotent=True)
