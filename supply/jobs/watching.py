"""The watch: every few minutes, what may need somebody now, and mails that still wait to go out."""

from datetime import timedelta
from functools import partial

from supply.jobs import runs
from supply.jobs.checking import run_named
from supply.jobs.model import JobContext
from supply.jobs.models import JobName
from supply.jobs.morning import transport
from supply.monitoring.morning_mail import send_waiting

SUBJECTS = ("stations", "printing", "scans", "staff", "backup")
KEPT = timedelta(days=7)


def watch(context: JobContext) -> str:
    """Bring the alerts of these subjects up to date, send what waits, forget the watch's own runs of last week."""
    words = run_named(context, SUBJECTS)
    sent = send_waiting(context.db, transport=transport(context.settings), now=context.now)
    context.db.transact(partial(runs.prune, job=JobName.watch, before=context.now - KEPT))
    return f"{words} Mail: {sent.in_words}." if any(sent.counts.values()) else words
