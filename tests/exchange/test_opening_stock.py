"""Importing opening stock."""

from datetime import date

import pytest
import sqlalchemy as sa

from supply.errors import Conflict, NotAllowed
from supply.exchange.faults import BadImport
from supply.staff.permissions import Role
from supply.stock.models import Lot, MovementKind
from tests.exchange.conftest import Importing
from tests.factories import Office


def test_each_row_is_on_the_book_as_an_adjustment_with_its_lot(
    either_office: Office, either_imports: Importing
) -> None:
    either_office.item("A", gtin=None)
    either_office.place("FRIDGE-1")
    either_office.owner("vfc")
    done = either_imports(
        "stock",
        "sku,lot,expiry,location,owner,quantity,received,unit_cost\n"
        "a,L1,2028-02,storeroom,,40,2026-03-01,0.1281\n"
        "A,L1,2028-02,FRIDGE-1,,2,2026-03-01,0.1281\n"
        "A,L2,2026-01-31,FRIDGE-1,VFC,5,,\n"
        "A,,,,,7,,\n"
        "A,,,,,8,,\n",
    )
    assert (done.rows, done.added) == (5, 4)
    assert either_office.stock("A") == {"L1": 42, "L2": 5, None: 15}
    assert either_office.stock("A", "FRIDGE-1") == {"L1": 2, "L2": 5}
    moves = either_office.movements()
    assert {(row.kind, row.reason) for row in moves} == {(MovementKind.adjustment, "opening stock")}
    with either_office.db.read_session() as session:
        lots = list(session.scalars(sa.select(Lot).order_by(Lot.id)))
    assert (lots[0].expiry, lots[0].expiry_precision, lots[0].unit_cost) == (date(2028, 2, 29), "month", 1_281)
    assert lots[0].received_on == date(2026, 3, 1)
    assert lots[2].layer != lots[3].layer
    assert either_office.faults() == []


def test_the_same_file_again_is_refused_with_day_and_person(either_office: Office, either_imports: Importing) -> None:
    either_office.item("A", gtin=None)
    text = "sku,lot,quantity\nA,L1,3\n"
    either_imports("stock", text)
    with pytest.raises(Conflict, match="imported already on 2026-11-23 by This machine"):
        either_imports("stock", text)
    assert either_office.stock("A") == {"L1": 3}


def test_another_file_about_the_same_lot_adds_to_it(office: Office, imports: Importing) -> None:
    office.item("A", gtin=None)
    imports("stock", "sku,lot,expiry,quantity\nA,L1,2028-02-29,3\n")
    imports("stock", "sku,lot,expiry,quantity\nA,L1,2028-02-29,4\n")
    assert office.stock("A") == {"L1": 7}


def test_every_wrong_row_is_named_and_nothing_is_posted(office: Office, imports: Importing) -> None:
    office.item("A", gtin=None)
    with pytest.raises(BadImport) as refused:
        imports(
            "stock",
            "sku,lot,expiry,location,owner,quantity,received,unit_cost\n"
            "A,L1,,,,1,,\n"
            "NONE,L1,2028-13,ATTIC,nobody,0,2026-11-24,x\n"
            "A,L1,,,,,,\n"
            "A,9.5E+12,,,,1,,\n",
        )
    said = [(row.line, row.column) for row in refused.value.rows]
    names = ["expiry", "quantity", "unit_cost", "received", "sku", "owner", "location"]
    assert sorted(said, key=str) == sorted([*((3, name) for name in names), (4, "quantity"), (5, "lot")], key=str)
    assert office.stock("A") == {}
    assert office.movements() == []


def test_a_virtual_place_holds_no_opening_stock(office: Office, imports: Importing) -> None:
    office.item("A", gtin=None)
    with pytest.raises(BadImport, match="no place 'USED'"):
        imports("stock", "sku,quantity,location\nA,3,USED\n")


def test_only_who_may_adjust_may_import_stock(office: Office, imports: Importing) -> None:
    with pytest.raises(NotAllowed):
        imports("stock", "sku,quantity\nA,3\n", by=office.person("rita", Role.receiver))
