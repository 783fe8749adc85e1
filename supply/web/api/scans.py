"""/scans: the main job. What a scan means is the domain's; here it is read, stored in one transaction, and answered."""

import json

from flask import Response
from sqlalchemy.orm import Session

from supply.errors import Invalid, NotFound
from supply.staff.permissions import Action, Level
from supply.stations import claims, settling
from supply.stations.fields import request_id_of
from supply.stations.scan_lines import ScanLine, scan_line, scan_lines
from supply.stations.settling import Resolution
from supply.web import scanning
from supply.web.access import allow, anybody_signed_in
from supply.web.api.json_text import json_object
from supply.web.api.operations import JSON, empty_body, route
from supply.web.api.paging import cut
from supply.web.api.scan_shapes import (
    REFUSED,
    SCAN_REQUEST,
    Confirm,
    Resolve,
    Scan,
    ScanAnswer,
    ScanPath,
    ScanQuery,
    Scans,
    Settled,
)
from supply.web.context import NotSignedIn, actor, database, may, now, require
from supply.web.problems import PROBLEM, problem
from supply.web.resource import resource

scans = resource("scans", "The main job: one scan in, one line of ledger out")
RECORDING = {201: ScanAnswer, 200: ScanAnswer, 422: REFUSED}


@route(scans, "POST", "/scans", RECORDING, takes=SCAN_REQUEST)
@anybody_signed_in
def post_scan() -> Response:
    """Record one scan once: 201 when it is stored now, the stored answer again when the same request comes again."""
    body = json_object()
    try:
        request_id_of(body)
    except Invalid as error:
        return problem(400, error.code, error.message)
    if actor().level is Level.device and body.get("claimed_by") is None:
        raise NotSignedIn("Nobody is signed on here. Scan your badge; the scan is kept on the screen until then.")
    stored = scanning.record(body)
    kind = JSON if stored.status < 400 else PROBLEM
    return Response(json.dumps(stored.answer), stored.status, content_type=kind)


@route(scans, "GET", "/scans", {200: Scans})
@allow(Action.look_up, Action.take)
def list_scans(query: ScanQuery) -> Scans:
    """Scans, latest first: one's own, or, for whoever settles or audits them, everybody's."""
    is_own = query.mine == "1" or (query.state == claims.CLAIMED and not may(Action.settle_scans))
    if not is_own and not may(Action.audit_read):
        require(Action.settle_scans)
    with database().read_session() as session:
        lines = scan_lines(
            session,
            needs=query.state,
            actor_id=actor().person_id if is_own else None,
            station=query.station,
            before=query.last_id() or None,
            limit=query.limit + 1,
        )
    page, following = cut(lines, query.limit, lambda line: (line.id,))
    return Scans(items=[Scan.of(line) for line in page], next=following)


@route(scans, "GET", "/scans/<request_id>", {200: Scan})
@anybody_signed_in
def show_scan(path: ScanPath) -> Scan:
    """One scan: one's own, or anybody's for whoever settles or audits them."""
    with database().read_session() as session:
        line = scan_line(session, path.request_id)
    if not _may_see(line):
        raise NotFound("There is no scan of yours with that request_id.")
    return Scan.of(line)


@route(scans, "POST", "/scans/<request_id>/resolve", {200: Settled})
@allow(Action.settle_scans)
def resolve_scan(path: ScanPath, body: Resolve) -> Settled:
    """Say what an unknown code was, which carries the scan out; or dismiss a scan that needs nothing more."""
    if (body.item is None) == (body.dismiss is None):
        raise Invalid("Name the item it was, or say why to dismiss it: one of the two.", code="bad_field")
    return _dismissed(path, body.dismiss) if body.dismiss is not None else _resolved(path, body)


@route(scans, "POST", "/scans/<request_id>/undo", {200: Settled})
@allow(Action.undo_own)
def undo_scan(path: ScanPath) -> Settled:
    """Take a scan back within the office's minutes: one's own, or anybody's for whoever settles scans."""
    empty_body()
    return Settled.model_validate(scanning.undo(path.request_id))


@route(scans, "POST", "/scans/<request_id>/confirm", {200: Scan})
@allow(Action.undo_own, Action.settle_scans)
def confirm_scan(path: ScanPath, body: Confirm) -> Scan:
    """Say whether a scan that only named its person is that person's: one's own, or anybody's for a manager."""
    by, moment = actor(), now()

    def say(session: Session) -> ScanLine:
        claims.confirm_scan(session, request_id=path.request_id, is_mine=body.mine, by=by, now=moment)
        return scan_line(session, path.request_id)

    return Scan.of(database().transact(say))


def _may_see(line: ScanLine) -> bool:
    own = actor().person_id in (line.actor_id, line.sender_id)
    return own or may(Action.settle_scans) or may(Action.audit_read)


def _dismissed(path: ScanPath, reason: str) -> Settled:
    by, moment = actor(), now()
    database().transact(
        lambda session: settling.dismiss_scan(session, request_id=path.request_id, reason=reason, by=by, now=moment)
    )
    return Settled(request_id=path.request_id, outcome="dismissed", message="Dismissed.", movements=[])


def _resolved(path: ScanPath, body: Resolve) -> Settled:
    by, moment, held = actor(), now(), scanning.rules()
    resolution = Resolution(
        sku=body.item or "",
        learn=body.learn,
        units_received=body.units_received,
        units_used=body.units_used,
        lot=body.lot,
        expiry=body.expiry,
    )
    stored = database().transact(
        lambda session: settling.resolve_scan(
            session, request_id=path.request_id, resolution=resolution, by=by, now=moment, rules=held
        )
    )
    return Settled.model_validate(stored.answer)
