"""Devices and stations as their pages show them: state in a word and a shape, what was last seen, what was last tried.

Reads only.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

import sqlalchemy as sa
from sqlalchemy.orm import Session

from supply.staff.models import Person
from supply.stations.agents import AgentHeard, agents_heard
from supply.stations.device_kinds import DeviceKind, kind_of
from supply.stations.models import Device, Station, StationSession, WorkRequest
from supply.stations.work_requests import DEVICE_TEST, result_of
from supply.stock.models import Location

# the state of a device: kind of sign, word, whether it wants somebody
SIGNS: Final = {
    "open": ("ok", "Ready", False),
    "opening": ("waiting", "Opening", False),
    "reconnecting": ("short", "Away", True),
    "failed": ("stop", "Not working", True),
    "closed": ("note", "Not looked at yet", False),
    "off": ("closed", "Switched off", False),
    "silent": ("short", "No word", True),
    "types": ("note", "Types into its screen", False),
}


@dataclass(frozen=True)
class Trial:
    """The last test of a device: who asked, when, whether it is still under way, what it came to."""

    asked_by: str
    asked_at: datetime
    is_waiting: bool
    is_done: bool
    words: str
    result: Mapping[str, Any]


@dataclass(frozen=True)
class DeviceCard:
    """One device that was not taken away."""

    id: int
    name: str
    station: str
    station_name: str
    kind: DeviceKind
    settings: Mapping[str, Any]
    profile: Mapping[str, Any]
    runs_at: str
    is_active: bool
    state: str
    words: str
    last_activity_at: datetime | None
    trial: Trial | None
    silence: AgentHeard | None = None  # of its agent, where nothing was heard of it lately

    @property
    def sign(self) -> tuple[str, str]:
        """The kind of sign and its word."""
        return SIGNS.get(self.state, SIGNS["closed"])[:2]

    @property
    def wants_somebody(self) -> bool:
        """Whether it is in trouble."""
        return SIGNS.get(self.state, SIGNS["closed"])[2]

    @property
    def where(self) -> str:
        """What it hangs on, in a few words."""
        shown = ("host", "port", "usb_id", "path", "printer", "source")
        return ", ".join(str(self.settings[key]) for key in shown if key in self.settings)

    @property
    def can_be_tested(self) -> bool:
        """Whether the worker can try it now."""
        return self.is_active and self.runs_at == "server" and self.kind.driver != "keyboard"


def device_cards(session: Session, *, station_id: int | None = None, now: datetime | None = None) -> list[DeviceCard]:
    """Every device, those in trouble first, then by station and name. With `now`, silent agents are told too."""
    statement = sa.select(Device, Station).join(Station, Station.id == Device.station_id)
    statement = statement.where(Device.removed_at.is_(None), Station.is_active).order_by(Station.code, Device.name)
    if station_id is not None:
        statement = statement.where(Device.station_id == station_id)
    trials = _trials(session)
    silent = {code: one for code, one in agents_heard(session).items() if now is not None and one.is_silent(now)}
    cards = [_card(device, station, trials, silent) for device, station in session.execute(statement).tuples()]
    return sorted(cards, key=lambda card: (not card.wants_somebody, not card.is_active))


def device_card(session: Session, device_id: int, *, now: datetime | None = None) -> DeviceCard | None:
    """One device; None when there is none."""
    return next((card for card in device_cards(session, now=now) if card.id == device_id), None)


def _card(
    device: Device, station: Station, trials: Mapping[str, Trial], silent: Mapping[str, AgentHeard]
) -> DeviceCard:
    types = device.driver == "keyboard" and device.is_active
    at_agent = device.runs_at == "agent" and device.is_active and not types
    silence = silent.get(station.code) if at_agent else None
    state = "types" if types else "silent" if silence else device.state
    return DeviceCard(
        id=device.id,
        name=device.name,
        station=station.code,
        station_name=station.name,
        kind=kind_of(device.driver),
        settings=json.loads(device.settings),
        profile=json.loads(device.profile or "{}"),
        runs_at=device.runs_at,
        is_active=device.is_active,
        state=state if device.is_active else "off",
        words=device.state_words if device.is_active and not silence else "",
        last_activity_at=device.last_activity_at,
        trial=trials.get(device.name),
        silence=silence,
    )


def _trials(session: Session) -> dict[str, Trial]:
    newest = sa.select(sa.func.max(WorkRequest.id)).where(WorkRequest.kind == DEVICE_TEST).group_by(WorkRequest.subject)
    statement = sa.select(WorkRequest, Person.display_name).join(Person, Person.id == WorkRequest.asked_by_id)
    rows = session.execute(statement.where(WorkRequest.id.in_(newest))).tuples()
    return {row.subject: trial_of(row, who) for row, who in rows}


def trial_of(row: WorkRequest, asked_by: str) -> Trial:
    """A request as a page shows it."""
    return Trial(asked_by, row.asked_at, row.ended_at is None, row.is_done, row.words, result_of(row))


@dataclass(frozen=True)
class StationCard:
    """One station: its place, what a scan there does, who is signed on now, and its devices."""

    id: int
    code: str
    name: str
    location: str
    location_name: str
    mode: str
    signed_on: str | None
    devices: tuple[DeviceCard, ...]


def station_cards(session: Session, *, now: datetime, idle_minutes: int) -> list[StationCard]:
    """Every active station, by code."""
    statement = (
        sa.select(Station, Location, Person.display_name, StationSession.seen_at)
        .join(Location, Location.id == Station.location_id)
        .outerjoin(StationSession, StationSession.station_id == Station.id)
        .outerjoin(Person, Person.id == StationSession.person_id)
        .where(Station.is_active)
        .order_by(Station.code)
    )
    devices = device_cards(session, now=now)
    since = now - timedelta(minutes=idle_minutes)
    return [
        StationCard(
            id=station.id,
            code=station.code,
            name=station.name,
            location=place.code,
            location_name=place.name,
            mode=station.mode,
            signed_on=person if seen_at is not None and seen_at >= since else None,
            devices=tuple(one for one in devices if one.station == station.code),
        )
        for station, place, person, seen_at in session.execute(statement).tuples()
    ]
