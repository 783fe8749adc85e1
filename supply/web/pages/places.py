"""The places where stock stands, as a tree; a manager adds one."""

from flask import Blueprint, make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from supply.errors import SupplyError
from supply.staff.permissions import Action
from supply.stock.locations import add_location
from supply.stock.shelves import place_sums
from supply.web import notices
from supply.web.access import allow
from supply.web.context import actor, database, now
from supply.web.entries import Entries, refuse_unreadable_address, wrong_of
from supply.web.problems import status_of

pages = Blueprint("places", __name__, url_prefix="/places")
pages.before_request(refuse_unreadable_address)


@pages.get("")
@allow(Action.look_up)
def listing() -> str:
    """Every place."""
    return _page({}, {})


@pages.post("")
@allow(Action.catalogue)
def add() -> Response:
    """Add a place."""
    entries, by, moment = Entries(request.form), actor(), now()
    code = entries.text("code", "Type a short code, such as ROOM-2.", most=40)
    name = entries.text("name", "Type the name people use, such as Exam room 2.", most=120)
    parent = entries.text("parent", "", most=40, required=False) or None
    try:
        entries.check()
        added = database().transact(
            lambda s: add_location(s, code=code, name=name, parent_code=parent, actor_id=by.person_id, now=moment)
        )
    except SupplyError as error:
        return make_response(_page(request.form.to_dict(), wrong_of(error, "code")), status_of(error))
    notices.leave(f"{added.name} is added.")
    return redirect(url_for(".listing"), 303)


def _page(values: dict[str, str], problems: dict[str, str]) -> str:
    with database().read_session() as session:
        return render_template("places/listing.html", places=place_sums(session), values=values, problems=problems)
