"""The catalogue: finding an item, adding one, and the tabs of its page. Lots and codes have their own files."""

from dataclasses import dataclass
from typing import Any

from flask import Blueprint, make_response, redirect, render_template, request, url_for
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from supply.barcodes.parse import parse
from supply.errors import NotFound, SupplyError
from supply.staff.permissions import Action
from supply.stock import catalog, unit_changes
from supply.stock.item_sheet import has_moved
from supply.stock.item_states import ItemState, item_states
from supply.stock.unit_changes import UnitChange
from supply.web import notices
from supply.web.access import allow
from supply.web.context import actor, database, may, now, settings, today
from supply.web.entries import GS, GS_SHOWN, Entries, refuse_unreadable_address, wrong_of
from supply.web.item_form import EMPTY, fields_of, form_of
from supply.web.pages import item_codes, item_lots, item_tabs
from supply.web.problems import status_of
from supply.web.scanning import soon_days

pages = Blueprint("items", __name__)
pages.before_request(refuse_unreadable_address)
pages.register_blueprint(item_codes.pages)
pages.register_blueprint(item_lots.pages)

# for the templates of every page, whose words for actions are their names
pages.app_context_processor(lambda: {"may_do": lambda name: may(Action(name))})

PAGE_ROWS = 50
FILTERS = {
    "short": lambda row: row.is_short,
    "soon": lambda row: row.soon > 0,
    "expired": lambda row: row.expired > 0,
    "out": lambda row: row.is_out,
}


@dataclass(frozen=True)
class Listing:
    """One page of the catalogue: what was asked, how many there are of each kind, and these rows."""

    text: str
    show: str
    page: int
    pages: int
    found: int
    total: int
    counts: dict[str, int]
    rows: list[ItemState]


@pages.get("/items")
@allow(Action.look_up)
def listing() -> str:
    """Every item, or those found."""
    with database().read_session() as session:
        rows = item_states(session, today=today(), soon_days=soon_days())
        named = _named_by_code(session, request.args.get("q", ""))
    return render_template("items/listing.html", listing=_listing(rows, named))


@pages.get("/add-item")
@allow(Action.catalogue)
def new() -> str:
    """The form for a new item, with the code that led here, if one did."""
    values = EMPTY | {"barcode": request.args.get("barcode", "")[:600], "next": request.args.get("next", "")}
    return render_template("items/new.html", values=values, problems={})


@pages.post("/items")
@allow(Action.catalogue)
def add() -> Response:
    """Add an item, and go to its codes, which come next."""
    by, moment = actor(), now()
    try:
        fields = fields_of(request.form, is_new=True)
        item = database().transact(
            lambda session: catalog.add_item(session, actor_id=by.person_id, now=moment, **fields)
        )
    except SupplyError as error:
        problems = wrong_of(error, "sku" if "SKU" in error.message or error.code == "item_exists" else "name")
        page = render_template("items/new.html", values=request.form.to_dict(), problems=problems)
        return make_response(page, status_of(error))
    notices.leave(f"{item.name} is added. Now scan a box of it.")
    return redirect(url_for("items.item_codes.show", sku=item.sku, barcode=request.form.get("barcode") or None), 303)


@pages.get("/items/<path:sku>")
@allow(Action.look_up)
def show(sku: str) -> str:
    """The lots of one item in the order they will leave."""
    return item_tabs.lots_page(sku)


@pages.get("/items/<path:sku>/movements")
@allow(Action.look_up)
def movements(sku: str) -> str:
    """What happened to one item, newest first."""
    return item_tabs.movements_page(sku)


@pages.get("/items/<path:sku>/use")
@allow(Action.look_up)
def use(sku: str) -> str:
    """How much of one item is used, week by week."""
    return item_tabs.use_page(sku)


@pages.get("/items/<path:sku>/settings")
@allow(Action.catalogue)
def edit(sku: str) -> str:
    """The columns of one item, to change."""
    return item_tabs.settings_page(sku)


@pages.post("/items/<path:sku>/settings")
@allow(Action.catalogue)
def change(sku: str) -> Response:
    """Change the columns of one item."""
    try:
        fields = fields_of(request.form, is_new=False)
        database().transact(lambda session: _change(session, sku, dict(fields)))
    except NotFound:
        raise
    except SupplyError as error:
        page = item_tabs.settings_page(sku, request.form.to_dict(), wrong_of(error, "name"))
        return make_response(page, status_of(error))
    notices.leave("Saved.")
    return redirect(url_for("items.edit", sku=sku), 303)


@pages.post("/items/<path:sku>/unit")
@allow(Action.catalogue)
def change_unit(sku: str) -> Response:
    """Count the item in another unit from now on: its stock moves to a successor of the same number."""
    entries = Entries(request.form)
    unit = entries.text("new_unit", "Name the new unit.", most=30)
    factor = entries.whole("factor", "Say how many new ones are in one old one, as a whole number.", least=1)
    try:
        entries.check()
        database().transact(lambda session: _change_unit(session, sku, UnitChange(unit, factor)))
    except NotFound:
        raise
    except SupplyError as error:
        problems = wrong_of(error, "new_unit")
        return make_response(item_tabs.settings_page(sku, None, problems), status_of(error))
    notices.leave(f"Counted in {unit} from now on. The movements so far stay with the closed item.")
    return redirect(url_for("items.show", sku=sku), 303)


def _change_unit(session: Session, sku: str, change: UnitChange) -> None:
    item = catalog.find_item(session, sku)
    unit_changes.change_unit(session, item_id=item.id, change=change, actor_id=actor().person_id, now=now())


def _change(session: Session, sku: str, fields: dict[str, Any]) -> None:
    """Change what differs. The unit of an item that has moved stays: its whole ledger is counted in it."""
    item = catalog.find_item(session, sku)
    if has_moved(session, item.id):
        fields.pop("unit", None)
    before = form_of(session, item)
    changed = {name: value for name, value in fields.items() if before[name] != value}
    if changed:
        catalog.change_item(session, item=item, actor_id=actor().person_id, now=now(), **changed)


def _named_by_code(session: Session, text: str) -> set[int]:
    """The items that a scanned or typed code names."""
    if len(text.strip()) < 6:
        return set()
    barcode = parse(text[:512].replace(GS_SHOWN, GS), today=today(), separators=settings().scanning.separators)
    return {match.item_id for match in catalog.find_matches(session, barcode)}


def _listing(rows: list[ItemState], named: set[int]) -> Listing:
    text, show = request.args.get("q", "")[:200].strip(), request.args.get("show", "")
    words = text.casefold().split()
    found = [
        row for row in rows if row.item_id in named or all(word in f"{row.name} {row.sku}".casefold() for word in words)
    ]
    counts = {name: sum(map(holds, found)) for name, holds in FILTERS.items()}
    shown = [row for row in found if FILTERS[show](row)] if show in FILTERS else found
    number = request.args.get("page", "1")
    last = max(1, -(-len(shown) // PAGE_ROWS))
    page = min(last, max(1, int(number))) if number.isascii() and number.isdigit() and len(number) < 6 else 1
    return Listing(
        text=text,
        show=show if show in FILTERS else "",
        page=page,
        pages=last,
        found=len(shown),
        total=len(rows),
        counts=counts,
        rows=shown[(page - 1) * PAGE_ROWS : page * PAGE_ROWS],
    )
