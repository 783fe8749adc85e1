"""Every check by name, and the one door through which they run. Decides nothing itself."""

from collections.abc import Collection, Mapping
from types import ModuleType

from sqlalchemy.orm import Session

from supply.alerts import book
from supply.alerts.book import Cause, Changed
from supply.errors import NotFound
from supply.monitoring import backup, expiry, printing, reorder, scans, staff, stations, waste
from supply.monitoring.limits import Limits, When

__all__ = ["CHECKS", "Cause", "Changed", "Limits", "When", "run_checks"]

# name → module with KINDS, GONE and `causes(session, when, limits)`; those that are FOLLOWED have `followed` too
CHECKS: Mapping[str, ModuleType] = {
    "expiry": expiry,
    "reorder": reorder,
    "waste": waste,
    "stations": stations,
    "printing": printing,
    "scans": scans,
    "staff": staff,
    "backup": backup,
}
# Daily checks whose alerts are followed by every other check: they open at their hour, and close soon after somebody
# has thrown out, received or ordered, not on the next morning.
FOLLOWED = ("expiry", "reorder", "waste")


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
    for name in FOLLOWED:
        if name not in chosen:
            changed += _follow(session, CHECKS[name], when, limits or Limits())
    return changed


def _follow(session: Session, check: ModuleType, when: When, limits: Limits) -> Changed:
    subjects = book.open_subjects(session, kinds=check.KINDS)
    if not subjects:
        return Changed()
    causes = check.followed(session, when, limits, subjects)
    return book.update(session, kinds=check.KINDS, causes=causes, now=when.now, gone=check.GONE, may_open=False)
