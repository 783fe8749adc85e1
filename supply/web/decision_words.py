"""How decisions are said on screens: the chip of each urgency, since when, and when it is looked at next. No query."""

import re
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

from markupsafe import Markup, escape

from supply.settings import Settings
from supply.staff.permissions import Action
from supply.web.context import may, now, settings

# state macro's kind and its word; what is not here is said by urgency alone
URGENCY: Mapping[str, tuple[str, str]] = {
    "stop": ("stop", "Act now"),
    "short": ("short", "Today"),
    "soon": ("soon", "Soon"),
    "note": ("note", "Note"),
}
SPECIAL: Mapping[tuple[str, str], tuple[str, str]] = {
    ("recall", "stop"): ("recalled", "Recalled"),
    ("reorder", "stop"): ("stop", "None left"),
    ("reorder", "short"): ("short", "Short"),
    ("expiry", "short"): ("soon", "This week"),
    ("expiry", "soon"): ("soon", "Use soon"),
}
DAY = re.compile(r"\d{4}-[A-Z]{3}-\d{2}")
ALERTS, MAIL = "/alerts", "/alerts/mail"


def chip(kind: str, severity: str) -> tuple[str, str]:
    """Which state an alert is shown in, and the word on it."""
    return SPECIAL.get((kind, severity), URGENCY[severity])


def unbroken(text: str) -> Markup:
    """Text whose dates never break over two lines."""
    return Markup(DAY.sub(lambda day: f'<span class="together">{day[0]}</span>', str(escape(text))))  # noqa: S704


def first_and_rest(words: str) -> tuple[Markup, Markup]:
    """What is the matter, and after it where and what to do.

    >>> first_and_rest("The paper is out. Look at it.")
    (Markup('The paper is out.'), Markup('Look at it.'))
    """
    first, full_stop, rest = words.partition(". ")
    return unbroken(first + full_stop.strip()), unbroken(rest)


def leads_somewhere(link: str) -> bool:
    """Whether there is a page for this person that settles it; a pulled cable is settled at the cable."""
    if link == MAIL:
        return may(Action.administer)
    return not link.startswith(ALERTS)


def next_check() -> str:
    """When somebody's shelf is looked at next, in words: `today at 05:15`, `tomorrow at 05:00`."""
    at = _next_check_at(now(), settings()).astimezone(settings().zone)
    day = "today" if at.date() == now().astimezone(settings().zone).date() else "tomorrow"
    return f"{day} at {at:%H:%M}"


def _next_check_at(moment: datetime, chosen: Settings) -> datetime:
    today = moment.astimezone(chosen.zone).date()
    times = (chosen.jobs.expiry, chosen.jobs.reorder, chosen.jobs.waste)
    days = (today, today + timedelta(days=1))
    ahead = (datetime.combine(day, at, chosen.zone).astimezone(UTC) for day in days for at in times)
    return min(at for at in ahead if at > moment)
