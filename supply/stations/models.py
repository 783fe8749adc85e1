"""Tables of stations, their devices, who is signed on, every scan ever made, and what the worker is asked to do.

Columns and constraints only.
"""

from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from supply.db import Base, Moment

OPEN = sa.text("needs IS NOT NULL AND settled_at IS NULL")
CLAIMED = sa.text("claim = 'open'")
SHORT = sa.text("shortfall > 0")
UNFINISHED = sa.text("ended_at IS NULL")


class Station(Base):
    """A place where work with devices happens, and what a scan there does unless told otherwise."""

    __tablename__ = "stations"

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(sa.String(40), unique=True)
    name: Mapped[str] = mapped_column(sa.String(120))
    location_id: Mapped[int] = mapped_column(sa.ForeignKey("locations.id"))
    mode: Mapped[str] = mapped_column(sa.String(20), default="use")
    is_active: Mapped[bool] = mapped_column(default=True)


class Device(Base):
    """A scanner, camera or printer of a station; `settings` is JSON for its driver, `state` what the worker saw."""

    __tablename__ = "devices"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(sa.String(60), unique=True)
    station_id: Mapped[int] = mapped_column(sa.ForeignKey("stations.id"), index=True)
    driver: Mapped[str] = mapped_column(sa.String(40))
    settings: Mapped[str] = mapped_column(sa.Text, default="{}")
    runs_at: Mapped[str] = mapped_column(sa.String(10), default="server")  # or "agent": another machine opens it
    profile: Mapped[str] = mapped_column(sa.Text, default="{}")  # JSON: what this scanner was seen to send
    is_active: Mapped[bool] = mapped_column(default=True)  # not: switched off
    removed_at: Mapped[datetime | None] = mapped_column(Moment)  # the row stays: print jobs and the trail name it
    state: Mapped[str] = mapped_column(sa.String(20), default="closed")
    state_words: Mapped[str] = mapped_column(sa.String(300), default="")
    last_activity_at: Mapped[datetime | None] = mapped_column(Moment)


class Enrolment(Base):
    """A screen or an agent that belongs to a station and proves it with a token, of which only the digest is kept."""

    __tablename__ = "enrolments"

    id: Mapped[int] = mapped_column(primary_key=True)
    token_hash: Mapped[str] = mapped_column(sa.String(64), unique=True)
    station_id: Mapped[int] = mapped_column(sa.ForeignKey("stations.id"), index=True)
    person_id: Mapped[int] = mapped_column(sa.ForeignKey("people.id"))
    kind: Mapped[str] = mapped_column(sa.String(10))  # screen or agent
    label: Mapped[str] = mapped_column(sa.String(60))
    enrolled_at: Mapped[datetime] = mapped_column(Moment)
    enrolled_by_id: Mapped[int] = mapped_column(sa.ForeignKey("people.id"))
    revoked_at: Mapped[datetime | None] = mapped_column(Moment)
    revoked_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("people.id"))
    seen_at: Mapped[datetime | None] = mapped_column(Moment)


class StationSession(Base):
    """Who is signed on at a station now, and in which mode; seen again with every scan and act there.

    `level` is how that person was proven (password, or badge until `pin_until`). The rest is what the next scans of
    the station's own scanner carry: `quantity` for one scan, the others until the mode or the person changes.
    """

    __tablename__ = "station_sessions"

    station_id: Mapped[int] = mapped_column(sa.ForeignKey("stations.id"), primary_key=True)
    person_id: Mapped[int] = mapped_column(sa.ForeignKey("people.id"))
    mode: Mapped[str] = mapped_column(sa.String(20))
    mode_at: Mapped[datetime | None] = mapped_column(Moment)
    level: Mapped[str] = mapped_column(sa.String(10), default="password")
    badge_id: Mapped[int | None] = mapped_column(sa.ForeignKey("badges.id"))
    pin_until: Mapped[datetime | None] = mapped_column(Moment)
    quantity: Mapped[int] = mapped_column(default=1)
    location_id: Mapped[int | None] = mapped_column(sa.ForeignKey("locations.id"))
    to_location_id: Mapped[int | None] = mapped_column(sa.ForeignKey("locations.id"))
    department_id: Mapped[int | None] = mapped_column(sa.ForeignKey("departments.id"))
    reason: Mapped[str | None] = mapped_column(sa.String(300))
    delivery: Mapped[str | None] = mapped_column(sa.String(300))  # the reason of what is received now
    signed_on_at: Mapped[datetime] = mapped_column(Moment)
    seen_at: Mapped[datetime] = mapped_column(Moment)


