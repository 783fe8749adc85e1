"""Badges and command barcodes that a station's own scanner reads: they act at the station, once, with an answer for
its screen. Must never keep a badge."""

from collections.abc import Callable
from datetime import datetime
from typing import Any
from uuid import uuid5

import sqlalchemy as sa
from sqlalchemy.orm import Session

from supply.barcodes import house_code
from supply.barcodes.model import Barcode
from supply.barcodes.parse import parse
from supply.errors import Conflict, Invalid, NotAllowed, NotFound
from supply.staff import badges
from supply.staff.permissions import Actor
from supply.stations import sessions, settling
from supply.stations.acts import PERMISSIONS
from supply.stations.asking import what_comes
from supply.stations.commands import Command, command_of
from supply.stations.fields import ScanRules
from supply.stations.models import ScanRecord, Station, StationSession
from supply.stock import shelf_requests
from supply.stock.models import Department, Location, LocationKind

ACTS_HERE = frozenset({house_code.COMMAND, house_code.DEPARTMENT, house_code.LOCATION})


def is_command(text: str, now: datetime) -> bool:
    """Whether a scanned text acts at the station rather than on an item."""
    if badges.is_badge(text):
        return True
    code = _house(text, now)
    return code is not None and code.house_kind in ACTS_HERE


def at_station(
    session: Session, *, entry: dict[str, Any], person: Actor, now: datetime, rules: ScanRules
) -> Callable[[], str] | None:
    """What a read of a station's device does in place of a scan: a command, or the refusal to put in what belongs to no
    delivery; None for a scan."""
    body = entry["body"]
    if is_command(str(body["barcode"]), now):
        station = session.get_one(Station, entry["station_id"])
        who = person if person.roles or person.granted else None
        text = str(body["barcode"])
        _drop_old_mode(session, station, body, now)
        return lambda: act_on_command(session, station=station, barcode=text, person=who, now=now, rules=rules)
    if entry["person_id"] is None:
        return None
    missing = _missing(body)
    return (lambda: _refuse(missing)) if missing else None


def _missing(body: dict[str, Any]) -> Invalid | None:
    """What a scanner without a screen has to be told before this scan, which is then refused."""
    action = body.get("action")
    if action == "receive" and body.get("reason") is None:
        return Invalid("Open the delivery at the screen first, then scan it in.", code="delivery_needed")
    if action == "move" and body.get("to_location") is None:
        return Invalid("Scan the label of the shelf it goes to first, then the item.", code="bad_location")
    if action == "discard" and body.get("reason") is None:
        said = "Scan on the command sheet why it is thrown out (expired, damaged, …) first, then the item."
        return Invalid(said, code="reason_required")
    return None


def _refuse(error: Invalid) -> str:
    raise error


def _drop_old_mode(session: Session, station: Station, body: dict[str, Any], now: datetime) -> None:
    """A mode that had ended by itself when this was read must not come back because a command is scanned."""
    row = session.get(StationSession, station.id, populate_existing=True)
    if row is None or row.mode == body.get("action") or body.get("action") != station.mode:
        return
    if (row.mode_at or row.signed_on_at) <= datetime.fromisoformat(str(body["occurred_at"])):
        sessions.change(session, station_id=station.id, now=now, mode=station.mode)


def act_on_command(
    session: Session, *, station: Station, barcode: str, person: Actor | None, now: datetime, rules: ScanRules
) -> str:
    """Do at the station what the command says, or sign on whom the badge names; returns the sentence for its screen.

    Raises NotFound, NotAllowed, Invalid, Conflict for what cannot be done.
    """
    if badges.is_badge(barcode):
        return _sign_on(session, station, barcode, now)
    code = _house(barcode, now)
    if code is None or code.house_kind not in ACTS_HERE:
        raise Invalid("This is no command.", code="bad_barcode")
    if person is None or session.get(StationSession, station.id) is None:
        raise NotAllowed("Nobody is signed on here. Scan your badge first.")
    if code.house_kind == house_code.DEPARTMENT:
        return _department(session, station, int(code.house_value or 0), now)
    if code.house_kind == house_code.LOCATION:
        return _place(session, station, int(code.house_value or 0), now)
    command = command_of(code.house_value or "")
    if command is None:
        raise Invalid("Nothing here knows this command. Print a new sheet.", code="bad_barcode")
    return _command(session, station, command, person, now, rules)


