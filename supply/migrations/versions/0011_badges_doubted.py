"""A badge that was scanned at two stations at once is doubted; the unused badge column of people goes."""

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
    with op.batch_alter_table("people", schema=None) as batch_op:
        batch_op.drop_constraint("uq_people_badge_hash", type_="unique")
        batch_op.drop_column("badge_hash")
