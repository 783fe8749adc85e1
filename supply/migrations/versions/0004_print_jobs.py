"""The print queue."""

import sqlalchemy as sa
from alembic import op

import supply.db

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('print_jobs',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('request_id', sa.Uuid(), nullable=False),
    sa.Column('template', sa.String(length=20), nullable=False),
    sa.Column('payload', sa.JSON(), nullable=False),
    sa.Column('subject', sa.String(length=120), nullable=False),
    sa.Column('copies', sa.Integer(), nullable=False),
    sa.Column('copies_printed', sa.Integer(), nullable=False),
    sa.Column('device_id', sa.Integer(), nullable=True),
    sa.Column('address', sa.String(length=120), nullable=True),
    sa.Column('paper', sa.String(length=40), nullable=True),
    sa.Column('state', sa.Enum('queued', 'sending', 'printed', 'unknown', 'attention', 'cancelled', name='printstate', native_enum=False, length=20), nullable=False),
    sa.Column('state_words', sa.String(length=300), nullable=False),
    sa.Column('tries', sa.Integer(), nullable=False),
    sa.Column('next_try_at', supply.db.Moment(timezone=True), nullable=True),
    sa.Column('queued_at', supply.db.Moment(timezone=True), nullable=False),
    sa.Column('queued_by_id', sa.Integer(), nullable=False),
    sa.Column('sent_at', supply.db.Moment(timezone=True), nullable=True),
    sa.Column('finished_at', supply.db.Moment(timezone=True), nullable=True),
    sa.Column('reprint_of_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
    sa.CheckConstraint('copies > 0 AND copies_printed >= 0 AND copies_printed <= copies', name=op.f('ck_print_jobs_copies_counted')),
    sa.ForeignKeyConstraint(['device_id'], ['devices.id'], name=op.f('fk_print_jobs_device_id')),
    sa.ForeignKeyConstraint(['queued_by_id'], ['people.id'], name=op.f('fk_print_jobs_queued_by_id')),
    sa.ForeignKeyConstraint(['reprint_of_id'], ['print_jobs.id'], name=op.f('fk_print_jobs_reprint_of_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_print_jobs')),
    sa.UniqueConstraint('request_id', name=op.f('uq_print_jobs_request_id'))
    )
    with op.batch_alter_table('print_jobs', schema=None) as batch_op:
        batch_op.create_index('ix_print_jobs_open', ['state', 'id'], unique=False, sqlite_where=sa.text("state IN ('queued', 'sending', 'unknown', 'attention')"), postgresql_where=sa.text("state IN ('queued', 'sending', 'unknown', 'attention')"))
        batch_op.create_index('ix_print_jobs_subject', ['subject', 'id'], unique=False)
        batch_op.create_index('ix_print_jobs_waiting', ['device_id', 'id'], unique=False, sqlite_where=sa.text("state = 'queued'"), postgresql_where=sa.text("state = 'queued'"))


def downgrade() -> None:
    raise NotImplementedError("A newer database is never taken back; restore a backup instead.")
