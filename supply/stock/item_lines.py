"""Items as lists show them: with their category's name, the rotation that holds, and their codes. Reads only."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session

from supply.stock.catalog import codes_of
from supply.stock.models import Category, Item, ItemCode, Rotation


@dataclass(frozen=True)
class ItemLine:
    """One item; `rotation` is its own, else its category's, else first in, first out."""

    item: Item
    category: str | None
    rotation: Rotation
    codes: tuple[ItemCode, ...]


def item_lines(session: Session, items: Sequence[Item]) -> list[ItemLine]:
    """These items in their order, in two statements however many they are."""
    wanted = {item.category_id for item in items if item.category_id is not None}
    categories = {row.id: row for row in session.scalars(sa.select(Category).where(Category.id.in_(wanted)))}
    codes: dict[int, list[ItemCode]] = defaultdict(list)
    for code in codes_of(session, [item.id for item in items]):
        codes[code.item_id].append(code)
    lines = []
    for item in items:
        category = categories.get(item.category_id or 0)
        rotation = item.rotation or (category.rotation if category else None) or Rotation.fifo
        lines.append(ItemLine(item, category.name if category else None, rotation, tuple(codes[item.id])))
    return lines
