"""Tables of the worker: that it lives, and what it ran; and the names by which its jobs are known.

Columns and words only. The web role reads this file and nothing else of this package.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from supply.db import Base, Moment

WATCH_MINUTES = 5


class JobName(StrEnum):
    """Everything that happens by itself, in the order of the night."""

    daily_usage = "daily_usage"
    verify = "verify"
    backup = "backup"
    certificate = "certificate"
    take_sheets = "take_sheets"
    expiry = "expiry"
    reorder = "reorder"
    waste = "waste"
    morning_mail = "morning_mail"
    watch = "watch"


class Trigger(StrEnum):
    """Why a job ran."""

    timetable = "timetable"
    by_hand = "by hand"


class RunOutcome(StrEnum):
    """What a run came to; `lost` is one whose process ended in the middle."""

    running = "running"
    done = "done"
    failed = "failed"
    lost = "lost"


@dataclass(frozen=True)
class JobWords:
    """A job in the office's words: its name on the screen, and what it does."""

    title: str
    does: str


JOB_WORDS: Mapping[JobName, JobWords] = {
    JobName.daily_usage: JobWords("Add up use", "Adds up what was used on each day, for the reorder suggestions."),
    JobName.verify: JobWords("Check the books", "Adds the whole ledger up again and checks the audit trail."),
    JobName.backup: JobWords("Back up", "Copies everything, checks the copy, and keeps the newest ones."),
    JobName.certificate: JobWords("Renew the certificate", "Asks the public authority anew in the last 30 days."),
    JobName.take_sheets: JobWords("Make take-sheets", "Once a week: sheets to write on while the screens are dark."),
    JobName.expiry: JobWords("Look at expiry dates", "Finds lots that have expired or soon will, and says so."),
    JobName.reorder: JobWords("Suggest orders", "Works out what to order, how much, and why."),
    JobName.waste: JobWords("Look at the waste", "Finds waste containers and papers whose time runs out."),
    JobName.morning_mail: JobWords("Send the morning mail", "Tells people by mail what waits; silent on a good day."),
    JobName.watch: JobWords("Watch devices and scans", "Looks every five minutes whether something needs somebody."),
}


class WorkerBeat(Base):
    """The sign of life of the one worker. It shows; it decides nothing: leadership is a lock, never a clock."""

    __tablename__ = "worker_beats"
    __table_args__ = (sa.CheckConstraint("id = 1", name="one_row"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    holder: Mapped[str] = mapped_column(sa.String(120))
    started_at: Mapped[datetime] = mapped_column(Moment)
    seen_at: Mapped[datetime] = mapped_column(Moment)


class JobRun(Base):
    """One run of one job for one period: the truth about whether it has run.

    `period` is the office's date of a daily job, the UTC slot of `watch`, or the request that asked for it. Tried again
    after it failed or was lost, it is the same row: `tries` counts them, `detail` (JSON) keeps what the earlier ones
    came to, `retry_at` says when the next one is.
    """

    __tablename__ = "job_runs"
    __table_args__ = (
        sa.UniqueConstraint("job", "period"),
        sa.Index("ix_job_runs_job", "job", "id"),
        sa.Index("ix_job_runs_started_at", "started_at"),
    )

    id: Mapped[int] = mapped_column(sa.BigInteger().with_variant(sa.Integer, "sqlite"), primary_key=True)
    job: Mapped[str] = mapped_column(sa.String(40))
    period: Mapped[str] = mapped_column(sa.String(60))
    trigger: Mapped[str] = mapped_column(sa.String(20))
    requested_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("people.id"))
    started_at: Mapped[datetime] = mapped_column(Moment)
    ended_at: Mapped[datetime | None] = mapped_column(Moment)
    outcome: Mapped[str] = mapped_column(sa.String(10))
    summary: Mapped[str] = mapped_column(sa.String(500), default="")
    detail: Mapped[str] = mapped_column(sa.Text, default="{}")
    tries: Mapped[int] = mapped_column(default=1)
    retry_at: Mapped[datetime | None] = mapped_column(Moment)
