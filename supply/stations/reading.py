"""Reading the text of a scan: one symbol, or the two of one label; and what is refused because it was not read well."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime
from uuid import UUID

from supply.barcodes.joining import join
from supply.barcodes.model import Barcode
from supply.barcodes.parse import parse
from supply.errors import Invalid
from supply.stations import answers
from supply.stations.answers import Outcome
from supply.stations.fields import ScanFields

SYMBOLS_APART = "\n"  # two symbols of one label are sent as one scan with a line feed between them

NO_ITEM = {
    "location": "the label of a place",
    "station": "the label of a place",
    "department": "the code of a department",
    "command": "a command of the sheet, which this scanner cannot carry out",
    "badge": "a badge, which is read where somebody signs on",
}


def read_code(text: str, *, today: date, separators: Sequence[str]) -> Barcode:
    """The meaning of one scan. Two symbols joined by a line feed are one label, in whichever order they were read."""
    symbols = [part for part in text.strip().split(SYMBOLS_APART) if part.strip()]
    if len(symbols) != 2:
        return parse(text, today=today, separators=separators)
    first, second = (parse(part, today=today, separators=separators) for part in symbols)
    return join(first, second)


def as_typed(barcode: Barcode) -> Barcode:
    """A code that is faulty as what it looks like, but is somebody's own number word for word: nothing else is read."""
    return replace(barcode, scheme="plain", errors=(), warnings=(), readings=(), lot=None, expiry=None, quantity=None)


def unknown(request_id: UUID, barcode: Barcode) -> Outcome:
    if barcode.errors:
        raise Invalid(_unreadable(barcode), code="bad_barcode", errors=list(barcode.errors))
    if barcode.house_kind in NO_ITEM:
        raise Invalid(f"That is {NO_ITEM[barcode.house_kind]}. Scan the item.", code="bad_barcode")
    if barcode.scheme == "hibc" and barcode.link_char and not barcode.hibc_di:
        raise Invalid(
            "That is the second code of two. Scan the code above it.", code="bad_barcode", errors=["HIBC_SECONDARY"]
        )
    return answers.unresolved(request_id=str(request_id), barcode=barcode.as_json())


def _unreadable(barcode: Barcode) -> str:
    if {"HIBC_LINK", "NOT_JOINABLE", "DUPLICATE_AI"} & set(barcode.errors):
        return "These two codes are not of the same label. Scan both again."
    if "EMPTY_DATA" in barcode.errors:
        return "Nothing was read. Hold steady and scan again."
    return "Not a complete read. Hold steady and scan again."


def refuse_doubtful(barcode: Barcode, fields: ScanFields) -> None:
    """A lot that may have swallowed the field after it is never guessed at."""
    if barcode.readings and fields.action != "lookup" and fields.lot is None:
        listed = [
            {"lot": r.lot, "expiry": day_of(r.expiry).isoformat() if r.expiry else None, "serial": r.serial}
            for r in barcode.readings
        ]
        message = "The scanner lost a separator. Which of these is on the label?"
        raise Invalid(message, code="ambiguous_code", candidates=listed)


def day_of(value: date | datetime) -> date:
    """The day of an expiry, with or without a time."""
    return value.date() if isinstance(value, datetime) else value
