"""Carrying out a parked scan whose code has been learnt meanwhile, because another scan of it was settled first."""

import json
from collections.abc import Iterable
from datetime import date, datetime
from uuid import UUID, uuid5

from sqlalchemy.orm import Session

from supply.barcodes.parse import parse
from supply.errors import Conflict, Invalid
from supply.staff.permissions import Action, Actor, require
from supply.stations.fields import ScanRules
from supply.stations.scan_lists import ScanLine
from supply.stations.scans import Stored, handle_scan
from supply.stations.settling import FIELDS_CARRIED, SETTLE_NAMESPACE, dismiss_scan, find_scan
from supply.stock import catalog
from supply.stock.catalog import Match


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
    """Do what the parked scan asked, as of when it was made, with the code as it was read, and settle it.

    Raises NotFound, NotAllowed, Conflict (not_open), or Invalid with what it is refused for; then nothing changes.
    """
    require(by, Action.settle_scans)
    record = find_scan(session, request_id, locked=True)
    if record.needs != "unresolved" or record.settled_at is not None:
        raise Conflict("Nothing about this scan is open.", code="not_open")
    body = json.loads(record.body)
    carried = {key: body[key] for key in (*FIELDS_CARRIED, "barcode", "lot", "expiry") if body.get(key) is not None}
    carried.update(request_id=str(uuid5(SETTLE_NAMESPACE, f"carry out {request_id}")))
    carried.setdefault("occurred_at", record.occurred_at.isoformat())
    stored = handle_scan(session, body=carried, sender=by, now=now, rules=rules, settles=record)
    if stored.status >= 400:
        details = {key: stored.answer[key] for key in ("candidates",) if key in stored.answer}
        raise Invalid(stored.answer["detail"], code=stored.answer["code"], **details)
    if stored.answer["item"] is None:
        raise Conflict("Nothing here knows this code yet. Say what it is.", code="not_open")
    dismiss_scan(
        session, request_id=request_id, reason=f"carried out as {stored.answer['item']['sku']}", by=by, now=now
    )
    return stored
