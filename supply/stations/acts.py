"""What a scan means and does: from checked fields and a parsed code to one verb of the stock ledger.

Decides nothing about lots (that is `stock.picking`) and stores no answer (that is `scans`).
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from supply.barcodes.model import Barcode
from supply.errors import Invalid, NotAllowed
from supply.staff.permissions import Action, Actor, Level, require
from supply.stations import answers
from supply.stations.answers import Outcome
from supply.stations.fields import ScanFields, ScanRules, read_fields
from supply.stations.reading import as_typed, day_of, read_code, refuse_doubtful, unknown
from supply.stations.receipt_labels import label_receipt
from supply.stations.units import EACH, settle_units
from supply.stock import catalog, lots, movements, picking, shelf_requests
from supply.stock.allocation import in_order, is_expired
from supply.stock.catalog import Match
from supply.stock.departments import ensure_department
from supply.stock.ledger import Act
from supply.stock.locations import Place, find_place
from supply.stock.lots import Expiry
from supply.stock.models import LotKnown
from supply.stock.movements import Moved, Received
from supply.stock.owners import find_owner
from supply.stock.picking import LotChoice, Wanted, Warned
from supply.waste import entries
from supply.waste.entries import Into

DEFAULT_PLACE = "STOREROOM"
ALREADY_USED = "already_used"
BADGE_SUFFICES = frozenset({"use", "lookup", "count"})
LATE = timedelta(minutes=5)  # older than this when it arrives: it waited on a device
PERMISSIONS = {
    "use": (Action.take,),
    "return": (Action.put_back,),
    "receive": (Action.receive,),
    "move": (Action.move_to_room, Action.move),
    "discard": (Action.throw_out,),
    "count": (Action.count,),
    "lookup": (Action.look_up,),
}


@dataclass(frozen=True)
class ScanStation:
    """Where a scan came from: the station's text as sent and, when it is known, its id and the code of its place."""

    text: str | None = None
    id: int | None = None
    location: str | None = None


@dataclass(frozen=True)
class Sent:
    """One scan as it came: key, body, who sends it, whose it is (`by_badge` when a badge said so), where and when."""

    request_id: UUID
    body: Mapping[str, Any]
    sender: Actor
    person: Actor
    by_badge: bool
    station: ScanStation
    now: datetime
    settles_for: int | None = None  # whose scan a manager is settling

    @property
    def is_claimed(self) -> bool:
        """Whether it names its person itself, as scans kept offline do."""
        return self.body.get("claimed_by") is not None

    @property
    def is_from_station(self) -> bool:
        """Whether a badge says whose it is, or an enrolled device sends it."""
        return self.by_badge or self.sender.level is not Level.password

    @property
    def is_unproven(self) -> bool:
        """Whether only a name says whose it is, and somebody else sends it: then that person is asked."""
        return self.is_claimed and not self.by_badge and self.person.person_id != self.sender.person_id


@dataclass
class Progress:
    """How far a scan got before it was refused, so that the refusal can name the item."""

    item: Match | None = None


