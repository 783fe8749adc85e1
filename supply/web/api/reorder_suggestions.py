"""/reorder-suggestions: what to order, and why."""

from supply.web.resource import resource

reorder_suggestions = resource("reorder suggestions", "Reorder suggestions: what to order, and why")
