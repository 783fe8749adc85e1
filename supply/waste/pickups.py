"""Booked pickups: which containers go, ticked at the dock, handed over to the driver. A container is on one at most.

Whoever changes a pickup locks it first, then its paper, then its containers.
"""

from collections.abc import Iterable
from datetime import date, datetime, tzinfo
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from supply.audit import chain
from supply.errors import Conflict, Invalid, NotFound
from supply.staff.permissions import Action, Actor, require
from supply.waste import containers, manifests, numbers
from supply.waste.containers import ON_SIGNED_PAPER, STATE_WORDS
from supply.waste.models import (
    ContainerState,
    ManifestState,
    PartyKind,
    PickupLine,
    PickupState,
    WasteContainer,
    WasteManifest,
    WastePickup,
)
from supply.waste.paper_rows import checked_words
from supply.waste.parties import find_party, party_line, refuse_expired
from supply.waste.rules import StateRules
from supply.waste.signatures import Sign, checked
from supply.waste.streams import OUR_PAPER, find_stream

OPEN = (PickupState.scheduled, PickupState.missed)
TEXT_LENGTH = 300
CONTAINERS_LIMIT = 400


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
    require(by, Action.containers_seal)
    hauler = find_party(session, transporter, PartyKind.transporter, today=today)
    plant = find_party(session, facility, PartyKind.facility, today=today)
    _refuse_past(scheduled_on, today)
    for party in (hauler, plant):
        refuse_expired(party, scheduled_on)
    if len(note) > TEXT_LENGTH or (note and not note.isprintable()):
        raise Invalid(f"A note has at most {TEXT_LENGTH} characters.", code="bad_field")
    row = WastePickup(
        number=numbers.provisional(),
        transporter_id=hauler.id,
        facility_id=plant.id,
        scheduled_on=scheduled_on,
        state=PickupState.scheduled,
        note=note.strip(),
        made_at=now,
        made_by_id=by.person_id,
    )
    session.add(row)
    session.flush()
    row.number = numbers.number_of(numbers.PICKUP, row.id)
    return _kept(session, row, by, now, "schedule", on=scheduled_on.isoformat(), transporter=hauler.name)


def reschedule(
    session: Session, *, number: str, scheduled_on: date, by: Actor, now: datetime, today: date
) -> WastePickup:
    """Book another day for a pickup that is not handed over. Raises NotFound, Invalid, Conflict."""
    require(by, Action.containers_seal)
    row = _open(session, number)
    _refuse_past(scheduled_on, today)
    for party_id in (row.transporter_id, row.facility_id):
        refuse_expired(party_line(session, party_id, today=today), scheduled_on)
    row.scheduled_on, row.state = scheduled_on, PickupState.scheduled
    return _kept(session, row, by, now, "reschedule", on=scheduled_on.isoformat())


def add_containers(
    session: Session, *, number: str, containers: list[str], by: Actor, now: datetime, law_folder: str = ""
) -> int:
    """Put sealed containers on it; all or none; how many were added.

    Raises NotFound, Conflict (not_sealed, on_pickup, other_document, paper_signed) in words naming the container.
    """
    require(by, Action.containers_seal)
    row = _open(session, number)
    _refuse_signed(session, row)
    wanted = sorted({numbers.id_of(numbers.CONTAINER, text) for text in containers})
    boxes = {box.id: box for box in _containers_on(session, row.id)}
    if len(boxes) + len(wanted) > CONTAINERS_LIMIT:
        raise Invalid(f"A pickup takes at most {CONTAINERS_LIMIT} containers; book another one.", code="bad_field")
    added = 0
    for container_id in wanted:
        if container_id in boxes:
            continue
        box = _sealed(session, container_id)
        _refuse_other_document(box, boxes.values(), law_folder)
        _refuse_on_pickup(session, box)
        session.add(PickupLine(pickup_id=row.id, container_id=box.id, added_at=now, added_by_id=by.person_id))
        boxes[box.id] = box
        added += 1
    _kept(session, row, by, now, "add_containers", containers=[boxes[one].number for one in wanted])
    return added


def remove_container(session: Session, *, number: str, container: str, by: Actor, now: datetime) -> None:
    """Take one off while the paper is not signed. Raises NotFound, Conflict (not_on_pickup, paper_signed)."""
    require(by, Action.containers_seal)
    row = _open(session, number)
    _refuse_signed(session, row)
    line, box = _line_of(session, row, container)
    line.released_at = now
    _kept(session, row, by, now, "remove_container", container=box)


