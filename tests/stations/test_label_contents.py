"""What stands on labels, and that a lot's label, printed and scanned, means that very lot."""

from datetime import date
from typing import Any

import numpy as np
import pytest
import sqlalchemy as sa
import zxingcpp
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from supply.barcodes import house_code
from supply.errors import NotFound
from supply.labels.content import ContainerLabel, LotLabel, from_payload, to_payload
from supply.labels.paper import named
from supply.labels.raster import render
from supply.stations import label_contents
from supply.stock import lots
from supply.stock.lots import Expiry
from supply.stock.models import Lot, LotState, Movement, Owner
from supply.waste.container_lines import find_container
from supply.waste.streams import streams
from tests.factories import GLOVES, SYRINGES, ZONE, Office
from tests.waste.rooms import Room

BOX = "19520123456785"  # the same gloves in a box of ten
LOTS = st.text(st.characters(categories=("L", "N", "P", "S"), max_codepoint=0x17F), min_size=1, max_size=30)


def opened(office: Office, number: str = "A1", owner: str = "office", sku: str = "GLOVE-M", **fields: Any) -> int:
    """A lot on the book, as the ledger opens it."""

    def add(session: Any) -> int:
        item = label_contents.catalog.find_item(session, sku)
        owner_id = session.scalar(sa.select(Owner.id).where(Owner.code == owner))
        values = {"expiry": None, "layer": "", "received_on": office.today, "unit_cost": None} | fields
        return lots.open_lot(session, item_id=item.id, owner_id=owner_id, lot_number=number, **values)

    return office.db.transact(add)


def label_of(office: Office, lot_id: int, **fields: Any) -> LotLabel:
    with office.db.read_session() as session:
        return label_contents.lot_label(session, lot_id, **fields)


def scanned(label: LotLabel) -> list[str]:
    """The label drawn, read by a decoder, and sent as scanners send it: with the AIM identifier, and without."""
    image = render(label, named("57x32")).image
    (code,) = zxingcpp.read_barcodes(np.array(image.convert("L")))
    text = bytes(code.bytes).decode()
    return [code.symbology_identifier + text, text]


def assert_comes_back(office: Office, lot_id: int) -> None:
    """Received, used and put back by its label, the ledger moves that very lot and opens no other."""
    label = label_of(office, lot_id)
    for text in scanned(label):
        for action in ("receive", "use", "return"):
            stored = office.scan(text, action)
            assert stored.status == 201, stored.answer
            (row,) = office.movements(stored.answer["request_id"])
            assert row.lot_id == lot_id, (action, label.barcode)


def lot_count(office: Office) -> int:
    with office.db.read_session() as session:
        return session.scalar(sa.select(sa.func.count()).select_from(Lot)) or 0


@pytest.mark.parametrize(
    ("expiry", "in_the_code"),
    [
        (Expiry(date(2027, 3, 14)), "17270314"),
        (Expiry(date(2027, 3, 31)), "17270331"),
        (Expiry(date(2027, 3, 31), "month"), "17270300"),
        (Expiry(date(2028, 2, 29), "month"), "17280200"),
        (None, ""),
    ],
)
def test_a_lot_with_a_gtin_gets_a_gs1_code_that_comes_back_to_it(
    either_office: Office, expiry: Expiry | None, in_the_code: str
) -> None:
    either_office.item()
    lot_id = opened(either_office, "A1-2345", expiry=expiry)
    label = label_of(either_office, lot_id)
    assert label.barcode.is_gs1
    assert label.barcode.text == f"01{GLOVES}{in_the_code}10A1-2345"
    assert_comes_back(either_office, lot_id)
    assert lot_count(either_office) == 1


def test_a_month_is_said_as_a_month_and_kept_as_one(office: Office) -> None:
    office.item()
    lot_id = opened(office, expiry=Expiry(date(2027, 3, 31), "month"))
    label = label_of(office, lot_id)
    assert label.expiry == "2027-MAR (last day)"
    office.receive("A1", "270300")
    with office.db.read_session() as session:
        assert [row.id for row in session.scalars(sa.select(Lot))] == [lot_id]


@pytest.mark.parametrize("number", ["x" * 21, "ÄÖ-7", "A 1", "B#2", ""])
def test_a_number_that_gs1_does_not_allow_gets_our_own_code(office: Office, number: str) -> None:
    office.item()
    lot_id = opened(office, number, expiry=Expiry(date(2027, 3, 14)), layer="" if number else "r1")
    label = label_of(office, lot_id)
    assert not label.barcode.is_gs1
    assert label.barcode.text.startswith("SUPL")
    assert_comes_back(office, lot_id)
    assert lot_count(office) == 1


def test_an_item_without_gtin_gets_our_own_code(office: Office) -> None:
    office.item(gtin=None)
    lot_id = opened(office)
    assert label_of(office, lot_id).barcode.text.startswith("SUPL")
    assert_comes_back(office, lot_id)


