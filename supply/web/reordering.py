"""What the office has set about ordering, as the reorder rule wants it. Holds no rule itself."""

from supply.replenishment.rule import ReorderRules
from supply.web.context import settings


def rules() -> ReorderRules:
    """The rules of this office."""
    reorder = settings().reorder
    return ReorderRules(reorder.review_days, reorder.cover_days, reorder.safety_factor)
