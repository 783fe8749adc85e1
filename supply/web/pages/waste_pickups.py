"""Pickups of waste, from booking to the dock: which containers go, each scanned as it leaves, then the paper."""

from collections.abc import Callable
from typing import Any
from uuid import uuid4

from flask import Blueprint, make_response, redirect, render_template, request, url_for
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from supply.errors import SupplyError
from supply.staff.permissions import Action
from supply.waste import manifests, pickups
from supply.waste.container_lines import ContainerLine, container_lines
from supply.waste.models import ContainerState, ManifestState, PartyKind, PickupState
from supply.waste.parties import parties
from supply.waste.pickup_lines import PickupLine, pickup_line, pickup_lines
from supply.waste.streams import find_stream
from supply.web import notices
from supply.web.access import accepts, allow
from supply.web.context import actor, database, now, settings, today
from supply.web.entries import Entries, refuse_unreadable_address, wrong_of
from supply.web.problems import status_of
from supply.web.waste_signing import FORM, FORM_BYTES, read_sign
from supply.web.waste_views import change, change_by_rules, change_today, law_folder, rules_now

pages = Blueprint("waste_pickups", __name__, url_prefix="/waste/pickups")
pages.before_request(refuse_unreadable_address)

OPEN = frozenset({PickupState.scheduled, PickupState.missed})
UNSIGNED = (None, ManifestState.draft.value, ManifestState.ready.value, ManifestState.void.value)


@pages.get("")
@allow(Action.containers_seal, Action.reports_waste)
def listing() -> str:
    """Pickups, those to come first."""
    with database().read_session() as session:
        lines = pickup_lines(session, today=today())
    coming = sorted((line for line in lines if line.state in OPEN), key=lambda line: line.scheduled_on)
    return render_template("waste/pickups.html", coming=coming, past=[one for one in lines if one.state not in OPEN])


@pages.get("/new")
@allow(Action.containers_seal)
def new() -> str:
    """The form for a pickup."""
    return _new_page(request.args.to_dict(), [], {})


@pages.post("")
@allow(Action.containers_seal)
def book() -> Response:
    """Book a pickup with its containers, all in one act."""
    entered, chosen = Entries(request.form), request.form.getlist("containers")
    by, moment, day, law = actor(), now(), today(), law_folder()
    try:
        transporter = entered.whole("transporter", "Choose who takes it.", least=1)
        facility = entered.whole("facility", "Choose where it goes.", least=1)
        on = entered.day("scheduled_on", "Type the day as 2026-11-30.")
        if on is None:
            entered.wrong.setdefault("scheduled_on", "Say on which day they come.")
        entered.check()
        assert on is not None

        def act(session: Session) -> str:
            made = pickups.schedule(session, transporter=transporter, facility=facility, scheduled_on=on,
                                    note=entered.raw("note")[:300], by=by, now=moment, today=day)  # fmt: skip
            if chosen:
                pickups.add_containers(session, number=made.number, containers=chosen, by=by, now=moment,
                                       law_folder=law)  # fmt: skip
            return made.number

        number = database().transact(act)
    except SupplyError as error:
        page = _new_page(request.form.to_dict(), chosen, wrong_of(error, "transporter"))
        return make_response(page, status_of(error))
    notices.leave(f"Pickup {number} is booked.")
    return redirect(url_for(".show", number=number), 303)


@pages.get("/<number>")
@allow(Action.containers_seal, Action.reports_waste)
def show(number: str) -> str:
    """One pickup: its containers, its paper, what to do next."""
    return _page(number, {}, {})


@pages.post("/<number>/add")
@allow(Action.containers_seal)
def add(number: str) -> Response:
    """Put more sealed containers on it."""
    chosen = request.form.getlist("containers")
    if not chosen:
        return _refused(number, {"containers": "Tick the containers that go with it."}, 422)
    return _act(number, "containers", pickups.add_containers, f"{len(chosen)} added.", containers=chosen,
                law_folder=law_folder())  # fmt: skip


@pages.post("/<number>/remove")
@allow(Action.containers_seal)
def remove(number: str) -> Response:
    """Take a container off."""
    container = request.form.get("container", "")
    said = f"{container} stays here."
    return _act(number, "containers", pickups.remove_container, said, container=container)


@pages.post("/<number>/day")
@allow(Action.containers_seal)
def another_day(number: str) -> Response:
    """Book another day."""
    entered = Entries(request.form)
    on = entered.day("scheduled_on", "Type the day as 2026-11-30.")
    if on is None:
        return _refused(number, {"scheduled_on": entered.wrong.get("scheduled_on", "Say on which day.")}, 422)
    try:
        change_today(pickups.reschedule, number=number, scheduled_on=on)
    except SupplyError as error:
        return _refused(number, wrong_of(error, "scheduled_on"), status_of(error))
    return _done(number, "Booked for another day.")


@pages.post("/<number>/missed")
@allow(Action.containers_seal)
def missed(number: str) -> Response:
    """The transporter did not come."""
    reason = request.form.get("reason", "")
    return _act(number, "reason", pickups.mark_missed, "Noted that nobody came.", reason=reason)


@pages.post("/<number>/cancel")
@allow(Action.containers_seal)
def cancel(number: str) -> Response:
    """Cancel it; its containers are free again."""
    reason = request.form.get("reason", "")
    return _act(number, "reason", pickups.cancel, f"{number} is cancelled.", reason=reason)


