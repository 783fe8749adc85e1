"""Scans by the devices of a station: who is signed on there is their person, and the station's mode is what they do."""

import json
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from supply.errors import Conflict, NotFound
from supply.staff import people
from supply.staff.permissions import Action, Actor, Level, allowed
from supply.stations import sessions
from supply.stations.fields import ScanRules, escaped
from supply.stations.models import Device, ScanRecord, Station, StationSession
from supply.stations.scans import Stored, handle_scan
from supply.stations.serial_commands import at_station


@dataclass(frozen=True)
class StationDevice:
    """A device that somebody should run: the server's worker, or an agent on the machine it is plugged into.

    `profile` is what its set-up learned of a scanner; the driver is given it beside the settings.
    """

    id: int
    name: str
    driver: str
    settings: dict[str, Any]
    station_id: int
    station: str
    runs_at: str = "server"
    profile: dict[str, Any] = field(default_factory=dict)


def devices_to_run(session: Session) -> list[StationDevice]:
    """Every active device of every active station, wherever it runs."""
    return [_device(row, code) for row, code in session.execute(_ACTIVE)]


def devices_of_agent(session: Session, station: str) -> list[StationDevice]:
    """The active devices that an agent at that station opens."""
    rows = session.execute(_ACTIVE.where(Station.code == station, Device.runs_at == "agent"))
    return [_device(row, code) for row, code in rows]


_ACTIVE = (
    sa.select(Device, Station.code)
    .join(Station, Station.id == Device.station_id)
    .where(Device.is_active, Station.is_active)
    .order_by(Device.id)
)


def _device(row: Device, code: str) -> StationDevice:
    settings, profile = json.loads(row.settings), json.loads(row.profile or "{}")
    return StationDevice(row.id, row.name, row.driver, settings, row.station_id, code, row.runs_at, profile)


def scan_entry(
    session: Session,
    *,
    device: StationDevice,
    request_id: UUID,
    raw: str,
    read_at: datetime,
    now: datetime,
    idle_minutes: int,
    mode_idle_minutes: int = sessions.MODE_IDLE_MINUTES,
) -> dict[str, Any]:
    """The request that a device's read makes, with its person, JSON-ready: fixed once, sent until answered.

    `now` is the moment for which it is judged who was signed on: whoever came to the station later did not scan it.
    """
    found = _signed_on(session, device.station_id, now, idle_minutes, mode_idle_minutes)
    mode = found.mode if found else session.get_one(Station, device.station_id).mode
    body = {
        "request_id": str(request_id),
        "barcode": raw,
        "action": mode,
        "station": device.station,
        "occurred_at": read_at.isoformat(),
        **(found.carried if found else {}),
    }
    return {
        "person_id": found.actor.person_id if found else None,
        "granted": sorted(one.value for one in found.actor.granted) if found and found.actor.granted else None,
        "station_id": device.station_id,
        "device_id": device.id,
        "body": body,
    }


def _signed_on(
    session: Session, station_id: int, at: datetime, idle_minutes: int, mode_idle_minutes: int
) -> sessions.SignedOn | None:
    began = session.scalar(sa.select(StationSession.signed_on_at).where(StationSession.station_id == station_id))
    if began is None or began > at:
        return None
    return sessions.signed_on(
        session, station_id=station_id, now=at, idle_minutes=idle_minutes, mode_idle_minutes=mode_idle_minutes
    )


def handle_entry(session: Session, *, entry: dict[str, Any], now: datetime, rules: ScanRules) -> Stored:
    """Record what a device read. With nobody signed on it is stored as refused: nothing scanned vanishes."""
    sender = _person(session, entry["person_id"], entry.get("granted"))
    act = at_station(session, entry=entry, person=sender, now=now, rules=rules)
    stored = handle_scan(session, body=entry["body"], sender=sender, now=now, rules=rules, instead=act)
    occurred_at = entry["body"].get("occurred_at")
    read_at = datetime.fromisoformat(occurred_at) if occurred_at else now
    if entry["person_id"] is not None:
        _seen(session, entry["station_id"], entry["person_id"], min(read_at, now))
    if "device_id" in entry:
        _note_activity(session, entry["device_id"], read_at)
    return stored


