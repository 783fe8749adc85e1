"""Badges and PINs at stations, enrolled screens, shelf requests, box or each."""

import sqlalchemy as sa
from alembic import op

import supply.db

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "badges",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("badge_hash", sa.String(length=64), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("is_day", sa.Boolean(), nullable=False),
        sa.Column("valid_until", supply.db.Moment(timezone=True), nullable=True),
        sa.Column("issued_at", supply.db.Moment(timezone=True), nullable=False),
        sa.Column("issued_by_id", sa.Integer(), nullable=False),
        sa.Column("ended_at", supply.db.Moment(timezone=True), nullable=True),
        sa.Column("ended_by_id", sa.Integer(), nullable=True),
        sa.Column("seen_at", supply.db.Moment(timezone=True), nullable=True),
        sa.Column("seen_station", sa.String(length=40), nullable=True),
        sa.ForeignKeyConstraint(["ended_by_id"], ["people.id"], name=op.f("fk_badges_ended_by_id")),
        sa.ForeignKeyConstraint(["issued_by_id"], ["people.id"], name=op.f("fk_badges_issued_by_id")),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_badges_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_badges")),
        sa.UniqueConstraint("badge_hash", name=op.f("uq_badges_badge_hash")),
    )
    with op.batch_alter_table("badges", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_badges_person_id"), ["person_id"], unique=False)

    op.create_table(
        "station_failures",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=True),
        sa.Column("device", sa.String(length=60), nullable=False),
        sa.Column("at", supply.db.Moment(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_station_failures_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_station_failures")),
    )
    with op.batch_alter_table("station_failures", schema=None) as batch_op:
        batch_op.create_index("ix_station_failures_kind_at", ["kind", "at"], unique=False)

    op.create_table(
        "enrolments",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("station_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("label", sa.String(length=60), nullable=False),
        sa.Column("enrolled_at", supply.db.Moment(timezone=True), nullable=False),
        sa.Column("enrolled_by_id", sa.Integer(), nullable=False),
        sa.Column("revoked_at", supply.db.Moment(timezone=True), nullable=True),
        sa.Column("revoked_by_id", sa.Integer(), nullable=True),
        sa.Column("seen_at", supply.db.Moment(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["enrolled_by_id"], ["people.id"], name=op.f("fk_enrolments_enrolled_by_id")),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_enrolments_person_id")),
        sa.ForeignKeyConstraint(["revoked_by_id"], ["people.id"], name=op.f("fk_enrolments_revoked_by_id")),
        sa.ForeignKeyConstraint(["station_id"], ["stations.id"], name=op.f("fk_enrolments_station_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_enrolments")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_enrolments_token_hash")),
    )
    with op.batch_alter_table("enrolments", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_enrolments_station_id"), ["station_id"], unique=False)

    op.create_table(
        "shelf_requests",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("item_id", sa.Integer(), nullable=False),
        sa.Column("location_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("asked_at", supply.db.Moment(timezone=True), nullable=False),
        sa.Column("asked_by_id", sa.Integer(), nullable=False),
        sa.Column("last_asked_at", supply.db.Moment(timezone=True), nullable=False),
        sa.Column("times", sa.Integer(), nullable=False),
        sa.Column("settled_at", supply.db.Moment(timezone=True), nullable=True),
        sa.Column("settled_by_id", sa.Integer(), nullable=True),
        sa.Column("settlement", sa.String(length=300), nullable=True),
        sa.ForeignKeyConstraint(["asked_by_id"], ["people.id"], name=op.f("fk_shelf_requests_asked_by_id")),
        sa.ForeignKeyConstraint(["item_id"], ["items.id"], name=op.f("fk_shelf_requests_item_id")),
        sa.ForeignKeyConstraint(["location_id"], ["locations.id"], name=op.f("fk_shelf_requests_location_id")),
        sa.ForeignKeyConstraint(["settled_by_id"], ["people.id"], name=op.f("fk_shelf_requests_settled_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_shelf_requests")),
    )
    with op.batch_alter_table("shelf_requests", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_shelf_requests_item_id"), ["item_id"], unique=False)
        batch_op.create_index(
            "uq_shelf_requests_open",
            ["item_id", "location_id"],
            unique=True,
            sqlite_where=sa.text("settled_at IS NULL"),
            postgresql_where=sa.text("settled_at IS NULL"),
        )

    op.drop_table("station_sessions")  # who is signed on this minute: they sign on again
    op.create_table(
        "station_sessions",
        sa.Column("station_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("mode", sa.String(length=20), nullable=False),
        sa.Column("mode_at", supply.db.Moment(timezone=True), nullable=True),
        sa.Column("level", sa.String(length=10), nullable=False),
        sa.Column("badge_id", sa.Integer(), nullable=True),
        sa.Column("pin_until", supply.db.Moment(timezone=True), nullable=True),
        sa.Column("quantity", sa.Integer(), nullable=False),
        sa.Column("location_id", sa.Integer(), nullable=True),
        sa.Column("to_location_id", sa.Integer(), nullable=True),
        sa.Column("department_id", sa.Integer(), nullable=True),
        sa.Column("reason", sa.String(length=300), nullable=True),
        sa.Column("delivery", sa.String(length=300), nullable=True),
        sa.Column("signed_on_at", supply.db.Moment(timezone=True), nullable=False),
        sa.Column("seen_at", supply.db.Moment(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["badge_id"], ["badges.id"], name=op.f("fk_station_sessions_badge_id")),
        sa.ForeignKeyConstraint(["department_id"], ["departments.id"], name=op.f("fk_station_sessions_department_id")),
        sa.ForeignKeyConstraint(["location_id"], ["locations.id"], name=op.f("fk_station_sessions_location_id")),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_station_sessions_person_id")),
        sa.ForeignKeyConstraint(["station_id"], ["stations.id"], name=op.f("fk_station_sessions_station_id")),
        sa.ForeignKeyConstraint(["to_location_id"], ["locations.id"], name=op.f("fk_station_sessions_to_location_id")),
        sa.PrimaryKeyConstraint("station_id", name=op.f("pk_station_sessions")),
    )
    op.create_table(
        "shelf_askings",
        sa.Column("request_id", sa.Uuid(), nullable=False),
        sa.Column("shelf_request_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("is_new", sa.Boolean(), nullable=False),
        sa.Column("asked_at", supply.db.Moment(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_shelf_askings_person_id")),
        sa.ForeignKeyConstraint(
            ["shelf_request_id"], ["shelf_requests.id"], name=op.f("fk_shelf_askings_shelf_request_id")
        ),
        sa.PrimaryKeyConstraint("request_id", name=op.f("pk_shelf_askings")),
    )
    with op.batch_alter_table("shelf_askings", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_shelf_askings_shelf_request_id"), ["shelf_request_id"], unique=False)

    op.execute(
        "INSERT INTO badges (badge_hash, person_id, is_day, issued_at, issued_by_id)"
        " SELECT badge_hash, id, false, created_at, id FROM people WHERE badge_hash IS NOT NULL"
    )
    with op.batch_alter_table("people", schema=None) as batch_op:
        batch_op.add_column(sa.Column("kind", sa.String(length=10), server_default="person", nullable=False))
        batch_op.add_column(sa.Column("ends_at", supply.db.Moment(timezone=True), nullable=True))
        batch_op.add_column(sa.Column("pin_hash", sa.String(length=200), nullable=True))
        batch_op.add_column(sa.Column("pin_set_at", supply.db.Moment(timezone=True), nullable=True))
    with op.batch_alter_table("sign_in_sessions", schema=None) as batch_op:
        batch_op.add_column(sa.Column("level", sa.String(length=10), server_default="password", nullable=False))
        batch_op.add_column(sa.Column("badge_id", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("station", sa.String(length=40), nullable=True))
        batch_op.add_column(sa.Column("device", sa.String(length=60), nullable=True))
        batch_op.add_column(sa.Column("pin_until", supply.db.Moment(timezone=True), nullable=True))
        batch_op.create_foreign_key(batch_op.f("fk_sign_in_sessions_badge_id"), "badges", ["badge_id"], ["id"])
        batch_op.create_index(batch_op.f("ix_sign_in_sessions_badge_id"), ["badge_id"], unique=False)
    with op.batch_alter_table("scan_records", schema=None) as batch_op:
        batch_op.add_column(sa.Column("claim", sa.String(length=10), nullable=True))
        batch_op.create_index(
            "ix_scan_records_claims",
            ["actor_id", "id"],
            unique=False,
            sqlite_where=sa.text("claim = 'open'"),
            postgresql_where=sa.text("claim = 'open'"),
        )
    with op.batch_alter_table("item_codes", schema=None) as batch_op:
        batch_op.add_column(sa.Column("are_units_settled", sa.Boolean(), server_default=sa.false(), nullable=False))
