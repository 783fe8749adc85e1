"""PURE: how much of one item to order now, and the numbers behind it. Knows no database, no clock and no screen."""

from dataclasses import dataclass


@dataclass(frozen=True)
class ReorderRules:
    """What an office sets: days between two orders, days an order lasts, standard deviations of use held back."""

    review_days: int
    cover_days: int
    safety_factor: float
