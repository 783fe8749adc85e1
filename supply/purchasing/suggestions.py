"""What should be ordered: gathers stock, use, orders and lead times, asks the rule, and keeps what it said.

Must never order by itself: a suggestion waits for a person.
"""

from collections.abc import Collection
from dataclasses import asdict, dataclass
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from sqlalchemy.orm import Session

from supply.audit import chain
from supply.db import table_of
from supply.errors import Invalid, NotFound
from supply.purchasing import orders, reasons, suppliers
from supply.purchasing.gathering import Gathered, gather
from supply.purchasing.models import ReorderSkip, ReorderSuggestion, Supplier
from supply.replenishment.rule import ReorderRules, Suggestion, suggest
from supply.stock.catalog import find_item
from supply.stock.lots import expiry_words
from supply.stock.models import Item
from supply.stock.shelf_requests import SHELF_EMPTY, shelf_requests

LONGEST_SKIP_DAYS = 366
REASON_LENGTH = 300
ASKED = "asked"  # somebody at the shelf wants it
MOST_ASKED = 5_000

_R, _S, _I, _K = (table_of(model) for model in (ReorderSuggestion, Supplier, Item, ReorderSkip))


@dataclass(frozen=True)
class SuggestionLine:
    """How one item stood at the last check, in base units and packs; `quantity` 0 where nothing is needed.

    `cost` is of the whole, `price` of one pack, both in 1/10,000. `skipped_until` and `order_id` say that a person has
    answered it since.
    """

    item_id: int
    sku: str
    name: str
    unit: str
    supplier_id: int | None
    supplier: str | None
    quantity: int
    packs: int
    pack: int
    price: int | None
    reason: str
    remarks: tuple[str, ...]
    flags: tuple[str, ...]
    usable: int
    on_order: int
    days_left: float | None
    lead_days: float
    numbers: dict[str, Any]
    computed_at: datetime
    skipped_until: date | None
    skip_reason: str | None
    order_id: int | None

    @property
    def cost(self) -> int | None:
        """What the suggested packs cost, where the price is known."""
        return None if self.price is None else self.price * self.packs

    @property
    def is_open(self) -> bool:
        """Whether a person should decide about it."""
        return self.quantity > 0 and self.skipped_until is None and self.order_id is None


@dataclass(frozen=True)
class Explained:
    """One item as the rule sees it now, with the words."""

    gathered: Gathered
    suggestion: Suggestion
    reason: str
    remarks: tuple[str, ...]


def refresh(
    session: Session,
    *,
    now: datetime,
    today: date,
    zone: ZoneInfo,
    rules: ReorderRules,
    item_ids: Collection[int] | None = None,
) -> int:
    """Replace the suggestion of every active item (or of these); how many of them should be ordered.

    Use is read as it was rolled up by day. Also notes what came of open orders, and makes the suppliers that only items
    name.
    """
    orders.settle(session, now=now, zone=zone)
    named = sa.select(_I.c.supplier).where(_I.c.supplier.is_not(None), _I.c.is_active).distinct()
    suppliers.ensure_suppliers(session, sorted(filter(None, session.scalars(named))), actor_id=None, now=now)
    session.execute(sa.delete(_K).where(_K.c.until <= today))
    gathered = gather(session, today=today, now=now, zone=zone, item_ids=item_ids)
    asked = _asked_for(session, zone)
    rows = [
        _row(one, suggest(one.now, rules), today, now, asked.get(one.entry.id))
        for one in gathered
        if one.entry.is_active
    ]
    gone = sa.delete(_R)
    session.execute(gone if item_ids is None else gone.where(_R.c.item_id.in_(item_ids)))
    if rows:
        session.execute(sa.insert(_R), rows)
    return sum(row["quantity"] > 0 for row in rows)


def suggestions_at(
    session: Session, *, today: date, now: datetime, zone: ZoneInfo, rules: ReorderRules
) -> list[tuple[Gathered, Suggestion]]:
    """What the rule says of every active item on that day, now or gone by; nothing is kept."""
    gathered = gather(session, today=today, now=now, zone=zone)
    return [(one, suggest(one.now, rules)) for one in gathered]


def explain(
    session: Session, sku: str, *, now: datetime, today: date, zone: ZoneInfo, rules: ReorderRules
) -> Explained:
    """What the rule says of one item at this moment, and why. Raises NotFound."""
    item = find_item(session, sku)
    (one,) = gather(session, today=today, now=now, zone=zone, item_ids=[item.id])
    said = suggest(one.now, rules)
    return Explained(one, said, reasons.sentence(said, today=today), reasons.remarks(said))


