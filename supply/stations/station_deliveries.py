"""Deliveries at a station: PUT IN belongs to an order that is expected, or to one opened by a tap."""

import json
from collections import Counter
from dataclasses import dataclass
from datetime import datetime, time, tzinfo

import sqlalchemy as sa
from sqlalchemy.orm import Session

from supply.db import table_of
from supply.errors import NotFound
from supply.purchasing import order_lines
from supply.stations import sessions
from supply.stations.models import ScanRecord, Station, StationSession
from supply.stock.lots import expiry_words
from supply.stock.models import Location

WITHOUT_ORDER = "Delivery without an order"
LOOKED_AT = 1_000
_R = table_of(ScanRecord).c


@dataclass(frozen=True)
class DeliveryAt:
    """A delivery to receive at a station: the reason of its receipts in the ledger, words, place, scans so far."""

    reason: str
    words: str
    location: str
    scans: int


def deliveries_there(session: Session, station: Station, *, now: datetime, zone: tzinfo) -> list[DeliveryAt]:
    """Every open order, the longest awaited first, and what else was received at the station today."""
    place = session.get_one(Location, station.location_id).code
    scans = _scans_today(session, station, now, zone)
    expected = _expected(session, now)
    found = [DeliveryAt(reason, words, place, scans.get(reason, 0)) for reason, words in expected.items()]
    others = [reason for reason in scans if reason not in expected]
    return found + [DeliveryAt(reason, reason, place, scans[reason]) for reason in others]


def open_there(
    session: Session, station: Station, *, order: str | None, person_id: int, now: datetime, zone: tzinfo
) -> DeliveryAt:
    """Let the station's own scanner put in what belongs to this order, or to a delivery without one.

    Only for whoever opens it: what somebody else does there goes on as it is.

    Raises NotFound for an order that is not open.
    """
    expected = _expected(session, now)
    day = expiry_words(now.astimezone(zone).date())
    reason = _reason(order.strip()) if order else f"{WITHOUT_ORDER} on {day} at {now.astimezone(zone):%H:%M}"
    if order and reason not in expected:
        raise NotFound(f"There is no open order {order!r}. Choose one that is expected, or none.")
    there = session.scalar(sa.select(StationSession.person_id).where(StationSession.station_id == station.id))
    if there == person_id:
        sessions.change(session, station_id=station.id, now=now, mode="receive", delivery=reason)
    place = session.get_one(Location, station.location_id).code
    scans = _scans_today(session, station, now, zone)
    return DeliveryAt(reason, expected.get(reason, reason), place, scans.get(reason, 0))


def _reason(number: str) -> str:
    return f"Order {number}"


def _expected(session: Session, now: datetime) -> dict[str, str]:
    """Of each open order the reason of its receipts and the words for people."""
    found: dict[str, str] = {}
    for line in order_lines.open_lines(session, now=now):
        words = f"{_reason(line.number)} from {line.supplier}, due {expiry_words(line.expected_on)}"
        found.setdefault(_reason(line.number), words)
    return found


def _scans_today(session: Session, station: Station, now: datetime, zone: tzinfo) -> Counter[str]:
    start = datetime.combine(now.astimezone(zone).date(), time(), zone)
    statement = sa.select(_R.body).where(
        _R.station == station.code, _R.action == "receive", _R.recorded_at >= start, _R.undone_at.is_(None)
    )
    bodies = session.scalars(statement.order_by(_R.id.desc()).limit(LOOKED_AT))
    return Counter(str(reason) for reason in (json.loads(body).get("reason") for body in bodies) if reason)
