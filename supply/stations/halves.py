"""Half a label that became whole: once both its codes came as one scan, the half alone is nobody's question any more.

Must never settle a half that was not joined: only the very text, at the same station, by the same person, just before.
"""

from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import Session

from supply.audit import chain
from supply.barcodes.joining import completes
from supply.barcodes.parse import parse
from supply.db import table_of
from supply.stations.fields import ScanRules, escaped
from supply.stations.models import ScanRecord
from supply.stations.reading import SYMBOLS_APART

JOINED_WITHIN = timedelta(minutes=10)
JOINED = "joined with the other code of its label"
_R = table_of(ScanRecord)


def settle_halves(
    session: Session, *, record_id: int, text: str, station: str | None, person_id: int, now: datetime, rules: ScanRules
) -> None:
    """Settle what was parked of either half of this scan: of each at most one, the last one before it."""
    symbols = [part for part in text.strip().split(SYMBOLS_APART) if part.strip()]
    if len(symbols) != 2:
        return
    today = now.astimezone(rules.zone).date()
    first, second = (parse(part, today=today, separators=rules.separators) for part in symbols)
    if completes(first, second):
        for symbol in symbols:
            _settle(session, record_id, symbol, station, person_id, now)


def _settle(session: Session, record_id: int, symbol: str, station: str | None, person_id: int, now: datetime) -> None:
    joined_at = session.scalars(sa.select(_R.c.occurred_at).where(_R.c.id == record_id)).one()
    found = session.execute(
        sa.select(_R.c.id, _R.c.request_id)
        .where(
            *(_R.c.needs.is_not(None), _R.c.settled_at.is_(None), _R.c.needs == "unresolved", _R.c.id < record_id),
            *(_R.c.barcode == escaped(symbol, 700), _R.c.actor_id == person_id),
            _R.c.station.is_(None) if station is None else _R.c.station == station,
            _R.c.occurred_at.between(joined_at - JOINED_WITHIN, joined_at),
        )
        .order_by(_R.c.id.desc())
        .limit(1)
    ).one_or_none()
    if found is None:
        return
    settled = {"settled_at": now, "settled_by_id": person_id, "settlement": JOINED}
    session.execute(sa.update(_R).where(_R.c.id == found.id, _R.c.settled_at.is_(None)).values(settled))
    chain.record(
        session,
        at=now,
        actor_id=person_id,
        action="scan.settle",
        subject=f"request {found.request_id}",
        details={"needs": "unresolved", "settlement": JOINED},
    )
