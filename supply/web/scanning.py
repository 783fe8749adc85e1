"""Scans that come by HTTP: the one domain call of every scanner, and what it came to as a notice with its undo."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from flask import url_for

from supply.staff.permissions import Action
from supply.stations import settling
from supply.stations.fields import ScanRules
from supply.stations.scans import Stored, handle_scan
from supply.web import notices
from supply.web.context import actor, database, may, now, settings

KINDS = {"recorded": "ok", "found": "ok", "discrepancy": "short", "unresolved": "note", "refused": "stop"}


def rules() -> ScanRules:
    """What the office has set about scans."""
    chosen = settings()
    return ScanRules.of(
        chosen.scanning, chosen.zone, labels_at_receipt=chosen.labels.at_receipt, law_folder=chosen.waste.law_folder
    )


def soon_days() -> int:
    """How near an expiry is when it is mentioned, in days."""
    return settings().scanning.expires_soon_days


def scan(request_id: UUID, barcode: str, action: str, **fields: Any) -> Stored:
    """Carry out one scan of whoever is asking, once for each `request_id`. Fields that are None are left out."""
    body = {"request_id": str(request_id), "barcode": barcode, "action": action}
    return record(body | {name: value for name, value in fields.items() if value is not None})


def record(body: Mapping[str, Any]) -> Stored:
    """Record a request of whoever is asking, as it came. Raises Invalid (bad_request), Conflict (key_reused)."""
    by, moment, set_by_office = actor(), now(), rules()
    return database().transact(
        lambda session: handle_scan(session, body=body, sender=by, now=moment, rules=set_by_office), idempotent=True
    )


def undo(request_id: UUID) -> dict[str, Any]:
    """Take one scan back. Raises NotFound, NotAllowed or Conflict."""
    by, moment, set_by_office = actor(), now(), rules()
    return database().transact(
        lambda session: settling.undo_scan(session, request_id=request_id, by=by, now=moment, rules=set_by_office)
    )


def leave_answer(stored: Stored, *, back: str) -> None:
    """Say on the next page what the scan came to, with Undo (which returns to `back`) where there is something to."""
    answer = stored.answer
    undo_path = None
    if answer.get("can_undo_until") and may(Action.undo_own):
        undo_path = url_for("scans.undo", request_id=answer["request_id"], next=back)
    notices.leave(str(answer["message"]), KINDS.get(str(answer["outcome"]), "note"), undo=undo_path)
