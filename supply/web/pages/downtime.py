"""Take-sheets for a power cut: making and printing a set, and scanning back what was written on it."""

from typing import Any
from uuid import uuid4

from flask import Blueprint, Response, make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from supply.errors import SupplyError
from supply.reports.take_sheets import take_sheet_pdf
from supply.staff import people
from supply.staff.permissions import Action
from supply.stations import downtime
from supply.stations.downtime import TakeLine
from supply.stations.scans import Stored
from supply.web import notices, scanning
from supply.web.access import allow
from supply.web.context import actor, database, now, settings, today
from supply.web.entries import Entries, EntriesWrong, wrong_of
from supply.web.problems import status_of

pages = Blueprint("downtime", __name__, url_prefix="/downtime")

ROWS = 4  # as many as there are boxes on a printed line
MOST = 100_000


@pages.get("")
@allow(Action.take, Action.settle_scans)
def start() -> str:
    """The newest set, and the field for a line to scan back."""
    return _start({}, {})


@pages.post("/sheets")
@allow(Action.take, Action.settle_scans)
def make() -> Response | AnyResponse:
    """Make a new set of what stands where now."""
    by, moment = actor(), now()
    try:
        made = database().transact(lambda session: downtime.make_sheet(session, actor_id=by.person_id, now=moment).id)
    except SupplyError as error:
        return make_response(_start({}, wrong_of(error, "make")), status_of(error))
    notices.leave("New take-sheets are ready. Print them, and throw the old ones away.")
    return redirect(url_for(".start", _anchor=f"sheet-{made}"), 303)


@pages.get("/sheets/<int:sheet_id>.pdf")
@allow(Action.take, Action.settle_scans)
def sheet(sheet_id: int) -> Response:
    """A set as a PDF. Raises NotFound."""
    moment = now()
    with database().read_session() as session:
        content = take_sheet_pdf(session, sheet_id, office=settings().office.name, zone=settings().zone)
    database().transact(lambda session: downtime.note_printed(session, sheet_id=sheet_id, now=moment), idempotent=True)
    return Response(content, mimetype="application/pdf")


@pages.get("/line")
@allow(Action.take, Action.settle_scans)
def find_line() -> AnyResponse:
    """From the bars of a line to its form."""
    typed = request.args.get("barcode", "")
    try:
        with database().read_session() as session:
            line = downtime.line_of(session, typed)
    except SupplyError as error:
        return make_response(_start({"barcode": typed}, {"barcode": error.message}), status_of(error))
    return redirect(url_for(".show", line_id=line.id), 303)


@pages.get("/lines/<int:line_id>")
@allow(Action.take, Action.settle_scans)
def show(line_id: int) -> str:
    """The form of one line: a row for each box that was written in. Raises NotFound."""
    return _line_page(line_id, {}, {})


@pages.post("/lines/<int:line_id>")
@allow(Action.take, Action.settle_scans)
def enter(line_id: int) -> Response | AnyResponse:
    """Record each row as a scan of its own day and person; one that is refused stays in the form with its reason."""
    with database().read_session() as session:
        line = downtime.line_by_id(session, line_id)
        known = {one.name for one in people.roster(session) if not one.disabled_at}
    try:
        bodies = _bodies(line, known)
    except EntriesWrong as error:
        return make_response(_line_page(line_id, request.form.to_dict(), error.wrong), 422)
    refused, recorded = {}, 0
    for row, body in bodies.items():
        stored = scanning.record(body)
        recorded += stored.status < 300
        if stored.status >= 300:
            refused[f"quantity-{row}"] = _why(stored)
    if recorded:
        notices.leave(f"{line.name}: {recorded} of {len(bodies)} taken down.")
    if refused:
        # A refused request is stored under its key: what is corrected is a new one.
        kept = {name: value for name, value in request.form.items() if not name.startswith("key-")}
        done = [str(row) for row in bodies if f"quantity-{row}" not in refused]
        kept = {name: value for name, value in kept.items() if name.rpartition("-")[2] not in done}
        return make_response(_line_page(line_id, kept, refused), 422)
    return redirect(url_for(".start"), 303)


def _bodies(line: TakeLine, known: set[str]) -> dict[int, dict[str, Any]]:
    """The rows that were filled in. Raises EntriesWrong for every field that cannot be right."""
    entries = Entries(request.form)
    bodies: dict[int, dict[str, Any]] = {}
    filled = [row for row in range(ROWS) if entries.raw(f"quantity-{row}") or entries.raw(f"lot-{row}")]
    for row in filled or [0]:
        quantity = entries.whole(f"quantity-{row}", "Type how many were taken.", least=1, most=MOST)
        taken_on = entries.day(f"day-{row}", "Type the day as 2026-11-23.")
        if taken_on is None or taken_on > today():
            entries.wrong.setdefault(f"day-{row}", "Type the day on which it was taken: today or before.")
        person = entries.choice(f"person-{row}", known, "Choose who took it.")
        lot = entries.text(f"lot-{row}", "", most=64, required=False)
        key = entries.key(f"key-{row}")
        if taken_on is not None:
            zone = settings().zone
            bodies[row] = downtime.take_body(
                line, request_id=key, quantity=quantity, day=taken_on, zone=zone, person=person, lot=lot
            )
    entries.check()
    return bodies


def _why(stored: Stored) -> str:
    return str(stored.answer.get("detail") or stored.answer.get("message") or "It was refused.")


def _start(values: dict[str, str], problems: dict[str, str]) -> str:
    with database().read_session() as session:
        sheets = downtime.sheets(session)
    return render_template("downtime/start.html", sheets=sheets, values=values, problems=problems)


def _line_page(line_id: int, values: dict[str, str], problems: dict[str, str]) -> str:
    with database().read_session() as session:
        line = downtime.line_by_id(session, line_id)
        listed = [one for one in people.roster(session) if not one.disabled_at and not one.is_built_in]
    keys = [values.get(f"key-{row}") or str(uuid4()) for row in range(ROWS)]
    return render_template(
        "downtime/line.html",
        line=line,
        people=listed,
        rows=range(ROWS),
        keys=keys,
        values=values,
        problems=problems,
        me=actor().name,
    )
