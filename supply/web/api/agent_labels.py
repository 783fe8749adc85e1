"""/station-devices/…/labels: an agent fetches the labels of its own printers, and tells what became of each.

Only an enrolled agent of the station; a label is given out once, for whoever names its lease.
"""

from base64 import b64encode
from typing import Annotated
from uuid import UUID

from pydantic import BaseModel, Field
from sqlalchemy.orm import Session

from supply.labels.models import PrintJob
from supply.labels.print_turns import Told
from supply.labels.raster import png
from supply.stations.agent_labels import Leased, draw_label, labels_at_agent, lease_label, tell_label
from supply.web.access import anybody_signed_in
from supply.web.api.operations import route
from supply.web.api.station_devices import DevicePath, own_station, station_devices
from supply.web.context import database, now
from supply.web.resource import Body

agent_devices = station_devices  # with the operations of this file too


class WaitingLabels(BaseModel):
    """What waits at a printer: the number of the job that is due next, and how many labels in all."""

    first: int | None
    waiting: int


class Take(Body):
    """`lease` is made and kept by the agent before it asks: the same one gets the same label."""

    lease: UUID


class AgentLabel(BaseModel):
    """A label to print: `picture` is a black and white PNG in base64, one pixel a dot of the printer."""

    job: int
    copies: int
    copies_printed: int
    picture: str
    width_mm: float
    height_mm: float | None
    dots_per_inch: int


class NextLabel(BaseModel):
    """The label that was taken, or null where none is due."""

    label: AgentLabel | None


class LabelPath(DevicePath):
    """A label of a device."""

    job: Annotated[int, Field(ge=1, le=2**62)]


class Outcome(Body):
    """What became of it. `printing`: it goes on. `queued`: nothing of it was sent. Copies are those of the whole job
    that came out for certain."""

    lease: UUID
    outcome: Told
    words: Annotated[str, Field(max_length=300)] = ""
    copies_printed: Annotated[int, Field(ge=0, le=10_000)] = 0


class LabelState(BaseModel):
    """How the job stands now."""

    job: int
    state: str


@route(station_devices, "GET", "/station-devices/<name>/labels", {200: WaitingLabels})
@anybody_signed_in
def list_agent_labels(path: DevicePath) -> WaitingLabels:
    """What waits at a printer of the agent; nothing is taken."""
    station, moment = own_station(), now()
    with database().read_session() as session:
        found = labels_at_agent(session, station=station, device=path.name, now=moment)
    return WaitingLabels(first=found.first, waiting=found.labels)


@route(station_devices, "POST", "/station-devices/<name>/labels/next", {200: NextLabel})
@anybody_signed_in
def take_agent_label(path: DevicePath, body: Take) -> NextLabel:
    """Take the next label of a printer: it is the agent's until it tells what became of it, or falls silent."""
    station, moment = own_station(), now()

    def take(session: Session) -> PrintJob | None:
        return lease_label(session, station=station, device=path.name, lease=body.lease, now=moment)

    while (job := database().transact(take, idempotent=True)) is not None:
        with database().read_session() as session:
            leased = draw_label(session, station=station, device=path.name, job=job)
        if leased.drawn is not None:
            return NextLabel(label=_label(leased))
        _tell(path.name, job.id, Outcome(lease=body.lease, outcome=Told.attention, words=leased.words[:300]))
    return NextLabel(label=None)


@route(station_devices, "POST", "/station-devices/<name>/labels/<int:job>/outcome", {200: LabelState})
@anybody_signed_in
def tell_agent_label(path: LabelPath, body: Outcome) -> LabelState:
    """Tell what became of a label; told again, or after its lease ran out, nothing changes."""
    job = _tell(path.name, path.job, body)
    return LabelState(job=job.id, state=job.state.value)


def _tell(device: str, job_id: int, body: Outcome) -> PrintJob:
    station, moment = own_station(), now()
    return database().transact(
        lambda session: tell_label(
            session,
            station=station,
            device=device,
            job_id=job_id,
            lease=body.lease,
            told=body.outcome,
            words=body.words,
            copies_printed=body.copies_printed,
            now=moment,
        ),
        idempotent=True,
    )


def _label(leased: Leased) -> AgentLabel:
    job, drawn = leased.job, leased.drawn
    assert drawn is not None, "only what was drawn is given out"
    size = drawn.paper
    return AgentLabel(
        job=job.id,
        copies=job.copies,
        copies_printed=job.copies_printed,
        picture=b64encode(png(drawn)).decode("ascii"),
        width_mm=size.width_mm,
        height_mm=size.height_mm,
        dots_per_inch=size.dots_per_inch,
    )
