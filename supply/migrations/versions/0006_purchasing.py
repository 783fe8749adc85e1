"""Suppliers, orders and reorder suggestions."""

import sqlalchemy as sa
from alembic import op

import supply.db

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "suppliers",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(length=60), nullable=False),
        sa.Column("code_key", sa.String(length=240), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("name_key", sa.String(length=480), nullable=False),
        sa.Column("email", sa.String(length=254), nullable=True),
        sa.Column("phone", sa.String(length=40), nullable=True),
        sa.Column("lead_time_days", sa.Integer(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_suppliers")),
        sa.UniqueConstraint("code_key", name=op.f("uq_suppliers_code_key")),
    )
    with op.batch_alter_table("suppliers", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_suppliers_name_key"), ["name_key"], unique=False)

    op.create_table(
        "purchase_orders",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("number", sa.String(length=20), nullable=True),
        sa.Column("supplier_id", sa.Integer(), nullable=False),
        sa.Column("request_id", sa.Uuid(), nullable=False),
        sa.Column("placed_on", sa.Date(), nullable=False),
        sa.Column("placed_at", supply.db.Moment(timezone=True), nullable=False),
        sa.Column("placed_by_id", sa.Integer(), nullable=False),
        sa.Column(
            "state",
            sa.Enum("open", "received", "cancelled", name="orderstate", native_enum=False, length=20),
            nullable=False,
        ),
        sa.Column("closed_at", supply.db.Moment(timezone=True), nullable=True),
        sa.Column("closed_reason", sa.String(length=300), nullable=True),
        sa.ForeignKeyConstraint(["placed_by_id"], ["people.id"], name=op.f("fk_purchase_orders_placed_by_id")),
        sa.ForeignKeyConstraint(["supplier_id"], ["suppliers.id"], name=op.f("fk_purchase_orders_supplier_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_purchase_orders")),
        sa.UniqueConstraint("number", name=op.f("uq_purchase_orders_number")),
        sa.UniqueConstraint("request_id", name=op.f("uq_purchase_orders_request_id")),
    )
    with op.batch_alter_table("purchase_orders", schema=None) as batch_op:
        batch_op.create_index(
            "ix_purchase_orders_open",
            ["id"],
            unique=False,
            sqlite_where=sa.text("state = 'open'"),
            postgresql_where=sa.text("state = 'open'"),
        )
        batch_op.create_index(batch_op.f("ix_purchase_orders_supplier_id"), ["supplier_id"], unique=False)

    op.create_table(
        "purchase_order_lines",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("order_id", sa.Integer(), nullable=False),
        sa.Column("item_id", sa.Integer(), nullable=False),
        sa.Column("quantity", sa.BigInteger(), nullable=False),
        sa.Column("packs", sa.Integer(), nullable=False),
        sa.Column("suggested_packs", sa.Integer(), nullable=True),
        sa.Column("price", sa.BigInteger(), nullable=True),
        sa.Column("expected_on", sa.Date(), nullable=False),
        sa.Column("received_quantity", sa.BigInteger(), nullable=False),
        sa.Column("received_on", sa.Date(), nullable=True),
        sa.Column("closed_at", supply.db.Moment(timezone=True), nullable=True),
        sa.Column("is_cancelled", sa.Boolean(), nullable=False),
        sa.CheckConstraint("quantity > 0 AND packs > 0", name=op.f("ck_purchase_order_lines_positive")),
        sa.ForeignKeyConstraint(["item_id"], ["items.id"], name=op.f("fk_purchase_order_lines_item_id")),
        sa.ForeignKeyConstraint(["order_id"], ["purchase_orders.id"], name=op.f("fk_purchase_order_lines_order_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_purchase_order_lines")),
        sa.UniqueConstraint("order_id", "item_id", name=op.f("uq_purchase_order_lines_order_id_item_id")),
    )
    with op.batch_alter_table("purchase_order_lines", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_purchase_order_lines_closed_at"), ["closed_at"], unique=False)
        batch_op.create_index("ix_purchase_order_lines_item", ["item_id", "id"], unique=False)

    op.create_table(
        "reorder_skips",
        sa.Column("item_id", sa.Integer(), nullable=False),
        sa.Column("until", sa.Date(), nullable=False),
        sa.Column("reason", sa.String(length=300), nullable=False),
        sa.Column("skipped_at", supply.db.Moment(timezone=True), nullable=False),
        sa.Column("skipped_by_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["item_id"], ["items.id"], name=op.f("fk_reorder_skips_item_id")),
        sa.ForeignKeyConstraint(["skipped_by_id"], ["people.id"], name=op.f("fk_reorder_skips_skipped_by_id")),
        sa.PrimaryKeyConstraint("item_id", name=op.f("pk_reorder_skips")),
    )
    op.create_table(
        "reorder_suggestions",
        sa.Column("item_id", sa.Integer(), nullable=False),
        sa.Column("supplier_id", sa.Integer(), nullable=True),
        sa.Column("computed_at", supply.db.Moment(timezone=True), nullable=False),
        sa.Column("computed_for", sa.Date(), nullable=False),
        sa.Column("quantity", sa.BigInteger(), nullable=False),
        sa.Column("packs", sa.Integer(), nullable=False),
        sa.Column("usable", sa.BigInteger(), nullable=False),
        sa.Column("on_order", sa.BigInteger(), nullable=False),
        sa.Column("days_left", sa.Float(), nullable=True),
        sa.Column("lead_days", sa.Float(), nullable=False),
        sa.Column("price", sa.BigInteger(), nullable=True),
        sa.Column("reason", sa.String(length=500), nullable=False),
        sa.Column("flags", sa.String(length=200), nullable=False),
        sa.Column("numbers", sa.JSON(), nullable=False),
        sa.Column("order_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["item_id"], ["items.id"], name=op.f("fk_reorder_suggestions_item_id")),
        sa.ForeignKeyConstraint(["order_id"], ["purchase_orders.id"], name=op.f("fk_reorder_suggestions_order_id")),
        sa.ForeignKeyConstraint(["supplier_id"], ["suppliers.id"], name=op.f("fk_reorder_suggestions_supplier_id")),
        sa.PrimaryKeyConstraint("item_id", name=op.f("pk_reorder_suggestions")),
    )


def downgrade() -> None:
    raise NotImplementedError("A newer database is never taken back; restore a backup instead.")
