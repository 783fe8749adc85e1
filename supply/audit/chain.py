"""Writing and proving the audit chain.

`record` only notes what is to be said; the rows are written by the last statements before COMMIT, so that the head of
the chain is the last lock every transaction takes. What a rolled-back savepoint noted is forgotten with it.
"""

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy import event
from sqlalchemy.orm import Session, SessionTransaction

from supply.audit.models import AuditEntry, AuditHead
from supply.db import connection_of, table_of

GENESIS = "0" * 64
VERSION = 1
PENDING = "audit_pending"
PAGE_ROWS = 5_000


_ENTRIES, _HEADS = table_of(AuditEntry), table_of(AuditHead)
_HEAD_LOCKED = sa.select(_HEADS.c.seq, _HEADS.c.hash).where(_HEADS.c.id == 1).with_for_update()
_ADD = sa.insert(_ENTRIES)
_ADVANCE = sa.update(_HEADS).where(_HEADS.c.id == 1).values(seq=sa.bindparam("new_seq"), hash=sa.bindparam("new_hash"))


@dataclass(frozen=True)
class Fault:
    """Something that does not add up: which check, on what, and how."""

    check: str
    subject: str
    detail: str


@dataclass(frozen=True)
class _Noted:
    transaction: SessionTransaction | None
    at: datetime
    actor_id: int | None
    action: str
    subject: str
    details: str


def record(
    session: Session, *, at: datetime, actor_id: int | None, action: str, subject: str, details: Mapping[str, Any]
) -> None:
    """Note an act for the chain. `at` is a moment with offset; `details` is JSON-ready and holds no secret."""
    text = json.dumps(details, sort_keys=True, separators=(",", ":"), ensure_ascii=True, default=str)
    noted = _Noted(session.get_nested_transaction(), at.astimezone(UTC), actor_id, action[:60], subject[:120], text)
    session.info.setdefault(PENDING, []).append(noted)


def entry_hash(
    seq: int, at: datetime, actor_id: int | None, action: str, subject: str, details: str, previous: str
) -> str:
    """SHA-256 over an unambiguous encoding of the whole row and the hash before it."""
    fields = [VERSION, seq, at.astimezone(UTC).isoformat(), actor_id, action, subject, details, previous]
    return hashlib.sha256(json.dumps(fields, separators=(",", ":"), ensure_ascii=True).encode()).hexdigest()


def verify(session: Session) -> Iterator[Fault]:
    """Re-hash the whole chain, page by page, and compare its end with the head."""
    previous, expected, last = GENESIS, 1, 0
    while True:
        rows = session.execute(
            sa.select(table_of(AuditEntry)).where(AuditEntry.seq > last).order_by(AuditEntry.seq).limit(PAGE_ROWS)
        ).all()
        for row in rows:
            subject = f"audit entry {row.seq}"
            if row.seq != expected:
                yield Fault("audit_gap", subject, f"expected entry {expected}")
            if row.previous_hash != previous:
                yield Fault("audit_chain", subject, "does not continue the entry before it")
            if (
                entry_hash(row.seq, row.at, row.actor_id, row.action, row.subject, row.details, row.previous_hash)
                != row.hash
            ):
                yield Fault("audit_hash", subject, "was changed after it was written")
            previous, expected, last = row.hash, row.seq + 1, row.seq
        if len(rows) < PAGE_ROWS:
            break
    head = session.execute(sa.select(AuditHead.seq, AuditHead.hash)).one_or_none()
    if (head.seq, head.hash) != (last, previous) if head else last != 0:
        yield Fault("audit_head", "audit head", f"does not match the last entry {last}")


def _write_noted(session: Session) -> None:
    noted: list[_Noted] = session.info.pop(PENDING, [])
    if not noted:
        return
    connection = connection_of(session)
    head = connection.execute(_HEAD_LOCKED).one_or_none()
    if head is None:
        connection.execute(sa.insert(_HEADS).values(id=1, seq=0, hash=GENESIS))
    seq, previous = (head.seq, head.hash) if head else (0, GENESIS)
    rows = []
    for entry in noted:
        seq += 1
        digest = entry_hash(seq, entry.at, entry.actor_id, entry.action, entry.subject, entry.details, previous)
        rows.append(
            {
                "seq": seq,
                "at": entry.at,
                "actor_id": entry.actor_id,
                "action": entry.action,
                "subject": entry.subject,
                "details": entry.details,
                "previous_hash": previous,
                "hash": digest,
            }
        )
        previous = digest
    connection.execute(_ADD, rows[0] if len(rows) == 1 else rows)
    connection.execute(_ADVANCE, {"new_seq": seq, "new_hash": previous})


@event.listens_for(Session, "before_commit")
def _before_commit(session: Session) -> None:
    if session.get_nested_transaction() is None:
        session.flush()
        _write_noted(session)


@event.listens_for(Session, "after_soft_rollback")
def _after_rollback(session: Session, rolled_back: SessionTransaction) -> None:
    """Forget what was noted inside the part that was rolled back."""
    noted: list[_Noted] = session.info.get(PENDING, [])
    if not rolled_back.nested:
        noted.clear()
        return
    noted[:] = [entry for entry in noted if entry.transaction is not rolled_back]
