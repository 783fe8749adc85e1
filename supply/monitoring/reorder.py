"""Items that run low or are gone and that nobody has answered yet, and how many suggestions wait as one line.

Without a reorder point above 0 an item is never low: an alarm at nothing is a false one.
"""

from collections.abc import Mapping, Sequence

from sqlalchemy.orm import Session

from supply.alerts.audience import MANAGER
from supply.alerts.book import Cause
from supply.monitoring.limits import Limits, When
from supply.purchasing.suggestions import SuggestionLine, suggestion_lines
from supply.stations.answers import units_words
from supply.stock.item_states import ItemState, item_states

KINDS = ("reorder", "suggestions")
GONE = {
    "reorder": "There is enough again, it is on its way, or it was put off.",
    "suggestions": "Every suggestion is answered.",
}
LINK = "/reorder"


def causes(session: Session, when: When, limits: Limits) -> list[Cause]:
    """What is short, by item, and what the last check suggests to order."""
    lines = suggestion_lines(session)
    return _short(item_states(session, today=when.today, soon_days=0), lines) + suggestions_cause(lines)


def _short(items: Sequence[ItemState], lines: Sequence[SuggestionLine]) -> list[Cause]:
    by_item: Mapping[int, SuggestionLine] = {line.item_id: line for line in lines}
    found = (short_cause(item, by_item.get(item.item_id)) for item in items)
    return [cause for cause in found if cause is not None]


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


def suggestions_cause(lines: Sequence[SuggestionLine]) -> list[Cause]:
    """How many suggestions wait, from how many suppliers, as one alert; none without any. PURE."""
    waiting = [line for line in lines if line.is_open]
    if not waiting:
        return []
    suppliers = {line.supplier for line in waiting if line.supplier}
    many = f"{len(waiting):,} item{'' if len(waiting) == 1 else 's'} to order"
    whom = f" from {len(suppliers):,} supplier{'' if len(suppliers) == 1 else 's'}" if suppliers else ""
    return [
        Cause(
            kind="suggestions",
            subject="reorder",
            severity="note",
            message=f"{many}{whom}. Look them through and order.",
            link=LINK,
            role=MANAGER,
            verb="See the list",
            value=sum(line.cost or 0 for line in waiting) or None,
            group_words="lists of suggestions wait",
            group_link=LINK,
        )
    ]
