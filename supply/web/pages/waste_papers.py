"""Shipping papers of waste: shown whole, signed, handed to the driver, their copies chased, voided and replaced.

The law is signed for here: the document stands before the signature, and nothing signed is undone.
"""

from collections.abc import Callable
from typing import Any

from flask import Blueprint, Response, make_response, redirect, render_template, request, url_for
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response as AnyResponse

from supply.errors import SupplyError
from supply.reports.waste_papers import Paper, paper, shipping_paper_file, tracking_record_file
from supply.staff import training
from supply.staff.permissions import ROLE_WORDS, Action, Role
from supply.waste import manifests, pickups
from supply.waste.manifest_lines import ManifestSheet, manifest_lines, manifest_sheet
from supply.waste.manifests import ReturnedCopy
from supply.waste.models import ManifestState
from supply.waste.papers import sha256_of, to_text
from supply.waste.pickup_lines import PickupLine, pickup_line
from supply.waste.weights import grams_of
from supply.web import notices
from supply.web.access import accepts, allow
from supply.web.context import actor, database, now, settings, today
from supply.web.entries import Entries, refuse_unreadable_address, wrong_of
from supply.web.formatting import day, moment_at
from supply.web.problems import status_of
from supply.web.waste_signing import FORM, FORM_BYTES, picture_address, read_sign
from supply.web.waste_views import change, change_by_rules, change_today, law_folder, name_of, rules_now

pages = Blueprint("waste_papers", __name__, url_prefix="/waste/papers")
pages.before_request(refuse_unreadable_address)

PDF = "application/pdf"


@pages.get("")
@allow(Action.reports_waste, Action.containers_seal)
def listing() -> str:
    """Every paper with what is still owed on it, newest first."""
    with database().read_session() as session:
        lines = manifest_lines(session, rules=rules_now(session), today=today(), zone=settings().zone)
    owed = [line for line in lines if _is_owed(line.state)]
    owed.sort(key=lambda line: (line.copy_due is None, line.copy_due or line.made_at.date(), line.id))
    return render_template("waste/papers.html", owed=owed, rest=[line for line in lines if not _is_owed(line.state)])


@pages.get("/<number>")
@allow(Action.reports_waste, Action.containers_seal)
def show(number: str) -> str:
    """One paper, its state, and what can be done with it."""
    return _page(number, {}, {})


@pages.get("/<number>/paper.pdf")
@allow(Action.reports_waste, Action.containers_seal)
def shipping_pdf(number: str) -> Response:
    """The shipping paper to print."""
    return _file(number, shipping_paper_file, "")


@pages.get("/<number>/tracking.pdf")
@allow(Action.reports_waste, Action.containers_seal)
def tracking_pdf(number: str) -> Response:
    """The tracking record to print."""
    return _file(number, tracking_record_file, "-tracking")


@pages.get("/<number>/sign")
@allow(Action.containers_seal)
def sign(number: str) -> str:
    """The document, whole, and then the place to sign for the office."""
    return _sign_page(number, {}, {})


@pages.post("/<number>/sign")
@allow(Action.containers_seal)
@accepts(FORM, limit=FORM_BYTES)
def sign_it(number: str) -> AnyResponse:
    """Sign for the office: from here on the paper is frozen."""
    entered, name = Entries(request.form), name_of(actor())
    try:
        title = entered.text("title", "Type your title, for example Office manager.", most=120)
        signed = read_sign(entered, request.form.get("drawing", ""), printed_name=name, title=title,
                           typed_field="typed_name")  # fmt: skip
        entered.check()
        change_today(manifests.sign_generator, number=number, sign=signed, law_folder=law_folder(),
                     content_sha256=entered.raw("read") or None)  # fmt: skip
    except SupplyError as error:
        page = _sign_page(number, request.form.to_dict(), wrong_of(error, "signature"))
        return make_response(page, status_of(error))
    notices.leave(f"Signed by {name}, {moment_at(now(), settings().zone)}. Now the driver signs.")
    return redirect(url_for(".driver", number=number), 303)


@pages.get("/<number>/driver")
@allow(Action.containers_seal)
def driver(number: str) -> str:
    """The document again, for the driver, and the place to sign for the carrier."""
    return _driver_page(number, {}, {})


@pages.post("/<number>/driver")
@allow(Action.containers_seal)
@accepts(FORM, limit=FORM_BYTES)
def driver_signs(number: str) -> AnyResponse:
    """The driver signs and takes everything."""
    entered = Entries(request.form)
    try:
        name = entered.text("driver", "Type the driver's name.", most=120)
        title = entered.text("title", "", most=120, required=False)
        document = entered.text("hauler_document", "", most=60, required=False)
        signed = read_sign(entered, request.form.get("drawing", ""), printed_name=name, title=title, typed_field=None)
        entered.check()
        pickup = _sheet(number).line.pickup
        change_by_rules(pickups.hand_over, number=pickup, driver=signed, hauler_document=document or None)
    except SupplyError as error:
        page = _driver_page(number, request.form.to_dict(), wrong_of(error, "signature"))
        return make_response(page, status_of(error))
    return redirect(url_for(".done", number=number), 303)


@pages.get("/<number>/done")
@allow(Action.containers_seal)
def done(number: str) -> str:
    """What was handed over, the paper to print, and what happens next."""
    with database().read_session() as session:
        found = _paper(session, number)
        pickup = pickup_line(session, found.sheet.line.pickup, today=today())
    return render_template("waste/handed_over.html", paper=found, sheet=found.sheet, pickup=pickup)


