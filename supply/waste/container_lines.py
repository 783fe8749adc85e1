"""Reading containers: lists for the board, and one with everything that went into it."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime, tzinfo

from sqlalchemy.orm import Session

from supply.waste.deadlines import Deadline
from supply.waste.models import ContainerState, WasteContainer
from supply.waste.rules import StateRules


@dataclass(frozen=True)
class ContainerLine:
    """A container as lists show it. Weights are grams; `pickup` and `manifest` are numbers of the live ones."""

    id: int
    number: str
    house_code: str
    stream: str
    stream_name: str
    package: str
    location: str
    location_name: str
    state: ContainerState
    state_words: str
    entries: int
    weight_limit_grams: int | None
    gross_weight_grams: int | None
    opened_at: datetime | None
    first_item_at: datetime | None
    first_nonsharps_at: datetime | None
    full_at: datetime | None
    sealed_at: datetime | None
    sealed_by: str | None
    picked_up_at: datetime | None
    received_at: datetime | None
    closed_at: datetime | None
    void_reason: str | None
    replaces: str | None
    replaced_by: str | None
    pickup: str | None
    manifest: str | None
    deadline: Deadline | None


@dataclass(frozen=True)
class EntryLine:
    """What somebody put in. `text` never holds anything about a patient."""

    id: int
    kind: str
    text: str
    sku: str | None
    lot: str | None
    quantity: int | None
    unit: str | None
    is_sharps: bool
    added_at: datetime
    added_by: str
    is_reversed: bool


def find_container(session: Session, text: str) -> WasteContainer:
    """The container of that number (`W-000001`, `1`) or house code. Raises NotFound, Invalid (bad_field) for nonsense."""
    raise NotImplementedError


def container_lines(
    session: Session,
    *,
    rules: StateRules,
    today: date,
    zone: tzinfo,
    states: Collection[ContainerState] | None = None,
    stream: str | None = None,
    after_id: int = 0,
    limit: int = 200,
) -> list[ContainerLine]:
    """Containers by id, of those states and that stream."""
    raise NotImplementedError


def container_line(session: Session, number: str, *, rules: StateRules, today: date, zone: tzinfo) -> ContainerLine:
    """One container. Raises NotFound."""
    raise NotImplementedError


def entry_lines(session: Session, container_id: int) -> list[EntryLine]:
    """What went in, oldest first, with what was taken back."""
    raise NotImplementedError
