"""What people do about scans afterwards: undo one, say what an unknown code was, carry it out, dismiss it.

Must never change a stored answer.
"""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID, uuid5

import sqlalchemy as sa
from sqlalchemy.orm import Session

from supply.audit import chain
from supply.barcodes.model import Barcode
from supply.barcodes.parse import parse
from supply.errors import Conflict, Invalid, NotAllowed, NotFound
from supply.staff.permissions import Action, Actor, require
from supply.stations.fields import ScanRules
from supply.stations.models import ScanRecord, Station
from supply.stations.reading import day_of
from supply.stations.receipt_labels import cancel_receipt_labels
from supply.stations.scan_lines import ScanLine, scan_line
from supply.stations.scans import Stored, handle_scan
from supply.stock import catalog, reversals
from supply.stock.catalog import Match
from supply.stock.ledger import Act, Posted
from supply.waste import entries

SETTLE_NAMESPACE = UUID("0b0f3d1e-5a0a-4c55-9d55-3c2f4f3b7d11")
FIELDS_CARRIED = (
    *("action", "quantity", "location", "to_location", "lot", "expiry", "department", "owner", "station"),
    *("occurred_at", "reason", "container"),
)


@dataclass(frozen=True)
class Resolution:
    """What a person says an unknown code is: an item, whether to learn the code, and what one scan of it moves."""

    sku: str
    learn: bool = True
    units_received: int = 1
    units_used: int = 1
    lot: str | None = None
    expiry: str | None = None


def find_scan(session: Session, request_id: UUID, *, locked: bool = False) -> ScanRecord:
    """The record of that scan. Raises NotFound."""
    statement = sa.select(ScanRecord).where(ScanRecord.request_id == request_id)
    row = session.scalar(statement.with_for_update() if locked else statement)
    if row is None:
        raise NotFound("There is no scan with that request_id.")
    return row


def undo_scan(session: Session, *, request_id: UUID, by: Actor, now: datetime, rules: ScanRules) -> dict[str, Any]:
    """Take one scan back by linked reversals, within the office's minutes. Returns what was undone, JSON-ready.

    Raises NotFound, NotAllowed (somebody else's scan), Conflict (already_undone, undo_expired, cannot_undo).
    """
    record = find_scan(session, request_id, locked=True)
    if by.person_id not in {record.actor_id, record.sender_id} and not by.may(Action.settle_scans):
        raise NotAllowed("You can undo your own scans only. Ask the manager.")
    require(by, Action.undo_own)
    if record.undone_at is not None:
        raise Conflict("This was undone already.", code="already_undone")
    rows = [row for row in reversals.movements_of(session, request_id) if row.recorded_at == record.recorded_at]
    if rows and now > record.recorded_at + timedelta(minutes=rules.undo_minutes):
        message = f"Too late to undo: more than {rules.undo_minutes} minutes ago. Put it back instead."
        raise Conflict(message, code="undo_expired")
    posted = take_back(session, record, by=by, now=now, reason="undo")
    if record.needs:
        record.settled_at, record.settled_by_id, record.settlement = now, by.person_id, "undone"
    session.flush()
    return {
        "request_id": str(request_id),
        "outcome": "undone",
        "message": "Undone.",
        "movements": [{"id": p.id, "kind": "reversal", "reverses": p.posting.reverses_id} for p in posted],
    }


def take_back(session: Session, record: ScanRecord, *, by: Actor, now: datetime, reason: str) -> list[Posted]:
    """Reverse what a scan posted, with its labels and its entry in a waste container; the scan counts as undone.

    Raises Conflict (already_undone, cannot_undo).
    """
    request_id = record.request_id
    rows = [row for row in reversals.movements_of(session, request_id) if row.recorded_at == record.recorded_at]
    act = Act(
        request_id=uuid5(SETTLE_NAMESPACE, f"undo {request_id}"),
        actor_id=by.person_id,
        occurred_at=now,
        recorded_at=now,
        station_id=session.scalar(sa.select(Station.id).where(Station.code == record.station)),
        reason=reason,
    )
    posted = reversals.reverse(session, act, rows)
    cancel_receipt_labels(session, request_id=request_id, actor_id=by.person_id, now=now)
    entries.take_back(session, request_id=request_id, actor_id=by.person_id, now=now)
    record.undone_at, record.undone_by_id = now, by.person_id
    return posted


