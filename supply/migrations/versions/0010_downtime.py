"""Take-sheets for a power cut."""

import sqlalchemy as sa
from alembic import op

import supply.db

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('downtime_sheets',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('made_at', supply.db.Moment(timezone=True), nullable=False),
    sa.Column('made_by_id', sa.Integer(), nullable=False),
    sa.Column('printed_at', supply.db.Moment(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['made_by_id'], ['people.id'], name=op.f('fk_downtime_sheets_made_by_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_downtime_sheets'))
    )
    op.create_table('downtime_lines',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('sheet_id', sa.Integer(), nullable=False),
    sa.Column('location_id', sa.Integer(), nullable=False),
    sa.Column('item_id', sa.Integer(), nullable=False),
    sa.Column('on_hand', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['item_id'], ['items.id'], name=op.f('fk_downtime_lines_item_id')),
    sa.ForeignKeyConstraint(['location_id'], ['locations.id'], name=op.f('fk_downtime_lines_location_id')),
    sa.ForeignKeyConstraint(['sheet_id'], ['downtime_sheets.id'], name=op.f('fk_downtime_lines_sheet_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_downtime_lines'))
    )
    with op.batch_alter_table('downtime_lines', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_downtime_lines_sheet_id'), ['sheet_id'], unique=False)
