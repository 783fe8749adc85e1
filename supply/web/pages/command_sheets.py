"""Sheets of barcodes to print: commands, places and departments."""

from itertools import groupby

import sqlalchemy as sa
from flask import Blueprint, Response, render_template
from sqlalchemy.orm import Session

from supply.barcodes.house_code import COMMAND, DEPARTMENT, LOCATION, encode
from supply.documents.code_sheet import SheetCode, SheetGroup, code_sheet
from supply.errors import NotFound
from supply.staff.permissions import Action
from supply.stations.commands import COMMANDS
from supply.stock.locations import physical_locations
from supply.stock.models import Department
from supply.web.access import allow
from supply.web.context import database, settings

pages = Blueprint("command_sheets", __name__, url_prefix="/sheets")

HEADINGS = {
    "mode": "What a scan does",
    "quantity": "How many",
    "undo": "Undo",
    "place": "Place",
    "person": "You",
    "need": "Need more",
}
TITLES = {"commands": "Command sheet", "places": "Places", "departments": "Departments"}
FOOT = "Scan one of these at any station in place of touching its screen."


@pages.get("")
@allow(Action.take, Action.receive, Action.administer)
def start() -> str:
    """Which sheets there are, and what stands on each."""
    with database().read_session() as session:
        shown = {kind: sum(len(group.codes) for group in _groups(session, kind)) for kind in TITLES}
    return render_template("command_sheets/start.html", titles=TITLES, shown=shown)


@pages.get("/<kind>.pdf")
@allow(Action.take, Action.receive, Action.administer)
def sheet(kind: str) -> Response:
    """One sheet as a PDF. Raises NotFound."""
    if kind not in TITLES:
        raise NotFound("There is no such sheet.")
    with database().read_session() as session:
        groups = _groups(session, kind)
    if not groups:
        raise NotFound("There is nothing to print on this sheet yet.")
    content = code_sheet(groups, title=TITLES[kind], number=kind.upper(), office=settings().office.name, foot=FOOT)
    return Response(content, mimetype="application/pdf")


def _groups(session: Session, kind: str) -> list[SheetGroup]:
    if kind == "commands":
        in_order = sorted(COMMANDS, key=lambda one: list(HEADINGS).index(one.group))
        return [
            SheetGroup(HEADINGS[group], [SheetCode(one.words, encode(COMMAND, one.word)) for one in commands])
            for group, commands in groupby(in_order, lambda one: one.group)
        ]
    if kind == "places":
        places = sorted(physical_locations(session), key=lambda place: place.name.lower())
        codes = [SheetCode(place.name, encode(LOCATION, place.id)) for place in places]
    else:
        rows = session.scalars(sa.select(Department).order_by(Department.code_key))
        codes = [SheetCode(row.code, encode(DEPARTMENT, row.id)) for row in rows]
    return [SheetGroup(TITLES[kind], codes)] if codes else []
