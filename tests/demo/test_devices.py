"""The emulated printer of the demonstration office: two demonstrations on one machine do not fight for a port."""

import json
import shutil
from datetime import datetime
from pathlib import Path

import sqlalchemy as sa

from supply.audit import chain
from supply.db import Database
from supply.demo import places
from supply.demo.devices import plug_printer
from supply.devices.open import open_printer
from supply.staff import people
from supply.stations.device_scans import devices_to_run
from supply.stations.models import Device
from tests.devices.printer_rigs import noise


def furnished(template: Path, folder: Path, now: datetime) -> Database:
    folder.mkdir()
    shutil.copy(template, folder / "supply.db")
    db = Database(f"sqlite:///{folder / 'supply.db'}")
    db.transact(lambda s: places.furnish(s, data_folder=folder, by=people.local_actor(s), now=now))
    return db


def prints(db: Database) -> bool:
    with db.read_session() as session:
        device = next(d for d in devices_to_run(session) if d.name == places.PRINTER)
    printer = open_printer(device.name, {"driver": device.driver, **device.settings, "mm_per_second": 3000})
    return printer.print_image(noise(64, 20)).outcome == "printed"


def test_two_demonstrations_at_once_each_print_to_their_own_printer(
    sqlite_template: Path, tmp_path: Path, now: datetime
) -> None:
    databases = [furnished(sqlite_template, tmp_path / name, now) for name in ("one", "two")]
    printers = [plug_printer(db, tmp_path / f"labels-{n}", now=now) for n, db in enumerate(databases)]
    try:
        for db, printer in zip(databases, printers, strict=True):
            assert printer is not None
            assert prints(db)
            assert len(printer.labels()) == 1
        assert printers[0].port != printers[1].port  # type: ignore[union-attr]
        with databases[1].read_session() as session:
            assert list(chain.verify(session)) == []
    finally:
        for printer in printers:
            if printer is not None:
                printer.unplug()
        for db in databases:
            db.close()


def test_a_printer_that_was_set_up_by_hand_is_left_alone(sqlite_template: Path, tmp_path: Path, now: datetime) -> None:
    db = furnished(sqlite_template, tmp_path / "one", now)
    settings = json.dumps({"host": "192.168.1.50", "port": 9100})
    db.transact(lambda s: s.execute(sa.update(Device).where(Device.name == places.PRINTER).values(settings=settings)))
    assert plug_printer(db, tmp_path / "labels", now=now) is None
    db.close()