def resolve_scan(
    session: Session, *, request_id: UUID, resolution: Resolution, by: Actor, now: datetime, rules: ScanRules
) -> Stored:
    """Say what an unknown code was: the code is learnt if asked, and the scan is carried out as of when it was made.

    Raises NotFound, NotAllowed, Invalid, Conflict (not_open); a refusal of the scan itself raises and changes nothing.
    """
    require(by, Action.settle_scans)
    record = _open_scan(session, request_id)
    if record.needs != "unresolved":
        raise Conflict("This scan named its item already; dismiss it once it is recounted.", code="not_open")
    item = catalog.find_item(session, resolution.sku)
    text = str(json.loads(record.body)["barcode"])
    barcode = parse(text, today=now.astimezone(rules.zone).date(), separators=rules.separators)
    if resolution.learn and item.id not in {match.item_id for match in catalog.find_matches(session, barcode)}:
        learnt = catalog.add_code(
            session,
            item=item,
            barcode=barcode,
            actor_id=by.person_id,
            now=now,
            units_received=resolution.units_received,
            units_used=resolution.units_used,
        )
        for code in learnt:  # what one scan takes was said just now: box or each is not asked again
            code.are_units_settled = True
    carried = _carried(record, resolution, barcode, item.sku)
    stored = handle_scan(session, body=carried, sender=by, now=now, rules=rules, settles=record)
    if stored.status >= 400:
        raise Invalid(
            stored.answer["detail"],
            code=stored.answer["code"],
            **{k: stored.answer[k] for k in ("candidates",) if k in stored.answer},
        )
    _settle(session, record, by, now, f"item {item.sku}" + (", code learnt" if resolution.learn else ""))
    return stored


def known_now(
    session: Session, lines: Iterable[ScanLine], *, today: date, separators: tuple[str, ...]
) -> dict[UUID, Match]:
    """Of these scans, those whose code names exactly one item by now, with that item."""
    found: dict[str, list[Match]] = {}
    named = {}
    for line in lines:
        text = str(line.body.get("barcode", ""))
        if text not in found:
            found[text] = catalog.find_matches(session, parse(text, today=today, separators=separators))
        if len(found[text]) == 1:
            named[line.request_id] = found[text][0]
    return named


def carry_out(session: Session, *, request_id: UUID, by: Actor, now: datetime, rules: ScanRules) -> Stored:
    """Do what the parked scan asked, as of when it was made, because its code was learnt meanwhile, and settle it.

    Raises NotFound, NotAllowed, Conflict (not_open), or Invalid with what it is refused for; then nothing changes.
    """
    today = now.astimezone(rules.zone).date()
    named = known_now(session, [scan_line(session, request_id)], today=today, separators=rules.separators)
    if request_id not in named:
        raise Conflict("Nothing here knows this code yet. Say what it is.", code="not_open")
    wanted = Resolution(sku=named[request_id].sku)
    return resolve_scan(session, request_id=request_id, resolution=wanted, by=by, now=now, rules=rules)


def dismiss_scan(session: Session, *, request_id: UUID, reason: str, by: Actor, now: datetime) -> ScanRecord:
    """Close a scan that needs nothing more. Raises NotFound, NotAllowed, Invalid (no reason), Conflict (not_open)."""
    require(by, Action.settle_scans)
    if not isinstance(reason, str) or not reason.strip() or len(reason) > 250 or not reason.isprintable():
        raise Invalid("Say why, in at most 250 characters.", code="reason_required")
    record = _open_scan(session, request_id)
    _settle(session, record, by, now, f"dismissed: {reason.strip()}")
    return record


def _carried(record: ScanRecord, resolution: Resolution, barcode: Barcode, sku: str) -> dict[str, Any]:
    """The parked scan as it is carried out: as sent, with what the person said and, else, what the code says."""
    body: Mapping[str, Any] = json.loads(record.body)
    carried = {key: body[key] for key in FIELDS_CARRIED if body.get(key) is not None}
    carried.update(request_id=str(uuid5(SETTLE_NAMESPACE, f"resolve {record.request_id}")), barcode=body["barcode"])
    carried.setdefault("occurred_at", record.occurred_at.isoformat())
    if not resolution.learn:  # its SKU stands for the code this once, with its lot, and the units it would have moved
        units = resolution.units_received if body.get("action") == "receive" else resolution.units_used
        carried.update(barcode=sku, quantity=int(body.get("quantity", 1)) * units)
        carried.setdefault("lot", barcode.lot)
        carried.setdefault("expiry", day_of(barcode.expiry).isoformat() if barcode.expiry else None)
    carried.update({k: v for k, v in (("lot", resolution.lot), ("expiry", resolution.expiry)) if v})
    return {name: value for name, value in carried.items() if value is not None}


def _open_scan(session: Session, request_id: UUID) -> ScanRecord:
    record = find_scan(session, request_id, locked=True)
    if record.needs is None or record.settled_at is not None:
        raise Conflict("Nothing about this scan is open.", code="not_open")
    return record


def _settle(session: Session, record: ScanRecord, by: Actor, now: datetime, words: str) -> None:
    record.settled_at, record.settled_by_id, record.settlement = now, by.person_id, words[:300]
    session.flush()
    chain.record(
        session,
        at=now,
        actor_id=by.person_id,
        action="scan.settle",
        subject=f"request {record.request_id}",
        details={"needs": record.needs, "settlement": words},
    )
