"""What stands on the label of a waste container, gathered from its stream, the office and its pickup. Reads only.

Must never put anything about what a patient had on it: contents stay in the book.
"""

from datetime import date, datetime, tzinfo

import sqlalchemy as sa
from sqlalchemy.orm import Session

from supply.barcodes import house_code
from supply.errors import NotFound
from supply.labels.content import ContainerLabel
from supply.labels.symbols import house_symbol
from supply.stock.lots import expiry_words
from supply.waste.models import PickupLine, WasteContainer, WastePickup
from supply.waste.parties import PartyLine, generator, party_line
from supply.waste.streams import find_stream
from supply.waste.weights import weight_words

NO_DAY = date(1970, 1, 1)  # registrations are not looked at here


def container_label(session: Session, container_id: int, *, zone: tzinfo, law_folder: str = "") -> ContainerLabel:
    """The label of a container; dates are days of the office's `zone`. Raises NotFound, Invalid (unknown stream)."""
    row = session.get(WasteContainer, container_id)
    if row is None:
        raise NotFound(f"There is no container {container_id}.")
    stream = find_stream(row.stream, law_folder)
    office = generator(session, today=NO_DAY)
    transporter = _transporter(session, row.id)
    return ContainerLabel(
        number=row.number,
        stream=stream.name,
        barcode=house_symbol(house_code.CONTAINER, row.id),
        phrases=(stream.label_phrase,) if stream.label_phrase else (),
        has_biohazard_symbol=stream.has_biohazard_symbol,
        un_mark=f"{stream.shipping.un_id}, {stream.shipping.proper_shipping_name}" if stream.shipping else "",
        generator=_address(office) if office else (),
        transporter=_address(transporter) if transporter else (),
        opened=_day(row.opened_at, zone),
        sealed=_day(row.sealed_at, zone),
        shipped=_day(row.picked_up_at, zone),
        gross_weight=weight_words(row.gross_weight_grams) if row.gross_weight_grams else "",
        stock_colour=stream.colour,
    )


def _transporter(session: Session, container_id: int) -> PartyLine | None:
    """Who takes it, once it is on a pickup."""
    statement = sa.select(WastePickup.transporter_id).join(PickupLine, PickupLine.pickup_id == WastePickup.id)
    found = session.scalar(statement.where(PickupLine.container_id == container_id, PickupLine.released_at.is_(None)))
    return party_line(session, found, today=NO_DAY) if found is not None else None


def _address(party: PartyLine) -> tuple[str, ...]:
    return tuple(line for line in (party.name, *party.fields.site.lines, party.fields.phone) if line)


def _day(moment: datetime | None, zone: tzinfo) -> str:
    return expiry_words(moment.astimezone(zone).date()) if moment else ""
