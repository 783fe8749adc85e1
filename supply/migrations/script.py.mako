"""${message}"""

import sqlalchemy as sa
from alembic import op

import supply.db

revision = ${repr(up_revision)}
down_revision = ${repr(down_revision)}
branch_labels = None
depends_on = None


def upgrade() -> None:
    ${upgrades if upgrades else "pass"}


def downgrade() -> None:
    raise NotImplementedError("The ledger is never taken apart; restore a backup instead.")
