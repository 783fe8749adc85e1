"""Alerts, the mails about them, and where people get mail."""

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    pass


def downgrade() -> None:
    raise NotImplementedError("A newer database is never taken back; restore a backup instead.")
