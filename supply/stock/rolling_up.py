"""Adding up what was wanted on each day: from the ledger to `daily_demand`, by item, place, department and local date.

Owns that table, which can be thrown away and made again. Never touches imported usage, and never the ledger.
"""

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from sqlalchemy.orm import Session

from supply.db import connection_of, insert_or_update, table_of
from supply.stock.demand import day_bounds
from supply.stock.models import DailyDemand, DemandMark, Department, Movement, MovementKind

CHUNK = 20_000
WRITTEN = 5_000
NEVER = datetime(1970, 1, 1, tzinfo=UTC)
OVERLAP = timedelta(days=2)
KEYS = ("item_id", "used_on", "location_id", "department")
SIGNS = {MovementKind.issue: 1, MovementKind.put_back: -1}

Day = tuple[int, date]  # an item on a day of the office
Key = tuple[int, date, int, str]

_M, _D = table_of(Movement), table_of(DailyDemand)


@dataclass(frozen=True)
class RolledUp:
    """One step: how many item-days were added up anew, whether more is left, and when all was last up to date."""

    days: int
    is_finished: bool
    since: datetime


@dataclass(frozen=True)
class Shortfall:
    """Units that were taken and were not on the book."""

    item_id: int
    used_on: date
    location_id: int
    department: str
    quantity: int


def last_settled_movement(session: Session) -> int:
    """The number of the newest movement, when every lower one is committed or will never be.

    PostgreSQL gives numbers before it commits, so a lower one can appear later: wait for those under way. Run it in a
    transaction of its own, which holds scans up for as long as it lasts.
    """
    if session.get_bind().dialect.name != "sqlite":
        session.execute(sa.text("LOCK TABLE movements IN SHARE MODE"))
    return session.scalar(sa.select(sa.func.max(_M.c.id))) or 0


def roll_up(session: Session, *, upto: int, zone: ZoneInfo, chunk: int = CHUNK) -> RolledUp:
    """Add up anew each item-day that the next movements after the mark changed: at most `chunk`, none past `upto`.

    A late scan changes its own day, an undo the day of what it undid. Costs what is new, whatever the history. Repeat
    until it is finished, then say `up_to_date`. Another time zone begins from the start.
    """
    mark = _mark(session, zone)
    end = min(mark.movement_id + chunk, upto)
    days = _changed_days(session, mark.movement_id, end, zone) if end > mark.movement_id else set()
    for first, last in _stretches({day for _, day in days}):
        sums = _ledger_sums(session, days, first, last, zone)
        _write(session, "used", sums, days, first, last)
    mark.movement_id = max(end, mark.movement_id)
    session.flush()
    return RolledUp(len(days), end >= upto, mark.rolled_at)


def up_to_date(session: Session, *, now: datetime) -> None:
    """Everything that happened before `now` is added up, shortfalls too."""
    session.get_one(DemandMark, 1).rolled_at = now
    session.flush()


def set_shortfalls(session: Session, *, days: Collection[Day], shortfalls: Sequence[Shortfall]) -> None:
    """Say for these item-days what was short: `shortfalls` is all there is of them."""
    wanted = set(days)
    sums: dict[Key, int] = defaultdict(int)
    for one in shortfalls:
        if (one.item_id, one.used_on) in wanted:
            sums[one.item_id, one.used_on, one.location_id, one.department] += one.quantity
    for first, last in _stretches({day for _, day in wanted}):
        within = {key: number for key, number in sums.items() if first <= key[1] <= last}
        _write(session, "shortfall", within, wanted, first, last)


def _mark(session: Session, zone: ZoneInfo) -> DemandMark:
    """How far it is rolled up; nothing is, where the days were another zone's."""
    mark = session.get(DemandMark, 1, with_for_update=True)
    if mark is not None and mark.zone == zone.key:
        return mark
    if mark is not None:
        session.delete(mark)
        session.execute(sa.delete(_D))
        session.flush()
    mark = DemandMark(id=1, movement_id=0, zone=zone.key, rolled_at=NEVER)
    session.add(mark)
    return mark


