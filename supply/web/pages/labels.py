"""Labels to print: finding what to label, the preview at true size, and putting it into the print queue."""

from dataclasses import dataclass
from uuid import uuid4

from flask import Blueprint, Response, make_response, redirect, render_template, request, url_for
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response as AnyResponse

from supply.errors import Invalid, NotAllowed, NotFound, SupplyError
from supply.labels import paper
from supply.labels.paper import Paper
from supply.labels.print_jobs import MOST_COPIES
from supply.labels.raster import png
from supply.staff.permissions import Action
from supply.stations.label_requests import LabelWish, usual_printer
from supply.stations.label_subjects import Subject, content_of, named, search
from supply.stations.printer_lines import USUAL_PAPER, PrinterLine, paper_words, printer_lines, printer_named
from supply.web import notices, printing
from supply.web.access import allow
from supply.web.context import actor, database, settings, today
from supply.web.entries import GS, GS_SHOWN, Entries, refuse_unreadable_address, wrong_of
from supply.web.pages import print_queue
from supply.web.printing import Drawn
from supply.web.problems import status_of
from supply.web.scanning import rules

pages = Blueprint("labels", __name__, url_prefix="/labels")
pages.before_request(refuse_unreadable_address)
pages.register_blueprint(print_queue.pages)


@dataclass(frozen=True)
class Preview:
    """What the page of one label shows: the thing, the printers, the chosen one or a paper, and the picture's facts.

    `undrawn` says why there is no picture.
    """

    subject: Subject
    printers: list[PrinterLine]
    chosen: PrinterLine | None
    paper: Paper
    drawn: Drawn | None
    undrawn: str


@pages.get("")
@allow(Action.print_container_labels)
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
@allow(Action.print_container_labels)
def print_label() -> AnyResponse:
    """Put the label into the print queue, once for each form; undone by cancelling it."""
    entries = Entries(request.form)
    key, kind, name = entries.key(), entries.raw("kind"), entries.raw("id")
    printer = entries.text("printer", "Choose a printer.", most=60)
    said = f"How many labels? A whole number from 1 to {MOST_COPIES}."
    copies = entries.whole("copies", said, least=1, most=MOST_COPIES)
    try:
        entries.check()
        asked = printing.ask(LabelWish(key, kind, name, copies, printer))
    except (NotFound, NotAllowed):
        raise
    except SupplyError as error:
        return make_response(_label_page(kind, name, wrong_of(error, "copies")), status_of(error))
    words = "The label is" if copies == 1 else f"{copies} labels are"
    notices.leave(f"{words} on the way to {printer}.", undo=url_for("labels.print_queue.cancel", job_id=asked.job.id))
    return redirect(url_for("labels.print_queue.listing"), 303)


@pages.get("/picture.png")
@allow(Action.look_up, Action.print_container_labels)
def picture() -> Response:
    """The label as a picture at true size, for a printer's paper or one that is named."""
    kind, name = request.args.get("kind", ""), request.args.get("id", "")
    response = make_response(png(printing.picture_of(kind, name, _asked_paper)))
    response.mimetype = "image/png"
    return response


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
        shown = _preview(session, kind, name)
        waiting = printing.open_jobs(session)
    subject, at = shown.subject, shown.chosen.name if shown.chosen else None
    return render_template(
        "labels/print.html",
        subject=subject,
        printers=shown.printers,
        chosen=shown.chosen,
        paper=shown.paper.name,
        papers=[(one, paper_words(paper.named(one))) for one in paper.NAMES],
        drawn=shown.drawn,
        undrawn=shown.undrawn,
        picture=url_for(".picture", kind=kind, id=subject.id, printer=at, paper=None if at else shown.paper.name),
        file_name=f"{subject.kind}-{subject.id}.png",
        copies=request.values.get("copies", "1") if request.values.get("copies", "").isdigit() else "1",
        most_copies=MOST_COPIES,
        open_count=waiting,
        problems=problems,
        new_key=uuid4,
    )


def _preview(session: Session, kind: str, name: str) -> Preview:
    """Everything the page shows; what cannot be drawn is said instead. Raises NotFound, NotAllowed, Invalid."""
    subject = printing.subject_of(session, kind, name)
    content, printers = content_of(session, subject, rules()), printer_lines(session)
    wanted = request.args.get("paper", "")
    places = [] if wanted in paper.NAMES else _places(session, printers)
    usual = paper.named(wanted if wanted in paper.NAMES else USUAL_PAPER)
    tried: list[tuple[PrinterLine | None, Paper]] = [(one, one.paper) for one in places] or [(None, usual)]
    undrawn = ""
    for one, lying in tried:
        try:
            return Preview(subject, printers, one, lying, printing.drawn_of(content, lying), "")
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
