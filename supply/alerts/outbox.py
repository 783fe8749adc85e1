"""The mails that wait, and sending them one by one: bounded tries while the server is away, none twice unasked.

Only a worker calls `send_waiting`; the web role queues and settles, and never talks to a mail server.
"""

from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from functools import partial
from typing import Any, Protocol
from uuid import uuid4

import sqlalchemy as sa
from sqlalchemy.orm import Session

from supply.alerts import book
from supply.alerts.audience import ADMIN
from supply.alerts.book import Acting, Cause
from supply.alerts.models import AlertMail
from supply.alerts.smtp import Delivery, Letter
from supply.audit.chain import record
from supply.db import Database, insert_or_ignore, table_of
from supply.errors import Conflict, NotFound

_M = table_of(AlertMail)
BACKOFF_MINUTES = (5, 10, 20, 40, 60, 60, 60)  # from 06:30 on that is until about eleven
TOO_LATE = timedelta(hours=12)
LEFT_SENDING = timedelta(minutes=10)
TOLD_FOR = timedelta(hours=30)
MOST_AT_ONCE = 200
TOO_LATE_WORDS = Delivery("failed", "It waited so long that the day was over.")
KINDS = ("mail",)
GONE = {"mail": "The mails went out, or it is too long ago to matter."}


class Sender(Protocol):
    """What sends one letter: `smtp.Transport`."""

    def send(self, letter: Letter) -> Delivery:
        """Try once and say what became of it."""


@dataclass(frozen=True)
class Sending:
    """How many mails of one round went which way."""

    counts: dict[str, int] = field(default_factory=dict)

    @property
    def in_words(self) -> str:
        """For the record of a job."""
        said = {"sent": "sent", "later": "waiting for the server", "failed": "failed", "unknown": "perhaps sent"}
        parts = [f"{count} {said[outcome]}" for outcome, count in self.counts.items() if count]
        return ", ".join(parts) or "nothing to send"


def send_waiting(db: Database, *, transport: Sender | None, now: datetime) -> Sending:
    """Send what is due at `now`, each mail once; a mail found half-way from an earlier process becomes unknown."""
    counts = {"sent": 0, "later": 0, "failed": 0, "unknown": 0}
    counts["unknown"] += db.transact(lambda session: _left_sending(session, now), idempotent=True)
    away: Delivery | None = None
    while transport is not None and sum(counts.values()) < MOST_AT_ONCE:
        taken = db.transact(lambda session: _take_next(session, now))
        if taken is None:
            break
        delivery = TOO_LATE_WORDS if taken.is_late else away or transport.send(taken.letter)
        if delivery.is_server and delivery.outcome == "later":
            away = delivery  # the next mail would meet the same: it is not tried, and waits as long
        outcome = db.transact(partial(_settle, mail_id=taken.id, delivery=delivery, now=now), idempotent=True)
        counts[outcome] += 1
    db.transact(lambda session: _tell(session, now), idempotent=True)
    return Sending(counts)


@dataclass(frozen=True)
class _Taken:
    id: int
    letter: Letter
    is_late: bool


def _take_next(session: Session, now: datetime) -> _Taken | None:
    """Mark the oldest due mail as being sent, in a transaction of its own: from here on a crash leaves it unknown."""
    due = sa.select(_M).where(_M.c.state == "queued", _M.c.next_try_at <= now).order_by(_M.c.id).limit(1)
    row = session.execute(due.with_for_update()).one_or_none()
    if row is None:
        return None
    values = {"state": "sending", "sending_since": now, "tries": row.tries + 1}
    session.execute(sa.update(_M).where(_M.c.id == row.id).values(values))
    letter = Letter(row.name, row.address, row.subject, row.text, row.html, row.message_id)
    return _Taken(row.id, letter, now - row.queued_at > TOO_LATE)


def _settle(session: Session, *, mail_id: int, delivery: Delivery, now: datetime) -> str:
    """Write what became of it; gives the outcome, `failed` when the last try is used up."""
    row = session.execute(sa.select(_M).where(_M.c.id == mail_id).with_for_update()).one()
    outcome, words = delivery.outcome, delivery.words
    values: dict[str, Any] = {"sending_since": None}
    if outcome == "later" and row.tries > len(BACKOFF_MINUTES):
        outcome, words = "failed", f"Tried {row.tries} times. {words}"
    if outcome == "later":
        values |= {"state": "queued", "next_try_at": now + timedelta(minutes=BACKOFF_MINUTES[row.tries - 1])}
    else:
        values |= {"state": outcome, "sent_at": now if outcome == "sent" else None}
    session.execute(sa.update(_M).where(_M.c.id == mail_id).values(**values, state_words=words[:300]))
    return outcome


