"""Labels for the printers at a station's agent: what is next, given out once, and what the agent tells about it.

An agent reaches the jobs of its own station's printers only; it must never be given one that somebody else has.
"""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from supply.errors import NotFound, SupplyError
from supply.labels import print_jobs, print_turns
from supply.labels.content import from_payload
from supply.labels.models import PrintJob
from supply.labels.print_turns import Told
from supply.labels.raster import Rendered, render
from supply.stations.agents import agents_heard
from supply.stations.device_scans import agent_device
from supply.stations.models import Device, Station
from supply.stations.printer_lines import DRIVERS, paper_of


@dataclass(frozen=True)
class Waiting:
    """What waits at one printer: the job that is next and due, and how many labels."""

    first: int | None
    labels: int


@dataclass(frozen=True)
class Leased:
    """A job that an agent was given, and its picture; None for one that could not be drawn and waits for a person."""

    job: PrintJob
    drawn: Rendered | None
    words: str = ""


def labels_at_agent(session: Session, *, station: str, device: str, now: datetime) -> Waiting:
    """What waits at an agent's printer; nothing is taken. Raises NotFound."""
    at = agent_device(session, station, device).id
    first = print_turns.first_due(session, device_id=at, address=None, now=now)
    return Waiting(None if first is None else first.id, print_turns.labels_waiting(session, device_id=at, address=None))


def lease_label(session: Session, *, station: str, device: str, lease: UUID, now: datetime) -> PrintJob | None:
    """The next label of a printer at that agent; the same `lease` gets the same. None for none. Raises NotFound."""
    found = agent_device(session, station, device, is_active=True)
    return print_turns.lease_next(session, device_id=found.id, lease=lease, now=now)


def draw_label(session: Session, *, station: str, device: str, job: PrintJob) -> Leased:
    """The leased label in the dots of its printer; one that cannot be drawn says why. Raises NotFound."""
    found = agent_device(session, station, device)
    try:
        return Leased(job, render(from_payload(job.payload), paper_of(found.settings, driver=found.driver)))
    except SupplyError as error:
        return Leased(job, None, error.message)


def tell_label(
    session: Session,
    *,
    station: str,
    device: str,
    job_id: int,
    lease: UUID,
    told: Told,
    words: str,
    copies_printed: int,
    now: datetime,
) -> PrintJob:
    """What an agent says of a label it was given; told again it changes nothing. Raises NotFound for another's."""
    found = agent_device(session, station, device)
    if print_jobs.find_job(session, job_id).device_id != found.id:
        raise NotFound(f"There is no print job {job_id} for {device!r}.")
    return print_turns.tell_leased(
        session, job_id=job_id, lease=lease, told=told, words=words, copies_printed=copies_printed, now=now
    )


def silent_printers(session: Session, *, now: datetime) -> dict[str, str]:
    """Printers at a computer that does not answer, by name, each with a sentence that says so."""
    is_printer = sa.or_(*(Device.driver.startswith(beginning, autoescape=True) for beginning in DRIVERS))
    rows = session.execute(
        sa.select(Device.name, Station.code, Station.name)
        .join(Station, Station.id == Device.station_id)
        .where(Device.runs_at == "agent", Device.is_active, Station.is_active, is_printer)
        .order_by(Device.name)
    ).tuples()
    heard, found = agents_heard(session), {}
    for name, code, station in rows:
        agent = heard.get(code)
        if agent is None or agent.heard_at is None:
            found[name] = f"No agent runs at {station}, where {name} is plugged in. Enrol it and start it there."
        elif agent.is_silent(now):
            found[name] = (
                f"The computer at {station}, which {name} is plugged into, is not answering. See that it is on, and "
                "that supply agent runs there; what waits is printed then."
            )
    return found
