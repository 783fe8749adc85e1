"""What a label can be asked for: the item, lot, place or container that somebody scans, types or names. Reads only.

Draws nothing: what stands on each is said in `label_contents`.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import date
from typing import Final

import sqlalchemy as sa
from sqlalchemy.orm import Session

from supply.barcodes import house_code
from supply.barcodes.model import Barcode
from supply.barcodes.parse import parse
from supply.errors import Invalid, NotFound
from supply.labels.content import Content
from supply.stations import label_contents, lot_marks
from supply.stations.commands import COMMANDS, Command, command_of
from supply.stations.fields import ScanRules
from supply.stations.lot_marks import Marked
from supply.stations.models import Station
from supply.stock import catalog
from supply.stock.lots import expiry_words
from supply.stock.models import Item, Location, LocationKind, Lot
from supply.waste.container_lines import find_container
from supply.waste.models import ContainerState, WasteContainer
from supply.waste.streams import streams

ITEM, LOT, LOCATION, CONTAINER = house_code.ITEM, house_code.LOT, house_code.LOCATION, house_code.CONTAINER
STATION, COMMAND = house_code.STATION, house_code.COMMAND
OPENED, HOLD = "opened", "hold"  # labels of a lot in hand
OF_A_LOT: Final = (OPENED, HOLD)
NOT_MARKED: Final = Marked()
NUMBER_LIMIT: Final = 2**31 - 1
NAME_LENGTH: Final = 130
HERE: Final = (ContainerState.new, ContainerState.open, ContainerState.full, ContainerState.sealed)
FOUND: Final = 12


@dataclass(frozen=True)
class Subject:
    """One thing that a label can be printed for: `id` names it in addresses and commands, `words` tell it apart."""

    kind: str
    row_id: int
    id: str
    name: str
    words: str


def find_subject(session: Session, kind: str, name: str) -> Subject:
    """The thing of that kind: an item by SKU, a lot by its number here or `SKU:LOT`, a place by code.

    Raises NotFound, or Invalid (bad_field, which_lot) for a name that cannot be one or that fits several lots.
    """
    if kind not in FINDERS:
        raise Invalid(f"There are labels of {', '.join(FINDERS)}; not of {kind[:40]!r}.", code="bad_field")
    if not name.strip() or len(name) > NAME_LENGTH or not name.isprintable():
        raise Invalid("Say which one: scan it, or type its name.", code="bad_field")
    return FINDERS[kind](session, name.strip())


def content_of(session: Session, subject: Subject, rules: ScanRules, marked: Marked = NOT_MARKED) -> Content:
    """What stands on its label; days are those of the office's zone, `marked` what a person says of a lot in hand.

    Raises Invalid where that cannot be a label.
    """
    if subject.kind == OPENED:
        return lot_marks.opened_label(session, subject.row_id, marked)
    if subject.kind == HOLD:
        return lot_marks.hold_label(session, subject.row_id, marked)
    if subject.kind == COMMAND:
        return label_contents.command_label(COMMANDS[subject.row_id - 1])
    if subject.kind == CONTAINER:
        return label_contents.container_label(session, subject.row_id, zone=rules.zone, law_folder=rules.law_folder)
    return CONTENTS[subject.kind](session, subject.row_id)


def search(session: Session, text: str, *, kinds: Iterable[str]) -> list[Subject]:
    """What typed words may mean, at most a dozen of each kind; without any: what came in last."""
    wanted = [kind for kind in SEARCHES if kind in set(kinds)]
    if LOT not in wanted and OPENED in set(kinds):  # who prints no labels of lots may mark the one in hand
        return [replace(one, kind=OPENED) for one in search(session, text, kinds=(LOT,))]
    if not text.strip():
        return _lots(session) if LOT in wanted else [one for kind in wanted for one in SEARCHES[kind](session, "")]
    return [one for kind in wanted for one in SEARCHES[kind](session, text)]


def named(
    session: Session, text: str, *, kinds: Iterable[str], today: date, separators: tuple[str, ...]
) -> list[Subject]:
    """What a code names: the thing of one of our own labels, and the lot or else the item of a maker's."""
    barcode = parse(text.strip()[:512], today=today, separators=separators)
    return _named(session, barcode, set(kinds))


