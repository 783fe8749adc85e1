"""What the web role leaves for the worker to do now: asked once, taken once, answered in words."""

import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from supply.audit import chain
from supply.db import insert_or_ignore, table_of
from supply.errors import Conflict, NotFound
from supply.staff.permissions import Actor
from supply.stations.device_scans import StationDevice, devices_to_run
from supply.stations.models import Device, WorkRequest

JOB = "job"  # subject: the name of the job
DEVICE_TEST = "device_test"  # subject: the name of the device
DEVICE_DISCOVERY = "device_discovery"  # subject: all
EVERYTHING = "all"
MOST_RESULT = 60_000


@dataclass(frozen=True)
class Ended:
    """What a request came to: whether well, in words, and what was found, JSON-ready."""

    is_done: bool
    words: str
    result: Mapping[str, Any] | None = None


def ask(
    session: Session, *, kind: str, subject: str, details: Mapping[str, Any], actor: Actor, now: datetime
) -> WorkRequest:
    """Leave a request for the worker. Raises Conflict: `already_waiting`, or `already_running` when it was taken."""
    table = table_of(WorkRequest)
    values = {
        "kind": kind,
        "subject": subject,
        "details": json.dumps(details, sort_keys=True, default=str),
        "asked_by_id": actor.person_id,
        "asked_at": now,
        "is_done": False,
        "words": "",
    }
    made = session.execute(insert_or_ignore(session, table).returning(table.c.id), values).scalar_one_or_none()
    if made is None:
        raise _refusal(session, kind, subject)
    chain.record(
        session,
        at=now,
        actor_id=actor.person_id,
        action="work.ask",
        subject=f"{kind} {subject}",
        details={"request": made, **details},
    )
    return session.get_one(WorkRequest, made)


def take_next(session: Session, *, kinds: Collection[str], now: datetime) -> WorkRequest | None:
    """The oldest request of these kinds that nobody has taken, now taken; None when there is none."""
    statement = (
        sa.select(WorkRequest)
        .where(WorkRequest.kind.in_(kinds), WorkRequest.taken_at.is_(None), WorkRequest.ended_at.is_(None))
        .order_by(WorkRequest.id)
        .limit(1)
        .with_for_update()
    )
    row = session.scalar(statement)
    if row is not None:
        row.taken_at = now
        session.flush()
    return row


def finish(
    session: Session,
    *,
    request_id: int,
    is_done: bool,
    words: str,
    now: datetime,
    result: Mapping[str, Any] | None = None,
) -> None:
    """Say what a taken request came to; said again, it changes nothing."""
    row = session.get_one(WorkRequest, request_id, with_for_update=True)
    if row.ended_at is None:
        row.ended_at, row.is_done, row.words = now, is_done, words[:500]
        made = json.dumps(result) if result is not None else ""
        row.result = made if len(made) <= MOST_RESULT else ""
        session.flush()


def give_back(session: Session, *, kinds: Collection[str]) -> int:
    """Requests that a worker took and died over wait again; only a worker that has just begun to lead may say so."""
    rows = session.scalars(
        sa.select(WorkRequest).where(
            WorkRequest.kind.in_(kinds), WorkRequest.taken_at.is_not(None), WorkRequest.ended_at.is_(None)
        )
    ).all()
    for row in rows:
        row.taken_at = None
    session.flush()
    return len(rows)


def unfinished(session: Session, *, kind: str) -> list[WorkRequest]:
    """What was asked for and is not done yet, oldest first."""
    rows = sa.select(WorkRequest).where(WorkRequest.kind == kind, WorkRequest.ended_at.is_(None))
    return list(session.scalars(rows.order_by(WorkRequest.id)))


def last(session: Session, *, kind: str, subject: str) -> WorkRequest | None:
    """The newest request of that kind and subject, whatever became of it."""
    chosen = sa.select(WorkRequest).where(WorkRequest.kind == kind, WorkRequest.subject == subject)
    return session.scalar(chosen.order_by(WorkRequest.id.desc()).limit(1))


def result_of(request: WorkRequest | None) -> dict[str, Any]:
    """What was found, as the worker left it; empty where nothing was."""
    found: dict[str, Any] = json.loads(request.result) if request is not None and request.result else {}
    return found


def device_to_test(session: Session, name: str) -> tuple[StationDevice, str, str]:
    """An active device that this server opens, its state and its words. Raises NotFound, Conflict (`at_agent`)."""
    device = next((one for one in devices_to_run(session) if one.name == name), None)
    row = session.scalar(sa.select(Device).where(Device.name == name, Device.is_active))
    if row is None:
        raise NotFound(f"There is no device {name!r} that is switched on.")
    if device is None or row.runs_at == "agent":
        raise Conflict(f"{name} is at a machine of its own; test it there: supply device test {name}", code="at_agent")
    return device, row.state, row.state_words


def _refusal(session: Session, kind: str, subject: str) -> Conflict:
    open_one = next((row for row in unfinished(session, kind=kind) if row.subject == subject), None)
    if open_one is not None and open_one.taken_at is not None:
        return Conflict("It is running already. Wait until it is done.", code="already_running")
    return Conflict("It was asked for already and waits for its turn.", code="already_waiting")
