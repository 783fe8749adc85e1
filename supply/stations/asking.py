"""Asking for more at a shelf, from a code or an SKU, and what the person is told: that it is ordered, or noted."""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy.orm import Session

from supply.barcodes.parse import parse
from supply.errors import Invalid
from supply.purchasing import order_lines
from supply.staff.permissions import Action, Actor, require
from supply.stock import catalog, shelf_requests
from supply.stock.locations import find_place
from supply.stock.lots import expiry_words


@dataclass(frozen=True)
class Asking:
    """What somebody asks for: an item by SKU or by any of its codes, a place, and need_more or shelf_empty."""

    request_id: UUID
    sku: str | None
    barcode: str | None
    location: str
    kind: str


@dataclass(frozen=True)
class AskedAt:
    """What it came to, in one line for the person."""

    id: int
    state: str
    sku: str
    name: str
    message: str
    is_new: bool


def ask_at_shelf(
    session: Session, asking: Asking, *, by: Actor, now: datetime, today: date, separators: tuple[str, ...]
) -> AskedAt:
    """Note that more is wanted. Raises NotFound, NotAllowed, Invalid (unknown or ambiguous code), Conflict."""
    require(by, Action.need_more)
    item_id = _item(session, asking, today, separators)
    place = find_place(session, asking.location)
    asked = shelf_requests.ask(
        session,
        request_id=asking.request_id,
        item_id=item_id,
        location_id=place.id,
        kind=asking.kind,
        person_id=by.person_id,
        now=now,
    )
    line = shelf_requests.shelf_request(session, asked.id)
    message = what_comes(session, item_id, today=today, now=now)
    return AskedAt(line.id, line.state, line.sku, line.name, message, asked.is_new)


def what_comes(session: Session, item_id: int, *, today: date, now: datetime) -> str:
    """What a person at the shelf is told: when more is due, or that the manager sees it."""
    due = [line.expected_on for line in order_lines.open_lines(session, now=now) if line.item_id == item_id]
    if not due:
        return "Noted. The manager sees it in the morning list."
    first = min(due)
    if first < today:
        return f"Ordered, was due {first:%A} {expiry_words(first)}. The manager is told."
    return f"Ordered, due {'today' if first == today else f'{first:%A} {expiry_words(first)}'}."


def _item(session: Session, asking: Asking, today: date, separators: tuple[str, ...]) -> int:
    if (asking.sku is None) == (asking.barcode is None):
        raise Invalid("Name the item by its SKU or by a code: one of the two.", code="bad_field")
    if asking.sku is not None:
        return catalog.find_item(session, asking.sku).id
    found = catalog.find_matches(session, parse(asking.barcode or "", today=today, separators=separators))
    if not found:
        raise Invalid("Nothing here knows this code. Scan the item or its shelf label.", code="unknown_code")
    if len(found) > 1:
        listed = [{"sku": match.sku, "name": match.name} for match in found]
        raise Invalid("This code fits more than one item. Which one?", code="ambiguous_code", candidates=listed)
    return found[0].item_id
