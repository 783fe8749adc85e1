"""Take-sheets for a power cut: a set is made once a week, written on by hand, and each line scans back in.

What a line comes to is decided by `scans.handle_scan` like any other scan; nothing here moves stock.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time
from itertools import groupby
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from sqlalchemy.orm import Session

from supply.audit import chain
from supply.barcodes.house_code import ITEM, TAKE_LINE, encode, parse_house_code
from supply.db import table_of
from supply.errors import Invalid, NotFound
from supply.stations.downtime_models import DowntimeLine, DowntimeSheet
from supply.stations.models import ScanRecord
from supply.stock.models import Balance, Item, Location

NOON = time(12)  # only the day is written: its middle; `scans` takes what lies ahead as now
KEPT_SHEETS = 8  # older sets cannot be scanned back: a scan may lie 90 days back at most
_S, _L = table_of(DowntimeSheet).c, table_of(DowntimeLine).c
_B, _I, _P = table_of(Balance).c, table_of(Item).c, table_of(Location).c


@dataclass(frozen=True)
class TakeLine:
    """One line as it was printed; `on_hand` in base units when the set was made."""

    id: int
    sheet_id: int
    sku: str
    name: str
    unit: str
    item_id: int
    location: str
    place: str
    on_hand: int

    @property
    def barcode(self) -> str:
        """What stands on the line in bars."""
        return encode(TAKE_LINE, self.id)


@dataclass(frozen=True)
class SheetLine:
    """One set of sheets: when it was made, when printed, how many lines, and how many scans were entered from it."""

    id: int
    made_at: datetime
    printed_at: datetime | None
    lines: int
    entered: int


def make_sheet(session: Session, *, actor_id: int, now: datetime) -> DowntimeSheet:
    """A new set with every item that stands at a place, or stood there. Raises Invalid for none."""
    lines = [
        {"location_id": row.location_id, "item_id": row.item_id, "on_hand": row.on_hand}
        for row in session.execute(_standing())
    ]
    if not lines:
        raise Invalid("Nothing stands on any shelf yet, so there is nothing to print. Receive something first.")
    sheet = DowntimeSheet(made_at=now, made_by_id=actor_id)
    session.add(sheet)
    session.flush()
    session.execute(sa.insert(DowntimeLine), [{**line, "sheet_id": sheet.id} for line in lines])
    _forget_old(session)
    chain.record(
        session,
        at=now,
        actor_id=actor_id,
        action="downtime.make",
        subject=f"take-sheets {sheet.id}",
        details={"lines": len(lines)},
    )
    return sheet


def is_anything_standing(session: Session) -> bool:
    """Whether there is anything to put on a sheet."""
    return session.execute(_standing().limit(1)).first() is not None


def note_printed(session: Session, *, sheet_id: int, now: datetime) -> None:
    """The set was fetched for printing; the first time counts."""
    session.execute(
        sa.update(DowntimeSheet)
        .where(DowntimeSheet.id == sheet_id, DowntimeSheet.printed_at.is_(None))
        .values(printed_at=now)
    )


def sheets(session: Session) -> list[SheetLine]:
    """The sets that scan back, newest first."""
    lines = sa.select(sa.func.count()).where(_L.sheet_id == _S.id).scalar_subquery()
    entered = (
        sa.select(sa.func.count())
        .select_from(ScanRecord)
        .where(ScanRecord.station == sa.literal("take-sheet ") + sa.cast(_S.id, sa.String))
        .scalar_subquery()
    )
    rows = session.execute(sa.select(_S.id, _S.made_at, _S.printed_at, lines, entered).order_by(_S.id.desc()))
    return [SheetLine(*row) for row in rows]


def latest_sheet(session: Session) -> SheetLine | None:
    """The newest set; None before the first."""
    return next(iter(sheets(session)), None)


def places_of(session: Session, sheet_id: int) -> list[tuple[str, list[TakeLine]]]:
    """The lines of a set by place, as they are printed. Raises NotFound."""
    found = list(_lines(session, _L.sheet_id == sheet_id))
    if not found:
        raise NotFound("There is no such set of take-sheets, or it is too old.")
    return [(place, list(lines)) for place, lines in groupby(found, lambda line: line.place)]


def line_of(session: Session, barcode: str) -> TakeLine:
    """The line of a scanned code. Raises Invalid for another code, NotFound for a line that was forgotten."""
    read = parse_house_code(barcode.strip(), barcode.strip(), symbology=None)
    if read is None or read.house_kind != TAKE_LINE:
        raise Invalid("This is no line of a take-sheet. Scan the bars beside the item on the sheet.")
    return line_by_id(session, int(read.house_value or 0))


def line_by_id(session: Session, line_id: int) -> TakeLine:
    """The line of that number. Raises NotFound."""
    found = next(_lines(session, _L.id == line_id), None)
    if found is None:
        raise NotFound("This take-sheet is too old to be scanned back. Enter its lines at the kiosk instead.")
    return found


def take_body(
    line: TakeLine,
    *,
    request_id: UUID,
    quantity: int,
    day: date,
    zone: ZoneInfo,
    person: str,
    lot: str,
) -> dict[str, Any]:
    """The scan request that a written line stands for: so many taken at that place, at that day, by that person."""
    moment = datetime.combine(day, NOON, zone)
    return {
        "request_id": str(request_id),
        "barcode": encode(ITEM, line.item_id),
        "action": "use",
        "quantity": quantity,
        "location": line.location,
        "occurred_at": moment.isoformat(),
        "claimed_by": person,
        "station": f"take-sheet {line.sheet_id}",
        **({"lot": lot} if lot else {}),
    }


def _standing() -> sa.Select[tuple[int, int, int]]:
    return (
        sa.select(_B.location_id, _B.item_id, sa.func.sum(_B.quantity).label("on_hand"))
        .join(table_of(Item), _I.id == _B.item_id)
        .join(table_of(Location), _P.id == _B.location_id)
        .where(_I.is_active, _P.is_active)
        .group_by(_B.location_id, _B.item_id, _P.name, _I.name)
        .order_by(sa.func.lower(_P.name), _B.location_id, sa.func.lower(_I.name), _B.item_id)
    )


def _lines(session: Session, which: sa.ColumnElement[bool]) -> Iterator[TakeLine]:
    statement = (
        sa.select(_L.id, _L.sheet_id, _I.sku, _I.name, _I.unit, _L.item_id, _P.code, _P.name, _L.on_hand)
        .join(table_of(Item), _I.id == _L.item_id)
        .join(table_of(Location), _P.id == _L.location_id)
        .where(which)
        .order_by(_L.id)
    )
    return (TakeLine(*row) for row in session.execute(statement))


def _forget_old(session: Session) -> None:
    newest = sa.select(_S.id).order_by(_S.id.desc()).limit(KEPT_SHEETS).scalar_subquery()
    kept = list(session.scalars(sa.select(_S.id).where(_S.id.in_(newest))))
    session.execute(sa.delete(DowntimeLine).where(DowntimeLine.sheet_id.not_in(kept)))
    session.execute(sa.delete(DowntimeSheet).where(DowntimeSheet.id.not_in(kept)))
