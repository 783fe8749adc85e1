"""Need more, shelf empty: what people at the shelves ask for. One open request of an item and place; moves no stock."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from supply.audit import chain
from supply.db import insert_or_ignore, table_of
from supply.errors import Conflict, Invalid, NotFound
from supply.staff.models import Person
from supply.stock import counting
from supply.stock.models import UNSETTLED, Item, Location, ShelfAsking, ShelfRequest

NEED_MORE, SHELF_EMPTY = "need_more", "shelf_empty"
KINDS = (NEED_MORE, SHELF_EMPTY)
OPEN, SETTLED = "open", "settled"

_R, _A = table_of(ShelfRequest), table_of(ShelfAsking)


@dataclass(frozen=True)
class ShelfRequestLine:
    """One request as a list shows it."""

    id: int
    item_id: int
    sku: str
    name: str
    unit: str
    location: str
    place: str
    kind: str
    asked_by: str
    asked_at: datetime
    last_asked_at: datetime
    times: int
    settled_at: datetime | None
    settled_by: str | None
    settlement: str | None

    @property
    def state(self) -> str:
        """Open or settled."""
        return OPEN if self.settled_at is None else SETTLED


@dataclass(frozen=True)
class AskedFor:
    """What asking came to: the request, and whether this asking opened it."""

    id: int
    is_new: bool


def ask(
    session: Session, *, request_id: UUID, item_id: int, location_id: int, kind: str, person_id: int, now: datetime
) -> AskedFor:
    """Ask for more of an item at a place; the open request there is asked again, the same `request_id` asks once.

    Raises Invalid (kind), Conflict (key_reused).
    """
    if kind not in KINDS:
        raise Invalid(f"kind must be one of {', '.join(KINDS)}.", code="bad_field")
    before = _asked_before(session, request_id, item_id, location_id, kind, person_id)
    if before is not None:
        return before
    values = {"item_id": item_id, "location_id": location_id, "kind": kind, "asked_at": now, "last_asked_at": now}
    made = session.scalar(
        insert_or_ignore(session, _R).values(**values, asked_by_id=person_id, times=1).returning(_R.c.id)
    )
    found = made or _locked(session, item_id, location_id)
    before = None if made else _asked_before(session, request_id, item_id, location_id, kind, person_id)
    if before is not None:  # the same asking, twice at the same moment
        return before
    if not made:
        _again(session, int(found), kind, now)
    session.execute(
        sa.insert(_A).values(
            request_id=request_id,
            shelf_request_id=found,
            person_id=person_id,
            kind=kind,
            is_new=bool(made),
            asked_at=now,
        )
    )
    if made:
        _note(session, "shelf.ask", int(made), person_id, now, {"item": item_id, "place": location_id, "kind": kind})
    return AskedFor(int(found), bool(made))


def shelf_requests(session: Session, *, state: str | None = OPEN, limit: int = 200) -> list[ShelfRequestLine]:
    """Requests, the longest waiting first; settled ones newest first."""
    statement = _lines()
    if state == OPEN:
        statement = statement.where(_R.c.settled_at.is_(None)).order_by(_R.c.asked_at, _R.c.id)
    elif state == SETTLED:
        statement = statement.where(_R.c.settled_at.is_not(None)).order_by(_R.c.settled_at.desc(), _R.c.id.desc())
    else:
        statement = statement.order_by(_R.c.id.desc())
    return [ShelfRequestLine(*row) for row in session.execute(statement.limit(limit))]


def shelf_request(session: Session, request: int) -> ShelfRequestLine:
    """One request. Raises NotFound."""
    row = session.execute(_lines().where(_R.c.id == request)).one_or_none()
    if row is None:
        raise NotFound("There is no such request.", code="shelf_request_unknown")
    return ShelfRequestLine(*row)


def settle(session: Session, *, request: int, words: str, person_id: int, now: datetime) -> None:
    """Close a request with what was done. Raises NotFound, Invalid (reason_required), Conflict (not_open)."""
    said = words.strip()
    if not said or len(said) > 250 or not said.isprintable():
        raise Invalid("Say what was done, in at most 250 characters.", code="reason_required")
    shelf_request(session, request)
    if not _close(session, _R.c.id == request, said, person_id, now):
        raise Conflict("This request was settled already.", code="not_open")


def settle_received(
    session: Session, *, item_id: int, location_ids: Collection[int], person_id: int, now: datetime
) -> int:
    """Close what was asked for of an item at these places, because it came; how many requests that were."""
    which = (_R.c.item_id == item_id) & _R.c.location_id.in_(location_ids)
    return _close(session, which, "It came.", person_id, now)


def said_empty() -> sa.Select[tuple[int, int]]:
    """The items and places that somebody says are empty, whatever the book says: for whoever decides about orders."""
    return sa.select(_R.c.item_id, _R.c.location_id).where(UNSETTLED, _R.c.kind == SHELF_EMPTY)


def _asked_before(
    session: Session, request_id: UUID, item_id: int, location_id: int, kind: str, person_id: int
) -> AskedFor | None:
    statement = sa.select(_A, _R.c.item_id, _R.c.location_id).join(_R, _R.c.id == _A.c.shelf_request_id)
    row = session.execute(statement.where(_A.c.request_id == request_id)).one_or_none()
    if row is None:
        return None
    if (row.item_id, row.location_id, row.kind, row.person_id) != (item_id, location_id, kind, person_id):
        raise Conflict("This request_id was used for another request. Make a new one each time.", code="key_reused")
    return AskedFor(row.shelf_request_id, row.is_new)


def _locked(session: Session, item_id: int, location_id: int) -> int:
    which = (_R.c.item_id == item_id) & (_R.c.location_id == location_id) & _R.c.settled_at.is_(None)
    found = session.scalar(sa.select(_R.c.id).where(which).with_for_update())
    if found is None:
        raise Conflict("Somebody settled this just now. Ask again.", code="not_open")
    return int(found)


def _again(session: Session, request: int, kind: str, now: datetime) -> None:
    """The open request is asked once more; that the shelf is empty outweighs that it needs more."""
    changes = {"times": _R.c.times + 1, "last_asked_at": now} | ({"kind": kind} if kind == SHELF_EMPTY else {})
    session.execute(sa.update(_R).where(_R.c.id == request).values(**changes))


def _close(session: Session, which: sa.ColumnElement[bool], words: str, person_id: int, now: datetime) -> int:
    values = {"settled_at": now, "settled_by_id": person_id, "settlement": words}
    closed = session.scalars(
        sa.update(_R).where(which, _R.c.settled_at.is_(None)).values(**values).returning(_R.c.id)
    ).all()
    for request in closed:
        count = counting.count_of(session, request)
        seen = {"book": count.book, "counted": count.counted_at is not None} if count else {}
        _note(session, "shelf.settle", request, person_id, now, {"words": words, **seen})
    return len(closed)


def _lines() -> sa.Select[tuple[object, ...]]:
    asker, settler = table_of(Person).alias("asker"), table_of(Person).alias("settler")
    item, place = table_of(Item), table_of(Location)
    return (
        sa.select(
            *(_R.c.id, _R.c.item_id, item.c.sku, item.c.name, item.c.unit, place.c.code, place.c.name, _R.c.kind),
            *(asker.c.display_name, _R.c.asked_at, _R.c.last_asked_at, _R.c.times, _R.c.settled_at),
            *(settler.c.display_name, _R.c.settlement),
        )
        .select_from(_R)
        .join(item, item.c.id == _R.c.item_id)
        .join(place, place.c.id == _R.c.location_id)
        .join(asker, asker.c.id == _R.c.asked_by_id)
        .outerjoin(settler, settler.c.id == _R.c.settled_by_id)
    )


def _note(
    session: Session, action: str, request: int, person_id: int, now: datetime, details: dict[str, object]
) -> None:
    subject = f"shelf request {request}"
    chain.record(session, at=now, actor_id=person_id, action=action, subject=subject, details=details)
