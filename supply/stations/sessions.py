"""Who is signed on at a station, in which mode; and the stations themselves. Proves nobody: `staff` does."""

import json
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from supply.audit import chain
from supply.db import insert_or_update, table_of
from supply.errors import Conflict, Invalid, NotFound
from supply.staff import people
from supply.staff.permissions import Actor
from supply.stations.fields import ACTIONS
from supply.stations.models import Device, Station, StationSession
from supply.stock.locations import find_place


@dataclass(frozen=True)
class SignedOn:
    """Who works at a station now and what a scan there does."""

    actor: Actor
    mode: str


def find_station(session: Session, code: str) -> Station:
    """The station of that code. Raises NotFound."""
    row = session.scalar(sa.select(Station).where(Station.code == code, Station.is_active))
    if row is None:
        raise NotFound(f"There is no station {code!r}.")
    return row


def stations(session: Session) -> list[Station]:
    """Every active station, by code."""
    return list(session.scalars(sa.select(Station).where(Station.is_active).order_by(Station.code)))


def add_station(
    session: Session, *, code: str, name: str, location: str, mode: str, actor_id: int | None, now: datetime
) -> Station:
    """Add a station at a place. Raises Invalid (code, mode, place) or Conflict (code taken)."""
    if not code or len(code) > 40 or not code.replace("-", "").replace("_", "").isalnum():
        raise Invalid("A station's code has letters, digits, - and _ only.", code="bad_field")
    if mode not in ACTIONS:
        raise Invalid(f"mode must be one of {', '.join(ACTIONS)}.", code="bad_field")
    if session.scalar(sa.select(Station.id).where(Station.code == code)):
        raise Conflict(f"There is already a station {code}.", code="station_exists")
    row = Station(code=code, name=name or code, location_id=find_place(session, location).id, mode=mode)
    session.add(row)
    session.flush()
    chain.record(
        session, at=now, actor_id=actor_id, action="station.add", subject=f"station {code}", details={"place": location}
    )
    return row


def add_device(
    session: Session,
    *,
    station: Station,
    name: str,
    driver: str,
    settings: dict[str, Any],
    actor_id: int | None,
    now: datetime,
) -> Device:
    """Give a station a device. Raises Conflict (name taken)."""
    if session.scalar(sa.select(Device.id).where(Device.name == name)):
        raise Conflict(f"There is already a device {name}.", code="device_exists")
    row = Device(name=name, station_id=station.id, driver=driver, settings=json.dumps(settings, sort_keys=True))
    session.add(row)
    session.flush()
    chain.record(
        session, at=now, actor_id=actor_id, action="device.add", subject=f"device {name}", details={"driver": driver}
    )
    return row


def sign_on(session: Session, *, station: Station, actor: Actor, mode: str | None, now: datetime) -> None:
    """This person works at the station from now on; said again, it keeps them there. Raises Invalid (mode)."""
    mode = mode or station.mode
    if mode not in ACTIONS:
        raise Invalid(f"mode must be one of {', '.join(ACTIONS)}.", code="bad_field")
    table = table_of(StationSession)
    statement = insert_or_update(
        session,
        table,
        keys=["station_id"],
        changes=lambda new: {
            "person_id": new.person_id,
            "mode": new.mode,
            "seen_at": new.seen_at,
            "signed_on_at": sa.case((table.c.person_id == new.person_id, table.c.signed_on_at), else_=new.signed_on_at),
        },
    )
    values = {"station_id": station.id, "person_id": actor.person_id, "mode": mode, "signed_on_at": now, "seen_at": now}
    session.execute(statement, values)


def sign_off(session: Session, *, station: Station) -> None:
    """Nobody works at the station any more."""
    session.execute(sa.delete(StationSession).where(StationSession.station_id == station.id))


def signed_on(session: Session, *, station_id: int, now: datetime, idle_minutes: int) -> SignedOn | None:
    """Who works at the station, unless idle for too long, disabled or signed off."""
    row = session.get(StationSession, station_id)
    if row is None or row.seen_at < now - timedelta(minutes=idle_minutes):
        return None
    person = people.person_by_id(session, row.person_id)
    if person.disabled_at is not None:
        return None
    return SignedOn(Actor(person.id, person.name, person.display_name, person.roles), row.mode)


def seen(session: Session, *, station_id: int, now: datetime) -> None:
    """A scan keeps its person signed on."""
    session.execute(sa.update(StationSession).where(StationSession.station_id == station_id).values(seen_at=now))
