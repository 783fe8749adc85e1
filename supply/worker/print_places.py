"""Where labels come out at this machine: the printers that it opens, and addresses given by hand.

It must never open a printer; who prints is `worker.printing`.
"""

from dataclasses import dataclass, field
from typing import Any, Final

import sqlalchemy as sa
from sqlalchemy.orm import Session

from supply.devices.printers.addresses import Reach
from supply.devices.printers.model import Printer
from supply.devices.printers.open import PRINTERS, open_printer, printer_at
from supply.labels import print_jobs
from supply.settings import Settings
from supply.stations.device_scans import devices_to_run
from supply.stations.models import Device

SERVER: Final = "server"


@dataclass(frozen=True)
class Place:
    """Where labels come out: a device with its settings, or an address that somebody gave by hand."""

    name: str
    device_id: int | None = None
    address: str | None = None
    settings: dict[str, Any] = field(default_factory=dict)
    reach: Reach = field(default_factory=Reach)

    @property
    def key(self) -> tuple[int | None, str | None]:
        """Which printer it is, whatever its settings: one printer never has two threads."""
        return self.device_id, self.address

    def printer(self) -> Printer:
        """Its driver. Raises `DeviceError` for settings that cannot be right."""
        if self.address is not None:
            return printer_at(self.address, reach=self.reach)
        return open_printer(self.name, self.settings, reach=self.reach)


def reach_of(settings: Settings) -> Reach:
    """Where the office allows printers of the network to be."""
    return Reach(networks=settings.printing.networks, ports=settings.printing.ports)


def places(session: Session, reach: Reach) -> list[Place]:
    """Every printer of this machine, and each address for which a label waits."""
    here = set(session.scalars(sa.select(Device.id).where(Device.runs_at == SERVER)))
    found = [device for device in devices_to_run(session) if device.driver in PRINTERS and device.id in here]
    devices = [Place(d.name, device_id=d.id, settings={"driver": d.driver, **d.settings}, reach=reach) for d in found]
    return devices + [Place(at, address=at, reach=reach) for at in print_jobs.addresses_waiting(session)]
