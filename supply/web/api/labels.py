"""/labels: drawn, checked, printed."""

from supply.web.resource import resource

labels = resource("labels", "Labels: drawn, checked, printed")
