"""What is known of copies and checks of the books: the newest good backup, the last check. Writes only its own rows."""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path

import sqlalchemy as sa
from sqlalchemy.orm import Session

from supply.audit.chain import Fault
from supply.audit.models import AuditEntry
from supply.backup.models import BackupTaken, BookCheck

KEPT_FAULTS = 50


@dataclass(frozen=True)
class Verified:
    """The last check of the books: when, how many faults, and the first of them."""

    at: datetime
    count: int
    faults: tuple[Fault, ...]


def note_backup(
    session: Session, *, at: datetime, path: Path, size: int = 0, sha256: str = "", failed: str | None = None
) -> BackupTaken:
    """Remember a checked copy, or with `failed` why there is none."""
    words = (failed or "")[:500]
    row = BackupTaken(
        taken_at=at, path=str(path)[:1000], is_good=failed is None, bytes=size, sha256=sha256, words=words
    )
    session.add(row)
    session.flush()
    return row


def good_backups(session: Session, *, limit: int) -> list[BackupTaken]:
    """The copies that were checked, newest first."""
    good = sa.select(BackupTaken).where(BackupTaken.is_good)
    return list(session.scalars(good.order_by(BackupTaken.taken_at.desc(), BackupTaken.id.desc()).limit(limit)))


def last_good_backup(session: Session) -> BackupTaken | None:
    """The newest copy that was checked; None when there was never one."""
    return next(iter(good_backups(session, limit=1)), None)


def last_attempt(session: Session) -> BackupTaken | None:
    """The newest attempt, good or not."""
    return session.scalar(sa.select(BackupTaken).order_by(BackupTaken.id.desc()).limit(1))


def note_check(session: Session, *, at: datetime, faults: Sequence[Fault]) -> BookCheck:
    """Remember what re-adding the books came to."""
    detail = json.dumps([asdict(fault) for fault in faults[:KEPT_FAULTS]])
    row = BookCheck(checked_at=at, faults=len(faults), detail=detail)
    session.add(row)
    session.flush()
    return row


def last_verify(session: Session) -> Verified | None:
    """The last check of the books; None when they were never checked."""
    row = session.scalar(sa.select(BookCheck).order_by(BookCheck.id.desc()).limit(1))
    return (
        Verified(row.checked_at, row.faults, tuple(Fault(**said) for said in json.loads(row.detail))) if row else None
    )


def database_made_at(session: Session) -> datetime | None:
    """When the first thing was ever done here."""
    return session.scalar(sa.select(AuditEntry.at).where(AuditEntry.seq == 1))
