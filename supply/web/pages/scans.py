"""Scans that a person must settle: unknown codes, short shelves, flagged exceptions; and undoing any scan."""

from collections.abc import Callable, Iterable
from datetime import datetime
from uuid import UUID

from flask import Blueprint, make_response, redirect, render_template, request, url_for
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from supply.errors import Invalid, NotFound, SupplyError
from supply.staff.permissions import Action
from supply.stations import claims, scan_lines, settling
from supply.stations.scan_lines import NEEDS, ScanLine
from supply.stations.scans import Stored
from supply.stations.settling import Resolution
from supply.stock import catalog
from supply.stock.catalog import UNITS_LIMIT, Match
from supply.web import notices, scanning
from supply.web.access import allow
from supply.web.context import actor, database, now, settings, today
from supply.web.entries import Entries, refuse_unreadable_address, shown_code, wrong_of
from supply.web.pages.item_codes import reading_of
from supply.web.problems import status_of
from supply.web.security import safe_next

pages = Blueprint("scans", __name__, url_prefix="/scans")
pages.before_request(refuse_unreadable_address)

FOUND_ITEMS = 12
WORDS = {
    "unresolved": "Unknown codes",
    "discrepancy": "Short shelves",
    "exception": "Exceptions",
    "claimed": "Whose scan?",
    "settled": "Settled",
}
MOST_CLAIMS = 200


@pages.get("")
@allow(Action.settle_scans)
def unsettled() -> Response:
    """The first kind that has something open."""
    with database().read_session() as session:
        counts = _counts(session)
    return redirect(url_for(".listing", kind=next((kind for kind in counts if counts[kind]), NEEDS[0])), 302)


@pages.get("/<any(unresolved, discrepancy, exception, claimed, settled):kind>")
@allow(Action.settle_scans)
def listing(kind: str) -> str:
    """The open scans of one kind, or those that were settled; newest first."""
    asked = request.args.get("before", "")
    before = int(asked) if asked.isascii() and asked.isdigit() and len(asked) < 18 else None
    with database().read_session() as session:
        counts = _counts(session)
        if kind == "settled":
            page = scan_lines.settled(session, before=before)
        else:
            page = scan_lines.unsettled(session, needs=kind, before=before)
        known = _known(session, page.lines) if kind == "unresolved" else {}
    return render_template(
        f"scans/{kind}.html",
        page=page,
        counts=counts,
        words=WORDS,
        kind=kind,
        is_later=before,
        readings=_readings,
        known=known,
    )


@pages.get("/<uuid:request_id>")
@allow(Action.settle_scans)
def show(request_id: UUID) -> str:
    """One scan: what its code says, and the ways to settle it."""
    return _page(request_id, request.args.to_dict(), {})


@pages.post("/<uuid:request_id>/resolve")
@allow(Action.settle_scans)
def resolve(request_id: UUID) -> Response:
    """Say what an unknown code is: the scan is carried out, and the code learnt if asked."""

    def settle(session: Session) -> Stored:
        by, moment, rules, wanted = actor(), now(), scanning.rules(), _resolution()
        return settling.resolve_scan(session, request_id=request_id, resolution=wanted, by=by, now=moment, rules=rules)

    return _carry_out(request_id, settle)


@pages.post("/<uuid:request_id>/carry-out")
@allow(Action.settle_scans)
def carry_out(request_id: UUID) -> Response:
    """Carry out a scan whose code was learnt meanwhile."""
    by, moment, rules = actor(), now(), scanning.rules()
    return _carry_out(
        request_id, lambda s: settling.carry_out(s, request_id=request_id, by=by, now=moment, rules=rules)
    )


@pages.post("/<uuid:request_id>/dismiss")
@allow(Action.settle_scans)
def dismiss(request_id: UUID) -> Response:
    """Close a scan that needs nothing more, and say why."""
    reason, by, moment = request.form.get("reason", "").strip(), actor(), now()
    try:
        database().transact(lambda s: settling.dismiss_scan(s, request_id=request_id, reason=reason, by=by, now=moment))
    except SupplyError as error:
        return _refused(request_id, error, "reason")
    notices.leave("Settled. It is kept under Settled.")
    return redirect(safe_next(request.form.get("next") or url_for(".unsettled")), 303)


@pages.post("/claims")
@allow(Action.undo_own, Action.settle_scans)
def say_whose() -> Response:
    """Say of scans that only named their person whether they were that person's: one's own, or any for a manager."""
    keys, is_mine, by, moment = _request_ids(), request.form.get("mine") == "yes", actor(), now()

    def say(session: Session) -> None:
        for key in keys:
            claims.confirm_scan(session, request_id=key, is_mine=is_mine, by=by, now=moment)

    database().transact(say)
    many = f"{len(keys)} scans are" if len(keys) > 1 else "The scan is"
    notices.leave(f"{many} confirmed." if is_mine else f"{many} with the manager, under Exceptions.")
    return redirect(safe_next(request.form.get("next")), 303)


