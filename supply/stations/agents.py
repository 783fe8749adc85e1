"""When the agents of stations were last heard of. Reads only; what is done about a silent one is not decided here."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

import sqlalchemy as sa
from sqlalchemy.orm import Session

from supply.db import table_of
from supply.stations.models import Device, Enrolment, Station

MISSED: Final = timedelta(minutes=2)  # an agent asks every 15 seconds, which is noted once a minute
_E, _S, _D = table_of(Enrolment).c, table_of(Station).c, table_of(Device).c


@dataclass(frozen=True)
class AgentHeard:
    """The agents of one station that runs devices by one: when any of them was last heard of; None for never."""

    station: str
    station_name: str
    enrolled_at: datetime
    heard_at: datetime | None

    @property
    def since(self) -> datetime:
        """From when on nothing was heard."""
        return max(self.heard_at, self.enrolled_at) if self.heard_at else self.enrolled_at

    def is_silent(self, now: datetime) -> bool:
        """Whether it missed its turn to speak."""
        return now - self.since > MISSED


def agents_heard(session: Session) -> dict[str, AgentHeard]:
    """By station, of the stations with an enrolled agent and a device for it that is switched on."""
    moment = _E.enrolled_at.type
    enrolled, heard = sa.func.max(_E.enrolled_at, type_=moment), sa.func.max(_E.seen_at, type_=moment)
    runs = sa.exists().where(
        _D.station_id == _S.id, _D.runs_at == "agent", _D.is_active, _D.removed_at.is_(None), _D.driver != "keyboard"
    )
    rows = session.execute(
        sa.select(_S.code, _S.name, enrolled, heard)
        .join_from(table_of(Enrolment), table_of(Station), _S.id == _E.station_id)
        .where(_E.kind == "agent", _E.revoked_at.is_(None), _S.is_active, runs)
        .group_by(_S.code, _S.name)
        .order_by(_S.code)
    )
    return {row[0]: AgentHeard(*row) for row in rows}
