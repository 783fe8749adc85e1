"""Counting an item in another unit, guided: all stock moves to a successor, and the history stays as it was.

Never rewrites a movement: the old item keeps its own, under a number of its own.
"""

from dataclasses import dataclass
from datetime import datetime
from uuid import uuid4

import sqlalchemy as sa
from sqlalchemy.orm import Session

from supply.audit import chain
from supply.db import table_of
from supply.errors import Conflict, Invalid
from supply.stock import ledger, lots
from supply.stock.allocation import LotBalance
from supply.stock.catalog import UNITS_LIMIT
from supply.stock.ledger import Act, Posting
from supply.stock.lots import Expiry
from supply.stock.models import Item, ItemCode, Location, LocationKind, Lot, LotKnown, MovementKind

CARRIED = (
    *("category_id", "rotation", "tracking", "lot_required", "expiry_required", "shelf_life_days", "supplier"),
    *("supplier_sku", "lead_time_days", "price"),
)
COUNTED = ("reorder_point", "par_level", "pack_quantity")  # in units, so they grow with them


@dataclass(frozen=True)
class UnitChange:
    """One old unit is `factor` new ones: a box of 100 gloves counted in gloves has the factor 100."""

    unit: str
    factor: int


def change_unit(session: Session, *, item_id: int, change: UnitChange, actor_id: int, now: datetime) -> Item:
    """Close the item and give its SKU, codes and stock to a successor that is counted in the new unit.

    Every balance leaves against count variance and comes in again `factor` times, lot by lot, place by place, in one
    act. Raises Invalid (unit, factor) or Conflict (the item is closed already).
    """
    unit = change.unit.strip()
    if not unit or len(unit) > 30 or not unit.isprintable():
        raise Invalid("Name the new unit, in at most 30 characters.", code="bad_field")
    if isinstance(change.factor, bool) or not isinstance(change.factor, int) or not 1 <= change.factor <= UNITS_LIMIT:
        raise Invalid(f"One old unit must be 1 to {UNITS_LIMIT} whole new ones.", code="bad_field")
    ledger.lock_items(session, [item_id])
    old = session.get_one(Item, item_id)
    if not old.is_active:
        raise Conflict(f"{old.sku} was closed already.", code="item_closed")
    new = _successor(session, old, unit, change.factor, now)
    _move_codes(session, old, new, change.factor)
    reason = f"counted in {unit} from now on: 1 {old.unit} = {change.factor} {unit}"
    act = Act(uuid4(), actor_id, now, now, reason=reason)
    moved = _move_stock(session, act, old, new, change.factor)
    chain.record(
        session,
        at=now,
        actor_id=actor_id,
        action="item.change_unit",
        subject=f"item {new.sku}",
        details={"from": old.sku, "unit": [old.unit, unit], "factor": change.factor, "balances": moved},
    )
    return new


def _successor(session: Session, old: Item, unit: str, factor: int, now: datetime) -> Item:
    sku = old.sku
    old.is_active = False
    old.sku = f"{sku[:36]} until {now:%Y-%m-%d} #{old.id}"[:60]
    old.sku_key = old.sku.casefold()
    session.flush()
    new = Item(sku=sku, sku_key=sku.casefold(), name=old.name, unit=unit)
    for column in CARRIED:
        setattr(new, column, getattr(old, column))
    for column in COUNTED:
        value = getattr(old, column)
        setattr(new, column, value * factor if value is not None else None)
    if new.pack_quantity is None and new.price is not None:
        new.pack_quantity = factor  # the price was that of one old unit
    session.add(new)
    session.flush()
    return new


def _move_codes(session: Session, old: Item, new: Item, factor: int) -> None:
    """The codes name the successor; what one scan of them moves stays the same amount of goods."""
    for code in session.scalars(sa.select(ItemCode).where(ItemCode.item_id == old.id)):
        code.item_id = new.id
        code.units_received *= factor
        code.units_used *= factor
    session.flush()


def _move_stock(session: Session, act: Act, old: Item, new: Item, factor: int) -> int:
    variance = session.scalars(sa.select(Location.id).where(Location.kind == LocationKind.variance)).one()
    postings: list[Posting] = []
    for row in lots.balances_of(session, old.id, locked=True):
        cost = row.unit_cost
        new_cost = None if cost is None else (cost + factor // 2) // factor
        opened = _same_lot(session, row, new.id, new_cost)
        known, kind = LotKnown.read, MovementKind.adjustment
        postings.append(Posting(kind, old.id, row.lot_id, row.location_id, variance, row.quantity, known, cost))
        come = Posting(kind, new.id, opened, variance, row.location_id, row.quantity * factor, known, new_cost)
        postings.append(come)
    if postings:
        ledger.post(session, act, postings, physical=ledger.physical_ids(session))
    return len(postings) // 2


def _same_lot(session: Session, row: LotBalance, item_id: int, unit_cost: int | None) -> int:
    """The lot under the successor: same number, dates, owner, day received and state."""
    old = session.execute(sa.select(table_of(Lot)).where(table_of(Lot).c.id == row.lot_id)).one()
    lot_id = lots.open_lot(
        session,
        item_id=item_id,
        owner_id=old.owner_id,
        lot_number=old.lot_number,
        expiry=Expiry(old.expiry, old.expiry_precision, old.expiry_time) if old.expiry else None,
        layer=old.layer,
        received_on=old.received_on,
        unit_cost=unit_cost,
    )
    state = {"state": old.state, "state_reason": old.state_reason, "state_since": old.state_since}
    session.execute(sa.update(table_of(Lot)).where(table_of(Lot).c.id == lot_id).values(**state))
    return lot_id
