"""PURE: three years of one item in the office: it runs low, boxes arrive, people use the first lot first.

The same seed and the same days give the same moves, whatever else there is in the office.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from random import Random
from typing import NamedTuple
from zlib import crc32

from supply.demo.catalogue import DemoItem
from supply.demo.seasons import expected_use, is_open, season

SEED = 1952
ROOMS = tuple(f"EXAM-{number}" for number in range(1, 7))
ROOM_SHARE = 0.5
ROOM_DAYS = 10
KEPT_EXPIRED_DAYS = 30  # what expires in the last weeks is still on the shelf
LETTERS = "ABCDEFGHJKLMNPRSTUVWXYZ"
DEPARTMENTS = {
    "Vaccines": "Nursing",
    "Injectables": "Nursing",
    "Samples": "Nursing",
    "Tests": "Laboratory",
    "Laboratory": "Laboratory",
    "Sutures": "Procedures",
    "Instruments": "Procedures",
}


@dataclass
class DemoLot:
    """A lot as it came: its number (empty where the box has none), expiry, and what is left of it at home."""

    number: str
    expiry: date | None
    precision: str
    received_on: date
    quantity: int
    left: int = 0


class Move(NamedTuple):
    """One move of one lot: kind, day, the ends and a department where it was used."""

    day: date
    kind: str
    lot: int
    source: str
    target: str
    quantity: int
    department: str | None = None


@dataclass
class Stream:
    """One item of one owner: its lots and moves."""

    item: DemoItem
    owner: str
    weekly: float
    lots: list[DemoLot] = field(default_factory=list)
    moves: list[Move] = field(default_factory=list)


@dataclass
class _Run:
    """A simulation under way."""

    stream: Stream
    random: Random
    last: date
    arrivals: list[tuple[date, int]] = field(default_factory=list)
    rooms: list[tuple[date, int, str, int]] = field(default_factory=list)
    on_hand: int = 0


def simulate(item: DemoItem, *, owner: str, weekly: float, days: Sequence[date]) -> Stream:
    """The lots and moves of one item over these days, the last of which is yesterday."""
    stream = Stream(item, owner, weekly)
    run = _Run(stream, Random(f"{SEED}/{item.sku}/{owner}"), days[-1])  # noqa: S311 - a story, not a secret
    _arrive(run, days[0], max(math.ceil(item.par_level * season(item.pattern, days[0])), item.box), opening=True)
    month, week = 0, 0
    for day in days:
        if not is_open(day):
            continue
        for _, quantity in [due for due in run.arrivals if due[0] <= day]:
            _arrive(run, day, quantity)
        run.arrivals = [due for due in run.arrivals if due[0] > day]
        if day.month != month:
            month = day.month
            _throw_out_expired(run, day)
        if item.pattern == "room" and day.isocalendar().week != week:
            week = day.isocalendar().week
            _fill_room(run, day, week)
        _use(run, day)
        if day.weekday() in (0, 3):
            _reorder(run, day)
    return stream


def _arrive(run: _Run, day: date, quantity: int, *, opening: bool = False) -> None:
    item = run.stream.item
    received = day - timedelta(days=run.random.randint(10, 60)) if opening else day
    lot = DemoLot(_lot_number(run), *_expiry(run, received), received, quantity, quantity)
    run.stream.lots.append(lot)
    kind, source = ("opening", "VARIANCE") if opening else ("receipt", "SUPPLIER")
    run.stream.moves.append(Move(day, kind, len(run.stream.lots) - 1, source, item.place, quantity))
    run.on_hand += quantity


def _lot_number(run: _Run) -> str:
    if not run.stream.item.is_tracked_by_lot:
        return ""
    letters = "".join(run.random.choices(LETTERS, k=2))
    return f"{letters}{run.random.randint(1000, 99999)}"


def _expiry(run: _Run, received: date) -> tuple[date | None, str]:
    item = run.stream.item
    if not item.shelf_days:
        return None, "day"
    on = received + timedelta(days=int(item.shelf_days * run.random.uniform(0.75, 1.0)))
    if crc32(item.sku.encode()) % 4:
        return on, "day"
    return (on.replace(day=28) + timedelta(days=4)).replace(day=1) - timedelta(days=1), "month"


def _usable(run: _Run, day: date) -> list[int]:
    """The lots at home that may be used, in the item's order."""
    lots = run.stream.lots
    found = [n for n, lot in enumerate(lots) if lot.left and (lot.expiry is None or lot.expiry >= day)]
    if run.stream.item.rotation == "fefo":
        return sorted(found, key=lambda n: (lots[n].expiry or date.max, lots[n].received_on, n))
    return sorted(found, key=lambda n: (lots[n].received_on, n))


