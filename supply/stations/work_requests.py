"""What the web role leaves for the worker to do now: asked once, taken once, answered in words."""

import json
from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from supply.audit import chain
from supply.db import insert_or_ignore, table_of
from supply.errors import Conflict
from supply.staff.permissions import Actor
from supply.stations.models import WorkRequest

JOB = "job"  # subject: the name of the job


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


def finish(session: Session, *, request_id: int, is_done: bool, words: str, now: datetime) -> None:
    """Say what a taken request came to; said again, it changes nothing."""
    row = session.get_one(WorkRequest, request_id, with_for_update=True)
    if row.ended_at is None:
        row.ended_at, row.is_done, row.words = now, is_done, words[:500]
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


def _refusal(session: Session, kind: str, subject: str) -> Conflict:
    open_one = next((row for row in unfinished(session, kind=kind) if row.subject == subject), None)
    if open_one is not None and open_one.taken_at is not None:
        return Conflict("It is running already. Wait until it is done.", code="already_running")
    return Conflict("It was asked for already and waits for its turn.", code="already_waiting")
