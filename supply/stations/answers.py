"""PURE: what a scan came to, in one line for the person and in fields for programs."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from supply.errors import NotAllowed, SupplyError
from supply.stock.catalog import Match
from supply.stock.locations import Place
from supply.stock.movements import Moved, MovedLot
from supply.stock.picking import Warned
from supply.waste.entries import Into

VERBS = {
    "receive": "Received",
    "use": "Taken",
    "return": "Put back",
    "move": "Moved",
    "discard": "Thrown out",
    "lookup": "Found",
}


@dataclass(frozen=True)
class Outcome:
    """A scan's outcome, ready to store: HTTP status and body."""

    outcome: str
    status: int
    answer: dict[str, Any]
    item_id: int | None = None
    shortfall: int = 0
    exception: str | None = None


def units_words(count: int, unit: str) -> str:
    """`3 boxes`, `1 pair`, and plain `3` for things counted by the each."""
    if unit.lower() in {"each", "ea", "unit", "piece"}:
        return f"{count:,}"
    if count == 1:
        return f"{count:,} {unit}"
    if unit.endswith(("s", "x", "ch", "sh")):
        return f"{count:,} {unit}es"
    if unit.endswith("y") and unit[-2:-1] not in "aeiou":
        return f"{count:,} {unit[:-1]}ies"
    return f"{count:,} {unit}s"


def item_fields(item: Match) -> dict[str, Any]:
    """The item as an answer shows it."""
    return {
        "sku": item.sku,
        "name": item.name,
        "unit": item.unit,
        "par_level": item.par_level,
        "reorder_point": item.reorder_point,
    }


def warning_fields(warned: Warned) -> dict[str, Any]:
    """A warning as an answer shows it."""
    return {"code": warned.code, "message": warned.message, **warned.details}


def movement_fields(row: MovedLot) -> dict[str, Any]:
    """A movement as an answer shows it."""
    return {
        "id": row.id,
        "kind": row.kind,
        "lot": row.lot,
        "lot_known": row.lot_known,
        "expiry": row.expiry.isoformat() if row.expiry else None,
        "expiry_precision": row.expiry_precision,
        "from": row.from_code,
        "to": row.to_code,
        "quantity": row.quantity,
    }


def recorded(
    *,
    request_id: str,
    action: str,
    item: Match,
    place: Place,
    moved: Moved,
    can_undo_until: datetime,
    into: Into | None = None,
) -> Outcome:
    """The answer to a scan that was taken as it came, wholly or as far as the book goes."""
    done = sum(row.quantity for row in moved.rows)
    left = f"{units_words(moved.on_hand, item.unit)} left in {place.name}."
    if moved.shortfall:
        message = f"The record shows {'none' if not done else f'only {done}'} here. Thank you, we will recount."
    else:
        where = f" to {moved.rows[0].to_code}" if action == "move" else f" into {into.number}" if into else ""
        left = f"{units_words(moved.on_hand, item.unit)} in {place.name}." if action in {"receive", "return"} else left
        message = f"{VERBS[action]}: {units_words(done, item.unit)} of {item.name}{where}. {left}"
    outcome = "discrepancy" if moved.shortfall else "recorded"
    answer: dict[str, Any] = {
        "request_id": request_id,
        "outcome": outcome,
        "message": message,
        "item": item_fields(item),
        "location": place.code,
        "movements": [movement_fields(row) for row in moved.rows],
        "shortfall": moved.shortfall,
        "on_hand": moved.on_hand,
        "warnings": [warning_fields(warned) for warned in moved.warnings],
        "can_undo_until": can_undo_until.isoformat() if moved.rows else None,
    }
    if into:
        answer["container"] = into.number
    return Outcome(outcome, 201, answer, item.item_id, moved.shortfall, moved.exception)


def found(
    *,
    request_id: str,
    item: Match,
    place: Place,
    on_hand: int,
    lots: list[dict[str, Any]],
    warnings: list[dict[str, Any]],
) -> Outcome:
    """The answer to a look-up."""
    answer: dict[str, Any] = {
        "request_id": request_id,
        "outcome": "found",
        "message": f"{item.name}: {units_words(on_hand, item.unit)} in {place.name}.",
        "item": item_fields(item),
        "location": place.code,
        "movements": [],
        "shortfall": 0,
        "on_hand": on_hand,
        "lots": lots,
        "warnings": warnings,
        "can_undo_until": None,
    }
    return Outcome("found", 201, answer, item.item_id)


def commanded(*, request_id: str, words: str) -> Outcome:
    """The answer to a badge or a command that a station's own scanner read: it moved nothing."""
    answer: dict[str, Any] = {
        "request_id": request_id,
        "outcome": "command",
        "message": words,
        "item": None,
        "location": None,
        "movements": [],
        "shortfall": 0,
        "on_hand": 0,
        "warnings": [],
        "can_undo_until": None,
    }
    return Outcome("command", 201, answer)


def unresolved(*, request_id: str, barcode: Mapping[str, Any]) -> Outcome:
    """The answer to a well-formed code that nothing here knows: kept for a person."""
    answer: dict[str, Any] = {
        "request_id": request_id,
        "outcome": "unresolved",
        "message": "We don't know this code. It is kept: link it to an item, or leave it for the manager.",
        "item": None,
        "location": None,
        "movements": [],
        "shortfall": 0,
        "on_hand": 0,
        "warnings": [],
        "can_undo_until": None,
        "barcode": dict(barcode),
    }
    return Outcome("unresolved", 201, answer)


def refused(*, request_id: str, error: SupplyError, item: Match | None) -> Outcome:
    """A refusal as RFC 9457 problem details, with the fields of an answer beside them."""
    status = 403 if isinstance(error, NotAllowed) else 422
    answer: dict[str, Any] = {
        "type": "about:blank",
        "title": "Not allowed" if status == 403 else "Refused",
        "status": status,
        "detail": error.message,
        "code": error.code,
        "request_id": request_id,
        "outcome": "refused",
        "message": error.message,
        "item": item_fields(item) if item else None,
        "movements": [],
        "warnings": [],
        **error.details,
    }
    return Outcome("refused", status, answer, item.item_id if item else None)
