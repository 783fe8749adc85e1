"""The board of waste containers, and the page of one: opened, filled by scans or words, swapped, sealed, moved, voided.

Every step is a verb of supply.waste; what is thrown in by its code is a scan through the entrance of every scanner.
"""

from collections.abc import Callable
from dataclasses import dataclass
from itertools import groupby
from typing import Any
from uuid import uuid4

from flask import Blueprint, make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from supply.errors import SupplyError
from supply.staff.permissions import Action
from supply.stations.scans import Stored
from supply.stock.shelves import place_sums
from supply.waste import containers, entries
from supply.waste.container_lines import ContainerLine, container_line, container_lines, entry_lines
from supply.waste.models import ContainerState, PickupState
from supply.waste.pickup_lines import pickup_lines
from supply.waste.streams import Stream, find_stream, streams
from supply.waste.weights import grams_of, weight_words
from supply.web import notices
from supply.web.access import allow
from supply.web.context import database, settings, today
from supply.web.entries import Entries, refuse_unreadable_address, shown_code, wrong_of
from supply.web.formatting import day
from supply.web.problems import status_of
from supply.web.scanning import leave_answer, scan
from supply.web.waste_views import HERE, Age, age_of, change, law_folder, next_step, rules_now, worst_first

pages = Blueprint("waste", __name__, url_prefix="/waste")
pages.before_request(refuse_unreadable_address)
pages.add_app_template_filter(weight_words, "weight")
pages.add_app_template_filter(lambda moment: day(moment.astimezone(settings().zone).date()), "local_day")

REASONS = (
    ("expired", "Expired"),
    ("damaged", "Damaged"),
    ("opened, not used", "Opened, not used"),
    ("used", "Used up"),
)
HISTORY_ROWS = 100


@dataclass(frozen=True)
class Card:
    """A container as the board shows it."""

    line: ContainerLine
    age: Age
    next_step: str


@pages.get("")
@allow(Action.containers_add, Action.reports_waste)
def board() -> str:
    """Every container that still stands here, by stream, the worst first."""
    with database().read_session() as session:
        rules = rules_now(session)
        lines = container_lines(session, rules=rules, today=today(), zone=settings().zone, states=HERE)
        booked = pickup_lines(session, today=today(), states=(PickupState.scheduled, PickupState.missed))
    groups = _by_stream(sorted(lines, key=worst_first))
    over = sum(card.age.state == "over" for _, cards in groups for card in cards)
    return render_template("waste/board.html", groups=groups, booked=booked, over=over, rules=rules)


@pages.get("/containers")
@allow(Action.containers_add, Action.reports_waste)
def history() -> str:
    """The containers that have left, or never were used."""
    after = Entries(request.args).whole_or_none("after", "", most=2**31 - 1) or 0
    gone = [state for state in ContainerState if state not in HERE]
    with database().read_session() as session:
        rules = rules_now(session)
        lines = container_lines(session, rules=rules, today=today(), zone=settings().zone, states=gone, after_id=after,
                                limit=HISTORY_ROWS + 1)  # fmt: skip
    return render_template(
        "waste/history.html", lines=lines[:HISTORY_ROWS], more=len(lines) > HISTORY_ROWS, after=after
    )


@pages.get("/containers/new")
@allow(Action.containers_add)
def new() -> str:
    """The form for a container."""
    return _new_page(request.args.to_dict(), {})


@pages.post("/containers")
@allow(Action.containers_add)
def open_container() -> Response:
    """Open a container with a number of its own."""
    entered = Entries(request.form)
    try:
        stream = entered.text("stream", "Choose what kind of waste it is for.", most=20)
        place = entered.text("location", "Choose where it stands.", most=40)
        package = entered.text("package", "", most=60, required=False)
        limit = _limit(entered)
        entered.check()
        wanted = containers.NewContainer(stream, place, package, limit)
        made = change(containers.open_container, new=wanted, law_folder=law_folder(),
                      is_opened=not entered.ticked("label_only"))  # fmt: skip
    except SupplyError as error:
        page = _new_page(request.form.to_dict(), wrong_of(error, "stream"))
        return make_response(page, status_of(error))
    notices.leave(f"Container {made.number} is {'open' if made.opened_at else 'made'}. Put its label on now.")
    return redirect(url_for(".show", number=made.number), 303)


