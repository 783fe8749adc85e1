"""Importing opening stock: what is on the shelves on the first day, lot by lot, posted against count variance.

The same file cannot be imported twice: the act's key is made from the file's content.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, tzinfo
from uuid import UUID, uuid5

import sqlalchemy as sa
from sqlalchemy.orm import Session

from supply.audit import chain
from supply.errors import Conflict
from supply.exchange.columns import Row
from supply.exchange.faults import Faults
from supply.exchange.lookups import Named, named
from supply.exchange.outcome import Imported
from supply.staff.models import Person
from supply.stock import ledger, lots
from supply.stock.ledger import Act, Posting
from supply.stock.lots import Expiry
from supply.stock.models import Location, LocationKind, LotKnown, Movement, MovementKind

NAMESPACE = UUID("6f0d6a3e-7d3b-4c55-8a2e-2d5c6e9c1b40")
REASON = "opening stock"


@dataclass(frozen=True)
class _Line:
    """One checked row."""

    item_id: int
    owner_id: int
    place_id: int
    lot_number: str
    expiry: Expiry | None
    layer: str
    quantity: int
    received_on: date
    unit_cost: int | None

    @property
    def lot_key(self) -> tuple[int, int, str, str, str]:
        """What makes the lot of this row one lot with that of another."""
        return (self.item_id, self.owner_id, self.lot_number, self.expiry.key if self.expiry else "", self.layer)


def import_stock(
    session: Session,
    *,
    rows: Iterable[Row],
    faults: Faults,
    digest: str,
    actor_id: int,
    now: datetime,
    today: date,
    zone: tzinfo,
) -> Imported:
    """Post every row as an adjustment from count variance; a row without a lot number opens a lot that is unknown.

    Raises BadImport naming every wrong row, Conflict (imported_already) for a file that was posted before.
    """
    request_id = uuid5(NAMESPACE, digest)
    names = named(session)
    lines = [line for row in rows if (line := _line(names, row, faults, request_id, today)) is not None]
    faults.refuse()
    ledger.lock_items(session, [line.item_id for line in lines])
    _refuse_repeated(session, request_id, zone)
    opened: dict[tuple[int, int, str, str, str], int] = {}
    for line in lines:
        if line.lot_key not in opened:
            opened[line.lot_key] = _open_lot(session, line)
    _post(session, lines, opened, request_id, actor_id, now)
    subject = f"file {digest[:16]}"
    details = {"rows": len(lines), "lots": len(opened), "sha256": digest, "request_id": str(request_id)}
    chain.record(session, at=now, actor_id=actor_id, action="import.stock", subject=subject, details=details)
    return Imported("stock", len(lines), len(opened), 0, 0)


def _line(names: Named, row: Row, faults: Faults, request_id: UUID, today: date) -> _Line | None:
    before = faults.total
    received = row.values.get("received", today)
    if received > today:
        faults.add(row.line, "received", f"{received} is still to come.")
    lot_number = row.values.get("lot", "")
    line = _Line(
        item_id=names.item(row, faults),
        owner_id=names.owner(row, faults),
        place_id=names.place(row, faults),
        lot_number=lot_number,
        expiry=row.values.get("expiry"),
        layer="" if lot_number else str(uuid5(request_id, str(row.line))),
        quantity=row.values.get("quantity", 0),
        received_on=received,
        unit_cost=row.values.get("unit_cost"),
    )
    return line if row.is_sound and faults.total == before else None


def _refuse_repeated(session: Session, request_id: UUID, zone: tzinfo) -> None:
    statement = (
        sa.select(Movement.recorded_at, Person.display_name)
        .join(Person, Person.id == Movement.actor_id)
        .where(Movement.request_id == request_id)
        .limit(1)
    )
    found = session.execute(statement).one_or_none()
    if found is not None:
        day = found[0].astimezone(zone).date()
        raise Conflict(
            f"This file was imported already on {day} by {found[1]}; a second time would double the stock.",
            code="imported_already",
        )


def _open_lot(session: Session, line: _Line) -> int:
    return lots.open_lot(
        session,
        item_id=line.item_id,
        owner_id=line.owner_id,
        lot_number=line.lot_number,
        expiry=line.expiry,
        layer=line.layer,
        received_on=line.received_on,
        unit_cost=line.unit_cost,
    )


def _post(
    session: Session,
    lines: list[_Line],
    opened: dict[tuple[int, int, str, str, str], int],
    request_id: UUID,
    actor_id: int,
    now: datetime,
) -> None:
    if not lines:
        return
    variance = session.scalars(sa.select(Location.id).where(Location.kind == LocationKind.variance)).one()
    postings = [
        Posting(
            MovementKind.adjustment,
            line.item_id,
            opened[line.lot_key],
            variance,
            line.place_id,
            line.quantity,
            LotKnown.chosen if line.lot_number else LotKnown.assumed,
            line.unit_cost,
        )
        for line in lines
    ]
    act = Act(request_id=request_id, actor_id=actor_id, occurred_at=now, recorded_at=now, reason=REASON)
    ledger.post(session, act, postings, physical=ledger.physical_ids(session))
