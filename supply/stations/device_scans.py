"""Scans by the devices of a station: who is signed on there is their person, and the station's mode is what they do."""

import json
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from supply.staff import people
from supply.staff.permissions import Actor
from supply.stations import sessions
from supply.stations.fields import ScanRules
from supply.stations.models import Device, Station
from supply.stations.scans import Stored, handle_scan


@dataclass(frozen=True)
class StationDevice:
    """A device that a worker should run."""

    id: int
    name: str
    driver: str
    settings: dict[str, Any]
    station_id: int
    station: str


def devices_to_run(session: Session) -> list[StationDevice]:
    """Every active device of every active station."""
    statement = sa.select(Device, Station.code).join(Station, Station.id == Device.station_id)
    rows = session.execute(statement.where(Device.is_active, Station.is_active).order_by(Device.id))
    return [StationDevice(d.id, d.name, d.driver, json.loads(d.settings), d.station_id, code) for d, code in rows]


def scan_entry(
    session: Session,
    *,
    device: StationDevice,
    request_id: UUID,
    raw: str,
    read_at: datetime,
    now: datetime,
    idle_minutes: int,
) -> dict[str, Any]:
    """The request that a device's read makes, with its person, JSON-ready: fixed once, sent until answered."""
    found = sessions.signed_on(session, station_id=device.station_id, now=now, idle_minutes=idle_minutes)
    mode = found.mode if found else session.get_one(Station, device.station_id).mode
    body = {
        "request_id": str(request_id),
        "barcode": raw,
        "action": mode,
        "station": device.station,
        "occurred_at": read_at.isoformat(),
    }
    return {"person_id": found.actor.person_id if found else None, "station_id": device.station_id, "body": body}


def handle_entry(session: Session, *, entry: dict[str, Any], now: datetime, rules: ScanRules) -> Stored:
    """Record what a device read. With nobody signed on it is stored as refused: nothing scanned vanishes."""
    stored = handle_scan(session, body=entry["body"], sender=_person(session, entry["person_id"]), now=now, rules=rules)
    if entry["person_id"] is not None:
        sessions.seen(session, station_id=entry["station_id"], now=now)
    return stored


def _person(session: Session, person_id: int | None) -> Actor:
    if person_id is None:
        return replace(people.local_actor(session), roles=frozenset())
    person = people.person_by_id(session, person_id)
    roles = frozenset() if person.disabled_at else person.roles
    return Actor(person.id, person.name, person.display_name, roles)


def note_device_state(
    session: Session, *, device_id: int, state: str, words: str, last_activity_at: datetime | None
) -> None:
    """What the worker sees of a device, for screens. Without a `last_activity_at` the one before stays."""
    seen = {} if last_activity_at is None else {"last_activity_at": last_activity_at}
    session.execute(
        sa.update(Device).where(Device.id == device_id).values(state=state, state_words=words[:300], **seen)
    )
