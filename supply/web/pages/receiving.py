"""Receiving without an order: open a delivery, scan its boxes, answer what a box does not say, list what came.

Every box is one scan through the same entrance as every scanner; the delivery itself is only their common reason.
"""

import secrets
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any
from uuid import UUID, uuid4

from flask import Blueprint, make_response, redirect, render_template, request, url_for
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from supply.barcodes.parse import parse
from supply.errors import SupplyError
from supply.staff.permissions import Action
from supply.stations import deliveries
from supply.stations.deliveries import Delivery
from supply.stations.print_lines import WAITING, PrintLine
from supply.stations.printer_lines import PrinterLine, printer_lines
from supply.stations.receipt_labels import receipt_labels
from supply.stations.scan_lines import ScanLine, latest_scan_id
from supply.stock import catalog
from supply.stock.shelves import place_sums
from supply.web.access import allow
from supply.web.context import actor, database, now, settings, today
from supply.web.entries import Entries, EntriesWrong, refuse_unreadable_address, shown_code, wrong_of
from supply.web.problems import status_of
from supply.web.scanning import rules, scan

pages = Blueprint("receiving", __name__, url_prefix="/receive")
pages.before_request(refuse_unreadable_address)

ASKS = frozenset({"lot_required", "expiry_required", "which_lot", "ambiguous_code", "bad_field", "bad_quantity"})
SHOWN_BOXES = 100
DATE_WANTED = "Type the date as 2027-03-14, or 2027-03 when the box gives no day."


@dataclass(frozen=True)
class Box:
    """One scan of the delivery as its page shows it; `state` is `received`, `unknown`, `refused` or `undone`.

    `label` is how its labels got on; None where none were asked for.
    """

    line: ScanLine
    state: str
    lot: str | None
    expiry: date | None
    precision: str | None
    quantity: int
    can_undo: bool
    label: PrintLine | None = None


@dataclass(frozen=True)
class Question:
    """What a box does not say and must: which fields to show, the code it is about, and choices when there are some."""

    line: ScanLine
    code: str
    sentence: str
    wants_lot: bool
    wants_expiry: bool
    candidates: tuple[dict[str, Any], ...]


@dataclass(frozen=True)
class Total:
    """What came of one lot of one item."""

    sku: str
    name: str
    unit: str
    lot: str | None
    expiry: date | None
    precision: str | None
    quantity: int
    scans: int


@pages.get("")
@allow(Action.receive)
def start() -> str:
    """Open a delivery, or go on with one of today's."""
    return _start_page({}, {})


@pages.get("/delivery")
@allow(Action.receive)
def delivery() -> Response:
    """The delivery: scan field, last box, everything received so far."""
    return _page({}, {})


@pages.post("/scan")
@allow(Action.receive)
def scan_box() -> Response:
    """Receive one box, once for each form or scan."""
    entries = Entries(request.form)
    opened, bench = _delivery_of(entries), _bench()
    try:
        key, barcode = entries.key(), entries.barcode()
        quantity = entries.whole_or_none("quantity", "How many boxes? A whole number, 1 or more.", least=1)
        lot = entries.text("lot", "", most=64, required=False) or None
        expiry = entries.day("expiry", DATE_WANTED)
        entries.check()
        day = expiry.isoformat() if expiry else None
        scan(key, barcode, "receive", location=opened.location, reason=opened.reason, quantity=quantity, lot=lot,
             expiry=day, station=bench.station if bench else None)  # fmt: skip
    except SupplyError as error:
        return _page(request.form.to_dict(), wrong_of(error, "barcode"), status_of(error))
    return redirect(_address(opened), 303)


@pages.get("/done")
@allow(Action.receive)
def done() -> str:
    """The list of what came, to print."""
    opened = _delivery_of(Entries(request.args))
    with database().read_session() as session:
        lines = deliveries.scans_of(session, opened, actor_id=actor().person_id)
    boxes = [_box(line, {}) for line in lines]
    parked = [box for box in boxes if box.state == "unknown" and box.line.settled_at is None]
    return render_template(
        "receiving/done.html",
        delivery=opened,
        address=_address(opened),
        totals=_totals(boxes),
        parked=parked,
        scans=sum(box.state == "received" for box in boxes),
    )


def _delivery_of(entries: Entries) -> Delivery:
    """The delivery that an address or form names. Raises EntriesWrong: the start page then says what is missing."""
    number, after = entries.raw("number"), entries.raw("after")
    supplier = entries.text("supplier", "Type who brought it.", most=60)
    location = entries.text("location", "Choose where it goes.", most=40)
    if not deliveries.REASON.fullmatch(f"Delivery {number} from x") or not (after.isascii() and after.isdigit()):
        entries.wrong["number"] = "Open the delivery again."
    entries.check()
    return Delivery(number, supplier, location, min(int(after[:18]), 2**53))


def _address(opened: Delivery, endpoint: str = ".delivery") -> str:
    """The page of a delivery; where its labels print is carried along as it was chosen."""
    return url_for(
        endpoint,
        number=opened.number,
        supplier=opened.supplier,
        location=opened.location,
        after=opened.after,
        station=request.values.get("station"),
    )


