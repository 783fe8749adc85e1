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

# name → module with KINDS, GONE and `causes(session, when, limits)`
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
        changed += _run(session, CHECKS[name], when, limits or Limits())
    for name in FOLLOWED:
        check = CHECKS[name]
        if name not in chosen and book.has_open(session, kinds=check.KINDS):
            changed += _run(session, check, when, limits or Limits(), may_open=False)
    return changed


def _run(session: Session, check: ModuleType, when: When, limits: Limits, *, may_open: bool = True) -> Changed:
    causes = check.causes(session, when, limits)
    return book.update(session, kinds=check.KINDS, causes=causes, now=when.now, gone=check.GONE, may_open=may_open)
