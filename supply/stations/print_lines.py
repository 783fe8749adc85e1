"""Print jobs as lists show them: what is on the label, at which printer, who asked for it, how far it got. Reads only.

What is done about a job is in `labels.print_jobs`.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from supply.db import table_of
from supply.errors import NotFound
from supply.labels.models import PrintJob, PrintState
from supply.staff.models import Person
from supply.stations.models import Device, Station

WAITING = (PrintState.queued, PrintState.sending)
NEEDING = (PrintState.unknown, PrintState.attention)
ENDED = (PrintState.printed, PrintState.cancelled)

_J, _D, _S, _W = table_of(PrintJob).c, table_of(Device).c, table_of(Station).c, table_of(Person).c


@dataclass(frozen=True)
class PrintLine:
    """One print job. `name` and `words` are of the thing; `printer` is a device's name, or the address of one.

    `state_words` says what is the matter, where something is; moments are UTC.
    """

    id: int
    request_id: UUID
    template: str
    subject: str
    name: str
    words: str
    code: str
    copies: int
    copies_printed: int
    printer: str
    station: str | None
    state: PrintState
    state_words: str
    next_try_at: datetime | None
    queued_at: datetime
    queued_by: str
    sent_at: datetime | None
    finished_at: datetime | None
    reprint_of: int | None

    @property
    def first(self) -> int:
        """The job to reprint, so that all reprints of a label hang on the first one."""
        return self.reprint_of or self.id

    @property
    def is_held_up(self) -> bool:
        """Whether it waits because something is the matter with its printer; seen to, it goes on by itself."""
        return self.state == PrintState.queued and bool(self.state_words)


def print_lines(
    session: Session,
    *,
    states: Collection[PrintState] | None = None,
    before: int | None = None,
    limit: int = 50,
) -> list[PrintLine]:
    """Print jobs, latest asked for first; `before` goes on behind a page."""
    statement = _lines().order_by(_J.id.desc()).limit(limit)
    if states is not None:
        statement = statement.where(_J.state.in_(states))
    if before is not None:
        statement = statement.where(_J.id < before)
    return [_line(row) for row in session.execute(statement)]


def print_line(session: Session, job_id: int) -> PrintLine:
    """One print job. Raises NotFound."""
    row = session.execute(_lines().where(_J.id == job_id)).one_or_none()
    if row is None:
        raise NotFound(f"There is no print job {job_id}.")
    return _line(row)


def is_asked(session: Session, request_id: UUID) -> bool:
    """Whether a label was asked for under this key already."""
    return session.scalar(sa.select(_J.id).where(_J.request_id == request_id)) is not None


def lines_of_requests(session: Session, request_ids: Collection[UUID]) -> dict[UUID, PrintLine]:
    """The print jobs that were asked for under these keys, each with its latest reprint in its place."""
    wanted = set(request_ids)
    if not wanted:
        return {}
    found = {row.id: _line(row) for row in session.execute(_lines().where(_J.request_id.in_(wanted)))}
    subjects = {line.subject for line in found.values()}  # for its index
    again = _lines().where(_J.subject.in_(subjects), _J.reprint_of_id.in_(found)).order_by(_J.id)
    latest = {row.reprint_of_id: _line(row) for row in session.execute(again)} if found else {}
    return {line.request_id: latest.get(line.id, line) for line in found.values()}


def told(payload: Mapping[str, Any]) -> tuple[str, str]:
    """The name on a label and the words that tell it apart from others of that name.

    >>> told({"template": "lot", "name": "Gloves", "lot_number": "A1", "expiry": "2027-MAY-31"})
    ('Gloves', 'Lot A1, 2027-MAY-31')
    >>> told({"template": "hold", "name": "Gloves", "lot_number": "A1", "word": "RECALLED"})
    ('Gloves', 'RECALLED, Lot A1')
    """
    kind = payload.get("template")
    if kind == "forgotten":
        return "A badge", "what stood on it is not kept"
    if kind == "container":
        return f"Container {payload.get('number', '')}", str(payload.get("stream", ""))
    if kind == "command":
        return str(payload.get("words", "")), str(payload.get("group", ""))
    name, lot = str(payload.get("name", "")), payload.get("lot_number")
    number = f"Lot {lot}" if lot else "No lot number"
    said = {
        "location": (payload.get("code"),),
        "station": (payload.get("code"),),
        "badge": (payload.get("words"),),
        "lot": (number, payload.get("expiry")),
        "opened": (number, f"use by {payload.get('use_by', '')}"),
        "hold": (payload.get("word"), number),
    }.get(str(kind), (payload.get("sku"),))
    return name, ", ".join(str(part) for part in said if part)


def _lines() -> sa.Select[Any]:
    joined = (
        sa.join(table_of(PrintJob), table_of(Person), _W.id == _J.queued_by_id)
        .outerjoin(table_of(Device), _D.id == _J.device_id)
        .outerjoin(table_of(Station), _S.id == _D.station_id)
    )
    named = (_D.name.label("device"), _S.name.label("station"), _W.display_name.label("queued_by"))
    return sa.select(table_of(PrintJob), *named).select_from(joined)


def _line(row: Any) -> PrintLine:
    name, words = told(row.payload)
    return PrintLine(
        id=row.id,
        request_id=row.request_id,
        template=row.template,
        subject=row.subject,
        name=name,
        words=words,
        code=str(row.payload.get("barcode", {}).get("human", "")),
        copies=row.copies,
        copies_printed=row.copies_printed,
        printer=row.device or row.address or "",
        station=row.station,
        state=row.state,
        state_words=row.state_words,
        next_try_at=row.next_try_at,
        queued_at=row.queued_at,
        queued_by=row.queued_by,
        sent_at=row.sent_at,
        finished_at=row.finished_at,
        reprint_of=row.reprint_of_id,
    )
