"""/waste: streams, containers, pickups and papers."""

from supply.web.resource import resource

waste = resource("waste", "Waste: streams, containers, pickups and papers")
