"""PURE: which receipts belong to which order, without anybody matching them: first ordered is first received.

>>> from datetime import UTC, datetime, timedelta
>>> monday = datetime(2026, 11, 2, tzinfo=UTC)
>>> lines = [Ordered(1, 100, monday), Ordered(2, 50, monday + timedelta(days=1))]
>>> matched(lines, [Receipt(120, monday + timedelta(days=5))])[2].quantity
20
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True)
class Ordered:
    """A line of an order of one item: so many units since a moment; after `until` nothing counts for it any more."""

    line_id: int
    quantity: int
    placed_at: datetime
    until: datetime | None = None


@dataclass(frozen=True)
class Receipt:
    """Units of the item that came in at a moment."""

    quantity: int
    at: datetime


@dataclass(frozen=True)
class Arrived:
    """What came of a line so far, and when its last units did."""

    quantity: int = 0
    last_at: datetime | None = None


def matched(lines: Sequence[Ordered], receipts: Sequence[Receipt]) -> dict[int, Arrived]:
    """What came of each line of one item. A receipt fills the oldest line placed before it, the rest the next ones;
    what nobody ordered is left over."""
    arrived = {line.line_id: Arrived() for line in lines}
    in_order = sorted(lines, key=lambda line: (line.placed_at, line.line_id))
    for receipt in sorted(receipts, key=lambda one: one.at):
        left = receipt.quantity
        for line in in_order:
            so_far = arrived[line.line_id].quantity
            is_due = line.placed_at < receipt.at and (line.until is None or receipt.at <= line.until)
            taken = min(left, line.quantity - so_far) if is_due else 0
            if taken:
                arrived[line.line_id] = Arrived(so_far + taken, receipt.at)
                left -= taken
    return arrived
