"""The morning mail as the timetable calls it: who may get one, and sending what waits. Decides no word of it."""

from datetime import date, datetime

from sqlalchemy.orm import Session

from supply.alerts import digest, outbox
from supply.alerts.digest import Recipient
from supply.alerts.outbox import Sender, Sending
from supply.db import Database
from supply.staff import people


def queue_morning_mail(session: Session, *, today: date, now: datetime, office_name: str, base_url: str) -> int:
    """Queue the mails of this local date, one for each person with an address and something to hear; how many."""
    recipients = [
        Recipient(row.id, row.display_name, row.email, row.roles) for row in people.mailed(session) if row.email
    ]
    return digest.queue_digests(
        session, recipients=recipients, today=today, now=now, office_name=office_name, base_url=base_url
    )


def send_morning_mail(
    db: Database, *, transport: Sender | None, today: date, now: datetime, office_name: str, base_url: str
) -> str:
    """Queue this morning's mails and send what waits; the summary in words. No transport: no server is set."""
    if transport is None:
        return "No mail server is set, so nobody is mailed."

    def queue(session: Session) -> int:
        return queue_morning_mail(session, today=today, now=now, office_name=office_name, base_url=base_url)

    queued = db.transact(queue, idempotent=True)
    return f"{queued} queued; {outbox.send_waiting(db, transport=transport, now=now).in_words}"


def send_waiting(db: Database, *, transport: Sender | None, now: datetime) -> Sending:
    """Send the mails that wait: retries of the morning's, and tests. For every few minutes."""
    return outbox.send_waiting(db, transport=transport, now=now)
