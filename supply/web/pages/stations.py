"""Stations: a place, what a scan there does, its devices, and enrolling a screen or an agent."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

from flask import Blueprint, make_response, redirect, render_template, request, url_for
from markupsafe import Markup
from werkzeug.wrappers import Response

from supply.errors import NotFound, SupplyError
from supply.staff.permissions import Action
from supply.stations import enrolments, sessions, station_changes
from supply.stations.device_cards import StationCard, station_cards
from supply.stations.fields import ACTIONS
from supply.stations.scanner_sheet import qr_svg
from supply.stations.station_changes import StationPlan
from supply.stock.shelves import place_sums
from supply.web import notices
from supply.web.access import allow
from supply.web.context import actor, database, now, settings
from supply.web.entries import Entries, refuse_unreadable_address, wrong_of
from supply.web.identity import give_station_cookie
from supply.web.problems import status_of

pages = Blueprint("stations", __name__, url_prefix="/stations")
pages.before_request(refuse_unreadable_address)
MODES = {
    "use": "TAKE",
    "receive": "PUT IN",
    "return": "PUT BACK",
    "move": "MOVE",
    "count": "COUNT",
    "discard": "THROW OUT",
    "lookup": "LOOK UP",
}


@pages.get("")
@allow(Action.administer)
def listing() -> str:
    """Every station."""
    return _listing({}, {})


@pages.post("")
@allow(Action.administer)
def add() -> Response:
    """Add a station."""
    entries, by, moment = Entries(request.form), actor(), now()
    code = entries.text("code", "Type a short code, such as kiosk-2.", most=40)
    try:
        plan = _plan(entries)
        database().transact(
            lambda s: sessions.add_station(
                s,
                code=code,
                name=plan.name,
                location=plan.location,
                mode=plan.mode,
                actor_id=by.person_id,
                now=moment,
            )
        )
    except SupplyError as error:
        return make_response(_listing(request.form.to_dict(), wrong_of(error, "code")), status_of(error))
    notices.leave(f"{plan.name} is added. Enrol its screen, or give it a device.")
    return redirect(url_for(".show", code=code), 303)


@pages.get("/<code>")
@allow(Action.administer)
def show(code: str) -> str:
    """One station: its place and mode, its devices, its screens and agents."""
    return _page(code)


@pages.post("/<code>")
@allow(Action.administer)
def change(code: str) -> Response:
    """Change a station; `?undo` makes it what the address says it was."""
    given = request.args if "undo" in request.args else request.form
    by, moment = actor(), now()
    try:
        plan = _plan(Entries(given))
        before = database().transact(lambda s: station_changes.change(s, plan, code=code, by=by, now=moment))
    except SupplyError as error:
        if isinstance(error, NotFound):
            raise
        return make_response(_page(code, given.to_dict(), wrong_of(error, "name")), status_of(error))
    undo = url_for(".change", code=code, undo=1, name=before.name, location=before.location, mode=before.mode)
    notices.leave(f"{plan.name} is changed.", undo=undo if given is request.form else None)
    return redirect(url_for(".show", code=code), 303)


@pages.post("/<code>/enrol-screen")
@allow(Action.administer)
def enrol_screen(code: str) -> Response:
    """Make this browser the station's screen and open the kiosk."""
    token = _enrol(code, "screen", request.form.get("label", "") or "This screen")
    answer = make_response(redirect(url_for("kiosk.screen", station=code), 303))
    give_station_cookie(answer, token)
    return answer


@pages.post("/<code>/enrol-agent")
@allow(Action.administer)
def enrol_agent(code: str) -> str:
    """Show the token of an agent, once, with the command that uses it."""
    token = _enrol(code, "agent", request.form.get("label", "") or "Agent")
    return _page(code, token=token)


@pages.post("/<code>/enrolments/<int:enrolment_id>/revoke")
@allow(Action.administer)
def revoke(code: str, enrolment_id: int) -> Response:
    """From now on that screen or agent belongs to no station."""
    by, moment = actor(), now()
    database().transact(lambda s: enrolments.revoke(s, enrolment_id=enrolment_id, by=by, now=moment))
    notices.leave("It is let go: from now on it opens nothing here.")
    return redirect(url_for(".show", code=code, _anchor="screens"), 303)


def _enrol(code: str, kind: str, label: str) -> str:
    by, moment = actor(), now()
    return database().transact(
        lambda s: enrolments.enrol(s, station_code=code, kind=kind, label=label, by=by, now=moment)
    )


def _plan(entries: Entries) -> StationPlan:
    name = entries.text("name", "Type the name people use, such as Kiosk at the storeroom.", most=120)
    location = entries.text("location", "Choose the place where it stands.", most=40)
    mode = entries.choice("mode", ACTIONS, "Choose what a scan there does.")
    entries.check()
    return StationPlan(name, location, mode)


def _listing(values: Mapping[str, str], problems: Mapping[str, str]) -> str:
    with database().read_session() as session:
        cards = station_cards(session, now=now(), idle_minutes=settings().sign_in.kiosk_idle_minutes)
        places = place_sums(session)
    return render_template(
        "stations/listing.html", cards=cards, places=places, modes=MODES, values=values, problems=problems
    )


def _page(
    code: str,
    values: Mapping[str, str] | None = None,
    problems: Mapping[str, str] | None = None,
    *,
    token: str | None = None,
) -> str:
    card = _card(code)
    with database().read_session() as session:
        screens, places = enrolments.enrolments(session, card.id), place_sums(session)
    shown = {"name": card.name, "location": card.location, "mode": card.mode}
    # where nothing is set, the address of this very request: a tablet cannot open 127.0.0.1
    server = settings().server.address.rstrip("/") or request.host_url.rstrip("/")
    address = f"{server}{url_for('kiosk.screen', station=code)}"
    more: dict[str, Any] = {
        "address": address,
        "qr": Markup(qr_svg(address)),  # noqa: S704 - our own drawing
        "server": server,
        "is_plain": _is_plain(server),
    }
    return render_template(
        "stations/station.html",
        card=card,
        screens=screens,
        places=places,
        modes=MODES,
        values=shown if values is None else values,
        problems=problems or {},
        token=token,
        **more,
    )


def _is_plain(server: str) -> bool:
    """Whether an agent would have to be told that it may speak to that address without encryption."""
    parts = urlsplit(server)
    return parts.scheme == "http" and parts.hostname not in ("localhost", "127.0.0.1", "::1")


def _card(code: str) -> StationCard:
    with database().read_session() as session:
        cards = station_cards(session, now=now(), idle_minutes=settings().sign_in.kiosk_idle_minutes)
    found = next((card for card in cards if card.code == code), None)
    if found is None:
        raise NotFound(f"There is no station {code!r}.")
    return found
