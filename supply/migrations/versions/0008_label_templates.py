"""Label templates of the office, and downtime sheets."""

import sqlalchemy as sa
from alembic import op

import supply.db

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    pass
