"""/stock: what is on hand, line by line, now or at the end of a day gone by."""

from datetime import date

from pydantic import BaseModel, Field

from supply.errors import Invalid
from supply.staff.permissions import Action
from supply.stock.on_hand import StockLine, stock_lines
from supply.web.access import allow
from supply.web.api.fields import DAY, Code, Sku, Text
from supply.web.api.operations import route
from supply.web.api.paging import Page, cut
from supply.web.context import database, settings, today
from supply.web.resource import resource

stock = resource("stock", "What is on hand, by lot and place")
YEARS = range(1970, 3000)


class StockQuery(Page):
    """Which lines; a place includes everything within it."""

    item: Sku | None = Field(None, description="SKU")
    location: Code | None = None
    as_of: Text | None = Field(None, pattern=DAY, description="The book at the end of that day of the office")

    def day(self) -> date | None:
        """The day asked for. Raises Invalid (bad_field)."""
        if self.as_of is None:
            return None
        try:
            found = date.fromisoformat(self.as_of)
        except ValueError as error:
            raise Invalid("as_of must be a day such as 2026-11-23.", code="bad_field") from error
        if found.year not in YEARS:
            raise Invalid(f"as_of must lie between {YEARS[0]} and {YEARS[-1]}.", code="bad_field")
        return found


class Stock(BaseModel):
    """Base units of one lot at one place; `usable` is 0 while the lot is expired, held or recalled."""

    sku: str
    lot: str | None
    expiry: date | None
    location: str
    owner: str
    quantity: int
    usable: int
    name: str
    unit: str
    expiry_precision: str | None
    received: date
    state: str
    lot_id: int

    @classmethod
    def of(cls, line: StockLine) -> "Stock":
        """The shape of a line."""
        return cls.model_validate(line.as_json())


class StockLines(BaseModel):
    """A page of stock lines."""

    items: list[Stock]
    next: str | None


@route(stock, "GET", "/stock", {200: StockLines})
@allow(Action.look_up)
def list_stock(query: StockQuery) -> StockLines:
    """Lines of stock, by lot and then by place."""
    lot_id, location_id = query.keys(2)
    with database().read_session() as session:
        lines = stock_lines(
            session,
            today=today(),
            zone=settings().zone,
            sku=query.item,
            location=query.location,
            as_of=query.day(),
            after=(lot_id, location_id),
            limit=query.limit + 1,
        )
    page, following = cut(lines, query.limit, lambda line: (line.lot_id, line.location_id))
    return StockLines(items=[Stock.of(line) for line in page], next=following)
