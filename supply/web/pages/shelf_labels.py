"""Labels for a whole place: choose it, see its items and the first label drawn and read back, print them all."""

from dataclasses import dataclass
from uuid import UUID, uuid4

from flask import Blueprint, make_response, redirect, render_template, request, url_for
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response as AnyResponse

from supply.errors import Invalid, NotAllowed, NotFound, SupplyError
from supply.labels.raster import render
from supply.staff.permissions import Action
from supply.stations.label_requests import usual_printer
from supply.stations.printer_lines import PrinterLine, printer_lines, printer_named
from supply.stations.shelf_labels import (
    MOST_AT_ONCE,
    ShelfItem,
    cancel_shelf_labels,
    queue_shelf_labels,
    shelf_contents,
    shelf_items,
)
from supply.stock.locations import find_place
from supply.stock.shelves import PlaceSum, place_sums
from supply.web import notices, printing
from supply.web.access import allow
from supply.web.context import actor, database, now
from supply.web.entries import Entries
from supply.web.printing import Drawn
from supply.web.problems import status_of

pages = Blueprint("shelves", __name__)


@dataclass(frozen=True)
class Batch:
    """What the page shows: places, printers, the chosen ones, the items with the first label; or why there is none."""

    places: list[PlaceSum]
    printers: list[PrinterLine]
    place: str
    also_out: bool
    chosen: PrinterLine | None = None
    items: tuple[ShelfItem, ...] = ()
    drawn: Drawn | None = None
    refused: str = ""


@pages.get("/shelves")
@allow(Action.print_labels)
def choose() -> str:
    """The places; with `place`, its items and the first label."""
    return _page(_batch(request.args.get("place", ""), request.args.get("out") == "yes"))


@pages.post("/shelves")
@allow(Action.print_labels)
def print_labels() -> AnyResponse:
    """Queue a label for each item of the place, once for each form, when the first one could be drawn and read back."""
    entries = Entries(request.form)
    key, code, also_out = entries.key(), entries.raw("place"), entries.ticked("out")
    name = entries.text("printer", "Choose a printer.", most=60)
    try:
        entries.check()
        count = _ask(key, code, also_out, name)
    except (NotFound, NotAllowed):
        raise
    except SupplyError as error:
        return make_response(_page(_batch(code, also_out), error.message), status_of(error))
    if count:
        words = "1 label is" if count == 1 else f"{count} labels are"
        notices.leave(f"{words} on the way to {name}.", undo=url_for("labels.shelves.cancel", key=key))
    return redirect(url_for("labels.print_queue.listing"), 303)


@pages.post("/shelves/<uuid:key>/cancel")
@allow(Action.print_labels)
def cancel(key: UUID) -> AnyResponse:
    """Give up those of a batch that are not out yet."""
    by, moment = actor(), now()
    count = database().transact(lambda session: cancel_shelf_labels(session, key=key, by=by, now=moment))
    left = "None of them waits any more." if count == 0 else f"{count} cancelled. They will not print."
    notices.leave(left, "ok" if count else "note")
    return redirect(url_for("labels.print_queue.listing"), 303)


def _ask(key: UUID, code: str, also_out: bool, name: str) -> int:
    by, moment = actor(), now()
    with database().read_session() as session:
        place, printer = find_place(session, code), printer_named(session, name)
        items = shelf_items(session, place, also_out=also_out)
        contents = shelf_contents(session, items[:1], printer.paper)
    for content in contents:  # before the transaction: what cannot be read back is never queued
        render(content, printer.paper)
    return database().transact(
        lambda session: queue_shelf_labels(
            session, key=key, place=place, also_out=also_out, printer=printer, by=by, now=moment
        ),
        idempotent=True,
    )


def _batch(code: str, also_out: bool) -> Batch:
    with database().read_session() as session:
        places, printers = place_sums(session), printer_lines(session)
        if not code:
            return Batch(places, printers, code, also_out)
        chosen = _printer(session, printers)
        try:
            found = find_place(session, code)
            items = tuple(shelf_items(session, found, also_out=also_out))
        except Invalid as error:
            return Batch(places, printers, code, also_out, chosen, refused=error.message)
        contents = shelf_contents(session, items[:1], chosen.paper) if chosen else []
    try:
        drawn = next((printing.drawn_of(content, chosen.paper) for content in contents if chosen), None)
    except SupplyError as error:
        return Batch(places, printers, found.code, also_out, chosen, items, refused=error.message)
    return Batch(places, printers, found.code, also_out, chosen, items, drawn)


def _printer(session: Session, printers: list[PrinterLine]) -> PrinterLine | None:
    asked = request.values.get("printer", "")
    return next((one for one in printers if one.name == asked), None) or usual_printer(session, by=actor())


def _page(batch: Batch, problem: str = "") -> str:
    name = next((one.name for one in batch.places if one.code == batch.place), "")
    return render_template(
        "labels/shelves.html", batch=batch, name=name, problem=problem, most=MOST_AT_ONCE, new_key=uuid4
    )
