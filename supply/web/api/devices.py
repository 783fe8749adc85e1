"""/devices: scanners, cameras and printers, and how they are."""

from datetime import datetime

from pydantic import BaseModel

from supply.staff.permissions import Action
from supply.stations.station_lines import device_lines
from supply.web.access import allow
from supply.web.api.operations import route
from supply.web.api.paging import Page, cut_whole
from supply.web.context import database
from supply.web.resource import resource

devices = resource("devices", "Scanners, cameras and printers")


class Device(BaseModel):
    """A device in the state in which the worker last saw it, `state_words` for people."""

    name: str
    station: str
    driver: str
    state: str
    state_words: str
    last_activity_at: datetime | None


class Devices(BaseModel):
    """A page of devices."""

    items: list[Device]
    next: str | None


@route(devices, "GET", "/devices", {200: Devices})
@allow(Action.look_up, Action.administer)
def list_devices(query: Page) -> Devices:
    """Active devices."""
    with database().read_session() as session:
        lines = device_lines(session)
    page, following = cut_whole(lines, query, lambda line: line.id)
    return Devices(items=[Device.model_validate(line, from_attributes=True) for line in page], next=following)
