"""Booked pickups: which containers go, ticked at the dock, handed over to the driver. A container is on one at most."""

from datetime import date, datetime, tzinfo

from sqlalchemy.orm import Session

from supply.staff.permissions import Actor
from supply.waste.models import WastePickup
from supply.waste.rules import StateRules
from supply.waste.signatures import Sign


def schedule(
    session: Session,
    *,
    transporter: str | int,
    facility: str | int,
    scheduled_on: date,
    by: Actor,
    now: datetime,
    today: date,
    note: str = "",
) -> WastePickup:
    """Book a pickup. Raises NotAllowed, NotFound, Invalid (a day in the past), Conflict (registration_expired)."""
    raise NotImplementedError


def reschedule(
    session: Session, *, number: str, scheduled_on: date, by: Actor, now: datetime, today: date
) -> WastePickup:
    """Book another day for a pickup that is not handed over."""
    raise NotImplementedError


def add_containers(session: Session, *, number: str, containers: list[str], by: Actor, now: datetime) -> int:
    """Put sealed containers on it; all or none. Raises NotFound, Conflict (not_sealed, on_pickup, other_document,
    paper_signed) in words naming the container."""
    raise NotImplementedError


def remove_container(session: Session, *, number: str, container: str, by: Actor, now: datetime) -> None:
    """Take one off while the paper is not signed."""
    raise NotImplementedError


def scan_container(session: Session, *, number: str, code: str, by: Actor, now: datetime) -> str:
    """Tick a container at the dock by number or house code; gives its number. Raises NotFound, Conflict (not_on_pickup)."""
    raise NotImplementedError


def hand_over(
    session: Session,
    *,
    number: str,
    driver: Sign,
    by: Actor,
    now: datetime,
    rules: StateRules,
    zone: tzinfo,
    hauler_document: str | None = None,
) -> WastePickup:
    """The driver takes everything: containers PICKED_UP, the signed paper ACCEPTED with the driver's signature.

    Raises Conflict: not_ticked (naming the missing), no_paper, registration_expired, gone.
    """
    raise NotImplementedError


def mark_missed(session: Session, *, number: str, reason: str, by: Actor, now: datetime) -> WastePickup:
    """The transporter did not come; its containers stay on it until it is handed over or cancelled."""
    raise NotImplementedError


def cancel(session: Session, *, number: str, reason: str, by: Actor, now: datetime) -> WastePickup:
    """Cancel it and free its containers. Raises Conflict (paper_signed: void the paper first; handed_over)."""
    raise NotImplementedError
