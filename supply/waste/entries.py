"""What goes into a container: a note, or a lot that leaves the shelf with it. Entries are only ever added.

A free text must never hold anything about a patient: FREE_TEXT_HINT stands beside every field for one.
"""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from supply.db import table_of
from supply.errors import Conflict, Invalid, NotFound
from supply.staff.permissions import Action, Actor, require
from supply.stock import movements
from supply.stock.ledger import Act
from supply.stock.models import Category, Item, Movement
from supply.stock.movements import Moved, MovedLot
from supply.stock.picking import Wanted, Warned
from supply.waste import containers
from supply.waste.container_lines import find_container
from supply.waste.containers import FILLING, STATE_WORDS
from supply.waste.models import ContainerEntry, ContainerState, EntryKind, WasteContainer
from supply.waste.segregation import Verdict, class_of, judge
from supply.waste.streams import find_stream

FREE_TEXT_HINT = "What it is, in a few words. Never a name, a date of birth, or anything else about a patient."
TEXT_LENGTH = 200


@dataclass(frozen=True)
class Into:
    """Where a discarded lot went, and what to mind."""

    container_id: int
    number: str
    stream_name: str
    warnings: tuple[Warned, ...] = ()


@dataclass(frozen=True)
class _Thing:
    """What goes in: words, and for a lot what it is in the ledger."""

    text: str
    is_sharps: bool
    item_id: int | None = None
    lot_id: int | None = None
    quantity: int | None = None


def add_note(
    session: Session,
    *,
    number: str,
    text: str,
    is_sharps: bool | None,
    by: Actor,
    now: datetime,
    law_folder: str = "",
) -> ContainerEntry:
    """Note in words what went in; `is_sharps` None is what the stream is.

    Raises NotFound, NotAllowed, Invalid (bad_field), Conflict (container_sealed, container_full).
    """
    require(by, Action.containers_add)
    words = text.strip()
    if not words or len(words) > TEXT_LENGTH or not words.isprintable():
        raise Invalid(f"Say what went in, in at most {TEXT_LENGTH} characters.", code="bad_field")
    row = containers.locked(session, number)
    refuse_closed(row, now, is_late=False)
    sharps = find_stream(row.stream, law_folder).is_sharps if is_sharps is None else is_sharps
    entry = _enter(session, row, _Thing(words, sharps), request_id=None, actor_id=by.person_id, at=now)
    session.flush()
    containers.said(session, row, by.person_id, now, "add", entry=entry.id, text=words, is_sharps=sharps)
    return entry


def add_lot(session: Session, *, container: str, act: Act, wanted: Wanted, law_folder: str = "") -> tuple[Moved, Into]:
    """Throw a lot out into a container: the disposal and the entry in one transaction, under one key.

    Raises Invalid (bad_field: no such container, one that is closed, the wrong one for this), WhichLot, WrongOwner.
    Items are locked before the container, as everywhere.
    """
    found = _named(session, container)
    stream = find_stream(found.stream, law_folder)
    waste = _class_of(session, wanted.item.item_id, law_folder)
    verdict = judge(waste, stream.code, law_folder)
    if verdict and verdict.is_stop:
        message = f"Not into {found.number} ({stream.name}). {verdict.words}"
        raise Invalid(message, code="bad_field", field="container", source=verdict.source)
    moved = movements.discard(session, act, wanted)
    row = containers.locked_by_id(session, found.id)
    try:
        refuse_closed(row, act.occurred_at, is_late=act.occurred_at < act.recorded_at)
    except Conflict as error:
        raise Invalid(error.message, code="bad_field", field="container") from error
    sharps = stream.is_sharps if waste is None else waste == "sharps"
    by_id = _lots_of(session, moved)
    for line in moved.rows:
        thing = _Thing(_words(wanted, line), sharps, wanted.item.item_id, by_id[line.id], line.quantity)
        _enter(session, row, thing, request_id=act.request_id, actor_id=act.actor_id, at=act.occurred_at)
    if moved.shortfall:  # it went in all the same, though the book had less of it
        thing = _Thing(
            f"{wanted.item.name}, not in the book"[:TEXT_LENGTH], sharps, wanted.item.item_id, None, moved.shortfall
        )
        _enter(session, row, thing, request_id=act.request_id, actor_id=act.actor_id, at=act.occurred_at)
    session.flush()
    lots = [[line.lot, line.quantity] for line in moved.rows]
    details = {"request_id": str(act.request_id), "lots": lots, "not_in_the_book": moved.shortfall}
    containers.said(session, row, act.actor_id, act.recorded_at, "add", **details)
    return moved, Into(row.id, row.number, stream.name, _warned(verdict))


