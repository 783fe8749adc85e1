"""What a kiosk needs to answer a scan by itself: items, codes, and the lots of one place in the order they leave.

Reads only. Must never hold a price, a cost, a person or anything that a label on the shelf does not say.
"""

import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from supply.db import connection_of, table_of
from supply.errors import Invalid
from supply.stations.fields import ScanRules
from supply.stations.sessions import find_station
from supply.stock.allocation import LotBalance, in_order, is_usable
from supply.stock.locations import Place, find_place
from supply.stock.models import Balance, Category, Item, ItemCode, Location, Lot, LotState
from supply.stock.owners import owner_codes

VERSION = 1  # of the shape below; a kiosk that knows another one keeps none
_I, _C, _K, _L, _B = (table_of(one).c for one in (Item, ItemCode, Category, Lot, Balance))


@dataclass(frozen=True)
class KioskCatalogue:
    """The catalogue of one place as JSON text, and the tag of exactly this content."""

    text: str
    tag: str


def kiosk_catalogue(
    session: Session, *, station: str | None, location: str | None, today: date, rules: ScanRules
) -> KioskCatalogue:
    """What a kiosk at that place knows: quantities in units of use. `today` judges what stands elsewhere.

    Raises Invalid (bad_field, bad_location) or NotFound for a place or station that does not exist.
    """
    place = _place(session, station, location)
    content = {"version": VERSION, "location": place.code, **_rules(rules), **_stock(session, place, today)}
    text = json.dumps(content, ensure_ascii=False, separators=(",", ":"))
    return KioskCatalogue(text, hashlib.sha256(text.encode()).hexdigest()[:32])


def _place(session: Session, station: str | None, location: str | None) -> Place:
    if (station is None) == (location is None):
        raise Invalid("Name either the station or the location of the kiosk.", code="bad_field")
    if location is not None:
        return find_place(session, location)
    found = find_station(session, station or "")
    code = session.scalar(sa.select(Location.code).where(Location.id == found.location_id))
    return find_place(session, code or "")


def _rules(rules: ScanRules) -> dict[str, Any]:
    """What the office has set that decides how a scan reads."""
    return {
        "zone": str(rules.zone),
        "separators": list(rules.separators),
        "expires_soon_days": rules.expires_soon_days,
    }


def _stock(session: Session, place: Place, today: date) -> dict[str, Any]:
    """Items, codes and lots as rows without names: half the bytes, and read once into tables by the kiosk."""
    here, elsewhere = _balances(session, place, today)
    items: list[list[Any]] = []
    number: dict[int, int] = {}
    for row in connection_of(session).execute(_ITEMS):
        number[row[0]] = len(items)
        items.append([*row[:5], row[5].value, int(row[6]), int(row[7]), *row[8:], elsewhere.get(row[0], 0)])
    codes = [[*row[:2], number[row[2]], *row[3:]] for row in connection_of(session).execute(_CODES) if row[2] in number]
    owners, lots = owner_codes(session), []
    for item_id, at in number.items():
        for lot in in_order(here.get(item_id, ()), str(items[at][4])):
            owner = None if lot.owner_id == place.office_id else owners.get(lot.owner_id, "")
            lots.append([at, *_lot(lot), place.codes.get(lot.location_id), lot.quantity, owner])
    names = _names(session)
    places = {place.codes[one]: names.get(one, "") for one in sorted(place.within)}
    return {"place": place.name, "places": places, "items": items, "codes": codes, "lots": lots}


def _lot(row: LotBalance) -> list[Any]:
    return [row.lot_id, row.lot_number, row.expiry and row.expiry.isoformat(), row.expiry_precision, row.state]


def _names(session: Session) -> dict[int, str]:
    return {row[0]: row[1] for row in connection_of(session).execute(sa.select(Location.id, Location.name))}


_ITEMS = (
    sa.select(
        _I.id, _I.sku, _I.name, _I.unit, sa.func.coalesce(_I.rotation, _K.rotation, "fifo", type_=sa.String),
        _I.tracking, _I.lot_required, _I.expiry_required, _I.par_level, _I.reorder_point,
    )
    .select_from(sa.outerjoin(table_of(Item), table_of(Category), _K.id == _I.category_id))
    .where(_I.is_active)
    .order_by(_I.id)
)  # fmt: skip
_CODES = sa.select(_C.scheme, _C.value, _C.item_id, _C.units_received, _C.units_used).order_by(_C.id)
_OF_LOT = (_L.id, _L.lot_number, _L.expiry, _L.expiry_precision, _L.received_on, _L.state)
_ON_HAND = (
    sa.select(_B.item_id, *_OF_LOT, _B.location_id, _B.quantity, _L.owner_id)
    .select_from(sa.join(table_of(Balance), table_of(Lot), _L.id == _B.lot_id))
    .where(_B.quantity > 0)
)
# A held or recalled lot stops its scan here too, whether any of it is on this shelf or not.
_SHUT = sa.select(_L.item_id, *_OF_LOT, sa.literal(0), sa.literal(0), _L.owner_id).where(_L.state != LotState.open)


def _balances(session: Session, place: Place, today: date) -> tuple[dict[int, list[LotBalance]], dict[int, int]]:
    """The lots of this place by item, and the usable units of each item that stand anywhere else."""
    here: dict[int, list[LotBalance]] = {}
    elsewhere: dict[int, int] = {}
    for item_id, row in _rows(session, _ON_HAND):
        if row.location_id in place.within:
            here.setdefault(item_id, []).append(row)
        elif is_usable(row, today):
            elsewhere[item_id] = elsewhere.get(item_id, 0) + row.quantity
    for item_id, row in _rows(session, _SHUT):
        if all(other.lot_id != row.lot_id for other in here.get(item_id, ())):
            here.setdefault(item_id, []).append(row)
    return here, elsewhere


def _rows(session: Session, statement: sa.Select[Any]) -> Iterable[tuple[int, LotBalance]]:
    for row in connection_of(session).execute(statement):
        lot, number, expiry, precision, received, state, location, quantity, owner = row[1:]
        word = str(getattr(state, "value", state))
        yield row[0], LotBalance(lot, number, expiry, precision, received, word, location, quantity, owner)
