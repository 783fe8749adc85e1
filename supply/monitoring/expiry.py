"""Lots that expire, have expired, or are recalled, and still stand on a shelf.

One alert for each lot, which rises through the steps of the ladder: at each step it is told anew, so that acknowledging
it at 90 days does not silence it at 30. Lots of one step are said in one line where there are many; a lot that must not
be used is the nurse's matter too, a lot that should go first is the manager's.
"""

from collections import defaultdict
from collections.abc import Collection, Sequence
from datetime import timedelta
from urllib.parse import quote

from sqlalchemy.orm import Session

from supply.alerts.audience import MANAGER, NURSE
from supply.alerts.book import Cause
from supply.db import table_of
from supply.monitoring.limits import Limits, When
from supply.stations.answers import units_words
from supply.stock.expiry import ExpiringLot, expiring_lots
from supply.stock.lots import expiry_words
from supply.stock.models import Lot, LotState
from supply.stock.owners import OFFICE
from supply.stock.shelves import LOTS_AT_PLACES

KINDS = ("expiry", "recall")
GONE = {"expiry": "None of it is left on a shelf.", "recall": "None of it is left on a shelf, or it was released."}
MOST_LOTS = 5_000
PAGES = (7, 30, 60, 90)  # the spans in days that the page of expiry dates has
PLACES = 3
RECALLED_LEVEL = 9  # before every lot that has only expired


def causes(session: Session, when: When, limits: Limits) -> list[Cause]:
    """What expires within the ladder, and what is recalled, by lot."""
    until = when.today + timedelta(days=max(limits.expiry_days))
    rows = expiring_lots(session, today=when.today, until=until, limit=MOST_LOTS)
    return [recall_cause(lot) for lot in _by_lot(_recalled(session))] + [
        cause
        for lot in _by_lot([row for row in rows if row.state != LotState.recalled])
        if (cause := expiry_cause(lot, limits.expiry_days)) is not None
    ]


def followed(session: Session, when: When, limits: Limits, subjects: Collection[str]) -> list[Cause]:
    """The same of what stands already: here it costs no less."""
    return causes(session, when, limits)


def expiry_cause(lot: Sequence[ExpiringLot], ladder: Collection[int]) -> Cause | None:
    """What is to be said of one lot, whose units may stand at several places; None before the first step. PURE."""
    first = lot[0]
    steps = sorted(ladder, reverse=True)
    reached = [step for step in steps if first.days_left <= step]
    if first.days_left >= 0 and not reached:
        return None
    is_over = first.days_left < 0
    step = 0 if is_over else reached[-1]
    span = next((days for days in PAGES if days >= step), PAGES[-1])
    page = "/expiry?show=expired" if is_over else f"/expiry?show={span}"
    return Cause(
        kind="expiry",
        subject=f"lot {first.lot_id}",
        severity=severity_at(step),
        message=f"{_named(first)} {_said(lot, step)}",
        link=page,
        role=NURSE if step <= 0 else MANAGER,
        verb="Throw out" if is_over else "See the lots",
        level=len(reached),
        value=_value(lot),
        group_words=_group_words(first.days_left, step, steps),
        group_link=page,
    )


def severity_at(step: int) -> str:
    """How urgent a step of the ladder is, in days before the expiry.

    >>> [severity_at(step) for step in (90, 60, 30, 7, 0)]
    ['note', 'note', 'soon', 'short', 'stop']
    """
    return "stop" if step <= 0 else "short" if step <= 7 else "soon" if step <= 30 else "note"


def recall_cause(lot: Sequence[ExpiringLot]) -> Cause:
    """A recalled lot that still stands where somebody may take it. PURE."""
    first = lot[0]
    sku = quote(first.sku)
    return Cause(
        kind="recall",
        subject=f"lot {first.lot_id}",
        severity="stop",
        message=f"{_named(first)} is recalled. {_where(lot)} Do not use it; put it on the hold shelf or throw it out.",
        link=f"/items/{sku}",
        role=NURSE,
        verb="Look",
        level=RECALLED_LEVEL,
        value=_value(lot),
        group_words="recalled lots stand on a shelf",
        group_link="/alerts?kind=recall",
    )


def _recalled(session: Session) -> list[ExpiringLot]:
    state, number = table_of(Lot).c.state, table_of(Lot).c.id
    rows = session.execute(LOTS_AT_PLACES.where(state == LotState.recalled).order_by(number).limit(MOST_LOTS))
    return [ExpiringLot(**{**row._mapping, "state": LotState.recalled.value, "days_left": 0}) for row in rows]


def _said(lot: Sequence[ExpiringLot], step: int) -> str:
    first, where = lot[0], _where(lot)
    day = expiry_words(first.expiry, first.precision)
    if first.days_left < 0:
        return f"expired {day}. {where} Do not use it; throw it out."
    if first.days_left == 0:
        return f"expires today, {day}. {where} Throw out what is left tonight."
    if step <= 7:
        return f"expires {day}, in a week or less. {where} Use it first, or throw it out in time."
    return f"expires {day}, within {step} days. {where} Use it first."


def _group_words(days_left: int, step: int, steps: Sequence[int]) -> str:
    if days_left <= 0:
        return "lots expire today" if days_left == 0 else "lots have expired and still stand on a shelf"
    shorter = max((days for days in steps if days < step), default=0)
    return f"lots expire in {shorter + 1} to {step} days"


def _where(lot: Sequence[ExpiringLot]) -> str:
    units = units_words(sum(row.quantity for row in lot), lot[0].unit)
    places = [row.place for row in lot]
    named = ", ".join(places[:PLACES]) + (f" and {len(places) - PLACES} more places" if len(places) > PLACES else "")
    return f"{units} in {named}." if units[-1:].isalpha() else f"{units} of them in {named}."


def _named(row: ExpiringLot) -> str:
    number = f"lot {row.number}" if row.number else "no lot number"
    return f"{row.name}, {number}{f', of {row.owner}' if row.owner != OFFICE else ''},"


def _value(lot: Sequence[ExpiringLot]) -> int | None:
    known = [row.value for row in lot if row.value is not None]
    return sum(known) if known else None


def _by_lot(rows: Sequence[ExpiringLot]) -> list[list[ExpiringLot]]:
    found: dict[int, list[ExpiringLot]] = defaultdict(list)
    for row in rows:
        found[row.lot_id].append(row)
    return list(found.values())