@pages.get("/containers/<number>")
@allow(Action.containers_add, Action.reports_waste)
def show(number: str) -> str:
    """One container: its age, what went in, what to do next."""
    return _page(number, {}, {})


@pages.post("/containers/<number>/scan")
@allow(Action.throw_out)
def scan_in(number: str) -> Response:
    """Throw out what was scanned, into this container, once for each form or scan."""
    entered = Entries(request.form)
    try:
        key, barcode = entered.key(), entered.barcode()
        quantity = entered.whole_or_none("quantity", "How many? A whole number, 1 or more.", least=1)
        lot = entered.text("lot", "", most=64, required=False) or None
        expiry = entered.day("expiry", "Type the date as 2027-03-14.")
        entered.check()
        stored = scan(key, barcode, "discard", container=number, quantity=quantity, lot=lot,
                      location=entered.raw("location") or None, reason=entered.raw("reason") or None,
                      expiry=expiry.isoformat() if expiry else None)  # fmt: skip
    except SupplyError as error:
        page = _page(number, request.form.to_dict(), wrong_of(error, "barcode"))
        return make_response(page, status_of(error))
    return _answered(number, stored)


@pages.post("/containers/<number>/note")
@allow(Action.containers_add)
def note(number: str) -> Response:
    """Note in words what went in."""
    kind = {"yes": True, "no": False}.get(request.form.get("is_sharps", ""))
    text = Entries(request.form).text("text", "Say what it is.", most=200)
    try:
        added = change(entries.add_note, number=number, text=text, is_sharps=kind)
    except SupplyError as error:
        return make_response(_page(number, request.form.to_dict(), wrong_of(error, "text")), status_of(error))
    notices.leave(f"Noted in {number}.", undo=url_for(".take_back", number=number, entry_id=added.id))
    return redirect(url_for(".show", number=number), 303)


@pages.post("/containers/<number>/entries/<int:entry_id>/take-back")
@allow(Action.containers_add)
def take_back(number: str, entry_id: int) -> Response:
    """Take back a note that was wrong; both stay to be read."""
    return _act(number, "text", entries.take_back_note, "The note is taken back.", entry_id=entry_id)


@pages.post("/containers/<number>/use")
@allow(Action.containers_add)
def put_in_use(number: str) -> Response:
    """A labelled container is taken into use."""
    return _act(number, "state", containers.put_in_use, f"{number} is open.")


@pages.post("/containers/<number>/full")
@allow(Action.containers_add)
def mark_full(number: str) -> Response:
    """Nothing more goes in."""
    return _act(number, "state", containers.mark_full, f"{number} is full. Seal it next.")


@pages.post("/containers/<number>/seal")
@allow(Action.containers_seal)
def seal(number: str) -> Response:
    """Seal it with its weight; with `swap`, open its successor in the same act."""
    sent = request.form
    weight = {"weight": sent.get("weight", ""), "unit": sent.get("unit", "")}
    if "swap" not in sent:
        return _act(number, "weight", containers.seal, f"{number} is sealed. It goes with the next pickup.", **weight)
    try:
        _, fresh = change(containers.swap, number=number, **weight)
    except SupplyError as error:
        return make_response(_page(number, sent.to_dict(), wrong_of(error, "weight")), status_of(error))
    notices.leave(f"{number} is sealed, and {fresh.number} is open in its place. Put its label on now.")
    return redirect(url_for(".show", number=fresh.number), 303)


