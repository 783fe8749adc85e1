"""Everything that the reorder rule wants to know of every item, in a fixed number of statements. Reads only.

The cost follows the catalogue, the shelves and a year of use, never the whole history.
"""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from sqlalchemy.orm import Session

from supply.db import table_of
from supply.purchasing import order_lines, suppliers
from supply.replenishment.demand import WINDOW_DAYS
from supply.replenishment.rule import Coming, ItemNow, UsableLot
from supply.stock import on_hand
from supply.stock.demand import daily_use
from supply.stock.models import Balance, Item, Lot, LotState, Movement, MovementKind, Owner, OwnerKind
from supply.stock.shelf_requests import said_empty

DEFAULT_LEAD_DAYS = 7  # where neither the item nor its supplier says
OWN_DELIVERIES = 3  # with fewer of its own, an item takes its supplier's
SUPPLIER_DELIVERIES = 10

_I, _L, _B, _M, _O = (table_of(model) for model in (Item, Lot, Balance, Movement, Owner))


@dataclass(frozen=True)
class Entry:
    """The columns of an item that ordering looks at; `price` is of one pack (1/10,000)."""

    id: int
    sku: str
    name: str
    unit: str
    supplier: str | None
    pack: int
    price: int | None
    quoted_lead_days: int | None
    shelf_life_days: int | None
    minimum: int | None
    par: int | None
    is_active: bool


@dataclass(frozen=True)
class Gathered:
    """One item with all that the rule wants, its supplier, and the first day of its `use`."""

    entry: Entry
    supplier_id: int | None
    first_day: date
    now: ItemNow


@dataclass(frozen=True)
class EverHere:
    """When an item first came in, and whether any of it was ever the office's own; what is only given is not bought."""

    first_on: date
    is_own: bool


@dataclass(frozen=True)
class Span:
    """The days that use is read of, both included; `until` is the day before the one that is decided for."""

    since: date
    until: date


def gather(
    session: Session, *, today: date, now: datetime, zone: ZoneInfo, item_ids: Collection[int] | None = None
) -> list[Gathered]:
    """Every active item (or these, active or not) as it stands on the morning of `today`.

    A `today` gone by is taken as it was at the end of that day.
    """
    entries = _entries(session, item_ids)
    ids = [entry.id for entry in entries]
    span = Span(today - timedelta(days=WINDOW_DAYS), today - timedelta(days=1))
    is_past = today < now.astimezone(zone).date()
    lots = _lots_then(session, today, zone) if is_past else _lots_now(session, ids, today)
    coming = _coming_then(session, ids, today) if is_past else _coming_now(session, today, now)
    by_item, by_supplier = order_lines.delivery_days(session, since=today - timedelta(days=WINDOW_DAYS), until=today)
    leads = _quoted(session)
    known = suppliers.ids_by_text(session)
    ever_here = _lots_ever(session, ids)
    use = _use(session, ids, span, zone, ever_here)
    gathered = []
    for entry in entries:
        supplier_id = known.get(suppliers.folded(entry.supplier)) if entry.supplier else None
        first_day, units = use[entry.id]
        samples = by_item.get(entry.id, [])
        if len(samples) < OWN_DELIVERIES and supplier_id:
            samples = by_supplier.get(supplier_id, [])[-SUPPLIER_DELIVERIES:]
        stands = _item_now(entry, leads.get(supplier_id or 0), units, lots[entry.id], coming[entry.id], samples)
        if entry.id in ever_here and not ever_here[entry.id].is_own:
            stands = replace(stands, is_discontinued=True)
        gathered.append(Gathered(entry, supplier_id, first_day, stands))
    return gathered


def _item_now(
    entry: Entry,
    supplier_lead: int | None,
    use: Sequence[float],
    lots: list[UsableLot],
    coming: list[Coming],
    samples: list[int],
) -> ItemNow:
    quoted = entry.quoted_lead_days if entry.quoted_lead_days is not None else supplier_lead
    return ItemNow(
        use=use,
        pack=entry.pack,
        quoted_lead_days=DEFAULT_LEAD_DAYS if quoted is None else quoted,
        lots=tuple(lots),
        coming=tuple(coming),
        lead_samples=samples,
        shelf_life_days=entry.shelf_life_days or None,
        minimum=entry.minimum,
        par=entry.par,
        is_discontinued=not entry.is_active,
    )


def _entries(session: Session, item_ids: Collection[int] | None) -> list[Entry]:
    c = _I.c
    statement = sa.select(
        *(c.id, c.sku, c.name, c.unit, c.supplier, sa.func.coalesce(c.pack_quantity, 1), c.price),
        *(c.lead_time_days, c.shelf_life_days, c.reorder_point, c.par_level, c.is_active),
    ).order_by(c.id)
    statement = statement.where(c.is_active if item_ids is None else c.id.in_(item_ids))
    return [Entry(*row) for row in session.execute(statement)]


def _quoted(session: Session) -> dict[int, int | None]:
    return {one.id: one.lead_time_days for one in suppliers.suppliers(session)}


