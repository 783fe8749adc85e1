"""/station-devices: what an agent is told of its devices, and tells about them."""

from supply.web.resource import resource

station_devices = resource("station-devices", "Devices that an agent runs")