def _house(text: str, now: datetime) -> Barcode | None:
    code = parse(text, today=now.date())
    return code if code.scheme == "house" and not code.errors else None


def _sign_on(session: Session, station: Station, text: str, now: datetime) -> str:
    badge = badges.find_badge(session, text)
    actor = badges.actor_for_badge(session, text, now)
    if badge is None:
        raise NotFound("Nobody here has this badge. Ask for a new one.", code="badge_unknown")
    if actor is None:
        raise NotAllowed("This badge was ended. Ask for a new one.", code="badge_ended")
    badge.seen_at, badge.seen_station = now, station.code
    sessions.sign_on(session, station=station, actor=actor, mode=None, now=now, proof=(badge.id, None))
    return f"{actor.display_name} is signed on."


def _department(session: Session, station: Station, number: int, now: datetime) -> str:
    row = session.get(Department, number)
    if row is None:
        raise NotFound("There is no such department. Print a new sheet.", code="department_unknown")
    sessions.change(session, station_id=station.id, now=now, department_id=row.id)
    return f"For {row.code}."


def _place(session: Session, station: Station, number: int, now: datetime) -> str:
    """The label of a place: where things move to in the mode MOVE, where the next scans are in every other."""
    row = session.get(Location, number)
    if row is None or not row.is_active or row.kind != LocationKind.physical:
        raise NotFound("There is no such place. Print a new label.", code="bad_location")
    mode = session.scalar(sa.select(StationSession.mode).where(StationSession.station_id == station.id))
    if mode == "move":
        sessions.change(session, station_id=station.id, now=now, to_location_id=row.id)
        return f"What you scan now moves to {row.name}."
    sessions.change(session, station_id=station.id, now=now, location_id=row.id)
    return f"What you scan now is at {row.name}."


def _command(
    session: Session, station: Station, command: Command, person: Actor, now: datetime, rules: ScanRules
) -> str:
    effect = command.effect
    if "mode" in effect:
        if not any(person.may(action) for action in PERMISSIONS[effect["mode"]]):
            raise NotAllowed(f"{person.display_name} may not {command.words} here. Sign in at the screen first.")
        sessions.change(session, station_id=station.id, now=now, mode=effect["mode"], reason=effect.get("reason"))
        first = {"move": " Scan the label of the shelf it goes to.", "discard": " Scan why on the command sheet."}
        return f"{command.words}.{'' if effect.get('reason') else first.get(effect['mode'], '')}"
    if "quantity" in effect:
        sessions.change(session, station_id=station.id, now=now, quantity=effect["quantity"])
        return f"The next scan counts {command.words}."
    if "sign_off" in effect:
        sessions.sign_off(session, station=station)
        return "Signed off."
    if "undo" in effect:
        return _undo(session, station, person, now, rules)
    if "need" in effect:
        return _need(session, station, str(effect["need"]), person, now, rules)
    raise Invalid("This command is for a screen. Do it there.", code="bad_barcode")


def _last(session: Session, station: Station, person: Actor) -> ScanRecord:
    found = sa.select(ScanRecord).where(
        ScanRecord.station == station.code,
        ScanRecord.actor_id == person.person_id,
        ScanRecord.undone_at.is_(None),
        ScanRecord.outcome.in_(("recorded", "discrepancy", "found")),
    )
    row = session.scalar(found.order_by(ScanRecord.id.desc()).limit(1))
    if row is None:
        raise Conflict("There is no scan of yours here.", code="cannot_undo")
    return row


def _undo(session: Session, station: Station, person: Actor, now: datetime, rules: ScanRules) -> str:
    last = _last(session, station, person)
    answer = settling.undo_scan(session, request_id=last.request_id, by=person, now=now, rules=rules)
    return str(answer["message"])


def _need(session: Session, station: Station, kind: str, person: Actor, now: datetime, rules: ScanRules) -> str:
    """More of what was scanned last, at the station's place."""
    last = _last(session, station, person)
    if last.item_id is None:
        raise Conflict("Scan the item first, then this.", code="bad_field")
    shelf_requests.ask(
        session,
        request_id=uuid5(settling.SETTLE_NAMESPACE, f"{kind} {last.request_id}"),
        item_id=last.item_id,
        location_id=station.location_id,
        kind=kind,
        person_id=person.person_id,
        now=now,
    )
    return what_comes(session, last.item_id, today=now.astimezone(rules.zone).date(), now=now)