def _lots_now(session: Session, item_ids: Collection[int], today: date) -> dict[int, list[UsableLot]]:
    """The office's own lots that may be used today; where somebody says that a shelf is empty, nothing is there."""
    statement = (
        sa.select(_B.c.item_id, _L.c.expiry, sa.func.sum(_B.c.quantity))
        .join(_L, _L.c.id == _B.c.lot_id)
        .join(_O, _O.c.id == _L.c.owner_id)
        .where(
            _B.c.quantity > 0,
            _B.c.item_id.in_(item_ids),
            _L.c.state == LotState.open,
            _L.c.expiry.is_(None) | (_L.c.expiry >= today),
            _O.c.kind == OwnerKind.office,
            ~sa.tuple_(_B.c.item_id, _B.c.location_id).in_(said_empty()),
        )
        .group_by(_B.c.item_id, _L.c.expiry)
    )
    found: dict[int, list[UsableLot]] = defaultdict(list)
    for item_id, expiry, quantity in session.execute(statement).tuples():
        found[item_id].append(_usable(int(quantity), expiry, today))
    return found


def _lots_then(session: Session, day: date, zone: ZoneInfo) -> dict[int, list[UsableLot]]:
    """The same at the end of a day gone by; what has been held or recalled since was not yet, as far as known here."""
    ids = dict(session.execute(sa.select(_I.c.sku, _I.c.id)).tuples().all())
    owned = set(session.scalars(sa.select(_O.c.code).where(_O.c.kind == OwnerKind.office)))
    found: dict[int, list[UsableLot]] = defaultdict(list)
    for line in on_hand.stock_lines(session, today=day, zone=zone, as_of=day):
        if line.usable and line.owner in owned:
            found[ids[line.sku]].append(_usable(line.usable, line.expiry, day))
    return found


def _usable(quantity: int, expiry: date | None, today: date) -> UsableLot:
    """An expiry is the last day of use, and today counts."""
    return UsableLot(quantity, None if expiry is None else (expiry - today).days + 1)


def _coming_now(session: Session, today: date, now: datetime) -> dict[int, list[Coming]]:
    found: dict[int, list[Coming]] = defaultdict(list)
    for line in order_lines.open_lines(session, now=now):
        found[line.item_id].append(Coming(line.left, (today - line.placed_on).days))
    return found


def _coming_then(session: Session, item_ids: Collection[int], day: date) -> dict[int, list[Coming]]:
    found: dict[int, list[Coming]] = defaultdict(list)
    for item_id, lines in order_lines.ordered_by(session, day, item_ids).items():
        found[item_id] = [Coming(quantity, (day - placed_on).days) for quantity, placed_on in lines]
    return found


def _use(
    session: Session, item_ids: Collection[int], span: Span, zone: ZoneInfo, ever_here: Mapping[int, EverHere]
) -> dict[int, tuple[date, Sequence[float]]]:
    """The first day that counts of each item, and what was used of the office's own stock from it on."""
    wanted = daily_use(session, item_ids=item_ids, since=span.since, until=span.until).units
    shares = _office_shares(session, item_ids, span, zone)
    begun = _first_use_booked(session, span, zone)
    arrived = {item_id: ever.first_on for item_id, ever in ever_here.items()}
    found: dict[int, tuple[date, Sequence[float]]] = {}
    for item_id, units in wanted.items():
        used = next((n for n, number in enumerate(units) if number), len(units))
        first_use = span.since + timedelta(days=used)
        first = min(first_use, max(begun, min(arrived.get(item_id, first_use), first_use), span.since))
        share = shares.get(item_id, 1.0)
        found[item_id] = (first, [share * number for number in units[(first - span.since).days :]])
    return found


def _first_use_booked(session: Session, span: Span, zone: ZoneInfo) -> date:
    """The day from which this office books its use: before it, nothing booked does not mean nothing used."""
    first = session.scalar(
        sa.select(_M.c.occurred_at).where(_M.c.kind == MovementKind.issue).order_by(_M.c.id).limit(1)
    )
    return first.astimezone(zone).date() if first else span.until


def _lots_ever(session: Session, item_ids: Collection[int]) -> dict[int, EverHere]:
    own = sa.func.max(sa.case((_O.c.kind == OwnerKind.office, 1), else_=0))
    statement = (
        sa.select(_L.c.item_id, sa.func.min(_L.c.received_on), own)
        .join(_O, _O.c.id == _L.c.owner_id)
        .where(_L.c.item_id.in_(item_ids))
        .group_by(_L.c.item_id)
    )
    return {item_id: EverHere(first_on, bool(is_own)) for item_id, first_on, is_own in session.execute(statement)}


def _office_shares(session: Session, item_ids: Collection[int], span: Span, zone: ZoneInfo) -> dict[int, float]:
    """How much of the use was of the office's own stock, for items that a programme or a sample gives too."""
    shared = sa.select(_L.c.item_id).join(_O, _O.c.id == _L.c.owner_id).where(_O.c.kind != OwnerKind.office)
    start = datetime.combine(span.since, time(), zone)
    is_own = sa.case((_O.c.kind == OwnerKind.office, _M.c.quantity), else_=0)
    statement = (
        sa.select(_M.c.item_id, sa.func.sum(is_own), sa.func.sum(_M.c.quantity))
        .join(_L, _L.c.id == _M.c.lot_id)
        .join(_O, _O.c.id == _L.c.owner_id)
        .where(_M.c.kind == MovementKind.issue, _M.c.occurred_at >= start, _M.c.item_id.in_(item_ids))
        .where(_M.c.item_id.in_(shared))
        .group_by(_M.c.item_id)
    )
    return {item_id: int(own) / int(every) for item_id, own, every in session.execute(statement).tuples() if every}