def _take(run: _Run, day: date, wanted: int) -> list[tuple[int, int]]:
    """Lots and quantities that leave home, as far as there is enough."""
    taken = []
    for lot in _usable(run, day) if wanted else []:
        quantity = min(wanted, run.stream.lots[lot].left)
        run.stream.lots[lot].left -= quantity
        run.on_hand -= quantity
        wanted -= quantity
        taken.append((lot, quantity))
        if not wanted:
            break
    return taken


def _use(run: _Run, day: date) -> None:
    stream, home = run.stream, run.stream.item.place
    for due in [due for due in run.rooms if due[0] <= day]:
        stream.moves.append(Move(day, "issue", due[1], due[2], "USED", due[3], "Nursing"))
    run.rooms = [due for due in run.rooms if due[0] > day]
    expected = expected_use(stream.item.pattern, stream.weekly, day, (run.last - day).days / 365)
    if stream.item.pattern == "room":
        expected *= 1 - ROOM_SHARE
    department = _department(run)
    for lot, quantity in _take(run, day, _drawn(run, expected)):
        stream.moves.append(Move(day, "issue", lot, home, "USED", quantity, department))


def _drawn(run: _Run, expected: float) -> int:
    """Demand of a day: in ones and twos now and then for slow items, about the expected number for the others."""
    random = run.random
    if run.stream.item.pattern == "slow":
        return random.choice((1, 1, 2, 4)) if random.random() < expected / 2 else 0
    if expected > 20:
        return max(0, round(random.gauss(expected, math.sqrt(expected) * 1.3)))
    limit, count, product = math.exp(-expected), 0, random.random()
    while product > limit:
        count, product = count + 1, product * random.random()
    return count


def _department(run: _Run) -> str:
    usual = DEPARTMENTS.get(run.stream.item.category)
    return usual or run.random.choices(("Nursing", "Procedures", "Laboratory", "Front desk"), (60, 20, 12, 8))[0]


def _fill_room(run: _Run, day: date, week: int) -> None:
    stream = run.stream
    room = ROOMS[(week + stream.item.number) % len(ROOMS)]
    for lot, quantity in _take(run, day, round(stream.weekly * ROOM_SHARE)):
        stream.moves.append(Move(day, "transfer", lot, stream.item.place, room, quantity))
        run.rooms.append((day + timedelta(days=ROOM_DAYS), lot, room, quantity))


def _throw_out_expired(run: _Run, day: date) -> None:
    if (run.last - day).days < KEPT_EXPIRED_DAYS:
        return
    for number, lot in enumerate(run.stream.lots):
        if lot.left and lot.expiry and lot.expiry < day:
            run.stream.moves.append(Move(day, "disposal", number, run.stream.item.place, "WASTE", lot.left))
            run.on_hand -= lot.left
            lot.left = 0


def _reorder(run: _Run, day: date) -> None:
    item = run.stream.item
    share = run.stream.weekly / item.weekly * max(season(item.pattern, day + timedelta(days=14)), 0.5)
    lots = run.stream.lots
    position = sum(lots[n].left for n in _usable(run, day + timedelta(days=item.lead_days)))
    position += sum(quantity for _, quantity in run.arrivals)
    if position > item.reorder_point * share:
        return
    boxes = max(1, math.ceil((item.par_level * share - position) / item.box))
    arrives = day + timedelta(days=item.lead_days + run.random.randint(0, 2))
    run.arrivals.append((arrives, boxes * item.box))
