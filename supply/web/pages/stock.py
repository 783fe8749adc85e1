"""What stands where: the tree of places, the lots of one, and all of it as CSV."""

from flask import Blueprint, make_response, render_template, request, url_for
from werkzeug.wrappers import Response

from supply.staff.permissions import Action
from supply.stock.locations import find_place
from supply.stock.on_hand import StockLine, stock_lines
from supply.stock.shelves import ShelfLine, place_sums, shelf_lines
from supply.web.access import allow
from supply.web.context import database, settings, today
from supply.web.csv_text import csv_text
from supply.web.entries import refuse_unreadable_address
from supply.web.money import money_text
from supply.web.scanning import soon_days

pages = Blueprint("stock", __name__)
pages.before_request(refuse_unreadable_address)

PAGE_ROWS = 100
COLUMNS = (
    "sku", "name", "lot", "expiry", "location", "owner", "quantity", "unit", "usable", "state", "received", "unit_cost",
)  # fmt: skip


@pages.get("/stock")
@allow(Action.look_up)
def listing() -> str:
    """The tree of places with what each holds, and the lots of the chosen one."""
    code = request.args.get("place", "")
    with database().read_session() as session:
        place = find_place(session, code) if code else None
        within = place.within if place else None
        lines = shelf_lines(
            session, within=within, today=today(), soon_days=soon_days(), limit=PAGE_ROWS + 1, after=_after()
        )
        shown = lines[:PAGE_ROWS]
        return render_template(
            "stock/listing.html",
            places=place_sums(session),
            place=place,
            lines=shown,
            is_later="after" in request.args,
            more=_address_after(code, shown[-1]) if len(lines) > PAGE_ROWS else None,
        )


@pages.get("/stock.csv")
@allow(Action.look_up)
def download() -> Response:
    """All that stands at a place, or everywhere, as a file for a spreadsheet; `supply import stock` reads it back."""
    code = request.args.get("place") or None
    with database().read_session() as session:
        lines = stock_lines(session, today=today(), zone=settings().zone, location=code)
    response = make_response(csv_text(COLUMNS, map(_row, lines)))
    response.mimetype = "text/csv"
    response.headers["Content-Disposition"] = f'attachment; filename="stock-{today().isoformat()}.csv"'
    return response


def _row(line: StockLine) -> tuple[object, ...]:
    expiry = line.expiry.isoformat() if line.expiry else None
    cost = money_text(line.unit_cost)
    return (
        line.sku, line.name, line.lot, expiry, line.location, line.owner, line.quantity, line.unit, line.usable,
        line.state, line.received_on.isoformat(), cost,
    )  # fmt: skip


def _after() -> tuple[str, int, int, int] | None:
    """Where the page before ended: `name|item|lot|place`; anything else begins anew."""
    parts = request.args.get("after", "").rsplit("|", 3)
    numbers = [int(part) for part in parts[1:] if part.isascii() and part.isdigit() and len(part) < 18]
    return (parts[0], numbers[0], numbers[1], numbers[2]) if len(numbers) == 3 else None


def _address_after(code: str, line: ShelfLine) -> str:
    return url_for(".listing", place=code or None, after="|".join(str(part) for part in line.key))
