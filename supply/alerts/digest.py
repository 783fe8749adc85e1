"""The morning mail: who gets one, and its words. Queues it and sends nothing; `outbox` does.

A mail goes when there is news for the person since their last one, or while something urgent waits: the same list every
day would soon be read by nobody.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from html import escape

import sqlalchemy as sa
from sqlalchemy.orm import Session

from supply.alerts.alert_lines import Decision, Decisions, decisions, has_news
from supply.alerts.audience import heard_by
from supply.alerts.models import AlertMail
from supply.alerts.outbox import queue_letter
from supply.alerts.smtp import Letter, one_line
from supply.db import table_of

_M = table_of(AlertMail).c
MOST_LINES = 30
HEADINGS = {"stop": "Act now", "short": "Today", "soon": "Soon", "note": "Good to know"}


@dataclass(frozen=True)
class Recipient:
    """Somebody who gets mail: their address and the roles that they have now."""

    person_id: int
    name: str
    address: str
    roles: Collection[str]


def queue_digests(
    session: Session,
    *,
    recipients: Sequence[Recipient],
    today: date,
    now: datetime,
    office_name: str,
    base_url: str,
) -> int:
    """Queue one mail of this local date for each who has something to hear; how many were queued. Twice is once."""
    queued = 0
    for person in recipients:
        roles, last = heard_by(person.roles), _last_told(session, person.person_id)
        if not has_news(session, roles=roles, since=last):
            continue
        found = decisions(session, roles=roles, most=MOST_LINES)
        letter = write_letter(person, found, told_until=last, office_name=office_name, base_url=base_url)
        number = queue_letter(session, letter, person_id=person.person_id, purpose="morning", today=today, now=now)
        queued += number is not None
    return queued


def _is_new(line: Decision, last: datetime | None) -> bool:
    return last is None or line.risen_at > last


def _last_told(session: Session, person_id: int) -> datetime | None:
    """When the person's last mail was written; one that never arrived told them nothing."""
    told = sa.select(_M.queued_at).where(_M.person_id == person_id, _M.purpose == "morning", _M.state != "failed")
    return session.scalar(told.order_by(_M.mailed_on.desc()).limit(1))


def write_letter(
    person: Recipient, found: Decisions, *, told_until: datetime | None, office_name: str, base_url: str
) -> Letter:
    """The words of one mail, as plain text and as simple HTML that says the same."""
    one = found.total == 1
    heading = f"{found.total:,} {'decision' if one else 'decisions'}"
    new = {line for line in found.lines if told_until is not None and _is_new(line, told_until)}
    beyond = f"and {found.beyond:,} more: {base_url}/alerts" if found.beyond else ""
    text = [f"Good morning, {one_line(person.name)}.", f"{heading} at {office_name}, the most urgent first.", ""]
    rows: list[str] = []
    severity = ""
    for line in found.lines:
        if line.severity != severity:
            severity = line.severity
            text += [HEADINGS[severity].upper(), ""]
            rows += ["</ul>"] * bool(rows) + [f"<h2>{HEADINGS[severity]}</h2>", "<ul>"]
        mark = "New: " if line in new else ""
        text += [f"* {mark}{line.words}", f"  {line.verb}: {base_url}{line.link}", ""]
        link = f'<a href="{escape(base_url + line.link)}">{escape(line.verb)}</a>'
        rows.append(f"<li>{mark}{escape(line.words)} {link}</li>")
    text += [beyond, ""] * bool(beyond) + [f"All of it: {base_url}/alerts", ""]
    rows.append("</ul>")
    rows += [f"<p>{escape(beyond)}</p>"] * bool(beyond) + [f'<p><a href="{escape(base_url)}/alerts">All of it</a></p>']
    body = "\n".join([f"<h1>{heading}</h1>", f"<p>Good morning, {escape(one_line(person.name))}.</p>", *rows])
    return Letter(
        person.name,
        person.address,
        f"{heading}: {one_line(office_name)}"[:200],
        "\n".join(text),
        _page(heading, body),
        "",
    )


def write_test(person: Recipient, *, office_name: str, base_url: str) -> Letter:
    """The mail behind the button that tries the settings."""
    text = f"This is a test from {office_name}. The morning mail will reach you at this address.\n\n{base_url}/alerts\n"
    body = f"<h1>A test from {escape(office_name)}</h1>\n<p>The morning mail will reach you at this address.</p>"
    subject = f"Test: {one_line(office_name)}"[:200]
    return Letter(person.name, person.address, subject, text, _page(subject, body), "")


def _page(title: str, body: str) -> str:
    head = f'<head><meta charset="utf-8"><title>{escape(title)}</title></head>'
    return f'<!doctype html>\n<html lang="en">{head}\n<body>\n{body}\n</body></html>\n'
