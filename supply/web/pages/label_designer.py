"""Label templates of the office: size, fields, a live preview, and the proof that it scans."""

from dataclasses import dataclass, replace
from typing import Any
from uuid import uuid4

from flask import Blueprint, Response, make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from supply.errors import NotFound, SupplyError
from supply.labels import templates
from supply.labels.content import Content
from supply.labels.design import KINDS, Design, Kind, checked, design_of, kind_of
from supply.labels.paper import named
from supply.labels.presets import preset_named, presets_of
from supply.labels.print_jobs import queue
from supply.labels.raster import png
from supply.labels.worst_cases import ordinary, worst_case
from supply.staff.permissions import Action
from supply.stations.printer_lines import PrinterLine, printer_lines, printer_named
from supply.web import design_form, designing, notices, printing
from supply.web.access import allow
from supply.web.context import actor, database, now, require
from supply.web.entries import Entries, EntriesWrong, refuse_unreadable_address
from supply.web.printing import Drawn
from supply.web.problems import status_of

pages = Blueprint("label_designer", __name__, url_prefix="/labels/designs")
pages.before_request(refuse_unreadable_address)
WHICH = {"ordinary": ordinary, "fullest": worst_case}


@dataclass(frozen=True)
class Shown:
    """What stands beside the form: an ordinary label and the fullest one at true size, or why there are none."""

    pictures: tuple[tuple[str, str, Drawn], ...]  # words, address, facts
    refused: str = ""


@dataclass(frozen=True)
class Editing:
    """A design under way: of which kind and template, from which preset, and what the fields of its form hold."""

    kind: Kind
    template_id: int | None
    preset: str | None
    design: Design
    paper: str
    values: dict[str, Any]
    order: str = ""


@pages.get("")
@allow(Action.catalogue, Action.administer)
def listing() -> str:
    """Every template of the office by kind, and the designs that come with the product."""
    with database().read_session() as session:
        rows = templates.template_lines(session)
    kinds = [(kind, [row for row in rows if row.kind == name], presets_of(name)) for name, kind in KINDS.items()]
    return render_template("label_designer/listing.html", kinds=kinds)


@pages.get("/edit")
@allow(Action.catalogue, Action.administer)
def edit() -> str:
    """The form of a template, by `template`, or of a new one of a `kind` from a `preset`."""
    return _page(_asked())


@pages.post("/edit")
@allow(Action.catalogue, Action.administer)
def act() -> str | AnyResponse:
    """What a button of the form does: show, move a word, save, print a test label, go back to the preset, remove."""
    do = request.form.get("do", "show")
    asked, entries = _asked(), Entries(request.form)
    if do == "remove" and asked.template_id is not None:
        designing.remove(asked.template_id)
        notices.leave("The template is removed. These labels look as they come again.")
        return redirect(url_for(".listing"), 303)
    if do == "reset":
        fresh = preset_named(asked.kind.template, asked.preset or "usual").design
        return _page(_filled(replace(asked, design=fresh), entries.raw("name"), entries.ticked("is_default")))
    return _acted(do, _sent(asked, entries, do), entries)


@pages.post("/preview")
@allow(Action.catalogue, Action.administer)
def preview() -> str:
    """The part of the page beside the form, for the design as it is typed."""
    entries = Entries(request.form)
    sent = _sent(_asked(), entries, "show")
    shown = Shown((), " ".join(entries.wrong.values())) if entries.wrong else _shown(sent)
    return render_template("label_designer/preview.html", shown=shown, coloured_stock=printing.COLOURED_STOCK)


@pages.get("/picture.png")
@allow(Action.catalogue, Action.administer)
def picture() -> Response:
    """A label of that kind, design and paper at true size."""
    kind = kind_of(request.args.get("kind", "")).template
    content = WHICH.get(request.args.get("which", ""), ordinary)(kind)
    lying = named(request.args.get("paper", "57x32"))
    response = make_response(png(templates.draw(content, design_form.from_address(kind), lying)))
    response.mimetype = "image/png"
    return response


def _asked() -> Editing:
    """What the address names. Raises NotFound, Invalid."""
    number = request.args.get("template", "")
    if number:
        if not (number.isascii() and number.isdigit() and len(number) < 10):
            raise NotFound("There is no such label template.")
        with database().read_session() as session:
            row = templates.find_template(session, int(number))
            blank = Editing(kind_of(row.kind), row.id, row.preset, design_of(row.kind, row.design), row.paper, {})
            return _filled(blank, row.name, row.is_default)
    kind = kind_of(request.args.get("kind", "lot"))
    preset = preset_named(kind.template, request.args.get("preset", "usual"))
    return _filled(Editing(kind, None, preset.name, preset.design, _usual_paper(kind), {}), "", False)


