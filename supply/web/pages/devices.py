"""Every device with its state in words, a test, and what was found on the wire."""

import json
from collections.abc import Callable, Mapping
from typing import Any

from flask import Blueprint, make_response, redirect, render_template, request, url_for
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from supply.errors import Conflict, Invalid, NotFound, SupplyError
from supply.staff.permissions import Action
from supply.stations import device_changes, work_requests
from supply.stations.device_cards import DeviceCard, device_card, device_cards, trial_of
from supply.stations.device_changes import DevicePlan
from supply.stations.device_kinds import KINDS, kind_of
from supply.stations.scanner_strokes import strokes_of_text
from supply.stations.sessions import stations
from supply.web import notices
from supply.web.access import allow
from supply.web.context import actor, database, now
from supply.web.device_forms import plan_from, shown_settings
from supply.web.entries import Entries, refuse_unreadable_address, wrong_of
from supply.web.problems import status_of

pages = Blueprint("devices", __name__, url_prefix="/devices")
pages.before_request(refuse_unreadable_address)
SEES = (Action.print_labels, Action.administer)


@pages.get("")
@allow(*SEES)
def listing() -> str:
    """Every device, those in trouble first."""
    with database().read_session() as session:
        cards = device_cards(session, now=now())
        has_station = bool(stations(session))
    return render_template("devices/listing.html", cards=cards, has_station=has_station)


@pages.get("/new")
@allow(Action.administer)
def new() -> str:
    """The kinds of devices; with one chosen, its form."""
    driver = request.args.get("driver", "")
    if driver not in KINDS:
        return render_template(
            "devices/kinds.html", kinds=list(KINDS.values()), station=request.args.get("station", "")
        )
    return _form(None, driver, request.args.to_dict(), {})


@pages.post("")
@allow(Action.administer)
def add() -> Response:
    """Add a device."""
    by, moment = actor(), now()
    try:
        plan = _plan()
        added = database().transact(lambda s: device_changes.add(s, plan, by=by, now=moment).id)
    except SupplyError as error:
        page = _form(None, request.form.get("driver", ""), request.form.to_dict(), wrong_of(error, "name"))
        return make_response(page, status_of(error))
    notices.leave(f"{plan.name} is added. Try it now.", undo=url_for(".remove", device_id=added))
    return redirect(url_for(".show", device_id=added), 303)


@pages.get("/<int:device_id>")
@allow(*SEES)
def show(device_id: int) -> str:
    """One device: how it is, its test, its settings."""
    return _page(device_id, None, {})


@pages.post("/<int:device_id>")
@allow(Action.administer)
def change(device_id: int) -> Response:
    """Change a device."""
    by, moment = actor(), now()
    try:
        plan = _plan()
        before = database().transact(lambda s: device_changes.change(s, plan, device_id=device_id, by=by, now=moment))
    except SupplyError as error:
        if isinstance(error, NotFound):
            raise
        return make_response(_page(device_id, request.form.to_dict(), wrong_of(error, "name")), status_of(error))
    notices.leave(f"{plan.name} is changed.", undo=url_for(".undo_change", device_id=device_id, **_as_address(before)))
    return redirect(url_for(".show", device_id=device_id), 303)


@pages.post("/<int:device_id>/undo-change")
@allow(Action.administer)
def undo_change(device_id: int) -> Response:
    """Make the device what it was before a change."""
    given, by, moment = request.args, actor(), now()
    try:
        settings = json.loads(given.get("settings", "{}"))
    except ValueError:
        settings = None
    if not isinstance(settings, dict) or given.get("driver") not in KINDS:
        raise Invalid("This can no longer be undone. Change the device by hand.", code="bad_field")
    plan = DevicePlan(given.get("name", ""), given.get("station", ""), given["driver"], settings, given.get("at", ""))
    database().transact(lambda s: device_changes.change(s, plan, device_id=device_id, by=by, now=moment))
    notices.leave(f"{plan.name} is as it was.")
    return redirect(url_for(".show", device_id=device_id), 303)


@pages.post("/<int:device_id>/switch")
@allow(Action.administer)
def switch(device_id: int) -> Response:
    """Switch a device on or off."""
    is_on = request.values.get("on") == "yes"
    row = _act(lambda s, **who: device_changes.switch(s, device_id=device_id, is_on=is_on, **who))
    words = "is switched on." if is_on else "is switched off. Nothing is read from it or printed on it."
    notices.leave(f"{row} {words}", undo=url_for(".switch", device_id=device_id, on="no" if is_on else "yes"))
    return redirect(url_for(".show", device_id=device_id), 303)