def test_two_lots_of_one_number_get_codes_that_tell_them_apart(either_office: Office) -> None:
    office = either_office
    office.item()
    first = opened(office, "A1", expiry=Expiry(date(2027, 3, 14)))
    second = opened(office, "A1", expiry=Expiry(date(2027, 3, 31), "month"))
    third = opened(office, "A1", expiry=Expiry(date(2027, 3, 31)))
    for lot_id in (first, second, third):
        assert label_of(office, lot_id).barcode.text.startswith("SUPL")
        assert_comes_back(office, lot_id)


def test_another_owners_lot_gets_our_own_code_and_says_whose_it_is(office: Office) -> None:
    office.item()
    office.owner("vfc")
    lot_id = opened(office, "A1", owner="vfc", expiry=Expiry(date(2027, 3, 14)))
    label = label_of(office, lot_id)
    assert label.barcode.text.startswith("SUPL")
    assert label.owner == "vfc"
    for text in scanned(label):
        office.scan(text, "receive")
    with office.db.read_session() as session:
        assert set(session.scalars(sa.select(Movement.lot_id))) == {lot_id}


def test_a_gtin_of_two_items_is_not_printed(office: Office) -> None:
    office.item()
    office.item("GLOVE-L", name="Nitrile gloves L")
    assert label_of(office, opened(office)).barcode.text.startswith("SUPL")


def test_a_lot_number_that_reads_like_a_lost_separator_gets_our_own_code(office: Office) -> None:
    office.item()
    lot_id = opened(office, "A117271231", expiry=Expiry(date(2027, 3, 14)))
    assert_comes_back(office, lot_id)


def test_an_expiry_of_another_century_gets_our_own_code(office: Office) -> None:
    office.item()
    lot_id = opened(office, expiry=Expiry(date(2126, 3, 14)))
    assert label_of(office, lot_id).barcode.text.startswith("SUPL")


def test_an_expiry_with_a_time_gets_our_own_code(office: Office) -> None:
    office.item()
    lot_id = opened(office, expiry=Expiry(date(2027, 3, 14), "minute", "17:30"))
    assert label_of(office, lot_id).barcode.text.startswith("SUPL")
    assert_comes_back(office, lot_id)


def test_the_gtin_of_the_smallest_unit_used_is_printed(office: Office) -> None:
    office.item(gtin=BOX, received=10, used=10)
    lot_id = opened(office)
    label = label_of(office, lot_id)
    assert label.barcode.text.startswith(f"01{BOX}")
    assert label.quantity == "One scan: 10 × box"
    office.code("GLOVE-M", f"(01){GLOVES}")
    label = label_of(office, lot_id)
    assert label.barcode.text.startswith(f"01{GLOVES}")
    assert label.quantity == ""
    office.receive(quantity=5)
    stored = office.scan(scanned(label)[0], "use")
    assert [row.quantity for row in office.movements(stored.answer["request_id"])] == [1]


def test_of_two_codes_that_take_one_the_one_that_brings_in_least_is_printed(office: Office) -> None:
    office.item(gtin=BOX, received=10, used=1)
    office.code("GLOVE-M", f"(01){GLOVES}")
    assert label_of(office, opened(office)).barcode.text.startswith(f"01{GLOVES}")


def test_a_held_lot_is_still_held_when_its_label_is_scanned(office: Office) -> None:
    office.item(gtin=None)
    lot_id = opened(office)
    text = scanned(label_of(office, lot_id))[0]
    assert office.scan(text, "receive").status == 201
    office.set_state("A1", LotState.held)
    stored = office.scan(text, "use")
    assert (stored.status, stored.answer["code"]) == (422, "quarantined_lot")


def test_the_label_of_a_lot_says_what_a_person_needs(office: Office) -> None:
    office.item()
    label = label_of(office, opened(office, expiry=Expiry(date(2027, 3, 14))), quantity=1_200)
    assert (label.name, label.sku, label.lot_number) == ("Nitrile gloves M", "GLOVE-M", "A1")
    assert (label.expiry, label.quantity, label.owner) == ("2027-MAR-14", "1,200 × box", "")
    assert label.barcode.human == f"(01){GLOVES}(17)270314(10)A1"


@given(number=LOTS, month=st.booleans(), has_expiry=st.booleans())
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_whatever_the_number_the_label_comes_back_to_its_lot(
    office: Office, number: str, month: bool, has_expiry: bool
) -> None:
    with office.db.read_session() as session:
        known = session.scalar(sa.select(sa.func.count()).select_from(label_contents.Item))
    if not known:
        office.item(gtin=SYRINGES)
    expiry = Expiry(date(2027, 3, 31), "month" if month else "day") if has_expiry else None
    assert_comes_back(office, opened(office, number, expiry=expiry))


def test_the_label_of_an_item_scans_to_the_item(office: Office) -> None:
    item = office.item()
    with office.db.read_session() as session:
        label = label_contents.item_label(session, item.id)
    assert (label.name, label.sku) == ("Nitrile gloves M", "GLOVE-M")
    assert office.scan(label.barcode.text, "lookup").answer["item"]["sku"] == "GLOVE-M"


