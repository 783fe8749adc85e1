"""Badges, PINs and day badges: issuing, printing and ending them."""

from datetime import datetime

from flask import Blueprint, redirect, render_template, request, url_for
from markupsafe import Markup
from werkzeug.wrappers import Response

from supply.errors import Invalid
from supply.staff import badges, people, pins
from supply.staff.permissions import Action
from supply.stations.people_at import new_badge_text
from supply.stations.scanner_sheet import qr_svg
from supply.web import notices
from supply.web.access import allow
from supply.web.context import actor, database, now, settings

pages = Blueprint("badges", __name__, url_prefix="/badges")


@pages.get("")
@allow(Action.settle_scans, Action.administer)
def listing() -> str:
    """Badges that name somebody, and the forms to issue them."""
    with database().read_session() as session:
        lines, everybody = badges.badge_lines(session), people.roster(session)
    active = [one for one in everybody if one.disabled_at is None and not one.is_built_in and one.kind == "person"]
    return render_template("badges/listing.html", badges=lines, people=active, moment=now(), actions=Action)


@pages.post("")
@allow(Action.administer)
def issue() -> str:
    """Give a person a new badge and show it, the only time."""
    by, moment, text = actor(), now(), new_badge_text()
    person = _number(request.form.get("person"))
    database().transact(lambda session: badges.issue_badge(session, person_id=person, by=by, now=moment, text=text))
    return _issued(text)


@pages.post("/day")
@allow(Action.settle_scans)
def issue_day() -> str:
    """Make a take-only badge for somebody who is here for a short time and show it, the only time."""
    by, moment, text, name = actor(), now(), new_badge_text(), request.form.get("name", "")
    until = _moment(request.form.get("valid_until", ""))
    database().transact(
        lambda session: badges.issue_day_badge(session, name=name, valid_until=until, by=by, now=moment, text=text)
    )
    return _issued(text)


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
    database().transact(
        lambda session: pins.set_pin(session, person_id=person, pin=pin, pepper=pepper, by=by, now=moment)
    )
    notices.leave("The PIN is set." if pin else "The PIN is taken away.")
    return redirect(url_for("badges.listing"), 303)


def _issued(text: str) -> str:
    drawn = Markup(qr_svg(text))  # noqa: S704 - our own drawing of a code of capitals and digits
    return render_template("badges/issued.html", text=text, drawn=drawn)


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
