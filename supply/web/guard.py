"""What every request passes before its route: size, sign-in, permission, forgery, media type. Deny by default."""

import hmac
import logging
from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

from flask import Flask, current_app, request
from werkzeug.exceptions import RequestEntityTooLarge

from supply.errors import Invalid, NotAllowed
from supply.staff.permissions import IN_WORDS, Actor, Level, require
from supply.web.access import PUBLIC_FILES, Access, accepted_by, access_of
from supply.web.context import NotSignedIn, actor_or_none, signed_in
from supply.web.identity import bearer_token, identify
from supply.web.station_routes import reached_from_station

log = logging.getLogger(__name__)

SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
API_PREFIX = "/api/"
CSRF_HEADER = "X-CSRF-Token"
CSRF_FIELD = "csrf_token"


def install(app: Flask) -> None:
    """Put the guard before every route of the app."""
    app.before_request(_guard)


def is_api() -> bool:
    """Whether this request is for the JSON interface."""
    return request.path.startswith(API_PREFIX)


def _guard() -> None:
    if request.endpoint in PUBLIC_FILES:
        return
    if request.endpoint is None:
        identify()  # an address that does not exist still shows its menu to whoever is signed in
        return
    view = current_app.view_functions[request.endpoint]
    _set_limit(view)
    identify()
    access = access_of(view)
    if access is None:
        log.error("The route %s declares no permission; it is refused.", request.endpoint)
        raise NotAllowed("Nobody may use this yet.")
    _refuse_strangers(access)
    if request.method not in SAFE_METHODS:
        if bearer_token() is None:
            _refuse_forgery()
        _refuse_other_bodies(view)


def _set_limit(view: Callable[..., Any]) -> None:
    """Refuse a body that says it is too large before a byte of it is read; one that does not say is cut off later."""
    accepted = accepted_by(view)
    if accepted is not None:
        request.max_content_length = accepted.limit
        request.max_form_memory_size = accepted.limit
    limit = request.max_content_length
    if limit is not None and (request.content_length or 0) > limit:
        raise RequestEntityTooLarge


def _refuse_strangers(access: Access) -> None:
    actor = actor_or_none()
    if access.lets(actor, request.endpoint):
        return
    if actor is None:
        sent = bearer_token() is not None
        raise NotSignedIn("This token is unknown or was revoked." if sent else "Sign in first.")
    if actor.level is Level.device:
        raise NotSignedIn("Nobody is signed on here. Scan your badge first.")
    if actor.level is Level.password:
        require(actor, access.actions[0])
    _refuse_from_station(actor, access)


def _refuse_from_station(actor: Actor, access: Access) -> None:
    if not reached_from_station(request.endpoint, Level.pin):
        raise NotAllowed("A badge does not suffice for this. Sign in with your password.", code="password_needed")
    for action in access.actions:
        if action in actor.behind_pin or (actor.level is Level.badge and actor.may(action)):
            raise NotAllowed(f"Type your PIN to {IN_WORDS[action]}.", code="pin_needed", action=action.value)
    require(actor, access.actions[0])


def _refuse_forgery() -> None:
    """Every unsafe request that a browser could be tricked into: same origin, and the session's own token."""
    site = request.headers.get("Sec-Fetch-Site")
    origin = request.headers.get("Origin")
    foreign = site not in (None, "same-origin", "none") or (
        origin is not None and urlsplit(origin).netloc != request.host
    )
    if foreign:
        raise NotAllowed(
            "This came from another site and was refused. Open the page here and try again.", code="forged"
        )
    session = signed_in()
    if session is None:
        return
    sent = request.headers.get(CSRF_HEADER) or ("" if is_api() else request.form.get(CSRF_FIELD, ""))
    if not hmac.compare_digest(sent.encode(), session.csrf.encode()):
        raise NotAllowed("This form is too old. Open the page again and repeat it.", code="forged")


def _refuse_other_bodies(view: Callable[..., Any]) -> None:
    """The JSON interface takes JSON, which no plain form of another site can send."""
    accepted = accepted_by(view)
    if accepted is not None:
        if request.mimetype not in accepted.media_types:
            raise Invalid(f"Send {' or '.join(accepted.media_types)}.", code="wrong_media_type")
    elif is_api() and (request.content_length or request.mimetype) and request.mimetype != "application/json":
        raise Invalid("Send JSON, with the header Content-Type: application/json.", code="not_json")
