"""Counting an item in another unit: all stock moves to a successor, the history keeps its own numbers."""

import pytest
import sqlalchemy as sa

from supply.errors import Conflict, Invalid
from supply.stock.models import Item, LotState
from supply.stock.unit_changes import UnitChange, change_unit
from tests.factories import GLOVES, Office, gs1


def change(office: Office, unit: str = "glove", factor: int = 100) -> Item:
    with office.db.read_session() as session:
        item_id = session.scalars(sa.select(Item.id).order_by(Item.id)).first()
    return office.db.transact(
        lambda s: change_unit(
            s, item_id=item_id, change=UnitChange(unit, factor), actor_id=office.local.person_id, now=office.now
        )
    )


def test_boxes_become_gloves_lot_by_lot_and_place_by_place(either_office: Office) -> None:
    office = either_office
    office.place("EXAM-1")
    office.item(received=10, price=200_000, pack_quantity=10, reorder_point=2)
    office.receive("A1", "280101")
    office.later(days=1)
    office.receive("B2", "290101", location="EXAM-1")
    office.set_state("B2", LotState.held)
    office.scan(gs1(GLOVES, lot="A1"), quantity=3)
    before = [(m.lot_id, m.quantity) for m in office.movements()]

    new = change(office)

    assert (new.sku, new.unit, new.reorder_point, new.pack_quantity) == ("GLOVE-M", "glove", 200, 1_000)
    assert office.stock() == {"A1": 700, "B2": 1_000}
    assert office.stock(location="EXAM-1") == {"B2": 1_000}
    assert [(m.lot_id, m.quantity) for m in office.movements()][: len(before)] == before
    assert office.movements()[-1].unit_cost == 200
    assert office.scan(gs1(GLOVES, lot="B2"), location="EXAM-1").answer["code"] == "quarantined_lot"
    assert office.scan(gs1(GLOVES, lot="A1")).answer["movements"][0]["quantity"] == 100
    assert office.faults() == []


def test_the_old_item_is_closed_under_a_number_of_its_own(office: Office) -> None:
    office.item()
    office.receive("A1", "280101", 2)
    change(office)
    with office.db.read_session() as session:
        old, new = session.scalars(sa.select(Item).order_by(Item.id)).all()
    assert (old.is_active, new.is_active) == (False, True)
    assert old.sku.startswith("GLOVE-M until 2026-11-23")
    with pytest.raises(Conflict):
        change(office)


@pytest.mark.parametrize(("unit", "factor"), [("", 10), ("x" * 31, 10), ("glove", 0), ("glove", 10**7), ("g\x00", 1)])
def test_a_unit_or_factor_that_cannot_be_changes_nothing(office: Office, unit: str, factor: int) -> None:
    office.item()
    office.receive("A1", "280101", 2)
    with pytest.raises(Invalid):
        change(office, unit, factor)
    assert office.stock() == {"A1": 2}
