"""Rows of papers: finding, locking in the order that everybody keeps, making the next version, noting acts.

Decides nothing: what may be done with a paper is said in `manifests`.
"""

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from supply.audit import chain
from supply.errors import Invalid, NotFound
from supply.staff.permissions import Actor
from supply.waste import numbers
from supply.waste.models import ManifestState, WasteManifest, WastePickup
from supply.waste.paper_building import Document

TEXT_LENGTH = 500


def new_paper(session: Session, pickup: WastePickup, document: Document, by: Actor, now: datetime) -> WasteManifest:
    """The next version after what was voided for this pickup."""
    statement = sa.select(WasteManifest).where(WasteManifest.pickup_id == pickup.id)
    before = session.scalar(statement.order_by(WasteManifest.version.desc()).limit(1))
    row = WasteManifest(
        number=numbers.provisional(),
        version=before.version + 1 if before else 1,
        kind=document.kind,
        state=ManifestState.draft,
        pickup_id=pickup.id,
        replaces_id=before.id if before else None,
        content="{}",
        made_at=now,
        made_by_id=by.person_id,
    )
    session.add(row)
    session.flush()
    row.number = numbers.number_of(numbers.MANIFEST, row.id)
    session.flush()
    return row


def locked(session: Session, number: str) -> tuple[WasteManifest, WastePickup]:
    """The paper and its pickup, locked in that order of everybody: pickup first."""
    row_id = numbers.id_of(numbers.MANIFEST, number)
    pickup_id = session.scalar(sa.select(WasteManifest.pickup_id).where(WasteManifest.id == row_id))
    if pickup_id is None:
        raise NotFound(f"There is no paper {number.strip()[:40]!r}.")
    booked = locked_pickup(session, pickup_id)
    statement = sa.select(WasteManifest).where(WasteManifest.id == row_id).with_for_update()
    return session.execute(statement.execution_options(populate_existing=True)).scalar_one(), booked


def locked_pickup(session: Session, pickup_id: int) -> WastePickup:
    """The pickup, locked until the transaction ends. Raises NotFound."""
    statement = sa.select(WastePickup).where(WastePickup.id == pickup_id).with_for_update()
    row = session.scalar(statement.execution_options(populate_existing=True))
    if row is None:
        raise NotFound(f"There is no pickup {numbers.number_of(numbers.PICKUP, pickup_id)}.")
    return row


def live_paper(session: Session, pickup_id: int) -> WasteManifest | None:
    """The paper of the pickup that is not void, locked."""
    statement = sa.select(WasteManifest).where(
        WasteManifest.pickup_id == pickup_id, WasteManifest.state != ManifestState.void
    )
    return session.scalar(statement.with_for_update().execution_options(populate_existing=True))


def state_words(state: ManifestState) -> str:
    """The state as people read it."""
    return state.value.replace("_", " ")


def checked_words(text: str, what: str, *, most: int = TEXT_LENGTH) -> str:
    """What somebody has to say, tidied. Raises Invalid (reason_required)."""
    words = text.strip()
    if not words or len(words) > most or not words.isprintable():
        raise Invalid(f"Say {what}, in at most {most} characters.", code="reason_required")
    return words


def kept(session: Session, row: WasteManifest, by: Actor, now: datetime, action: str, **details: Any) -> WasteManifest:
    """Flush the paper and note the act for the audit chain."""
    session.flush()
    chain.record(
        session,
        at=now,
        actor_id=by.person_id,
        action=f"waste.manifest_{action}",
        subject=f"manifest {row.number}",
        details={"state": row.state.value, "version": row.version, **details},
    )
    return row