def test_the_label_of_a_place_names_what_it_is_in(office: Office) -> None:
    office.place("CAB-3", "STOREROOM")
    with office.db.read_session() as session:
        place = session.scalars(sa.select(label_contents.Location).filter_by(code="CAB-3")).one()
        label = label_contents.location_label(session, place.id)
        parent = session.get_one(label_contents.Location, place.parent_id)
    assert (label.name, label.code, label.within) == ("Cab-3", "CAB-3", parent.name)
    assert label.barcode.text.startswith("SUPP")


def container_label(room: Room, number: str) -> ContainerLabel:
    def make(session: Any) -> ContainerLabel:
        row = find_container(session, number)
        return label_contents.container_label(session, row.id, zone=ZONE)

    return room.read(make)


def test_a_new_container_says_what_it_is_whose_and_that_it_is_hazardous(office: Office) -> None:
    room = Room.of(office)
    room.furnish()
    label = container_label(room, room.container("SHARPS", is_opened=False))
    assert (label.number, label.stream, label.opened, label.sealed) == ("W-000001", "Sharps", "", "")
    assert label.phrases == ("BIOHAZARD",)
    assert label.has_biohazard_symbol
    assert label.needs_coloured_stock
    assert label.barcode.text == house_code.encode(house_code.CONTAINER, 1)
    assert label.generator == (
        *("Maple Street Family Practice", "12 Maple Street", "Springfield, FL 32000", "555-010-2200"),
    )
    assert label.transporter == ()


def test_the_days_on_a_container_are_those_of_the_office(office: Office) -> None:
    room = Room.of(office)
    office.later(hours=13)  # in UTC the next day has begun
    assert container_label(room, room.container()).opened == "2026-NOV-23"


def test_the_label_of_a_sealed_container_fits_a_roll_and_is_the_same_from_what_was_stored(office: Office) -> None:
    room = Room.of(office)
    room.furnish()
    number = room.sealed()
    room.pickup(number)
    label = container_label(room, number)
    for name in ("58 roll", "80 roll"):
        assert render(label, named(name)).height_dots > 100
    assert from_payload(to_payload(label)) == label


def test_the_label_of_a_container_says_what_the_law_wants_outside(office: Office) -> None:
    room = Room.of(office)
    room.furnish()
    number = room.sealed("PATH", "12.5")
    label = container_label(room, number)
    assert (label.number, label.stream) == (number, "Pathology")
    assert label.phrases == ("BIOHAZARD", "Pathology Waste", "Incinerate only")
    assert label.has_biohazard_symbol
    assert label.needs_coloured_stock
    assert label.stock_colour == "red"
    assert label.un_mark == "UN3291, Regulated medical waste, n.o.s., 6.2, PG II"
    assert label.generator == (
        "Maple Street Family Practice",
        "12 Maple Street",
        "Springfield, FL 32000",
        "555-010-2200",
    )
    assert (label.opened, label.sealed, label.shipped) == ("2026-NOV-23", "2026-NOV-23", "")
    assert label.gross_weight == "12.5 lb (5.7 kg)"
    assert label.transporter == ()


def test_a_container_on_a_pickup_says_who_takes_it_and_when(office: Office) -> None:
    room = Room.of(office)
    room.furnish()
    number = room.sealed()
    room.pickup(number, days=2)
    label = container_label(room, number)
    assert label.transporter == (
        *("Bluebird Medical Transport", "4 Depot Road", "Springfield, FL 32002", "555-010-3300"),
        "State transporter permit T-881 (FL)",
    )
    assert label.shipped == "2026-NOV-25"
    assert (label.opened, label.sealed, label.gross_weight) == ("2026-NOV-23", "2026-NOV-23", "12.5 lb (5.7 kg)")
    assert label.un_mark == "UN3291, Regulated medical waste, n.o.s., 6.2, PG II"


def test_a_container_just_opened_in_an_office_not_set_up_yet_has_a_label_too(office: Office) -> None:
    room = Room.of(office)
    label = container_label(room, room.container("EXPIRED_SUPPLY"))
    assert label.phrases == ("EXPIRED", "DO NOT USE")
    assert (label.generator, label.sealed, label.gross_weight, label.un_mark) == ((), "", "", "")
    assert not label.needs_coloured_stock


def test_the_printed_label_of_a_container_of_every_stream_names_that_container(office: Office) -> None:
    room = Room.of(office)
    room.furnish()
    for stream in streams():
        number = room.container(stream.code)
        label = container_label(room, number)
        image = render(label, named("80 roll")).image
        (code,) = zxingcpp.read_barcodes(np.array(image.convert("L")))
        with office.db.read_session() as session:
            assert find_container(session, code.text).number == number


def test_what_is_not_there_has_no_label(office: Office) -> None:
    with office.db.read_session() as session:
        virtual = session.scalars(sa.select(label_contents.Location).filter_by(code="WASTE")).one()
        for make, number in (
            (label_contents.item_label, 99),
            (label_contents.lot_label, 99),
            (label_contents.location_label, 99),
            (label_contents.location_label, virtual.id),
        ):
            with pytest.raises(NotFound, match="There is no"):
                make(session, number)
        with pytest.raises(NotFound, match="There is no waste container 99"):
            label_contents.container_label(session, 99, zone=ZONE)
