"""Labels of the demonstration office: its own design of a lot's label, and what came out of a printer already."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import uuid5

from sqlalchemy.orm import Session

from supply.demo.oddities import ODDITIES
from supply.demo.places import SHELF_PRINTER
from supply.demo.posting import NAMESPACE, Clerk
from supply.demo.simulation import Stream
from supply.labels import print_jobs, templates
from supply.labels.content import Content
from supply.labels.presets import preset_named
from supply.staff.permissions import Role
from supply.stations import lot_marks
from supply.stations.lot_marks import Marked
from supply.stations.printer_lines import PrinterLine, printer_named
from supply.stock import lots

DESIGN = "Expiry to read from afar"
KIND, PRESET = "lot", "large-expiry"
VIAL, VIAL_DAYS, INITIALS = "INJ-LIDO-1", 28, "NV"
PRINT_SECONDS = 4


def choose_design(clerk: Clerk, now: datetime) -> None:
    """The manager chose a large expiry date for every label of a lot on the shelf printer's paper."""
    session, by = clerk.session, clerk.staff[Role.manager].actor
    lying = printer_named(session, SHELF_PRINTER).paper
    proof = templates.proved(KIND, preset_named(KIND, PRESET).design, lying.name)
    templates.add_template(
        session,
        proof=proof,
        name=DESIGN,
        preset=PRESET,
        is_default=True,
        actor_id=by.person_id,
        now=now - timedelta(days=9),
    )


def print_some(clerk: Clerk, streams: Sequence[Stream], *, now: datetime) -> None:
    """A vial was opened yesterday, and a lot on hold was marked: both labels came out."""
    session = clerk.session
    opened_at, held_at = now - timedelta(hours=20), now - timedelta(days=2)
    vial = _vial(clerk, streams)
    opened = Marked(opened_at.astimezone(clerk.zone).date(), VIAL_DAYS, INITIALS)
    _print(clerk, Role.nurse, f"opened {vial}", lot_marks.opened_label(session, vial, opened), opened_at)
    odd = next(odd for odd in ODDITIES if odd.kind == "held")
    held = int(lots.lots_named(session, clerk.items[odd.sku], odd.number, None)[0].id)
    stopped = Marked(held_at.astimezone(clerk.zone).date())
    _print(clerk, Role.manager, f"hold {held}", lot_marks.hold_label(session, held, stopped), held_at)


def _vial(clerk: Clerk, streams: Sequence[Stream]) -> int:
    """The lot of the injection that came last: good, and on the shelf."""
    stream = next(stream for stream in streams if stream.item.sku == VIAL)
    newest = next(lot for lot in reversed(stream.lots) if lot.left)
    return int(lots.lots_named(clerk.session, clerk.items[VIAL], newest.number, None)[0].id)


def _print(clerk: Clerk, role: Role, subject: str, content: Content, moment: datetime) -> None:
    session, printer = clerk.session, printer_named(clerk.session, SHELF_PRINTER)
    job = print_jobs.queue(
        session,
        request_id=uuid5(NAMESPACE, f"label/{subject}"),
        content=_designed(session, content, printer),
        copies=1,
        device_id=printer.id,
        actor_id=clerk.staff[role].actor.person_id,
        now=moment,
        subject=subject,
    )
    print_jobs.take_next(session, device_id=printer.id, now=moment)
    print_jobs.count_copy(session, job_id=job.id)
    print_jobs.printed(session, job_id=job.id, now=moment + timedelta(seconds=PRINT_SECONDS))


def _designed(session: Session, content: Content, printer: PrinterLine) -> Content:
    return templates.designed(session, content, printer.paper)
