"""Scans as lists show them: with the person's name and the stored answer. Reads only."""

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

NEEDS = ("unresolved", "discrepancy", "exception")
OPEN = "open"


@dataclass(frozen=True)
class ScanLine:
    """One scan; `needs` says what a person must still look at, and is empty again once that is settled."""

    id: int
    request_id: UUID
    barcode: str
    action: str | None
    actor_id: int
    sender_id: int
    actor: str
    station: str | None
    outcome: str
    status: int
    shortfall: int
    needs: str | None
    occurred_at: datetime
    recorded_at: datetime
    settled_at: datetime | None
    settlement: str | None
    undone_at: datetime | None
    answer: dict[str, Any]


_S, _P = table_of(ScanRecord).c, table_of(Person).c
_LINES = sa.select(
    _S.id,
    _S.request_id,
    _S.barcode,
    _S.action,
    _S.actor_id,
    _S.sender_id,
    _P.name,
    _S.station,
    _S.outcome,
    _S.status,
    _S.shortfall,
    sa.case((_S.settled_at.is_(None), _S.needs), else_=None),
    _S.occurred_at,
    _S.recorded_at,
    _S.settled_at,
    _S.settlement,
    _S.undone_at,
    _S.answer,
).join(table_of(Person), _P.id == _S.actor_id)


def scan_lines(
    session: Session,
    *,
    needs: str | None = None,
    actor_id: int | None = None,
    station: str | None = None,
    before_id: int = 0,
    limit: int = 50,
) -> list[ScanLine]:
    """Scans, latest first. `needs` is one of NEEDS, or `open` for all that a person must still settle."""
    statement = _LINES.order_by(_S.id.desc()).limit(limit)
    if needs is not None:
        statement = statement.where(_S.settled_at.is_(None))
        statement = statement.where(_S.needs.is_not(None) if needs == OPEN else _S.needs == needs)
    if actor_id is not None:
        statement = statement.where(_S.actor_id == actor_id)
    if station is not None:
        statement = statement.where(_S.station == station)
    if before_id:
        statement = statement.where(_S.id < before_id)
    return [_line(row) for row in session.execute(statement)]


def scan_line(session: Session, request_id: UUID) -> ScanLine:
    """One scan. Raises NotFound."""
    row = session.execute(_LINES.where(_S.request_id == request_id)).one_or_none()
    if row is None:
        raise NotFound("There is no scan with that request_id.")
    return _line(row)


def lines_after(session: Session, *, station: str, after_id: int, limit: int) -> list[ScanLine]:
    """The scans of a station after scan number `after_id`, oldest first."""
    statement = _LINES.where(_S.station == station, _S.id > after_id).order_by(_S.id).limit(limit)
    return [_line(row) for row in session.execute(statement)]


def _line(row: Any) -> ScanLine:
    return ScanLine(*(*row[:17], json.loads(row[17])))
