"""Labels to print: finding what to label, the preview at true size, and putting it into the print queue."""

from dataclasses import dataclass
from typing import Any
from uuid import uuid4

from flask import Blueprint, Response, make_response, redirect, render_template, request, url_for
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response as AnyResponse

from supply.errors import Invalid, NotAllowed, NotFound, SupplyError
from supply.labels import paper, templates
from supply.labels.content import HOLD_WORDS
from supply.labels.paper import Paper
from supply.labels.print_jobs import MOST_COPIES
from supply.labels.raster import png
from supply.staff.permissions import Action
from supply.stations.label_requests import LabelWish, usual_printer
from supply.stations.label_subjects import HOLD, OF_A_LOT, OPENED, Subject, content_of, named, search
from supply.stations.lot_marks import INITIALS_LENGTH, MOST_DAYS, REASON_LENGTH, Marked
from supply.stations.printer_lines import USUAL_PAPER, PrinterLine, paper_words, printer_lines, printer_named
from supply.web import notices, printing
from supply.web.access import allow
from supply.web.context import actor, database, may, settings, today
from supply.web.entries import GS, GS_SHOWN, Entries, refuse_unreadable_address, wrong_of
from supply.web.pages import print_queue, shelf_labels
from supply.web.printing import Drawn
from supply.web.problems import status_of
from supply.web.scanning import rules

pages = Blueprint("labels", __name__, url_prefix="/labels")
pages.before_request(refuse_unreadable_address)
pages.register_blueprint(print_queue.pages)
pages.register_blueprint(shelf_labels.pages)


@dataclass(frozen=True)
class Preview:
    """What the page of one label shows: the thing, the printers, the chosen one or a paper, and the picture's facts.

    `undrawn` says why there is no picture; `is_asked` that nothing is wrong, only that something must be said first.
    """

    subject: Subject
    printers: list[PrinterLine]
    chosen: PrinterLine | None
    paper: Paper
    drawn: Drawn | None
    undrawn: str
    is_asked: bool = False


@pages.get("")
@allow(Action.print_container_labels, Action.count, Action.throw_out)
def start() -> str | AnyResponse:
    """What to label; with `kind` and `id`, that label, ready to print."""
    kind, name = request.args.get("kind", ""), request.args.get("id", "")
    try:
        return _label_page(kind, name, {}) if kind or name else _found_page()
    except Invalid as error:
        if error.code != "which_lot":
            raise
        return redirect(url_for(".start", barcode=name.rpartition(":")[2]), 303)  # to choose among its lots


@pages.post("/print")
@allow(Action.print_container_labels, Action.count, Action.throw_out)
def print_label() -> AnyResponse:
    """Put the label into the print queue, once for each form; undone by cancelling it."""
    entries = Entries(request.form)
    key, kind, name = entries.key(), entries.raw("kind"), entries.raw("id")
    printer = entries.text("printer", "Choose a printer.", most=60)
    said = f"How many labels? A whole number from 1 to {MOST_COPIES}."
    copies = entries.whole("copies", said, least=1, most=MOST_COPIES)
    try:
        entries.check()
        asked = printing.ask(LabelWish(key, kind, name, copies, printer, _marked()))
    except (NotFound, NotAllowed):
        raise
    except SupplyError as error:
        return make_response(_label_page(kind, name, wrong_of(error, "copies")), status_of(error))
    words = "The label is" if copies == 1 else f"{copies} labels are"
    notices.leave(f"{words} on the way to {printer}.", undo=url_for("labels.print_queue.cancel", job_id=asked.job.id))
    if not may(Action.print_container_labels):  # the queue is not theirs to see
        return redirect(url_for(".start", kind=kind, id=name, printer=printer, **_said(kind)), 303)
    return redirect(url_for("labels.print_queue.listing"), 303)


@pages.get("/picture.png")
@allow(Action.look_up, Action.print_container_labels)
def picture() -> Response:
    """The label as a picture at true size, for a printer's paper or one that is named."""
    kind, name = request.args.get("kind", ""), request.args.get("id", "")
    picture, _ = printing.picture_of(kind, name, _asked_paper, _marked())
    response = make_response(png(picture))
    response.mimetype = "image/png"
    return response


def _marked() -> Marked:
    """What the address or the form says of a lot in hand. Raises EntriesWrong."""
    entries = Entries(request.values)
    on = entries.day("opened_on", "The day it was opened, such as 2026-11-23.")
    if on is not None and on > today():
        entries.wrong["opened_on"] = "It cannot have been opened on a day to come."
    days = entries.whole_or_none("days", f"A whole number of days, 0 to {MOST_DAYS}.", most=MOST_DAYS)
    initials = entries.text("initials", "", most=INITIALS_LENGTH, required=False)
    reason = entries.text("reason", "", most=REASON_LENGTH, required=False)
    word = entries.raw("word")
    if word and word not in HOLD_WORDS:
        entries.wrong["word"] = f"One of {', '.join(HOLD_WORDS)}."
    entries.check()
    return Marked(on or today(), days, initials, word, reason)