def record_agent_read(
    session: Session,
    *,
    station: str,
    device: str,
    request_id: UUID,
    raw: str,
    read_at: datetime,
    now: datetime,
    idle_minutes: int,
    rules: ScanRules,
    mode_idle_minutes: int = sessions.MODE_IDLE_MINUTES,
) -> Stored:
    """Record what an agent's device read, once for each `request_id`: whoever was signed on at `read_at` did it.

    The same read again gets the stored answer, whoever is signed on by now. A device that was switched off or taken
    away since it read still counts. Raises NotFound (another station's device, or none), Conflict (key_reused).
    """
    found = agent_device(session, station, device)
    stored = _answered_before(session, request_id, station, raw)
    if stored is not None:
        return stored
    entry = scan_entry(
        session,
        device=found,
        request_id=request_id,
        raw=raw,
        read_at=read_at,
        now=read_at,
        idle_minutes=idle_minutes,
        mode_idle_minutes=mode_idle_minutes,
    )
    try:
        return handle_entry(session, entry=entry, now=now, rules=rules)
    except Conflict:
        # Two deliveries of one read at the same moment: the other one was stored between our look and our claim.
        stored = _answered_before(session, request_id, station, raw)
        if stored is None:
            raise
        return stored


def note_agent_device(
    session: Session, *, station: str, device: str, state: str, words: str, last_activity_at: datetime | None
) -> None:
    """What an agent sees of its device. Raises NotFound."""
    found = agent_device(session, station, device)
    note_device_state(session, device_id=found.id, state=state, words=words, last_activity_at=last_activity_at)


def agent_device(session: Session, station: str, name: str, *, is_active: bool = False) -> StationDevice:
    """The device of that name at that station's agent; with `is_active` only one switched on. Raises NotFound."""
    statement = sa.select(Device, Station.code).join(Station, Station.id == Device.station_id)
    statement = statement.where(Device.name == name, Station.code == station, Device.runs_at == "agent")
    statement = statement.where(Device.is_active, Station.is_active) if is_active else statement
    row = session.execute(statement).one_or_none()
    if row is None:
        raise NotFound(f"The station {station} has no device {name!r} that an agent runs.", code="device_unknown")
    return _device(row[0], row[1])


def _answered_before(session: Session, request_id: UUID, station: str, raw: str) -> Stored | None:
    row = session.execute(
        sa.select(ScanRecord.station, ScanRecord.barcode, ScanRecord.status, ScanRecord.answer).where(
            ScanRecord.request_id == request_id
        )
    ).one_or_none()
    if row is None:
        return None
    if row.station != station or row.barcode != escaped(raw, 700):
        raise Conflict("This request_id was used for another scan. Make a new one for each scan.", code="key_reused")
    return Stored(200 if row.status == 201 else row.status, json.loads(row.answer), False)


def _seen(session: Session, station_id: int, person_id: int, at: datetime) -> None:
    """A scan keeps its person signed on; one that arrives late keeps nobody longer than it did when it was read."""
    session.execute(
        sa.update(StationSession)
        .where(
            StationSession.station_id == station_id, StationSession.person_id == person_id, StationSession.seen_at < at
        )
        .values(seen_at=at)
    )


def _note_activity(session: Session, device_id: int, at: datetime) -> None:
    session.execute(
        sa.update(Device)
        .where(Device.id == device_id, sa.or_(Device.last_activity_at.is_(None), Device.last_activity_at < at))
        .values(last_activity_at=at)
    )


def _person(session: Session, person_id: int | None, granted: list[str] | None = None) -> Actor:
    """Who was signed on when it was read; whoever a badge signed on, with what that sufficed for."""
    if person_id is None:
        return replace(people.local_actor(session), roles=frozenset())
    person = people.person_by_id(session, person_id)
    roles = frozenset() if person.disabled_at else person.roles
    if granted is not None:
        may = frozenset(Action(one) for one in granted if allowed(roles, Action(one)))
        return Actor(person.id, person.name, person.display_name, frozenset(), level=Level.badge, granted=may)
    return Actor(person.id, person.name, person.display_name, roles)


def note_device_state(
    session: Session, *, device_id: int, state: str, words: str, last_activity_at: datetime | None
) -> None:
    """What the worker sees of a device, for screens. Without a `last_activity_at` the one before stays."""
    seen = {} if last_activity_at is None else {"last_activity_at": last_activity_at}
    session.execute(
        sa.update(Device).where(Device.id == device_id).values(state=state, state_words=words[:300], **seen)
    )
