"""A year of orders of the demonstration office, so that lead times are learnt, a few on their way, and suggestions."""

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from datetime import date, datetime, time, timedelta
from random import Random
from uuid import uuid5
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from sqlalchemy.orm import Session

from supply.demo.posting import NAMESPACE, Clerk
from supply.demo.simulation import SEED, Stream
from supply.demo.staffing import Hired
from supply.purchasing import accepting, suppliers
from supply.purchasing.orders import Wanted, When, place_order
from supply.purchasing.suggestions import SuggestionLine, refresh, suggestion_lines
from supply.replenishment.rule import ReorderRules
from supply.staff.permissions import Role
from supply.stock.models import Item, Lot
from supply.stock.owners import OFFICE
from supply.stock.rolling_up import last_settled_movement, roll_up, up_to_date

PAST_DAYS = 300
LATE_DAYS = 30
Key = tuple[str, date]  # a supplier's name and the day of an order


def place_orders(
    clerk: Clerk, streams: Sequence[Stream], *, zone: ZoneInfo, rules: ReorderRules, now: datetime
) -> None:
    """Orders behind the receipts of the last months, one that is late, one under way, and what to order next."""
    session, hired = clerk.session, clerk.staff[Role.manager]
    today = now.astimezone(zone).date()
    _add_suppliers(session, hired, now)
    known = suppliers.ids_by_text(session)
    for (name, placed_on), wanted in sorted(_past(clerk, streams, today).items()):
        _place(session, known[suppliers.folded(name)], wanted, hired, _morning(placed_on, zone))
    while not roll_up(session, upto=last_settled_movement(session), zone=zone).is_finished:
        pass
    up_to_date(session, now=now)
    refresh(session, now=now, today=today, zone=zone, rules=rules)
    _order_some(session, hired, today, zone)
    refresh(session, now=now, today=today, zone=zone, rules=rules)


def _add_suppliers(session: Session, hired: Hired, now: datetime) -> None:
    """Each supplier that an item names, with made-up addresses under names kept for examples."""
    names = sa.select(Item.supplier).where(Item.supplier.is_not(None)).distinct()
    for number, name in enumerate(sorted(filter(None, session.scalars(names)))):
        code = "".join(word[0] for word in name.split()).upper() + f"{number + 1:02}"
        mail = f"orders@{name.lower().replace(' ', '-')}.example"
        by = hired.actor.person_id
        phone = f"+1 555 01{number:02}"
        suppliers.add_supplier(session, code=code, name=name, actor_id=by, now=now, email=mail, phone=phone)


def _past(clerk: Clerk, streams: Sequence[Stream], today: date) -> dict[Key, list[Wanted]]:
    """What must have been ordered when for the office's receipts to have come as they did."""
    orders: dict[Key, dict[int, Wanted]] = defaultdict(dict)
    for stream in streams:
        for placed_on, quantity in _placed(stream, today) if stream.owner == OFFICE else ():
            item = stream.item
            wanted = Wanted(
                item_id=clerk.items[item.sku],
                packs=max(1, quantity // item.box),
                pack=item.box,
                lead_days=item.lead_days,
                price=round(float(item.price) * 10_000),
            )
            orders[item.supplier, placed_on].setdefault(wanted.item_id, wanted)
    return {key: list(wanted.values()) for key, wanted in orders.items()}


def _placed(stream: Stream, today: date) -> Iterator[tuple[date, int]]:
    """Days of orders and units, oldest first; two deliveries of an item were never ordered in the wrong order."""
    random = Random(f"{SEED}/orders/{stream.item.sku}")  # noqa: S311 - a story, not a secret
    last = date.min
    for move in stream.moves:
        if move.kind == "receipt" and (today - move.day).days <= PAST_DAYS and not move.quantity % stream.item.box:
            lead = stream.item.lead_days + random.choice((0, 0, 1, 2, 2, 4))
            last = max(last + timedelta(days=1), move.day - timedelta(days=lead))
            if last < move.day:
                yield last, move.quantity


def _place(session: Session, supplier_id: int, wanted: list[Wanted], hired: Hired, moment: datetime) -> None:
    key = uuid5(NAMESPACE, f"order/{supplier_id}/{moment.date()}")
    when = When(moment, moment.date())
    by = hired.actor.person_id
    place_order(session, supplier_id=supplier_id, wanted=wanted, request_id=key, actor_id=by, when=when)


def _order_some(session: Session, hired: Hired, today: date, zone: ZoneInfo) -> None:
    """One supplier was ordered from yesterday; one item that has not come for weeks was ordered long ago."""
    waiting = [line for line in suggestion_lines(session) if line.is_open]
    per_supplier = Counter(line.supplier_id for line in waiting)
    chosen = min(per_supplier, key=lambda supplier_id: (per_supplier[supplier_id], supplier_id or 0), default=None)
    received = sa.select(Lot.item_id, sa.func.max(Lot.received_on)).group_by(Lot.item_id)
    latest = dict(session.execute(received).tuples().all())
    long_ago = today - timedelta(days=LATE_DAYS)
    overdue = [line for line in waiting if line.supplier_id != chosen and latest[line.item_id] < long_ago][:1]
    _accept(session, [line for line in waiting if line.supplier_id == chosen], hired, today - timedelta(days=1), zone)
    _accept(session, overdue, hired, long_ago, zone)


def _accept(session: Session, lines: list[SuggestionLine], hired: Hired, day: date, zone: ZoneInfo) -> None:
    if lines and lines[0].supplier_id is not None:
        accepting.accept(
            session,
            supplier_id=lines[0].supplier_id,
            packs={line.sku: line.packs for line in lines},
            request_id=uuid5(NAMESPACE, f"accepted/{lines[0].supplier_id}/{day}"),
            actor_id=hired.actor.person_id,
            when=When(_morning(day, zone), day),
        )


def _morning(day: date, zone: ZoneInfo) -> datetime:
    """Before the day's deliveries are booked in."""
    return datetime.combine(day, time(7, 30), zone)
