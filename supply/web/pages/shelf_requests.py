"""What people asked for at the shelf: need more, shelf empty. Shows what comes, and closes a request with words."""

from flask import Blueprint, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from supply.errors import Conflict, Invalid
from supply.staff.permissions import Action
from supply.stations.asking import what_comes
from supply.stock import counting
from supply.stock import shelf_requests as book
from supply.web import notices
from supply.web.access import allow
from supply.web.context import actor, database, now, today
from supply.web.entries import refuse_unreadable_address

pages = Blueprint("shelf_requests", __name__, url_prefix="/shelf-requests")
pages.before_request(refuse_unreadable_address)

KINDS = {book.NEED_MORE: "Need more", book.SHELF_EMPTY: "Shelf empty"}


@pages.get("")
@allow(Action.settle_scans, Action.purchase)
def listing() -> str:
    """What is asked for and not settled, the longest waiting first, with what is on order."""
    moment, day = now(), today()
    with database().read_session() as session:
        lines = book.shelf_requests(session)
        counts = {line.request: line for line in counting.asked_counts(session)}
        comes = {item: what_comes(session, item, today=day, now=moment) for item in {line.item_id for line in lines}}
    return render_template(
        "shelf_requests/listing.html", lines=lines, comes=comes, counts=counts, kinds=KINDS, actions=Action
    )


@pages.post("/<int:number>/settle")
@allow(Action.settle_scans)
def settle(number: int) -> Response:
    """Close a request with what was done about it."""
    by, moment, words = actor(), now(), request.form.get("words", "")
    try:
        database().transact(
            lambda session: book.settle(session, request=number, words=words, person_id=by.person_id, now=moment)
        )
    except (Invalid, Conflict) as error:
        notices.leave(error.message, "stop")
    else:
        notices.leave("Settled.")
    return redirect(url_for(".listing"), 303)
