"""The life of a container: made, opened, filled, sealed, weighed, moved, voided. Each step is taken once, by one person.

Every step is a guarded update: two people at once end with one of them told. Nothing sealed is ever reopened.
"""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from supply.staff.permissions import Actor
from supply.waste.models import WasteContainer


@dataclass(frozen=True)
class NewContainer:
    """A container to be: `package` is left empty for the stream's usual one; the limit is grams."""

    stream: str
    location: str
    package: str = ""
    weight_limit_grams: int | None = None


def open_container(
    session: Session, *, new: NewContainer, by: Actor, now: datetime, is_opened: bool = True, law_folder: str = ""
) -> WasteContainer:
    """Make a container with a number of its own; `is_opened=False` leaves it NEW (label printed, not in use).

    Raises NotAllowed, Invalid (stream, place, limit).
    """
    raise NotImplementedError


def put_in_use(session: Session, *, number: str, by: Actor, now: datetime) -> WasteContainer:
    """A NEW container is opened. Raises NotFound, NotAllowed, Conflict (not_new)."""
    raise NotImplementedError


def mark_full(session: Session, *, number: str, by: Actor, now: datetime) -> WasteContainer:
    """Say that nothing more goes in. Raises NotFound, NotAllowed, Conflict (not_open)."""
    raise NotImplementedError


def seal(session: Session, *, number: str, weight: str, unit: str, by: Actor, now: datetime) -> WasteContainer:
    """Seal it with its gross weight, typed in `lb` or `kg`. Raises NotFound, NotAllowed, Invalid (weight; too_heavy),
    Conflict (empty; sealed_already)."""
    raise NotImplementedError


def swap(
    session: Session, *, number: str, weight: str, unit: str, by: Actor, now: datetime
) -> tuple[WasteContainer, WasteContainer]:
    """Seal the full one and open its successor of the same kind in the same place, in one act."""
    raise NotImplementedError


def weigh(session: Session, *, number: str, weight: str, unit: str, by: Actor, now: datetime) -> WasteContainer:
    """Correct the weight of a sealed container that is on no signed paper. Raises Conflict (not_sealed, on_paper)."""
    raise NotImplementedError


def move_container(session: Session, *, number: str, location: str, by: Actor, now: datetime) -> WasteContainer:
    """Put it in another place. Raises NotFound, NotAllowed, Invalid (bad_location), Conflict (gone, void)."""
    raise NotImplementedError


def void(session: Session, *, number: str, reason: str, by: Actor, now: datetime) -> WasteContainer:
    """Cancel a container that was never used. Raises Conflict (not_new) for any other, Invalid without a reason."""
    raise NotImplementedError
