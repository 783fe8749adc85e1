"""What stands on the label of a thing of the office: plain values. Reads only, draws nothing.

Must never put a code on a lot's label that could mean another lot when it is scanned.
"""

from datetime import datetime, timedelta, tzinfo
from typing import Any, TypeVar

import sqlalchemy as sa
from sqlalchemy.orm import Session

from supply.barcodes import house_code
from supply.barcodes.dates import MONTH
from supply.barcodes.parse import parse
from supply.db import connection_of, table_of
from supply.errors import Invalid, NotFound
from supply.labels.content import CommandLabel, ContainerLabel, ItemLabel, LocationLabel, LotLabel, StationLabel
from supply.labels.symbols import Symbol, Symbology, gs1_symbol, house_symbol
from supply.stations.commands import Command
from supply.stations.models import Station
from supply.stock import catalog
from supply.stock.lots import expiry_words
from supply.stock.models import Item, ItemCode, Location, LocationKind, Lot, Owner
from supply.stock.owners import OFFICE
from supply.waste import parties
from supply.waste.models import PickupLine, WasteContainer, WastePickup
from supply.waste.parties import PartyLine
from supply.waste.streams import find_stream
from supply.waste.weights import weight_words

COMMAND_GROUPS = {
    "mode": "Mode",
    "quantity": "Quantity",
    "undo": "Undo",
    "place": "Place",
    "department": "Department",
    "person": "Person",
    "need": "Need more",
}
FNC1_SYMBOLOGY = "]d2"
PHRASES_APART = " - "  # between the phrases of a stream
Row = TypeVar("Row", Item, Location, WasteContainer, Station)
YEARS_SURE = timedelta(days=40 * 365)  # within these a year of two digits means the same for decades

_L, _I, _O, _C = (table_of(model).c for model in (Lot, Item, Owner, ItemCode))
_same = table_of(Lot).alias("same")
_LOT = (
    sa.select(
        *(_L.item_id, _L.lot_number, _L.expiry, _L.expiry_precision, _L.expiry_time, _L.received_on),
        *(_I.name, _I.sku, _I.unit, _O.code.label("owner"), _O.name.label("owner_name")),
        sa.select(sa.func.count())
        .where(_same.c.item_id == _L.item_id, _same.c.lot_number == _L.lot_number)
        .correlate(table_of(Lot))
        .scalar_subquery()
        .label("of_that_number"),
    )
    .join_from(table_of(Lot), table_of(Item), _I.id == _L.item_id)
    .join(table_of(Owner), _O.id == _L.owner_id)
    .where(_L.id == sa.bindparam("lot"))
)
# The GTIN of the unit that one scan of a lot's label should move: of those the item has, the smallest one used. The
# label stands where stock is taken, and one scan there takes one unit of use. Between two GTINs that move the same, the
# one that brings in least: a label scanned by mistake while receiving then does the least harm.
_GTIN = (
    sa.select(_C.value, _C.units_used)
    .where(_C.item_id == sa.bindparam("item"), _C.scheme == "gtin")
    .order_by(_C.units_used, _C.units_received, _C.id)
    .limit(1)
)


def item_label(session: Session, item_id: int) -> ItemLabel:
    """The label of an item's shelf or box: its house code, which names no lot. Raises NotFound."""
    item = _found(session, Item, item_id, "item")
    return ItemLabel(name=item.name, sku=item.sku, barcode=house_symbol(house_code.ITEM, item.id))


