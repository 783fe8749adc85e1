"""`supply bench label`: one label composed, decoded and queued, beside the bare raster of the same label.

The floor is the least that the same bitmap costs on its way to a printer: the symbol made, the words drawn by Pillow at
places known beforehand with fonts already loaded, and the dots packed as GS v 0, as python-escpos sends them. It looks
nothing up, searches for no layout, reads nothing back and keeps nothing. The product's time holds all of that: the lot
read from the database, what its code may be, whether the office designed it, the layout, the picture, the proof,
and the job committed to disk.
"""

import statistics
import struct
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any, Final
from uuid import uuid4

import numpy as np
import sqlalchemy as sa
import zxingcpp
from PIL import Image, ImageDraw
from sqlalchemy.orm import Session

from supply.barcodes.gtin import check_digit
from supply.barcodes.parse import parse
from supply.db import Database
from supply.labels import print_jobs, templates
from supply.labels.faces import face_of
from supply.labels.layouts import Plan, plan
from supply.labels.lettering import font
from supply.labels.models import PrintJob, PrintState
from supply.labels.paper import Paper, named
from supply.labels.raster import Rendered, render
from supply.migrations import upgrade
from supply.staff import people
from supply.stations import label_contents
from supply.stations.installing import install
from supply.stations.models import Device, Station
from supply.stock import catalog, lots
from supply.stock.lots import Expiry
from supply.stock.models import Location, Owner

NOW: Final = datetime(2026, 11, 23, 15, 0, tzinfo=UTC)
TARGETS: Final = {"ratio_p50": 3.0}
ITEMS: Final = 200
NAMES_OF_ITEMS: Final = (
    "Nitrile examination gloves, powder-free, medium",
    "Influenza vaccine, quadrivalent, 0.5 mL prefilled syringe",
    "Syringe 3 mL with needle 23G × 1 in",
    "Gauze pads 4 × 4 in, sterile, 12-ply",
    "Lidocaine HCl 1 % injection, 20 mL vial",
)
Timed = tuple[float, float]  # milliseconds of the clock, and of the processor
GS_V_0: Final = b"\x1dv0\x00"


@dataclass(frozen=True)
class Stocked:
    """What the benchmark prints: lots of an office, at a printer, by a person."""

    lot_ids: tuple[int, ...]
    device_id: int
    person_id: int


def rows(*, labels: int = 400, rounds: int = 3, size: str = "57x32", dots_per_inch: int = 203) -> Iterator[Any]:
    """Rows of the benchmark: floor and product in turn, then the ratios of their medians over the rounds."""
    paper = named(size, dots_per_inch=dots_per_inch)
    with tempfile.TemporaryDirectory(prefix="supply-bench-") as name:
        db = Database(f"sqlite:///{Path(name) / 'supply.db'}")
        upgrade.migrate(db)
        stocked = db.transact(_stock)
        with db.read_session() as session:
            contents = [label_contents.lot_label(session, lot_id) for lot_id in stocked.lot_ids]
        plans = [plan(face_of(content), paper) for content in contents]
        _check_same(db, stocked, plans, paper)
        yield {"row": "size", "labels": labels, "paper": paper.text, "bytes": len(bare(plans[0]))}
        found: dict[str, list[dict[str, float]]] = {"floor": [], "product": []}
        for number in range(rounds):
            timed = _round(db, stocked, plans, paper, range(number * labels, (number + 1) * labels))
            for who, times in timed.items():
                figures = _figures(times)
                found[who].append(figures)
                yield {"row": "run", "who": who, "labels": labels, **figures}
        db.close()
        yield {"row": "summary", **_summary(found), "targets": TARGETS}


def _summary(found: dict[str, list[dict[str, float]]]) -> dict[str, float]:
    """The medians over the rounds in milliseconds, and product over floor: of the median, of the slowest in a hundred,
    and of the processor's time alone, which holds on a machine that is busy with other things.
    """
    said: dict[str, float] = {}
    for share in ("p50", "p99", "processor"):
        floor, product = (statistics.median(run[share] for run in found[who]) for who in ("floor", "product"))
        said |= {f"floor_{share}": floor, f"product_{share}": product, f"ratio_{share}": round(product / floor, 2)}
    return said


def bare(places: Plan) -> bytes:
    """The bare raster: the same picture drawn at known places, packed as the bytes of GS v 0."""
    return packed(bare_picture(places))


def bare_picture(places: Plan) -> Image.Image:
    """The symbol made and the words drawn, and nothing else."""
    placed = places.symbol
    bracketed = placed.symbol.human.replace("(", "[").replace(")", "]")
    made = zxingcpp.create_barcode(bracketed, zxingcpp.BarcodeFormat.DataMatrix, gs1=True, force_square=True)
    image = Image.new("1", (places.width, places.height), 1)
    pen = ImageDraw.Draw(image)
    pen.fontmode = "1"
    for run in places.runs:
        pen.text((run.x, run.y), run.text, 0, font=font(run.size, run.is_bold))
    symbol = Image.fromarray(np.array(made.to_image(scale=placed.dots, add_quiet_zones=False)))
    quiet = 4 * placed.dots
    image.paste(symbol, (placed.x + quiet, placed.y + quiet))
    return image


