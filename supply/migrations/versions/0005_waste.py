"""Waste containers, parties, pickups, papers and signatures; training of people."""

import sqlalchemy as sa
from alembic import op

from supply.db import Moment

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

APPEND_ONLY = ("waste_container_entries", "waste_signatures", "waste_rule_confirmations")
FROZEN = ("number", "version", "kind", "pickup_id", "replaces_id", "content", "content_sha256", "signed_at")


def upgrade() -> None:
    op.create_table('trainings',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('person_id', sa.Integer(), nullable=False),
    sa.Column('kind', sa.String(length=40), nullable=False),
    sa.Column('completed_on', sa.Date(), nullable=False),
    sa.Column('valid_until', sa.Date(), nullable=True),
    sa.Column('materials', sa.String(length=300), nullable=False),
    sa.Column('trainer_name', sa.String(length=120), nullable=False),
    sa.Column('trainer_address', sa.String(length=200), nullable=False),
    sa.Column('recorded_at', Moment(), nullable=False),
    sa.Column('recorded_by_id', sa.Integer(), nullable=False),
    sa.Column('withdrawn_at', Moment(), nullable=True),
    sa.ForeignKeyConstraint(['person_id'], ['people.id'], name=op.f('fk_trainings_person_id')),
    sa.ForeignKeyConstraint(['recorded_by_id'], ['people.id'], name=op.f('fk_trainings_recorded_by_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_trainings'))
    )
    with op.batch_alter_table('trainings', schema=None) as batch_op:
        batch_op.create_index('ix_trainings_person', ['person_id', 'kind'], unique=False)

    op.create_table('waste_containers',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('number', sa.String(length=20), nullable=False),
    sa.Column('stream', sa.String(length=20), nullable=False),
    sa.Column('package', sa.String(length=60), nullable=False),
    sa.Column('location_id', sa.Integer(), nullable=False),
    sa.Column('state', sa.Enum('new', 'open', 'full', 'sealed', 'picked_up', 'received', 'closed', 'void', name='containerstate', native_enum=False, length=20), nullable=False),
    sa.Column('weight_limit_grams', sa.Integer(), nullable=True),
    sa.Column('gross_weight_grams', sa.Integer(), nullable=True),
    sa.Column('made_at', Moment(), nullable=False),
    sa.Column('made_by_id', sa.Integer(), nullable=False),
    sa.Column('opened_at', Moment(), nullable=True),
    sa.Column('first_item_at', Moment(), nullable=True),
    sa.Column('first_nonsharps_at', Moment(), nullable=True),
    sa.Column('full_at', Moment(), nullable=True),
    sa.Column('sealed_at', Moment(), nullable=True),
    sa.Column('sealed_by_id', sa.Integer(), nullable=True),
    sa.Column('picked_up_at', Moment(), nullable=True),
    sa.Column('received_at', Moment(), nullable=True),
    sa.Column('closed_at', Moment(), nullable=True),
    sa.Column('closed_how', sa.String(length=300), nullable=True),
    sa.Column('voided_at', Moment(), nullable=True),
    sa.Column('void_reason', sa.String(length=300), nullable=True),
    sa.Column('replaces_id', sa.Integer(), nullable=True),
    sa.CheckConstraint('gross_weight_grams > 0', name=op.f('ck_waste_containers_weight_positive')),
    sa.ForeignKeyConstraint(['location_id'], ['locations.id'], name=op.f('fk_waste_containers_location_id')),
    sa.ForeignKeyConstraint(['made_by_id'], ['people.id'], name=op.f('fk_waste_containers_made_by_id')),
    sa.ForeignKeyConstraint(['replaces_id'], ['waste_containers.id'], name=op.f('fk_waste_containers_replaces_id')),
    sa.ForeignKeyConstraint(['sealed_by_id'], ['people.id'], name=op.f('fk_waste_containers_sealed_by_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_waste_containers')),
    sa.UniqueConstraint('number', name=op.f('uq_waste_containers_number')),
    sa.UniqueConstraint('replaces_id', name=op.f('uq_waste_containers_replaces_id'))
    )
    with op.batch_alter_table('waste_containers', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_waste_containers_location_id'), ['location_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_waste_containers_state'), ['state'], unique=False)

    op.create_table('waste_parties',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('kind', sa.Enum('generator', 'transporter', 'facility', name='partykind', native_enum=False, length=20), nullable=False),
    sa.Column('name', sa.String(length=120), nullable=False),
    sa.Column('phone', sa.String(length=40), nullable=False),
    sa.Column('site_street', sa.String(length=120), nullable=False),
    sa.Column('site_city', sa.String(length=60), nullable=False),
    sa.Column('site_state', sa.String(length=2), nullable=False),
    sa.Column('site_zip', sa.String(length=10), nullable=False),
    sa.Column('mailing_street', sa.String(length=120), nullable=False),
    sa.Column('mailing_city', sa.String(length=60), nullable=False),
    sa.Column('mailing_state', sa.String(length=2), nullable=False),
    sa.Column('mailing_zip', sa.String(length=10), nullable=False),
    sa.Column('emergency_phone', sa.String(length=40), nullable=False),
    sa.Column('emergency_contact', sa.String(length=120), nullable=False),
    sa.Column('is_active', sa.Boolean(), nullable=False),
    sa.Column('made_at', Moment(), nullable=False),
    sa.Column('made_by_id', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['made_by_id'], ['people.id'], name=op.f('fk_waste_parties_made_by_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_waste_parties'))
    )
    with op.batch_alter_table('waste_parties', schema=None) as batch_op:
        batch_op.create_index('uq_waste_parties_one_generator', ['kind'], unique=True, sqlite_where=sa.text("kind = 'generator' AND is_active"), postgresql_where=sa.text("kind = 'generator' AND is_active"))

    op.create_table('waste_rule_confirmations',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('state', sa.String(length=20), nullable=False),
    sa.Column('key', sa.String(length=60), nullable=False),
    sa.Column('value', sa.String(length=600), nullable=False),
    sa.Column('citation', sa.String(length=300), nullable=False),
    sa.Column('confirmed_at', Moment(), nullable=False),
    sa.Column('confirmed_by_id', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['confirmed_by_id'], ['people.id'], name=op.f('fk_waste_rule_confirmations_confirmed_by_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_waste_rule_confirmations'))
    )
    with op.batch_alter_table('waste_rule_confirmations', schema=None) as batch_op:
        batch_op.create_index('ix_waste_rule_confirmations_rule', ['state', 'key'], unique=False)

    op.create_table('waste_party_registrations',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('party_id', sa.Integer(), nullable=False),
    sa.Column('kind', sa.String(length=60), nullable=False),
    sa.Column('number', sa.String(length=60), nullable=False),
    sa.Column('state', sa.String(length=2), nullable=False),
    sa.Column('expires_on', sa.Date(), nullable=True),
    sa.Column('added_at', Moment(), nullable=False),
    sa.Column('added_by_id', sa.Integer(), nullable=False),
    sa.Column('withdrawn_at', Moment(), nullable=True),
    sa.ForeignKeyConstraint(['added_by_id'], ['people.id'], name=op.f('fk_waste_party_registrations_added_by_id')),
    sa.ForeignKeyConstraint(['party_id'], ['waste_parties.id'], name=op.f('fk_waste_party_registrations_party_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_waste_party_registrations'))
    )
    with op.batch_alter_table('waste_party_registrations', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_waste_party_registrations_party_id'), ['party_id'], unique=False)

    op.create_table('waste_pickups',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('number', sa.String(length=20), nullable=False),
    sa.Column('transporter_id', sa.Integer(), nullable=False),
    sa.Column('facility_id', sa.Integer(), nullable=False),
    sa.Column('scheduled_on', sa.Date(), nullable=False),
    sa.Column('state', sa.Enum('scheduled', 'missed', 'handed_over', 'cancelled', name='pickupstate', native_enum=False, length=20), nullable=False),
    sa.Column('hauler_document', sa.String(length=60), nullable=True),
    sa.Column('note', sa.String(length=300), nullable=False),
    sa.Column('made_at', Moment(), nullable=False),
    sa.Column('made_by_id', sa.Integer(), nullable=False),
    sa.Column('handed_over_at', Moment(), nullable=True),
    sa.Column('handed_over_by_id', sa.Integer(), nullable=True),
    sa.Column('transporter_name', sa.String(length=120), nullable=True),
    sa.Column('ended_at', Moment(), nullable=True),
    sa.Column('end_reason', sa.String(length=300), nullable=True),
    sa.ForeignKeyConstraint(['facility_id'], ['waste_parties.id'], name=op.f('fk_waste_pickups_facility_id')),
    sa.ForeignKeyConstraint(['handed_over_by_id'], ['people.id'], name=op.f('fk_waste_pickups_handed_over_by_id')),
    sa.ForeignKeyConstraint(['made_by_id'], ['people.id'], name=op.f('fk_waste_pickups_made_by_id')),
    sa.ForeignKeyConstraint(['transporter_id'], ['waste_parties.id'], name=op.f('fk_waste_pickups_transporter_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_waste_pickups')),
    sa.UniqueConstraint('number', name=op.f('uq_waste_pickups_number'))
    )
    with op.batch_alter_table('waste_pickups', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_waste_pickups_state'), ['state'], unique=False)
        batch_op.create_index(batch_op.f('ix_waste_pickups_transporter_id'), ['transporter_id'], unique=False)

    op.create_table('waste_container_entries',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('container_id', sa.Integer(), nullable=False),
    sa.Column('kind', sa.Enum('lot', 'note', 'reversal', name='entrykind', native_enum=False, length=20), nullable=False),
    sa.Column('text', sa.String(length=200), nullable=False),
    sa.Column('item_id', sa.Integer(), nullable=True),
    sa.Column('lot_id', sa.Integer(), nullable=True),
    sa.Column('quantity', sa.Integer(), nullable=True),
    sa.Column('is_sharps', sa.Boolean(), nullable=False),
    sa.Column('request_id', sa.Uuid(), nullable=True),
    sa.Column('added_at', Moment(), nullable=False),
    sa.Column('added_by_id', sa.Integer(), nullable=False),
    sa.Column('reverses_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
    sa.ForeignKeyConstraint(['added_by_id'], ['people.id'], name=op.f('fk_waste_container_entries_added_by_id')),
    sa.ForeignKeyConstraint(['container_id'], ['waste_containers.id'], name=op.f('fk_waste_container_entries_container_id')),
    sa.ForeignKeyConstraint(['item_id'], ['items.id'], name=op.f('fk_waste_container_entries_item_id')),
    sa.ForeignKeyConstraint(['lot_id'], ['lots.id'], name=op.f('fk_waste_container_entries_lot_id')),
    sa.ForeignKeyConstraint(['reverses_id'], ['waste_container_entries.id'], name=op.f('fk_waste_container_entries_reverses_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_waste_container_entries')),
    sa.UniqueConstraint('reverses_id', name=op.f('uq_waste_container_entries_reverses_id'))
    )
    with op.batch_alter_table('waste_container_entries', schema=None) as batch_op:
        batch_op.create_index('ix_waste_container_entries_container', ['container_id', 'id'], unique=False)
        batch_op.create_index(batch_op.f('ix_waste_container_entries_request_id'), ['request_id'], unique=False)

    op.create_table('waste_manifests',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('number', sa.String(length=20), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('kind', sa.String(length=30), nullable=False),
    sa.Column('state', sa.Enum('draft', 'ready', 'signed', 'accepted', 'copy_returned', 'discrepancy', 'closed', 'void', name='manifeststate', native_enum=False, length=20), nullable=False),
    sa.Column('pickup_id', sa.Integer(), nullable=False),
    sa.Column('replaces_id', sa.Integer(), nullable=True),
    sa.Column('content', sa.Text(), nullable=False),
    sa.Column('content_sha256', sa.String(length=64), nullable=True),
    sa.Column('hauler_document', sa.String(length=60), nullable=True),
    sa.Column('made_at', Moment(), nullable=False),
    sa.Column('made_by_id', sa.Integer(), nullable=False),
    sa.Column('signed_at', Moment(), nullable=True),
    sa.Column('accepted_at', Moment(), nullable=True),
    sa.Column('retention_until', sa.Date(), nullable=True),
    sa.Column('copy_returned_at', Moment(), nullable=True),
    sa.Column('copy_recorded_by_id', sa.Integer(), nullable=True),
    sa.Column('received_on', sa.Date(), nullable=True),
    sa.Column('received_count', sa.Integer(), nullable=True),
    sa.Column('received_weight_grams', sa.Integer(), nullable=True),
    sa.Column('discrepancy', sa.String(length=500), nullable=True),
    sa.Column('settlement', sa.String(length=500), nullable=True),
    sa.Column('closed_at', Moment(), nullable=True),
    sa.Column('voided_at', Moment(), nullable=True),
    sa.Column('voided_by_id', sa.Integer(), nullable=True),
    sa.Column('void_reason', sa.String(length=300), nullable=True),
    sa.ForeignKeyConstraint(['copy_recorded_by_id'], ['people.id'], name=op.f('fk_waste_manifests_copy_recorded_by_id')),
    sa.ForeignKeyConstraint(['made_by_id'], ['people.id'], name=op.f('fk_waste_manifests_made_by_id')),
    sa.ForeignKeyConstraint(['pickup_id'], ['waste_pickups.id'], name=op.f('fk_waste_manifests_pickup_id')),
    sa.ForeignKeyConstraint(['replaces_id'], ['waste_manifests.id'], name=op.f('fk_waste_manifests_replaces_id')),
    sa.ForeignKeyConstraint(['voided_by_id'], ['people.id'], name=op.f('fk_waste_manifests_voided_by_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_waste_manifests')),
    sa.UniqueConstraint('number', name=op.f('uq_waste_manifests_number')),
    sa.UniqueConstraint('replaces_id', name=op.f('uq_waste_manifests_replaces_id'))
    )
    with op.batch_alter_table('waste_manifests', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_waste_manifests_pickup_id'), ['pickup_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_waste_manifests_state'), ['state'], unique=False)
        batch_op.create_index('uq_waste_manifests_live', ['pickup_id'], unique=True, sqlite_where=sa.text("state <> 'void'"), postgresql_where=sa.text("state <> 'void'"))

    op.create_table('waste_pickup_lines',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('pickup_id', sa.Integer(), nullable=False),
    sa.Column('container_id', sa.Integer(), nullable=False),
    sa.Column('added_at', Moment(), nullable=False),
    sa.Column('added_by_id', sa.Integer(), nullable=False),
    sa.Column('scanned_at', Moment(), nullable=True),
    sa.Column('scanned_by_id', sa.Integer(), nullable=True),
    sa.Column('released_at', Moment(), nullable=True),
    sa.ForeignKeyConstraint(['added_by_id'], ['people.id'], name=op.f('fk_waste_pickup_lines_added_by_id')),
    sa.ForeignKeyConstraint(['container_id'], ['waste_containers.id'], name=op.f('fk_waste_pickup_lines_container_id')),
    sa.ForeignKeyConstraint(['pickup_id'], ['waste_pickups.id'], name=op.f('fk_waste_pickup_lines_pickup_id')),
    sa.ForeignKeyConstraint(['scanned_by_id'], ['people.id'], name=op.f('fk_waste_pickup_lines_scanned_by_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_waste_pickup_lines'))
    )
    with op.batch_alter_table('waste_pickup_lines', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_waste_pickup_lines_container_id'), ['container_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_waste_pickup_lines_pickup_id'), ['pickup_id'], unique=False)
        batch_op.create_index('uq_waste_pickup_lines_live', ['container_id'], unique=True, sqlite_where=sa.text('released_at IS NULL'), postgresql_where=sa.text('released_at IS NULL'))

    op.create_table('waste_signatures',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('manifest_id', sa.Integer(), nullable=False),
    sa.Column('role', sa.Enum('generator', 'transporter', name='signaturerole', native_enum=False, length=20), nullable=False),
    sa.Column('signer_id', sa.Integer(), nullable=True),
    sa.Column('printed_name', sa.String(length=120), nullable=False),
    sa.Column('title', sa.String(length=120), nullable=False),
    sa.Column('meaning', sa.String(length=600), nullable=False),
    sa.Column('signed_at', Moment(), nullable=False),
    sa.Column('content_sha256', sa.String(length=64), nullable=False),
    sa.Column('method', sa.Enum('drawn', 'typed', name='signaturemethod', native_enum=False, length=20), nullable=False),
    sa.Column('drawing', sa.LargeBinary(), nullable=True),
    sa.Column('recorded_by_id', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['manifest_id'], ['waste_manifests.id'], name=op.f('fk_waste_signatures_manifest_id')),
    sa.ForeignKeyConstraint(['recorded_by_id'], ['people.id'], name=op.f('fk_waste_signatures_recorded_by_id')),
    sa.ForeignKeyConstraint(['signer_id'], ['people.id'], name=op.f('fk_waste_signatures_signer_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_waste_signatures')),
    sa.UniqueConstraint('manifest_id', 'role', name=op.f('uq_waste_signatures_manifest_id_role'))
    )
    for statement in _guards(op.get_bind().dialect.name):
        op.execute(statement)


def _guards(dialect: str):
    """What was written is never changed, and what was signed least of all: the triggers that refuse it."""
    if dialect == "sqlite":
        for table in APPEND_ONLY:
            for verb in ("UPDATE", "DELETE"):
                yield (
                    f"CREATE TRIGGER {table}_no_{verb.lower()} BEFORE {verb} ON {table} "
                    f"BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"
                )
        changed = " OR ".join(f"NEW.{name} IS NOT OLD.{name}" for name in FROZEN)
        yield (
            f"CREATE TRIGGER waste_manifests_frozen BEFORE UPDATE ON waste_manifests "
            f"WHEN OLD.signed_at IS NOT NULL AND ({changed}) "
            f"BEGIN SELECT RAISE(ABORT, 'a signed paper is never changed'); END"
        )
        yield (
            "CREATE TRIGGER waste_manifests_no_delete BEFORE DELETE ON waste_manifests "
            "BEGIN SELECT RAISE(ABORT, 'a paper is never deleted'); END"
        )
        return
    for table in APPEND_ONLY:
        yield (
            f"CREATE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON {table} "
            "FOR EACH STATEMENT EXECUTE FUNCTION supply_append_only()"
        )
    changed = " OR ".join(f"NEW.{name} IS DISTINCT FROM OLD.{name}" for name in FROZEN)
    yield (
        "CREATE TRIGGER waste_manifests_frozen BEFORE UPDATE ON waste_manifests FOR EACH ROW "
        f"WHEN (OLD.signed_at IS NOT NULL AND ({changed})) EXECUTE FUNCTION supply_append_only()"
    )
    yield (
        "CREATE TRIGGER waste_manifests_no_delete BEFORE DELETE OR TRUNCATE ON waste_manifests "
        "FOR EACH STATEMENT EXECUTE FUNCTION supply_append_only()"
    )


def downgrade() -> None:
    raise NotImplementedError("A newer database is never taken back; restore a backup instead.")
