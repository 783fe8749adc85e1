"""Tables of alerts and of the mails about them. Columns and constraints only; what is told and when lives elsewhere."""

from datetime import date, datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from supply.db import Base, Moment

OPEN = sa.text("closed_at IS NULL")
CLOSED = sa.text("closed_at IS NOT NULL")
MORNING = sa.text("purpose = 'morning'")
WAITING = sa.text("state IN ('queued', 'sending')")


class Alert(Base):
    """One thing that somebody must be told: what is the matter with what, since when, and where it is settled.

    At most one row of a kind and subject is open; a cause that returns opens a new one; closed ones stay as history.
    `level` counts the steps of a kind (the ladder before an expiry); `risen_at` is when it was last new: opened or
    worse.
    """

    __tablename__ = "alerts"
    __table_args__ = (
        sa.Index("uq_alerts_open", "kind", "subject", unique=True, sqlite_where=OPEN, postgresql_where=OPEN),
        sa.Index("ix_alerts_closed", "closed_at", "id", sqlite_where=CLOSED, postgresql_where=CLOSED),
        sa.CheckConstraint("severity IN ('stop', 'short', 'soon', 'note')", name="severity"),
    )

    id: Mapped[int] = mapped_column(sa.BigInteger().with_variant(sa.Integer, "sqlite"), primary_key=True)
    kind: Mapped[str] = mapped_column(sa.String(30))
    subject: Mapped[str] = mapped_column(sa.String(120))
    severity: Mapped[str] = mapped_column(sa.String(10))
    level: Mapped[int] = mapped_column(default=0)
    message: Mapped[str] = mapped_column(sa.String(500))
    link: Mapped[str] = mapped_column(sa.String(300))
    verb: Mapped[str] = mapped_column(sa.String(30), default="Look")  # what the button that leads to `link` says
    role: Mapped[str] = mapped_column(sa.String(20))
    group_words: Mapped[str] = mapped_column(sa.String(120), default="")  # "lots expire …": several of it in one line
    group_link: Mapped[str] = mapped_column(sa.String(300), default="")
    value: Mapped[int | None] = mapped_column(sa.BigInteger)  # 1/10,000 of the currency unit: what is at stake
    opened_at: Mapped[datetime] = mapped_column(Moment)
    risen_at: Mapped[datetime] = mapped_column(Moment)
    last_seen_at: Mapped[datetime] = mapped_column(Moment)
    acknowledged_at: Mapped[datetime | None] = mapped_column(Moment)
    acknowledged_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("people.id"))
    closed_at: Mapped[datetime | None] = mapped_column(Moment)
    closed_because: Mapped[str | None] = mapped_column(sa.String(200))


class CauseSeen(Base):
    """Since when a cause lasts that is not told of at once: a cable is pulled and put back without an alert."""

    __tablename__ = "alert_causes_seen"

    kind: Mapped[str] = mapped_column(sa.String(30), primary_key=True)
    subject: Mapped[str] = mapped_column(sa.String(120), primary_key=True)
    first_seen_at: Mapped[datetime] = mapped_column(Moment)


class AlertMail(Base):
    """One mail to one person, frozen when it was queued. One morning mail for each person and local date.

    queued → sending → sent; back to queued while the server is away; failed when it refuses; unknown when it may have
    been taken and nobody can say.
    """

    __tablename__ = "alert_mails"
    __table_args__ = (
        sa.Index(
            "uq_alert_mails_morning",
            "person_id",
            "mailed_on",
            unique=True,
            sqlite_where=MORNING,
            postgresql_where=MORNING,
        ),
        sa.Index("ix_alert_mails_waiting", "next_try_at", sqlite_where=WAITING, postgresql_where=WAITING),
        sa.Index("ix_alert_mails_day", "mailed_on", "id"),
        sa.CheckConstraint("state IN ('queued', 'sending', 'sent', 'unknown', 'failed')", name="state"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(sa.ForeignKey("people.id"))
    mailed_on: Mapped[date]
    purpose: Mapped[str] = mapped_column(sa.String(10), default="morning")
    name: Mapped[str] = mapped_column(sa.String(120))
    address: Mapped[str] = mapped_column(sa.String(254))
    message_id: Mapped[str] = mapped_column(sa.String(120), unique=True)
    subject: Mapped[str] = mapped_column(sa.String(200))
    text: Mapped[str] = mapped_column(sa.Text)
    html: Mapped[str] = mapped_column(sa.Text)
    state: Mapped[str] = mapped_column(sa.String(10), default="queued")
    state_words: Mapped[str] = mapped_column(sa.String(300), default="")
    tries: Mapped[int] = mapped_column(default=0)
    queued_at: Mapped[datetime] = mapped_column(Moment)
    next_try_at: Mapped[datetime] = mapped_column(Moment)
    sending_since: Mapped[datetime | None] = mapped_column(Moment)
    sent_at: Mapped[datetime | None] = mapped_column(Moment)