def _benches(session: Session) -> list[PrinterLine]:
    """Where labels can print as boxes come in: a printer of each station, receiving benches first."""
    if not rules().labels_at_receipt:
        return []
    first: dict[str, PrinterLine] = {}
    for line in printer_lines(session):
        first.setdefault(line.station, line)
    return sorted(first.values(), key=lambda line: line.station_mode != "receive")


def _bench() -> PrinterLine | None:
    """Where the labels of this delivery print: as chosen, else at the first bench; None for nowhere."""
    with database().read_session() as session:
        benches = _benches(session)
    chosen = request.values.get("station")
    if chosen is None:
        return benches[0] if benches else None
    return next((line for line in benches if line.station == chosen), None)


def _start_page(values: dict[str, str], problems: dict[str, str]) -> str:
    with database().read_session() as session:
        places, benches = place_sums(session), _benches(session)
        after = latest_scan_id(session)
        lately = deliveries.latest_deliveries(session, actor_id=actor().person_id, since=now() - timedelta(hours=18))
    return render_template(
        "receiving/start.html",
        places=places,
        benches=benches,
        after=after,
        number=secrets.token_hex(3).upper(),
        lately=[(one, _address(one.delivery)) for one in lately],
        values=values,
        problems=problems,
    )


def _page(values: dict[str, str], problems: dict[str, str], status: int = 200) -> Response:
    """The delivery's page; the start page when the address names none."""
    entries = Entries(request.values)
    try:
        opened = _delivery_of(entries)
    except EntriesWrong as error:
        return make_response(_start_page(request.values.to_dict(), error.wrong), status_of(error))
    with database().read_session() as session:
        lines = deliveries.scans_of(session, opened, actor_id=actor().person_id)
        question = _question(session, _asked(lines))
        place = next((one.name for one in place_sums(session) if one.code == opened.location), opened.location)
        labels = receipt_labels(session, [line.request_id for line in lines[:SHOWN_BOXES]])
    boxes = [_box(line, labels) for line in lines]
    answered = {box.line.body.get("barcode") for box in boxes if box.state == "received"}
    page = render_template(
        "receiving/delivery.html",
        delivery=opened,
        bench=_bench(),
        station=request.values.get("station"),
        are_printing=any(line.state in WAITING for line in labels.values()),
        place=place,
        address=_address(opened),
        done=_address(opened, ".done"),
        boxes=[box for box in boxes if box.state != "refused" or box.line.body.get("barcode") not in answered],
        last=boxes[0] if boxes else None,
        question=question,
        totals=_totals(boxes),
        values=values,
        problems=problems,
        new_key=uuid4,
        shown_code=shown_code,
    )
    return make_response(page, status)


def _asked(lines: tuple[ScanLine, ...]) -> ScanLine | None:
    """The box to ask about: the one that the address names, else the last one; when it was refused for an answer."""
    named = request.values.get("ask", "")
    chosen = next((line for line in lines if str(line.request_id) == named), lines[0] if lines else None)
    wanted = chosen is not None and chosen.outcome == "refused" and chosen.answer.get("code") in ASKS
    return chosen if wanted else None


def _question(session: Any, line: ScanLine | None) -> Question | None:
    """What is missing of this box, all at once: what its item requires and its code does not carry."""
    if line is None:
        return None
    text = str(line.body.get("barcode", ""))
    barcode = parse(text, today=today(), separators=settings().scanning.separators)
    item = catalog.find_item(session, line.sku) if line.sku else None
    candidates = tuple(line.answer.get("candidates", ()))
    typed_lot, typed_expiry = line.body.get("lot"), line.body.get("expiry")
    code = line.answer["code"]
    return Question(
        line=line,
        code=shown_code(text),
        sentence=line.answer["detail"],
        wants_lot=not candidates
        and (code == "lot_required" or bool(item and item.lot_required and not barcode.lot and not typed_lot)),
        wants_expiry=not candidates
        and (
            code == "expiry_required" or bool(item and item.expiry_required and not barcode.expiry and not typed_expiry)
        ),
        candidates=candidates,
    )


def _box(line: ScanLine, labels: dict[UUID, PrintLine]) -> Box:
    state = (
        "undone" if line.undone_at else {"recorded": "received", "unresolved": "unknown"}.get(line.outcome, "refused")
    )
    moved = line.moved[0] if line.moved else {}
    expiry = moved.get("expiry")
    fresh = line.recorded_at + timedelta(minutes=rules().undo_minutes) >= now()
    return Box(
        line=line,
        state=state,
        lot=moved.get("lot"),
        expiry=date.fromisoformat(expiry) if expiry else None,
        precision=moved.get("expiry_precision"),
        quantity=sum(row["quantity"] for row in line.moved),
        can_undo=state == "received" and fresh,
        label=labels.get(line.request_id),
    )


def _totals(boxes: list[Box]) -> list[Total]:
    """What stands received, by item and lot, in the order of first arrival."""
    found: dict[tuple[str, str | None, date | None], Total] = {}
    for box in reversed(boxes):
        if box.state != "received" or box.line.sku is None:
            continue
        key = (box.line.sku, box.lot, box.expiry)
        begun = found.get(key) or Total(
            box.line.sku, box.line.name or "", box.line.unit or "", box.lot, box.expiry, box.precision, 0, 0
        )
        found[key] = replace(begun, quantity=begun.quantity + box.quantity, scans=begun.scans + 1)
    return list(found.values())
