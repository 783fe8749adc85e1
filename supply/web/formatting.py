"""How dates, moments and amounts are written for people: ISO order with letters for the month, never misread."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

from flask import Flask

from supply.stations.answers import units_words
from supply.stock.lots import MONTHS, expiry_words
from supply.web.context import settings
from supply.web.money import money_words


def install(app: Flask) -> None:
    """Make the formats filters of the templates."""
    app.add_template_filter(day, "day")
    app.add_template_filter(expiry_words, "expiry")
    app.add_template_filter(amount, "amount")
    app.add_template_filter(units_words, "units")
    app.add_template_filter(lambda cost: money_words(cost, settings().office.currency), "money")
    app.add_template_filter(lambda moment: moment_at(moment, settings().zone), "moment")
    app.add_template_filter(lambda moment: clock_at(moment, settings().zone), "clock")


def day(value: date | None) -> str:
    """A date as on the box.

    >>> day(date(2027, 3, 14))
    '2027-MAR-14'
    """
    return f"{value.year:04}-{MONTHS[value.month - 1]}-{value.day:02}" if value else "no date"


def amount(number: int | None, unit: str = "") -> str:
    """A whole number with its unit and a comma for thousands.

    >>> amount(1000, "mL"), amount(-1)
    ('1,000 mL', '−1')
    """
    if number is None:
        return "unknown"
    text = f"{abs(number):,}".join(("−" if number < 0 else "", ""))
    return f"{text} {unit}" if unit else text


def moment_at(moment: datetime | None, zone: ZoneInfo) -> str:
    """A moment by the office's clock, to the minute."""
    if moment is None:
        return "never"
    local = moment.astimezone(zone)
    return f"{day(local.date())} {local:%H:%M}"


def clock_at(moment: datetime, zone: ZoneInfo) -> str:
    """The office's time of day, to the minute."""
    return f"{moment.astimezone(zone):%H:%M}"
