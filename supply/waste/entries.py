"""What goes into a container: a note, or a lot that leaves the shelf with it. Entries are only ever added.

A free text must never hold anything about a patient: FREE_TEXT_HINT stands beside every field for one.
"""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from supply.staff.permissions import Actor
from supply.stock.ledger import Act
from supply.stock.movements import Moved
from supply.stock.picking import Wanted
from supply.waste.models import ContainerEntry

FREE_TEXT_HINT = "What it is, in a few words. Never a name, a date of birth, or anything else about a patient."


@dataclass(frozen=True)
class Into:
    """Where a discarded lot went, and what to mind."""

    container_id: int
    number: str
    warnings: tuple[str, ...] = ()


def add_note(
    session: Session, *, number: str, text: str, is_sharps: bool | None, by: Actor, now: datetime
) -> ContainerEntry:
    """Note in words what went in; `is_sharps` None is what the stream is. Raises NotFound, NotAllowed, Invalid,
    Conflict (container_sealed, container_full)."""
    raise NotImplementedError


def add_lot(session: Session, *, container: str, act: Act, wanted: Wanted, law_folder: str = "") -> tuple[Moved, Into]:
    """Throw a lot out into a container: the disposal and the entry in one transaction, under one key.

    Raises Invalid (bad_field: no such container, or the wrong one for this), Conflict (container_sealed), WhichLot,
    WrongOwner.
    """
    raise NotImplementedError


def take_back(session: Session, *, request_id: UUID, by: Actor, now: datetime) -> int:
    """Counter every entry of that act; how many there were. Raises Conflict (cannot_undo) once the container is sealed."""
    raise NotImplementedError