def suggestion_lines(session: Session, *, item_ids: Collection[int] | None = None) -> list[SuggestionLine]:
    """Every item as it stood at the last check, by supplier and then by how soon it runs out."""
    c = _R.c
    statement = (
        sa.select(
            *(c.item_id, _I.c.sku, _I.c.name, _I.c.unit, c.supplier_id, _S.c.name.label("supplier"), c.quantity),
            *(c.packs, c.price, c.reason, c.flags, c.usable, c.on_order, c.days_left, c.lead_days, c.numbers),
            *(c.computed_at, c.order_id, _K.c.until, _K.c.reason.label("skip_reason")),
        )
        .join(_I, _I.c.id == c.item_id)
        .outerjoin(_S, _S.c.id == c.supplier_id)
        .outerjoin(_K, _K.c.item_id == c.item_id)
    )
    if item_ids is not None:
        statement = statement.where(c.item_id.in_(item_ids))
    lines = [_suggestion_line(row) for row in session.execute(statement)]
    return sorted(lines, key=_urgency)


def last_check(session: Session) -> datetime | None:
    """When suggestions were last made; None when never."""
    return session.scalar(sa.select(ReorderSuggestion.computed_at).order_by(_R.c.computed_at.desc()).limit(1))


def skip(
    session: Session, *, sku: str, reason: str, until: date, actor_id: int, now: datetime, today: date
) -> ReorderSkip:
    """Do not suggest this item before `until`. Raises NotFound, Invalid (bad_field)."""
    item = find_item(session, sku)
    said = " ".join(reason.split())
    if not said or len(said) > REASON_LENGTH or not said.isprintable():
        raise Invalid(f"Say why, in 1 to {REASON_LENGTH} printable characters.", code="bad_field")
    if not today < until <= today + timedelta(days=LONGEST_SKIP_DAYS):
        raise Invalid("Choose a day after today and within a year.", code="bad_field")
    row = session.get(ReorderSkip, item.id) or ReorderSkip(item_id=item.id)
    row.reason, row.until, row.skipped_at, row.skipped_by_id = said, until, now, actor_id
    session.add(row)
    session.flush()
    _record(session, item, "reorder.skip", actor_id, now, {"until": until.isoformat(), "reason": said})
    return row


def unskip(session: Session, *, sku: str, actor_id: int, now: datetime) -> None:
    """Suggest this item again. Raises NotFound when it is not skipped."""
    item = find_item(session, sku)
    row = session.get(ReorderSkip, item.id)
    if row is None:
        raise NotFound(f"{item.name} is not put off.")
    session.delete(row)
    session.flush()
    _record(session, item, "reorder.unskip", actor_id, now, {})


def _record(session: Session, item: Item, action: str, actor_id: int, now: datetime, details: dict[str, Any]) -> None:
    chain.record(session, at=now, actor_id=actor_id, action=action, subject=f"item {item.sku}", details=details)


def _asked_for(session: Session, zone: ZoneInfo) -> dict[int, str]:
    """Of each item that somebody asked for at a shelf, the words; a shelf said to be empty comes before."""
    found: dict[int, str] = {}
    for line in sorted(shelf_requests(session, limit=MOST_ASKED), key=lambda one: one.kind != SHELF_EMPTY):
        day = expiry_words(line.last_asked_at.astimezone(zone).date())
        what = "Said to be empty at the shelf" if line.kind == SHELF_EMPTY else "Asked for at the shelf"
        found.setdefault(line.item_id, f"{what} in {line.place} on {day}.")
    return found


def _row(one: Gathered, said: Suggestion, today: date, now: datetime, asked: str | None) -> dict[str, Any]:
    numbers = asdict(said)
    numbers["pack"], numbers["remarks"] = one.entry.pack, list(reasons.remarks(said))
    reason = " ".join(filter(None, (asked, reasons.sentence(said, today=today))))
    return {
        "item_id": one.entry.id,
        "supplier_id": one.supplier_id,
        "computed_at": now,
        "computed_for": today,
        "quantity": said.quantity,
        "packs": said.packs,
        "usable": said.usable,
        "on_order": said.coming,
        "days_left": said.days_left,
        "lead_days": said.lead.mean,
        "price": one.entry.price,
        "reason": reason[:500],
        "flags": " ".join((*said.flags, *([ASKED] if asked else []))),
        "numbers": numbers,
        "order_id": None,
    }


def _suggestion_line(row: Any) -> SuggestionLine:
    return SuggestionLine(
        item_id=row.item_id,
        sku=row.sku,
        name=row.name,
        unit=row.unit,
        supplier_id=row.supplier_id,
        supplier=row.supplier,
        quantity=row.quantity,
        packs=row.packs,
        pack=row.numbers["pack"],
        price=row.price,
        reason=row.reason,
        remarks=tuple(row.numbers["remarks"]),
        flags=tuple(row.flags.split()),
        usable=row.usable,
        on_order=row.on_order,
        days_left=row.days_left,
        lead_days=row.lead_days,
        numbers=row.numbers,
        computed_at=row.computed_at,
        skipped_until=row.until,
        skip_reason=row.skip_reason,
        order_id=row.order_id,
    )


def _urgency(line: SuggestionLine) -> tuple[bool, str, bool, float, str]:
    left = float("inf") if line.days_left is None else line.days_left
    supplier = (line.supplier or "").casefold()
    return (line.supplier is None, supplier, ASKED not in line.flags, left - line.lead_days, line.name.casefold())
