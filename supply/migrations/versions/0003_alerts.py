"""Alerts, the mails about them, and where people get mail."""

import sqlalchemy as sa
from alembic import op

from supply.db import Moment

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("people", schema=None) as batch_op:
        batch_op.add_column(sa.Column("email", sa.String(length=254), nullable=True))
    op.create_table('alert_mails',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('person_id', sa.Integer(), nullable=False),
    sa.Column('mailed_on', sa.Date(), nullable=False),
    sa.Column('purpose', sa.String(length=10), nullable=False),
    sa.Column('name', sa.String(length=120), nullable=False),
    sa.Column('address', sa.String(length=254), nullable=False),
    sa.Column('message_id', sa.String(length=120), nullable=False),
    sa.Column('subject', sa.String(length=200), nullable=False),
    sa.Column('text', sa.Text(), nullable=False),
    sa.Column('html', sa.Text(), nullable=False),
    sa.Column('state', sa.String(length=10), nullable=False),
    sa.Column('state_words', sa.String(length=300), nullable=False),
    sa.Column('tries', sa.Integer(), nullable=False),
    sa.Column('queued_at', Moment(), nullable=False),
    sa.Column('next_try_at', Moment(), nullable=False),
    sa.Column('sending_since', Moment(), nullable=True),
    sa.Column('sent_at', Moment(), nullable=True),
    sa.CheckConstraint("state IN ('queued', 'sending', 'sent', 'unknown', 'failed')", name=op.f('ck_alert_mails_state')),
    sa.ForeignKeyConstraint(['person_id'], ['people.id'], name=op.f('fk_alert_mails_person_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_alert_mails')),
    sa.UniqueConstraint('message_id', name=op.f('uq_alert_mails_message_id'))
    )
    with op.batch_alter_table('alert_mails', schema=None) as batch_op:
        batch_op.create_index('ix_alert_mails_day', ['mailed_on', 'id'], unique=False)
        batch_op.create_index('ix_alert_mails_waiting', ['next_try_at'], unique=False, sqlite_where=sa.text("state IN ('queued', 'sending')"), postgresql_where=sa.text("state IN ('queued', 'sending')"))
        batch_op.create_index('uq_alert_mails_morning', ['person_id', 'mailed_on'], unique=True, sqlite_where=sa.text("purpose = 'morning'"), postgresql_where=sa.text("purpose = 'morning'"))

    op.create_table('alert_causes_seen',
    sa.Column('kind', sa.String(length=30), nullable=False),
    sa.Column('subject', sa.String(length=120), nullable=False),
    sa.Column('first_seen_at', Moment(), nullable=False),
    sa.PrimaryKeyConstraint('kind', 'subject', name=op.f('pk_alert_causes_seen'))
    )
    op.create_table('alerts',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('kind', sa.String(length=30), nullable=False),
    sa.Column('subject', sa.String(length=120), nullable=False),
    sa.Column('severity', sa.String(length=10), nullable=False),
    sa.Column('level', sa.Integer(), nullable=False),
    sa.Column('message', sa.String(length=500), nullable=False),
    sa.Column('link', sa.String(length=300), nullable=False),
    sa.Column('verb', sa.String(length=30), nullable=False),
    sa.Column('role', sa.String(length=20), nullable=False),
    sa.Column('group_words', sa.String(length=120), nullable=False),
    sa.Column('group_link', sa.String(length=300), nullable=False),
    sa.Column('value', sa.BigInteger(), nullable=True),
    sa.Column('opened_at', Moment(), nullable=False),
    sa.Column('risen_at', Moment(), nullable=False),
    sa.Column('last_seen_at', Moment(), nullable=False),
    sa.Column('acknowledged_at', Moment(), nullable=True),
    sa.Column('acknowledged_by_id', sa.Integer(), nullable=True),
    sa.Column('closed_at', Moment(), nullable=True),
    sa.Column('closed_because', sa.String(length=200), nullable=True),
    sa.CheckConstraint("severity IN ('stop', 'short', 'soon', 'note')", name=op.f('ck_alerts_severity')),
    sa.ForeignKeyConstraint(['acknowledged_by_id'], ['people.id'], name=op.f('fk_alerts_acknowledged_by_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_alerts'))
    )
    with op.batch_alter_table('alerts', schema=None) as batch_op:
        batch_op.create_index('ix_alerts_closed', ['closed_at', 'id'], unique=False, sqlite_where=sa.text('closed_at IS NOT NULL'), postgresql_where=sa.text('closed_at IS NOT NULL'))
        batch_op.create_index('uq_alerts_open', ['kind', 'subject'], unique=True, sqlite_where=sa.text('closed_at IS NULL'), postgresql_where=sa.text('closed_at IS NULL'))


def downgrade() -> None:
    raise NotImplementedError("A newer database is never taken back; restore a backup instead.")
