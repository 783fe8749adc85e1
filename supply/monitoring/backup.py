"""No good backup for more than a day, or books that do not add up: what an office learns of too late otherwise."""

from datetime import datetime

from sqlalchemy.orm import Session

from supply.alerts.audience import ADMIN
from supply.alerts.book import Cause
from supply.backup.records import Verified, database_made_at, last_attempt, last_good_backup, last_verify
from supply.monitoring.limits import Limits, When
from supply.stock.lots import expiry_words

KINDS = ("backup", "verify")
GONE = {"backup": "There is a good backup again.", "verify": "The books add up again."}
LINK = "/jobs"


def causes(session: Session, when: When, limits: Limits) -> list[Cause]:
    """The state of the copies and of the books."""
    good, attempt = last_good_backup(session), last_attempt(session)
    since = good.taken_at if good else database_made_at(session)
    why = attempt.words if attempt is not None and not attempt.is_good else ""
    found = (backup_cause(since, good is not None, why, when, limits), verify_cause(last_verify(session), when))
    return [cause for cause in found if cause is not None]


def backup_cause(since: datetime | None, has_one: bool, why: str, when: When, limits: Limits) -> Cause | None:
    """What is to be said when the newest copy (or, without one, the database) is too old. PURE."""
    if since is None or when.now - since <= limits.backup_age:
        return None
    last = f"The last good backup is of {_moment(since, when)}." if has_one else "There is no good backup yet."
    reason = f" The last try failed: {why.rstrip('. ')}." if why else ""
    return Cause(
        kind="backup",
        subject="backup",
        severity="stop",
        message=f"{last}{reason} Look at the backup folder and run the backup again.",
        link=LINK,
        role=ADMIN,
        verb="See the jobs",
        group_words="troubles with backups",
        group_link=LINK,
    )


def verify_cause(verified: Verified | None, when: When) -> Cause | None:
    """What is to be said when the last re-adding of the books found faults. PURE."""
    if verified is None or not verified.count:
        return None
    first = verified.faults[0] if verified.faults else None
    named = f" The first: {first.subject}: {first.detail.rstrip('. ')}." if first else ""
    faults = f"{verified.count:,} fault{'' if verified.count == 1 else 's'}"
    return Cause(
        kind="verify",
        subject="books",
        severity="stop",
        message=f"Checking the books found {faults} at {_moment(verified.at, when)}.{named} Keep the backups of before "
        "and ask for help: nothing repairs itself.",
        link=LINK,
        role=ADMIN,
        verb="See the jobs",
        group_words="checks of the books found faults",
        group_link=LINK,
    )


def _moment(moment: datetime, when: When) -> str:
    local = moment.astimezone(when.zone)
    return f"{expiry_words(local.date())} {local:%H:%M}"
