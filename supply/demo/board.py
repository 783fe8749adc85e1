"""The demonstration office opens with its alerts: everybody has a mail address of nobody, and every check has run."""

from datetime import datetime

from sqlalchemy.orm import Session

from supply.db import Database
from supply.monitoring.checks import CHECKS, Limits, When, run_checks
from supply.settings import Settings
from supply.staff import people
from supply.staff.permissions import Role

DOMAIN = "example.org"  # kept for examples: no mail ever arrives anywhere (RFC 2606)
LATER = frozenset({"backup"})  # the worker takes the first backup as soon as it runs


def open_board(db: Database, settings: Settings, now: datetime) -> None:
    """Give every person of the office an address, then look at everything."""
    when = When(now, now.astimezone(settings.zone).date(), settings.zone)

    def look(session: Session) -> None:
        by = people.local_actor(session)
        for row in people.roster(session):
            if not row.is_built_in and row.name in set(Role):
                people.set_email(session, person_id=row.id, email=f"{row.name}@{DOMAIN}", by=by, now=now)
        names = [name for name in CHECKS if name not in LATER]
        run_checks(session, names=names, when=when, limits=Limits(expiry_days=settings.alerts.expiry_days))

    db.transact(look)
