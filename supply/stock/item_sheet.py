"""Everything that one item's page shows: the entry itself, how it stands, and its lots in the order they will leave.

Reads only.
"""

from dataclasses import dataclass
from datetime import date

import sqlalchemy as sa
from sqlalchemy.orm import Session

from supply.stock import lots
from supply.stock.allocation import in_order, is_usable, lot_state
from supply.stock.catalog import find_item
from supply.stock.item_lines import item_lines
from supply.stock.item_states import ItemState, item_states
from supply.stock.models import Item, ItemCode, Location, Lot, Movement
from supply.stock.owners import owner_codes


@dataclass(frozen=True)
class LeavingLot:
    """Units of one lot at one place. `state` is `ok`, `soon`, `expired`, `held` or `recalled`."""

    lot_id: int
    number: str
    expiry: date | None
    precision: str | None
    days_left: int | None
    received_on: date
    owner: str
    location: str
    place: str
    quantity: int
    state: str
    reason: str | None
    is_first: bool


@dataclass(frozen=True)
class ItemSheet:
    """One item. `has_moved` says that its unit can no longer be changed."""

    item: Item
    category: str | None
    rotation: str
    standing: ItemState
    lots: tuple[LeavingLot, ...]
    codes: tuple[ItemCode, ...]
    has_moved: bool


def item_sheet(session: Session, sku: str, *, today: date, soon_days: int) -> ItemSheet:
    """The sheet of that item. Raises NotFound."""
    item = find_item(session, sku)
    line = item_lines(session, [item])[0]
    rotation = line.rotation.value
    return ItemSheet(
        item=item,
        category=line.category,
        rotation=rotation,
        standing=item_states(session, today=today, soon_days=soon_days, item_ids=[item.id])[0],
        lots=leaving_lots(session, item.id, rotation, today=today, soon_days=soon_days),
        codes=line.codes,
        has_moved=has_moved(session, item.id),
    )


def has_moved(session: Session, item_id: int) -> bool:
    """Whether anything of the item was ever booked."""
    return session.scalar(sa.select(Movement.id).where(Movement.item_id == item_id).limit(1)) is not None


def leaving_lots(
    session: Session, item_id: int, rotation: str, *, today: date, soon_days: int
) -> tuple[LeavingLot, ...]:
    """The lots on hand, usable ones first in the order they will leave, then those that must not be used."""
    rows = in_order(lots.balances_of(session, item_id), rotation)
    usable = [row for row in rows if is_usable(row, today)]
    barred = [row for row in rows if not is_usable(row, today)]
    places = {row.id: (row.code, row.name) for row in session.execute(_places([r.location_id for r in rows]))}
    reasons = {row.id: row.state_reason for row in session.execute(_reasons([r.lot_id for r in barred]))}
    owners = owner_codes(session)
    return tuple(
        LeavingLot(
            lot_id=row.lot_id,
            number=row.lot_number,
            expiry=row.expiry,
            precision=row.expiry_precision,
            days_left=(row.expiry - today).days if row.expiry else None,
            received_on=row.received_on,
            owner=owners[row.owner_id],
            location=places[row.location_id][0],
            place=places[row.location_id][1],
            quantity=row.quantity,
            state=lot_state(row.state, row.expiry, today=today, soon_days=soon_days),
            reason=reasons.get(row.lot_id),
            is_first=bool(usable) and row is usable[0],
        )
        for row in (*usable, *barred)
    )


def _places(ids: list[int]) -> sa.Select[tuple[int, str, str]]:
    return sa.select(Location.id, Location.code, Location.name).where(Location.id.in_(set(ids)))


def _reasons(ids: list[int]) -> sa.Select[tuple[int, str | None]]:
    return sa.select(Lot.id, Lot.state_reason).where(Lot.id.in_(set(ids)))
