"""Turning a run: scans of today that were made in the wrong mode are reversed and done again under another action."""

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID, uuid5

import sqlalchemy as sa
from sqlalchemy.orm import Session

from supply.errors import Conflict, Invalid, NotAllowed, SupplyError
from supply.staff.permissions import Action, Actor, require
from supply.stations.acts import PERMISSIONS
from supply.stations.fields import ScanRules
from supply.stations.models import ScanRecord
from supply.stations.scans import handle_scan
from supply.stations.settling import find_scan, take_back

TURN_NAMESPACE = UUID("6a3c2f52-77d0-4f0e-9a0e-0d9ac1c7c2b5")
MOST_TURNED = 200
TURNED_TO = ("use", "return", "receive")
# What means nothing under the other action: where to, and why or into what it was thrown out.
KEPT = ("quantity", "location", "lot", "expiry", "department", "owner", "station", "unit")


@dataclass(frozen=True)
class Turned:
    """What became of one scan of the run."""

    request_id: UUID
    new_request_id: UUID | None
    outcome: str
    message: str


@dataclass(frozen=True)
class Turn:
    """A run of one station to be turned; the same `request_id` turns it once."""

    request_id: UUID
    station: str
    action: str


def check_turn(turn: Turn, request_ids: list[UUID], by: Actor) -> None:
    """Raise Invalid for a run that cannot be turned at all, NotAllowed for whoever may not do the other action."""
    if turn.action not in TURNED_TO:
        raise Invalid(f"A run is turned to one of {', '.join(TURNED_TO)}.", code="bad_field")
    if not 1 <= len(request_ids) <= MOST_TURNED or len(set(request_ids)) != len(request_ids):
        raise Invalid(f"Name 1 to {MOST_TURNED} scans, each once.", code="bad_field")
    require(by, Action.undo_own)
    require(by, PERMISSIONS[turn.action][0])


def turn_scan(session: Session, turn: Turn, request_id: UUID, *, by: Actor, now: datetime, rules: ScanRules) -> Turned:
    """Reverse one scan and do it again under the other action, in this transaction or not at all.

    Raises NotFound, NotAllowed, Conflict (already_undone, cannot_undo, not_today, nothing_to_turn), or Invalid with
    what the scan is refused for under the other action.
    """
    record = find_scan(session, request_id, locked=True)
    new_id = uuid5(TURN_NAMESPACE, f"{turn.request_id} {request_id}")
    before = session.scalar(sa.select(ScanRecord).where(ScanRecord.request_id == new_id))
    if before is not None:
        return _turned(request_id, new_id, before.outcome, json.loads(before.answer))
    _check(record, turn, by, now, rules)
    take_back(session, record, by=by, now=now, reason="turned")
    body = _body(record, turn, new_id)
    sender = by
    stored = handle_scan(session, body=body, sender=sender, now=now, rules=rules, settles=record)
    if stored.status >= 400:  # then nothing of this scan is changed
        kept = {key: stored.answer[key] for key in ("candidates",) if key in stored.answer}
        raise Invalid(str(stored.answer["detail"]), code=str(stored.answer["code"]), **kept)
    record.settlement = f"turned to {turn.action}"
    record.settled_at, record.settled_by_id = now, by.person_id
    session.flush()
    return _turned(request_id, new_id, str(stored.answer["outcome"]), stored.answer)


def refused(request_id: UUID, error: SupplyError) -> Turned:
    """A scan of the run that stays as it is, and why."""
    return Turned(request_id, None, "refused", error.message)


def _check(record: ScanRecord, turn: Turn, by: Actor, now: datetime, rules: ScanRules) -> None:
    own = by.person_id in {record.actor_id, record.sender_id}
    if not own and not by.may(Action.settle_scans):
        raise NotAllowed("You can turn your own scans only. Ask the manager.")
    if record.station != turn.station:
        raise Conflict("This scan was not made at this station.", code="cannot_undo")
    if record.recorded_at.astimezone(rules.zone).date() != now.astimezone(rules.zone).date():
        raise Conflict("Only scans of today can be turned. Put it back instead.", code="not_today")
    if record.undone_at is not None:
        raise Conflict("This was undone already.", code="already_undone")
    if record.action == turn.action or record.outcome not in {"recorded", "discrepancy"}:
        raise Conflict("There is nothing to turn in this scan.", code="nothing_to_turn")


def _body(record: ScanRecord, turn: Turn, new_id: UUID) -> dict[str, Any]:
    sent: dict[str, Any] = json.loads(record.body)
    body = {name: sent[name] for name in KEPT if sent.get(name) is not None}
    lots = {row["lot"] for row in json.loads(record.answer).get("movements", []) if row.get("lot")}
    if "lot" not in body and len(lots) == 1:  # the very lot that was moved the wrong way
        body["lot"] = lots.pop()
    return body | {
        "request_id": str(new_id),
        "barcode": sent["barcode"],
        "action": turn.action,
        "occurred_at": record.occurred_at.isoformat(),
    }


def _turned(request_id: UUID, new_id: UUID, outcome: str, answer: dict[str, Any]) -> Turned:
    return Turned(request_id, new_id, outcome, str(answer.get("message", "")))