@pages.post("/<number>/copy")
@allow(Action.containers_seal)
def record_copy(number: str) -> AnyResponse:
    """The facility's signed copy is back."""
    entered = Entries(request.form)
    try:
        on = entered.day("received_on", "Type the day as 2026-11-30.")
        if on is None:
            entered.wrong.setdefault("received_on", "Say on which day they received it.")
        count = entered.whole("count", "How many containers did they receive?", most=10_000)
        weight = _weight(entered)
        entered.check()
        assert on is not None
        copy = ReturnedCopy(on, count, weight, entered.raw("certificate")[:60])
        changed = change(manifests.record_copy, number=number, copy=copy)
    except SupplyError as error:
        return _refused(number, wrong_of(error, "received_on"), status_of(error))
    fits = changed.state is not ManifestState.discrepancy
    said = "The copy is recorded, and it fits." if fits else f"The copy does not fit. {changed.discrepancy or ''}"
    notices.leave(said, "ok" if fits else "short")
    return redirect(url_for(".show", number=number), 303)


@pages.post("/<number>/settle")
@allow(Action.containers_seal)
def settle(number: str) -> AnyResponse:
    """Say how a discrepancy was settled."""
    words = request.form.get("words", "")
    return _act(number, "words", manifests.settle_discrepancy, f"{number} is settled and closed.", words=words)


@pages.post("/<number>/void")
@allow(Action.containers_seal)
def void(number: str) -> AnyResponse:
    """Void the paper; it is kept, and its replacement can be made."""
    reason = request.form.get("reason", "")
    return _act(number, "reason", manifests.void, f"{number} is void. Make its replacement next.", reason=reason)


def _is_owed(state: ManifestState) -> bool:
    return state not in (ManifestState.closed, ManifestState.copy_returned, ManifestState.void)


def _act(number: str, field: str, verb: Callable[..., Any], said: str, **fields: Any) -> AnyResponse:
    try:
        change(verb, number=number, **fields)
    except SupplyError as error:
        return _refused(number, wrong_of(error, field), status_of(error))
    notices.leave(said)
    return redirect(url_for(".show", number=number), 303)


def _refused(number: str, problems: dict[str, str], status: int) -> AnyResponse:
    return make_response(_page(number, request.form.to_dict(), problems), status)


def _weight(entered: Entries) -> int | None:
    if not entered.raw("weight"):
        return None
    try:
        return grams_of(entered.raw("weight"), entered.raw("unit"))
    except SupplyError as error:
        entered.wrong["weight"] = error.message
        return None


def _sheet_of(session: Session, number: str) -> ManifestSheet:
    return manifest_sheet(session, number, rules=rules_now(session), today=today(), zone=settings().zone)


def _sheet(number: str) -> ManifestSheet:
    with database().read_session() as session:
        return _sheet_of(session, number)


def _paper(session: Session, number: str) -> Paper:
    return paper(session, number, rules=rules_now(session), today=today(), zone=settings().zone)


def _file(number: str, make: Callable[[Paper], bytes], suffix: str) -> Response:
    with database().read_session() as session:
        found = _paper(session, number)
    name = f"{found.sheet.line.number}{suffix}.pdf"
    return Response(make(found), content_type=PDF, headers={"Content-Disposition": f'inline; filename="{name}"'})


def _page(number: str, values: dict[str, str], problems: dict[str, str]) -> str:
    with database().read_session() as session:
        sheet = _sheet_of(session, number)
        pickup = pickup_line(session, sheet.line.pickup, today=today())
        found = _paper(session, number)
    return render_template("waste/paper.html", sheet=sheet, line=sheet.line, pickup=pickup, paper=found,
                           pictures=_pictures(found), values=values, problems=problems)  # fmt: skip


def _sign_page(number: str, values: dict[str, str], problems: dict[str, str]) -> str:
    by = actor()
    with database().read_session() as session:
        found = _paper(session, number)
        pickup = pickup_line(session, found.sheet.line.pickup, today=today())
        obstacle = _obstacle(session, by.person_id)
    roles = [ROLE_WORDS[role] for role in (Role.waste, Role.manager) if role in by.roles]
    filled = {"title": roles[0].capitalize() if roles else ""} | values
    read = sha256_of(to_text(found.sheet.content))
    return render_template("waste/sign.html", **_both(found, pickup), name=name_of(by), obstacle=obstacle, read=read,
                           values=filled, problems=problems)  # fmt: skip


def _driver_page(number: str, values: dict[str, str], problems: dict[str, str]) -> str:
    with database().read_session() as session:
        found = _paper(session, number)
        pickup = pickup_line(session, found.sheet.line.pickup, today=today())
    filled = {"title": "Driver", "hauler_document": found.sheet.line.hauler_document or ""} | values
    return render_template("waste/driver.html", **_both(found, pickup), values=filled, problems=problems)


def _both(found: Paper, pickup: PickupLine) -> dict[str, Any]:
    return {"paper": found, "line": found.sheet.line, "pickup": pickup, "pictures": _pictures(found)}


def _pictures(found: Paper) -> dict[str, str | None]:
    both = (("shipper", found.shipping.signature), ("carrier", found.shipping.carrier_signature))
    return {role: picture_address(signed.drawn) for role, signed in both if signed is not None}


def _obstacle(session: Session, person_id: int) -> str | None:
    """Why this person cannot sign, and who can; None when nothing stands in the way."""
    held = training.current(session, person_id=person_id, kind=training.HAZMAT, today=today())
    if held is not None and held.state != "expired":
        return None
    ended = f"training ended {day(held.valid_until)}" if held else "no hazardous-materials training is recorded for you"
    others = manifests.who_could_sign(session, today=today())
    ask = f"Ask {' or '.join(others)}." if others else "Nobody here has a current training: record one under Training."
    return f"You can't sign this: {ended}. {ask}"