def act_on_scan(session: Session, sent: Sent, rules: ScanRules, progress: Progress) -> Outcome:
    """Do what the scan asks and say what it came to. Raises the SupplyError that refuses it."""
    fields = read_fields(sent.body, sent.now, rules)
    _require(sent, fields.action)
    if fields.container is not None:
        _require_any(sent.person, (Action.containers_add,))
    _refuse_later_work(fields)
    today = fields.occurred_at.astimezone(rules.zone).date()
    barcode = read_code(fields.barcode, today=today, separators=rules.separators)
    place = find_place(session, fields.location or sent.station.location or DEFAULT_PLACE)
    matches = catalog.find_matches(session, barcode)
    if not matches:
        return unknown(sent.request_id, barcode)
    if len(matches) > 1:
        listed = [{"sku": match.sku, "name": match.name} for match in matches]
        raise Invalid("This code fits more than one item. Which one?", code="ambiguous_code", candidates=listed)
    progress.item = matches[0]
    if barcode.errors:
        barcode = as_typed(barcode)
    refuse_doubtful(barcode, fields)
    match = settle_units(session, matches[0], barcode, fields, sent.person, sent.now)
    is_late = sent.is_claimed or sent.now - fields.occurred_at > LATE
    wanted = _wanted(session, match, place, barcode, fields, today, rules, offline=is_late)
    if fields.action == "lookup":
        return _look_up(session, sent.request_id, wanted)
    act = Act(
        request_id=sent.request_id,
        actor_id=sent.settles_for or sent.person.person_id,
        occurred_at=fields.occurred_at,
        recorded_at=sent.now,
        station_id=sent.station.id,
        offline=is_late and sent.settles_for is None,
        department_id=ensure_department(session, fields.department) if fields.department else None,
        reason=fields.reason,
    )
    moved, into = _move(session, act, wanted, fields, rules)
    if fields.action == "receive" and moved.rows:
        who = sent.person.person_id
        shelf_requests.settle_received(
            session, item_id=match.item_id, location_ids=place.within, person_id=who, now=sent.now
        )
    if fields.action == "receive" and rules.labels_at_receipt:
        moved = label_receipt(session, act, moved, boxes=fields.quantity)
    if is_late and fields.action in {"use", "receive"} and moved.exception is None:
        moved = replace(moved, exception=_expired_by_now(moved, sent.now.astimezone(rules.zone).date()))
    return answers.recorded(
        request_id=str(sent.request_id),
        action=fields.action,
        item=matches[0],
        place=place,
        moved=moved,
        into=into,
        can_undo_until=sent.now + timedelta(minutes=rules.undo_minutes),
    )


def _require(sent: Sent, action: str) -> None:
    """The person must be allowed. A name alone proves nobody: then whoever sends it must be allowed too.

    From a station, a badge or a name suffices for taking, looking up and counting; what only a name said is confirmed.
    """
    if not sent.person.roles and not sent.person.granted:
        raise NotAllowed("Nobody is signed on here. Sign in at this station, then scan again.")
    _require_any(sent.person, PERMISSIONS[action])
    is_named = sent.person.person_id != sent.sender.person_id
    if is_named and not (sent.is_from_station and action in BADGE_SUFFICES):
        _require_any(sent.sender, PERMISSIONS[action])


def _require_any(actor: Actor, actions: tuple[Action, ...]) -> None:
    if not any(actor.may(action) for action in actions):
        require(actor, next((action for action in actions if action in actor.behind_pin), actions[0]))


def _expired_by_now(moved: Moved, today: date) -> str | None:
    """A scan that comes late is judged by its own day; that its lot is expired by now is for a person to see."""
    return "expired_lot" if any(is_expired(row.expiry, today) for row in moved.rows) else None


def _refuse_later_work(fields: ScanFields) -> None:
    if fields.container is not None and fields.action != "discard":
        raise Invalid("Only what is thrown out goes into a waste container; leave `container` out.", code="bad_field")
    if fields.action == "count":
        raise Invalid("No count sheet is open. Ask the manager to open one.", code="no_count_sheet")


def _lot_choice(match: Match, barcode: Barcode, fields: ScanFields) -> LotChoice:
    """The lot the code names, overridden field by field by what the person chose or typed."""
    read = None
    if barcode.expiry:
        time = barcode.expiry.strftime("%H:%M") if isinstance(barcode.expiry, datetime) else None
        read = Expiry(day_of(barcode.expiry), barcode.expiry_precision or "day", time)
    if fields.lot is None and fields.expiry is None:
        return LotChoice(barcode.lot or "", read, LotKnown.read, match.lot_id)
    expiry = read
    if fields.expiry is not None and (read is None or read.on != fields.expiry):
        expiry = Expiry(fields.expiry)
    elif fields.lot is not None and fields.expiry is None and fields.lot != barcode.lot:
        expiry = None if barcode.readings else read
    chosen = fields.lot is not None and fields.lot != barcode.lot
    number = fields.lot if fields.lot is not None else barcode.lot or ""
    return LotChoice(number, expiry, LotKnown.chosen if chosen or not barcode.lot else LotKnown.read, None)


