"""The outbox of labels: queued with the act that wants them, taken by one worker, printed once or asked about.

Must never let a label that may have come out print again unasked; draws nothing and knows no printer.
"""

from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session, make_transient_to_detached

from supply.audit import chain
from supply.db import connection_of, savepoint, table_of
from supply.errors import Conflict, Invalid, NotFound
from supply.labels.content import Content, from_payload, to_payload
from supply.labels.models import OPEN, WAITING, PrintJob, PrintState
from supply.labels.print_targets import Target

MOST_COPIES: Final = 200
MOST_WAITING: Final = 500  # at one printer
WAITS: Final = (5, 15, 60, 300, 900)  # seconds before the second, third … try
MOST_TRIES: Final = len(WAITS) + 1
OPEN_STATES: Final = (PrintState.queued, PrintState.sending, PrintState.unknown, PrintState.attention)
FORGOTTEN: Final = {"template": "forgotten"}  # in place of what stood on a label that is not to be kept
_T = table_of(PrintJob)
_HERE = {
    True: _T.c.device_id == sa.bindparam("place", type_=sa.Integer),
    False: sa.and_(_T.c.device_id.is_(None), _T.c.address == sa.bindparam("place", type_=sa.String)),
}
# whether a request is known already, and how many labels wait at its printer: built once, for it is asked at every scan
_BEFORE = {
    by_device: sa.select(
        sa.select(_T.c.id).where(_T.c.request_id == sa.bindparam("request")).scalar_subquery(),
        sa.select(sa.func.count()).select_from(_T).where(WAITING, here).scalar_subquery(),
    )
    for by_device, here in _HERE.items()
}
_ADD = sa.insert(_T).returning(_T.c.id)
_FIRST = {
    by_device: sa.select(_T.c.id, _T.c.next_try_at).where(WAITING, here).order_by(_T.c.id).limit(1)
    for by_device, here in _HERE.items()
}


def queue(
    session: Session,
    *,
    request_id: UUID,
    content: Content,
    copies: int,
    device_id: int | None,
    actor_id: int,
    now: datetime,
    subject: str,
    reprint_of_id: int | None = None,
    address: str | None = None,
    paper_name: str | None = None,
    forget: bool = False,
) -> PrintJob:
    """Wish for `copies` labels at a printer; the same `request_id` gives the same job, however often it is asked.

    With `forget`, what stands on the label is kept only until the job has ended: a badge is a key.

    Raises Invalid for wrong copies or address, Conflict (`key_reused`, `queue_full`).
    """
    target = Target(device_id, address, paper_name)
    _check(target, copies)
    values = {
        "template": content.template,
        "payload": to_payload(content),
        "subject": subject[:120],
        "copies": copies,
        "device_id": device_id,
        "address": address,
        "paper": paper_name,
        "reprint_of_id": reprint_of_id,
        "forget": forget,
    }
    known, waiting = _before(session, target, request_id)
    if known is not None:
        return _same(find_job(session, known), values)
    if waiting >= MOST_WAITING:
        message = f"{MOST_WAITING} labels wait at this printer already. See to the printer first, or cancel some."
        raise Conflict(message, code="queue_full")
    start = {
        "request_id": request_id,
        "copies_printed": 0,
        "state": PrintState.queued,
        "state_words": "",
        "tries": 0,
        "queued_at": now,
        "next_try_at": now,
        "queued_by_id": actor_id,
    }
    added = _add(session, values | start)
    if added is None:
        known = session.scalars(sa.select(_T.c.id).where(_T.c.request_id == request_id)).one()
        return _same(find_job(session, known), values)
    job = PrintJob(id=added, **values, **start)  # as it was just stored; the ORM's own insert costs twice as much
    make_transient_to_detached(job)
    session.add(job)
    told = {key: values[key] for key in ("template", "subject", "copies", "device_id", "address", "reprint_of_id")}
    _record(session, job, "queued", actor_id, now, **told)
    return job


def reprint(
    session: Session,
    *,
    request_id: UUID,
    job_id: int,
    actor_id: int,
    now: datetime,
    copies: int = 1,
    device_id: int | None = None,
) -> PrintJob:
    """The same label again, word for word as it was stored; at the same printer unless another is named.

    Raises NotFound, Conflict (`forgotten`) for one that was not kept, and as `queue` does.
    """
    job = find_job(session, job_id)
    if job.payload == FORGOTTEN:
        raise Conflict("What stood on this label is not kept. Make a new one.", code="forgotten")
    return queue(
        session,
        request_id=request_id,
        content=from_payload(job.payload),
        copies=copies,
        device_id=job.device_id if device_id is None else device_id,
        address=job.address if device_id is None else None,
        paper_name=job.paper if device_id is None else None,
        actor_id=actor_id,
        now=now,
        subject=job.subject,
        reprint_of_id=job.id,
        forget=job.forget,
    )


