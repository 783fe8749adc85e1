"""Who is asking: the bearer token or the session cookie of a request, and setting and clearing that cookie."""

import contextlib
from datetime import timedelta

from flask import Response, g, request
from sqlalchemy.orm import Session

from supply.db import NotSaved
from supply.staff import sign_in
from supply.staff.permissions import Level
from supply.staff.sign_in import Limits, SignedIn
from supply.staff.tokens import actor_for_token
from supply.stations import enrolments
from supply.stations.enrolments import PREFIX as DEVICE_PREFIX
from supply.stations.enrolments import device_of_token
from supply.web.context import database, enrolled_device, now, settings

SESSION, STATION = "supply_session", "supply_station"
PLAIN_COOKIE = SESSION
TLS_COOKIE = f"__Host-{SESSION}"
STATION_COOKIE_DAYS = 400  # the longest that browsers keep one
BEARER = "bearer "


def identify() -> None:
    """Find out who sent this request and remember it for the request.

    A token that is given wins over a cookie, and a session over the enrolled screen that it was opened at.
    """
    g.supply_actor = g.supply_signed_in = g.supply_device = None
    token = bearer_token()
    if token is not None:
        _identify_token(token)
        return
    device, key = request.cookies.get(_cookie_name(STATION)), session_key()
    found = None
    if key is not None or device:
        with database().read_session() as session:
            found = sign_in.actor_for_session(session, key, now(), limits()) if key is not None else None
            g.supply_device = device_of_token(session, device, now()) if device else None
    if found is None:
        # On pages an enrolled screen with nobody signed on is nobody.
        g.supply_actor = g.supply_device.actor if g.supply_device and request.path.startswith("/api/") else None
    else:
        g.supply_actor, g.supply_signed_in = found.actor, found
    _touch(found)


def _identify_token(token: str) -> None:
    with database().read_session() as session:
        if token.startswith(DEVICE_PREFIX):
            g.supply_device = device_of_token(session, token, now())
            g.supply_actor = g.supply_device.actor if g.supply_device else None
        else:
            g.supply_actor = actor_for_token(session, token, now())
    _touch(None)


def _touch(found: SignedIn | None) -> None:
    """Note that session and device were used. What a screen asks by itself keeps nobody's badge session alive."""
    device = enrolled_device()
    is_act = request.method not in ("GET", "HEAD", "OPTIONS")
    due = found is not None and found.touch_due and (is_act or found.actor.level is Level.password)
    seen = device is not None and device.touch_due
    if not due and not seen:
        return

    def write(session: Session) -> None:
        if due and found is not None:
            sign_in.touch(session, found.session_id, now())
        if seen and device is not None:
            enrolments.touch(session, device.enrolment_id, now())

    # A full disk must not stop anybody from reading.
    with contextlib.suppress(NotSaved):
        database().transact(write)


def bearer_token() -> str | None:
    """The token of the Authorization header, when it has one."""
    header = request.headers.get("Authorization", "")
    return header[len(BEARER) :].strip() if header[: len(BEARER)].lower() == BEARER else None


def session_key() -> str | None:
    """The session key of the cookie, when there is one of a sensible length."""
    key = request.cookies.get(_cookie_name(SESSION))
    return key if key and len(key) <= 100 else None


def limits() -> Limits:
    """How long a session of this office lasts."""
    chosen = settings().sign_in
    return Limits(
        idle=timedelta(minutes=chosen.idle_minutes),
        absolute=timedelta(hours=chosen.absolute_hours),
        station_idle=timedelta(minutes=chosen.kiosk_idle_minutes),
    )


def give_session_cookie(response: Response, key: str) -> None:
    """Give the browser its session: not for scripts, not across sites, and only over TLS where there is TLS."""
    response.set_cookie(_cookie_name(SESSION), key, path="/", httponly=True, samesite="Lax", secure=request.is_secure)


def take_session_cookie(response: Response) -> None:
    """Make the browser forget its session."""
    response.delete_cookie(_cookie_name(SESSION), path="/", httponly=True, samesite="Lax", secure=request.is_secure)


def give_station_cookie(response: Response, token: str) -> None:
    """Make this browser a screen of a station: it keeps the token beside whatever session comes and goes."""
    age = timedelta(days=STATION_COOKIE_DAYS)
    name = _cookie_name(STATION)
    response.set_cookie(name, token, path="/", max_age=age, httponly=True, samesite="Strict", secure=request.is_secure)


def _cookie_name(name: str) -> str:
    return f"__Host-{name}" if request.is_secure else name
