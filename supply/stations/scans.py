"""A scan, from raw text to ledger row. Whatever a scan comes to, its record and its answer are stored with it.

`handle_scan` is the one entrance for the API, the serial scanner, the camera and the command line.
"""

import contextlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from supply.audit import chain
from supply.db import connection_of, savepoint, table_of
from supply.errors import Conflict, Invalid, NotFound, SupplyError
from supply.staff import badges, people
from supply.staff.permissions import Actor
from supply.stations import answers
from supply.stations.acts import Progress, ScanStation, Sent, act_on_scan
from supply.stations.answers import Outcome
from supply.stations.fields import BODY_LENGTH, ScanRules, body_hash, canonical, escaped, occurred_at_of, request_id_of
from supply.stations.models import ScanRecord, Station
from supply.stock.models import Location


@dataclass(frozen=True)
class Stored:
    """A stored answer: HTTP status, body, and whether this call stored it first."""

    status: int
    answer: dict[str, Any]
    is_new: bool


_R = table_of(ScanRecord)
_CLAIMED = (
    *("request_id", "body_hash", "body", "sender_id", "actor_id", "station", "action", "barcode", "outcome", "status"),
    *("answer", "shortfall", "offline", "occurred_at", "recorded_at", "settles_request_id"),
)
# As text, because the library compiles an INSERT with ON CONFLICT anew each time; both databases take these words.
_VALUES = ", ".join(f":{name}" for name in _CLAIMED)
_CLAIM = sa.text(
    f"INSERT INTO scan_records ({', '.join(_CLAIMED)}) VALUES ({_VALUES})"  # noqa: S608 - names only, no value
    " ON CONFLICT (request_id) DO NOTHING RETURNING id"
).bindparams(*(sa.bindparam(name, type_=_R.c[name].type) for name in _CLAIMED))
_S, _P = table_of(Station), table_of(Location)
_STATION = sa.select(_S.c.id, _P.c.code).join(_P, _P.c.id == _S.c.location_id).where(_S.c.code == sa.bindparam("code"))
_FINISHED = ("outcome", "status", "answer", "actor_id", "item_id", "shortfall", "exception", "needs", "offline")
_FINISH = (
    sa.update(_R)
    .where(_R.c.id == sa.bindparam("record"))
    .values({name: sa.bindparam(f"new_{name}", type_=_R.c[name].type) for name in _FINISHED})
)


def handle_scan(
    session: Session,
    *,
    body: Mapping[str, Any],
    sender: Actor,
    now: datetime,
    rules: ScanRules,
    settles: ScanRecord | None = None,
) -> Stored:
    """Record one scan once and answer it. `body` is the request exactly as received; `settles` is the scan that it
    carries out afterwards, for that scan's person.

    Raises Invalid (bad_request) without a usable request_id, Conflict (key_reused) when the key came with another body
    or person. Everything else is an answer, refusals included, and is stored.
    """
    request_id = request_id_of(body)
    text = canonical(body)
    digest = body_hash(text)
    station = _station(session, body.get("station") or sender.station)
    sent = Sent(request_id, body, sender, sender, False, station, now, settles.actor_id if settles else None)
    record_id = _claim(session, sent, digest, text, settles.request_id if settles else None)
    if record_id is None:
        return _replay(session, request_id, digest, sender)
    progress = Progress()
    try:
        with savepoint(session):
            sent = _with_person(session, sent)
            outcome = act_on_scan(session, sent, rules, progress)
    except SupplyError as error:
        outcome = answers.refused(request_id=str(request_id), error=error, item=progress.item)
    _finish(session, record_id, outcome, sent)
    if outcome.exception or outcome.outcome in {"discrepancy", "unresolved"}:
        _audit_open(session, request_id, outcome, sent.person, now)
    return Stored(outcome.status, outcome.answer, True)


def _claim(session: Session, sent: Sent, digest: str, text: str, settles: UUID | None) -> int | None:
    body = sent.body
    action = body.get("action")
    occurred_at = sent.now
    with contextlib.suppress(Invalid):
        occurred_at = occurred_at_of(body.get("occurred_at"), sent.now)
    values = {
        "request_id": sent.request_id,
        "body_hash": digest,
        "body": text if len(text) <= BODY_LENGTH else canonical({"barcode": escaped(body.get("barcode"), 600)}),
        "sender_id": sent.sender.person_id,
        "actor_id": sent.sender.person_id,
        "station": sent.station.text,
        "action": escaped(action, 20) if action is not None else None,
        "barcode": escaped(body.get("barcode"), 700),
        "outcome": "refused",
        "status": 0,
        "answer": "{}",
        "shortfall": 0,
        "offline": False,
        "occurred_at": occurred_at,
        "recorded_at": sent.now,
        "settles_request_id": settles,
    }
    made: int | None = connection_of(session).execute(_CLAIM, values).scalar()
    return made


def _replay(session: Session, request_id: UUID, digest: str, sender: Actor) -> Stored:
    row = session.execute(
        sa.select(_R.c.body_hash, _R.c.sender_id, _R.c.status, _R.c.answer).where(_R.c.request_id == request_id)
    ).one()
    if row.body_hash != digest or row.sender_id != sender.person_id:
        raise Conflict("This request_id was used for another scan. Make a new one for each scan.", code="key_reused")
    return Stored(200 if row.status == 201 else row.status, json.loads(row.answer), False)


def _finish(session: Session, record_id: int, outcome: Outcome, sent: Sent) -> None:
    needs = (
        outcome.outcome
        if outcome.outcome in {"unresolved", "discrepancy"}
        else "exception"
        if outcome.exception
        else None
    )
    values = {
        "outcome": outcome.outcome,
        "status": outcome.status,
        "answer": json.dumps(outcome.answer, ensure_ascii=True),
        "actor_id": sent.settles_for or sent.person.person_id,
        "item_id": outcome.item_id,
        "shortfall": outcome.shortfall,
        "exception": outcome.exception,
        "needs": needs,
        "offline": sent.is_claimed,
    }
    connection_of(session).execute(_FINISH, {"record": record_id, **{f"new_{k}": v for k, v in values.items()}})


def _audit_open(session: Session, request_id: UUID, outcome: Outcome, actor: Actor, now: datetime) -> None:
    chain.record(
        session,
        at=now,
        actor_id=actor.person_id,
        action=f"scan.{'exception' if outcome.exception else outcome.outcome}",
        subject=f"request {request_id}",
        details={"shortfall": outcome.shortfall, "exception": outcome.exception, "item": outcome.item_id},
    )


def _station(session: Session, code: object) -> ScanStation:
    """The station named in the request; an unknown one is kept as text."""
    if not isinstance(code, str) or not code.strip():
        return ScanStation()
    text = escaped(code.strip(), 40)
    row = connection_of(session).execute(_STATION, {"code": text}).one_or_none()
    return ScanStation(text, row[0], row[1]) if row else ScanStation(text)


def _with_person(session: Session, sent: Sent) -> Sent:
    """The scan with its person: whoever it claims (badge or name), else whoever sends it."""
    if not sent.is_claimed:
        return sent
    claimed = sent.body.get("claimed_by")
    if not isinstance(claimed, str) or len(claimed) > 80 or not claimed.isprintable():
        raise Invalid("claimed_by must be a badge or a name.", code="bad_field")
    actor = badges.actor_for_badge(session, claimed)
    if actor:
        return replace(sent, person=actor, by_badge=True)
    try:
        return replace(sent, person=people.find_actor(session, claimed))
    except NotFound as error:
        raise Invalid("Nobody here has that badge or name.", code="bad_field") from error