def take_next(
    session: Session, *, device_id: int | None = None, address: str | None = None, now: datetime
) -> PrintJob | None:
    """The oldest job of that printer, now `sending` and nobody else's; None where nothing is to be done yet.

    Labels come out in the order in which they were asked for: one that waits for its next try holds up the rest.
    """
    target = Target(device_id, address)
    row = session.execute(_FIRST[target.is_device], {"place": target.place}).one_or_none()
    if row is None or (row.next_try_at is not None and row.next_try_at > now):
        return None
    taken = session.execute(
        sa.update(_T)
        .where(_T.c.id == row.id, _T.c.state == PrintState.queued)
        .values(
            state=PrintState.sending, state_words="", tries=_T.c.tries + 1, sent_at=now, next_try_at=None, lease=None
        )
        .returning(_T.c.id)
    ).scalar()
    return None if taken is None else _fresh(session, taken)


def count_copy(session: Session, *, job_id: int) -> PrintJob:
    """One more copy came out for certain. Raises Conflict when the job is not being printed or all are out."""
    return _change(
        session,
        job_id,
        (PrintState.sending,),
        _T.c.copies_printed < _T.c.copies,
        copies_printed=_T.c.copies_printed + 1,
    )


def printed(session: Session, *, job_id: int, now: datetime) -> PrintJob:
    """All copies came out."""
    job = _change(
        session,
        job_id,
        (PrintState.sending,),
        state=PrintState.printed,
        copies_printed=_T.c.copies,
        finished_at=now,
        state_words="",
    )
    _record(session, job, "printed", None, now, copies=job.copies, tries=job.tries)
    return _ended(session, job)


def unknown(session: Session, *, job_id: int, words: str, now: datetime) -> PrintJob:
    """It may have come out, or not: it waits until a person says (`say_printed`), and never prints by itself."""
    before = find_job(session, job_id)
    said = _with_copies(before, words)
    job = _change(session, job_id, (PrintState.sending,), state=PrintState.unknown, state_words=said)
    _record(session, job, "unknown", None, now, words=said, copies_printed=job.copies_printed)
    return job


def attention(session: Session, *, job_id: int, words: str, now: datetime) -> PrintJob:
    """It has not come out and will not without a person (paper, cover): it waits for `retry` or `cancel`."""
    job = _change(session, job_id, (PrintState.sending,), state=PrintState.attention, state_words=words[:300])
    _record(session, job, "attention", None, now, words=job.state_words, tries=job.tries)
    return job


def again(session: Session, *, job_id: int, words: str, now: datetime, next_try_at: datetime | None = None) -> PrintJob:
    """It has not come out, but may by itself: tried again after a wait; after the last try it needs a person."""
    before = find_job(session, job_id)
    if before.tries >= MOST_TRIES:
        return attention(session, job_id=job_id, words=f"{words} Tried {before.tries} times.", now=now)
    at = next_try_at or now + timedelta(seconds=wait_seconds(before.tries))
    return _change(
        session, job_id, (PrintState.sending,), state=PrintState.queued, state_words=words[:300], next_try_at=at
    )


def wait_seconds(tries: int) -> int:
    """How long to wait after so many tries.

    >>> [wait_seconds(tries) for tries in (1, 2, 9)]
    [5, 15, 900]
    """
    return WAITS[min(max(tries, 1), len(WAITS)) - 1]


def say_printed(session: Session, *, job_id: int, was_printed: bool, actor_id: int, now: datetime) -> PrintJob:
    """What a person saw of an `unknown` job: yes ends it, no queues the copies that are not known to be out.

    Raises NotFound, Conflict when the job is not unknown.
    """
    if was_printed:
        values = {"state": PrintState.printed, "copies_printed": _T.c.copies, "finished_at": now, "next_try_at": None}
    else:
        values = {"state": PrintState.queued, "tries": 0, "next_try_at": now}
    job = _change(session, job_id, (PrintState.unknown,), state_words="", **values)
    _record(session, job, "settled", actor_id, now, was_printed=was_printed)
    return _ended(session, job) if was_printed else job


def retry(session: Session, *, job_id: int, actor_id: int, now: datetime) -> PrintJob:
    """Try again now: what needed attention, or waits for its next try. Raises NotFound, Conflict."""
    states = (PrintState.attention, PrintState.queued)
    job = _change(session, job_id, states, state=PrintState.queued, state_words="", tries=0, next_try_at=now)
    _record(session, job, "retried", actor_id, now)
    return job


def cancel(session: Session, *, job_id: int, actor_id: int, now: datetime) -> PrintJob:
    """Give the wish up; what came out stays counted. Raises NotFound, Conflict for one being printed or done."""
    states = (PrintState.queued, PrintState.attention, PrintState.unknown)
    job = _change(session, job_id, states, state=PrintState.cancelled, finished_at=now, next_try_at=None)
    _record(session, job, "cancelled", actor_id, now, copies_printed=job.copies_printed)
    return _ended(session, job)