def _said(kind: str) -> dict[str, Any]:
    """What was said of a lot in hand, as it stands in addresses."""
    names = {OPENED: ("opened_on", "days", "initials"), HOLD: ("word", "reason")}.get(kind, ())
    return {name: request.values[name][:400] for name in names if request.values.get(name)}


def _asked_paper(session: Session) -> Paper:
    if request.args.get("printer"):
        return printer_named(session, request.args["printer"]).paper
    return paper.named(request.args.get("paper") or USUAL_PAPER)


def _found_page() -> str | AnyResponse:
    """What was searched for; a code that names one thing leads to its label at once."""
    typed, kinds, separators = _typed(), printing.own_kinds(), settings().scanning.separators
    with database().read_session() as session:
        coded = named(session, typed, kinds=kinds, today=today(), separators=separators) if typed.strip() else []
        found = coded or search(session, typed, kinds=kinds)
        waiting = printing.open_jobs(session)
    if len(coded) == 1:
        return redirect(url_for(".start", kind=coded[0].kind, id=coded[0].id), 303)
    return render_template("labels/start.html", typed=typed.replace(GS, GS_SHOWN), found=found, open_count=waiting)


def _typed() -> str:
    """What was scanned or typed here, or a code with which another page leads here."""
    text = request.args.get("barcode") or request.args.get("subject") or ""
    return text[:520].replace(GS_SHOWN, GS)


def _label_page(kind: str, name: str, problems: dict[str, str]) -> str:
    with database().read_session() as session:
        shown = _preview(session, kind, name, problems)
        waiting = printing.open_jobs(session)
    subject, at, said = shown.subject, shown.chosen.name if shown.chosen else None, _said(kind)
    return render_template(
        "labels/print.html",
        subject=subject,
        printers=shown.printers,
        chosen=shown.chosen,
        paper=shown.paper.name,
        papers=[(one, paper_words(paper.named(one))) for one in paper.NAMES],
        drawn=shown.drawn,
        undrawn=shown.undrawn,
        is_asked=shown.is_asked,
        said=said,
        values={"opened_on": today().isoformat(), **said},
        hold_choices=[("", "As the lot stands now"), *((word, word) for word in HOLD_WORDS)],
        limits={"days": MOST_DAYS, "initials": INITIALS_LENGTH, "reason": REASON_LENGTH},
        coloured_stock=printing.COLOURED_STOCK,
        picture=url_for(
            ".picture", kind=kind, id=subject.id, printer=at, paper=None if at else shown.paper.name, **said
        ),
        file_name=f"{subject.kind}-{subject.id}.png",
        copies=request.values.get("copies", "1") if request.values.get("copies", "").isdigit() else "1",
        most_copies=MOST_COPIES,
        open_count=waiting,
        problems=problems,
        new_key=uuid4,
    )


def _preview(session: Session, kind: str, name: str, problems: dict[str, str]) -> Preview:
    """Everything the page shows; what cannot be drawn is said instead. Raises NotFound, NotAllowed, Invalid.

    What is wrong with what was said of a lot in hand is added to `problems`.
    """
    subject = printing.subject_of(session, kind, name)
    printers = printer_lines(session)
    wanted = request.args.get("paper", "")
    places = [] if wanted in paper.NAMES else _places(session, printers)
    usual = paper.named(wanted if wanted in paper.NAMES else USUAL_PAPER)
    tried: list[tuple[PrinterLine | None, Paper]] = [(one, one.paper) for one in places] or [(None, usual)]
    if kind == OPENED and not request.values.get("days"):
        return Preview(subject, printers, *tried[0], None, "Say for how many days it may be used.", True)
    undrawn = ""
    try:
        content = content_of(session, subject, rules(), _marked())
    except SupplyError as error:
        if kind not in OF_A_LOT:
            raise
        problems.update(wrong_of(error, "days" if kind == OPENED else "word"))
        return Preview(subject, printers, *tried[0], None, error.message)
    for one, lying in tried:
        try:
            dressed = templates.designed(session, content, lying)
            return Preview(subject, printers, one, lying, printing.drawn_of(dressed, lying), "")
        except SupplyError as error:
            undrawn = undrawn or error.message
    return Preview(subject, printers, *tried[0], None, undrawn)


def _places(session: Session, printers: list[PrinterLine]) -> list[PrinterLine]:
    """Where to print, best first: as asked for, else this person's usual printer, and the others if it does not fit."""
    asked = request.values.get("printer", "")
    named_one = next((one for one in printers if one.name == asked), None)
    if named_one:
        return [named_one]
    usual = usual_printer(session, by=actor())
    return [usual, *(one for one in printers if one.name != usual.name)] if usual else []
