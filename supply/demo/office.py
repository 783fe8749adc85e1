"""`stock_office`: the demonstration office, made in one transaction on an empty database."""

import json
import os
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from supply.barcodes import house_code
from supply.db import Database
from supply.demo import (
    board,
    catalogue,
    devices,
    history,
    label_desk,
    oddities,
    open_scans,
    orders,
    places,
    posting,
    scanners,
    shelf_side,
    staffing,
    station_keys,
    waste_room,
)
from supply.demo.catalogue import DemoItem
from supply.demo.posting import Clerk
from supply.demo.simulation import Stream, simulate
from supply.demo.staffing import Hired
from supply.demo.station_keys import StationKeys
from supply.errors import Conflict
from supply.exchange.imports import When, import_sheet
from supply.migrations import upgrade
from supply.replenishment.rule import ReorderRules
from supply.settings import OFFICE_FILE, Settings
from supply.staff import people
from supply.staff.permissions import Role
from supply.stations.fields import ScanRules
from supply.stock.models import Item, ItemCode
from supply.stock.owners import OFFICE

NAME = "Maple Street Family Practice"
DAYS = 3 * 365
ASKED_UNIT = "SYR-10ML"
VFC_SHARES = {"VAC-DTAP": 0.8, "VAC-MMR": 0.7, "VAC-VAR": 0.7, "VAC-IPV": 0.7, "VAC-HPV": 0.4, "VAC-FLU-PED": 0.6}


@dataclass(frozen=True)
class DemoOffice:
    """What was made, and the file that says how to sign in."""

    path: Path
    items: int
    movements: int
    users: tuple[str, ...]


def stock_office(db: Database, settings: Settings, now: datetime, *, days: int = DAYS) -> DemoOffice:
    """Fill an installed database with the practice and write `demo.json` beside it.

    The same day gives the same rows; only passwords, tokens and their digests differ. Raises Conflict (not_empty) for
    a database that has items.
    """
    refuse_stocked(db)
    items = {item.sku: item for item in catalogue.load()}
    today = now.astimezone(settings.zone).date()
    streams = _streams(list(items.values()), [today - timedelta(days=n) for n in range(days, 0, -1)])
    path = settings.data_folder / "demo.json"

    def make(session: Session) -> None:
        _refuse_items(session)
        by = people.local_actor(session)
        places.furnish(session, data_folder=settings.data_folder, by=by, now=now)
        staff = staffing.hire(session, by=by, now=now)
        sheet = catalogue.as_sheet(list(items.values()))
        import_sheet(session, "items", sheet, by=staff[Role.manager].actor, when=When(now, settings.zone))
        _settle_units(session)
        clerk = Clerk.of(session, staff, settings.zone)
        posting.post_streams(clerk, streams)
        oddities.set_states(clerk, now=now)
        reorder = ReorderRules(**settings.reorder.model_dump())
        orders.place_orders(clerk, streams, zone=settings.zone, rules=reorder, now=now)
        rules = ScanRules.of(settings.scanning, settings.zone)
        open_scans.make_scans(clerk, items, rules=rules, now=now)
        keys = station_keys.hand_out(session, staff, data_folder=settings.data_folder, now=now)
        shelf_side.ask_and_claim(clerk, items, keys, rules=rules, now=now)
        scanners.set_up(session, by=staff[Role.admin].actor, now=now)
        label_desk.choose_design(clerk, now)
        label_desk.print_some(clerk, streams, now=now)
        red_bag = waste_room.furnish(clerk, items, rules=rules, now=now)
        barcodes = {**_barcodes(items, clerk, streams, today), "container": red_bag}
        devices.write_camera_picture(settings.data_folder / "devices", barcode=barcodes["receive_box"], today=today)
        _write(path, _said(staff, keys, barcodes))
        _name_the_office(settings.data_folder / OFFICE_FILE)

    db.transact(make)
    history.add_up(db, settings, now)
    board.open_board(db, settings, now)
    upgrade.analyze(db)
    moves = sum(len(stream.moves) for stream in streams)
    return DemoOffice(path, len(items), moves, tuple(role.value for role in staffing.DISPLAY_NAMES))