def _wanted(
    session: Session,
    match: Match,
    place: Place,
    barcode: Barcode,
    fields: ScanFields,
    today: date,
    rules: ScanRules,
    *,
    offline: bool,
) -> Wanted:
    per_scan = match.units_received if fields.action == "receive" else match.units_used
    units = fields.quantity * (1 if fields.unit == EACH else barcode.quantity if barcode.quantity else per_scan)
    if units > rules.quantity_limit * 1_000:
        raise Invalid("That is more than any shelf holds; check the quantity.", code="bad_quantity")
    return Wanted(
        item=match,
        place=place,
        quantity=units,
        lot=_lot_choice(match, barcode, fields),
        today=today,
        owner_id=find_owner(session, fields.owner).id if fields.owner else None,
        already_used=fields.reason == ALREADY_USED,
        offline_at=fields.occurred_at if offline else None,
        expires_soon_days=rules.expires_soon_days,
    )


def _move(
    session: Session, act: Act, wanted: Wanted, fields: ScanFields, rules: ScanRules
) -> tuple[Moved, Into | None]:
    """What moved, and the waste container that it went into."""
    if fields.action == "use":
        return movements.issue(session, act, wanted), None
    if fields.action == "return":
        return movements.put_back(session, act, wanted), None
    if fields.action == "move":
        if not fields.to_location:
            raise Invalid("Say where it goes: to_location is missing.", code="bad_location")
        return movements.transfer(session, act, wanted, find_place(session, fields.to_location)), None
    if fields.action == "discard":
        return _throw_out(session, act, wanted, fields, rules)
    received = Received(
        item=wanted.item,
        place=wanted.place,
        quantity=wanted.quantity,
        lot=wanted.lot,
        today=wanted.today,
        owner_id=wanted.owner_id or wanted.place.office_id,
        unit_cost=wanted.item.unit_cost,
        expires_soon_days=wanted.expires_soon_days,
    )
    return movements.receive(session, act, received), None


def _throw_out(
    session: Session, act: Act, wanted: Wanted, fields: ScanFields, rules: ScanRules
) -> tuple[Moved, Into | None]:
    into = None
    if fields.container is None:
        moved = movements.discard(session, act, wanted)
    else:
        moved, into = entries.add_lot(
            session, container=fields.container, act=act, wanted=wanted, law_folder=rules.law_folder
        )
    said = into.warnings if into else ()
    if act.reason is None:
        said = (*said, Warned("reason_missing", "Say next time why it was thrown out."))
    return replace(moved, warnings=(*moved.warnings, *said)), into


def _look_up(session: Session, request_id: UUID, wanted: Wanted) -> Outcome:
    rows = in_order(lots.balances_of(session, wanted.item.item_id), wanted.item.rotation)
    here = [row for row in rows if row.location_id in wanted.place.within]
    warnings = []
    if wanted.lot.expiry and is_expired(wanted.lot.expiry.on, wanted.today):
        words = lots.expiry_words(wanted.lot.expiry.on, wanted.lot.expiry.precision)
        warnings.append({"code": "expired_lot", "message": f"This one expired {words}. Do not use it."})
    elif wanted.lot.names_a_lot:
        for lot in picking.named_lots(session, wanted)[:1]:
            bad = picking.refusal_of(lot.lot_number, lot.expiry, lot.expiry_precision, str(lot.state), wanted.today)
            warnings += [{"code": bad.code, "message": bad.message}] if bad else []
    return answers.found(
        request_id=str(request_id),
        item=wanted.item,
        place=wanted.place,
        on_hand=sum(row.quantity for row in here),
        lots=[picking.candidate(row, wanted.place.codes, wanted.today) for row in here],
        warnings=warnings,
    )
