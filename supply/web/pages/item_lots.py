"""What a manager does to one lot: hold, recall, release, and correct the book to what was counted."""

from collections.abc import Callable
from uuid import UUID

from flask import Blueprint, make_response, redirect, request, url_for
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from supply.errors import NotFound, SupplyError
from supply.staff.permissions import Action
from supply.stock import catalog, corrections, lots
from supply.stock.corrections import MOST_UNITS, Correction
from supply.stock.models import Lot, LotState
from supply.web import notices
from supply.web.access import allow
from supply.web.context import actor, database, now
from supply.web.entries import Entries, wrong_of
from supply.web.pages import item_tabs
from supply.web.problems import status_of

pages = Blueprint("item_lots", __name__)

STATE_WORDS = {
    LotState.open: "The lot may be used again.",
    LotState.held: "The lot is on hold. Put it on the hold shelf.",
    LotState.recalled: "The lot is marked as recalled. Put it on the hold shelf.",
}


@pages.post("/items/<path:sku>/lots/<int:lot_id>/state")
@allow(Action.hold)
def set_state(sku: str, lot_id: int) -> Response:
    """Hold, recall or release a lot for a reason; undone by the state before it."""
    entries = Entries(request.values)
    state = entries.choice("state", tuple(LotState), "Choose what becomes of the lot.")
    reason = entries.text("reason", "Say why, in a few words.", most=300)

    def set_it(session: Session) -> None:
        before = _lot_of(session, sku, lot_id).state
        lots.set_lot_state(
            session, lot_id=lot_id, state=LotState(state), reason=reason, actor_id=actor().person_id, now=now()
        )
        undo = url_for(".set_state", sku=sku, lot_id=lot_id, state=before.value, reason="Undone")
        notices.leave(STATE_WORDS[LotState(state)], undo=None if before == state else undo)

    return _act(sku, entries, set_it)


@pages.post("/items/<path:sku>/lots/<int:lot_id>/counted")
@allow(Action.adjust)
def correct(sku: str, lot_id: int) -> Response:
    """Set the book to what was counted, once for each form."""
    entries = Entries(request.form)
    key = entries.key()
    place = entries.text("location", "Open the page again and repeat it.", most=40)
    counted = entries.whole("counted", "Type how many stand there: a whole number, 0 or more.", most=MOST_UNITS)
    reason = entries.text("reason", "Say why the book was wrong, in a few words.", most=300)

    def post(session: Session) -> None:
        _lot_of(session, sku, lot_id)
        wanted = Correction(key, lot_id, place, reason, actor(), now())
        difference = corrections.correct_to(session, wanted, counted).difference
        change = f"{'+' if difference > 0 else '−'}{abs(difference):,}"
        notices.leave(f"Corrected by {change}.", undo=url_for(".undo_correction", sku=sku, request_id=key))

    return _act(sku, entries, post)


@pages.post("/items/<path:sku>/corrections/<uuid:request_id>/undo")
@allow(Action.adjust)
def undo_correction(sku: str, request_id: UUID) -> Response:
    """Take a correction back."""
    by, moment = actor(), now()
    database().transact(lambda s: corrections.undo_correction(s, request_id=request_id, by=by, now=moment))
    notices.leave("Undone.")
    return redirect(url_for("items.show", sku=sku), 303)


def _act(sku: str, entries: Entries, act: Callable[[Session], None]) -> Response:
    """Do it and show the lots again, with what was wrong or what was done."""
    try:
        entries.check()
        database().transact(act)
    except NotFound:
        raise
    except SupplyError as error:
        page = item_tabs.lots_page(sku, wrong_of(error, "reason"), request.form.to_dict())
        return make_response(page, status_of(error))
    return redirect(url_for("items.show", sku=sku), 303)


def _lot_of(session: Session, sku: str, lot_id: int) -> Lot:
    lot = session.get(Lot, lot_id)
    if lot is None or lot.item_id != catalog.find_item(session, sku).id:
        raise NotFound("This item has no such lot.")
    return lot
