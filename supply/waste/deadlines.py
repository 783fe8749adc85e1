"""PURE: when waste must leave, when a copy must be back, when a registration runs out. Dates are the office's own.

Knows no database and no clock; whatever `today` is, a deadline that is there stays there.
"""

from dataclasses import dataclass
from datetime import date, timedelta

from supply.stock.lots import expiry_words
from supply.waste.rules import Rule, StateRules

HERE = frozenset({"open", "full", "sealed"})
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
    """By when the container must have been picked up; None while its clock has not started or it has left.

    >>> from supply.waste.rules import rules_for
    >>> facts = StorageFacts("W-000001", "REDBAG", "open", date(2026, 3, 1), date(2026, 3, 2), None, None)
    >>> found = due(facts, rules_for("US-DEFAULT"), date(2026, 3, 30))
    >>> found.due_on.isoformat(), found.state, found.days_left
    ('2026-04-01', 'soon', 2)
    """
    if container.state not in HERE:
        return None
    rule = rules.rule("storage_days", container.stream)
    start = _start(container, rule.clock_start)
    if start is None:
        return None
    limit = start + timedelta(days=rule.value)
    warn_days = rules.rule("storage_warn_days", container.stream).value
    warn_on = start + timedelta(days=warn_days if warn_days < rule.value else rule.value * 7 // 10)
    words = f"Container {container.number} must be picked up by {expiry_words(limit)}"
    return _deadline("storage", f"container {container.number}", limit, warn_on, today, words, rule)


def pickup_due(number: str, scheduled_on: date, today: date) -> Deadline:
    """A pickup is missed one day after the day it was booked for.

    >>> pickup_due("P-000001", date(2026, 3, 1), date(2026, 3, 2)).state
    'overdue'
    """
    words = f"Pickup {number} is booked for {expiry_words(scheduled_on)}"
    return _deadline("pickup_missed", f"pickup {number}", scheduled_on, scheduled_on, today, words, None)


def copy_due(number: str, accepted_on: date, rules: StateRules, today: date) -> tuple[Deadline, Deadline]:
    """By when the signed copy must be back, and by when its lack is to be reported.

    >>> from supply.waste.rules import rules_for
    >>> copy, report = copy_due("M-000001", date(2026, 3, 1), rules_for("US-DEFAULT"), date(2026, 4, 1))
    >>> copy.state, copy.due_on.isoformat(), report.state, report.due_on.isoformat()
    ('soon', '2026-04-05', 'fine', '2026-04-15')
    """
    late, warn, exception = (rules.rule(key) for key in ("copy_days", "copy_warn_days", "exception_days"))
    subject = f"manifest {number}"
    late_on, report_on = _after(accepted_on, late), _after(accepted_on, exception)
    warn_on = min(_after(accepted_on, warn), late_on)
    copy_words = f"The signed copy of {number} must be back by {expiry_words(late_on)}"
    report_words = f"Ask whether an exception report is due for {number}: no copy by {expiry_words(report_on)}"
    return (
        _deadline("copy", subject, late_on, warn_on, today, copy_words, late),
        _deadline("exception", subject, report_on, report_on, today, report_words, exception),
    )


def expiry_due(kind: str, subject: str, words: str, expires_on: date, today: date, *, warn_days: int = 30) -> Deadline:
    """A registration or training that counts through `expires_on`; `words` say what it is.

    >>> expiry_due("training", "training of Wes", "Hazmat training of Wes", date(2026, 3, 1), date(2026, 3, 1)).state
    'soon'
    """
    warn_on = expires_on - timedelta(days=warn_days)
    said = f"{words} counts through {expiry_words(expires_on)}"
    return _deadline(kind, subject, expires_on, warn_on, today, said, None)


def years_after(day: date, years: int) -> date:
    """The same day so many years later; February 29 becomes February 28.

    >>> years_after(date(2024, 2, 29), 3).isoformat()
    '2027-02-28'
    """
    try:
        return day.replace(year=day.year + years)
    except ValueError:
        return day.replace(year=day.year + years, day=28)


def retention_until(accepted_on: date, rules: StateRules) -> date:
    """Through which day a paper is kept: the longer of the state's time and DOT's (49 CFR 172.201(e)).

    >>> from supply.waste.rules import rules_for
    >>> retention_until(date(2026, 3, 1), rules_for("MA")).isoformat()
    '2028-03-01'
    """
    return max(_after(accepted_on, rules.rule(key)) for key in ("retention_years", "dot_retention_years"))


def _after(start: date, rule: Rule) -> date:
    return years_after(start, rule.value) if rule.unit == "years" else start + timedelta(days=rule.value)


def _start(container: StorageFacts, clock: str) -> date | None:
    """The day the clock started. A container that holds something and was sealed has always started by its seal."""
    if clock == "first_item":
        return container.first_item_on or container.sealed_on
    if clock == "first_nonsharps_item":
        return container.first_nonsharps_on or container.sealed_on
    if clock == "full" and container.full_on and container.sealed_on:
        return min(container.full_on, container.sealed_on)
    return (container.full_on if clock == "full" else None) or container.sealed_on


def _deadline(
    kind: str, subject: str, due_on: date, warn_on: date, today: date, words: str, rule: Rule | None
) -> Deadline:
    left = (due_on - today).days
    state = OVERDUE if left < 0 else SOON if today >= warn_on else FINE
    return Deadline(
        kind=kind,
        subject=subject,
        due_on=due_on,
        warn_on=warn_on,
        state=state,
        days_left=left,
        message=f"{words}: {_left_words(left)}.",
        needs_verification=rule.needs_verification if rule else False,
        rule=rule,
    )


def _left_words(left: int) -> str:
    if left == 0:
        return "today"
    days = f"{abs(left)} {'day' if abs(left) == 1 else 'days'}"
    return f"{days} left" if left > 0 else f"{days} overdue"
