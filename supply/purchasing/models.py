"""Tables of suppliers, orders and reorder suggestions. Columns only.

What came of an order is never typed: it is matched from the receipts of the ledger; the columns `received_*` keep the
outcome of lines that are settled.
"""

from datetime import date, datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from supply.db import Base, Moment


class OrderState(StrEnum):
    """Where an order stands: still coming, all here, or taken back."""

    open = "open"
    received = "received"
    cancelled = "cancelled"


class Supplier(Base):
    """Who sends supplies. Items name it by its code or its name, as text."""

    __tablename__ = "suppliers"

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(sa.String(60))
    code_key: Mapped[str] = mapped_column(sa.String(240), unique=True)  # folded, for databases fold ASCII only
    name: Mapped[str] = mapped_column(sa.String(120))
    name_key: Mapped[str] = mapped_column(sa.String(480), index=True)
    email: Mapped[str | None] = mapped_column(sa.String(254))
    phone: Mapped[str | None] = mapped_column(sa.String(40))
    lead_time_days: Mapped[int | None]


class PurchaseOrder(Base):
    """What was ordered from one supplier at one time. `request_id` is the form's: sent twice, it is one order."""

    __tablename__ = "purchase_orders"
    __table_args__ = (
        sa.Index(
            "ix_purchase_orders_open",
            "id",
            sqlite_where=sa.text("state = 'open'"),
            postgresql_where=sa.text("state = 'open'"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    number: Mapped[str | None] = mapped_column(sa.String(20), unique=True)  # from the id, in the same transaction
    supplier_id: Mapped[int] = mapped_column(sa.ForeignKey("suppliers.id"), index=True)
    request_id: Mapped[UUID] = mapped_column(sa.Uuid, unique=True)
    placed_on: Mapped[date]
    placed_at: Mapped[datetime] = mapped_column(Moment)
    placed_by_id: Mapped[int] = mapped_column(sa.ForeignKey("people.id"))
    state: Mapped[OrderState] = mapped_column(
        sa.Enum(
            OrderState,
            native_enum=False,
            length=20,
            values_callable=lambda e: [m.value for m in e],
            validate_strings=True,
        ),
        default=OrderState.open,
    )
    closed_at: Mapped[datetime | None] = mapped_column(Moment)
    closed_reason: Mapped[str | None] = mapped_column(sa.String(300))


class PurchaseOrderLine(Base):
    """So many packs of one item: `quantity` in base units, `price` per pack (1/10,000), `suggested_packs` before edits.

    `closed_at` says that nothing more of it is expected: it came, or the rest was cancelled.
    """

    __tablename__ = "purchase_order_lines"
    __table_args__ = (
        sa.UniqueConstraint("order_id", "item_id"),
        sa.CheckConstraint("quantity > 0 AND packs > 0", name="positive"),
        sa.Index("ix_purchase_order_lines_item", "item_id", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    order_id: Mapped[int] = mapped_column(sa.ForeignKey("purchase_orders.id"))
    item_id: Mapped[int] = mapped_column(sa.ForeignKey("items.id"))
    quantity: Mapped[int] = mapped_column(sa.BigInteger)
    packs: Mapped[int]
    suggested_packs: Mapped[int | None]
    price: Mapped[int | None] = mapped_column(sa.BigInteger)
    expected_on: Mapped[date]
    received_quantity: Mapped[int] = mapped_column(sa.BigInteger, default=0)
    received_on: Mapped[date | None]  # of the last units
    closed_at: Mapped[datetime | None] = mapped_column(Moment, index=True)
    is_cancelled: Mapped[bool] = mapped_column(default=False)


class ReorderSuggestion(Base):
    """How one item stood at the last check and what the rule said; replaced by every check.

    `quantity` is in base units, 0 where nothing is needed; `numbers` is everything behind it; `order_id` is the order
    that answered it since.
    """

    __tablename__ = "reorder_suggestions"

    item_id: Mapped[int] = mapped_column(sa.ForeignKey("items.id"), primary_key=True)
    supplier_id: Mapped[int | None] = mapped_column(sa.ForeignKey("suppliers.id"))
    computed_at: Mapped[datetime] = mapped_column(Moment)
    computed_for: Mapped[date]
    quantity: Mapped[int] = mapped_column(sa.BigInteger)
    packs: Mapped[int]
    usable: Mapped[int] = mapped_column(sa.BigInteger)
    on_order: Mapped[int] = mapped_column(sa.BigInteger)
    days_left: Mapped[float | None]
    lead_days: Mapped[float]
    price: Mapped[int | None] = mapped_column(sa.BigInteger)  # of one pack, 1/10,000
    reason: Mapped[str] = mapped_column(sa.String(500))
    flags: Mapped[str] = mapped_column(sa.String(200), default="")  # words between spaces: late would-expire …
    numbers: Mapped[dict[str, Any]] = mapped_column(sa.JSON)
    order_id: Mapped[int | None] = mapped_column(sa.ForeignKey("purchase_orders.id"))


class ReorderSkip(Base):
    """A person's word that an item is not to be ordered before `until`, and why."""

    __tablename__ = "reorder_skips"

    item_id: Mapped[int] = mapped_column(sa.ForeignKey("items.id"), primary_key=True)
    until: Mapped[date]
    reason: Mapped[str] = mapped_column(sa.String(300))
    skipped_at: Mapped[datetime] = mapped_column(Moment)
    skipped_by_id: Mapped[int] = mapped_column(sa.ForeignKey("people.id"))
