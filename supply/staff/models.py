"""Tables of people and of how they prove who they are. Secrets are never stored: only their hashes are."""

from datetime import date, datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from supply.db import Base, Moment


class Person(Base):
    """Someone who acts. Never deleted, because the ledger names them; `disabled_at` ends their rights.

    `kind` is person, temporary (until `ends_at`), or station: who a station's enrolled screens and agents are.
    """

    __tablename__ = "people"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(sa.String(60))
    name_key: Mapped[str] = mapped_column(sa.String(120), unique=True)
    display_name: Mapped[str] = mapped_column(sa.String(120))
    password_hash: Mapped[str | None] = mapped_column(sa.String(200))
    email: Mapped[str | None] = mapped_column(sa.String(254))
    is_built_in: Mapped[bool] = mapped_column(default=False)
    kind: Mapped[str] = mapped_column(sa.String(10), default="person")
    ends_at: Mapped[datetime | None] = mapped_column(Moment)
    pin_hash: Mapped[str | None] = mapped_column(sa.String(200))
    pin_set_at: Mapped[datetime | None] = mapped_column(Moment)
    created_at: Mapped[datetime] = mapped_column(Moment)
    disabled_at: Mapped[datetime | None] = mapped_column(Moment)


class PersonRole(Base):
    """One role of one person."""

    __tablename__ = "person_roles"

    person_id: Mapped[int] = mapped_column(sa.ForeignKey("people.id"), primary_key=True)
    role: Mapped[str] = mapped_column(sa.String(20), primary_key=True)


class SignInSession(Base):
    """A signed-in browser. `seen_at` moves at most once a minute, so that reading costs no write.

    `level` is password, or badge at an enrolled `station`; such a one may do more until `pin_until`.
    """

    __tablename__ = "sign_in_sessions"

    id: Mapped[int] = mapped_column(primary_key=True)
    token_hash: Mapped[str] = mapped_column(sa.String(64), unique=True)
    person_id: Mapped[int] = mapped_column(sa.ForeignKey("people.id"), index=True)
    address: Mapped[str] = mapped_column(sa.String(60))
    level: Mapped[str] = mapped_column(sa.String(10), default="password")
    badge_id: Mapped[int | None] = mapped_column(sa.ForeignKey("badges.id"), index=True)
    station: Mapped[str | None] = mapped_column(sa.String(40))
    device: Mapped[str | None] = mapped_column(sa.String(60))
    pin_until: Mapped[datetime | None] = mapped_column(Moment)
    created_at: Mapped[datetime] = mapped_column(Moment)
    seen_at: Mapped[datetime] = mapped_column(Moment)


class Badge(Base):
    """A barcode that names its person at a station. Only its digest is kept; a row is ended, never deleted.

    `is_day` badges serve to take only, until `valid_until`. `seen_*` say where it was read last,
    `doubted_*` that it was read at two stations within a minute.
    """

    __tablename__ = "badges"

    id: Mapped[int] = mapped_column(primary_key=True)
    badge_hash: Mapped[str] = mapped_column(sa.String(64), unique=True)
    person_id: Mapped[int] = mapped_column(sa.ForeignKey("people.id"), index=True)
    is_day: Mapped[bool] = mapped_column(default=False)
    valid_until: Mapped[datetime | None] = mapped_column(Moment)
    issued_at: Mapped[datetime] = mapped_column(Moment)
    issued_by_id: Mapped[int] = mapped_column(sa.ForeignKey("people.id"))
    ended_at: Mapped[datetime | None] = mapped_column(Moment)
    ended_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("people.id"))
    seen_at: Mapped[datetime | None] = mapped_column(Moment)
    seen_station: Mapped[str | None] = mapped_column(sa.String(40))
    doubted_at: Mapped[datetime | None] = mapped_column(Moment)
    doubted_stations: Mapped[str | None] = mapped_column(sa.String(90))


class StationFailure(Base):
    """A wrong PIN or an unknown badge at a station, or a PIN being judged right now: counted, kept for a day."""

    __tablename__ = "station_failures"
    __table_args__ = (sa.Index("ix_station_failures_kind_at", "kind", "at"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(sa.String(10))  # pin or badge
    person_id: Mapped[int | None] = mapped_column(sa.ForeignKey("people.id"))
    device: Mapped[str] = mapped_column(sa.String(60))
    at: Mapped[datetime] = mapped_column(Moment)


class ApiToken(Base):
    """A key for programs that act as a person; `station` ties it to the station that carries it."""

    __tablename__ = "api_tokens"

    id: Mapped[int] = mapped_column(primary_key=True)
    token_hash: Mapped[str] = mapped_column(sa.String(64), unique=True)
    person_id: Mapped[int] = mapped_column(sa.ForeignKey("people.id"), index=True)
    label: Mapped[str] = mapped_column(sa.String(60))
    station: Mapped[str | None] = mapped_column(sa.String(40))
    created_at: Mapped[datetime] = mapped_column(Moment)
    created_by_id: Mapped[int] = mapped_column(sa.ForeignKey("people.id"))
    revoked_at: Mapped[datetime | None] = mapped_column(Moment)


class SetupLink(Base):
    """The one-time link of the first start, which makes the first administrator."""

    __tablename__ = "setup_links"

    id: Mapped[int] = mapped_column(primary_key=True)
    token_hash: Mapped[str] = mapped_column(sa.String(64), unique=True)
    created_at: Mapped[datetime] = mapped_column(Moment)
    used_at: Mapped[datetime | None] = mapped_column(Moment)


class SignInFailure(Base):
    """A sign-in that failed or is being judged right now: counted for the lock-out, kept for a day."""

    __tablename__ = "sign_in_failures"
    __table_args__ = (sa.Index("ix_sign_in_failures_account_at", "account", "at"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    account: Mapped[str] = mapped_column(sa.String(64))
    address: Mapped[str] = mapped_column(sa.String(60), index=True)
    at: Mapped[datetime] = mapped_column(Moment)


class Training(Base):
    """A training somebody completed. `valid_until` is the last day on which it counts; None means it does not run out.

    A record entered by mistake is withdrawn, never deleted.
    """

    __tablename__ = "trainings"
    __table_args__ = (sa.Index("ix_trainings_person", "person_id", "kind"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(sa.ForeignKey("people.id"))
    kind: Mapped[str] = mapped_column(sa.String(40))
    completed_on: Mapped[date]
    valid_until: Mapped[date | None]
    materials: Mapped[str] = mapped_column(sa.String(300))
    trainer_name: Mapped[str] = mapped_column(sa.String(120))
    trainer_address: Mapped[str] = mapped_column(sa.String(200))
    recorded_at: Mapped[datetime] = mapped_column(Moment)
    recorded_by_id: Mapped[int] = mapped_column(sa.ForeignKey("people.id"))
    withdrawn_at: Mapped[datetime | None] = mapped_column(Moment)
