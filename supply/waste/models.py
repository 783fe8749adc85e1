"""Tables of regulated waste: containers and what went into them, parties, pickups, papers, signatures, confirmed rules.

Entries, signatures and confirmations are never changed, and the content of a signed paper is not: triggers forbid it.
"""

from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from supply.db import Base, Moment

LIVE_LINE = sa.text("released_at IS NULL")
LIVE_PAPER = sa.text("state <> 'void'")
LIVE_GENERATOR = sa.text("kind = 'generator' AND is_active")
_BIG = sa.BigInteger().with_variant(sa.Integer, "sqlite")


class ContainerState(StrEnum):
    """Where a container is in its life; `void` is reached only from `new`, and nothing is ever reopened."""

    new = "new"
    open = "open"
    full = "full"
    sealed = "sealed"
    picked_up = "picked_up"
    received = "received"
    closed = "closed"
    void = "void"


class EntryKind(StrEnum):
    """What an entry says went in; a reversal takes one entry back."""

    lot = "lot"
    note = "note"
    reversal = "reversal"


class PartyKind(StrEnum):
    """Who makes the waste, who carries it, who treats it."""

    generator = "generator"
    transporter = "transporter"
    facility = "facility"


class PickupState(StrEnum):
    """What became of a booked pickup; `missed` is still open and may be handed over late."""

    scheduled = "scheduled"
    missed = "missed"
    handed_over = "handed_over"
    cancelled = "cancelled"


class ManifestState(StrEnum):
    """Where a paper is in its life; what is signed is only ever voided and replaced."""

    draft = "draft"
    ready = "ready"
    signed = "signed"
    accepted = "accepted"
    copy_returned = "copy_returned"
    discrepancy = "discrepancy"
    closed = "closed"
    void = "void"


class SignatureRole(StrEnum):
    """For whom somebody signs."""

    generator = "generator"
    transporter = "transporter"


class SignatureMethod(StrEnum):
    """How somebody signed: with pen or finger, or by typing the name."""

    drawn = "drawn"
    typed = "typed"


def _values(enum: type[StrEnum]) -> sa.Enum:
    """An enum stored by value as text, checked by the application."""
    return sa.Enum(
        enum, native_enum=False, length=20, values_callable=lambda e: [m.value for m in e], validate_strings=True
    )


