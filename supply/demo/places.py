"""Places, owners and stations of the demonstration office."""

from datetime import datetime
from pathlib import Path

import sqlalchemy as sa
from sqlalchemy.orm import Session

from supply.staff.permissions import Actor
from supply.stations.installing import StationPlan, ensure_station
from supply.stations.models import Device
from supply.stock import locations, owners
from supply.stock.models import OwnerKind

PLACES = (
    ("ST-A", "Shelf A: gloves and protection", "STOREROOM"),
    ("ST-B", "Shelf B: syringes and needles", "STOREROOM"),
    ("ST-C", "Shelf C: dressings", "STOREROOM"),
    ("ST-D", "Shelf D: cleaning and paper", "STOREROOM"),
    ("ST-E", "Cupboard E: instruments", "STOREROOM"),
    ("MED-CAB", "Locked medication cupboard", "STOREROOM"),
    ("FRIDGE-1", "Vaccine refrigerator", "STOREROOM"),
    ("LAB", "Laboratory", None),
    ("EXAM-1", "Exam room 1", None),
    ("EXAM-2", "Exam room 2", None),
    ("EXAM-3", "Exam room 3", None),
    ("EXAM-4", "Exam room 4", None),
    ("EXAM-5", "Exam room 5", None),
    ("EXAM-6", "Exam room 6", None),
    ("CRASH-CART", "Crash cart", None),
    ("HOLD", "Hold shelf: do not use", "STOREROOM"),
)
VFC, SAMPLES = "vfc", "samples"
OWNERS = ((VFC, "State vaccine programme (VFC)", OwnerKind.programme), (SAMPLES, "Samples", OwnerKind.sample))
KIOSK, RECEIVING, LAB_BENCH = "kiosk-1", "receiving-1", "lab-1"
PICTURE = "camera-1.png"
PRINTER_HOST = "127.0.0.1"
SHELF_PRINTER, ROLL_PRINTER, ZPL_PRINTER = "printer-1", "printer-2", "printer-3"
# Name → driver, the usual port and the paper. Containers of waste need a wider label than shelves and lots do.
PRINTERS = {
    SHELF_PRINTER: ("escpos-network", 9100, "57x32"),
    ROLL_PRINTER: ("escpos-network", 9101, "80 roll"),
    ZPL_PRINTER: ("zpl-network", 9102, "57x32"),
}
AGENT_SCANNER, UNPLUGGED_SCANNER = "scanner-2", "scanner-3"
UNPLUGGED_PORT = "/dev/serial/by-id/usb-Demonstration_Scanner_0042-if00"  # nobody has one of that name


def furnish(session: Session, *, data_folder: Path, by: Actor, now: datetime) -> None:
    """Make places, owners and stations where they are missing."""
    there = {row.code for row in locations.physical_locations(session)}
    for code, name, parent in PLACES:
        if code not in there:
            locations.add_location(session, code=code, name=name, parent_code=parent, actor_id=by.person_id, now=now)
    for code, name, kind in OWNERS:
        owners.ensure_owner(session, code=code, name=name, kind=kind)
    for plan in _stations(data_folder / "devices"):
        ensure_station(session, plan, actor_id=by.person_id, now=now)
    session.execute(sa.update(Device).where(Device.name == AGENT_SCANNER).values(runs_at="agent"))


def _stations(devices: Path) -> tuple[StationPlan, ...]:
    scanner = ("scanner-1", "serial", {"port": str(devices / "scanner-1")})
    camera = ("camera-1", "camera-file", {"path": str(devices / PICTURE)})
    # The usual port; if that is taken when the emulated printer is switched on, it takes another and this follows it.
    printers = [
        (name, driver, {"host": PRINTER_HOST, "port": port, "paper": paper})
        for name, (driver, port, paper) in PRINTERS.items()
    ]
    unplugged = (UNPLUGGED_SCANNER, "serial", {"port": UNPLUGGED_PORT})
    elsewhere = (AGENT_SCANNER, "serial", {"port": "COM3"})
    return (
        StationPlan(KIOSK, "Storeroom kiosk", "STOREROOM", "use", [scanner]),
        StationPlan(RECEIVING, "Receiving bench", "STOREROOM", "receive", [camera, *printers, unplugged]),
        StationPlan(LAB_BENCH, "Laboratory bench", "LAB", "use", [elsewhere]),
    )