@pages.post("/<int:device_id>/remove")
@allow(Action.administer)
def remove(device_id: int) -> Response:
    """Take a device away."""
    row = _act(lambda s, **who: device_changes.remove(s, device_id=device_id, **who))
    notices.leave(f"{row} is taken away.", undo=url_for(".restore", device_id=device_id))
    return redirect(url_for(".listing"), 303)


@pages.post("/<int:device_id>/restore")
@allow(Action.administer)
def restore(device_id: int) -> Response:
    """Bring a device back that was taken away."""
    row = _act(lambda s, **who: device_changes.bring_back(s, device_id=device_id, **who))
    notices.leave(f"{row} is back.")
    return redirect(url_for(".show", device_id=device_id), 303)


@pages.post("/<int:device_id>/test")
@allow(*SEES)
def test(device_id: int) -> Response:
    """Have the worker try a device."""
    card = _card(device_id)
    if not card.can_be_tested:
        notices.leave(f"{card.name} cannot be tried from here.", "note")
        return redirect(url_for(".show", device_id=device_id), 303)
    _ask(work_requests.DEVICE_TEST, card.name)
    return redirect(url_for(".show", device_id=device_id, _anchor="test"), 303)


@pages.post("/found")
@allow(Action.administer)
def discover() -> Response:
    """Have the worker look for devices."""
    _ask(work_requests.DEVICE_DISCOVERY, work_requests.EVERYTHING)
    return redirect(url_for(".found"), 303)


@pages.get("/found")
@allow(Action.administer)
def found() -> str:
    """What was found when somebody last looked, each with a button that adds it."""
    with database().read_session() as session:
        row = work_requests.last(session, kind=work_requests.DEVICE_DISCOVERY, subject=work_requests.EVERYTHING)
        seen = trial_of(row, "") if row is not None else None
        known = {card.where for card in device_cards(session) if card.where}
    offers = [_offer(one, known) for one in seen.result.get("found", [])] if seen is not None else []
    return render_template("devices/found.html", seen=seen, offers=offers)


def _offer(one: Mapping[str, Any], known: set[str]) -> dict[str, Any]:
    fields = shown_settings(one["driver"], one["settings"])
    filled: dict[str, Any] = {key: value for key, value in fields.items() if value}
    name = "-".join("".join(each if each.isalnum() else " " for each in one["title"]).lower().split())[:40]
    address = url_for(".new", driver=one["driver"], name=name, **filled)
    values = [str(value) for value in one["settings"].values()]
    is_known = any(all(value in where for value in values) for where in known)
    return {**one, "kind": kind_of(one["driver"]), "address": address, "is_known": is_known}


def _ask(kind: str, subject: str, **details: Any) -> None:
    by, moment = actor(), now()
    try:
        database().transact(
            lambda s: work_requests.ask(s, kind=kind, subject=subject, details=details, actor=by, now=moment)
        )
    except Conflict as refusal:
        notices.leave(refusal.message, "note")


def _act(act: Callable[..., Any]) -> str:
    """Do something about a device in one transaction; gives its name."""
    by, moment = actor(), now()
    name: str = database().transact(lambda session: act(session, by=by, now=moment).name)
    return name


def _plan() -> DevicePlan:
    with database().read_session() as session:
        codes = [station.code for station in stations(session)]
    return plan_from(Entries(request.form), request.form, codes)


def _as_address(plan: DevicePlan) -> dict[str, Any]:
    settings = json.dumps(dict(plan.settings))
    return {"name": plan.name, "station": plan.station, "driver": plan.driver, "settings": settings, "at": plan.runs_at}


def _card(device_id: int) -> DeviceCard:
    with database().read_session() as session:
        card = device_card(session, device_id, now=now())
    if card is None:
        raise NotFound("There is no such device. It may have been taken away.")
    return card


def _station_choices(session: Session) -> list[tuple[str, str]]:
    return [(station.code, f"{station.name} ({station.code})") for station in stations(session)]


def _form(card: DeviceCard | None, driver: str, values: Mapping[str, str], problems: Mapping[str, str]) -> str:
    with database().read_session() as session:
        choices = _station_choices(session)
    return render_template(
        "devices/form.html",
        card=card,
        kind=kind_of(driver),
        values=values,
        problems=problems,
        station_choices=choices,
    )


def _page(device_id: int, values: Mapping[str, str] | None, problems: Mapping[str, str]) -> str:
    card = _card(device_id)
    with database().read_session() as session:
        choices = _station_choices(session)
    shown = {
        "name": card.name,
        "station": card.station,
        "runs_at": card.runs_at,
        **shown_settings(card.kind.driver, card.settings),
    }
    return render_template(
        "devices/device.html",
        card=card,
        kind=card.kind,
        values=shown if values is None else values,
        problems=problems,
        station_choices=choices,
        strokes_of=strokes_of_text,
        queue=url_for("labels.print_queue.listing"),
    )
