"""A workbench for the print queue: an office whose printers are emulated on TCP, and a worker's printing part."""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from uuid import uuid4

import sqlalchemy as sa

from supply import settings as settings_module
from supply.devices.emulators.printer import EmulatedPrinter
from supply.labels import print_jobs
from supply.labels.content import ItemLabel
from supply.labels.models import PrintJob
from supply.labels.symbols import house_symbol
from supply.stations import sessions
from supply.stations.models import Device
from supply.worker.printing import Printing
from tests.factories import Office

QUICK: dict[str, Any] = {"mm_per_second": 3000, "timeout_seconds": 1.0}


def shelf_label(name: str = "Nitrile gloves M", number: int = 7) -> ItemLabel:
    """A label to print."""
    return ItemLabel(name=name, sku=f"SKU-{number}", barcode=house_symbol("I", number))


@dataclass
class PrintBench:
    """An office with printers, and jobs for them."""

    office: Office
    folder: Path
    devices: dict[str, int] = field(default_factory=dict)

    def add(self, name: str, driver: str = "escpos-network", **settings: Any) -> int:
        """A printer device."""

        def act(session: sa.orm.Session) -> int:
            if not self.devices:
                sessions.add_station(
                    session, code="receiving-1", name="Bench", location="STOREROOM", mode="receive",
                    actor_id=None, now=self.office.now,
                )  # fmt: skip
            device = sessions.add_device(
                session, station=sessions.find_station(session, "receiving-1"), name=name, driver=driver,
                settings={**QUICK, **settings}, actor_id=None, now=self.office.now,
            )  # fmt: skip
            return device.id

        self.devices[name] = self.office.db.transact(act)
        return self.devices[name]

    def add_network(self, name: str, printer: EmulatedPrinter, **settings: Any) -> int:
        """A printer device for an emulated one."""
        return self.add(name, host=printer.host, port=printer.port, **settings)

    def queue(
        self, name: str | None = "printer-1", *, copies: int = 1, number: int = 7, address: str | None = None
    ) -> int:
        """A label for that printer; gives the job's number."""

        def act(session: sa.orm.Session) -> int:
            job = print_jobs.queue(
                session, request_id=uuid4(), content=shelf_label(number=number), copies=copies,
                device_id=None if address else self.devices[str(name)], address=address,
                paper_name="57x32" if address else None,
                actor_id=self.office.local.person_id, now=self.office.now, subject=f"item {number}",
            )  # fmt: skip
            return job.id

        return self.office.db.transact(act)

    def job(self, job_id: int) -> PrintJob:
        """The job as it is now."""
        with self.office.db.read_session() as session:
            return session.get_one(PrintJob, job_id)

    def state(self, job_id: int) -> str:
        """The job's state."""
        return self.job(job_id).state.value

    def device(self, name: str = "printer-1") -> tuple[str, str]:
        """What the screens show of a printer."""
        with self.office.db.read_session() as session:
            row = session.scalars(sa.select(Device).where(Device.name == name)).one()
            return row.state, row.state_words

    def printing(self) -> Printing:
        """The worker's part, not yet in its first round."""
        settings = settings_module.load(None, {"SUPPLY_DATA": str(self.folder)})
        return Printing(self.office.db, settings, lambda: self.office.now)

    @contextmanager
    def working(self) -> Iterator[Printing]:
        """The worker's part, taking its rounds."""
        printing, done = self.printing(), threading.Event()

        def rounds() -> None:
            while not done.is_set():
                printing.round()
                done.wait(0.2)

        thread = threading.Thread(target=rounds)
        thread.start()
        try:
            yield printing
        finally:
            done.set()
            thread.join()
            printing.stop(still_leads=True)

    def until(self, is_so: Callable[[], bool], *, seconds: float = 15.0) -> None:
        """Wait until it is so; it must become so."""
        deadline = time.monotonic() + seconds
        while not is_so():
            assert time.monotonic() < deadline, "it never came to that"
            time.sleep(0.03)