@pages.get("/<number>/dock")
@allow(Action.containers_seal)
def dock(number: str) -> str:
    """At the dock: each container is scanned as it leaves."""
    return _dock(number, {})


@pages.post("/<number>/dock")
@allow(Action.containers_seal)
def scan(number: str) -> Response:
    """Tick a container. Ticking one twice changes nothing."""
    entered = Entries(request.form)
    try:
        code = entered.barcode()
        entered.check()
        change(pickups.scan_container, number=number, code=code)
    except SupplyError as error:
        return make_response(_dock(number, wrong_of(error, "barcode")), status_of(error))
    return redirect(url_for(".dock", number=number, last=code[:60]), 303)


@pages.post("/<number>/paper")
@allow(Action.containers_seal)
def make_paper(number: str) -> Response:
    """Make the paper from what is true now, and show it before anybody signs."""
    try:
        made = change_by_rules(manifests.draft, pickup=number, law_folder=law_folder())
    except SupplyError as error:
        if error.code == "not_our_paper":
            notices.leave(error.message, "note")
            return redirect(url_for(".leave", number=number), 303)
        return _refused(number, wrong_of(error, "paper"), status_of(error))
    return redirect(url_for("waste_papers.sign", number=made.number), 303)


@pages.get("/<number>/leave")
@allow(Action.containers_seal)
def leave(number: str) -> str:
    """Where the document is the transporter's or the state's own: its number is noted, and the driver signs here."""
    return _leave_page(number, {}, {})


@pages.post("/<number>/leave")
@allow(Action.containers_seal)
@accepts(FORM, limit=FORM_BYTES)
def leave_now(number: str) -> Response:
    """The driver takes everything under that document."""
    entered = Entries(request.form)
    try:
        document = entered.text("hauler_document", "Type the number of that document.", most=60)
        name = entered.text("driver", "Type the driver's name.", most=120)
        title = entered.text("title", "", most=120, required=False)
        signed = read_sign(entered, request.form.get("drawing", ""), printed_name=name, title=title, typed_field=None)
        entered.check()
        change_by_rules(pickups.hand_over, number=number, driver=signed, hauler_document=document)
        with database().read_session() as session:
            paper = pickup_line(session, number, today=today()).manifest
    except SupplyError as error:
        page = _leave_page(number, request.form.to_dict(), wrong_of(error, "signature"))
        return make_response(page, status_of(error))
    if paper is None:
        return _done(number, "Handed over.")
    return redirect(url_for("waste_papers.done", number=paper), 303)


def _act(number: str, field: str, verb: Callable[..., Any], said: str, **fields: Any) -> Response:
    try:
        change(verb, number=number, **fields)
    except SupplyError as error:
        return _refused(number, wrong_of(error, field), status_of(error))
    return _done(number, said)


def _done(number: str, said: str) -> Response:
    notices.leave(said)
    return redirect(url_for(".show", number=number), 303)


def _refused(number: str, problems: dict[str, str], status: int) -> Response:
    return make_response(_page(number, request.form.to_dict(), problems), status)


def _new_page(values: dict[str, str], chosen: list[str], problems: dict[str, str]) -> str:
    with database().read_session() as session:
        carriers = parties(session, today=today(), kind=PartyKind.transporter)
        facilities = parties(session, today=today(), kind=PartyKind.facility)
        free = _free(session)
    return render_template(
        "waste/pickup_new.html",
        carriers=carriers,
        facilities=facilities,
        free=free,
        chosen=set(chosen) if problems else {one.number for one in free},
        values={"scheduled_on": today().isoformat()} | values,
        problems=problems,
    )


def _free(session: Session) -> list[ContainerLine]:
    """Sealed containers that are on no pickup and whose paper is ours to print or to track."""
    sealed = container_lines(session, rules=rules_now(session), today=today(), zone=settings().zone,
                             states=(ContainerState.sealed,))  # fmt: skip
    return [line for line in sealed if line.pickup is None]


def _page(number: str, values: dict[str, str], problems: dict[str, str]) -> str:
    with database().read_session() as session:
        line = pickup_line(session, number, today=today())
        is_open = line.state in OPEN
        free = _free(session) if is_open and line.manifest_state in UNSIGNED else []
    return render_template(
        "waste/pickup.html",
        pickup=line,
        is_open=is_open,
        is_unsigned=line.manifest_state in UNSIGNED,
        free=free,
        kinds=_kinds(line),
        values=values,
        problems=problems,
    )


def _dock(number: str, problems: dict[str, str]) -> str:
    with database().read_session() as session:
        line = pickup_line(session, number, today=today())
    return render_template(
        "waste/dock.html",
        pickup=line,
        is_open=line.state in OPEN,
        is_unsigned=line.manifest_state in UNSIGNED,
        kinds=_kinds(line),
        problems=problems,
        typed=request.form.get("barcode", "") if problems else "",
        new_key=uuid4,
    )


def _leave_page(number: str, values: dict[str, str], problems: dict[str, str]) -> str:
    with database().read_session() as session:
        line = pickup_line(session, number, today=today())
    filled = {"title": "Driver", "hauler_document": line.hauler_document or ""} | values
    return render_template("waste/leave.html", pickup=line, kinds=_kinds(line), is_open=line.state in OPEN,
                           values=filled, problems=problems)  # fmt: skip


def _kinds(line: PickupLine) -> dict[str, str]:
    """The names of the streams on it."""
    return {one.stream: find_stream(one.stream, law_folder()).name for one in line.containers}