def lot_label(session: Session, lot_id: int, *, quantity: int | None = None) -> LotLabel:
    """The label of one lot. It says `quantity` base units, or what one scan of it moves where that is not one unit.

    Raises NotFound.
    """
    lot = connection_of(session).execute(_LOT, {"lot": lot_id}).one_or_none()
    if lot is None:
        raise NotFound(f"There is no lot {lot_id}.")
    code = connection_of(session).execute(_GTIN, {"item": lot.item_id}).one_or_none()
    symbol = _gs1_of(session, lot, code.value) if code else None
    return LotLabel(
        name=lot.name,
        sku=lot.sku,
        barcode=symbol or house_symbol(house_code.LOT, lot_id, Symbology.datamatrix),
        lot_number=lot.lot_number,
        expiry=expiry_words(lot.expiry, lot.expiry_precision) if lot.expiry else "",
        quantity=_quantity_words(lot.unit, quantity, code.units_used if code and symbol else 1),
        owner="" if lot.owner == OFFICE else lot.owner_name,
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


def station_label(session: Session, station_id: int) -> StationLabel:
    """The label of a station: its name, code and place. Raises NotFound."""
    station = _found(session, Station, station_id, "station")
    place = session.get(Location, station.location_id)
    return StationLabel(
        name=station.name,
        code=station.code,
        barcode=house_symbol(house_code.STATION, station.id),
        words=place.name if place else "",
    )


def command_label(command: Command) -> CommandLabel:
    """The label of a command: what it does, and the code that does it."""
    barcode = house_symbol(house_code.COMMAND, command.word)
    return CommandLabel(words=command.words, barcode=barcode, group=COMMAND_GROUPS[command.group])


def container_label(session: Session, container_id: int, *, zone: tzinfo, law_folder: str = "") -> ContainerLabel:
    """The label of a waste container, with dates of the office's `zone`: its stream's phrases in full, who made it,
    when it was opened, sealed and shipped, who takes it, and the UN mark of what may be shipped.

    Raises NotFound.
    """
    box = _found(session, WasteContainer, container_id, "waste container")
    stream = find_stream(box.stream, law_folder)
    today = box.made_at.astimezone(zone).date()
    made_by = parties.generator(session, today=today)
    pickup = _live_pickup(session, container_id)
    carrier = parties.party_line(session, pickup.transporter_id, today=today) if pickup else None
    shipped = box.picked_up_at or (pickup.handed_over_at if pickup else None)
    return ContainerLabel(
        number=box.number,
        stream=stream.name,
        barcode=house_symbol(house_code.CONTAINER, box.id),
        phrases=tuple(part.strip() for part in stream.label_phrase.split(PHRASES_APART) if part.strip()),
        has_biohazard_symbol=stream.has_biohazard_symbol,
        un_mark=stream.shipping.words if stream.shipping else "",
        generator=_address(made_by),
        transporter=_address(carrier),
        opened=_day(box.opened_at, zone),
        sealed=_day(box.sealed_at, zone),
        shipped=_day(shipped, zone) or (expiry_words(pickup.scheduled_on) if pickup else ""),
        gross_weight=weight_words(box.gross_weight_grams) if box.gross_weight_grams else "",
        stock_colour=stream.colour,
    )


def _live_pickup(session: Session, container_id: int) -> WastePickup | None:
    """The pickup that the container is on, if any."""
    line = sa.select(PickupLine.pickup_id).where(
        PickupLine.container_id == container_id, PickupLine.released_at.is_(None)
    )
    return session.scalars(sa.select(WastePickup).where(WastePickup.id.in_(line))).first()


def _address(party: PartyLine | None) -> tuple[str, ...]:
    """Name, site, phone and registrations (30 TAC 326.21, 25 Pa. Code 284.414 ask for them outside)."""
    if party is None:
        return ()
    registered = tuple(f"{line.kind} {line.number} ({line.issued_by})" for line in party.registrations)
    lines = (party.name, *party.fields.site.lines, party.fields.phone, *registered)
    return tuple(line for line in lines if line)


def _day(moment: datetime | None, zone: tzinfo) -> str:
    return expiry_words(moment.astimezone(zone).date()) if moment else ""


def _found(session: Session, kind: type[Row], row_id: int, word: str) -> Row:
    row = session.get(kind, row_id)
    if row is None:
        raise NotFound(f"There is no {word} {row_id}.")
    return row


def _gs1_of(session: Session, lot: sa.Row[Any], gtin: str) -> Symbol | None:
    """The GS1 code of a lot, (01)(17)(10), or None where such a text could not come back to this very lot.

    That is: no lot number, one that GS1 does not allow (Gen. Spec. 3.4: 20 characters of set 82), another lot of that
    number, another owner's lot, a GTIN of two items, an expiry with a time or of another century.
    """
    if not lot.lot_number or lot.owner != OFFICE or lot.expiry_time or lot.of_that_number != 1:
        return None
    elements = [("01", gtin.zfill(14)), ("10", lot.lot_number)]
    if lot.expiry:
        # a month keeps day 00 (Gen. Spec. 3.4.2): read back it is the last day, known to the month, as it was booked
        day = "00" if lot.expiry_precision == MONTH else f"{lot.expiry:%d}"
        elements.insert(1, ("17", f"{lot.expiry:%y%m}{day}"))
    try:
        symbol = gs1_symbol(elements)
    except Invalid:
        return None
    return symbol if _comes_back(session, symbol, lot) else None


def _comes_back(session: Session, symbol: Symbol, lot: sa.Row[Any]) -> bool:
    """Whether the text, read as scanners send it, with and without its symbology, means this lot and nothing else."""
    if lot.expiry and abs(lot.expiry - lot.received_on) > YEARS_SURE:
        return False
    readings = [parse(text, today=lot.received_on) for text in (symbol.text, FNC1_SYMBOLOGY + symbol.text)]
    booked = (lot.lot_number, lot.expiry, lot.expiry_precision)
    for barcode in readings:
        if barcode.errors or barcode.readings or (barcode.lot, barcode.expiry, barcode.expiry_precision) != booked:
            return False
    if readings[0].lookup_keys != readings[1].lookup_keys:
        return False
    return [match.item_id for match in catalog.find_matches(session, readings[0])] == [lot.item_id]


def _quantity_words(unit: str, quantity: int | None, per_scan: int) -> str:
    if quantity is not None:
        return f"{quantity:,} × {unit}"
    return f"One scan: {per_scan:,} × {unit}" if per_scan != 1 else ""
