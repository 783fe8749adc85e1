"""Settling parked scans with what their codes say: carried out once learnt, and no lot lost where they are not."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import date, datetime
from uuid import UUID

from sqlalchemy.orm import Session

from supply.barcodes.parse import parse
from supply.errors import Conflict
from supply.staff.permissions import Actor
from supply.stations.fields import ScanRules
from supply.stations.scan_lines import ScanLine, scan_line
from supply.stations.scans import Stored
from supply.stations.settling import Resolution, resolve_scan
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
    """Do what the parked scan asked, as of when it was made, because its code was learnt meanwhile, and settle it.

    Raises NotFound, NotAllowed, Conflict (not_open), or Invalid with what it is refused for; then nothing changes.
    """
    line = scan_line(session, request_id)
    today = now.astimezone(rules.zone).date()
    match = known_now(session, [line], today=today, separators=rules.separators).get(request_id)
    if match is None:
        raise Conflict("Nothing here knows this code yet. Say what it is.", code="not_open")
    wanted = Resolution(sku=match.sku, lot=line.body.get("lot"), expiry=line.body.get("expiry"))
    return resolve_scan(session, request_id=request_id, resolution=wanted, by=by, now=now, rules=rules)


def with_lot_of_code(
    session: Session, request_id: UUID, wanted: Resolution, *, now: datetime, rules: ScanRules
) -> Resolution:
    """The resolution with the lot and expiry that the code carries, where the code itself is not to be learnt."""
    if wanted.learn:
        return wanted
    text = str(scan_line(session, request_id).body.get("barcode", ""))
    read = parse(text, today=now.astimezone(rules.zone).date(), separators=rules.separators)
    expiry = read.expiry.date() if isinstance(read.expiry, datetime) else read.expiry
    return replace(wanted, lot=wanted.lot or read.lot, expiry=wanted.expiry or (expiry.isoformat() if expiry else None))
