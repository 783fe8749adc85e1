"""PURE: a suggestion in words a manager can check: what is left, how long it lasts, what comes and what does not.

Must never promise a service level: what the rule achieves is measured, not chosen.
"""

import math
from datetime import date, timedelta

from supply.replenishment.rule import CAPPED, EXPIRES, GUESS, LATE, MINIMUM, TOO_MUCH, UNUSED, Suggestion
from supply.stock.lots import expiry_words

LONGEST_DAYS = 400


def sentence(one: Suggestion, *, today: date) -> str:
    """Why, in one sentence: `14 left, about 6 days of use; order below 30, for the supplier takes 9 days (says 7).`"""
    parts = [_left(one)]
    if one.coming:
        parts.append(f"{one.coming:,} on order" + (f", {one.late:,} of it overdue" if one.late else ""))
    parts.append(_order_at(one) if one.demand.per_day else _unused(one))
    if one.packs and one.days_after is not None:
        parts.append(f"{_packs(one.packs)} would last until {_until(one.days_after, today)}")
    return "; ".join(parts) + "."


def remarks(one: Suggestion) -> tuple[str, ...]:
    """What else a person should know before ordering, a sentence each."""
    said = {
        LATE: f"{one.late:,} on order should have come by now. Ask the supplier; they are counted as coming.",
        EXPIRES: f"{one.expiring:,} of what is here will expire before {_they(one.expiring)} used.",
        MINIMUM: f"Your own minimum of {one.order_at:,.0f} decides, not the use.",
        GUESS: f"There are only {one.demand.days} days of use to go by.",
        CAPPED: "The order is cut to what is used within the shelf life.",
        TOO_MUCH: "Part of this order would expire before it is used.",
    }
    return tuple(said[flag] for flag in one.flags if flag in said and not (flag == GUESS and UNUSED in one.flags))


def _they(count: int) -> str:
    return "it is" if count == 1 else "they are"


def _left(one: Suggestion) -> str:
    if not one.usable:
        return "None left that may be used"
    return f"{one.usable:,} left" + ("" if one.days_left is None else f", {_days(one.days_left)} of use")


def _days(days: float) -> str:
    if days > LONGEST_DAYS:
        return "more than a year"
    whole = int(days)
    return "less than a day" if whole < 1 else "about 1 day" if whole == 1 else f"about {whole} days"


def _order_at(one: Suggestion) -> str:
    if MINIMUM in one.flags:
        return f"your minimum is {one.order_at:,.0f}"
    return f"order below {math.ceil(one.order_at):,}, for {_lead(one)}"


def _lead(one: Suggestion) -> str:
    learnt = round(one.lead.mean)
    if not one.lead.deliveries:
        return f"the supplier says {_counted(one.lead.quoted)}"
    says = "" if learnt == one.lead.quoted else f" (says {one.lead.quoted})"
    return f"the supplier takes {_counted(learnt)}{says}"


def _counted(days: int) -> str:
    return "1 day" if days == 1 else f"{days} days"


def _unused(one: Suggestion) -> str:
    return f"your minimum is {one.order_at:,.0f}" if one.order_at else "no use to go by"


def _packs(packs: int) -> str:
    return "1 pack" if packs == 1 else f"{packs:,} packs"


def _until(days: float, today: date) -> str:
    return "more than a year from now" if days > LONGEST_DAYS else expiry_words(today + timedelta(days=int(days)))