def refuse_stocked(db: Database) -> None:
    """Raise Conflict (not_empty) when the catalogue has an item."""
    with db.read_session() as session:
        _refuse_items(session)


def _refuse_items(session: Session) -> None:
    if session.scalar(sa.select(Item.id).limit(1)) is not None:
        raise Conflict(
            "This database has items already. The demonstration office needs a data folder of its own; "
            "choose another one with SUPPLY_DATA.",
            code="not_empty",
        )


def _streams(items: list[DemoItem], days: list[date]) -> list[Stream]:
    """Each item of the office, the programme's vaccines beside them, samples, and the odd lots."""
    streams = []
    for item in items:
        owner = places.SAMPLES if item.category == "Samples" else OFFICE
        streams.append(simulate(item, owner=owner, weekly=item.weekly, days=days))
        if item.sku in VFC_SHARES:
            share = VFC_SHARES[item.sku]
            streams.append(simulate(item, owner=places.VFC, weekly=item.weekly * share, days=days))
    by_sku = {item.sku: item for item in items}
    return streams + oddities.odd_streams(by_sku, owner=OFFICE, yesterday=days[-1])


def _settle_units(session: Session) -> None:
    """What one scan takes was said of every code long ago, but for one item: there the kiosk asks, box or each."""
    asked = sa.select(Item.id).where(Item.sku == ASKED_UNIT)
    session.execute(sa.update(ItemCode).where(ItemCode.item_id.not_in(asked)).values(are_units_settled=True))


def _barcodes(items: dict[str, DemoItem], clerk: Clerk, streams: list[Stream], today: date) -> dict[str, str]:
    """Codes to try: each does what its name says, at STOREROOM."""
    gloves, syringe = items["GLV-NIT-M"], items["SYR-3ML"]
    stream = next(stream for stream in streams if stream.item is syringe)
    lot = next(lot for lot in stream.lots if lot.left)
    return {
        "receive_box": oddities.label(gloves, "DEMO-1", today + timedelta(days=1_000)),
        "use_item": syringe.box_gtin,
        "use_lot": oddities.label(syringe, lot.number, lot.expiry),
        "expired": oddities.label_of("expired", items, today),
        "recalled": oddities.label_of("recalled", items, today),
        "held": oddities.label_of("held", items, today),
        "expires_soon": oddities.label_of("expires soon", items, today),
        "which_lot": items["SYR-FLUSH"].box_gtin,
        "box_or_each": items[ASKED_UNIT].box_gtin,
        "hibc": items["GLV-STR-70"].other_code,
        "ndc": items["INJ-LIDO-1"].other_code,
        "vaccine": items["VAC-TDAP"].box_gtin,
        "house_item": house_code.encode(house_code.ITEM, clerk.items["PAP-CUP"]),
        "unknown": open_scans.unknown_code(0),
    }


def _name_the_office(path: Path) -> None:
    """Settings of its own beside the data, so that screens and papers carry the practice's name."""
    if not path.exists():
        path.write_text(f'[office]\nname = "{NAME}"\n', "utf-8")


def _said(staff: dict[Role, Hired], keys: StationKeys, barcodes: dict[str, str]) -> dict[str, Any]:
    users = {role.value: {"password": hired.password, "token": hired.token} for role, hired in staff.items()}
    return {
        "office": NAME,
        "users": users,
        "barcodes": barcodes,
        "kiosk": places.KIOSK,
        "receiving": places.RECEIVING,
        "badges": keys.badges,
        "pins": keys.pins,
        "station_tokens": keys.tokens,
    }


def _write(path: Path, said: dict[str, Any]) -> None:
    """Write the file for its owner's eyes only, whole or not at all."""
    beside = path.with_suffix(".part")
    beside.unlink(missing_ok=True)
    with os.fdopen(os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as file:
        json.dump(said, file, indent=2, ensure_ascii=False)
        file.write("\n")
        file.flush()
        os.fsync(file.fileno())
    beside.replace(path)
