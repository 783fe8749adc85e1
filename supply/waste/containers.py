"""The life of a container: made, opened, filled, sealed, weighed, moved, voided. Each step is taken once, by one.

Every step locks the container: of two people at once, one is told. Nothing sealed is ever reopened.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from supply.audit import chain
from supply.errors import Conflict, Invalid, NotFound
from supply.staff.permissions import Action, Actor, require
from supply.stock.locations import find_place
from supply.waste import numbers
from supply.waste.models import (
    ContainerEntry,
    ContainerState,
    EntryKind,
    ManifestState,
    PickupLine,
    WasteContainer,
    WasteManifest,
)
from supply.waste.streams import Stream, find_stream
from supply.waste.weights import MOST_GRAMS, grams_of, weight_words

STATE_WORDS = {
    ContainerState.new: "new",
    ContainerState.open: "open",
    ContainerState.full: "full",
    ContainerState.sealed: "sealed",
    ContainerState.picked_up: "picked up",
    ContainerState.received: "received by the facility",
    ContainerState.closed: "closed",
    ContainerState.void: "void",
}
FILLING = (ContainerState.new, ContainerState.open)
UNSEALED = (*FILLING, ContainerState.full)
HERE = (*UNSEALED, ContainerState.sealed)
ON_SIGNED_PAPER = (ManifestState.signed, ManifestState.accepted, ManifestState.copy_returned, ManifestState.discrepancy)
REASON_LENGTH = 300
LEAVES_WITHOUT_PICKUP = ("other", "none")


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
    require(by, Action.containers_add)
    stream = find_stream(new.stream, law_folder)
    place = find_place(session, new.location)
    return _make(
        session,
        stream.code,
        place.id,
        _package(new.package, stream),
        _limit(new.weight_limit_grams),
        by=by,
        now=now,
        is_opened=is_opened,
        replaces_id=None,
    )


def put_in_use(session: Session, *, number: str, by: Actor, now: datetime) -> WasteContainer:
    """A NEW container is opened. Raises NotFound, NotAllowed, Conflict (not_new)."""
    require(by, Action.containers_add)
    row = locked(session, number)
    _need(row, (ContainerState.new,), "not_new", "only a new container is opened")
    row.state, row.opened_at = ContainerState.open, now
    return _kept(session, row, by, now, "open")


def mark_full(session: Session, *, number: str, by: Actor, now: datetime) -> WasteContainer:
    """Say that nothing more goes in. Raises NotFound, NotAllowed, Conflict (not_open, empty)."""
    require(by, Action.containers_add)
    row = locked(session, number)
    _need(row, (ContainerState.open,), "not_open", "only an open container becomes full")
    _need_content(session, row)
    row.state, row.full_at = ContainerState.full, now
    return _kept(session, row, by, now, "full")


def seal(session: Session, *, number: str, weight: str, unit: str, by: Actor, now: datetime) -> WasteContainer:
    """Seal it with its gross weight, typed in `lb` or `kg`.

    Raises NotFound, NotAllowed, Invalid (bad_weight, too_heavy), Conflict (empty, sealed_already, gone, void).
    """
    require(by, Action.containers_seal)
    row = locked(session, number)
    _need(row, UNSEALED, "sealed_already", "it cannot be sealed")
    _need_content(session, row)
    row.gross_weight_grams = _weighed(row, weight, unit)
    row.state, row.sealed_at, row.sealed_by_id = ContainerState.sealed, now, by.person_id
    return _kept(session, row, by, now, "seal", gross_weight_grams=row.gross_weight_grams)


def swap(
    session: Session, *, number: str, weight: str, unit: str, by: Actor, now: datetime
) -> tuple[WasteContainer, WasteContainer]:
    """Seal the full one and open its successor of the same kind in the same place, in one act. Raises as `seal`."""
    done = seal(session, number=number, weight=weight, unit=unit, by=by, now=now)
    successor = _make(
        session,
        done.stream,
        done.location_id,
        done.package,
        done.weight_limit_grams,
        by=by,
        now=now,
        is_opened=True,
        replaces_id=done.id,
    )
    return done, successor


def weigh(session: Session, *, number: str, weight: str, unit: str, by: Actor, now: datetime) -> WasteContainer:
    """Correct the weight of a sealed container that is on no signed paper. Raises Conflict (not_sealed, on_paper)."""
    require(by, Action.containers_seal)
    row = locked(session, number)
    _need(row, (ContainerState.sealed,), "not_sealed", "only a sealed container here is weighed again")
    paper = _signed_paper(session, row.id)
    if paper:
        raise Conflict(f"{row.number} stands on the signed paper {paper}; void that first.", code="on_paper")
    before, row.gross_weight_grams = row.gross_weight_grams, _weighed(row, weight, unit)
    return _kept(session, row, by, now, "weigh", before=before, gross_weight_grams=row.gross_weight_grams)


def overpack(
    session: Session, *, number: str, package: str, weight_limit_grams: int | None, by: Actor, now: datetime
) -> WasteContainer:
    """Put an unsealed container as it is into a stronger one, with that one's limit in grams.

    Raises Conflict (sealed_already), Invalid.
    """
    require(by, Action.containers_seal)
    row = locked(session, number)
    _need(row, UNSEALED, "sealed_already", "it is overpacked before it is sealed")
    row.package, row.weight_limit_grams = _text(package, "the outer container", 60), _limit(weight_limit_grams)
    return _kept(session, row, by, now, "overpack", package=row.package, weight_limit_grams=row.weight_limit_grams)


def move_container(session: Session, *, number: str, location: str, by: Actor, now: datetime) -> WasteContainer:
    """Put it in another place. Raises NotFound, NotAllowed, Invalid (bad_location), Conflict (gone, void)."""
    require(by, Action.containers_add)
    place = find_place(session, location)
    row = locked(session, number)
    _need(row, HERE, "gone", "it cannot be moved")
    row.location_id = place.id
    return _kept(session, row, by, now, "move", location=place.code)


def void(session: Session, *, number: str, reason: str, by: Actor, now: datetime) -> WasteContainer:
    """Cancel a container that was never used. Raises Conflict (not_new) for any other, Invalid without a reason."""
    require(by, Action.containers_seal)
    words = _text(reason, "why it is not used", REASON_LENGTH)
    row = locked(session, number)
    _need(row, (ContainerState.new,), "not_new", "only a container that was never used can be voided")
    row.state, row.voided_at, row.void_reason = ContainerState.void, now, words
    return _kept(session, row, by, now, "void", reason=words)


def close_here(
    session: Session, *, number: str, how: str, by: Actor, now: datetime, law_folder: str = ""
) -> WasteContainer:
    """A sealed container that no hauler takes on our paper (recycler, reverse distributor, ordinary trash) is gone.

    `how` says where it went, with the number of the receipt. Raises Conflict (not_sealed, on_pickup, needs_pickup).
    """
    require(by, Action.containers_seal)
    words = _text(how, "where it went, with the receipt's number", REASON_LENGTH)
    row = locked(session, number)
    _need(row, (ContainerState.sealed,), "not_sealed", "seal it first")
    stream = find_stream(row.stream, law_folder)
    if stream.document not in LEAVES_WITHOUT_PICKUP:
        raise Conflict(f"{row.number} ({stream.name}) leaves with a pickup and its paper only.", code="needs_pickup")
    on_pickup = sa.select(PickupLine.id).where(PickupLine.container_id == row.id, PickupLine.released_at.is_(None))
    if session.scalar(on_pickup) is not None:
        raise Conflict(f"{row.number} is on a pickup; take it off first.", code="on_pickup")
    row.state, row.closed_at, row.closed_how = ContainerState.closed, now, words
    return _kept(session, row, by, now, "close_here", how=words)


def locked(session: Session, number: str) -> WasteContainer:
    """The container of that number or house code, locked until the transaction ends. Raises NotFound."""
    row_id = numbers.id_of(numbers.CONTAINER, number)
    return locked_by_id(session, row_id)


def locked_by_id(session: Session, row_id: int) -> WasteContainer:
    """The container, locked until the transaction ends, as it is now. Raises NotFound."""
    statement = sa.select(WasteContainer).where(WasteContainer.id == row_id).with_for_update()
    row = session.scalar(statement.execution_options(populate_existing=True))
    if row is None:
        raise NotFound(f"There is no container {numbers.number_of(numbers.CONTAINER, row_id)}.")
    return row


def entries_left(session: Session, container_id: int) -> int:
    """How many entries were not taken back."""
    entry, back = sa.orm.aliased(ContainerEntry), sa.orm.aliased(ContainerEntry)
    statement = (
        sa.select(sa.func.count())
        .select_from(entry)
        .outerjoin(back, back.reverses_id == entry.id)
        .where(entry.container_id == container_id, entry.kind != EntryKind.reversal, back.id.is_(None))
    )
    return int(session.scalar(statement) or 0)


def said(session: Session, row: WasteContainer, by_id: int, now: datetime, action: str, **details: Any) -> None:
    """Note an act on a container for the audit chain."""
    chain.record(
        session,
        at=now,
        actor_id=by_id,
        action=f"waste.container_{action}",
        subject=f"container {row.number}",
        details={"stream": row.stream, **details},
    )


def _make(
    session: Session,
    stream: str,
    location_id: int,
    package: str,
    limit: int | None,
    *,
    by: Actor,
    now: datetime,
    is_opened: bool,
    replaces_id: int | None,
) -> WasteContainer:
    row = WasteContainer(
        number=numbers.provisional(),
        stream=stream,
        package=package,
        location_id=location_id,
        state=ContainerState.open if is_opened else ContainerState.new,
        weight_limit_grams=limit,
        made_at=now,
        made_by_id=by.person_id,
        opened_at=now if is_opened else None,
        replaces_id=replaces_id,
    )
    session.add(row)
    session.flush()
    row.number = numbers.number_of(numbers.CONTAINER, row.id)
    return _kept(session, row, by, now, "make", location=location_id, package=package, is_opened=is_opened)


def _kept(
    session: Session, row: WasteContainer, by: Actor, now: datetime, action: str, **details: Any
) -> WasteContainer:
    session.flush()
    said(session, row, by.person_id, now, action, **details)
    return row


def _need(row: WasteContainer, states: Collection[ContainerState], code: str, words: str) -> None:
    if row.state in states:
        return
    raise Conflict(f"{row.number} is {STATE_WORDS[row.state]}; {words}.", code=code, state=row.state.value)


def _need_content(session: Session, row: WasteContainer) -> None:
    if entries_left(session, row.id) == 0:
        raise Conflict(f"Nothing is in {row.number} yet. Note what went in first.", code="empty")


def _weighed(row: WasteContainer, weight: str, unit: str) -> int:
    grams = grams_of(weight, unit)
    limit = row.weight_limit_grams
    if limit is not None and grams > limit:
        raise Invalid(
            f"{row.number} weighs {weight_words(grams)}; it takes at most {weight_words(limit)}. Weigh it again. "
            "If that is right, never reach in: put it as it is into a stronger container and note that one here.",
            code="too_heavy",
        )
    return grams


def _signed_paper(session: Session, container_id: int) -> str | None:
    """The number of the paper with a signature on which the container stands."""
    statement = (
        sa.select(WasteManifest.number)
        .join(PickupLine, PickupLine.pickup_id == WasteManifest.pickup_id)
        .where(
            PickupLine.container_id == container_id,
            PickupLine.released_at.is_(None),
            WasteManifest.state.in_(ON_SIGNED_PAPER),
        )
    )
    return session.scalar(statement)


def _package(text: str, stream: Stream) -> str:
    return _text(text, "what kind of container it is", 60) if text.strip() else stream.package


def _limit(grams: int | None) -> int | None:
    if grams is not None and not 0 < grams <= MOST_GRAMS:
        raise Invalid("The limit of a container is a weight above 0.", code="bad_weight")
    return grams


def _text(text: str, what: str, length: int) -> str:
    words = text.strip()
    if not words or len(words) > length or not words.isprintable():
        raise Invalid(f"Say {what}, in at most {length} characters.", code="bad_field")
    return words
