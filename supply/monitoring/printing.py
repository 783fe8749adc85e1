"""Labels that did not come out, or may not have: one alert for each printer, with what it said last."""

from collections.abc import Sequence
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session

from supply.alerts.audience import RECEIVER
from supply.alerts.book import Cause
from supply.db import table_of
from supply.labels.models import PrintJob, PrintState
from supply.monitoring.limits import Limits, When
from supply.stations.models import Device, Station

KINDS = ("printing",)
GONE = {"printing": "Every label is settled."}
LINK = "/labels/queue"
_J, _D, _T = table_of(PrintJob).c, table_of(Device).c, table_of(Station).c


@dataclass(frozen=True)
class Stuck:
    """The labels of one printer that wait for a person."""

    printer: str
    attention: int
    unknown: int
    words: str


def causes(session: Session, when: When, limits: Limits) -> list[Cause]:
    """Printers with labels that wait for a person."""
    return [stuck_cause(one) for one in _stuck(session)]


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
