"""Who is signed on at a station, in which mode; and the stations themselves. Proves nobody: `staff` does."""

import json
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from supply.audit import chain
from supply.db import insert_or_update, table_of
from supply.errors import Conflict, Invalid, NotFound
from supply.staff import people
from supply.staff.models import Badge
from supply.staff.permissions import Actor, Level, limited
from supply.stations.fields import ACTIONS
from supply.stations.models import Device, Station, StationSession
from supply.stock.locations import find_place
from supply.stock.models import Department, Location

MODE_IDLE_MINUTES = 3
DAY_OF = sa.select(Badge.is_day, Badge.valid_until, Badge.ended_at)


@dataclass(frozen=True)
class SignedOn:
    """Who works at a station now, what a scan there does, and the request's fields that it carries besides."""

    actor: Actor
    mode: str
    carried: dict[str, Any] = field(default_factory=dict)


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


def sign_on(
    session: Session,
    *,
    station: Station,
    actor: Actor,
    mode: str | None,
    now: datetime,
    proof: tuple[int | None, datetime | None] = (None, None),
) -> None:
    """This person works at the station from now on, in the station's usual mode if none is named; said again, it keeps
    them there. At a change of mode or person nothing is carried over. `proof` is the badge that signed them on and
    until when its PIN counts. Raises Invalid (mode)."""
    mode = mode or station.mode
    if mode not in ACTIONS:
        raise Invalid(f"mode must be one of {', '.join(ACTIONS)}.", code="bad_field")
    before = session.get(StationSession, station.id, with_for_update=True)
    is_same = before is not None and before.person_id == actor.person_id
    fresh: dict[str, Any] = {"mode": mode, "mode_at": now, **_NOTHING_CARRIED}
    if is_same and before is not None and mode == before.mode:
        fresh = {"mode": before.mode}
    level = Level.password if actor.level is Level.password else Level.badge
    changes = {"level": level.value, "badge_id": proof[0], "pin_until": proof[1], "seen_at": now, **fresh}
    if not is_same:
        changes |= {"person_id": actor.person_id, "signed_on_at": now, "location_id": None, "department_id": None}
    table = table_of(StationSession)
    first = {"station_id": station.id, "person_id": actor.person_id, "signed_on_at": now, "mode": station.mode}
    statement = insert_or_update(session, table, keys=["station_id"], changes=lambda _new: changes)
    session.execute(statement, first | {"mode_at": now, **_NOTHING_CARRIED} | changes)
    if before is not None:
        session.expire(before)


_NOTHING_CARRIED: dict[str, Any] = {"quantity": 1, "to_location_id": None, "reason": None, "delivery": None}


def mode_at(session: Session, station: Station) -> str:
    """In which mode somebody is signed on there now; the station's usual for nobody."""
    mode = session.scalar(sa.select(StationSession.mode).where(StationSession.station_id == station.id))
    return mode or station.mode


def change(session: Session, *, station_id: int, now: datetime, **changes: Any) -> None:
    """Change what the station's next scans are: columns of StationSession. A change of mode drops what it carried."""
    if "mode" in changes:
        changes = _NOTHING_CARRIED | changes
    session.execute(
        sa.update(StationSession)
        .where(StationSession.station_id == station_id)
        .values(seen_at=now, mode_at=now, **changes)
    )


def sign_off(session: Session, *, station: Station) -> None:
    """Nobody works at the station any more."""
    session.execute(sa.delete(StationSession).where(StationSession.station_id == station.id))


def signed_on(
    session: Session, *, station_id: int, now: datetime, idle_minutes: int, mode_idle_minutes: int = MODE_IDLE_MINUTES
) -> SignedOn | None:
    """Who works at the station, unless idle for too long, disabled, signed off or with a badge that was ended.

    After `mode_idle_minutes` without a scan the station does its usual again.
    """
    row = session.get(StationSession, station_id, populate_existing=True)
    if row is None or row.seen_at < now - timedelta(minutes=idle_minutes):
        return None
    actor = _person_there(session, row, now)
    if actor is None:
        return None
    last = max(row.mode_at or row.signed_on_at, row.seen_at)
    if last < now - timedelta(minutes=mode_idle_minutes):
        return SignedOn(actor, session.get_one(Station, station_id).mode, _carried(session, row, with_mode=False))
    return SignedOn(actor, row.mode, _carried(session, row, with_mode=True))


def seen(session: Session, *, station_id: int, now: datetime) -> None:
    """A scan keeps its person signed on, and uses up the quantity that was said for it."""
    session.execute(
        sa.update(StationSession).where(StationSession.station_id == station_id).values(seen_at=now, quantity=1)
    )


def _person_there(session: Session, row: StationSession, now: datetime) -> Actor | None:
    person = people.person_by_id(session, row.person_id)
    if person.disabled_at is not None:
        return None
    actor = Actor(person.id, person.name, person.display_name, person.roles)
    if row.badge_id is None:
        return actor if row.level == Level.password else limited(actor, Level.badge)
    badge = session.execute(DAY_OF.where(Badge.id == row.badge_id)).one()
    if badge.ended_at is not None or (badge.valid_until is not None and now >= badge.valid_until):
        return None
    is_proven = row.pin_until is not None and now < row.pin_until
    return limited(actor, Level.pin if is_proven else Level.badge, is_day=badge.is_day)


def _carried(session: Session, row: StationSession, *, with_mode: bool) -> dict[str, Any]:
    """The fields of a request that the station's next scan has besides code and action."""
    codes = dict(
        session.execute(
            sa.select(Location.id, Location.code).where(Location.id.in_([row.location_id, row.to_location_id]))
        )
        .tuples()
        .all()
    )
    department = session.get(Department, row.department_id) if row.department_id else None
    fields: dict[str, Any] = {
        "location": codes.get(row.location_id or 0),
        "department": department.code if department else None,
    }
    if with_mode:
        fields |= {"quantity": row.quantity if row.quantity != 1 else None}
        fields |= {"to_location": codes.get(row.to_location_id or 0) if row.mode == "move" else None}
        fields |= {"reason": row.delivery if row.mode == "receive" else row.reason}
    return {name: value for name, value in fields.items() if value is not None}
