"""What a scanner was seen to send, and devices of other machines."""

import sqlalchemy as sa
from alembic import op

import supply.db

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("devices", schema=None) as batch_op:
        batch_op.add_column(sa.Column("runs_at", sa.String(length=10), server_default="server", nullable=False))
        batch_op.add_column(sa.Column("profile", sa.Text(), server_default="{}", nullable=False))
        batch_op.add_column(sa.Column("removed_at", supply.db.Moment(timezone=True), nullable=True))
    with op.batch_alter_table("work_requests", schema=None) as batch_op:
        batch_op.add_column(sa.Column("result", sa.Text(), server_default="", nullable=False))
