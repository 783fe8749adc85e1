"""The emulated printers of the demonstration office: two demonstrations on one machine do not fight for a port."""

import json
import shutil
from datetime import datetime
from pathlib import Path

import pytest
import sqlalchemy as sa

from supply.audit import chain
from supply.db import Database
from supply.demo import places
from supply.demo.devices import plug_printers
from supply.devices.printers.open import open_printer
from supply.errors import Invalid
from supply.labels.raster import render
from supply.staff import people
from supply.stations.device_scans import devices_to_run
from supply.stations.models import Device
from supply.stations.printer_lines import printer_lines
from tests.devices.printer_rigs import noise
from tests.labels.making import container


def furnished(template: Path, folder: Path, now: datetime) -> Database:
    folder.mkdir()
    shutil.copy(template, folder / "supply.db")
    db = Database(f"sqlite:///{folder / 'supply.db'}")
    db.transact(lambda s: places.furnish(s, data_folder=folder, by=people.local_actor(s), now=now))
    return db


def prints(db: Database, name: str) -> bool:
    with db.read_session() as session:
        device = next(d for d in devices_to_run(session) if d.name == name)
    printer = open_printer(device.name, {"driver": device.driver, **device.settings, "mm_per_second": 3000})
    return printer.print_image(noise(64, 20)).outcome == "printed"


def test_two_demonstrations_at_once_each_print_to_their_own_printers(
    sqlite_template: Path, tmp_path: Path, now: datetime
) -> None:
    databases = [furnished(sqlite_template, tmp_path / name, now) for name in ("one", "two")]
    plugged = [plug_printers(db, tmp_path / f"labels-{n}", now=now) for n, db in enumerate(databases)]
    try:
        for number, (db, printers) in enumerate(zip(databases, plugged, strict=True)):
            for name, printer in zip(places.PRINTERS, printers, strict=True):
                assert prints(db, name)
                assert printer.folder == tmp_path / f"labels-{number}" / name
                assert len(printer.labels()) == 1
        assert len({printer.port for printers in plugged for printer in printers}) == 6
        with databases[1].read_session() as session:
            assert list(chain.verify(session)) == []
    finally:
        for printer in [one for printers in plugged for one in printers]:
            printer.unplug()
        for db in databases:
            db.close()


def test_the_whole_label_of_a_waste_container_fits_the_wide_printer_only(
    sqlite_template: Path, tmp_path: Path, now: datetime
) -> None:
    db = furnished(sqlite_template, tmp_path / "one", now)
    with db.read_session() as session:
        paper = {line.name: line.paper for line in printer_lines(session)}
    db.close()
    label = container()
    assert render(label, paper[places.ROLL_PRINTER]).height_dots > 100
    with pytest.raises(Invalid):
        render(label, paper[places.SHELF_PRINTER])


def test_printers_that_were_set_up_by_hand_are_left_alone(sqlite_template: Path, tmp_path: Path, now: datetime) -> None:
    db = furnished(sqlite_template, tmp_path / "one", now)
    settings = json.dumps({"host": "192.168.1.50", "port": 9100})
    by_hand = Device.name == places.SHELF_PRINTER
    db.transact(lambda s: s.execute(sa.update(Device).where(by_hand).values(settings=settings)))
    plugged = plug_printers(db, tmp_path / "labels", now=now)
    for printer in plugged:
        printer.unplug()
    assert [printer.folder.name for printer in plugged] == [places.ROLL_PRINTER, places.ZPL_PRINTER]
    db.close()
