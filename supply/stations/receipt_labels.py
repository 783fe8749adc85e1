"""Labels that print as boxes come in: one for each box scanned, queued in the transaction of the receipt.

Must never fail a receipt: what cannot be labelled becomes a warning in the answer.
"""

import contextlib
from collections.abc import Collection
from datetime import datetime
from uuid import UUID, uuid5

import sqlalchemy as sa
from sqlalchemy.orm import Session

from supply.db import savepoint
from supply.errors import Conflict, SupplyError
from supply.labels import print_jobs, templates
from supply.labels.models import PrintJob, PrintState
from supply.stations.label_contents import lot_label
from supply.stations.print_lines import PrintLine, lines_of_requests
from supply.stations.printer_lines import printer_lines
from supply.stock.ledger import Act
from supply.stock.models import Movement
from supply.stock.movements import Moved
from supply.stock.picking import Warned

NAMESPACE = UUID("3d0f5c9e-7d2b-4b0e-8f5e-52f0f6a3c0d7")
MOST_AT_ONCE = 50  # more boxes than that under one scan are a pallet; its labels are asked for by hand
STILL_HERE = (PrintState.queued, PrintState.attention)


def label_key(request_id: UUID) -> UUID:
    """The key of the print job of a receipt: a scan sent again asks for the same job."""
    return uuid5(NAMESPACE, f"receipt {request_id}")


def queue_receipt_labels(
    session: Session,
    *,
    station_id: int | None,
    request_id: UUID,
    lot_id: int,
    copies: int,
    actor_id: int,
    now: datetime,
) -> PrintJob | None:
    """Queue a lot label for each box of one receipt at the station's printer; None where it has no printer.

    Raises SupplyError for what cannot be labelled, too many at once included.
    """
    printers = printer_lines(session, station_id=station_id) if station_id is not None else []
    if not printers:
        return None
    if copies > MOST_AT_ONCE:
        raise SupplyError(f"{copies} labels are too many to print by themselves. Print them under Labels.")
    return print_jobs.queue(
        session,
        request_id=label_key(request_id),
        content=templates.designed(session, lot_label(session, lot_id), printers[0].paper),
        copies=copies,
        device_id=printers[0].id,
        actor_id=actor_id,
        now=now,
        subject=f"lot {lot_id}",
    )


def label_receipt(session: Session, act: Act, moved: Moved, *, boxes: int) -> Moved:
    """The receipt with its labels queued, or with a warning (`label_not_printed`) that says why there are none."""
    if not moved.rows or act.station_id is None:
        return moved
    lot_id = session.scalars(sa.select(Movement.lot_id).where(Movement.id == moved.rows[0].id)).one()
    try:
        with savepoint(session):
            queue_receipt_labels(
                session,
                station_id=act.station_id,
                request_id=act.request_id,
                lot_id=lot_id,
                copies=boxes,
                actor_id=act.actor_id,
                now=act.recorded_at,
            )
    except SupplyError as error:
        warned = Warned("label_not_printed", f"No label for this one. {error.message}")
        return Moved(moved.rows, moved.shortfall, moved.on_hand, (*moved.warnings, warned), moved.exception)
    return moved


def cancel_receipt_labels(session: Session, *, request_id: UUID, actor_id: int, now: datetime) -> None:
    """Give up the labels of a receipt that was undone, unless they are out or on their way."""
    job = session.scalar(sa.select(PrintJob).where(PrintJob.request_id == label_key(request_id)))
    if job is not None and job.state in STILL_HERE:
        with contextlib.suppress(Conflict):  # at this very moment the printer began
            print_jobs.cancel(session, job_id=job.id, actor_id=actor_id, now=now)


def receipt_labels(session: Session, request_ids: Collection[UUID]) -> dict[UUID, PrintLine]:
    """How the labels of these receipts got on, by the key of the scan; its latest reprint stands for a label."""
    keys = {label_key(one): one for one in request_ids}
    return {keys[key]: line for key, line in lines_of_requests(session, keys).items()}