def scan_container(session: Session, *, number: str, code: str, by: Actor, now: datetime) -> str:
    """Tick a container at the dock by number or house code; gives its number. A second tick changes nothing.

    Raises NotFound, Conflict (not_on_pickup).
    """
    require(by, Action.containers_seal)
    row = _open(session, number)
    line, box = _line_of(session, row, code)
    if line.scanned_at is None:
        line.scanned_at, line.scanned_by_id = now, by.person_id
        _kept(session, row, by, now, "tick", container=box)
    return box


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

    Where the document is somebody else's, its number is kept and tracked instead. Raises Conflict: not_ticked (naming
    the missing), no_paper, registration_expired, gone; Invalid (bad_signature, bad_field).
    """
    require(by, Action.containers_seal)
    row = _open(session, number)
    today = now.astimezone(zone).date()
    sign = checked(driver)
    for party_id in (row.transporter_id, row.facility_id):
        refuse_expired(party_line(session, party_id, today=today), today)
    _refuse_missing(session, row)
    row.hauler_document = _document_number(hauler_document) or row.hauler_document
    session.flush()  # the locks below read the row anew
    boxes = [containers.locked_by_id(session, box.id) for box in _containers_on(session, row.id)]
    manifests.hand_over_paper(session, row, driver=sign, by=by, now=now, rules=rules, zone=zone)
    for box in boxes:
        if box.state != ContainerState.sealed:
            raise Conflict(f"{box.number} is {STATE_WORDS[box.state]}; only sealed ones leave.", code="not_sealed")
        box.state, box.picked_up_at = ContainerState.picked_up, now
        containers.said(session, box, by.person_id, now, "hand_over", pickup=row.number)
    row.state, row.handed_over_at, row.handed_over_by_id = PickupState.handed_over, now, by.person_id
    row.transporter_name = sign.printed_name
    return _kept(session, row, by, now, "hand_over", driver=sign.printed_name, containers=len(boxes))


def mark_missed(session: Session, *, number: str, reason: str, by: Actor, now: datetime) -> WastePickup:
    """The transporter did not come; its containers stay on it until it is handed over or cancelled."""
    require(by, Action.containers_seal)
    words = checked_words(reason, "why", most=TEXT_LENGTH)
    row = _open(session, number)
    row.state, row.end_reason = PickupState.missed, words
    return _kept(session, row, by, now, "miss", reason=words)


def cancel(session: Session, *, number: str, reason: str, by: Actor, now: datetime) -> WastePickup:
    """Cancel it and free its containers; a paper that nobody signed is voided with it.

    Raises Conflict (paper_signed: void the paper first; gone), Invalid without a reason.
    """
    require(by, Action.containers_seal)
    words = checked_words(reason, "why", most=TEXT_LENGTH)
    row = _open(session, number)
    _refuse_signed(session, row)
    paper = _paper(session, row)
    if paper is not None:
        manifests.void(session, number=paper.number, reason=f"Pickup cancelled: {words}"[:300], by=by, now=now)
    for line in session.scalars(_live_lines(row.id)):
        line.released_at = now
    row.state, row.ended_at, row.end_reason = PickupState.cancelled, now, words
    return _kept(session, row, by, now, "cancel", reason=words)


def _open(session: Session, number: str) -> WastePickup:
    """The pickup, locked, while it can still be changed."""
    row_id = numbers.id_of(numbers.PICKUP, number)
    statement = sa.select(WastePickup).where(WastePickup.id == row_id).with_for_update()
    row = session.scalar(statement.execution_options(populate_existing=True))
    if row is None:
        raise NotFound(f"There is no pickup {number.strip()[:40]!r}.")
    if row.state not in OPEN:
        words = "handed over already" if row.state == PickupState.handed_over else "cancelled"
        raise Conflict(f"{row.number} is {words}.", code="gone")
    return row


def _paper(session: Session, row: WastePickup) -> WasteManifest | None:
    statement = sa.select(WasteManifest).where(
        WasteManifest.pickup_id == row.id, WasteManifest.state != ManifestState.void
    )
    return session.scalar(statement.with_for_update().execution_options(populate_existing=True))


def _refuse_signed(session: Session, row: WastePickup) -> None:
    paper = _paper(session, row)
    if paper is not None and paper.state in ON_SIGNED_PAPER:
        raise Conflict(
            f"{paper.number} is signed for this pickup. Void it first, with the reason; a new one is made then.",
            code="paper_signed",
        )


def _live_lines(pickup_id: int) -> sa.Select[tuple[PickupLine]]:
    return (
        sa.select(PickupLine)
        .where(PickupLine.pickup_id == pickup_id, PickupLine.released_at.is_(None))
        .order_by(PickupLine.container_id)
    )


def _containers_on(session: Session, pickup_id: int) -> list[WasteContainer]:
    statement = (
        sa.select(WasteContainer)
        .join(PickupLine, PickupLine.container_id == WasteContainer.id)
        .where(PickupLine.pickup_id == pickup_id, PickupLine.released_at.is_(None))
        .order_by(WasteContainer.id)
    )
    return list(session.scalars(statement))


def _line_of(session: Session, row: WastePickup, container: str) -> tuple[PickupLine, str]:
    container_id = numbers.id_of(numbers.CONTAINER, container)
    line = session.scalar(_live_lines(row.id).where(PickupLine.container_id == container_id))
    name = numbers.number_of(numbers.CONTAINER, container_id)
    if line is None:
        raise Conflict(f"{name} is not on this pickup. Leave it here, or put it on first.", code="not_on_pickup")
    return line, name


def _sealed(session: Session, container_id: int) -> WasteContainer:
    box = containers.locked_by_id(session, container_id)
    if box.state != ContainerState.sealed:
        words = f"{box.number} is {STATE_WORDS[box.state]}; only sealed containers are picked up."
        raise Conflict(words, code="not_sealed")
    return box


def _refuse_other_document(box: WasteContainer, others: Iterable[WasteContainer], law_folder: str) -> None:
    """Our paper and somebody else's form do not go with one pickup."""
    stream = find_stream(box.stream, law_folder)
    if stream.document == "none":
        words = f"{box.number} ({stream.name}) needs no hauler: {stream.document_words}."
        raise Conflict(words, code="other_document")
    for other in others:
        beside = find_stream(other.stream, law_folder)
        if (stream.document == OUR_PAPER) != (beside.document == OUR_PAPER):
            raise Conflict(
                f"{box.number} ({stream.name}) leaves with another document than {other.number} ({beside.name}). "
                "Book a pickup of its own for it.",
                code="other_document",
            )