@pages.post("/<uuid:request_id>/undo")
@allow(Action.undo_own)
def undo(request_id: UUID) -> Response:
    """Take one scan back, and return to the page it was done on."""
    back = safe_next(request.values.get("next"))
    try:
        scanning.undo(request_id)
    except NotFound:
        raise
    except SupplyError as error:
        notices.leave(error.message, "stop")
        return redirect(back, 303)
    notices.leave("Undone.")
    return redirect(back, 303)


def _counts(session: Session) -> dict[str, int]:
    return scan_lines.unsettled_counts(session) | {scan_lines.CLAIMED: scan_lines.claimed_count(session)}


def _request_ids() -> list[UUID]:
    """The scans that the form names. Raises Invalid for none, too many, or what is no key of a scan."""
    try:
        keys = [UUID(text) for text in request.form.getlist("request_id")]
    except ValueError:
        keys = []
    if not 0 < len(keys) <= MOST_CLAIMS:
        raise Invalid("Say which scans: go back and choose again.", code="bad_field")
    return keys


def _resolution() -> Resolution:
    """What the form says the code is. Raises EntriesWrong."""
    entries = Entries(request.form)
    units = f"A whole number from 1 to {UNITS_LIMIT:,}."
    expiry = entries.day("expiry", "Type the date as 2027-03-14, or 2027-03 when the box gives no day.")
    wanted = Resolution(
        sku=entries.text("item", "Choose the item.", most=60),
        learn=entries.ticked("learn"),
        units_received=entries.whole("units_received", units, least=1, most=UNITS_LIMIT),
        units_used=entries.whole("units_used", units, least=1, most=UNITS_LIMIT),
        lot=entries.text("lot", "", most=64, required=False) or None,
        expiry=expiry.isoformat() if expiry else None,
    )
    entries.check()
    return wanted


def _carry_out(request_id: UUID, settle: Callable[[Session], Stored]) -> Response:
    """Settle it and say what the scan came to; or show it again with what was wrong."""
    try:
        stored = database().transact(settle)
    except SupplyError as error:
        return _refused(request_id, error, _field_of(error))
    back = safe_next(request.form.get("next") or url_for(".unsettled"))
    scanning.leave_answer(stored, back=back)
    return redirect(back, 303)


def _refused(request_id: UUID, error: SupplyError, field: str) -> Response:
    if isinstance(error, NotFound) and field != "item":
        raise error
    page = _page(request_id, request.form.to_dict(), wrong_of(error, field), error.details.get("candidates"))
    return make_response(page, status_of(error))


def _field_of(error: SupplyError) -> str:
    return {"lot_required": "lot", "expiry_required": "expiry", "which_lot": "lot"}.get(error.code, "item")


def _page(
    request_id: UUID, values: dict[str, str], problems: dict[str, str], candidates: list[dict[str, str]] | None = None
) -> str:
    text = values.get("q", "").strip()
    with database().read_session() as session:
        line = scan_lines.scan_line(session, request_id)
        items = [(item.sku, item.name) for item in catalog.search_items(session, text, limit=FOUND_ITEMS)]
        known = _known(session, [line]).get(request_id) if line.needs == "unresolved" else None
        chosen = values.get("item", "")
        if chosen and chosen not in {sku for sku, _ in items}:
            items += [(item.sku, item.name) for item in catalog.search_items(session, chosen, limit=1)]
    return render_template(
        "scans/show.html",
        line=line,
        items=items,
        values=values,
        problems=problems,
        candidates=candidates or [],
        back=safe_next(values["next"]) if values.get("next") else None,
        reading=reading_of(str(line.body.get("barcode", ""))) if line.needs == "unresolved" else None,
        known=known,
        code=shown_code(str(line.body.get("barcode", ""))),
        can_undo=line.undone_at is None and _is_fresh(line.answer.get("can_undo_until")),
    )


def _known(session: Session, lines: Iterable[ScanLine]) -> dict[UUID, Match]:
    return settling.known_now(session, lines, today=today(), separators=settings().scanning.separators)


def _is_fresh(until: object) -> bool:
    """Whether the moment until which a scan can be undone is still ahead."""
    return isinstance(until, str) and now() < datetime.fromisoformat(until)


def _readings(text: object) -> dict[str, object]:
    return reading_of(str(text or ""))
