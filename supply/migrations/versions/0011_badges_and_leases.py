"""A badge scanned at two stations at once is doubted, a label is leased to an agent; people lose an unused column."""

import sqlalchemy as sa
from alembic import op

import supply.db

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("badges", schema=None) as batch_op:
        batch_op.add_column(sa.Column("doubted_at", supply.db.Moment(timezone=True), nullable=True))
        batch_op.add_column(sa.Column("doubted_stations", sa.String(length=90), nullable=True))
    with op.batch_alter_table("print_jobs", schema=None) as batch_op:
        batch_op.add_column(sa.Column("lease", sa.Uuid(), nullable=True))
        batch_op.create_index(
            "uq_print_jobs_lease",
            ["lease"],
            unique=True,
            sqlite_where=sa.text("lease IS NOT NULL AND state = 'sending'"),
            postgresql_where=sa.text("lease IS NOT NULL AND state = 'sending'"),
        )
    with op.batch_alter_table("people", schema=None) as batch_op:
        batch_op.drop_constraint("uq_people_badge_hash", type_="unique")
        batch_op.drop_column("badge_hash")