def find_job(session: Session, job_id: int) -> PrintJob:
    """The print job of that number. Raises NotFound."""
    job = session.get(PrintJob, job_id, populate_existing=True)
    if job is None:
        raise NotFound(f"There is no print job {job_id}.")
    return job


def job_lines(
    session: Session,
    *,
    states: Collection[PrintState] | None = None,
    device_id: int | None = None,
    subject: str | None = None,
    before_id: int | None = None,
    limit: int = 50,
) -> list[PrintJob]:
    """Print jobs, latest first; `before_id` goes on behind a page."""
    statement = sa.select(PrintJob).order_by(PrintJob.id.desc()).limit(min(limit, 500))
    if states is not None:
        statement = statement.where(PrintJob.state.in_(states))
        statement = statement.where(OPEN) if set(states) <= set(OPEN_STATES) else statement
    if device_id is not None:
        statement = statement.where(PrintJob.device_id == device_id)
    if subject is not None:
        statement = statement.where(PrintJob.subject == subject)
    if before_id is not None:
        statement = statement.where(PrintJob.id < before_id)
    return list(session.scalars(statement))


def open_counts(session: Session) -> dict[PrintState, int]:
    """How many jobs stand in each state that is not an end."""
    rows = session.execute(sa.select(_T.c.state, sa.func.count()).where(OPEN).group_by(_T.c.state)).tuples()
    return dict.fromkeys(OPEN_STATES, 0) | {PrintState(state): count for state, count in rows}


def addresses_waiting(session: Session) -> list[str]:
    """Addresses without a device for which labels wait."""
    statement = sa.select(_T.c.address).where(WAITING, _T.c.device_id.is_(None), _T.c.address.is_not(None)).distinct()
    return sorted(str(address) for address in session.scalars(statement))


def _check(target: Target, copies: int) -> None:
    if isinstance(copies, bool) or not isinstance(copies, int) or not 1 <= copies <= MOST_COPIES:
        raise Invalid(f"Print 1 to {MOST_COPIES} copies at a time.", code="bad_copies")
    target.check()


def _before(session: Session, target: Target, request_id: UUID) -> tuple[int | None, int]:
    """The job that this request made already, if any, and how many labels wait at its printer."""
    asked = _BEFORE[target.is_device], {"place": target.place, "request": request_id}
    known, waiting = connection_of(session).execute(*asked).one()
    return known, waiting


def _add(session: Session, row: dict[str, Any]) -> int | None:
    """Its number, or None when somebody else asked with this very key a moment ago."""
    try:
        with savepoint(session):
            return int(session.execute(_ADD, row).scalar_one())
    except sa.exc.IntegrityError:
        if session.scalar(sa.select(_T.c.id).where(_T.c.request_id == row["request_id"])) is None:
            raise
        return None


def _same(job: PrintJob, values: dict[str, Any]) -> PrintJob:
    is_forgotten = job.payload == FORGOTTEN
    if any(getattr(job, key) != value for key, value in values.items() if not (is_forgotten and key == "payload")):
        raise Conflict("This request was used for another label already; ask again.", code="key_reused")
    return job


def _ended(session: Session, job: PrintJob) -> PrintJob:
    """The job that came to an end, without what stood on it where that is not to be kept."""
    if not job.forget:
        return job
    session.execute(sa.update(_T).where(_T.c.id == job.id).values(payload=FORGOTTEN))
    return _fresh(session, job.id)


def _change(
    session: Session, job_id: int, states: tuple[PrintState, ...], *also: sa.ColumnElement[bool], **values: Any
) -> PrintJob:
    """One guarded update: only from these states, so that two who act at once cannot both succeed."""
    guarded = sa.update(_T).where(_T.c.id == job_id, _T.c.state.in_(states), *also).values(**values)
    if session.execute(guarded.returning(_T.c.id)).scalar() is None:
        job = find_job(session, job_id)
        raise Conflict(
            f"This label is {STATE_WORDS[job.state]}; look again.", code="print_state", state=job.state.value
        )
    return _fresh(session, job_id)


STATE_WORDS: Final = {
    PrintState.queued: "waiting to be printed",
    PrintState.sending: "being printed",
    PrintState.printed: "printed",
    PrintState.unknown: "perhaps printed",
    PrintState.attention: "waiting for a person",
    PrintState.cancelled: "cancelled",
}


def _fresh(session: Session, job_id: int) -> PrintJob:
    return session.scalars(
        sa.select(PrintJob).where(PrintJob.id == job_id), execution_options={"populate_existing": True}
    ).one()


def _with_copies(job: PrintJob, words: str) -> str:
    if job.copies == 1:
        return words[:300]
    return f"{job.copies_printed} of {job.copies} came out for certain. {words}"[:300]


def _record(session: Session, job: PrintJob, act: str, actor_id: int | None, now: datetime, **details: object) -> None:
    chain.record(
        session, at=now, actor_id=actor_id, action=f"print_job.{act}", subject=f"print job {job.id}", details=details
    )
