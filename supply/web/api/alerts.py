"""/alerts: what people must be told."""

from supply.web.resource import resource

alerts = resource("alerts", "Alerts: what people must be told")
