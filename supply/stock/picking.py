"""Which lots an act takes: the one the code names, or the first in the item's order; and what must be refused or asked.

Decides only; `movements` posts. Expired, held and recalled lots are refused here, not on any screen.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from supply.errors import Invalid
from supply.stock import lots
from supply.stock.allocation import ORDERS, LotBalance, OrderKey, Pick, allocate, in_order, is_expired, is_usable
from supply.stock.catalog import Match
from supply.stock.locations import Place
from supply.stock.lots import Expiry, expiry_words, lot_words
from supply.stock.models import Lot, LotKnown
from supply.stock.owners import owner_codes


class WhichLot(Invalid):
    """The code does not say which lot, and it matters."""

    code = "which_lot"


class LotRefused(Invalid):
    """The lot is expired, recalled or on hold (`code` says which)."""


class WrongOwner(Invalid):
    """The stock there is somebody else's."""

    code = "wrong_owner"


@dataclass(frozen=True)
class LotChoice:
    """What the code or the person says about the lot. An empty `number` with an expiry narrows the choice only."""

    number: str = ""
    expiry: Expiry | None = None
    known: LotKnown = LotKnown.read
    lot_id: int | None = None

    @property
    def names_a_lot(self) -> bool:
        """Whether one lot is meant, rather than the next one in order."""
        return bool(self.number) or self.lot_id is not None


@dataclass(frozen=True)
class Wanted:
    """What somebody takes: `quantity` in base units of `item`, at `place` or anywhere within it."""

    item: Match
    place: Place
    quantity: int
    lot: LotChoice
    today: date
    owner_id: int | None = None
    already_used: bool = False
    offline_at: datetime | None = None
    expires_soon_days: int = 30


@dataclass(frozen=True)
class Warned:
    """Something to say beside the answer."""

    code: str
    message: str
    details: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Choice:
    """What to take, how its lot is known, what the book lacks, what to say, and the rule an exception broke."""

    picks: tuple[Pick, ...]
    known: LotKnown
    shortfall: int
    warnings: tuple[Warned, ...] = ()
    exception: str | None = None


def candidate(balance: LotBalance, codes: dict[int, str], today: date) -> dict[str, Any]:
    """A lot to choose from, JSON-ready."""
    state = "expired" if is_expired(balance.expiry, today) else balance.state
    return {
        "lot": balance.lot_number or None,
        "expiry": balance.expiry.isoformat() if balance.expiry else None,
        "expiry_precision": balance.expiry_precision,
        "location": codes.get(balance.location_id),
        "quantity": balance.quantity,
        "state": str(getattr(state, "value", state)),
    }


def check_code_expiry(lot: LotChoice, today: date) -> None:
    """Raise LotRefused (expired_lot) for a code dated past, whether its lot is on the book or not."""
    if lot.expiry and is_expired(lot.expiry.on, today):
        raise _refused("expired_lot", lot.number, lot.expiry.on, lot.expiry.precision)


def choose_to_use(session: Session, wanted: Wanted, rows: Sequence[LotBalance]) -> Choice:
    """The lots to use, first in order first. Raises WhichLot, LotRefused or WrongOwner."""
    return _choose(session, wanted, rows, refuse_bad=True)


def choose_to_take_away(session: Session, wanted: Wanted, rows: Sequence[LotBalance]) -> Choice:
    """The lots to move or throw out: a bad one may leave, but only when named. Raises WhichLot or WrongOwner."""
    return _choose(session, wanted, rows, refuse_bad=False)


def _choose(session: Session, wanted: Wanted, rows: Sequence[LotBalance], *, refuse_bad: bool) -> Choice:
    here = [row for row in rows if row.location_id in wanted.place.within]
    if wanted.lot.names_a_lot:
        return _take_named(session, wanted, here, refuse_bad=refuse_bad)
    return _take_first(session, wanted, here)


def _take_first(session: Session, wanted: Wanted, here: list[LotBalance]) -> Choice:
    expiry = wanted.lot.expiry
    pool = [row for row in here if expiry and row.expiry == expiry.on] or here
    if any(not is_usable(row, wanted.today) for row in pool):
        listed = in_order(pool, wanted.item.rotation)
        raise WhichLot(
            "Which one are you holding? A lot of this must not be used.",
            candidates=[candidate(row, wanted.place.codes, wanted.today) for row in listed],
        )
    owner_id = wanted.owner_id or wanted.place.office_id
    mine = [row for row in pool if row.owner_id == owner_id]
    if pool and not mine:
        raise _wrong_owner(session, pool)
    taken = allocate(mine, quantity=wanted.quantity, rotation=wanted.item.rotation)
    return Choice(taken.picks, LotKnown.assumed, taken.shortfall)


def _wrong_owner(session: Session, pool: Iterable[LotBalance]) -> WrongOwner:
    codes = owner_codes(session)
    owners = sorted({codes[row.owner_id] for row in pool})
    return WrongOwner(
        f"What is here belongs to {' and '.join(owners)}. Say whose you are taking.",
        candidates=[{"owner": code} for code in owners],
    )