def take_back(session: Session, *, request_id: UUID, actor_id: int, now: datetime) -> int:
    """Counter every entry of that act; how many there were. Raises Conflict (cannot_undo) once the container is sealed.

    The clock of the container stays as it was: whether anything had touched it nobody knows.
    """
    statement = sa.select(ContainerEntry).where(
        ContainerEntry.request_id == request_id, ContainerEntry.kind == EntryKind.lot
    )
    entries = list(session.scalars(statement.order_by(ContainerEntry.id)))
    for container_id in sorted({entry.container_id for entry in entries}):
        row = containers.locked_by_id(session, container_id)
        if row.state not in containers.UNSEALED:
            message = f"Too late to undo: {row.number} is {STATE_WORDS[row.state]}. Nothing comes out of it again."
            raise Conflict(message, code="cannot_undo")
        mine = [entry for entry in entries if entry.container_id == container_id]
        session.add_all(_counter(entry, actor_id, now) for entry in mine)
        session.flush()
        containers.said(session, row, actor_id, now, "take_back", request_id=str(request_id), entries=len(mine))
    return len(entries)


def take_back_note(session: Session, *, number: str, entry_id: int, by: Actor, now: datetime) -> ContainerEntry:
    """Counter a note that was wrong; both stay to be read. A lot is taken back by undoing its scan.

    Raises NotFound, NotAllowed, Conflict (cannot_undo once sealed, already_undone).
    """
    require(by, Action.containers_add)
    row = containers.locked(session, number)
    entry = session.get(ContainerEntry, entry_id)
    if entry is None or entry.container_id != row.id or entry.kind != EntryKind.note:
        raise NotFound(f"There is no such note in {row.number}.")
    if row.state not in containers.UNSEALED:
        raise Conflict(f"{row.number} is {STATE_WORDS[row.state]}; its notes stay as they are.", code="cannot_undo")
    if session.scalar(sa.select(ContainerEntry.id).where(ContainerEntry.reverses_id == entry.id)) is not None:
        raise Conflict("This was taken back already.", code="already_undone")
    back = _counter(entry, by.person_id, now)
    session.add(back)
    session.flush()
    containers.said(session, row, by.person_id, now, "take_back", entry=entry.id)
    return back


def refuse_closed(row: WasteContainer, at: datetime, *, is_late: bool) -> None:
    """Raise Conflict when nothing goes in any more; what a device kept and was put in before the seal still counts."""
    if row.state in FILLING:
        return
    if (
        is_late
        and row.state != ContainerState.void
        and row.sealed_at is not None
        and row.made_at <= at <= row.sealed_at
    ):
        return
    code = "container_full" if row.state == ContainerState.full else "container_sealed"
    words = f"{row.number} is {STATE_WORDS[row.state]}; nothing more goes in. Use its successor or open another one."
    raise Conflict(words, code=code)


def _named(session: Session, text: str) -> WasteContainer:
    try:
        return find_container(session, text)
    except NotFound as error:
        message = f"There is no waste container {text[:40]!r}. Scan its label, or type its number such as W-000012."
        raise Invalid(message, code="bad_field", field="container") from error


def _enter(
    session: Session, row: WasteContainer, thing: _Thing, *, request_id: UUID | None, actor_id: int, at: datetime
) -> ContainerEntry:
    """Add the entry and start the clocks that it starts; a late one may have started them earlier."""
    if row.state == ContainerState.new:
        row.state, row.opened_at = ContainerState.open, at
    row.first_item_at = min(row.first_item_at or at, at)
    if not thing.is_sharps:
        row.first_nonsharps_at = min(row.first_nonsharps_at or at, at)
    entry = ContainerEntry(
        container_id=row.id,
        kind=EntryKind.lot if thing.item_id else EntryKind.note,
        text=thing.text,
        item_id=thing.item_id,
        lot_id=thing.lot_id,
        quantity=thing.quantity,
        is_sharps=thing.is_sharps,
        request_id=request_id,
        added_at=at,
        added_by_id=actor_id,
    )
    session.add(entry)
    return entry


def _counter(entry: ContainerEntry, actor_id: int, now: datetime) -> ContainerEntry:
    return ContainerEntry(
        container_id=entry.container_id,
        kind=EntryKind.reversal,
        text="Taken back",
        item_id=entry.item_id,
        lot_id=entry.lot_id,
        quantity=entry.quantity,
        is_sharps=entry.is_sharps,
        request_id=None,
        added_at=now,
        added_by_id=actor_id,
        reverses_id=entry.id,
    )


def _class_of(session: Session, item_id: int, law_folder: str) -> str | None:
    item, category = table_of(Item).c, table_of(Category).c
    sku, name = session.execute(
        sa.select(item.sku, category.name)
        .select_from(table_of(Item).outerjoin(table_of(Category), category.id == item.category_id))
        .where(item.id == item_id)
    ).one()
    return class_of(sku, name, law_folder)


def _lots_of(session: Session, moved: Moved) -> dict[int, int]:
    statement = sa.select(Movement.id, Movement.lot_id).where(Movement.id.in_([row.id for row in moved.rows]))
    return dict(session.execute(statement).tuples().all())


def _words(wanted: Wanted, line: MovedLot) -> str:
    lot = f", lot {line.lot}" if line.lot else ""
    return f"{wanted.item.name}{lot}"[:TEXT_LENGTH]


def _warned(verdict: Verdict | None) -> tuple[Warned, ...]:
    return (Warned("wrong_container", verdict.words),) if verdict else ()
