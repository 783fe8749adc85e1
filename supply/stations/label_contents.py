"""What stands on the label of an item, a lot or a place: plain values gathered here. Reads only, draws nothing.

Must never put a code on a lot's label that could mean another lot when it is scanned.
"""

from datetime import timedelta
from typing import TypeVar

import sqlalchemy as sa
from sqlalchemy.orm import Session

from supply.barcodes import house_code
from supply.barcodes.dates import MONTH
from supply.barcodes.parse import parse
from supply.errors import Invalid, NotFound
from supply.labels.content import ItemLabel, LocationLabel, LotLabel
from supply.labels.symbols import Symbol, Symbology, gs1_symbol, house_symbol
from supply.stock import catalog
from supply.stock.lots import expiry_words
from supply.stock.models import Item, ItemCode, Location, LocationKind, Lot, Owner
from supply.stock.owners import OFFICE

FNC1_SYMBOLOGY = "]d2"
Row = TypeVar("Row", Item, Lot, Location)
YEARS_SURE = timedelta(days=40 * 365)  # within these a year of two digits means the same for decades


def item_label(session: Session, item_id: int) -> ItemLabel:
    """The label of an item's shelf or box: its house code, which names no lot. Raises NotFound."""
    item = _found(session, Item, item_id, "item")
    return ItemLabel(name=item.name, sku=item.sku, barcode=house_symbol(house_code.ITEM, item.id))


def lot_label(session: Session, lot_id: int, *, quantity: int | None = None) -> LotLabel:
    """The label of one lot. It says `quantity` base units, or what one scan of it moves where that is not one unit.

    Raises NotFound.
    """
    lot = _found(session, Lot, lot_id, "lot")
    item = session.get_one(Item, lot.item_id)
    owner = session.get_one(Owner, lot.owner_id)
    code = _code_to_print(session, item.id)
    symbol = _gs1_of(session, lot, code, owner) if code else None
    per_scan = code.units_used if code and symbol else 1
    return LotLabel(
        name=item.name,
        sku=item.sku,
        barcode=symbol or house_symbol(house_code.LOT, lot.id, Symbology.datamatrix),
        lot_number=lot.lot_number,
        expiry=expiry_words(lot.expiry, lot.expiry_precision) if lot.expiry else "",
        quantity=_quantity_words(item.unit, quantity, per_scan),
        owner="" if owner.code == OFFICE else owner.name,
    )


def location_label(session: Session, location_id: int) -> LocationLabel:
    """The label of a place: its name, its code and what it is part of. Raises NotFound."""
    place = _found(session, Location, location_id, "place")
    if place.kind != LocationKind.physical:
        raise NotFound(f"There is no place {location_id}.")
    parent = session.get(Location, place.parent_id) if place.parent_id else None
    return LocationLabel(
        name=place.name,
        code=place.code,
        barcode=house_symbol(house_code.LOCATION, place.id),
        within=parent.name if parent else "",
    )


def _found(session: Session, kind: type[Row], row_id: int, word: str) -> Row:
    row = session.get(kind, row_id)
    if row is None:
        raise NotFound(f"There is no {word} {row_id}.")
    return row


def _code_to_print(session: Session, item_id: int) -> ItemCode | None:
    """The GTIN of the unit that one scan of this label should move: of those the item has, the smallest one used.

    A lot label stands where stock is taken, and one scan there takes one unit of use. Between two GTINs that move the
    same, the one that brings in least: a label scanned by mistake while receiving then does the least harm.
    """
    order = (ItemCode.units_used, ItemCode.units_received, ItemCode.id)
    statement = sa.select(ItemCode).where(ItemCode.item_id == item_id, ItemCode.scheme == "gtin").order_by(*order)
    return session.scalars(statement.limit(1)).first()


def _gs1_of(session: Session, lot: Lot, code: ItemCode, owner: Owner) -> Symbol | None:
    """The GS1 code of a lot, (01)(17)(10), or None where such a text could not come back to this very lot.

    That is: no lot number, one that GS1 does not allow (Gen. Spec. 3.4: 20 characters of set 82), another lot of that
    number, another owner's lot, a GTIN of two items, an expiry with a time or of another century.
    """
    same = sa.select(sa.func.count()).where(Lot.item_id == lot.item_id, Lot.lot_number == lot.lot_number)
    if not lot.lot_number or owner.code != OFFICE or lot.expiry_time or session.scalar(same) != 1:
        return None
    elements = [("01", code.value.zfill(14)), ("10", lot.lot_number)]
    if lot.expiry:
        # a month keeps day 00 (Gen. Spec. 3.4.2): read back it is the last day, known to the month, as it was booked
        day = "00" if lot.expiry_precision == MONTH else f"{lot.expiry:%d}"
        elements.insert(1, ("17", f"{lot.expiry:%y%m}{day}"))
    try:
        symbol = gs1_symbol(elements)
    except Invalid:
        return None
    return symbol if _comes_back(session, symbol, lot) else None


def _comes_back(session: Session, symbol: Symbol, lot: Lot) -> bool:
    """Whether the text, read as scanners send it, with and without its symbology, means this lot and nothing else."""
    if lot.expiry and abs(lot.expiry - lot.received_on) > YEARS_SURE:
        return False
    for text in (symbol.text, FNC1_SYMBOLOGY + symbol.text):
        barcode = parse(text, today=lot.received_on)
        read = (barcode.lot, barcode.expiry, barcode.expiry_precision)
        if barcode.errors or barcode.readings or read != (lot.lot_number, lot.expiry, lot.expiry_precision):
            return False
        if [match.item_id for match in catalog.find_matches(session, barcode)] != [lot.item_id]:
            return False
    return True


def _quantity_words(unit: str, quantity: int | None, per_scan: int) -> str:
    if quantity is not None:
        return f"{quantity:,} × {unit}"
    return f"One scan: {per_scan:,} × {unit}" if per_scan != 1 else ""
