"""Reading pickups: lists, and one with its containers, ticked and missing."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy.orm import Session

from supply.waste.models import PickupState, WastePickup


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
    raise NotImplementedError


def pickup_lines(
    session: Session, *, today: date, states: Collection[PickupState] | None = None, limit: int = 200
) -> list[PickupLine]:
    """Pickups, newest day first."""
    raise NotImplementedError


def pickup_line(session: Session, number: str, *, today: date) -> PickupLine:
    """One pickup. Raises NotFound."""
    raise NotImplementedError
