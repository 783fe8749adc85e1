"""PURE: which lots leave, in which order, and what is missing. Handed lot balances; touches no database.

>>> from datetime import date
>>> old = LotBalance(1, "A", date(2027, 5, 1), "day", date(2026, 1, 1), "open", 7, 2)
>>> new = LotBalance(2, "B", date(2027, 3, 1), "day", date(2026, 2, 1), "open", 7, 9)
>>> [(pick.lot_id, pick.quantity) for pick in allocate([new, old], quantity=3, rotation="fifo").picks]
[(1, 2), (2, 1)]
>>> [(pick.lot_id, pick.quantity) for pick in allocate([new, old], quantity=3, rotation="fefo").picks]
[(2, 3)]
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple


class LotBalance(NamedTuple):
    """Units of one lot at one place."""

    lot_id: int
    lot_number: str
    expiry: date | None
    expiry_precision: str | None
    received_on: date
    state: str
    location_id: int
    quantity: int
    owner_id: int = 1
    unit_cost: int | None = None


class Pick(NamedTuple):
    """Take so many units of this lot from this place."""

    lot_id: int
    location_id: int
    quantity: int


@dataclass(frozen=True)
class Allocation:
    """What to take, and how many units the book does not have."""

    picks: tuple[Pick, ...]
    shortfall: int


OrderKey = Callable[[LotBalance], tuple[date, date, int]]


def fifo_key(balance: LotBalance) -> tuple[date, date, int]:
    """First in, first out: by day received, then by lot."""
    return (balance.received_on, balance.received_on, balance.lot_id)


def fefo_key(balance: LotBalance) -> tuple[date, date, int]:
    """First to expire, first out: undated last, then by day received, then by lot."""
    return (balance.expiry or date.max, balance.received_on, balance.lot_id)


ORDERS: dict[str, OrderKey] = {"fifo": fifo_key, "fefo": fefo_key}


def is_expired(expiry: date | None, today: date) -> bool:
    """A lot may be used through its expiry date (GS1 General Specifications, AI 17)."""
    return expiry is not None and expiry < today


def is_usable(balance: LotBalance, today: date) -> bool:
    """Neither expired, nor held, nor recalled."""
    return balance.state == "open" and not is_expired(balance.expiry, today)


def lot_state(state: str, expiry: date | None, *, today: date, soon_days: int) -> str:
    """The word for a lot: `recalled` and `held` before `expired`, `soon` within so many days, else `ok`."""
    if state != "open":
        return str(state)
    if is_expired(expiry, today):
        return "expired"
    return "soon" if expiry is not None and (expiry - today).days <= soon_days else "ok"


def in_order(balances: Iterable[LotBalance], rotation: str) -> list[LotBalance]:
    """The order in which they leave; within a lot, the place with the lower id first."""
    key = ORDERS[rotation]
    return sorted(balances, key=lambda balance: (*key(balance), balance.location_id))


def allocate(balances: Sequence[LotBalance], *, quantity: int, rotation: str) -> Allocation:
    """Take `quantity` units, first lots first; what the book lacks is the shortfall, never hidden."""
    picks: list[Pick] = []
    left = quantity
    for balance in in_order(balances, rotation):
        if left == 0:
            break
        taken = min(left, balance.quantity)
        if taken > 0:
            picks.append(Pick(balance.lot_id, balance.location_id, taken))
            left -= taken
    return Allocation(tuple(picks), left)
