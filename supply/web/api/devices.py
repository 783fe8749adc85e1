"""/devices: scanners, cameras and printers, and how they are."""

from datetime import datetime
from typing import Literal

from pydantic import BaseModel

from supply.staff.permissions import Action
from supply.stations.printer_lines import DRIVERS, PrinterLine, printer_lines
from supply.stations.station_lines import DeviceLine, device_lines
from supply.web.access import allow
from supply.web.api.operations import route
from supply.web.api.paging import Page, cut_whole
from supply.web.context import database
from supply.web.resource import resource

devices = resource("devices", "Scanners, cameras and printers")


class Device(BaseModel):
    """A device in the state in which the worker last saw it, `state_words` for people; `paper` is of printers."""

    name: str
    station: str
    kind: Literal["scanner", "camera", "printer"]
    driver: str
    state: str
    state_words: str
    last_activity_at: datetime | None
    paper: str | None

    @classmethod
    def of(cls, line: DeviceLine, printer: PrinterLine | None) -> "Device":
        """The shape of a line."""
        is_printer = line.driver.startswith(DRIVERS)
        return cls(
            name=line.name,
            station=line.station,
            kind="printer" if is_printer else "camera" if line.driver.startswith("camera") else "scanner",
            driver=line.driver,
            state=line.state,
            state_words=line.state_words,
            last_activity_at=line.last_activity_at,
            paper=printer.paper.name if printer else None,
        )


class Devices(BaseModel):
    """A page of devices."""

    items: list[Device]
    next: str | None


@route(devices, "GET", "/devices", {200: Devices})
@allow(Action.look_up, Action.administer)
def list_devices(query: Page) -> Devices:
    """Active devices."""
    with database().read_session() as session:
        lines, printers = device_lines(session), {one.name: one for one in printer_lines(session)}
    page, following = cut_whole(lines, query, lambda line: line.id)
    return Devices(items=[Device.of(line, printers.get(line.name)) for line in page], next=following)
