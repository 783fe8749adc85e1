"""Items that run low or are gone and that nobody has answered yet, and how many suggestions wait as one line.

Without a reorder point above 0 an item is never low: an alarm at nothing is a false one.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session

from supply.alerts.audience import MANAGER
from supply.alerts.book import Cause
from supply.db import table_of
from supply.monitoring.limits import Limits, When
from supply.purchasing.models import ReorderSkip, ReorderSuggestion
from supply.purchasing.suggestions import SuggestionLine, suggestion_lines
from supply.stations.answers import units_words
from supply.stock.item_states import ItemState, item_states
from supply.stock.models import Item

KINDS = ("reorder", "suggestions")
GONE = {
    "reorder": "There is enough again, it is on its way, or it was put off.",
    "suggestions": "Every suggestion is answered.",
}
LINK = "/reorder"
_R, _K = table_of(ReorderSuggestion).c, table_of(ReorderSkip).c


@dataclass(frozen=True)
class Waiting:
    """How many suggestions wait for a person, from how many suppliers, at what known cost (1/10,000)."""

    items: int
    suppliers: int
    cost: int


def causes(session: Session, when: When, limits: Limits) -> list[Cause]:
    """What is short, by item, and what the last check suggests to order."""
    return _short(session, item_states(session, today=when.today, soon_days=0)) + suggestions_cause(_waiting(session))


def followed(session: Session, when: When, limits: Limits, subjects: Collection[str]) -> list[Cause]:
    """The same of what stands already: the whole catalogue is looked at once a day only."""
    skus = [subject.removeprefix("item ") for subject in subjects]
    ids = list(session.scalars(sa.select(Item.id).where(Item.sku.in_(skus))))
    items = item_states(session, today=when.today, soon_days=0, item_ids=ids) if ids else []
    return _short(session, items) + suggestions_cause(_waiting(session))


def _short(session: Session, items: Sequence[ItemState]) -> list[Cause]:
    low = [item for item in items if item.is_short]
    said = {line.item_id: line for line in suggestion_lines(session, item_ids=[item.item_id for item in low])}
    found = (short_cause(item, said.get(item.item_id)) for item in low)
    return [cause for cause in found if cause is not None]


def _waiting(session: Session) -> Waiting:
    skipped = sa.exists().where(_K.item_id == _R.item_id)
    cost = sa.func.coalesce(sa.func.sum(_R.price * _R.packs), 0)
    statement = sa.select(sa.func.count(), sa.func.count(_R.supplier_id.distinct()), cost)
    row = session.execute(statement.where(_R.quantity > 0, _R.order_id.is_(None), ~skipped)).one()
    return Waiting(int(row[0]), int(row[1]), int(row[2]))


def short_cause(item: ItemState, line: SuggestionLine | None) -> Cause | None:
    """What is to be said of one item; `line` is what the last check said of it. None where nothing is to decide."""
    if not item.reorder_point or not item.is_short or (line is not None and line.skipped_until is not None):
        return None
    on_order = _on_order(line)
    if not item.is_out and item.usable + on_order >= item.reorder_point:
        return None
    left, point = units_words(item.usable, item.unit), units_words(item.reorder_point, item.unit)
    if item.is_out:
        expired = f" {units_words(item.expired, item.unit)} on the shelf have expired." if item.expired else ""
        coming = f" {units_words(on_order, item.unit)} on order." if on_order else " Order it now."
        severity, message = "short" if on_order else "stop", f"{item.name}: none left to use.{expired}{coming}"
    else:
        severity, message = "short", f"{item.name}: {left} left, reorder at {point}. Order it."
    return Cause(
        kind="reorder",
        subject=f"item {item.sku}",
        severity=severity,
        message=message,
        link=LINK,
        role=MANAGER,
        verb="Order",
        group_words="items are gone" if item.is_out else "items run low",
        group_link=LINK,
    )


def _on_order(line: SuggestionLine | None) -> int:
    """Base units on their way: those of the last check, and those that a person ordered upon it."""
    if line is None:
        return 0
    return line.on_order + (line.quantity if line.order_id is not None else 0)


def suggestions_cause(waiting: Waiting) -> list[Cause]:
    """How many suggestions wait, as one alert; none without any. PURE."""
    if not waiting.items:
        return []
    many = f"{waiting.items:,} item{'' if waiting.items == 1 else 's'} to order"
    whom = f" from {waiting.suppliers:,} supplier{'' if waiting.suppliers == 1 else 's'}" if waiting.suppliers else ""
    return [
        Cause(
            kind="suggestions",
            subject="reorder",
            severity="note",
            message=f"{many}{whom}. Look them through and order.",
            link=LINK,
            role=MANAGER,
            verb="See the list",
            value=waiting.cost or None,
            group_words="lists of suggestions wait",
            group_link=LINK,
        )
    ]
