"""Reading pickups: lists, and one with its containers, ticked and missing."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from supply.errors import NotFound
from supply.staff.models import Person
from supply.waste import numbers
from supply.waste.models import ManifestState, PickupState, WasteContainer, WasteManifest, WasteParty, WastePickup
from supply.waste.models import PickupLine as Line


@dataclass(frozen=True)
class PickupContainer:
    """A container on a pickup; `scanned_at` is its tick at the dock."""

    number: str
    stream: str
    package: str
    gross_weight_grams: int | None
    scanned_at: datetime | None


@dataclass(frozen=True)
class PickupLine:
    """A pickup as lists show it. `state` reads missed once the day after the booked one has come."""

    id: int
    number: str
    state: PickupState
    scheduled_on: date
    transporter_id: int
    transporter: str
    facility_id: int
    facility: str
    containers: tuple[PickupContainer, ...]
    gross_weight_grams: int
    manifest: str | None
    manifest_state: str | None
    hauler_document: str | None
    handed_over_at: datetime | None
    handed_over_by: str | None
    transporter_name: str | None
    note: str
    end_reason: str | None

    @property
    def ticked(self) -> tuple[PickupContainer, ...]:
        """Those seen at the dock."""
        return tuple(one for one in self.containers if one.scanned_at)

    @property
    def missing(self) -> tuple[PickupContainer, ...]:
        """Those not seen at the dock yet."""
        return tuple(one for one in self.containers if not one.scanned_at)


def find_pickup(session: Session, number: str) -> WastePickup:
    """The pickup of that number (`P-000001` or `1`). Raises NotFound."""
    row = session.get(WastePickup, numbers.id_of(numbers.PICKUP, number))
    if row is None:
        raise NotFound(f"There is no pickup {number.strip()[:40]!r}.")
    return row


def pickup_lines(
    session: Session, *, today: date, states: Collection[PickupState] | None = None, limit: int = 200
) -> list[PickupLine]:
    """Pickups, newest day first."""
    statement = _SELECT.order_by(WastePickup.scheduled_on.desc(), WastePickup.id.desc()).limit(limit)
    if states is not None:
        wanted = set(states)
        lookup = wanted | ({PickupState.scheduled} if PickupState.missed in wanted else set())
        statement = statement.where(WastePickup.state.in_(list(lookup)))
        return [line for line in _lines(session, statement, today) if line.state in wanted]
    return _lines(session, statement, today)


def pickup_line(session: Session, number: str, *, today: date) -> PickupLine:
    """One pickup. Raises NotFound."""
    row_id = find_pickup(session, number).id
    return _lines(session, _SELECT.where(WastePickup.id == row_id), today)[0]


_TRANSPORTER, _FACILITY = sa.orm.aliased(WasteParty), sa.orm.aliased(WasteParty)
_SELECT: sa.Select[Any] = (
    sa.select(WastePickup, _TRANSPORTER.name, _FACILITY.name, Person.display_name, WasteManifest)
    .join(_TRANSPORTER, _TRANSPORTER.id == WastePickup.transporter_id)
    .join(_FACILITY, _FACILITY.id == WastePickup.facility_id)
    .outerjoin(Person, Person.id == WastePickup.handed_over_by_id)
    .outerjoin(
        WasteManifest,
        sa.and_(WasteManifest.pickup_id == WastePickup.id, WasteManifest.state != ManifestState.void),
    )
)


def _lines(session: Session, statement: sa.Select[Any], today: date) -> list[PickupLine]:
    found = session.execute(statement).all()
    held: dict[int, list[PickupContainer]] = {row.id: [] for row, *_ in found}
    on_them = (
        sa.select(Line.pickup_id, WasteContainer, Line.scanned_at)
        .join(WasteContainer, WasteContainer.id == Line.container_id)
        .where(Line.pickup_id.in_(held), Line.released_at.is_(None))
        .order_by(WasteContainer.id)
    )
    for pickup_id, box, scanned_at in session.execute(on_them):
        held[pickup_id].append(PickupContainer(box.number, box.stream, box.package, box.gross_weight_grams, scanned_at))
    return [_line(row, tuple(held[row[0].id]), today) for row in found]


def _line(found: sa.Row[Any], containers: tuple[PickupContainer, ...], today: date) -> PickupLine:
    row, transporter, facility, handed_over_by, manifest = found
    is_missed = row.state == PickupState.scheduled and row.scheduled_on < today
    return PickupLine(
        id=row.id,
        number=row.number,
        state=PickupState.missed if is_missed else row.state,
        scheduled_on=row.scheduled_on,
        transporter_id=row.transporter_id,
        transporter=transporter,
        facility_id=row.facility_id,
        facility=facility,
        containers=containers,
        gross_weight_grams=sum(one.gross_weight_grams or 0 for one in containers),
        manifest=manifest.number if manifest else None,
        manifest_state=manifest.state.value if manifest else None,
        hauler_document=row.hauler_document,
        handed_over_at=row.handed_over_at,
        handed_over_by=handed_over_by,
        transporter_name=row.transporter_name,
        note=row.note,
        end_reason=row.end_reason,
    )
