"""The ledger. `post` is the only code that inserts a Movement or touches a Balance; `verify` proves both from scratch.

Must never update or delete a movement: a mistake is corrected by a reversing row.
"""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from supply.audit import chain
from supply.audit.chain import Fault
from supply.db import connection_of, insert_or_update, table_of
from supply.errors import Conflict
from supply.stock.models import Balance, Item, Location, LocationKind, Lot, LotKnown, Movement, MovementKind


class ShortStock(Conflict):
    """The book has fewer units there than would leave; nothing was posted."""

    code = "short_stock"


@dataclass(frozen=True)
class Act:
    """Who did it, when, where and under which key: the same for every row of one act."""

    request_id: UUID
    actor_id: int
    occurred_at: datetime
    recorded_at: datetime
    station_id: int | None = None
    offline: bool = False
    department_id: int | None = None
    reason: str | None = None


@dataclass(frozen=True)
class Posting:
    """One row to be: so many base units of one lot from one place to another."""

    kind: MovementKind
    item_id: int
    lot_id: int
    from_location_id: int
    to_location_id: int
    quantity: int
    lot_known: LotKnown = LotKnown.read
    unit_cost: int | None = None
    reverses_id: int | None = None


@dataclass(frozen=True)
class Posted:
    """A row that now is, with its id."""

    id: int
    posting: Posting


def lock_items(session: Session, item_ids: Sequence[int]) -> None:
    """Lock these items, in ascending order, until the transaction ends. On SQLite the whole database already is."""
    if session.get_bind().dialect.name != "sqlite":
        session.execute(
            sa.select(Item.id)
            .where(Item.id.in_(sorted(set(item_ids))))
            .order_by(Item.id)
            .with_for_update(key_share=True)
        ).all()


def post(session: Session, act: Act, postings: Sequence[Posting], *, physical: frozenset[int]) -> list[Posted]:
    """Insert the movements, move the balances of `physical` places, note the act for the audit chain.

    The items must be locked (`lock_items`). Raises ShortStock when a place would fall below zero.
    """
    for posting in postings:
        assert posting.quantity > 0, "a movement moves at least one unit"
        assert posting.from_location_id != posting.to_location_id, "a movement goes somewhere else"
    changes = _changes(postings, physical)
    _take_out(session, {key: -n for key, n in changes.items() if n < 0})
    _put_in(session, changes, {p.lot_id: p.item_id for p in postings})
    posted = _insert(session, act, postings)
    chain.record(
        session,
        at=act.recorded_at,
        actor_id=act.actor_id,
        action=f"stock.{postings[0].kind.value}",
        subject=f"request {act.request_id}",
        details={"reason": act.reason, "occurred_at": act.occurred_at.isoformat(), "rows": [_said(p) for p in posted]},
    )
    return posted


def _said(posted: Posted) -> list[Any]:
    p = posted.posting
    return [posted.id, p.kind.value, p.lot_id, p.from_location_id, p.to_location_id, p.quantity, p.unit_cost]


def _changes(postings: Sequence[Posting], physical: frozenset[int]) -> dict[tuple[int, int], int]:
    changes: dict[tuple[int, int], int] = defaultdict(int)
    for p in postings:
        if p.from_location_id in physical:
            changes[p.lot_id, p.from_location_id] -= p.quantity
        if p.to_location_id in physical:
            changes[p.lot_id, p.to_location_id] += p.quantity
    return changes


_TAKE = (
    sa.update(table_of(Balance))
    .where(
        table_of(Balance).c.lot_id == sa.bindparam("lot"),
        table_of(Balance).c.location_id == sa.bindparam("place"),
        table_of(Balance).c.quantity >= sa.bindparam("taken"),
    )
    .values(quantity=table_of(Balance).c.quantity - sa.bindparam("taken"))
)


def _take_out(session: Session, taken: dict[tuple[int, int], int]) -> None:
    """Guarded: a balance that holds too little is left as it is and the act fails."""
    rows = [{"lot": lot, "place": place, "taken": quantity} for (lot, place), quantity in sorted(taken.items())]
    if rows and connection_of(session).execute(_TAKE, rows if len(rows) > 1 else rows[0]).rowcount != len(rows):
        raise ShortStock("There is less of this lot in the book than would leave; nothing was changed.")


def _put_in(session: Session, changes: dict[tuple[int, int], int], items: dict[int, int]) -> None:
    rows = [
        {"lot_id": lot, "location_id": place, "item_id": items[lot], "quantity": n}
        for (lot, place), n in sorted(changes.items())
        if n > 0
    ]
    if rows:
        table = table_of(Balance)
        statement = insert_or_update(
            session,
            table,
            keys=["lot_id", "location_id"],
            changes=lambda new: {"quantity": table.c.quantity + new.quantity},
        )
        connection_of(session).execute(statement, rows)