class WasteContainer(Base):
    """A bag, box or sharps container with a number of its own. Weights are grams, moments are when it happened."""

    __tablename__ = "waste_containers"
    __table_args__ = (sa.CheckConstraint("gross_weight_grams > 0", name="weight_positive"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    number: Mapped[str] = mapped_column(sa.String(20), unique=True)
    stream: Mapped[str] = mapped_column(sa.String(20))
    package: Mapped[str] = mapped_column(sa.String(60))  # as a paper counts it: "fiberboard box"
    location_id: Mapped[int] = mapped_column(sa.ForeignKey("locations.id"), index=True)
    state: Mapped[ContainerState] = mapped_column(_values(ContainerState), index=True)
    weight_limit_grams: Mapped[int | None]
    gross_weight_grams: Mapped[int | None]
    made_at: Mapped[datetime] = mapped_column(Moment)
    made_by_id: Mapped[int] = mapped_column(sa.ForeignKey("people.id"))
    opened_at: Mapped[datetime | None] = mapped_column(Moment)
    first_item_at: Mapped[datetime | None] = mapped_column(Moment)
    first_nonsharps_at: Mapped[datetime | None] = mapped_column(Moment)
    full_at: Mapped[datetime | None] = mapped_column(Moment)
    sealed_at: Mapped[datetime | None] = mapped_column(Moment)
    sealed_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("people.id"))
    picked_up_at: Mapped[datetime | None] = mapped_column(Moment)
    received_at: Mapped[datetime | None] = mapped_column(Moment)
    closed_at: Mapped[datetime | None] = mapped_column(Moment)
    closed_how: Mapped[str | None] = mapped_column(sa.String(300))  # where it went without a pickup
    voided_at: Mapped[datetime | None] = mapped_column(Moment)
    void_reason: Mapped[str | None] = mapped_column(sa.String(300))
    replaces_id: Mapped[int | None] = mapped_column(sa.ForeignKey("waste_containers.id"), unique=True)


class ContainerEntry(Base):
    """What somebody put in. An entry of a lot carries the key of its movement. Never changed; taken back by another."""

    __tablename__ = "waste_container_entries"
    __table_args__ = (sa.Index("ix_waste_container_entries_container", "container_id", "id"),)

    id: Mapped[int] = mapped_column(_BIG, primary_key=True)
    container_id: Mapped[int] = mapped_column(sa.ForeignKey("waste_containers.id"))
    kind: Mapped[EntryKind] = mapped_column(_values(EntryKind))
    text: Mapped[str] = mapped_column(sa.String(200))
    item_id: Mapped[int | None] = mapped_column(sa.ForeignKey("items.id"))
    lot_id: Mapped[int | None] = mapped_column(sa.ForeignKey("lots.id"))
    quantity: Mapped[int | None]  # base units, of a lot
    is_sharps: Mapped[bool]
    request_id: Mapped[UUID | None] = mapped_column(sa.Uuid, index=True)
    added_at: Mapped[datetime] = mapped_column(Moment)
    added_by_id: Mapped[int] = mapped_column(sa.ForeignKey("people.id"))
    reverses_id: Mapped[int | None] = mapped_column(sa.ForeignKey("waste_container_entries.id"), unique=True)


class WasteParty(Base):
    """The office itself, a transporter or a destination facility. A paper copies it; a change here changes no paper."""

    __tablename__ = "waste_parties"
    __table_args__ = (
        sa.Index(
            "uq_waste_parties_one_generator",
            "kind",
            unique=True,
            sqlite_where=LIVE_GENERATOR,
            postgresql_where=LIVE_GENERATOR,
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[PartyKind] = mapped_column(_values(PartyKind))
    name: Mapped[str] = mapped_column(sa.String(120))
    phone: Mapped[str] = mapped_column(sa.String(40), default="")
    site_street: Mapped[str] = mapped_column(sa.String(120), default="")
    site_city: Mapped[str] = mapped_column(sa.String(60), default="")
    site_state: Mapped[str] = mapped_column(sa.String(2), default="")
    site_zip: Mapped[str] = mapped_column(sa.String(10), default="")
    mailing_street: Mapped[str] = mapped_column(sa.String(120), default="")
    mailing_city: Mapped[str] = mapped_column(sa.String(60), default="")
    mailing_state: Mapped[str] = mapped_column(sa.String(2), default="")
    mailing_zip: Mapped[str] = mapped_column(sa.String(10), default="")
    emergency_phone: Mapped[str] = mapped_column(sa.String(40), default="")  # of the generator, 49 CFR 172.604
    emergency_contact: Mapped[str] = mapped_column(sa.String(120), default="")  # offeror's name or ERI contract number
    is_active: Mapped[bool] = mapped_column(default=True)
    made_at: Mapped[datetime] = mapped_column(Moment)
    made_by_id: Mapped[int] = mapped_column(sa.ForeignKey("people.id"))


class PartyRegistration(Base):
    """A permit, registration or identification of a party. Ended by `withdrawn_at`, never deleted."""

    __tablename__ = "waste_party_registrations"

    id: Mapped[int] = mapped_column(primary_key=True)
    party_id: Mapped[int] = mapped_column(sa.ForeignKey("waste_parties.id"), index=True)
    kind: Mapped[str] = mapped_column(sa.String(60))
    number: Mapped[str] = mapped_column(sa.String(60))
    state: Mapped[str] = mapped_column(sa.String(2))  # two letters, US for federal ones
    expires_on: Mapped[date | None]
    added_at: Mapped[datetime] = mapped_column(Moment)
    added_by_id: Mapped[int] = mapped_column(sa.ForeignKey("people.id"))
    withdrawn_at: Mapped[datetime | None] = mapped_column(Moment)


class WastePickup(Base):
    """A day on which a transporter takes containers to a facility."""

    __tablename__ = "waste_pickups"

    id: Mapped[int] = mapped_column(primary_key=True)
    number: Mapped[str] = mapped_column(sa.String(20), unique=True)
    transporter_id: Mapped[int] = mapped_column(sa.ForeignKey("waste_parties.id"), index=True)
    facility_id: Mapped[int] = mapped_column(sa.ForeignKey("waste_parties.id"))
    scheduled_on: Mapped[date]
    state: Mapped[PickupState] = mapped_column(_values(PickupState), index=True)
    hauler_document: Mapped[str | None] = mapped_column(sa.String(60))  # the number on the hauler's or state's form
    note: Mapped[str] = mapped_column(sa.String(300), default="")
    made_at: Mapped[datetime] = mapped_column(Moment)
    made_by_id: Mapped[int] = mapped_column(sa.ForeignKey("people.id"))
    handed_over_at: Mapped[datetime | None] = mapped_column(Moment)
    handed_over_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("people.id"))
    transporter_name: Mapped[str | None] = mapped_column(sa.String(120))  # printed name of the driver
    ended_at: Mapped[datetime | None] = mapped_column(Moment)
    end_reason: Mapped[str | None] = mapped_column(sa.String(300))


class PickupLine(Base):
    """A sealed container on a pickup; on one live pickup at most. `scanned_at` is its tick at the dock."""

    __tablename__ = "waste_pickup_lines"
    __table_args__ = (
        sa.Index(
            "uq_waste_pickup_lines_live",
            "container_id",
            unique=True,
            sqlite_where=LIVE_LINE,
            postgresql_where=LIVE_LINE,
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    pickup_id: Mapped[int] = mapped_column(sa.ForeignKey("waste_pickups.id"), index=True)
    container_id: Mapped[int] = mapped_column(sa.ForeignKey("waste_containers.id"), index=True)
    added_at: Mapped[datetime] = mapped_column(Moment)
    added_by_id: Mapped[int] = mapped_column(sa.ForeignKey("people.id"))
    scanned_at: Mapped[datetime | None] = mapped_column(Moment)
    scanned_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("people.id"))
    released_at: Mapped[datetime | None] = mapped_column(Moment)


class WasteManifest(Base):
    """A paper for one pickup: our shipping paper with its frozen content, or somebody else's form that is tracked."""

    __tablename__ = "waste_manifests"
    __table_args__ = (
        sa.Index(
            "uq_waste_manifests_live", "pickup_id", unique=True, sqlite_where=LIVE_PAPER, postgresql_where=LIVE_PAPER
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    number: Mapped[str] = mapped_column(sa.String(20), unique=True)
    version: Mapped[int] = mapped_column(default=1)
    kind: Mapped[str] = mapped_column(sa.String(30))
    state: Mapped[ManifestState] = mapped_column(_values(ManifestState), index=True)
    pickup_id: Mapped[int] = mapped_column(sa.ForeignKey("waste_pickups.id"), index=True)
    replaces_id: Mapped[int | None] = mapped_column(sa.ForeignKey("waste_manifests.id"), unique=True)
    content: Mapped[str] = mapped_column(sa.Text)
    content_sha256: Mapped[str | None] = mapped_column(sa.String(64))
    hauler_document: Mapped[str | None] = mapped_column(sa.String(60))
    made_at: Mapped[datetime] = mapped_column(Moment)
    made_by_id: Mapped[int] = mapped_column(sa.ForeignKey("people.id"))
    signed_at: Mapped[datetime | None] = mapped_column(Moment)
    accepted_at: Mapped[datetime | None] = mapped_column(Moment)
    retention_until: Mapped[date | None]
    copy_returned_at: Mapped[datetime | None] = mapped_column(Moment)
    copy_recorded_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("people.id"))
    received_on: Mapped[date | None]
    received_count: Mapped[int | None]
    received_weight_grams: Mapped[int | None]
    discrepancy: Mapped[str | None] = mapped_column(sa.String(500))
    settlement: Mapped[str | None] = mapped_column(sa.String(500))
    closed_at: Mapped[datetime | None] = mapped_column(Moment)
    voided_at: Mapped[datetime | None] = mapped_column(Moment)
    voided_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("people.id"))
    void_reason: Mapped[str | None] = mapped_column(sa.String(300))


class WasteSignature(Base):
    """Who signed what, when and how, with the digest of the very content that was signed. Never changed."""

    __tablename__ = "waste_signatures"
    __table_args__ = (sa.UniqueConstraint("manifest_id", "role"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    manifest_id: Mapped[int] = mapped_column(sa.ForeignKey("waste_manifests.id"))
    role: Mapped[SignatureRole] = mapped_column(_values(SignatureRole))
    signer_id: Mapped[int | None] = mapped_column(sa.ForeignKey("people.id"))  # a driver is nobody's user here
    printed_name: Mapped[str] = mapped_column(sa.String(120))
    title: Mapped[str] = mapped_column(sa.String(120))
    meaning: Mapped[str] = mapped_column(sa.String(600))
    signed_at: Mapped[datetime] = mapped_column(Moment)
    content_sha256: Mapped[str] = mapped_column(sa.String(64))
    method: Mapped[SignatureMethod] = mapped_column(_values(SignatureMethod))
    drawing: Mapped[bytes | None] = mapped_column(sa.LargeBinary)
    recorded_by_id: Mapped[int] = mapped_column(sa.ForeignKey("people.id"))


class RuleConfirmation(Base):
    """A person has read the law and says that this rule has this value. It holds as long as the rule keeps it."""

    __tablename__ = "waste_rule_confirmations"
    __table_args__ = (sa.Index("ix_waste_rule_confirmations_rule", "state", "key"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    state: Mapped[str] = mapped_column(sa.String(20))
    key: Mapped[str] = mapped_column(sa.String(60))
    value: Mapped[str] = mapped_column(sa.String(600))
    citation: Mapped[str] = mapped_column(sa.String(300))
    confirmed_at: Mapped[datetime] = mapped_column(Moment)
    confirmed_by_id: Mapped[int] = mapped_column(sa.ForeignKey("people.id"))