def _take_named(session: Session, wanted: Wanted, here: list[LotBalance], *, refuse_bad: bool) -> Choice:
    matching = _matching(wanted.lot, here)
    if wanted.owner_id:
        mine = [row for row in matching if row.owner_id == wanted.owner_id]
        if matching and not mine:
            raise _wrong_owner(session, matching)
        matching = mine
    elif len({row.owner_id for row in matching}) > 1:
        office = [row for row in matching if row.owner_id == wanted.place.office_id]
        matching = office or [row for row in matching if row.owner_id == matching[0].owner_id]
    if len({row.lot_id for row in matching}) > 1:
        listed = [candidate(row, wanted.place.codes, wanted.today) for row in in_order(matching, wanted.item.rotation)]
        raise WhichLot("There is more than one lot of that number. Which date is on the box?", candidates=listed)
    exception = _judge(session, wanted, matching) if refuse_bad else None
    first = sorted(matching, key=lambda row: (row.location_id != wanted.place.id, row.location_id))
    picks, left = [], wanted.quantity
    for row in first:
        taken = min(left, row.quantity)
        if taken:
            picks.append(Pick(row.lot_id, row.location_id, taken))
            left -= taken
    older = _older(wanted, matching, here) if refuse_bad else ()
    return Choice(tuple(picks), wanted.lot.known, left, older, exception)


def _matching(choice: LotChoice, here: list[LotBalance]) -> list[LotBalance]:
    if choice.lot_id is not None:
        return [row for row in here if row.lot_id == choice.lot_id]
    same = [row for row in here if row.lot_number == choice.number]
    if choice.expiry is None:
        return same
    on = choice.expiry.on
    return [row for row in same if row.expiry == on] or [row for row in same if row.expiry is None]


def _judge(session: Session, wanted: Wanted, matching: list[LotBalance]) -> str | None:
    """Raise LotRefused for a bad lot, on the book here or not; or name the rule that a recorded exception broke."""
    if matching:
        known = [(row.lot_id, row.lot_number, row.expiry, row.expiry_precision, str(row.state)) for row in matching[:1]]
    else:
        named = named_lots(session, wanted)
        known = [(row.id, row.lot_number, row.expiry, row.expiry_precision, str(row.state)) for row in named]
    for lot_id, number, expiry, precision, state in known:
        refusal = refusal_of(number, expiry, precision, state, wanted.today)
        if refusal is None:
            continue
        if wanted.already_used:
            return refusal.code
        if wanted.offline_at and state != "open" and _was_open(session, lot_id, wanted.offline_at):
            return refusal.code
        raise refusal
    return None


def named_lots(session: Session, wanted: Wanted) -> list[Any]:
    """The lots on the book that the code or the person names, on hand or not."""
    if wanted.lot.lot_id is not None:
        lot = session.get(Lot, wanted.lot.lot_id)
        return [lot] if lot else []
    return list(
        lots.lots_named(
            session, wanted.item.item_id, wanted.lot.number, wanted.lot.expiry.on if wanted.lot.expiry else None
        )
    )


def refusal_of(number: str, expiry: date | None, precision: str | None, state: str, today: date) -> LotRefused | None:
    """Why a lot must not be used today, as the refusal to raise; None when it may."""
    if state == "recalled":
        return _refused("recalled_lot", number, expiry, precision)
    if state == "held":
        return _refused("quarantined_lot", number, expiry, precision)
    return _refused("expired_lot", number, expiry, precision) if is_expired(expiry, today) else None


def _refused(code: str, number: str, expiry: date | None, precision: str | None) -> LotRefused:
    said = lot_words(number, expiry, precision)
    sentences = {
        "recalled_lot": f"Recalled {said}. Do not use. Put it on the hold shelf.",
        "quarantined_lot": f"DO NOT USE: {said} is on hold. Put it on the hold shelf.",
        "expired_lot": f"Expired {expiry_words(expiry, precision)}. Do not use. Put it in the expired-stock bin.",
    }
    facts = {"lot": number or None, "expiry": expiry.isoformat() if expiry else None, "expiry_precision": precision}
    return LotRefused(sentences[code], code=code, **facts)


def _was_open(session: Session, lot_id: int, at: datetime) -> bool:
    """Whether the lot was held or recalled only after that moment: an offline scan is judged by its own time."""
    since = session.scalar(sa.select(Lot.state_since).where(Lot.id == lot_id))
    return since is not None and at < since


def _older(wanted: Wanted, matching: list[LotBalance], here: list[LotBalance]) -> tuple[Warned, ...]:
    """Say when another usable lot here should have gone first."""
    if not matching:
        return ()
    key: OrderKey = ORDERS[wanted.item.rotation]
    ahead = [
        row
        for row in here
        if row.lot_id != matching[0].lot_id
        and row.owner_id == matching[0].owner_id
        and is_usable(row, wanted.today)
        and key(row) < key(matching[0])
    ]
    if not ahead:
        return ()
    first = in_order(ahead, wanted.item.rotation)[0]
    place = wanted.place.codes.get(first.location_id, "")
    said = lot_words(first.lot_number, first.expiry, first.expiry_precision)
    message = f"Older lot first: take {said}, at {place} next time."
    return (Warned("older_lot_available", message, {**candidate(first, wanted.place.codes, wanted.today)}),)