@pages.post("/containers/<number>/weigh")
@allow(Action.containers_seal)
def weigh(number: str) -> Response:
    """Correct the weight of a sealed one."""
    weight = {"weight": request.form.get("weight", ""), "unit": request.form.get("unit", "")}
    return _act(number, "weight", containers.weigh, f"The weight of {number} is corrected.", **weight)


@pages.post("/containers/<number>/close")
@allow(Action.containers_seal)
def close(number: str) -> Response:
    """Waste that no hauler takes on our paper is gone: where to, with the receipt's number."""
    how = request.form.get("how", "")
    return _act(number, "how", containers.close_here, f"{number} is closed.", how=how, law_folder=law_folder())


@pages.post("/containers/<number>/move")
@allow(Action.containers_add)
def move(number: str) -> Response:
    """Put it somewhere else."""
    place = request.form.get("location", "")
    return _act(number, "location", containers.move_container, f"{number} is moved.", location=place)


@pages.post("/containers/<number>/void")
@allow(Action.containers_add)
def void(number: str) -> Response:
    """Cancel one that was never used."""
    reason = request.form.get("reason", "")
    return _act(number, "void_reason", containers.void, f"{number} is cancelled.", reason=reason)


def _act(number: str, field: str, verb: Callable[..., Any], said: str, **fields: Any) -> Response:
    """One step of a container's life; a refusal stands beside its field, with what was typed."""
    try:
        change(verb, number=number, **fields)
    except SupplyError as error:
        return make_response(_page(number, request.form.to_dict(), wrong_of(error, field)), status_of(error))
    notices.leave(said)
    return redirect(url_for(".show", number=number), 303)


def _answered(number: str, stored: Stored) -> Response:
    """Back to the container with what the scan came to; a refusal or question stands on its page at once."""
    if stored.status < 400:
        leave_answer(stored, back=url_for(".show", number=number))
        return redirect(url_for(".show", number=number), 303)
    return make_response(_page(number, request.form.to_dict(), {}, refused=stored.answer), stored.status)


def _limit(entered: Entries) -> int | None:
    if not entered.raw("weight_limit"):
        return None
    try:
        return grams_of(entered.raw("weight_limit"), entered.raw("unit"))
    except SupplyError as error:
        entered.wrong["weight_limit"] = error.message
        return None


def _new_page(values: dict[str, str], problems: dict[str, str]) -> str:
    with database().read_session() as session:
        places = place_sums(session)
    return render_template("waste/new.html", streams=_offered(), places=places, values=values, problems=problems)


def _offered() -> tuple[Stream, ...]:
    return streams(law_folder())


def _page(number: str, values: dict[str, str], problems: dict[str, str], refused: dict[str, Any] | None = None) -> str:
    with database().read_session() as session:
        rules = rules_now(session)
        line = container_line(session, number, rules=rules, today=today(), zone=settings().zone)
        went_in = entry_lines(session, line.id)
        places = place_sums(session)
    kind = find_stream(line.stream, law_folder())
    return render_template(
        "waste/container.html",
        line=line,
        age=age_of(line),
        next_step=next_step(line),
        stream=kind,
        leaves_without_pickup=kind.document in containers.LEAVES_WITHOUT_PICKUP,
        went_in=went_in[::-1],
        places=places,
        reasons=REASONS,
        hint=entries.FREE_TEXT_HINT,
        values=values,
        problems=problems,
        refused=refused,
        new_key=uuid4,
        shown_code=shown_code,
    )


def _by_stream(lines: list[ContainerLine]) -> list[tuple[Stream, list[Card]]]:
    """Groups in the order of their worst container."""
    rank = {stream: n for n, stream in reversed(list(enumerate(line.stream for line in lines)))}
    ordered = sorted(lines, key=lambda line: rank[line.stream])
    return [
        (find_stream(code, law_folder()), [Card(line, age_of(line), next_step(line)) for line in group])
        for code, group in groupby(ordered, key=lambda line: line.stream)
    ]
