"""Checks by name, as a job runs them: with the office's limits, in one transaction, summed up in words."""

from collections.abc import Collection
from datetime import timedelta
from pathlib import Path

from sqlalchemy.orm import Session

from supply.alerts.book import Changed
from supply.jobs.model import JobContext
from supply.monitoring.checks import run_checks
from supply.monitoring.limits import Limits, When
from supply.settings import Settings


def run_named(context: JobContext, names: Collection[str]) -> str:
    """Look at these subjects and bring their alerts up to date; how many opened and closed."""

    def check(session: Session) -> Changed:
        when = When(context.now, context.today, context.settings.zone)
        return run_checks(session, names=names, when=when, limits=limits_of(context.settings))

    changed = context.db.transact(check)
    if not changed.opened and not changed.closed:
        return "Nothing new."
    return f"{_alerts(len(changed.opened))} new, {_alerts(len(changed.closed))} closed."


def limits_of(settings: Settings) -> Limits:
    """From when on this office is told."""
    folder = settings.waste.law_folder
    return Limits(
        agent_silent=timedelta(minutes=settings.alerts.agent_silent_minutes),
        expiry_days=settings.alerts.expiry_days,
        law_folder=Path(folder) if folder else None,
    )


def _alerts(count: int) -> str:
    return f"{count:,} alert{'' if count == 1 else 's'}"
