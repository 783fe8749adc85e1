"""One's own page: roles, password, look, and one's tokens."""

from flask import Blueprint, make_response, redirect, render_template, request
from werkzeug.wrappers import Response

from supply.errors import SupplyError
from supply.staff import people, pins, sign_in, tokens
from supply.stations.scan_lines import CLAIMED, scan_lines
from supply.web import appearance, notices
from supply.web.access import anybody_signed_in, public
from supply.web.context import actor, database, now, settings
from supply.web.identity import give_session_cookie
from supply.web.problems import status_of
from supply.web.security import safe_next

pages = Blueprint("account", __name__, url_prefix="/account")

CLAIMS_SHOWN = 100


@pages.get("")
@anybody_signed_in
def show() -> str:
    """The person's own page."""
    return _page(None)


@pages.post("/password")
@anybody_signed_in
def change_password() -> Response:
    """Change one's own password; every other browser is signed out."""
    current, new = request.form.get("current", ""), request.form.get("new", "")
    me = actor()
    try:
        database().transact(
            lambda session: people.change_own_password(session, actor=me, current=current, new=new, now=now())
        )
    except SupplyError as error:
        return make_response(_page(error.message), status_of(error))
    address = request.remote_addr or "unknown"
    key, _ = sign_in.sign_in(database(), name=me.name, password=new, address=address, now=now())
    notices.leave("Your password is changed. Every other browser was signed out.")
    response = make_response(redirect("/account", 303))
    give_session_cookie(response, key)
    return response


@pages.post("/pin")
@anybody_signed_in
def change_pin() -> Response:
    """Set one's own PIN for the kiosk, or take it away by an empty one."""
    me, moment, pin = actor(), now(), request.form.get("pin", "").strip() or None
    password, pepper = request.form.get("password", ""), pins.read_or_make_pepper(settings().data_folder)
    try:
        database().transact(
            lambda session: pins.change_own_pin(
                session, actor=me, password=password, pin=pin, pepper=pepper, now=moment
            )
        )
    except SupplyError as error:
        field = "password" if error.code == "wrong_password" else "pin"
        return make_response(_page(error.message, field), status_of(error))
    notices.leave("Your PIN is set. Scan your badge at a kiosk, then type it." if pin else "You have no PIN any more.")
    return redirect("/account", 303)


@pages.post("/look")
@public
def choose_look() -> Response:
    """Light, dark, or as the device prefers; kept in this browser."""
    chosen = request.form.get("theme", "auto")
    response = make_response(redirect(safe_next(request.form.get("next")), 303))
    if chosen in appearance.THEMES:
        appearance.remember(response, chosen)
    return response


def _page(error: str | None, field: str = "current") -> str:
    me = actor()
    with database().read_session() as session:
        person, mine = people.person_by_id(session, me.person_id), tokens.tokens_of(session, me.person_id)
        claimed = scan_lines(session, needs=CLAIMED, actor_id=me.person_id, limit=CLAIMS_SHOWN)
    return render_template(
        "account/show.html",
        person=person,
        tokens=mine,
        claimed=claimed,
        error=error,
        wrong_field=field,
        shortest_pin=pins.shortest_for(person.roles),
        longest_pin=pins.LONGEST,
    )
