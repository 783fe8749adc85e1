"""A badge and the label that carries it, made in one transaction; the label forgets its code when it is out.

Must never keep a badge's text anywhere but in a job that still has to print.
"""

from dataclasses import dataclass
from datetime import datetime, tzinfo
from uuid import UUID

from sqlalchemy.orm import Session

from supply.barcodes import house_code
from supply.labels import print_jobs, templates
from supply.labels.content import BadgeLabel
from supply.labels.raster import render
from supply.labels.symbols import house_symbol
from supply.staff import badges, people
from supply.staff.permissions import Actor
from supply.stations.printer_lines import printer_named
from supply.stock.lots import expiry_words

FOR_GOOD, FOR_A_DAY = "Scan me to sign on", "Takes only"


@dataclass(frozen=True)
class Wanted:
    """A badge to be made: its fresh text, the printer of its label (None: shown on the screen only), the job's key."""

    text: str
    printer: str | None
    request_id: UUID


@dataclass(frozen=True)
class MadeBadge:
    """A badge that was made: whose it is, and the job of its label where one was asked for."""

    display_name: str
    job_id: int | None
    printer: str | None


def make_badge(session: Session, *, person_id: int, wanted: Wanted, by: Actor, now: datetime) -> MadeBadge:
    """Give a person a new badge and queue its label.

    Raises as `badges.issue_badge` does, NotFound (printer), Conflict (queue_full), Invalid where it does not fit.
    """
    badges.issue_badge(session, person_id=person_id, by=by, now=now, text=wanted.text)
    name = people.display_names(session, [person_id])[person_id]
    return _print(session, wanted, name, FOR_GOOD, "", by, now)


def make_day_badge(
    session: Session, *, name: str, valid_until: datetime, wanted: Wanted, by: Actor, now: datetime, zone: tzinfo
) -> MadeBadge:
    """Make a take-only badge and queue its label. Raises as `badges.issue_day_badge` and `make_badge` do."""
    badges.issue_day_badge(session, name=name, valid_until=valid_until, by=by, now=now, text=wanted.text)
    until = valid_until.astimezone(zone)
    return _print(session, wanted, name.strip(), FOR_A_DAY, f"{expiry_words(until.date())} {until:%H:%M}", by, now)


def _print(session: Session, wanted: Wanted, name: str, words: str, until: str, by: Actor, now: datetime) -> MadeBadge:
    if wanted.printer is None:
        return MadeBadge(name, None, None)
    printer = printer_named(session, wanted.printer)
    symbol = house_symbol(house_code.BADGE, wanted.text[len(badges.HOUSE) : -1])
    content = templates.designed(session, BadgeLabel(name, words, symbol, until), printer.paper)
    render(content, printer.paper)  # where the paper is too small, it is said before anything is kept
    job = print_jobs.queue(
        session,
        request_id=wanted.request_id,
        content=content,
        copies=1,
        device_id=printer.id,
        actor_id=by.person_id,
        now=now,
        subject=f"badge of {name}",
        forget=True,
    )
    return MadeBadge(name, job.id, printer.name)