class ScanRecord(Base):
    """One scan with its stored answer: the proof that nothing scanned is lost or counted twice. Never pruned.

    `request_id` is made by the client before sending; `id` is only the order in which scans arrived.
    """

    __tablename__ = "scan_records"
    __table_args__ = (
        sa.Index("ix_scan_records_station", "station", "id"),
        sa.Index("ix_scan_records_actor", "actor_id", "id"),
        sa.Index("ix_scan_records_open", "needs", "id", sqlite_where=OPEN, postgresql_where=OPEN),
        sa.Index("ix_scan_records_claims", "actor_id", "id", sqlite_where=CLAIMED, postgresql_where=CLAIMED),
        sa.Index("ix_scan_records_short", "occurred_at", sqlite_where=SHORT, postgresql_where=SHORT),
    )

    id: Mapped[int] = mapped_column(sa.BigInteger().with_variant(sa.Integer, "sqlite"), primary_key=True)
    request_id: Mapped[UUID] = mapped_column(sa.Uuid, unique=True)
    body_hash: Mapped[str] = mapped_column(sa.String(64))
    body: Mapped[str] = mapped_column(sa.Text)
    sender_id: Mapped[int] = mapped_column(sa.ForeignKey("people.id"))
    actor_id: Mapped[int] = mapped_column(sa.ForeignKey("people.id"))
    station: Mapped[str | None] = mapped_column(sa.String(40))
    action: Mapped[str | None] = mapped_column(sa.String(20))
    barcode: Mapped[str] = mapped_column(sa.String(700))
    item_id: Mapped[int | None] = mapped_column(sa.ForeignKey("items.id"))
    outcome: Mapped[str] = mapped_column(sa.String(20))
    status: Mapped[int]
    answer: Mapped[str] = mapped_column(sa.Text)
    shortfall: Mapped[int] = mapped_column(default=0)
    offline: Mapped[bool] = mapped_column(default=False)
    exception: Mapped[str | None] = mapped_column(sa.String(40))  # the rule that was broken, and recorded all the same
    needs: Mapped[str | None] = mapped_column(sa.String(20))  # unresolved, discrepancy or exception: a person must look
    claim: Mapped[str | None] = mapped_column(sa.String(10))  # open, mine or not_mine: only a name said whose it is
    occurred_at: Mapped[datetime] = mapped_column(Moment)
    recorded_at: Mapped[datetime] = mapped_column(Moment)
    settled_at: Mapped[datetime | None] = mapped_column(Moment)
    settled_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("people.id"))
    settlement: Mapped[str | None] = mapped_column(sa.String(300))
    settles_request_id: Mapped[UUID | None] = mapped_column(sa.Uuid)
    undone_at: Mapped[datetime | None] = mapped_column(Moment)
    undone_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("people.id"))


class WorkRequest(Base):
    """What somebody asked the worker to do now; at most one unfinished request of a kind and subject."""

    __tablename__ = "work_requests"
    __table_args__ = (
        sa.Index(
            "uq_work_requests_unfinished",
            "kind",
            "subject",
            unique=True,
            sqlite_where=UNFINISHED,
            postgresql_where=UNFINISHED,
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(sa.String(20))
    subject: Mapped[str] = mapped_column(sa.String(120))
    details: Mapped[str] = mapped_column(sa.Text, default="{}")
    asked_by_id: Mapped[int] = mapped_column(sa.ForeignKey("people.id"))
    asked_at: Mapped[datetime] = mapped_column(Moment)
    taken_at: Mapped[datetime | None] = mapped_column(Moment)
    ended_at: Mapped[datetime | None] = mapped_column(Moment)
    is_done: Mapped[bool] = mapped_column(default=False)
    words: Mapped[str] = mapped_column(sa.String(500), default="")
    result: Mapped[str] = mapped_column(sa.Text, default="")  # JSON of what was found, where words do not suffice
