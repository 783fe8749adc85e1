"""Reading containers: lists for the board, and one with everything that went into it."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime, tzinfo
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from supply.barcodes import house_code
from supply.errors import NotFound
from supply.staff.models import Person
from supply.stock.models import Item, Location, Lot
from supply.waste import numbers
from supply.waste.containers import STATE_WORDS
from supply.waste.deadlines import Deadline, StorageFacts, due
from supply.waste.models import (
    ContainerEntry,
    ContainerState,
    EntryKind,
    ManifestState,
    PickupLine,
    WasteContainer,
    WasteManifest,
    WastePickup,
)
from supply.waste.rules import StateRules
from supply.waste.streams import streams


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
    closed_how: str | None
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
    """The container of that number (`W-000001`, `1`) or house code. Raises NotFound."""
    row = session.get(WasteContainer, numbers.id_of(numbers.CONTAINER, text))
    if row is None:
        raise NotFound(f"There is no container {text.strip()[:40]!r}.")
    return row


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
    statement = _SELECT.where(WasteContainer.id > after_id).order_by(WasteContainer.id).limit(limit)
    if states is not None:
        statement = statement.where(WasteContainer.state.in_(list(states)))
    if stream is not None:
        statement = statement.where(WasteContainer.stream == stream.strip().upper())
    return [_line(row, rules, today, zone) for row in session.execute(statement)]


def container_line(session: Session, number: str, *, rules: StateRules, today: date, zone: tzinfo) -> ContainerLine:
    """One container. Raises NotFound."""
    row_id = find_container(session, number).id
    return _line(session.execute(_SELECT.where(WasteContainer.id == row_id)).one(), rules, today, zone)


def entry_lines(session: Session, container_id: int) -> list[EntryLine]:
    """What went in, oldest first, with what was taken back."""
    back = sa.orm.aliased(ContainerEntry)
    statement = (
        sa.select(ContainerEntry, Person.display_name, Item.sku, Item.unit, Lot.lot_number, back.id)
        .join(Person, Person.id == ContainerEntry.added_by_id)
        .outerjoin(Item, Item.id == ContainerEntry.item_id)
        .outerjoin(Lot, Lot.id == ContainerEntry.lot_id)
        .outerjoin(back, back.reverses_id == ContainerEntry.id)
        .where(ContainerEntry.container_id == container_id)
        .order_by(ContainerEntry.id)
    )
    return [
        EntryLine(
            id=entry.id,
            kind=entry.kind.value,
            text=entry.text,
            sku=sku,
            lot=lot or None,
            quantity=entry.quantity,
            unit=unit,
            is_sharps=entry.is_sharps,
            added_at=entry.added_at,
            added_by=added_by,
            is_reversed=back_id is not None,
        )
        for entry, added_by, sku, unit, lot, back_id in session.execute(statement)
    ]


def storage_facts(row: WasteContainer, zone: tzinfo) -> StorageFacts:
    """What decides how long the container may stay, on the office's days."""

    def day(moment: datetime | None) -> date | None:
        return moment.astimezone(zone).date() if moment else None

    return StorageFacts(
        number=row.number,
        stream=row.stream,
        state=row.state.value,
        first_item_on=day(row.first_item_at),
        first_nonsharps_on=day(row.first_nonsharps_at),
        full_on=day(row.full_at),
        sealed_on=day(row.sealed_at),
    )


_ENTRY, _BACK = sa.orm.aliased(ContainerEntry), sa.orm.aliased(ContainerEntry)
_BEFORE, _AFTER = sa.orm.aliased(WasteContainer), sa.orm.aliased(WasteContainer)
_ENTRIES = (
    sa.select(sa.func.count())
    .select_from(_ENTRY)
    .outerjoin(_BACK, _BACK.reverses_id == _ENTRY.id)
    .where(_ENTRY.container_id == WasteContainer.id, _ENTRY.kind != EntryKind.reversal, _BACK.id.is_(None))
    .correlate(WasteContainer)
    .scalar_subquery()
)
_SELECT: sa.Select[Any] = (
    sa.select(
        WasteContainer,
        Location.code,
        Location.name,
        _ENTRIES,
        Person.display_name,
        _BEFORE.number,
        _AFTER.number,
        WastePickup.number,
        WasteManifest.number,
    )
    .join(Location, Location.id == WasteContainer.location_id)
    .outerjoin(Person, Person.id == WasteContainer.sealed_by_id)
    .outerjoin(_BEFORE, _BEFORE.id == WasteContainer.replaces_id)
    .outerjoin(_AFTER, _AFTER.replaces_id == WasteContainer.id)
    .outerjoin(PickupLine, sa.and_(PickupLine.container_id == WasteContainer.id, PickupLine.released_at.is_(None)))
    .outerjoin(WastePickup, WastePickup.id == PickupLine.pickup_id)
    .outerjoin(
        WasteManifest,
        sa.and_(WasteManifest.pickup_id == WastePickup.id, WasteManifest.state != ManifestState.void),
    )
)


def _line(found: sa.Row[Any], rules: StateRules, today: date, zone: tzinfo) -> ContainerLine:
    row, place, place_name, entries, sealed_by, before, after, pickup, manifest = found
    names = {stream.code: stream.name for stream in streams(rules.law_folder)}
    return ContainerLine(
        id=row.id,
        number=row.number,
        house_code=house_code.encode(house_code.CONTAINER, row.id),
        stream=row.stream,
        stream_name=names.get(row.stream, row.stream),
        package=row.package,
        location=place,
        location_name=place_name,
        state=row.state,
        state_words=STATE_WORDS[row.state],
        entries=entries,
        weight_limit_grams=row.weight_limit_grams,
        gross_weight_grams=row.gross_weight_grams,
        opened_at=row.opened_at,
        first_item_at=row.first_item_at,
        first_nonsharps_at=row.first_nonsharps_at,
        full_at=row.full_at,
        sealed_at=row.sealed_at,
        sealed_by=sealed_by,
        picked_up_at=row.picked_up_at,
        received_at=row.received_at,
        closed_at=row.closed_at,
        closed_how=row.closed_how,
        void_reason=row.void_reason,
        replaces=before,
        replaced_by=after,
        pickup=pickup,
        manifest=manifest,
        deadline=due(storage_facts(row, zone), rules, today),
    )
