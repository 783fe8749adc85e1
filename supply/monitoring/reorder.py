"""Items that run low or are gone, and that nobody has ordered yet. Without a reorder point above 0 it is silent."""

from sqlalchemy.orm import Session

from supply.alerts.audience import MANAGER
from supply.alerts.book import Cause
from supply.monitoring.limits import Limits, When
from supply.stations.answers import units_words
from supply.stock.item_states import ItemState, item_states

KINDS = ("reorder",)
GONE = {"reorder": "There is enough again, or it is on its way."}
LINK = "/reorder"


def causes(session: Session, when: When, limits: Limits) -> list[Cause]:
    """What is short, by item."""
    found = (short_cause(item, 0) for item in item_states(session, today=when.today, soon_days=0))
    return [cause for cause in found if cause is not None]


def short_cause(item: ItemState, on_order: int) -> Cause | None:
    """What is to be said of one item with so many base units on their way; None when nothing is to decide. PURE."""
    if not item.reorder_point or not item.is_short:
        return None
    if not item.is_out and item.usable + on_order >= item.reorder_point:
        return None
    left, point = units_words(item.usable, item.unit), units_words(item.reorder_point, item.unit)
    if item.is_out:
        expired = f" {units_words(item.expired, item.unit)} on the shelf have expired." if item.expired else ""
        coming = f" {units_words(on_order, item.unit)} are on order." if on_order else " Order it now."
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
