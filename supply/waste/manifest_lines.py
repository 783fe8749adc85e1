"""Reading papers: lists, and one with its content and signatures."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime, tzinfo

from sqlalchemy.orm import Session

from supply.waste.deadlines import Deadline
from supply.waste.models import ManifestState, WasteManifest
from supply.waste.papers import PaperContent
from supply.waste.rules import StateRules
from supply.waste.signatures import SignatureLine


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
    """One paper with everything: `content` is None for somebody else's form that is only tracked."""

    line: ManifestLine
    content: PaperContent | None
    content_sha256: str | None
    signatures: tuple[SignatureLine, ...]


def find_manifest(session: Session, number: str) -> WasteManifest:
    """The paper of that number (`M-000001` or `1`). Raises NotFound."""
    raise NotImplementedError


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
    raise NotImplementedError


def manifest_sheet(session: Session, number: str, *, rules: StateRules, today: date, zone: tzinfo) -> ManifestSheet:
    """One paper. Raises NotFound."""
    raise NotImplementedError
