"""Tables of the print queue and of the office's templates: columns only; verbs in `print_jobs` and `templates`."""

from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from supply.db import Base, Moment

LEASED = sa.text("lease IS NOT NULL AND state = 'sending'")
WAITING = sa.text("state = 'queued'")
OPEN = sa.text("state IN ('queued', 'sending', 'unknown', 'attention')")


class PrintState(StrEnum):
    """How far the wish for a label got. `printed` and `cancelled` are the ends."""

    queued = "queued"
    sending = "sending"
    printed = "printed"
    unknown = "unknown"  # it may have come out, or not: a person must look
    attention = "attention"  # it has not come out, and will not without a person
    cancelled = "cancelled"


class PrintJob(Base):
    """The wish for a label, with everything that is on it; kept when done, for reprints and for the record.

    `request_id` is made by whoever asks, so that one wish never becomes two jobs. `device_id` or `address` says where.
    """

    __tablename__ = "print_jobs"
    __table_args__ = (
        sa.CheckConstraint("copies > 0 AND copies_printed >= 0 AND copies_printed <= copies", name="copies_counted"),
        sa.Index("ix_print_jobs_waiting", "device_id", "id", sqlite_where=WAITING, postgresql_where=WAITING),
        sa.Index("ix_print_jobs_open", "state", "id", sqlite_where=OPEN, postgresql_where=OPEN),
        sa.Index("ix_print_jobs_subject", "subject", "id"),
        sa.Index("uq_print_jobs_lease", "lease", unique=True, sqlite_where=LEASED, postgresql_where=LEASED),
    )

    id: Mapped[int] = mapped_column(sa.BigInteger().with_variant(sa.Integer, "sqlite"), primary_key=True)
    request_id: Mapped[UUID] = mapped_column(sa.Uuid, unique=True)
    template: Mapped[str] = mapped_column(sa.String(20))
    payload: Mapped[dict[str, Any]] = mapped_column(sa.JSON)
    subject: Mapped[str] = mapped_column(sa.String(120))
    copies: Mapped[int]
    copies_printed: Mapped[int] = mapped_column(default=0)  # how many are known to have come out
    device_id: Mapped[int | None] = mapped_column(sa.ForeignKey("devices.id"))
    address: Mapped[str | None] = mapped_column(sa.String(120))
    paper: Mapped[str | None] = mapped_column(sa.String(40))  # for an address, which has no settings of its own
    state: Mapped[PrintState] = mapped_column(
        sa.Enum(
            PrintState,
            native_enum=False,
            length=20,
            values_callable=lambda e: [m.value for m in e],
            validate_strings=True,
        )
    )
    state_words: Mapped[str] = mapped_column(sa.String(300), default="")
    tries: Mapped[int] = mapped_column(default=0)
    next_try_at: Mapped[datetime | None] = mapped_column(Moment)
    queued_at: Mapped[datetime] = mapped_column(Moment)
    queued_by_id: Mapped[int] = mapped_column(sa.ForeignKey("people.id"))
    sent_at: Mapped[datetime | None] = mapped_column(Moment)
    lease: Mapped[UUID | None] = mapped_column(sa.Uuid)  # under which an agent has it, or had it last
    finished_at: Mapped[datetime | None] = mapped_column(Moment)
    reprint_of_id: Mapped[int | None] = mapped_column(sa.ForeignKey("print_jobs.id"))
    forget: Mapped[bool] = mapped_column(default=False, server_default=sa.false())  # its payload, once it has ended

    @property
    def copies_left(self) -> int:
        """How many are still to come out."""
        return self.copies - self.copies_printed


class LabelTemplate(Base):
    """An office's own design of a kind of label for a paper. At most one for each of both is what prints by itself."""

    __tablename__ = "label_templates"
    __table_args__ = (
        sa.UniqueConstraint("kind", "name_key"),
        sa.Index(
            "uq_label_templates_default",
            "kind",
            "paper",
            unique=True,
            sqlite_where=sa.text("is_default = 1"),
            postgresql_where=sa.text("is_default"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(sa.String(20))
    name: Mapped[str] = mapped_column(sa.String(60))
    name_key: Mapped[str] = mapped_column(sa.String(240))
    paper: Mapped[str] = mapped_column(sa.String(40))
    design: Mapped[dict[str, Any]] = mapped_column(sa.JSON)
    preset: Mapped[str | None] = mapped_column(sa.String(40))  # the one it was made from, for going back to it
    is_default: Mapped[bool] = mapped_column(default=False)
    changed_at: Mapped[datetime] = mapped_column(Moment)
    changed_by_id: Mapped[int] = mapped_column(sa.ForeignKey("people.id"))
