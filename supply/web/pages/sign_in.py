"""Signing in and out, and the one-time link that makes the first administrator. Works without script."""

from flask import Blueprint, make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from supply.errors import NotFound, SupplyError
from supply.staff import setup_links, sign_in
from supply.web import notices
from supply.web.access import public
from supply.web.context import actor_or_none, database, now
from supply.web.identity import give_session_cookie, session_key, take_session_cookie
from supply.web.problems import status_of
from supply.web.security import safe_next

pages = Blueprint("sign_in", __name__)


@pages.get("/sign-in")
@public
def form() -> Response | str:
    """The sign-in form; whoever is signed in goes on."""
    onward = safe_next(request.args.get("next"))
    if actor_or_none() is not None:
        return redirect(onward, 303)
    return render_template("sign_in/form.html", onward=onward, name="", error=None)


@pages.post("/sign-in")
@public
def enter() -> Response:
    """Sign in with name and password, always under a new session key."""
    name, onward = request.form.get("name", ""), safe_next(request.form.get("next"))
    password, address = request.form.get("password", ""), request.remote_addr or "unknown"
    try:
        key, _ = sign_in.sign_in(database(), name=name, password=password, address=address, now=now())
    except (sign_in.WrongNameOrPassword, sign_in.LockedOut) as error:
        page = render_template("sign_in/form.html", onward=onward, name=name, error=error.message)
        return make_response(page, status_of(error))
    return _signed_in(key, onward)


@pages.post("/sign-out")
@public
def leave() -> Response:
    """Sign out: the session ends on the server, not only in the browser."""
    key = session_key()
    if key:
        database().transact(lambda session: sign_in.sign_out(session, token=key, now=now()))
    notices.leave("You are signed out.")
    response = make_response(redirect(url_for("sign_in.form"), 303))
    take_session_cookie(response)
    return response


@pages.get("/setup/<key>")
@public
def setup_form(key: str) -> str:
    """The form that makes the first administrator. Raises NotFound when the link was used."""
    with database().read_session() as session:
        if not setup_links.is_open(session, key):
            raise NotFound("This link was used already. Sign in, or ask an administrator.", code="link_used")
    return render_template("sign_in/setup.html", key=key, values={}, error=None)


@pages.post("/setup/<key>")
@public
def setup(key: str) -> Response:
    """Make the first administrator and sign them in."""
    values = {field: request.form.get(field, "") for field in ("name", "password", "is_manager")}
    try:
        database().transact(
            lambda session: setup_links.first_administrator(
                session,
                key=key,
                name=values["name"],
                password=values["password"],
                is_manager=bool(values["is_manager"]),
                now=now(),
            )
        )
    except NotFound:
        raise
    except SupplyError as error:
        return make_response(render_template("sign_in/setup.html", key=key, values=values, error=error.message), 422)
    address = request.remote_addr or "unknown"
    session_token, _ = sign_in.sign_in(
        database(), name=values["name"], password=values["password"], address=address, now=now()
    )
    notices.leave("The first administrator is you. Add the people who work here next.")
    return _signed_in(session_token, "/")


def _signed_in(key: str, onward: str) -> Response:
    response = make_response(redirect(onward, 303))
    give_session_cookie(response, key)
    return response
