"""What a kiosk keeps of one place: items, codes and lots in their order, small and quickly made."""

import json
import time
from datetime import date

import sqlalchemy as sa
from sqlalchemy.orm import Session

from supply.stations.kiosk_catalogue import kiosk_catalogue
from supply.stock.models import Balance, Item, ItemCode, Location, Lot, LotState, Owner
from tests import factories

GLOVES = factories.GLOVES


def test_the_lots_stand_in_the_order_in_which_they_leave(office: factories.Office) -> None:
    office.place("CAB-2")
    office.place("SHELF", parent="STOREROOM")
    office.item(rotation="fefo", par_level=10, reorder_point=2)
    for lot, expiry, count, where in (
        ("B", "280101", 3, "STOREROOM"), ("A", "270101", 2, "SHELF"), ("C", "290101", 9, "CAB-2"),
    ):  # fmt: skip
        office.receive(lot, expiry, count, location=where)
    office.set_state("B", LotState.held)
    with office.db.read_session() as session:
        found = kiosk_catalogue(session, station=None, location="STOREROOM", today=office.today, rules=office.rules)
    kept = json.loads(found.text)
    assert [(row[2], row[3], row[5], row[6], row[7], row[8]) for row in kept["lots"]] == [
        ("A", "2027-01-01", "open", "SHELF", 2, None), ("B", "2028-01-01", "held", "STOREROOM", 3, None),
    ]  # fmt: skip
    item = kept["items"][kept["lots"][0][0]]
    assert item[1:] == ["GLOVE-M", "Nitrile gloves M", "box", "fefo", "lot", 0, 0, 10, 2, 9]
    assert ["gtin", GLOVES, 0, 1, 1] in kept["codes"]
    assert kept["places"] == {"STOREROOM": "Storeroom", "SHELF": "Shelf"}


def test_a_recalled_lot_is_known_where_none_of_it_stands(office: factories.Office) -> None:
    office.place("CAB-2")
    office.item()
    office.receive("R", "280101", 3, location="CAB-2")
    office.set_state("R", LotState.recalled)
    with office.db.read_session() as session:
        found = kiosk_catalogue(session, station=None, location="STOREROOM", today=office.today, rules=office.rules)
    assert [(row[2], row[5], row[7]) for row in json.loads(found.text)["lots"]] == [("R", "recalled", 0)]


def fill(office: factories.Office, count: int) -> None:
    """So many items with a code of each kind and two lots each on one shelf."""

    def add(session: Session) -> None:
        owner = session.scalar(sa.select(Owner.id).where(Owner.code == "office"))
        place = session.scalar(sa.select(Location.id).where(Location.code == "STOREROOM"))
        numbers = range(1, count + 1)
        names = [f"Syringe with a longer name of its own, {n} mL" for n in numbers]
        session.execute(sa.insert(Item), [
            {"id": n, "sku": f"SKU-{n:05}", "sku_key": f"sku-{n:05}", "name": name, "unit": "box", "par_level": 10}
            for n, name in zip(numbers, names, strict=True)
        ])  # fmt: skip
        session.execute(sa.insert(ItemCode), [
            {"item_id": n, "scheme": scheme, "value": f"{n:014}"} for n in numbers for scheme in ("gtin", "hibc")
        ])  # fmt: skip
        session.execute(sa.insert(Lot), [
            {"id": 2 * n + at, "item_id": n, "owner_id": owner, "lot_number": f"LOT{n}{at}", "layer": "",
             "expiry": date(2027 + at, 5, 31), "expiry_precision": "day", "expiry_key": f"{at}",
             "received_on": date(2026, 1, 1 + at), "state": LotState.open}
            for n in numbers for at in (0, 1)
        ])  # fmt: skip
        session.execute(sa.insert(Balance), [
            {"lot_id": 2 * n + at, "item_id": n, "location_id": place, "quantity": 5} for n in numbers for at in (0, 1)
        ])  # fmt: skip

    office.db.transact(add)


def test_two_thousand_items_are_answered_quickly_and_small(office: factories.Office) -> None:
    fill(office, 2000)
    with office.db.read_session() as session:
        spent = []
        for _ in range(3):
            began = time.process_time()
            found = kiosk_catalogue(session, station=None, location="STOREROOM", today=office.today, rules=office.rules)
            spent.append(time.process_time() - began)
    assert len(json.loads(found.text)["lots"]) == 4000
    assert len(found.text.encode()) < 1_000_000
    assert min(spent) < 0.3, spent
