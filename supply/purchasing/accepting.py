"""A person's answer to suggestions: ordered as they are or with other packs, and taken back again."""

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from sqlalchemy.orm import Session

from supply.db import table_of
from supply.errors import Conflict, Invalid
from supply.purchasing import orders
from supply.purchasing.models import PurchaseOrder, ReorderSuggestion
from supply.purchasing.orders import Wanted, When
from supply.purchasing.suggestions import SuggestionLine, refresh, suggestion_lines
from supply.replenishment.rule import ReorderRules

_R = table_of(ReorderSuggestion)


def accept(
    session: Session,
    *,
    supplier_id: int,
    packs: Mapping[str, int],
    request_id: UUID,
    actor_id: int,
    when: When,
) -> PurchaseOrder:
    """Note as ordered from this supplier: so many packs by SKU; 0 leaves an item out. The form sent twice is one order.

    Raises Invalid (bad_quantity, wrong_supplier), Conflict (suggestion_gone) when one is not waiting any more.
    """
    known = session.scalar(sa.select(PurchaseOrder).where(PurchaseOrder.request_id == request_id))
    if known is not None:
        return known
    lines = {line.sku.casefold(): line for line in suggestion_lines(session) if line.is_open}
    wanted = [_wanted(lines, sku, count, supplier_id) for sku, count in packs.items() if count]
    if not wanted:
        raise Invalid("Nothing is left to order: every item has 0 packs.", code="bad_quantity")
    order = orders.place_order(
        session, supplier_id=supplier_id, wanted=wanted, request_id=request_id, actor_id=actor_id, when=when
    )
    answered = [one.item_id for one in wanted]
    session.execute(sa.update(_R).where(_R.c.item_id.in_(answered)).values(order_id=order.id))
    return order


def take_back(
    session: Session, *, number: str, reason: str, actor_id: int, now: datetime, zone: ZoneInfo, rules: ReorderRules
) -> None:
    """Cancel an order of which nothing came, and suggest its items anew. Raises NotFound, Conflict (order_arriving)."""
    items = orders.cancel_order(session, number=number, reason=reason, actor_id=actor_id, now=now)
    refresh(session, now=now, today=now.astimezone(zone).date(), zone=zone, rules=rules, item_ids=items)


def _wanted(lines: Mapping[str, SuggestionLine], sku: str, packs: int, supplier_id: int) -> Wanted:
    line = lines.get(sku.casefold())
    if line is None:
        raise Conflict(f"{sku} is not waiting to be ordered any more. Look at the page again.", code="suggestion_gone")
    if line.supplier_id != supplier_id:
        raise Invalid(f"{line.name} comes from another supplier.", code="wrong_supplier")
    return Wanted(
        item_id=line.item_id,
        packs=packs,
        pack=line.pack,
        lead_days=round(line.lead_days),
        price=line.price,
        suggested_packs=line.packs,
    )