def _named(session: Session, barcode: Barcode, kinds: set[str]) -> list[Subject]:
    if barcode.scheme == "house":
        command = command_of(barcode.house_value or "") if barcode.house_kind == COMMAND and COMMAND in kinds else None
        if command:
            return [_command(command)]
        number = int(barcode.house_value or 0) if (barcode.house_value or "").isdigit() else 0
        found = _by_number(session, barcode.house_kind or "", number) if barcode.house_kind in kinds else None
        return [found] if found else []
    if not barcode.lookup_keys or ITEM not in kinds:
        return []
    matches = [match.item_id for match in catalog.find_matches(session, barcode)]
    if barcode.lot and LOT in kinds:
        lots = _lots(session, Lot.item_id.in_(matches), Lot.lot_number == barcode.lot)
        if lots:
            return lots
    return [_item(item) for item in session.scalars(sa.select(Item).where(Item.id.in_(matches)).order_by(Item.id))]


def _by_number(session: Session, kind: str, number: int) -> Subject | None:
    if not 0 < number <= NUMBER_LIMIT:
        return None
    if kind == STATION:
        station = session.get(Station, number)
        return _station(station) if station else None
    if kind == LOT:
        return next(iter(_lots(session, Lot.id == number)), None)
    if kind == ITEM:
        item = session.get(Item, number)
        return _item(item) if item else None
    if kind == CONTAINER:
        container = session.get(WasteContainer, number)
        return _container(container) if container else None
    place = session.get(Location, number) if kind == LOCATION else None
    return _place(place) if place and place.kind == LocationKind.physical else None


def _find_item(session: Session, sku: str) -> Subject:
    return _item(catalog.find_item(session, sku))


def _find_lot(session: Session, name: str) -> Subject:
    """By its number here, else `SKU:LOT`, where the SKU itself may have a colon."""
    if name.isascii() and name.isdigit() and len(name) <= 10:
        found = _by_number(session, LOT, int(name))
        if found is None:
            raise NotFound(f"There is no lot {name}.")
        return found
    sku, colon, number = name.rpartition(":")
    if not colon:
        raise Invalid("Name a lot by its number here, or as SKU:LOT.", code="bad_field")
    item = catalog.find_item(session, sku)
    lots = _lots(session, Lot.item_id == item.id, Lot.lot_number == number.strip())
    if not lots:
        raise NotFound(f"{item.name} has no lot {number.strip()!r}.")
    if len(lots) > 1:
        which = ", ".join(f"{lot.id} ({lot.words})" for lot in lots)
        raise Invalid(f"That is more than one lot. Name one by its number here: {which}.", code="which_lot")
    return lots[0]


def _find_place(session: Session, code: str) -> Subject:
    physical = Location.code == code.upper(), Location.kind == LocationKind.physical
    place = session.scalar(sa.select(Location).where(*physical))
    if place is None:
        raise NotFound(f"There is no place {code!r}.")
    return _place(place)


def _search_items(session: Session, text: str) -> list[Subject]:
    return [_item(item) for item in catalog.search_items(session, text, limit=FOUND)] if text.strip() else []


def _search_lots(session: Session, text: str) -> list[Subject]:
    """Lots by the beginning of their number, newest first."""
    number = text.strip()
    return _lots(session, Lot.lot_number.istartswith(number, autoescape=True)) if number else []


def _search_places(session: Session, text: str) -> list[Subject]:
    statement = sa.select(Location).where(Location.kind == LocationKind.physical, Location.is_active)
    for word in text.split()[:8]:
        by_name = Location.name.icontains(word, autoescape=True)
        statement = statement.where(by_name | Location.code.icontains(word, autoescape=True))
    return [_place(place) for place in session.scalars(statement.order_by(Location.path).limit(FOUND))]


def _find_container(session: Session, number: str) -> Subject:
    return _container(find_container(session, number))


