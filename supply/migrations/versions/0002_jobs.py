"""The job runs, backups and checks of the books, what somebody asked the worker for, and the daily demand."""

import sqlalchemy as sa
from alembic import op

import supply.db

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

SHORT = sa.text("shortfall > 0")


def upgrade() -> None:
    op.create_table('backups',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('taken_at', supply.db.Moment(timezone=True), nullable=False),
    sa.Column('path', sa.String(length=1000), nullable=False),
    sa.Column('is_good', sa.Boolean(), nullable=False),
    sa.Column('bytes', sa.BigInteger(), nullable=False),
    sa.Column('sha256', sa.String(length=64), nullable=False),
    sa.Column('words', sa.String(length=500), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_backups'))
    )
    with op.batch_alter_table('backups', schema=None) as batch_op:
        batch_op.create_index('ix_backups_taken_at', ['taken_at'], unique=False)

    op.create_table('book_checks',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('checked_at', supply.db.Moment(timezone=True), nullable=False),
    sa.Column('faults', sa.Integer(), nullable=False),
    sa.Column('detail', sa.Text(), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_book_checks'))
    )
    with op.batch_alter_table('book_checks', schema=None) as batch_op:
        batch_op.create_index('ix_book_checks_checked_at', ['checked_at'], unique=False)

    op.create_table('demand_marks',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('movement_id', sa.BigInteger(), nullable=False),
    sa.Column('zone', sa.String(length=60), nullable=False),
    sa.Column('rolled_at', supply.db.Moment(timezone=True), nullable=False),
    sa.CheckConstraint('id = 1', name=op.f('ck_demand_marks_one_row')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_demand_marks'))
    )
    op.create_table('job_runs',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('job', sa.String(length=40), nullable=False),
    sa.Column('period', sa.String(length=60), nullable=False),
    sa.Column('trigger', sa.String(length=20), nullable=False),
    sa.Column('requested_by_id', sa.Integer(), nullable=True),
    sa.Column('started_at', supply.db.Moment(timezone=True), nullable=False),
    sa.Column('ended_at', supply.db.Moment(timezone=True), nullable=True),
    sa.Column('outcome', sa.String(length=10), nullable=False),
    sa.Column('summary', sa.String(length=500), nullable=False),
    sa.Column('detail', sa.Text(), nullable=False),
    sa.Column('tries', sa.Integer(), nullable=False),
    sa.Column('retry_at', supply.db.Moment(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['requested_by_id'], ['people.id'], name=op.f('fk_job_runs_requested_by_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_job_runs')),
    sa.UniqueConstraint('job', 'period', name=op.f('uq_job_runs_job_period'))
    )
    with op.batch_alter_table('job_runs', schema=None) as batch_op:
        batch_op.create_index('ix_job_runs_job', ['job', 'id'], unique=False)
        batch_op.create_index('ix_job_runs_started_at', ['started_at'], unique=False)

    op.create_table('work_requests',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('kind', sa.String(length=20), nullable=False),
    sa.Column('subject', sa.String(length=120), nullable=False),
    sa.Column('details', sa.Text(), nullable=False),
    sa.Column('asked_by_id', sa.Integer(), nullable=False),
    sa.Column('asked_at', supply.db.Moment(timezone=True), nullable=False),
    sa.Column('taken_at', supply.db.Moment(timezone=True), nullable=True),
    sa.Column('ended_at', supply.db.Moment(timezone=True), nullable=True),
    sa.Column('is_done', sa.Boolean(), nullable=False),
    sa.Column('words', sa.String(length=500), nullable=False),
    sa.ForeignKeyConstraint(['asked_by_id'], ['people.id'], name=op.f('fk_work_requests_asked_by_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_work_requests'))
    )
    with op.batch_alter_table('work_requests', schema=None) as batch_op:
        batch_op.create_index('uq_work_requests_unfinished', ['kind', 'subject'], unique=True, sqlite_where=sa.text('ended_at IS NULL'), postgresql_where=sa.text('ended_at IS NULL'))

    op.create_table('daily_demand',
    sa.Column('item_id', sa.Integer(), nullable=False),
    sa.Column('used_on', sa.Date(), nullable=False),
    sa.Column('location_id', sa.Integer(), nullable=False),
    sa.Column('department', sa.String(length=40), nullable=False),
    sa.Column('used', sa.Integer(), nullable=False),
    sa.Column('shortfall', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['item_id'], ['items.id'], name=op.f('fk_daily_demand_item_id')),
    sa.ForeignKeyConstraint(['location_id'], ['locations.id'], name=op.f('fk_daily_demand_location_id')),
    sa.PrimaryKeyConstraint('item_id', 'used_on', 'location_id', 'department', name=op.f('pk_daily_demand'))
    )
    op.create_index(
        "ix_scan_records_short", "scan_records", ["occurred_at"], sqlite_where=SHORT, postgresql_where=SHORT
    )


def downgrade() -> None:
    raise NotImplementedError("A newer database is never taken back; restore a backup instead.")
