"""Waste containers, parties, pickups, papers and signatures; training of people."""

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    pass


def downgrade() -> None:
    raise NotImplementedError("A newer database is never taken back; restore a backup instead.")