def packed(image: Image.Image) -> bytes:
    """GS v 0: so many bytes a line, so many lines, one bit a dot, ink as 1."""
    width = (image.width + 7) // 8
    return GS_V_0 + struct.pack("<HH", width, image.height) + np.packbits(~np.asarray(image), axis=1).tobytes()


def printed(db: Database, stocked: Stocked, number: int, paper: Paper) -> Rendered:
    """One label as the product makes it: read, queued and committed; then composed and decoded for the printer."""
    lot_id = stocked.lot_ids[number % len(stocked.lot_ids)]
    request_id = uuid4()

    def ask(session: Session) -> Any:
        content = templates.designed(session, label_contents.lot_label(session, lot_id), paper)
        print_jobs.queue(
            session,
            request_id=request_id,
            content=content,
            copies=1,
            device_id=stocked.device_id,
            actor_id=stocked.person_id,
            now=NOW,
            subject=f"lot {lot_id}",
        )
        return content

    return render(db.transact(ask, idempotent=True), paper)


def _round(db: Database, stocked: Stocked, plans: list[Plan], paper: Paper, numbers: range) -> dict[str, list[Timed]]:
    """Each label's times: floor and product in turn, so that whatever else the machine does hits both."""
    times: dict[str, list[Timed]] = {"floor": [], "product": []}
    for number in numbers:
        if number % (print_jobs.MOST_WAITING // 2) == 0:
            _empty_queue(db)
        places = plans[number % len(plans)]
        times["floor"].append(_timed(partial(bare, places)))
        times["product"].append(_timed(partial(printed, db, stocked, number, paper)))
    return times


def _timed(act: Callable[[], object]) -> Timed:
    """Milliseconds of the clock and of the processor."""
    begun, busy = time.perf_counter(), time.process_time()
    act()
    return (time.perf_counter() - begun) * 1_000, (time.process_time() - busy) * 1_000


def _empty_queue(db: Database) -> None:
    db.transact(lambda session: session.execute(sa.update(PrintJob).values(state=PrintState.printed)))


def _check_same(db: Database, stocked: Stocked, plans: list[Plan], paper: Paper) -> None:
    """Both draw the same dots, or the comparison would be of two different labels."""
    for number, places in enumerate(plans[:20]):
        drawn = printed(db, stocked, number, paper)
        assert drawn.image.tobytes() == bare_picture(places).tobytes(), "the floor draws another label"
    _empty_queue(db)


def _figures(times: list[Timed]) -> dict[str, float]:
    ordered = sorted(clock for clock, _ in times)
    at = {"p50": 0.5, "p95": 0.95, "p99": 0.99}
    found = {name: round(ordered[min(int(len(ordered) * share), len(ordered) - 1)], 3) for name, share in at.items()}
    return {**found, "max": round(ordered[-1], 3), "processor": round(statistics.median(cpu for _, cpu in times), 3)}


def _stock(session: Session) -> Stocked:
    """An office of items with a GTIN and a lot each, and a printer."""
    install(session, stations=(), now=NOW)
    person = people.local_actor(session).person_id
    place = session.scalars(sa.select(Location.id).where(Location.code == "STOREROOM")).one()
    station = Station(code="receiving", name="Receiving", location_id=place)
    session.add(station)
    session.flush()
    device = Device(name="printer-1", station_id=station.id, driver="escpos-network")
    session.add(device)
    session.flush()
    owner = session.scalars(sa.select(Owner.id).where(Owner.code == "office")).one()
    found = tuple(_lot(session, number, owner, person) for number in range(ITEMS))
    return Stocked(found, device.id, person)


def _lot(session: Session, number: int, owner_id: int, person_id: int) -> int:
    name = NAMES_OF_ITEMS[number % len(NAMES_OF_ITEMS)]
    item = catalog.add_item(session, sku=f"SKU-{number:04}", name=f"{name} {number}", actor_id=person_id, now=NOW)
    payload = f"0952{number:09}"
    text = f"(01){payload}{check_digit(payload)}"
    catalog.add_code(session, item=item, barcode=parse(text, today=NOW.date()), actor_id=person_id, now=NOW)
    return lots.open_lot(
        session,
        item_id=item.id,
        owner_id=owner_id,
        lot_number=f"A{number:05}",
        expiry=Expiry(date(2027, 1, 1) + timedelta(days=number)),
        layer="",
        received_on=NOW.date(),
        unit_cost=None,
    )
