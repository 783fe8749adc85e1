"""The devices of the demonstration office: what its camera looks at, and its emulated label printers."""

import json
from datetime import date, datetime
from functools import partial
from pathlib import Path

import sqlalchemy as sa
from sqlalchemy.orm import Session

from supply.audit import chain
from supply.barcodes.encode import bracketed_gs1
from supply.barcodes.parse import parse
from supply.db import Database
from supply.demo.places import PICTURE, PRINTER_HOST, PRINTERS
from supply.devices.emulators.camera import Scene, photograph, render_symbol, write_picture
from supply.devices.emulators.printer import EmulatedPrinter
from supply.devices.errors import DeviceError
from supply.stations.device_scans import StationDevice, devices_to_run
from supply.stations.models import Device


def write_camera_picture(folder: Path, *, barcode: str, today: date) -> None:
    """Draw a box's label as the office's camera would see it; `barcode` is GS1 text."""
    folder.mkdir(parents=True, exist_ok=True)
    symbol = render_symbol(bracketed_gs1(parse(barcode, today=today).gs1_elements))
    write_picture(folder / PICTURE, photograph(symbol, Scene(), seed=1))


def plug_printers(db: Database, folder: Path, *, now: datetime) -> list[EmulatedPrinter]:
    """Switch the emulated printers on where the office's printers of those names are, if they are on this machine.

    Two demonstrations on one machine want the same ports: the second one takes free ports and its devices follow.
    """
    with db.read_session() as session:
        found = [d for d in devices_to_run(session) if d.name in PRINTERS and d.settings.get("host") == PRINTER_HOST]
    plugged: list[EmulatedPrinter] = []
    try:
        for device in found:
            plugged.append(_plug(db, device, folder / device.name, now=now))
    except DeviceError:
        for printer in plugged:
            printer.unplug()
        raise
    return plugged


def _plug(db: Database, device: StationDevice, folder: Path, *, now: datetime) -> EmulatedPrinter:
    language = device.driver.partition("-")[0]
    printer = EmulatedPrinter(folder, port=int(device.settings["port"]), language=language)
    try:
        printer.plug()
    except DeviceError:
        printer.port = 0
        printer.plug()
        db.transact(partial(point_printer_at, device_id=device.id, port=printer.port, now=now))
    return printer


def point_printer_at(session: Session, *, device_id: int, port: int, now: datetime) -> None:
    """The demonstration's printer is at another port from now on."""
    row = session.scalars(sa.select(Device).where(Device.id == device_id)).one()
    row.settings = json.dumps({**json.loads(row.settings), "port": port}, sort_keys=True)
    session.flush()
    chain.record(
        session, at=now, actor_id=None, action="device.change", subject=f"device {row.name}", details={"port": port}
    )