def _search_containers(session: Session, text: str) -> list[Subject]:
    """Those that are still here, newest first, by number, stream or place."""
    statement = sa.select(WasteContainer).join(Location, Location.id == WasteContainer.location_id)
    statement = statement.where(WasteContainer.state.in_(HERE))
    for word in text.split()[:8]:
        columns = (WasteContainer.number, WasteContainer.stream, Location.name, Location.code)
        statement = statement.where(sa.or_(*(column.icontains(word, autoescape=True) for column in columns)))
    rows = session.scalars(statement.order_by(WasteContainer.id.desc()).limit(FOUND))
    return [_container(row) for row in rows]


def _find_station(session: Session, code: str) -> Subject:
    station = session.scalar(sa.select(Station).where(Station.code == code, Station.is_active))
    if station is None:
        raise NotFound(f"There is no station {code!r}.")
    return _station(station)


def _find_command(session: Session, word: str) -> Subject:
    command = command_of(word.upper())
    if command is None:
        known = ", ".join(one.word for one in COMMANDS)
        raise NotFound(f"There is no command {word!r}. There are {known}.")
    return _command(command)


def _search_stations(session: Session, text: str) -> list[Subject]:
    statement = sa.select(Station).where(Station.is_active)
    for word in text.split()[:8]:
        by_name = Station.name.icontains(word, autoescape=True)
        statement = statement.where(by_name | Station.code.icontains(word, autoescape=True))
    return [_station(row) for row in session.scalars(statement.order_by(Station.code).limit(FOUND))]


def _lots(session: Session, *conditions: sa.ColumnElement[bool]) -> list[Subject]:
    """These lots, newest first."""
    statement = sa.select(Lot, Item).join(Item, Item.id == Lot.item_id).where(*conditions)
    rows = session.execute(statement.order_by(Lot.id.desc()).limit(FOUND))
    return [_lot(lot, item) for lot, item in rows]


def _item(item: Item) -> Subject:
    return Subject(ITEM, item.id, item.sku, item.name, item.sku)


def _lot(lot: Lot, item: Item) -> Subject:
    number = f"Lot {lot.lot_number}" if lot.lot_number else f"No lot number, received {expiry_words(lot.received_on)}"
    expiry = expiry_words(lot.expiry, lot.expiry_precision)
    return Subject(LOT, lot.id, str(lot.id), item.name, f"{number}, {expiry}")


def _place(place: Location) -> Subject:
    return Subject(LOCATION, place.id, place.code, place.name, place.code)


def _container(row: WasteContainer) -> Subject:
    stream = next((one.name for one in streams() if one.code == row.stream), row.stream)
    return Subject(CONTAINER, row.id, row.number, f"Container {row.number}", f"{stream}, {row.package}")


def _station(station: Station) -> Subject:
    return Subject(STATION, station.id, station.code, station.name, station.code)


def _command(command: Command) -> Subject:
    return Subject(COMMAND, COMMANDS.index(command) + 1, command.word, command.words, command.word)


def _marked(kind: str) -> Callable[[Session, str], Subject]:
    """The lot in hand, for a label of that kind."""
    return lambda session, name: replace(_find_lot(session, name), kind=kind)


FINDERS: Final[dict[str, Callable[[Session, str], Subject]]] = {
    ITEM: _find_item,
    LOT: _find_lot,
    LOCATION: _find_place,
    CONTAINER: _find_container,
    OPENED: _marked(OPENED),
    HOLD: _marked(HOLD),
    STATION: _find_station,
    COMMAND: _find_command,
}
SEARCHES: Final[dict[str, Callable[[Session, str], list[Subject]]]] = {
    ITEM: _search_items,
    LOT: _search_lots,
    LOCATION: _search_places,
    CONTAINER: _search_containers,
    STATION: _search_stations,
}
CONTENTS: Final[dict[str, Callable[[Session, int], Content]]] = {
    ITEM: label_contents.item_label,
    LOT: label_contents.lot_label,
    LOCATION: label_contents.location_label,
    STATION: label_contents.station_label,
}