def _usual_paper(kind: Kind) -> str:
    """That of the first printer here; for containers one that is large enough."""
    with database().read_session() as session:
        found = next((line.paper.name for line in printer_lines(session)), "57x32")
    return "80 roll" if kind.template == "container" else found


def _filled(asked: Editing, name: str, is_default: bool) -> Editing:
    return replace(asked, values=design_form.values_of(asked.design, asked.paper, name, is_default=is_default))


def _sent(asked: Editing, entries: Entries, do: str) -> Editing:
    """The design that the form says, with a word moved where a button asks for it."""
    design, paper = design_form.design_from(asked.kind, entries), design_form.paper_from(entries)
    order = [row.field for row in design_form.rows_of(asked.kind, design, entries.raw("order"))]
    way, _, field = do.partition(":")
    if way in ("up", "down"):
        order = design_form.moved(order, field, -1 if way == "up" else 1)
        steps = dict(design.fields)
        design = replace(design, fields=tuple((name, steps[name]) for name in order if name in steps))
    values = {name: request.form.get(name, "")[:200] for name in asked.values}
    return replace(asked, design=design, paper=paper, values=values, order=",".join(order))


def _acted(do: str, sent: Editing, entries: Entries) -> str | AnyResponse:
    name = entries.text("name", "Give the template a name.", most=templates.NAME_LENGTH) if do == "save" else ""
    try:
        entries.check()
        if do == "save":
            proof = designing.proved(sent.kind.template, sent.design, sent.paper)
            is_default = entries.ticked("is_default")
            row = designing.keep(
                proof, template_id=sent.template_id, name=name, preset=sent.preset, is_default=is_default
            )
            notices.leave(f"Saved, and read back: {row.name}.")
            return redirect(url_for(".listing"), 303)
        if do == "test":
            return _page(sent, said=_print_test(sent, entries))
    except NotFound:
        raise
    except EntriesWrong as error:
        return make_response(_page(sent, error.wrong), status_of(error))
    except SupplyError as error:
        return make_response(_page(sent, {"name" if error.code == "name_taken" else "paper": error.message}), 422)
    return _page(sent)


def _print_test(sent: Editing, entries: Entries) -> str:
    """One ordinary label in that design, at the printer that was chosen; gives what to say of it.

    Raises Invalid, NotFound, NotAllowed.
    """
    require(Action.print_labels)
    by, moment, key = actor().person_id, now(), entries.key()
    entries.check()
    content: Content = replace(ordinary(sent.kind.template), design=checked(sent.kind.template, sent.design))
    with database().read_session() as session:
        printer = printer_named(session, entries.raw("printer"))
    templates.draw(content, content.design, printer.paper)
    database().transact(
        lambda session: queue(
            session, request_id=key, content=content, copies=1, device_id=printer.id, actor_id=by, now=moment,
            subject="test label",
        ),
        idempotent=True,
    )  # fmt: skip
    waits = " It waits in the queue until the printer is ready again." if printer.is_failed else ""
    return f"A test label is on the way to {printer.name}.{waits}"


def _shown(sent: Editing) -> Shown:
    """The pictures of a design, once it is proved."""
    kind = sent.kind.template
    try:
        designing.proved(kind, sent.design, sent.paper)
        lying = named(sent.paper)
        told = ("An ordinary label", "ordinary", ordinary(kind)), ("The fullest label", "fullest", worst_case(kind))
        pictures = []
        for words, which, content in told:
            drawn = printing.drawn_of(replace(content, design=sent.design), lying)
            design = design_form.in_address(sent.design)
            address = url_for(".picture", kind=kind, which=which, paper=sent.paper, design=design)
            pictures.append((words, address, drawn))
    except SupplyError as error:
        return Shown((), error.message)
    return Shown(tuple(pictures))


def _page(sent: Editing, problems: dict[str, str] | None = None, said: str = "") -> str:
    with database().read_session() as session:
        printers: list[PrinterLine] = printer_lines(session)
    return render_template(
        "label_designer/edit.html",
        kind=sent.kind,
        sent=sent,
        here=url_for(".edit", **_address(sent)),
        preview_at=url_for(".preview", **_address(sent)),
        rows=design_form.rows_of(sent.kind, sent.design, sent.order),
        steps=design_form.STEPS,
        papers=design_form.paper_choices(),
        symbols=design_form.symbol_choices(sent.kind),
        values=sent.values,
        problems=problems or {},
        said=said,
        printer=request.form.get("printer", ""),
        printers=printers,
        shown=_shown(sent),
        coloured_stock=printing.COLOURED_STOCK,
        new_key=uuid4,
    )


def _address(sent: Editing) -> dict[str, Any]:
    if sent.template_id is not None:
        return {"template": sent.template_id}
    return {"kind": sent.kind.template, "preset": sent.preset}
