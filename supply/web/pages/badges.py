"""Badges, PINs and day badges: issuing, printing and ending them."""

from collections.abc import Callable
from datetime import datetime, timedelta
from uuid import uuid4

from flask import Blueprint, make_response, redirect, render_template, request, url_for
from markupsafe import Markup
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from supply.errors import Invalid, NotAllowed, SupplyError
from supply.staff import badges, people, pins
from supply.staff.permissions import Action
from supply.stations.badge_labels import MadeBadge, Wanted, make_badge, make_day_badge
from supply.stations.people_at import new_badge_text
from supply.stations.printer_lines import printer_lines
from supply.stations.scanner_sheet import qr_svg
from supply.web import notices
from supply.web.access import allow
from supply.web.context import actor, database, now, settings
from supply.web.problems import status_of

pages = Blueprint("badges", __name__, url_prefix="/badges")


DAY_ENDS_AT = 18  # o'clock: what a day badge's form suggests


@pages.get("")
@allow(Action.settle_scans, Action.administer)
def listing() -> str:
    """Badges that name somebody, and the forms to issue them."""
    return _page()


@pages.post("")
@allow(Action.administer)
def issue() -> Response:
    """Give a person a new badge: printed, or shown the only time."""
    by, moment, wanted = actor(), now(), _wanted()
    return _made(
        wanted, lambda s: make_badge(s, person_id=_number(request.form.get("person")), wanted=wanted, by=by, now=moment)
    )


@pages.post("/day")
@allow(Action.settle_scans)
def issue_day() -> Response:
    """Make a take-only badge for somebody who is here for a short time: printed, or shown the only time."""
    by, moment, wanted, name, zone = actor(), now(), _wanted(), request.form.get("name", ""), settings().zone
    return _made(
        wanted,
        lambda s: make_day_badge(
            s,
            name=name,
            valid_until=_moment(request.form.get("valid_until", "")),
            wanted=wanted,
            by=by,
            now=moment,
            zone=zone,
        ),
    )


@pages.post("/<int:badge_id>/end")
@allow(Action.settle_scans, Action.administer)
def end(badge_id: int) -> Response:
    """End a badge and every session it opened."""
    by, moment = actor(), now()
    database().transact(lambda session: badges.end_badge(session, badge_id=badge_id, by=by, now=moment))
    notices.leave("The badge names nobody any more.")
    return redirect(url_for("badges.listing"), 303)


@pages.post("/pin")
@allow(Action.administer)
def set_pin() -> Response:
    """Give a person a PIN, or take it away by an empty one."""
    by, moment, pin = actor(), now(), request.form.get("pin", "") or None
    person, pepper = _number(request.form.get("person")), pins.read_or_make_pepper(settings().data_folder)
    try:
        database().transact(
            lambda session: pins.set_pin(session, person_id=person, pin=pin, pepper=pepper, by=by, now=moment)
        )
    except Invalid as error:
        return make_response(_page(error.message, "pin"), status_of(error))
    notices.leave("The PIN is set." if pin else "The PIN is taken away.")
    return redirect(url_for("badges.listing"), 303)


def _page(error: str | None = None, field: str | None = None) -> str:
    with database().read_session() as session:
        badge_lines, everybody = badges.badge_lines(session), people.roster(session)
        printers = printer_lines(session)
    suggested = now().astimezone(settings().zone)
    if suggested.hour < DAY_ENDS_AT:
        suggested = suggested.replace(hour=DAY_ENDS_AT, minute=0)
    else:
        suggested = (suggested + timedelta(days=1)).replace(hour=DAY_ENDS_AT, minute=0)
    return render_template(
        "badges/listing.html",
        badges=badge_lines,
        people=[one for one in everybody if one.disabled_at is None and not one.is_built_in and one.kind == "person"],
        printers=[(one.name, f"{one.name}, {one.station_name}") for one in printers],
        values={"printer": printers[0].name if printers else "", **request.form.to_dict()},
        suggested=f"{suggested:%Y-%m-%dT%H:%M}",
        moment=now(),
        actions=Action,
        error=error,
        wrong_field=field,
    )


def _wanted() -> Wanted:
    return Wanted(new_badge_text(), request.form.get("printer") or None, uuid4())


def _made(wanted: Wanted, make: Callable[[Session], MadeBadge]) -> Response:
    """Make it and show it; what is wrong is said above the forms, and nothing was made."""
    try:
        made = database().transact(make)
    except NotAllowed:
        raise
    except SupplyError as error:
        fields = {"bad_name": "name", "name_taken": "name"}
        field = fields.get(error.code, "valid_until" if "valid_until" in request.form else "person")
        return make_response(_page(error.message, field), status_of(error))
    drawn = Markup(qr_svg(wanted.text))  # noqa: S704 - our own drawing of a code of capitals and digits
    return make_response(render_template("badges/issued.html", text=wanted.text, drawn=drawn, made=made))


def _number(text: str | None) -> int:
    if not text or not text.isascii() or not text.isdigit() or len(text) > 9:
        raise Invalid("Choose a person.", code="bad_field")
    return int(text)


def _moment(text: str) -> datetime:
    try:
        found = datetime.fromisoformat(text)
    except ValueError as error:
        raise Invalid("Say until when the badge works, with day and time.", code="bad_field") from error
    return found if found.tzinfo else found.replace(tzinfo=settings().zone)