def _left_sending(session: Session, now: datetime) -> int:
    """Mails that another process was sending when it ended: nobody knows whether they went."""
    words = "The machine stopped while it was being sent."
    left = sa.update(_M).where(_M.c.state == "sending", _M.c.sending_since < now - LEFT_SENDING)
    found = session.execute(left.values(state="unknown", state_words=words, sending_since=None).returning(_M.c.id))
    return len(found.all())


def _tell(session: Session, now: datetime) -> None:
    """Open or close the alert about mails that did not go out: the only subject that this package knows by itself."""
    day = (now - TOLD_FOR - timedelta(days=1)).date()
    wrong = sa.select(_M).where(_M.c.mailed_on >= day, _M.c.queued_at >= now - TOLD_FOR, _M.c.purpose == "morning")
    rows = session.execute(wrong.where(_M.c.state.in_(["failed", "unknown"])).order_by(_M.c.id)).all()
    causes = [_cause(state, [row for row in rows if row.state == state]) for state in ("failed", "unknown")]
    book.update(session, kinds=KINDS, causes=[cause for cause in causes if cause], now=now, gone=GONE)


def _cause(state: str, rows: list[Any]) -> Cause | None:
    if not rows:
        return None
    names = ", ".join(dict.fromkeys(row.name for row in rows[:5])) + (" and others" if len(rows) > 5 else "")
    if state == "failed":
        message = (
            f"The morning mail did not reach {names}. {rows[-1].state_words} Check the settings, then send it again."
        )
    else:
        message = f"The morning mail may or may not have reached {names}. Ask them, then say here which."
    return Cause("mail", state, "short", message, "/alerts/mail", ADMIN, verb="Settle the mail")


@dataclass(frozen=True)
class MailLine:
    """One mail as a list shows it."""

    id: int
    name: str
    address: str
    purpose: str
    subject: str
    state: str
    state_words: str
    mailed_on: date
    queued_at: datetime
    next_try_at: datetime
    sent_at: datetime | None


def mail_lines(session: Session, *, since: date, limit: int = 50) -> list[MailLine]:
    """The mails of this day and later, newest first."""
    names = tuple(MailLine.__dataclass_fields__)
    statement = sa.select(*(_M.c[name] for name in names)).where(_M.c.mailed_on >= since)
    return [MailLine(*row) for row in session.execute(statement.order_by(_M.c.id.desc()).limit(limit))]


def say_arrived(session: Session, *, mail_id: int, arrived: bool, actor: Acting, now: datetime) -> None:
    """Settle an unknown mail by what its reader says: it is there, or it is sent again. Raises NotFound, Conflict."""
    row = _found(session, mail_id)
    if row.state != "unknown":
        raise Conflict("It is known by now what became of this mail.", code="mail_settled")
    if arrived:
        session.execute(sa.update(_M).where(_M.c.id == mail_id).values(state="sent", sent_at=now, state_words=""))
    else:
        _again(session, mail_id, now)
    _note(session, mail_id, actor, now, "alerts.mail_arrived" if arrived else "alerts.mail_again")
    _tell(session, now)


def send_again(session: Session, *, mail_id: int, actor: Acting, now: datetime) -> None:
    """Give a failed mail its tries back. Raises NotFound, and Conflict for one that did not fail."""
    if _found(session, mail_id).state != "failed":
        raise Conflict("Only a mail that failed can be sent again.", code="mail_settled")
    _again(session, mail_id, now)
    _note(session, mail_id, actor, now, "alerts.mail_again")
    _tell(session, now)


def _found(session: Session, mail_id: int) -> Any:
    row = session.execute(sa.select(_M).where(_M.c.id == mail_id).with_for_update()).one_or_none()
    if row is None:
        raise NotFound("There is no such mail.", code="mail_unknown")
    return row


def _again(session: Session, mail_id: int, now: datetime) -> None:
    values = {"state": "queued", "tries": 0, "queued_at": now, "next_try_at": now, "state_words": ""}
    session.execute(sa.update(_M).where(_M.c.id == mail_id).values(values))


def _note(session: Session, mail_id: int, actor: Acting, now: datetime, action: str) -> None:
    record(session, at=now, actor_id=actor.person_id, action=action, subject=f"alert mail {mail_id}", details={})


def queue_letter(
    session: Session, letter: Letter, *, person_id: int, purpose: str, today: date, now: datetime
) -> int | None:
    """Put a letter in the queue; None when this person has their morning mail of this date already."""
    row = {**replace(letter, message_id=uuid4().hex).__dict__, "person_id": person_id, "purpose": purpose}
    row |= {"mailed_on": today, "queued_at": now, "next_try_at": now}
    found: int | None = session.execute(insert_or_ignore(session, _M).values(row).returning(_M.c.id)).scalar()
    return found
