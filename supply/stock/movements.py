"""The verbs: receive, issue, put back, transfer, discard, adjust. Each reads: check, lock, decide, post, answer.

Quantities are base units (the unit of use). Verbs flush and never commit; they raise the refusals of `picking`.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sqlalchemy.orm import Session

from supply.errors import Invalid
from supply.stock import ledger, lots, picking
from supply.stock.allocation import LotBalance, Pick, is_expired, is_usable
from supply.stock.catalog import Match
from supply.stock.ledger import Act, Posted, Posting
from supply.stock.locations import Place
from supply.stock.lots import expiry_words
from supply.stock.models import Lot, LotKnown, MovementKind
from supply.stock.picking import Choice, LotChoice, Wanted, Warned, WhichLot

RETURN_DAYS = 30


@dataclass(frozen=True)
class MovedLot:
    """One row of what happened, in words a person and a program can use."""

    id: int
    kind: str
    lot: str | None
    lot_known: str
    expiry: date | None
    expiry_precision: str | None
    from_code: str
    to_code: str
    quantity: int


@dataclass(frozen=True)
class Moved:
    """What an act came to: rows, what the book lacked, what is left at the place, what to say."""

    rows: tuple[MovedLot, ...]
    shortfall: int
    on_hand: int
    warnings: tuple[Warned, ...] = ()
    exception: str | None = None


@dataclass(frozen=True)
class Received:
    """What came in: `quantity` base units of a lot of `owner_id`, costing `unit_cost` (1/10,000) each."""

    item: Match
    place: Place
    quantity: int
    lot: LotChoice
    today: date
    owner_id: int
    unit_cost: int | None = None
    expires_soon_days: int = 30


def issue(session: Session, act: Act, wanted: Wanted) -> Moved:
    """Use stock, oldest lot first unless the code names one. Less on the book than taken is posted as far as it goes.

    Raises LotRefused, WhichLot or WrongOwner.
    """
    if not wanted.already_used:
        picking.check_code_expiry(wanted.lot, wanted.today)
    rows = _locked_balances(session, wanted.item.item_id)
    choice = picking.choose_to_use(session, wanted, rows)
    if (
        wanted.already_used
        and not choice.exception
        and wanted.lot.expiry
        and is_expired(wanted.lot.expiry.on, wanted.today)
    ):
        choice = Choice(choice.picks, choice.known, choice.shortfall, choice.warnings, "expired_lot")
    moved = _send(session, act, wanted, rows, choice, MovementKind.issue, "used")
    return _with(moved, _after_taking(wanted, rows, choice, moved.on_hand))


def discard(session: Session, act: Act, wanted: Wanted) -> Moved:
    """Throw stock out. Any lot may leave this way, bad ones above all. Raises WhichLot or WrongOwner."""
    rows = _locked_balances(session, wanted.item.item_id)
    choice = picking.choose_to_take_away(session, wanted, rows)
    return _send(session, act, wanted, rows, choice, MovementKind.disposal, "waste")


def transfer(session: Session, act: Act, wanted: Wanted, destination: Place) -> Moved:
    """Move stock to another physical place. Raises Invalid (same place), WhichLot or WrongOwner."""
    if destination.id == wanted.place.id:
        raise Invalid("It is already there; choose another place to move it to.", code="bad_location")
    rows = _locked_balances(session, wanted.item.item_id)
    elsewhere = [
        row for row in rows if row.location_id not in destination.within or wanted.place.id in destination.within
    ]
    elsewhere = [row for row in elsewhere if row.location_id != destination.id]
    choice = picking.choose_to_take_away(session, wanted, elsewhere)
    places = {**wanted.place.codes, **destination.codes}
    moved = _post_picks(session, act, wanted, rows, choice, MovementKind.transfer, destination.id, places)
    gone = 0 if destination.id in wanted.place.within else sum(pick.quantity for pick in choice.picks)
    return Moved(moved, choice.shortfall, _on_hand(rows, wanted.place) - gone, choice.warnings)


def receive(session: Session, act: Act, received: Received) -> Moved:
    """Bring stock in from the supplier. A receipt without a lot number opens a lot of its own.

    Raises Invalid (lot_required, expiry_required) or LotRefused (expired, recalled, on hold).
    """
    item, lot = received.item, received.lot
    if item.lot_required and not lot.names_a_lot:
        raise Invalid("Type the lot number from the box.", code="lot_required")
    if item.expiry_required and lot.expiry is None and lot.lot_id is None:
        raise Invalid("Label has no expiry date. Type the date from the box.", code="expiry_required")
    picking.check_code_expiry(lot, received.today)
    rows = _locked_balances(session, item.item_id)
    lot_id, expiry, precision = _lot_received(session, act, received)
    place = received.place
    posting = Posting(
        MovementKind.receipt,
        item.item_id,
        lot_id,
        place.virtual["supplier"],
        place.id,
        received.quantity,
        lot.known,
        received.unit_cost,
    )
    posted = ledger.post(session, act, [posting], physical=place.within)
    row = _row(posted[0], lot.number, expiry, precision, place.codes)
    warnings = _on_receipt(received, rows, expiry, precision)
    return Moved((row,), 0, _on_hand(rows, place) + received.quantity, warnings)


def put_back(session: Session, act: Act, wanted: Wanted) -> Moved:
    """Return used goods to the shelf. Without a lot in the code it asks which, among those used in the last 30 days.

    Raises WhichLot.
    """
    rows = _locked_balances(session, wanted.item.item_id)
    lot_id, number, expiry, precision, warnings = _lot_returned(session, act, wanted)
    known = wanted.lot.known if wanted.lot.names_a_lot else LotKnown.assumed
    place = wanted.place
    cost = session.get_one(Lot, lot_id).unit_cost
    posting = Posting(
        MovementKind.put_back,
        wanted.item.item_id,
        lot_id,
        place.virtual["used"],
        place.id,
        wanted.quantity,
        known,
        cost,
    )
    posted = ledger.post(session, act, [posting], physical=place.within)
    row = _row(posted[0], number, expiry, precision, place.codes)
    return Moved((row,), 0, _on_hand(rows, place) + wanted.quantity, warnings)


def adjust(session: Session, act: Act, *, lot_id: int, place: Place, difference: int) -> Moved:
    """Correct the book by `difference` units of one lot, up or down, against count variance. Needs a reason.

    Raises Invalid (no reason, no difference, unknown lot) or ledger.ShortStock.
    """
    if not (act.reason or "").strip():
        raise Invalid("Say why the book was wrong, in a few words.", code="reason_required")
    lot = session.get(Lot, lot_id)
    if lot is None or difference == 0:
        raise Invalid("Name a lot on the book and a difference other than 0.", code="bad_field")
    rows = _locked_balances(session, lot.item_id)
    ends = (place.virtual["variance"], place.id) if difference > 0 else (place.id, place.virtual["variance"])
    posting = Posting(
        MovementKind.adjustment, lot.item_id, lot_id, *ends, abs(difference), LotKnown.chosen, lot.unit_cost
    )
    posted = ledger.post(session, act, [posting], physical=place.within)
    row = _row(posted[0], lot.lot_number, lot.expiry, lot.expiry_precision, place.codes)
    return Moved((row,), 0, _on_hand(rows, place) + difference)


def _locked_balances(session: Session, item_id: int) -> list[LotBalance]:
    ledger.lock_items(session, [item_id])
    return lots.balances_of(session, item_id, locked=True)


def _on_hand(rows: Sequence[LotBalance], place: Place) -> int:
    return sum(row.quantity for row in rows if row.location_id in place.within)


def _with(moved: Moved, warnings: tuple[Warned, ...]) -> Moved:
    return Moved(moved.rows, moved.shortfall, moved.on_hand, moved.warnings + warnings, moved.exception)


def _send(
    session: Session, act: Act, wanted: Wanted, rows: list[LotBalance], choice: Choice, kind: MovementKind, to: str
) -> Moved:
    place = wanted.place
    moved = _post_picks(session, act, wanted, rows, choice, kind, place.virtual[to], place.codes)
    left = _on_hand(rows, place) - sum(pick.quantity for pick in choice.picks)
    return Moved(moved, choice.shortfall, left, choice.warnings, choice.exception)


def _post_picks(
    session: Session,
    act: Act,
    wanted: Wanted,
    rows: list[LotBalance],
    choice: Choice,
    kind: MovementKind,
    to_id: int,
    codes: dict[int, str],
) -> tuple[MovedLot, ...]:
    if not choice.picks:
        return ()
    by_lot = {row.lot_id: row for row in rows}
    postings = [_posting(wanted, pick, by_lot[pick.lot_id], choice.known, kind, to_id) for pick in choice.picks]
    physical = wanted.place.within | ({to_id} if kind == MovementKind.transfer else frozenset())
    posted = ledger.post(session, act, postings, physical=physical)
    return tuple(_row_of(p, by_lot[p.posting.lot_id], codes) for p in posted)


def _posting(wanted: Wanted, pick: Pick, row: LotBalance, known: LotKnown, kind: MovementKind, to_id: int) -> Posting:
    return Posting(kind, wanted.item.item_id, pick.lot_id, pick.location_id, to_id, pick.quantity, known, row.unit_cost)


def _row_of(posted: Posted, balance: LotBalance, codes: dict[int, str]) -> MovedLot:
    return _row(posted, balance.lot_number, balance.expiry, balance.expiry_precision, codes)


def _row(posted: Posted, number: str, expiry: date | None, precision: str | None, codes: dict[int, str]) -> MovedLot:
    p = posted.posting
    ends = codes[p.from_location_id], codes[p.to_location_id]
    return MovedLot(posted.id, p.kind.value, number or None, p.lot_known.value, expiry, precision, *ends, p.quantity)


def _after_taking(wanted: Wanted, rows: list[LotBalance], choice: Choice, on_hand: int) -> tuple[Warned, ...]:
    """What a nurse should know after taking: use soon, below the reorder point, the last one, the lot was assumed."""
    said: list[Warned] = []
    by_lot = {row.lot_id: row for row in rows}
    taken = [by_lot[pick.lot_id] for pick in choice.picks]
    soon = [row.expiry for row in taken if row.expiry and not is_expired(row.expiry, wanted.today)]
    if soon and (min(soon) - wanted.today).days <= wanted.expires_soon_days:
        said.append(_soon((min(soon) - wanted.today).days))
    usable = sum(row.quantity for row in rows if is_usable(row, wanted.today))
    usable -= sum(pick.quantity for pick in choice.picks if is_usable(by_lot[pick.lot_id], wanted.today))
    point = wanted.item.reorder_point
    if point is not None and usable < point:
        said.append(Warned("below_reorder_point", f"{usable} left in all, reorder point {point}.", {"usable": usable}))
    if taken and on_hand == 0:
        said.append(Warned("last_unit", f"That was the last one at {wanted.place.name}."))
    if taken and choice.known == LotKnown.assumed and wanted.item.tracking == "lot":
        said.append(Warned("lot_assumed", "The code names no lot; the first to leave was assumed."))
    return tuple(said)


def _soon(days: int) -> Warned:
    return Warned("expires_soon", f"Use soon: expires in {days} {'day' if days == 1 else 'days'}.", {"days": days})


def _lot_received(session: Session, act: Act, received: Received) -> tuple[int, date | None, str | None]:
    """Find or open the lot of a receipt: (id, expiry, precision). A box without a date blanks no booked one."""
    item, lot = received.item, received.lot
    expiry = lot.expiry
    if lot.lot_id is not None:
        known: list[Any] = [session.get_one(Lot, lot.lot_id)]
    else:
        known = lots.lots_named(session, item.item_id, lot.number, expiry.on if expiry else None) if lot.number else []
    known = [row for row in known if row.owner_id == received.owner_id or lot.lot_id is not None]
    for row in known:
        refusal = picking.refusal_of(row.lot_number, row.expiry, row.expiry_precision, str(row.state), received.today)
        if refusal:
            raise refusal
    if len(known) == 1 and (expiry is None or known[0].expiry == expiry.on):
        return known[0].id, known[0].expiry, known[0].expiry_precision
    if len(known) > 1 and expiry is None:
        listed = [{"lot": row.lot_number, "expiry": row.expiry and row.expiry.isoformat()} for row in known]
        raise WhichLot("There is more than one lot of that number. Which date is on the box?", candidates=listed)
    opened = lots.open_lot(
        session,
        item_id=item.item_id,
        owner_id=received.owner_id,
        lot_number=lot.number,
        expiry=expiry,
        layer="" if lot.number else str(act.request_id),
        received_on=received.today,
        unit_cost=received.unit_cost,
    )
    return opened, expiry.on if expiry else None, expiry.precision if expiry else None


def _on_receipt(
    received: Received, rows: list[LotBalance], expiry: date | None, precision: str | None
) -> tuple[Warned, ...]:
    if expiry is None:
        return ()
    said = []
    days = (expiry - received.today).days
    if days <= received.expires_soon_days:
        said.append(_soon(days))
    later = [row for row in rows if row.expiry and row.expiry > expiry and is_usable(row, received.today)]
    if later:
        words = expiry_words(expiry, precision)
        said.append(Warned("expires_before_stock", f"This expires {words}, before stock that is already here."))
    return tuple(said)


def _lot_returned(
    session: Session, act: Act, wanted: Wanted
) -> tuple[int, str, date | None, str | None, tuple[Warned, ...]]:
    used = lots.recently_used(session, wanted.item.item_id, act.occurred_at - timedelta(days=RETURN_DAYS))
    lot = wanted.lot
    if lot.names_a_lot:
        named = picking.named_lots(session, wanted)
        latest = {row.id: n for n, row in enumerate(used)}
        named.sort(key=lambda row: latest.get(row.id, len(used)))
        if named:
            row = named[0]
            return row.id, row.lot_number, row.expiry, row.expiry_precision, ()
        return _never_received(session, wanted)
    if used and wanted.item.tracking != "lot":
        row = used[0]
        return row.id, row.lot_number, row.expiry, row.expiry_precision, ()
    listed = [
        {"lot": row.lot_number or None, "expiry": row.expiry.isoformat() if row.expiry else None, "state": "used"}
        for row in used
    ]
    question = (
        "Which one are you putting back?" if listed else "None of this was used lately. Type the lot from the box."
    )
    raise WhichLot(question, candidates=listed)


def _never_received(session: Session, wanted: Wanted) -> tuple[int, str, date | None, str | None, tuple[Warned, ...]]:
    lot = wanted.lot
    lot_id = lots.open_lot(
        session,
        item_id=wanted.item.item_id,
        owner_id=wanted.owner_id or wanted.place.office_id,
        lot_number=lot.number,
        expiry=lot.expiry,
        layer="",
        received_on=wanted.today,
        unit_cost=None,
    )
    said = Warned(
        "lot_never_received", f"Lot {lot.number} was never received here; it is on the book now. Tell the manager."
    )
    expiry = lot.expiry
    return lot_id, lot.number, expiry.on if expiry else None, expiry.precision if expiry else None, (said,)
