"""A set of take-sheets as a PDF, the same for the screen and for the printer. Reads only."""

from datetime import tzinfo

from sqlalchemy.orm import Session

from supply.documents.take_sheet import SheetItem, SheetPlace, take_sheets
from supply.stations import downtime
from supply.stations.downtime import TakeLine
from supply.stock.lots import MONTHS


def take_sheet_pdf(session: Session, sheet_id: int, *, office: str, zone: tzinfo) -> bytes:
    """The set of that number, every place on pages of its own. Raises NotFound."""
    places = downtime.places_of(session, sheet_id)
    made = next(one.made_at for one in downtime.sheets(session) if one.id == sheet_id).astimezone(zone)
    shown = [SheetPlace(place, [_item(line) for line in lines]) for place, lines in places]
    day = f"{made.year:04}-{MONTHS[made.month - 1]}-{made.day:02}"
    return take_sheets(shown, number=f"T-{sheet_id}", made=day, office=office)


def _item(line: TakeLine) -> SheetItem:
    return SheetItem(line.name, line.sku, f"{line.on_hand:,} {line.unit}".replace("-", "−"), line.barcode)
