"""Scans as lists show them, with their stored answers: all, open, settled, of one station or one delivery.

Reads only; what is done about a scan is in `settling`.
"""

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from supply.db import table_of
from supply.errors import NotFound
from supply.staff.models import Person
from supply.stations.models import ScanRecord
from supply.stock.models import Item

NEEDS = ("unresolved", "discrepancy", "exception")
OPEN = "open"  # any of them
CLAIMED = "claimed"  # only a name said whose it is
LOOKED_AT = 5_000  # records looked through for one page of settled scans, which are few among all
DELIVERY_SCANS = 2_000

_R, _I = table_of(ScanRecord).c, table_of(Item).c


@dataclass(frozen=True)
class ScanLine:
    """One scan with its stored answer; `barcode` has every control character spelled out.

    `needs` says what a person must or had to look at; `actor` is that person's sign-in name, `who` the one shown.
    """

    id: int
    request_id: UUID
    action: str | None
    barcode: str
    station: str | None
    actor_id: int
    actor: str
    who: str
    sender_id: int
    sku: str | None
    name: str | None
    unit: str | None
    outcome: str
    status: int
    body: dict[str, Any]
    answer: dict[str, Any]
    shortfall: int
    is_offline: bool
    exception: str | None
    needs: str | None
    occurred_at: datetime
    recorded_at: datetime
    settled_at: datetime | None
    settled_by: str | None
    settlement: str | None
    undone_at: datetime | None
    claim: str | None = None

    @property
    def moved(self) -> list[dict[str, Any]]:
        """The movements it posted, as its answer has them."""
        rows: list[dict[str, Any]] = self.answer.get("movements", [])
        return rows

    @property
    def open_needs(self) -> str | None:
        """What a person must still look at; None again once that is settled."""
        return self.needs if self.settled_at is None else None


@dataclass(frozen=True)
class ScanPage:
    """Lines, newest first, and the id to go on before; None at the end."""

    lines: tuple[ScanLine, ...]
    next_before: int | None


def unsettled_counts(session: Session) -> dict[str, int]:
    """How many scans wait for a person, by what they need."""
    rows = session.execute(sa.select(_R.needs, sa.func.count()).where(*_open()).group_by(_R.needs))
    return dict.fromkeys(NEEDS, 0) | {needs: int(count) for needs, count in rows}


def claimed_count(session: Session, *, actor_id: int | None = None) -> int:
    """How many scans wait for a word whose they were: of everybody, or those in the name of one person."""
    statement = sa.select(sa.func.count()).select_from(table_of(ScanRecord)).where(_R.claim == "open")
    if actor_id is not None:
        statement = statement.where(_R.actor_id == actor_id)
    return session.scalar(statement) or 0


def scan_lines(
    session: Session,
    *,
    needs: str | None = None,
    actor_id: int | None = None,
    station: str | None = None,
    before: int | None = None,
    limit: int = 50,
) -> tuple[ScanLine, ...]:
    """Scans, newest first. `needs` is one of NEEDS, `open` for all that a person must still settle, or `claimed`."""
    statement = _lines().order_by(_R.id.desc()).limit(limit)
    if needs == CLAIMED:
        statement = statement.where(_R.claim == "open")
    elif needs is not None:
        statement = statement.where(*_open(), *([] if needs == OPEN else [_R.needs == needs]))
    if actor_id is not None:
        statement = statement.where(_R.actor_id == actor_id)
    if station is not None:
        statement = statement.where(_R.station == station)
    if before is not None:
        statement = statement.where(_R.id < before)
    return _read(session, statement)


def scans_after(session: Session, *, station: str, after: int, limit: int) -> tuple[ScanLine, ...]:
    """The scans of a station after scan number `after`, oldest first."""
    return _read(session, _lines().where(_R.station == station, _R.id > after).order_by(_R.id).limit(limit))


def unsettled(session: Session, *, needs: str, before: int | None = None, limit: int = 50) -> ScanPage:
    """Scans that wait for a person, newest first."""
    lines = scan_lines(session, needs=needs, before=before, limit=limit + 1)
    return ScanPage(lines[:limit], lines[limit - 1].id if len(lines) > limit else None)


def settled(session: Session, *, before: int | None = None, limit: int = 50) -> ScanPage:
    """Scans that a person settled, newest scan first; looks through at most `LOOKED_AT` records for one page."""
    window = sa.select(_R.id).order_by(_R.id.desc()).limit(LOOKED_AT)
    if before is not None:
        window = window.where(_R.id < before)
    seen = window.subquery()
    least, count = session.execute(sa.select(sa.func.min(seen.c.id), sa.func.count()).select_from(seen)).one()
    if least is None:
        return ScanPage((), None)
    statement = _lines().where(_R.id >= least, _R.settled_at.is_not(None))
    statement = statement.where(_R.id < before) if before is not None else statement
    lines = _read(session, statement.order_by(_R.id.desc()).limit(limit + 1))
    if len(lines) > limit:
        return ScanPage(lines[:limit], lines[limit - 1].id)
    return ScanPage(lines, least if count == LOOKED_AT else None)


def scan_line(session: Session, request_id: UUID) -> ScanLine:
    """One scan. Raises NotFound."""
    lines = _read(session, _lines().where(_R.request_id == request_id))
    if not lines:
        raise NotFound("There is no scan with that request_id.")
    return lines[0]


def latest_scan_id(session: Session, *, station: str | None = None) -> int:
    """The number of the newest scan, of one station or of all; 0 when there is none."""
    latest = sa.select(sa.func.max(_R.id))
    return int(session.scalar(latest if station is None else latest.where(_R.station == station)) or 0)


def receipts_of(session: Session, *, actor_id: int, reason: str, after: int) -> tuple[ScanLine, ...]:
    """What this person scanned in for this reason since scan number `after`, newest first, at most 2,000."""
    statement = _lines().where(_R.actor_id == actor_id, _R.id > after, _R.action == "receive")
    lines = _read(session, statement.order_by(_R.id.desc()).limit(DELIVERY_SCANS))
    return tuple(line for line in lines if line.body.get("reason") == reason)


def _open() -> tuple[sa.ColumnElement[bool], ...]:
    return _R.needs.is_not(None), _R.settled_at.is_(None)


def _lines() -> sa.Select[Any]:
    person, settler = table_of(Person).alias("person"), table_of(Person).alias("settler")
    return (
        sa.select(
            _R.id,
            _R.request_id,
            _R.action,
            _R.barcode,
            _R.station,
            _R.actor_id,
            person.c.name.label("actor"),
            person.c.display_name.label("who"),
            _R.sender_id,
            _I.sku,
            _I.name,
            _I.unit,
            _R.outcome,
            _R.status,
            _R.body,
            _R.answer,
            _R.shortfall,
            _R.offline.label("is_offline"),
            _R.exception,
            _R.needs,
            _R.occurred_at,
            _R.recorded_at,
            _R.settled_at,
            settler.c.display_name.label("settled_by"),
            _R.settlement,
            _R.undone_at,
            _R.claim,
        )
        .select_from(table_of(ScanRecord))
        .join(person, person.c.id == _R.actor_id)
        .outerjoin(settler, settler.c.id == _R.settled_by_id)
        .outerjoin(table_of(Item), _I.id == _R.item_id)
    )


def _read(session: Session, statement: sa.Select[Any]) -> tuple[ScanLine, ...]:
    return tuple(
        ScanLine(**{**row._mapping, "body": json.loads(row.body), "answer": json.loads(row.answer)})
        for row in session.execute(statement)
    )
