"""Who is asking: the bearer token or the session cookie of a request, and setting and clearing that cookie."""

import contextlib
from datetime import timedelta

from flask import Response, g, request

from supply.db import NotSaved
from supply.staff import sign_in
from supply.staff.sign_in import Limits
from supply.staff.tokens import actor_for_token
from supply.web.context import database, now, settings

PLAIN_COOKIE = "supply_session"
TLS_COOKIE = "__Host-supply_session"
BEARER = "bearer "


def identify() -> None:
    """Find out who sent this request and remember it for the request. A token that is given wins over a cookie."""
    g.supply_actor = g.supply_signed_in = None
    token = bearer_token()
    if token is not None:
        with database().read_session() as session:
            g.supply_actor = actor_for_token(session, token, now())
        return
    key = session_key()
    if key is None:
        return
    with database().read_session() as session:
        found = sign_in.actor_for_session(session, key, now(), limits())
    if found is None:
        return
    g.supply_actor, g.supply_signed_in = found.actor, found
    if found.touch_due:
        # A full disk must not stop anybody from reading.
        with contextlib.suppress(NotSaved):
            database().transact(lambda session: sign_in.touch(session, found.session_id, now()))


def bearer_token() -> str | None:
    """The token of the Authorization header, when it has one."""
    header = request.headers.get("Authorization", "")
    return header[len(BEARER) :].strip() if header[: len(BEARER)].lower() == BEARER else None


def session_key() -> str | None:
    """The session key of the cookie, when there is one of a sensible length."""
    key = request.cookies.get(_cookie_name())
    return key if key and len(key) <= 100 else None


def limits() -> Limits:
    """How long a session of this office lasts."""
    chosen = settings().sign_in
    return Limits(idle=timedelta(minutes=chosen.idle_minutes), absolute=timedelta(hours=chosen.absolute_hours))


def give_session_cookie(response: Response, key: str) -> None:
    """Give the browser its session: not for scripts, not across sites, and only over TLS where there is TLS."""
    response.set_cookie(_cookie_name(), key, path="/", httponly=True, samesite="Lax", secure=request.is_secure)


def take_session_cookie(response: Response) -> None:
    """Make the browser forget its session."""
    response.delete_cookie(_cookie_name(), path="/", httponly=True, samesite="Lax", secure=request.is_secure)


def _cookie_name() -> str:
    return TLS_COOKIE if request.is_secure else PLAIN_COOKIE
