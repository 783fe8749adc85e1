"""/kiosk: what a kiosk keeps to answer without a network."""

from supply.web.resource import resource

kiosk = resource("kiosk", "What a kiosk keeps to answer without a network")
