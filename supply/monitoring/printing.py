"""Labels that did not come out, or may not have, and printers that fail while labels wait: one alert each a printer."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from supply.alerts.audience import RECEIVER
from supply.alerts.book import Cause
from supply.db import table_of
from supply.labels.models import PrintJob, PrintState
from supply.monitoring.limits import Limits, When
from supply.stations.models import Device, Station

KINDS = ("printing", "printer")
GONE = {"printing": "Every label is settled.", "printer": "It prints again, or no label waits for it."}
FAILED = "failed"
LINK = "/labels/queue"
_J, _D, _T = table_of(PrintJob).c, table_of(Device).c, table_of(Station).c


@dataclass(frozen=True)
class Stuck:
    """The labels of one printer that wait for a person."""

    printer: str
    attention: int
    unknown: int
    words: str


@dataclass(frozen=True)
class Down:
    """A printer that fails, and the labels that have waited for it."""

    printer: str
    station: str
    waiting: int
    words: str


def causes(session: Session, when: When, limits: Limits) -> list[Cause]:
    """Printers with labels that wait for a person, and printers that fail while labels wait for them."""
    since = when.now - limits.device_down
    return [*(stuck_cause(one) for one in _stuck(session)), *(down_cause(one) for one in _down(session, since))]


def down_cause(down: Down) -> Cause:
    """What is to be said of a printer that labels wait for. PURE."""
    words = down.words.rstrip(". ") or f"{down.printer} does not answer"
    verb = "waits" if down.waiting == 1 else "wait"
    return Cause(
        kind="printer",
        subject=f"printer {down.printer} at {down.station}",
        severity="short",
        message=f"{_labels(down.waiting)} {verb} at {down.printer}, {down.station}: {words}.",
        link=LINK,
        role=RECEIVER,
        verb="See the labels",
        group_words="printers do not print",
        group_link=LINK,
    )


def stuck_cause(stuck: Stuck) -> Cause:
    """What is to be said of one printer. PURE."""
    waiting, perhaps = _labels(stuck.attention), _labels(stuck.unknown)
    said = []
    if stuck.attention:
        words = stuck.words.rstrip(". ")
        said.append(f"{waiting} at {stuck.printer} did not come out{f': {words}' if words else ''}.")
    if stuck.unknown:
        said.append(f"{perhaps} at {stuck.printer} may or may not have come out. Look, and say which.")
    return Cause(
        kind="printing",
        subject=f"printer {stuck.printer}",
        severity="soon",
        message=" ".join(said),
        link=LINK,
        role=RECEIVER,
        verb="See the labels",
        group_words="printers wait for somebody",
        group_link=LINK,
    )


def _labels(count: int) -> str:
    return f"{count:,} label{'' if count == 1 else 's'}"


def _stuck(session: Session) -> Sequence[Stuck]:
    def how_many(state: PrintState) -> sa.ColumnElement[int]:
        return sa.func.sum(sa.case((_J.state == state, 1), else_=0))

    latest = sa.func.max(sa.case((_J.state == PrintState.attention, _J.state_words), else_=""))
    place = sa.func.coalesce(_D.name + sa.literal(" at ") + _T.code, _J.address, "a printer")
    rows = session.execute(
        sa.select(place, how_many(PrintState.attention), how_many(PrintState.unknown), latest)
        .outerjoin(table_of(Device), _D.id == _J.device_id)
        .outerjoin(table_of(Station), _T.id == _D.station_id)
        .where(_J.state.in_([PrintState.attention, PrintState.unknown]))
        .group_by(place)
        .order_by(place)
    )
    return [Stuck(row[0], int(row[1]), int(row[2]), row[3]) for row in rows]


def _down(session: Session, since: datetime) -> list[Down]:
    """Printers that fail, with the labels that were queued at them by `since`."""
    rows = session.execute(
        sa.select(_D.name, _T.code, sa.func.count(), _D.state_words)
        .join_from(table_of(PrintJob), table_of(Device), _D.id == _J.device_id)
        .join(table_of(Station), _T.id == _D.station_id)
        .where(_J.state == PrintState.queued, _J.queued_at < since, _D.state == FAILED, _D.is_active)
        .group_by(_D.id, _D.name, _T.code, _D.state_words)
        .order_by(_D.name, _T.code)
    )
    return [Down(*row) for row in rows.tuples()]
