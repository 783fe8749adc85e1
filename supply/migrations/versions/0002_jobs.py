"""The job runs and what somebody asked the worker for."""

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    pass


def downgrade() -> None:
    raise NotImplementedError("A newer database is never taken back; restore a backup instead.")
