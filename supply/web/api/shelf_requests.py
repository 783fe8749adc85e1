"""/shelf-requests: need more, shelf empty."""

from supply.web.resource import resource

shelf_requests = resource("shelf-requests", "Need more, shelf empty")
