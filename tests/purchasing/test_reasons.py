"""A suggestion in words."""

from dataclasses import replace
from datetime import date

import pytest

from supply.purchasing.reasons import remarks, sentence
from supply.replenishment.rule import Coming, ItemNow, ReorderRules, UsableLot, suggest

TODAY = date(2026, 11, 23)
RULES = ReorderRules(7, 14, 2.05)
STEADY = ItemNow(use=(2.0,) * 100, pack=10, quoted_lead_days=7)


def said(**fields: object) -> str:
    return sentence(suggest(replace(STEADY, **fields), RULES), today=TODAY)  # type: ignore[arg-type]


def remarked(**fields: object) -> str:
    return " ".join(remarks(suggest(replace(STEADY, **fields), RULES)))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({}, "None left that may be used; order below 39"),
        ({"lots": (UsableLot(1),)}, "1 left, less than a day of use"),
        ({"lots": (UsableLot(2),)}, "2 left, about 1 day of use"),
        ({"lots": (UsableLot(5_000),)}, "5,000 left, more than a year of use"),
        ({"lots": (UsableLot(14),), "lead_samples": (9,) * 30}, "for the supplier takes 9 days (says 7);"),
        ({"lots": (UsableLot(14),), "lead_samples": (7,) * 30}, "for the supplier takes 7 days;"),
        ({"quoted_lead_days": 1}, "for the supplier says 1 day;"),
        ({"coming": (Coming(30, 2),)}, "; 30 on order;"),
        ({"coming": (Coming(30, 40), Coming(5, 1))}, "; 35 on order, 30 of it overdue;"),
        ({"pack": 100}, "1 pack would last until 2027-JAN-12."),
        ({"pack": 5_000}, "1 pack would last until more than a year from now."),
        ({"use": (0.0,) * 400}, "None left that may be used; no use to go by."),
        ({"use": (0.0,) * 400, "minimum": 3, "lots": (UsableLot(5),)}, "5 left; your minimum is 3."),
        ({"minimum": 90}, "your minimum is 90"),
    ],
)
def test_the_reason_says_what_is_left_and_what_decides(fields: dict[str, object], words: str) -> None:
    assert words in said(**fields)


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"coming": (Coming(30, 40),)}, "30 on order should have come by now."),
        ({"lots": (UsableLot(40, days=5),)}, "30 of what is here will expire before they are used."),
        ({"minimum": 90}, "Your own minimum of 90 decides"),
        ({"use": (2.0,) * 10}, "There are only 10 days of use to go by."),
        ({"shelf_life_days": 6, "pack": 1}, "cut to what is used within the shelf life."),
        ({"shelf_life_days": 20, "pack": 200}, "Part of this order would expire"),
    ],
)
def test_what_a_person_should_know_besides_is_said(fields: dict[str, object], words: str) -> None:
    assert words in remarked(**fields)


def test_no_service_level_is_ever_promised() -> None:
    assert "%" not in said() + remarked(shelf_life_days=6, pack=1)
