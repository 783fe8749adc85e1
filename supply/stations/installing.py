"""What a new database starts with: the built-in person, the office as owner, STOREROOM, virtual places, stations."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from supply.staff import people
from supply.staff.permissions import Actor
from supply.stations import sessions
from supply.stations.models import Station
from supply.stock import locations
from supply.stock.models import Location, OwnerKind
from supply.stock.owners import OFFICE, ensure_owner


@dataclass(frozen=True)
class StationPlan:
    """A station to make where there is none; `devices` are (name, driver, settings)."""

    code: str
    name: str
    location: str
    mode: str
    devices: Sequence[tuple[str, str, dict[str, Any]]] = field(default_factory=tuple)


def install(session: Session, *, stations: Sequence[StationPlan], now: datetime) -> Actor:
    """Make what is missing and nothing twice; returns the built-in person."""
    local = people.ensure_local(session, now=now)
    ensure_owner(session, code=OFFICE, name="The office", kind=OwnerKind.office)
    locations.ensure_virtual(session)
    if not session.scalar(sa.select(Location.id).where(Location.code == "STOREROOM")):
        locations.add_location(
            session, code="STOREROOM", name="Storeroom", parent_code=None, actor_id=local.person_id, now=now
        )
    for plan in stations:
        ensure_station(session, plan, actor_id=local.person_id, now=now)
    return local


def ensure_station(session: Session, plan: StationPlan, *, actor_id: int, now: datetime) -> None:
    """Make the station and its devices unless it is there already."""
    if session.scalar(sa.select(Station.id).where(Station.code == plan.code)):
        return
    station = sessions.add_station(
        session, code=plan.code, name=plan.name, location=plan.location, mode=plan.mode, actor_id=actor_id, now=now
    )
    for name, driver, settings in plan.devices:
        sessions.add_device(
            session, station=station, name=name, driver=driver, settings=settings, actor_id=actor_id, now=now
        )
