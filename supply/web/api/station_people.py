"""/station-people: who works at a station: badges and PINs."""

from supply.web.resource import resource

station_people = resource("station-people", "Who works at a station: badges and PINs")
