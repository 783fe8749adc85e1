"""Whose turn it is at a printer, and labels that another computer has in hand under a lease.

Must never give a leased label to a second taker, nor let one that may have come out print again unasked.
"""

from collections.abc import Collection
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from supply.db import savepoint, table_of
from supply.labels import print_jobs
from supply.labels.models import OPEN, WAITING, PrintJob, PrintState

LEASE: Final = timedelta(minutes=10)  # an agent that prints says so every half minute
LOST: Final = "The computer that was printing this has not answered since. Did it come out?"
_T = table_of(PrintJob).c


class Told(StrEnum):
    """What a computer says about a label that it has in hand."""

    printing = "printing"  # it goes on; so many copies are out
    printed = "printed"
    unknown = "unknown"
    attention = "attention"
    queued = "queued"  # nothing was sent: back to the queue


def first_due(session: Session, *, device_id: int | None, address: str | None, now: datetime) -> PrintJob | None:
    """The label that is next at a printer, if its time has come; nothing is taken."""
    statement = sa.select(PrintJob).where(WAITING, _T.device_id == device_id, _T.address == address)
    first = session.scalars(statement.order_by(PrintJob.id).limit(1)).first()
    due = first is not None and (first.next_try_at is None or first.next_try_at <= now)
    return first if due else None


def labels_waiting(session: Session, *, device_id: int | None, address: str | None) -> int:
    """How many labels wait at a printer, copies counted."""
    left = sa.func.coalesce(sa.func.sum(PrintJob.copies - PrintJob.copies_printed), 0)
    return int(session.scalars(sa.select(left).where(WAITING, _T.device_id == device_id, _T.address == address)).one())


def lease_next(session: Session, *, device_id: int, lease: UUID, now: datetime) -> PrintJob | None:
    """The next label of a printer for another computer, marked as being sent; None when none is due.

    The same `lease` asked again gets the same label as long as nothing was told about it.
    """
    held = sa.select(PrintJob.id).where(OPEN, _T.device_id == device_id, *_held_by(lease))
    known = session.scalars(held).first()
    if known is None:
        try:
            with savepoint(session):
                known = _take(session, device_id, lease, now)
        except sa.exc.IntegrityError:  # the same request, sent twice at the same moment: the other one has it
            known = session.scalars(held).first()
    return None if known is None else print_jobs.find_job(session, known)


def _take(session: Session, device_id: int, lease: UUID, now: datetime) -> int | None:
    taken = print_jobs.take_next(session, device_id=device_id, now=now)
    if taken is None:
        return None
    session.execute(sa.update(table_of(PrintJob)).where(_T.id == taken.id).values(lease=lease))
    return taken.id


def tell_leased(
    session: Session, *, job_id: int, lease: UUID, told: Told, words: str, copies_printed: int, now: datetime
) -> PrintJob:
    """Write down what became of a leased label; `copies_printed` is of the whole job, and never becomes less.

    Told again, or for a lease that ran out, it changes nothing: the job is given as it stands. Raises NotFound.
    """
    job = print_jobs.find_job(session, job_id)
    out = min(max(job.copies_printed, copies_printed), job.copies)
    change = sa.update(table_of(PrintJob)).where(_T.id == job_id, *_held_by(lease))
    if session.execute(change.values(copies_printed=out, sent_at=now).returning(_T.id)).scalar() is None:
        return print_jobs.find_job(session, job_id)
    if told is Told.printed:
        return print_jobs.printed(session, job_id=job_id, now=now)
    if told is Told.unknown:
        return print_jobs.unknown(session, job_id=job_id, words=words, now=now)
    if told is Told.attention:
        return print_jobs.attention(session, job_id=job_id, words=words, now=now)
    if told is Told.queued:
        return print_jobs.again(session, job_id=job_id, words=words, now=now, next_try_at=now)
    return print_jobs.find_job(session, job_id)


def leases_lost(session: Session, *, now: datetime) -> Collection[int]:
    """The labels whose computer has been silent for longer than the lease."""
    statement = sa.select(PrintJob.id).where(OPEN, _T.state == PrintState.sending, _T.sent_at < now - LEASE)
    return session.scalars(statement.where(_T.lease.is_not(None))).all()


def end_lost_leases(session: Session, *, now: datetime) -> int:
    """Labels of computers that fell silent are asked about; gives how many."""
    lost = leases_lost(session, now=now)
    for job_id in lost:
        print_jobs.unknown(session, job_id=job_id, words=LOST, now=now)
    return len(lost)


def left_sending_here(session: Session, *, now: datetime) -> int:
    """Jobs that this server's own worker had begun when it ended are asked about; other computers keep theirs."""
    statement = sa.select(PrintJob.id).where(OPEN, _T.state == PrintState.sending).order_by(PrintJob.id)
    begun = session.scalars(statement.where(_T.lease.is_(None))).all()
    words = "The computer stopped while this was printing. Did it come out?"
    for job_id in begun:
        print_jobs.unknown(session, job_id=job_id, words=words, now=now)
    return len(begun)


def _held_by(lease: UUID) -> tuple[sa.ColumnElement[bool], ...]:
    return _T.state == PrintState.sending, _T.lease == lease