def _refuse_on_pickup(session: Session, box: WasteContainer) -> None:
    statement = (
        sa.select(WastePickup.number)
        .join(PickupLine, PickupLine.pickup_id == WastePickup.id)
        .where(PickupLine.container_id == box.id, PickupLine.released_at.is_(None))
    )
    other = session.scalar(statement)
    if other:
        raise Conflict(f"{box.number} is on {other} already.", code="on_pickup")


def _refuse_missing(session: Session, row: WastePickup) -> None:
    lines = list(session.scalars(_live_lines(row.id)))
    if not lines:
        raise Conflict(f"Nothing is on {row.number} yet. Put sealed containers on it.", code="nothing_on_it")
    unseen = [numbers.number_of(numbers.CONTAINER, one.container_id) for one in lines if one.scanned_at is None]
    if unseen:
        raise Conflict(
            f"Not scanned at the dock yet: {', '.join(unseen)}. Scan each container that leaves.",
            code="not_ticked",
            missing=unseen,
        )


def _document_number(text: str | None) -> str | None:
    words = (text or "").strip()
    if len(words) > 60 or not words.isprintable():
        raise Invalid("The number of the hauler's document has at most 60 characters.", code="bad_field")
    return words or None


def _refuse_past(scheduled_on: date, today: date) -> None:
    if not today <= scheduled_on or (scheduled_on - today).days > 730:
        raise Invalid("Book a day from today on, within two years.", code="bad_field")


def _kept(session: Session, row: WastePickup, by: Actor, now: datetime, action: str, **details: Any) -> WastePickup:
    session.flush()
    chain.record(
        session,
        at=now,
        actor_id=by.person_id,
        action=f"waste.pickup_{action}",
        subject=f"pickup {row.number}",
        details=details,
    )
    return row
