"""Every check by name, and the one door through which they run. Decides nothing itself."""

from collections.abc import Collection, Mapping
from types import ModuleType

from sqlalchemy.orm import Session

from supply.alerts import book
from supply.alerts.book import Cause, Changed
from supply.errors import NotFound
from supply.monitoring import backup, expiry, printing, reorder, scans, staff, stations
from supply.monitoring.limits import Limits, When

__all__ = ["CHECKS", "Cause", "Changed", "Limits", "When", "run_checks"]

# name → module with KINDS, GONE and `causes(session, when, limits)`
CHECKS: Mapping[str, ModuleType] = {
    "expiry": expiry,
    "reorder": reorder,
    "stations": stations,
    "printing": printing,
    "scans": scans,
    "staff": staff,
    "backup": backup,
}


def run_checks(
    session: Session, *, names: Collection[str] | None = None, when: When, limits: Limits | None = None
) -> Changed:
    """Look at these subjects (None: at all) and bring their alerts up to date. Raises NotFound for an unknown name."""
    chosen = list(CHECKS) if names is None else list(names)
    unknown = [name for name in chosen if name not in CHECKS]
    if unknown:
        raise NotFound(f"There is no check named {unknown[0]!r}. There are: {', '.join(CHECKS)}.", code="check_unknown")
    book.take_turn(session)
    changed = Changed()
    for name in chosen:
        check = CHECKS[name]
        causes = check.causes(session, when, limits or Limits())
        changed += book.update(session, kinds=check.KINDS, causes=causes, now=when.now, gone=check.GONE)
    return changed
