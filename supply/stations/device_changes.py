"""Devices as an administrator changes them: add, change, switch off, take away, bring back. Each goes to the trail.

A device that is taken away keeps its row, because print jobs and the trail name it; only its name becomes free.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from supply.audit import chain
from supply.errors import Conflict, Invalid, NotFound
from supply.staff.permissions import Action, Actor, require
from supply.stations import sessions
from supply.stations.models import Device, Station

LONGEST_NAME = 60
PLACES = ("server", "agent")


@dataclass(frozen=True)
class DevicePlan:
    """What a device is to be: its name, station, driver with settings, and which machine opens it."""

    name: str
    station: str
    driver: str
    settings: Mapping[str, Any]
    runs_at: str = "server"


def device_by_id(session: Session, device_id: int) -> Device:
    """A device that was not taken away. Raises NotFound."""
    row = session.get(Device, device_id) if device_id < 2**31 else None
    if row is None or row.removed_at is not None:
        raise NotFound("There is no such device. It may have been taken away.")
    return row


def plan_of(session: Session, row: Device) -> DevicePlan:
    """The device as it is now."""
    station = session.get_one(Station, row.station_id)
    return DevicePlan(row.name, station.code, row.driver, json.loads(row.settings), row.runs_at)


def add(session: Session, plan: DevicePlan, *, by: Actor, now: datetime) -> Device:
    """Give a station a device. Raises NotAllowed, Invalid (name), NotFound (station), Conflict (name taken)."""
    _check(session, plan, by)
    station = sessions.find_station(session, plan.station)
    row = sessions.add_device(
        session,
        station=station,
        name=plan.name,
        driver=plan.driver,
        settings=dict(plan.settings),
        actor_id=by.person_id,
        now=now,
    )
    row.runs_at = plan.runs_at
    session.flush()
    return row


def change(session: Session, plan: DevicePlan, *, device_id: int, by: Actor, now: datetime) -> DevicePlan:
    """Make the device what the plan says; gives what it was before. Raises as `add` does."""
    row = device_by_id(session, device_id)
    before = plan_of(session, row)
    _check(session, plan, by, own_id=row.id)
    row.name, row.driver, row.runs_at = plan.name, plan.driver, plan.runs_at
    row.station_id = sessions.find_station(session, plan.station).id
    row.settings = json.dumps(dict(plan.settings), sort_keys=True)
    row.state, row.state_words = "closed", ""  # what was seen was seen of the old settings
    session.flush()
    details = {"before": _detail(before), "after": _detail(plan)}
    _note(session, "device.change", row, details, by, now)
    return before


def switch(session: Session, *, device_id: int, is_on: bool, by: Actor, now: datetime) -> Device:
    """Let the device be used or not; said again, it changes nothing. Raises NotAllowed, NotFound."""
    require(by, Action.administer)
    row = device_by_id(session, device_id)
    if row.is_active != is_on:
        row.is_active, row.state, row.state_words = is_on, "closed", ""
        session.flush()
        _note(session, "device.on" if is_on else "device.off", row, {}, by, now)
    return row


def remove(session: Session, *, device_id: int, by: Actor, now: datetime) -> Device:
    """Take the device away. Raises NotAllowed, NotFound."""
    require(by, Action.administer)
    row = device_by_id(session, device_id)
    row.is_active, row.removed_at, row.state, row.state_words = False, now, "closed", ""
    session.flush()
    _note(session, "device.remove", row, {}, by, now)
    return row


def bring_back(session: Session, *, device_id: int, by: Actor, now: datetime) -> Device:
    """Undo taking away. Raises NotAllowed, NotFound, Conflict (its name has been given to another)."""
    require(by, Action.administer)
    row = session.get(Device, device_id) if device_id < 2**31 else None
    if row is None:
        raise NotFound("There is no such device.")
    if row.removed_at is not None:
        row.removed_at, row.is_active = None, True
        session.flush()
        _note(session, "device.restore", row, {}, by, now)
    return row


def _check(session: Session, plan: DevicePlan, by: Actor, own_id: int | None = None) -> None:
    require(by, Action.administer)
    if not plan.name or len(plan.name) > LONGEST_NAME or not plan.name.isprintable() or "/" in plan.name:
        raise Invalid(
            f"A device's name has 1 to {LONGEST_NAME} characters that can be shown, without /.", code="bad_name"
        )
    if plan.runs_at not in PLACES:
        raise Invalid(f"A device runs at the {' or the '.join(PLACES)}.", code="bad_field")
    other = session.scalar(sa.select(Device).where(Device.name == plan.name, Device.id != (own_id or 0)))
    if other is None:
        return
    if other.removed_at is None:
        raise Conflict(f"There is already a device {plan.name}. Choose another name.", code="device_exists")
    other.name = f"{plan.name[:40]} (removed {other.id})"
    session.flush()


def _detail(plan: DevicePlan) -> dict[str, Any]:
    return {"name": plan.name, "station": plan.station, "driver": plan.driver, "settings": dict(plan.settings)}


def _note(session: Session, action: str, row: Device, details: dict[str, Any], by: Actor, now: datetime) -> None:
    chain.record(session, at=now, actor_id=by.person_id, action=action, subject=f"device {row.name}", details=details)
