"""Short words for tests of ordering: use on every day, a check, an order, a day gone by."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID, uuid4

import sqlalchemy as sa

from supply.db import table_of
from supply.purchasing import accepting, orders
from supply.purchasing.models import PurchaseOrder
from supply.purchasing.orders import When
from supply.purchasing.suggestions import SuggestionLine, refresh, suggestion_lines
from supply.purchasing.suppliers import find_supplier
from supply.replenishment.rule import ReorderRules
from supply.stock.catalog import find_item
from supply.stock.locations import find_place
from supply.stock.models import DailyUsage
from tests.factories import ZONE, Office

RULES = ReorderRules(review_days=7, cover_days=14, safety_factor=2.05)
HARBOR = "Harbor Medical"


@dataclass
class Buying:
    """An office that orders."""

    office: Office

    def item(self, sku: str = "GLOVE-M", *, per_day: int = 2, days: int = 100, **fields: object) -> None:
        """An item of Harbor Medical in packs of 10, used every day until yesterday."""
        known = {"supplier": HARBOR, "pack_quantity": 10, "lead_time_days": 7, "price": 50_000}
        gtin = fields.pop("gtin", None)
        self.office.item(sku, gtin=gtin, **{**known, **fields})  # type: ignore[arg-type]
        self.used(sku, per_day, days)

    def used(self, sku: str, per_day: int, days: int) -> None:
        """Use of the past, as an import brings it in."""

        def fill(session: sa.orm.Session) -> None:
            item, place = find_item(session, sku).id, find_place(session, "STOREROOM").id
            rows = [
                {"item_id": item, "used_on": self.today - timedelta(days=n), "location_id": place, "department": ""}
                for n in range(1, days + 1)
            ]
            if rows and per_day:
                session.execute(sa.insert(table_of(DailyUsage)), [{**row, "quantity": per_day} for row in rows])

        self.office.db.transact(fill)

    @property
    def today(self) -> date:
        """The office's date."""
        return self.office.today

    def arrives(self, sku: str, quantity: int, **fields: object) -> None:
        """Units come in by scan."""
        stored = self.office.scan(sku, "receive", quantity=quantity, **fields)
        assert stored.status == 201, stored.answer

    def check(self) -> int:
        """What the nightly job does."""
        return self.office.db.transact(
            lambda session: refresh(session, now=self.office.now, today=self.today, zone=ZONE, rules=RULES)
        )

    def line(self, sku: str = "GLOVE-M") -> SuggestionLine:
        """How an item stood at the last check."""
        with self.office.db.read_session() as session:
            return next(line for line in suggestion_lines(session) if line.sku == sku)

    def open_skus(self) -> list[str]:
        """What waits to be ordered."""
        with self.office.db.read_session() as session:
            return [line.sku for line in suggestion_lines(session) if line.is_open]

    def order(
        self, packs: Mapping[str, int] | None = None, *, supplier: str = HARBOR, key: UUID | None = None
    ) -> PurchaseOrder:
        """The manager orders: these packs, else all that is suggested."""

        def accept(session: sa.orm.Session) -> PurchaseOrder:
            chosen = {line.sku: line.packs for line in suggestion_lines(session) if line.is_open}
            return accepting.accept(
                session,
                supplier_id=find_supplier(session, supplier).id,
                packs=chosen if packs is None else packs,
                request_id=key or uuid4(),
                actor_id=self.office.local.person_id,
                when=When(self.office.now, self.today),
            )

        return self.office.db.transact(accept)

    def take_back(self, number: str) -> None:
        """Undo an order."""
        self.office.db.transact(
            lambda session: accepting.take_back(
                session,
                number=number,
                reason="undone",
                actor_id=self.office.local.person_id,
                now=self.office.now,
                zone=ZONE,
                rules=RULES,
            )
        )

    def settle(self) -> int:
        """Note what came of the open orders."""
        return self.office.db.transact(lambda session: orders.settle(session, now=self.office.now, zone=ZONE))
