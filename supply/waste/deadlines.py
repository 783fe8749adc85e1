"""PURE: when waste must leave, when a copy must be back, when a registration runs out. Dates are the office's own.

Knows no database and no clock; whatever `today` is, a deadline that is there stays there.
"""

from dataclasses import dataclass
from datetime import date

from supply.waste.rules import Rule, StateRules

FINE, SOON, OVERDUE = "fine", "soon", "overdue"


@dataclass(frozen=True)
class Deadline:
    """One date by which something must happen. `state` is fine, soon or overdue; `days_left` is negative when overdue.

    `kind` is storage, pickup_missed, copy, exception, registration or training; `subject` names the thing
    (`container W-000001`, `manifest M-000002`, `pickup P-000003`, `registration 4`, `training of Wes Tanaka`).
    """

    kind: str
    subject: str
    due_on: date
    warn_on: date
    state: str
    days_left: int
    message: str
    needs_verification: bool
    rule: Rule | None = None


@dataclass(frozen=True)
class StorageFacts:
    """What decides how long a container may stay. Dates are the office's; None is what has not happened."""

    number: str
    stream: str
    state: str
    first_item_on: date | None
    first_nonsharps_on: date | None
    full_on: date | None
    sealed_on: date | None


def due(container: StorageFacts, rules: StateRules, today: date) -> Deadline | None:
    """By when the container must have been picked up; None while its clock has not started or it has left."""
    raise NotImplementedError


def pickup_due(number: str, scheduled_on: date, today: date) -> Deadline:
    """A pickup is missed one day after the day it was booked for."""
    raise NotImplementedError


def copy_due(number: str, accepted_on: date, rules: StateRules, today: date) -> tuple[Deadline, Deadline]:
    """By when the signed copy must be back, and by when its lack is to be reported."""
    raise NotImplementedError


def expiry_due(kind: str, subject: str, words: str, expires_on: date, today: date, *, warn_days: int = 30) -> Deadline:
    """A registration or training that counts through `expires_on`."""
    raise NotImplementedError
