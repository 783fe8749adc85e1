"""/items: the catalogue and the codes that name its items."""

from sqlalchemy.orm import Session

from supply.barcodes.model import Barcode
from supply.barcodes.parse import parse
from supply.errors import Invalid
from supply.staff.permissions import Action
from supply.stock import catalog
from supply.stock.item_lines import item_lines
from supply.stock.models import Item, ItemCode
from supply.web.access import allow
from supply.web.api.item_shapes import (
    CodeAnswer,
    Codes,
    ItemAnswer,
    ItemChange,
    ItemPath,
    ItemQuery,
    Items,
    NewCode,
    NewItem,
)
from supply.web.api.operations import route
from supply.web.api.paging import Page, cut, cut_whole
from supply.web.context import actor, database, now, settings, today
from supply.web.resource import resource

items = resource("items", "The catalogue: items and the codes that name them")


@route(items, "GET", "/items", {200: Items})
@allow(Action.look_up)
def list_items(query: ItemQuery) -> Items:
    """Active items, in the order in which they were added."""
    with database().read_session() as session:
        rows = catalog.search_items(session, query.search or "", limit=query.limit + 1, after_id=query.last_id())
        page, following = cut(rows, query.limit, lambda row: (row.id,))
        lines = item_lines(session, page)
    return Items(items=[ItemAnswer.of(line) for line in lines], next=following)


@route(items, "POST", "/items", {201: ItemAnswer})
@allow(Action.catalogue)
def add_item(body: NewItem) -> ItemAnswer:
    """Add an item and, with `gtin`, the code on its label."""
    code = _read(body.gtin, None) if body.gtin is not None else None
    columns, by, moment = body.columns(), actor().person_id, now()

    def add(session: Session) -> ItemAnswer:
        item = catalog.add_item(session, sku=body.sku, actor_id=by, now=moment, **columns)
        if code is not None:
            _learn(session, item, code, body)
        return _answer(session, item)

    return database().transact(add)


@route(items, "GET", "/items/<path:sku>", {200: ItemAnswer})
@allow(Action.look_up)
def show_item(path: ItemPath) -> ItemAnswer:
    """One item, whatever the capitals of its SKU."""
    with database().read_session() as session:
        return _answer(session, catalog.find_item(session, path.sku))


@route(items, "PATCH", "/items/<path:sku>", {200: ItemAnswer})
@allow(Action.catalogue)
def change_item(path: ItemPath, body: ItemChange) -> ItemAnswer:
    """Change what is named; what is left out stays."""
    columns, by, moment = body.columns(), actor().person_id, now()

    def change(session: Session) -> ItemAnswer:
        item = catalog.find_item(session, path.sku)
        if columns:
            catalog.change_item(session, item=item, actor_id=by, now=moment, **columns)
        return _answer(session, item)

    return database().transact(change)


@route(items, "GET", "/items/<path:sku>/codes", {200: Codes})
@allow(Action.look_up)
def list_codes(path: ItemPath, query: Page) -> Codes:
    """The codes that name an item."""
    with database().read_session() as session:
        rows = catalog.codes_of(session, [catalog.find_item(session, path.sku).id])
    page, following = cut_whole(rows, query, lambda row: row.id)
    return Codes(items=[CodeAnswer.of(row) for row in page], next=following)


@route(items, "POST", "/items/<path:sku>/codes", {201: Codes})
@allow(Action.catalogue)
def add_code(path: ItemPath, body: NewCode) -> Codes:
    """Teach a code of an item; a label may carry more than one key."""
    code = _read(body.gtin, body.barcode)

    def learn(session: Session) -> Codes:
        rows = _learn(session, catalog.find_item(session, path.sku), code, body)
        return Codes(items=[CodeAnswer.of(row) for row in rows], next=None)

    return database().transact(learn)


def _read(gtin: str | None, barcode: str | None) -> Barcode:
    """The meaning of the code sent. Raises Invalid (bad_field, bad_barcode)."""
    if (gtin is None) == (barcode is None):
        raise Invalid("Send barcode or gtin: one of the two.", code="bad_field")
    read = parse(gtin or barcode or "", today=today(), separators=settings().scanning.separators)
    if gtin is not None and not any(scheme == "gtin" for scheme, _ in read.lookup_keys):
        raise Invalid(f"{gtin} is no GTIN: its check digit is wrong.", code="bad_barcode")
    return read


def _learn(session: Session, item: Item, code: Barcode, sent: NewItem | NewCode) -> list[ItemCode]:
    return catalog.add_code(
        session,
        item=item,
        barcode=code,
        actor_id=actor().person_id,
        now=now(),
        units_received=sent.units_received,
        units_used=sent.units_used,
    )


def _answer(session: Session, item: Item) -> ItemAnswer:
    return ItemAnswer.of(item_lines(session, [item])[0])
