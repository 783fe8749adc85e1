"""/station-devices: what an agent is told of its devices, and tells about them. Only an enrolled agent of the station.

The guard lets no token of another kind of device in unseen: each operation asks for the agent of its own station.
"""

import json
from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from flask import Response
from pydantic import AwareDatetime, BaseModel, Field
from sqlalchemy.orm import Session

from supply.errors import NotAllowed
from supply.stations.device_scans import devices_of_agent, note_agent_device, record_agent_read
from supply.stations.scans import Stored
from supply.web import scanning
from supply.web.access import anybody_signed_in
from supply.web.api.fields import Code
from supply.web.api.operations import JSON, Nothing, route
from supply.web.api.scan_shapes import ScanAnswer
from supply.web.context import database, enrolled_device, now, settings
from supply.web.problems import PROBLEM
from supply.web.resource import Body, Query, resource

station_devices = resource("station-devices", "Devices that an agent runs")


class OfStation(Query):
    """The agent's own station, by its code."""

    station: Code


class DevicePath(BaseModel):
    """A device by its name."""

    name: Annotated[str, Field(min_length=1, max_length=60)]


class AgentDevice(BaseModel):
    """A device that the agent opens: its driver, that driver's settings, and what the set-up learned of a scanner."""

    name: str
    driver: str
    settings: dict[str, Any]
    profile: dict[str, Any]


class AgentDevices(BaseModel):
    """All devices of the agent; there is no second page."""

    items: list[AgentDevice]
    next: None


class Read(Body):
    """One read. `read_at` and `sent_at` are by the agent's clock: with both, a wrong clock there does no harm."""

    request_id: UUID
    raw: Annotated[str, Field(min_length=1, max_length=8192)]
    read_at: AwareDatetime
    sent_at: AwareDatetime | None = None


class State(Body):
    """How a device is, for screens."""

    state: Literal["closed", "opening", "open", "reconnecting", "failed"]
    words: Annotated[str, Field(max_length=300)] = ""
    last_activity_at: AwareDatetime | None = None


@route(station_devices, "GET", "/station-devices", {200: AgentDevices})
@anybody_signed_in
def list_station_devices(query: OfStation) -> AgentDevices:
    """The devices that the station's agent is to open."""
    station = own_station()
    if query.station != station:
        raise NotAllowed(f"This agent belongs to the station {station}, not to {query.station}.")
    with database().read_session() as session:
        found = devices_of_agent(session, station)
    items = [AgentDevice(name=d.name, driver=d.driver, settings=d.settings, profile=d.profile) for d in found]
    return AgentDevices(items=items, next=None)


@route(
    station_devices,
    "POST",
    "/station-devices/<name>/reads",
    {201: ScanAnswer, 200: ScanAnswer},
)
@anybody_signed_in
def record_read(path: DevicePath, body: Read) -> Response:
    """Record one read once, for whoever was signed on at the station when it was made; later the stored answer."""
    station, moment, held = own_station(), now(), scanning.rules()
    read_at = _by_our_clock(body, moment)
    idle_minutes, mode_idle_minutes = settings().sign_in.kiosk_idle_minutes, settings().kiosk.mode_idle_minutes

    def record(session: Session) -> Stored:
        return record_agent_read(
            session,
            station=station,
            device=path.name,
            request_id=body.request_id,
            raw=body.raw,
            read_at=read_at,
            now=moment,
            idle_minutes=idle_minutes,
            mode_idle_minutes=mode_idle_minutes,
            rules=held,
        )

    stored = database().transact(record, idempotent=True)
    kind = JSON if stored.status < 400 else PROBLEM
    return Response(json.dumps(stored.answer), stored.status, content_type=kind)


@route(station_devices, "POST", "/station-devices/<name>/state", {204: Nothing})
@anybody_signed_in
def note_state(path: DevicePath, body: State) -> Nothing:
    """What the agent sees of its device."""
    station = own_station()
    at = min(body.last_activity_at, now()) if body.last_activity_at else None
    database().transact(
        lambda session: note_agent_device(
            session, station=station, device=path.name, state=body.state, words=body.words, last_activity_at=at
        ),
        idempotent=True,
    )
    return Nothing()


def own_station() -> str:
    """The station of the agent that asks. Raises NotAllowed for whoever is none."""
    device = enrolled_device()
    if device is None or device.kind != "agent" or device.actor.station is None:
        raise NotAllowed("This is for the enrolled agent of a station alone.")
    return device.actor.station


def _by_our_clock(body: Read, moment: datetime) -> datetime:
    """The moment of the read: as long ago as it is by the agent's own clock, and never in the future."""
    if body.sent_at is not None and body.sent_at >= body.read_at:
        return moment - (body.sent_at - body.read_at)
    return min(body.read_at, moment)
