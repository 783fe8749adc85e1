"""Tables of what proves the books: copies that were taken and checked, and the nightly re-adding. Columns only."""

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from supply.db import Base, Moment


class BackupTaken(Base):
    """One attempt at a backup: a checked copy at `path`, or why there is none."""

    __tablename__ = "backups"
    __table_args__ = (sa.Index("ix_backups_taken_at", "taken_at"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    taken_at: Mapped[datetime] = mapped_column(Moment)
    path: Mapped[str] = mapped_column(sa.String(1000))
    is_good: Mapped[bool]
    bytes: Mapped[int] = mapped_column(sa.BigInteger, default=0)
    sha256: Mapped[str] = mapped_column(sa.String(64), default="")
    words: Mapped[str] = mapped_column(sa.String(500), default="")


class BookCheck(Base):
    """One re-adding of the whole ledger and audit chain: how many faults, and the first of them (JSON)."""

    __tablename__ = "book_checks"
    __table_args__ = (sa.Index("ix_book_checks_checked_at", "checked_at"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    checked_at: Mapped[datetime] = mapped_column(Moment)
    faults: Mapped[int]
    detail: Mapped[str] = mapped_column(sa.Text, default="[]")
