"""Stations and devices as lists show them: with the codes of their place and station. Reads only."""

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from supply.db import table_of
from supply.stations.models import Device, Station
from supply.stock.models import Location


@dataclass(frozen=True)
class StationLine:
    """One active station; `mode` is what a scan there does unless told otherwise."""

    id: int
    code: str
    name: str
    location: str
    mode: str


@dataclass(frozen=True)
class DeviceLine:
    """One active device with the state in which the worker last saw it."""

    id: int
    name: str
    station: str
    driver: str
    state: str
    state_words: str
    last_activity_at: datetime | None


def station_lines(session: Session) -> list[StationLine]:
    """Every active station."""
    s, p = table_of(Station).c, table_of(Location).c
    statement = sa.select(s.id, s.code, s.name, p.code, s.mode).join(table_of(Location), p.id == s.location_id)
    return [StationLine(*row) for row in session.execute(statement.where(s.is_active).order_by(s.id))]


def device_lines(session: Session) -> list[DeviceLine]:
    """Every active device."""
    d, s = table_of(Device).c, table_of(Station).c
    statement = sa.select(d.id, d.name, s.code, d.driver, d.state, d.state_words, d.last_activity_at)
    statement = statement.join(table_of(Station), s.id == d.station_id).where(d.is_active).order_by(d.id)
    return [DeviceLine(*row) for row in session.execute(statement)]