def _insert(session: Session, act: Act, postings: Sequence[Posting]) -> list[Posted]:
    shared = {
        "request_id": act.request_id,
        "actor_id": act.actor_id,
        "occurred_at": act.occurred_at,
        "recorded_at": act.recorded_at,
        "station_id": act.station_id,
        "offline": act.offline,
        "department_id": act.department_id,
        "reason": act.reason,
    }
    rows = [
        {
            "kind": p.kind,
            "item_id": p.item_id,
            "lot_id": p.lot_id,
            "from_location_id": p.from_location_id,
            "to_location_id": p.to_location_id,
            "quantity": p.quantity,
            "unit_cost": p.unit_cost,
            "lot_known": p.lot_known,
            "reverses_id": p.reverses_id,
            **shared,
        }
        for p in postings
    ]
    connection = connection_of(session)
    if len(rows) == 1:
        (key,) = connection.execute(_INSERT, rows[0]).inserted_primary_key or (0,)
        return [Posted(key, postings[0])]
    ids = connection.execute(_INSERT.returning(_MOVEMENTS.c.id, sort_by_parameter_order=True), rows).scalars().all()
    return [Posted(row_id, p) for row_id, p in zip(ids, postings, strict=True)]


_MOVEMENTS = table_of(Movement)
_INSERT = sa.insert(_MOVEMENTS)


def physical_ids(session: Session) -> frozenset[int]:
    """The ids of every physical place, active or not."""
    return frozenset(session.scalars(sa.select(Location.id).where(Location.kind == LocationKind.physical)))


def verify(session: Session) -> Iterator[Fault]:
    """Re-add the whole ledger and compare: balances, odd rows, lots under the wrong item, reversals."""
    yield from _verify_balances(session)
    m = _MOVEMENTS.c
    for row in session.execute(sa.select(m.id).where((m.quantity <= 0) | (m.from_location_id == m.to_location_id))):
        yield Fault("movement_shape", f"movement {row.id}", "does not move at least one unit from one place to another")
    wrong_item = (
        sa.select(m.id).join(table_of(Lot), table_of(Lot).c.id == m.lot_id).where(table_of(Lot).c.item_id != m.item_id)
    )
    for row in session.execute(wrong_item):
        yield Fault("movement_item", f"movement {row.id}", "names a lot of another item")
    yield from _verify_reversals(session)


def _verify_balances(session: Session) -> Iterator[Fault]:
    m, b = _MOVEMENTS.c, table_of(Balance).c
    places = sa.select(Location.id).where(Location.kind == LocationKind.physical)
    came = sa.select(m.lot_id, m.to_location_id.label("place"), m.quantity.label("n")).where(
        m.to_location_id.in_(places)
    )
    left = sa.select(m.lot_id, m.from_location_id.label("place"), (-m.quantity).label("n")).where(
        m.from_location_id.in_(places)
    )
    moved = sa.union_all(came, left).subquery()
    sums = session.execute(
        sa.select(moved.c.lot_id, moved.c.place, sa.func.sum(moved.c.n)).group_by(moved.c.lot_id, moved.c.place)
    )
    added = {(lot, place): int(n) for lot, place, n in sums}
    booked = {(lot, place): n for lot, place, n in session.execute(sa.select(b.lot_id, b.location_id, b.quantity))}
    for lot, place in sorted(added.keys() | booked.keys()):
        ledger, balance = added.get((lot, place), 0), booked.get((lot, place), 0)
        if ledger != balance:
            yield Fault(
                "balance", f"lot {lot} at location {place}", f"ledger adds up to {ledger}, balance says {balance}"
            )
        if ledger < 0:
            yield Fault("negative", f"lot {lot} at location {place}", f"ledger adds up to {ledger}")
    virtual = session.execute(sa.select(b.lot_id, b.location_id).where(b.location_id.not_in(places)))
    for row in virtual:
        yield Fault(
            "balance_virtual", f"lot {row.lot_id} at location {row.location_id}", "a virtual place holds no balance"
        )


def _verify_reversals(session: Session) -> Iterator[Fault]:
    back, first = _MOVEMENTS.alias("back"), _MOVEMENTS.alias("first")
    pairs = (
        sa.select(back.c.id)
        .join(first, back.c.reverses_id == first.c.id)
        .where(
            (back.c.lot_id != first.c.lot_id)
            | (back.c.quantity != first.c.quantity)
            | (back.c.from_location_id != first.c.to_location_id)
            | (back.c.to_location_id != first.c.from_location_id)
        )
    )
    for row in session.execute(pairs):
        yield Fault("reversal", f"movement {row.id}", "does not undo exactly the movement it reverses")
