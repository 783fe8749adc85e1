"""A scan, from raw text to ledger row. Whatever a scan comes to, its record and its answer are stored with it.

`handle_scan` is the one entrance for the API, the serial scanner, the camera and the command line.
"""

import contextlib
import json
from collections.abc import Callable, Mapping
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
from supply.staff.permissions import Actor, Level, limited
from supply.stations import answers
from supply.stations.acts import Progress, ScanStation, Sent, act_on_scan
from supply.stations.answers import Outcome
from supply.stations.fields import BODY_LENGTH, ScanRules, body_hash, canonical, escaped, occurred_at_of, request_id_of
from supply.stations.halves import settle_halves
from supply.stations.models import ScanRecord, Station
from supply.stations.reading import SYMBOLS_APART
from supply.stock.models import Location

BADGE_READ = "(a badge)"


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
_FINISHED = (
    *("outcome", "status", "answer", "actor_id", "item_id", "shortfall", "exception", "needs", "offline", "claim"),
)
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
    instead: Callable[[], str] | None = None,
) -> Stored:
    """Record one scan once and answer it. `body` is the request exactly as received; `settles` is the scan that it
    carries out afterwards, for that scan's person; `instead` is done in place of a scan, and gives its sentence.

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
        return _replay(session, request_id, digest, sender, is_claimed=sent.is_claimed)
    progress = Progress()
    try:
        with savepoint(session):
            sent = _with_person(session, sent)
            outcome = (
                answers.commanded(request_id=str(request_id), words=instead())
                if instead
                else act_on_scan(session, sent, rules, progress)
            )
    except SupplyError as error:
        outcome = answers.refused(request_id=str(request_id), error=error, item=progress.item)
    _finish(session, record_id, outcome, sent)
    if outcome.exception or outcome.outcome in {"discrepancy", "unresolved"}:
        _audit_open(session, request_id, outcome, sent.person, now)
    if outcome.status < 400 and SYMBOLS_APART in str(body.get("barcode")):
        settle_halves(
            session,
            record_id=record_id,
            text=str(body["barcode"]),
            station=station.text,
            person_id=sent.settles_for or sent.person.person_id,
            now=now,
            rules=rules,
        )
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
        "body": _kept(body, text),
        "sender_id": sent.sender.person_id,
        "actor_id": sent.sender.person_id,
        "station": sent.station.text,
        "action": escaped(action, 20) if action is not None else None,
        "barcode": _without_badge(escaped(body.get("barcode"), 700)),
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


def _kept(body: Mapping[str, Any], text: str) -> str:
    """The body as it is stored: whole, unless it is longer than any scan; a badge is never kept, only its digest is."""
    if len(text) > BODY_LENGTH:
        return canonical({"barcode": _without_badge(escaped(body.get("barcode"), 600))})
    shown = {name: _without_badge(body[name]) for name in ("barcode", "claimed_by") if isinstance(body.get(name), str)}
    return text if all(body[name] == value for name, value in shown.items()) else canonical({**body, **shown})


def _without_badge(text: str) -> str:
    return BADGE_READ if badges.is_badge(text) else text


def _replay(session: Session, request_id: UUID, digest: str, sender: Actor, *, is_claimed: bool) -> Stored:
    """The stored answer. What a scan claims is its person, so whoever is signed on by now may send such a one again."""
    row = session.execute(
        sa.select(_R.c.body_hash, _R.c.sender_id, _R.c.status, _R.c.answer).where(_R.c.request_id == request_id)
    ).one()
    if row.body_hash != digest or (row.sender_id != sender.person_id and not is_claimed):
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
        "claim": "open" if sent.is_unproven and outcome.status < 400 else None,
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
    actor = badges.actor_for_badge(session, claimed, _moment(sent))
    if actor and actor.person_id == sent.sender.person_id:
        return replace(sent, by_badge=True)  # signed on meanwhile, perhaps with more proof than the badge
    if actor:
        return replace(sent, person=_as_claimed(session, sent, actor), by_badge=True)
    try:
        named = people.find_actor(session, claimed)
    except NotFound as error:
        raise Invalid("Nobody here has that badge or name.", code="bad_field") from error
    if named.person_id == sent.sender.person_id:
        return sent
    return replace(sent, person=limited(named, Level.badge) if sent.is_from_station else named)


def _moment(sent: Sent) -> datetime:
    """When it happened: a badge that ran out since was good then."""
    with contextlib.suppress(Invalid):
        return occurred_at_of(sent.body.get("occurred_at"), sent.now)
    return sent.now


def _as_claimed(session: Session, sent: Sent, by_badge: Actor) -> Actor:
    """Whom a badge claims. Somebody who may do it anyway, signed in by password, stands in for what a badge does not
    prove."""
    if sent.sender.level is not Level.password:
        return by_badge
    return replace(by_badge, roles=people.roles_of(session, by_badge.person_id))
