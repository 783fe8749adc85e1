"""Proving that the records of waste still add up: papers say what was signed, containers hold what left the shelf."""

from collections import defaultdict
from collections.abc import Iterator

import sqlalchemy as sa
from sqlalchemy.orm import Session

from supply.audit.chain import Fault
from supply.stock.models import Movement, MovementKind
from supply.waste.models import ContainerEntry, EntryKind, WasteContainer, WasteManifest, WasteSignature
from supply.waste.papers import sha256_of


def verify(session: Session) -> Iterator[Fault]:
    """Re-hash every signed paper and compare every entry of a lot with the movements of its act."""
    yield from _papers(session)
    yield from _entries(session)


def _papers(session: Session) -> Iterator[Fault]:
    digests = {}
    rows = session.execute(
        sa.select(WasteManifest.id, WasteManifest.number, WasteManifest.content, WasteManifest.content_sha256)
        .where(WasteManifest.content_sha256.is_not(None))
        .order_by(WasteManifest.id)
    )
    for row in rows:
        digests[row.id] = row.content_sha256
        if not row.content.isascii() or sha256_of(row.content) != row.content_sha256:
            yield Fault("waste_paper", f"manifest {row.number}", "does not say what was signed")
    signatures = session.execute(
        sa.select(WasteSignature.id, WasteSignature.manifest_id, WasteSignature.content_sha256).order_by(
            WasteSignature.id
        )
    )
    for signed in signatures:
        if digests.get(signed.manifest_id) != signed.content_sha256:
            yield Fault("waste_signature", f"signature {signed.id}", "is over another content than its paper's")


def _entries(session: Session) -> Iterator[Fault]:
    """Per act and lot: units in containers, less what was taken back, against units that left the shelf for good."""
    back = sa.orm.aliased(ContainerEntry)
    entered: dict[tuple[str, int], int] = defaultdict(int)
    names = {}
    rows = session.execute(
        sa.select(ContainerEntry, WasteContainer.number, back.id)
        .join(WasteContainer, WasteContainer.id == ContainerEntry.container_id)
        .outerjoin(back, back.reverses_id == ContainerEntry.id)
        .where(ContainerEntry.kind == EntryKind.lot, ContainerEntry.lot_id.is_not(None))
    )
    for entry, number, back_id in rows:
        key = str(entry.request_id), entry.lot_id
        entered[key] += 0 if back_id else entry.quantity
        names[key] = number
    thrown = _thrown_out(session)
    for key in sorted(entered):
        if entered[key] != thrown.get(key, 0):
            words = (
                f"holds {entered[key]} units of lot {key[1]} of request {key[0]}; {thrown.get(key, 0)} left the shelf"
            )
            yield Fault("waste_entry", f"container {names[key]}", words)


def _thrown_out(session: Session) -> dict[tuple[str, int], int]:
    reversal = sa.orm.aliased(Movement)
    wanted = sa.select(ContainerEntry.request_id).where(ContainerEntry.kind == EntryKind.lot)
    rows = session.execute(
        sa.select(Movement.request_id, Movement.lot_id, sa.func.sum(Movement.quantity))
        .outerjoin(reversal, reversal.reverses_id == Movement.id)
        .where(Movement.kind == MovementKind.disposal, Movement.request_id.in_(wanted), reversal.id.is_(None))
        .group_by(Movement.request_id, Movement.lot_id)
    )
    return {(str(request_id), lot_id): int(units) for request_id, lot_id, units in rows}
