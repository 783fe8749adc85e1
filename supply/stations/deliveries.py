"""A delivery without a purchase order: one person's receipts under one reason, from a scan number on. Reads only."""

import json
import re
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from supply.db import table_of
from supply.stations.models import ScanRecord
from supply.stations.scan_lines import ScanLine, receipts_of

REASON = re.compile(r"Delivery ([0-9A-F]{6}) from (.+)")
LOOKED_AT = 500
_R = table_of(ScanRecord).c


@dataclass(frozen=True)
class Delivery:
    """What a receiver opened: its number, who brought it, where it goes, and the newest scan before it."""

    number: str
    supplier: str
    location: str
    after: int

    @property
    def reason(self) -> str:
        """What stands in the ledger as the reason of its receipts, and by which they are found."""
        return f"Delivery {self.number} from {self.supplier}"


@dataclass(frozen=True)
class OpenedDelivery:
    """A delivery that somebody worked on lately."""

    delivery: Delivery
    scans: int
    last_at: datetime


def scans_of(session: Session, delivery: Delivery, *, actor_id: int) -> tuple[ScanLine, ...]:
    """What this person scanned in for the delivery, newest first, whatever it came to."""
    return receipts_of(session, actor_id=actor_id, reason=delivery.reason, after=delivery.after)


def latest_deliveries(session: Session, *, actor_id: int, since: datetime, limit: int = 5) -> list[OpenedDelivery]:
    """The deliveries this person worked on since that moment, latest first, among their last 500 scans."""
    statement = sa.select(_R.id, _R.body, _R.recorded_at, _R.action).where(_R.actor_id == actor_id)
    found: dict[str, OpenedDelivery] = {}
    for row in session.execute(statement.order_by(_R.id.desc()).limit(LOOKED_AT)):
        body = json.loads(row.body) if row.action == "receive" and row.recorded_at >= since else {}
        match = REASON.fullmatch(str(body.get("reason", "")))
        if match is None:
            continue
        before = found.get(match[1])
        delivery = Delivery(match[1], match[2], str(body.get("location", "")), row.id - 1)
        found[match[1]] = OpenedDelivery(
            delivery, before.scans + 1 if before else 1, before.last_at if before else row.recorded_at
        )
    return list(found.values())[:limit]