def _changed_days(session: Session, after: int, upto: int, zone: ZoneInfo) -> set[Day]:
    undone = _M.alias("undone")
    statement = (
        sa.select(_M.c.item_id, sa.func.coalesce(undone.c.occurred_at, _M.c.occurred_at, type_=_M.c.occurred_at.type))
        .outerjoin(undone, undone.c.id == _M.c.reverses_id)
        .where(_M.c.id > after, _M.c.id <= upto)
        .where(sa.func.coalesce(undone.c.kind, _M.c.kind, type_=_M.c.kind.type).in_(list(SIGNS)))
    )
    return {(item, at.astimezone(zone).date()) for item, at in connection_of(session).execute(statement)}


def _ledger_sums(session: Session, days: set[Day], first: date, last: date, zone: ZoneInfo) -> dict[Key, int]:
    """What was taken less what came back on these item-days; what was undone was never taken."""
    names = dict(session.execute(sa.select(Department.id, Department.code)).tuples().all())
    undoing = _M.alias("undoing")
    start, end = day_bounds(first, last, zone)
    m = _M.c
    statement = (
        sa.select(m.kind, m.item_id, m.occurred_at, m.from_location_id, m.to_location_id, m.quantity, m.department_id)
        .outerjoin(undoing, undoing.c.reverses_id == m.id)
        .where(m.occurred_at >= start, m.occurred_at < end, m.kind.in_(list(SIGNS)), undoing.c.id.is_(None))
    )
    sums: dict[Key, int] = defaultdict(int)
    for kind, item, at, source, target, quantity, department in connection_of(session).execute(statement):
        day = at.astimezone(zone).date()
        if (item, day) in days:
            place = source if kind == MovementKind.issue else target
            sums[item, day, place, names.get(department, "")] += SIGNS[kind] * quantity
    return sums


def _write(
    session: Session, column: str, sums: Mapping[Key, int], days: Collection[Day], first: date, last: date
) -> None:
    """Make this column of these item-days what `sums` says, touching only rows that differ."""
    other = "shortfall" if column == "used" else "used"
    statement = sa.select(*(_D.c[name] for name in (*KEYS, column, other))).where(_D.c.used_on.between(first, last))
    there = {
        (row[0], row[1], row[2], row[3]): (row[4], row[5])
        for row in connection_of(session).execute(statement).tuples()
        if (row[0], row[1]) in days
    }
    changed = {key: number for key, number in sums.items() if number and there.get(key, (0, 0))[0] != number}
    gone = [key for key, numbers in there.items() if not sums.get(key)]
    changed.update({key: 0 for key in gone if there[key][1] and there[key][0]})
    _delete(session, [key for key in gone if not there[key][1]])
    upsert = insert_or_update(session, _D, keys=list(KEYS), changes=lambda new: {column: new[column]})
    rows = [{**dict(zip(KEYS, key, strict=True)), column: number, other: 0} for key, number in changed.items()]
    for begin in range(0, len(rows), WRITTEN):
        connection_of(session).execute(upsert, rows[begin : begin + WRITTEN])


def _delete(session: Session, keys: Sequence[Key]) -> None:
    if keys:
        wanted = [_D.c[name] == sa.bindparam(f"key_{name}", type_=_D.c[name].type) for name in KEYS]
        rows = [{f"key_{name}": value for name, value in zip(KEYS, key, strict=True)} for key in keys]
        connection_of(session).execute(sa.delete(_D).where(*wanted), rows)


def _stretches(days: Collection[date]) -> Iterator[tuple[date, date]]:
    """First and last day of each unbroken stretch.

    >>> [(a.day, b.day) for a, b in _stretches([date(2026, 3, 4), date(2026, 3, 1), date(2026, 3, 2)])]
    [(1, 2), (4, 4)]
    """
    ordered = sorted(set(days))
    for n, day in enumerate(ordered):
        if n == 0 or day - ordered[n - 1] > timedelta(days=1):
            first = day
        if n == len(ordered) - 1 or ordered[n + 1] - day > timedelta(days=1):
            yield first, day
