"""Reading papers: lists, and one with its content and signatures."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime, tzinfo
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from supply.errors import NotFound
from supply.waste import numbers
from supply.waste.deadlines import FINE, Deadline, copy_due
from supply.waste.models import ManifestState, WasteManifest, WasteParty, WastePickup
from supply.waste.papers import PaperContent, from_text, missing_fields, sha256_of, to_text
from supply.waste.rules import StateRules
from supply.waste.signatures import SignatureLine, signature_lines

STATE_WORDS = {
    ManifestState.draft: "draft",
    ManifestState.ready: "ready to sign",
    ManifestState.signed: "signed by the office",
    ManifestState.accepted: "with the transporter",
    ManifestState.copy_returned: "copy is back",
    ManifestState.discrepancy: "differs",
    ManifestState.closed: "closed",
    ManifestState.void: "void",
}


@dataclass(frozen=True)
class ManifestLine:
    """A paper as lists show it. `copy_due` is the day by which the signed copy must be back, from acceptance on."""

    id: int
    number: str
    version: int
    kind: str
    state: ManifestState
    state_words: str
    pickup: str
    transporter: str
    facility: str
    hauler_document: str | None
    made_at: datetime
    signed_at: datetime | None
    accepted_at: datetime | None
    copy_due: date | None
    copy_returned_at: datetime | None
    retention_until: date | None
    discrepancy: str | None
    settlement: str | None
    void_reason: str | None
    replaces: str | None
    replaced_by: str | None
    missing: tuple[str, ...]  # fields that a draft still lacks
    deadline: Deadline | None


@dataclass(frozen=True)
class ManifestSheet:
    """One paper with everything: of somebody else's form, `content` is our record of what left."""

    line: ManifestLine
    content: PaperContent
    content_sha256: str | None
    signatures: tuple[SignatureLine, ...]


def find_manifest(session: Session, number: str) -> WasteManifest:
    """The paper of that number (`M-000001` or `1`). Raises NotFound."""
    row = session.get(WasteManifest, numbers.id_of(numbers.MANIFEST, number))
    if row is None:
        raise NotFound(f"There is no paper {number.strip()[:40]!r}.")
    return row


def manifest_lines(
    session: Session,
    *,
    rules: StateRules,
    today: date,
    zone: tzinfo,
    states: Collection[ManifestState] | None = None,
    limit: int = 200,
) -> list[ManifestLine]:
    """Papers, newest first."""
    statement = _SELECT.order_by(WasteManifest.id.desc()).limit(limit)
    if states is not None:
        statement = statement.where(WasteManifest.state.in_(list(states)))
    return [_line(row, rules, today, zone) for row in session.execute(statement)]


def manifest_sheet(session: Session, number: str, *, rules: StateRules, today: date, zone: tzinfo) -> ManifestSheet:
    """One paper. Raises NotFound."""
    row = find_manifest(session, number)
    line = _line(session.execute(_SELECT.where(WasteManifest.id == row.id)).one(), rules, today, zone)
    return ManifestSheet(line, from_text(row.content), row.content_sha256, tuple(signature_lines(session, row.id)))


def is_content_intact(sheet: ManifestSheet) -> bool:
    """Whether a signed paper still has the digest that was signed, and every signature carries that digest."""
    digest = sha256_of(to_text(sheet.content))
    signed = sheet.content_sha256 is None or sheet.content_sha256 == digest
    return signed and all(one.content_sha256 == digest for one in sheet.signatures)


_TRANSPORTER, _FACILITY = sa.orm.aliased(WasteParty), sa.orm.aliased(WasteParty)
_BEFORE, _AFTER = sa.orm.aliased(WasteManifest), sa.orm.aliased(WasteManifest)
_SELECT: sa.Select[Any] = (
    sa.select(WasteManifest, WastePickup.number, _TRANSPORTER.name, _FACILITY.name, _BEFORE.number, _AFTER.number)
    .join(WastePickup, WastePickup.id == WasteManifest.pickup_id)
    .join(_TRANSPORTER, _TRANSPORTER.id == WastePickup.transporter_id)
    .join(_FACILITY, _FACILITY.id == WastePickup.facility_id)
    .outerjoin(_BEFORE, _BEFORE.id == WasteManifest.replaces_id)
    .outerjoin(_AFTER, _AFTER.replaces_id == WasteManifest.id)
)


def _line(found: sa.Row[Any], rules: StateRules, today: date, zone: tzinfo) -> ManifestLine:
    row, pickup, transporter, facility, before, after = found
    content = from_text(row.content)
    owed = row.state == ManifestState.accepted and row.accepted_at is not None
    timers = copy_due(row.number, row.accepted_at.astimezone(zone).date(), rules, today) if row.accepted_at else None
    return ManifestLine(
        id=row.id,
        number=row.number,
        version=row.version,
        kind=row.kind,
        state=row.state,
        state_words=STATE_WORDS[row.state],
        pickup=pickup,
        transporter=content.carrier.name if row.signed_at else transporter,
        facility=content.consignee.name if row.signed_at else facility,
        hauler_document=row.hauler_document,
        made_at=row.made_at,
        signed_at=row.signed_at,
        accepted_at=row.accepted_at,
        copy_due=timers[0].due_on if timers else None,
        copy_returned_at=row.copy_returned_at,
        retention_until=row.retention_until,
        discrepancy=row.discrepancy,
        settlement=row.settlement,
        void_reason=row.void_reason,
        replaces=before,
        replaced_by=after,
        missing=missing_fields(content) if row.state == ManifestState.draft else (),
        deadline=_worst(timers) if owed and timers else None,
    )


def _worst(timers: tuple[Deadline, Deadline]) -> Deadline:
    """The copy's deadline, until the report's own has come."""
    copy, report = timers
    return copy if report.state == FINE else report
