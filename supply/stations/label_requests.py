"""Labels that a person asks for: who may, at which printer, queued once for each request. Prints and draws nothing."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from supply.db import table_of
from supply.errors import Conflict, NotFound
from supply.labels import print_jobs, templates
from supply.labels.content import to_payload
from supply.labels.models import PrintJob
from supply.staff.permissions import Action, Actor, require
from supply.stations.fields import ScanRules
from supply.stations.label_subjects import (
    CONTAINER,
    HOLD,
    NOT_MARKED,
    OF_A_LOT,
    OPENED,
    Subject,
    content_of,
    find_subject,
)
from supply.stations.lot_marks import Marked
from supply.stations.printer_lines import PrinterLine, printer_lines, printer_named

LOOKED_AT = 200
ACTIONS = {
    CONTAINER: Action.print_container_labels,
    OPENED: Action.count,  # whoever handles vials: nurse, receiver, manager
    HOLD: Action.throw_out,  # whoever may set stock aside
    "badge": Action.settle_scans,
}
_J = table_of(PrintJob).c


@dataclass(frozen=True)
class LabelWish:
    """What somebody asks for; without a `printer`, the one they printed on last, or else the first that is ready.

    `marked` is what they say of a lot in hand, for a label of that.
    """

    request_id: UUID
    kind: str
    name: str
    copies: int = 1
    printer: str | None = None
    marked: Marked = NOT_MARKED


@dataclass(frozen=True)
class Asked:
    """The job of a wish, and whether this very call made it."""

    job: PrintJob
    is_new: bool


def action_of(kind: str) -> Action:
    """What a person must be allowed to for labels of this kind."""
    return ACTIONS.get(kind, Action.print_labels)


def ask_for_label(session: Session, wish: LabelWish, *, by: Actor, now: datetime, rules: ScanRules) -> Asked:
    """Put a label into the print queue, once for each `request_id`, however often it is asked.

    Raises NotAllowed, NotFound (thing, printer), Invalid (kind, copies), Conflict (key_reused, queue_full).
    """
    require(by, action_of(wish.kind))
    subject = find_subject(session, wish.kind, wish.name)
    before = session.scalar(sa.select(PrintJob).where(PrintJob.request_id == wish.request_id))
    if before is not None:
        if subject.kind in OF_A_LOT:
            _check_same_words(before, to_payload(content_of(session, subject, rules, wish.marked)))
        return Asked(_same(session, before, wish, subject, by), False)
    printer = chosen_printer(session, wish.printer, by=by)
    job = print_jobs.queue(
        session,
        request_id=wish.request_id,
        content=templates.designed(session, content_of(session, subject, rules, wish.marked), printer.paper),
        copies=wish.copies,
        device_id=printer.id,
        actor_id=by.person_id,
        now=now,
        subject=subject_words(subject),
    )
    return Asked(job, True)


def chosen_printer(session: Session, name: str | None, *, by: Actor) -> PrinterLine:
    """The printer of that name, or the usual one of this person. Raises NotFound where there is none."""
    if name is not None:
        return printer_named(session, name)
    found = usual_printer(session, by=by)
    if found is None:
        raise NotFound("No label printer is set up yet. Save the label as a picture instead.", code="no_printer")
    return found


def usual_printer(session: Session, *, by: Actor) -> PrinterLine | None:
    """The printer on which this person printed last, among the latest jobs, unless it failed; else a ready one."""
    lines = printer_lines(session)
    latest = sa.select(_J.device_id, _J.queued_by_id, _J.id).order_by(_J.id.desc()).limit(LOOKED_AT).subquery()
    mine = sa.select(latest.c.device_id).where(latest.c.queued_by_id == by.person_id).order_by(latest.c.id.desc())
    last = session.scalars(mine.limit(1)).first()
    return next((line for line in lines if line.id == last and not line.is_failed), lines[0] if lines else None)


def subject_words(subject: Subject) -> str:
    """What a print job says it is about, by which its jobs are found again."""
    return f"{subject.kind} {subject.row_id}"


def _check_same_words(job: PrintJob, told: dict[str, Any]) -> None:
    if {key: value for key, value in job.payload.items() if key != "design"} != told:
        raise Conflict("This request was used for another label already; ask again.", code="key_reused")


def _same(session: Session, job: PrintJob, wish: LabelWish, subject: Subject, by: Actor) -> PrintJob:
    device = job.device_id if wish.printer is None else printer_named(session, wish.printer).id
    told = (subject_words(subject), wish.copies, device, by.person_id)
    if told != (job.subject, job.copies, job.device_id, job.queued_by_id):
        raise Conflict("This request was used for another label already; ask again.", code="key_reused")
    return job
