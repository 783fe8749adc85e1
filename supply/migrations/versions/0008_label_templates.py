"""Label templates of the office, and print jobs that forget what was on them."""

import sqlalchemy as sa
from alembic import op

import supply.db

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "label_templates",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("name_key", sa.String(length=240), nullable=False),
        sa.Column("paper", sa.String(length=40), nullable=False),
        sa.Column("design", sa.JSON(), nullable=False),
        sa.Column("preset", sa.String(length=40), nullable=True),
        sa.Column("is_default", sa.Boolean(), nullable=False),
        sa.Column("changed_at", supply.db.Moment(timezone=True), nullable=False),
        sa.Column("changed_by_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["changed_by_id"], ["people.id"], name=op.f("fk_label_templates_changed_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_label_templates")),
        sa.UniqueConstraint("kind", "name_key", name=op.f("uq_label_templates_kind_name_key")),
    )
    with op.batch_alter_table("label_templates", schema=None) as batch_op:
        batch_op.create_index(
            "uq_label_templates_default",
            ["kind", "paper"],
            unique=True,
            sqlite_where=sa.text("is_default = 1"),
            postgresql_where=sa.text("is_default"),
        )
    with op.batch_alter_table("print_jobs", schema=None) as batch_op:
        batch_op.add_column(sa.Column("forget", sa.Boolean(), server_default=sa.false(), nullable=False))
