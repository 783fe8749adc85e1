"""Suppliers, orders and reorder suggestions."""

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    pass


def downgrade() -> None:
    raise NotImplementedError("A newer database is never taken back; restore a backup instead.")
