"""Labels for a whole place at once: one for each item that stands there, queued together or not at all.

Draws nothing: whoever asks draws the first label, and reads it back, before anything is queued.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID, uuid5

import sqlalchemy as sa
from sqlalchemy.orm import Session

from supply.db import table_of
from supply.errors import Invalid
from supply.labels import print_jobs, templates
from supply.labels.content import Content
from supply.labels.models import PrintJob, PrintState
from supply.labels.paper import Paper
from supply.staff.permissions import Action, Actor, require
from supply.stations.label_contents import item_label
from supply.stations.print_lines import is_asked
from supply.stations.printer_lines import PrinterLine
from supply.stock.locations import Place
from supply.stock.models import Balance, Item

MOST_AT_ONCE: Final = 200  # labels of one batch
STILL_HERE: Final = (PrintState.queued, PrintState.attention)
_B, _I = table_of(Balance).c, table_of(Item).c


@dataclass(frozen=True)
class ShelfItem:
    """An item of a place: how many base units of it stand there with all within, 0 where it ran out."""

    id: int
    sku: str
    name: str
    unit: str
    quantity: int


def shelf_items(session: Session, place: Place, *, also_out: bool) -> list[ShelfItem]:
    """What stands in the place and in those within, by name; with `also_out`, what stood there and ran out too.

    Raises Invalid (too_many) for more than one batch may hold: a place within it is to be chosen.
    """
    quantity = sa.func.sum(_B.quantity)
    statement = (
        sa.select(_I.id, _I.sku, _I.name, _I.unit, quantity)
        .join_from(table_of(Item), table_of(Balance), _B.item_id == _I.id)
        .where(_B.location_id.in_(place.within), _I.is_active)
        .group_by(_I.id, _I.sku, _I.name, _I.unit)
        .order_by(sa.func.lower(_I.name), _I.id)
        .limit(MOST_AT_ONCE + 1)
    )
    rows = session.execute(statement if also_out else statement.having(quantity > 0)).all()
    if len(rows) > MOST_AT_ONCE:
        message = f"There are more than {MOST_AT_ONCE} items in {place.name}. Choose a shelf or room within it."
        raise Invalid(message, code="too_many")
    return [ShelfItem(row.id, row.sku, row.name, row.unit, int(row[4])) for row in rows]


def shelf_contents(session: Session, items: Sequence[ShelfItem], lying: Paper) -> list[Content]:
    """What stands on each label, in the office's design for that paper."""
    return [templates.designed(session, item_label(session, item.id), lying) for item in items]


def queue_shelf_labels(
    session: Session, *, key: UUID, place: Place, also_out: bool, printer: PrinterLine, by: Actor, now: datetime
) -> int:
    """Queue a label for each item of the place; gives how many. The same `key` queues nothing again, and gives 0.

    Raises NotAllowed, Invalid (too_many, nothing_there), Conflict (queue_full): then none is queued.
    """
    require(by, Action.print_labels)
    if is_asked(session, label_key(key, 0)):
        return 0
    items = shelf_items(session, place, also_out=also_out)
    if not items:
        raise Invalid(f"Nothing stands in {place.name}, so there is nothing to label.", code="nothing_there")
    for number, (item, content) in enumerate(zip(items, shelf_contents(session, items, printer.paper), strict=True)):
        print_jobs.queue(
            session,
            request_id=label_key(key, number),
            content=content,
            copies=1,
            device_id=printer.id,
            actor_id=by.person_id,
            now=now,
            subject=f"item {item.id}",
        )
    return len(items)


def cancel_shelf_labels(session: Session, *, key: UUID, by: Actor, now: datetime) -> int:
    """Give up what is not out yet of a batch that this person asked for; gives how many labels. Raises NotAllowed."""
    require(by, Action.print_labels)
    mine = sa.select(PrintJob.id).where(
        PrintJob.request_id.in_([label_key(key, number) for number in range(MOST_AT_ONCE)]),
        PrintJob.queued_by_id == by.person_id,
        PrintJob.state.in_(STILL_HERE),
    )
    jobs = session.scalars(mine.order_by(PrintJob.id)).all()
    for job_id in jobs:
        print_jobs.cancel(session, job_id=job_id, actor_id=by.person_id, now=now)
    return len(jobs)


def label_key(key: UUID, number: int) -> UUID:
    """The key of one label of a batch, by which it is found again."""
    return uuid5(key, f"shelf label {number}")
