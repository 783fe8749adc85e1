"""What stands on the label of a waste container, and that it can be drawn; which paper a printer's settings mean."""

import pytest
import sqlalchemy as sa

from supply.barcodes import house_code
from supply.errors import NotFound
from supply.labels import paper
from supply.labels.content import ContainerLabel, from_payload, to_payload
from supply.labels.paper import Paper
from supply.labels.raster import render
from supply.stations.container_labels import container_label
from supply.stations.printer_lines import paper_of
from supply.waste.models import WasteContainer
from tests.factories import ZONE, Office
from tests.waste.rooms import Room


@pytest.fixture
def room(office: Office) -> Room:
    """A waste room with the office, a transporter and a facility."""
    made = Room.of(office)
    made.furnish()
    return made


def label(room: Room, number: str) -> ContainerLabel:
    row_id = room.read(lambda s: s.scalars(sa.select(WasteContainer.id).where(WasteContainer.number == number)).one())
    return room.read(lambda s: container_label(s, row_id, zone=ZONE))


def test_a_new_container_says_what_it_is_whose_and_that_it_is_hazardous(room: Room) -> None:
    content = label(room, room.container("SHARPS", is_opened=False))
    assert (content.number, content.stream, content.opened, content.sealed) == ("W-000001", "Sharps", "", "")
    assert content.phrases == ("BIOHAZARD",)
    assert content.has_biohazard_symbol
    assert content.needs_coloured_stock
    assert content.barcode.text == house_code.encode(house_code.CONTAINER, 1)
    assert content.generator == (
        "Maple Street Family Practice", "12 Maple Street", "Springfield, FL 32000", "555-010-2200",
    )  # fmt: skip
    assert content.transporter == ()


def test_a_sealed_one_on_a_pickup_has_days_weight_shipping_name_and_transporter(room: Room) -> None:
    number = room.sealed()
    room.pickup(number)
    content = label(room, number)
    assert (content.opened, content.sealed, content.shipped) == ("2026-NOV-23", "2026-NOV-23", "")
    assert content.gross_weight == "12.5 lb (5.7 kg)"
    assert content.un_mark == "UN3291, Regulated medical waste, n.o.s."
    assert content.transporter[0] == "Bluebird Medical Transport"


def test_days_are_those_of_the_office(room: Room) -> None:
    room.office.later(hours=13)  # in UTC the next day has begun
    assert label(room, room.container()).opened == "2026-NOV-23"


def test_it_can_be_drawn_on_a_roll_and_printed_again_from_what_was_stored(room: Room) -> None:
    content = label(room, room.sealed())
    for name in ("58 roll", "80 roll"):
        assert render(content, paper.named(name)).height_dots > 100
    assert from_payload(to_payload(content)) == content


def test_without_parties_the_label_is_made_all_the_same(office: Office) -> None:
    room = Room.of(office)
    assert label(room, room.container()).generator == ()


def test_a_container_that_does_not_exist_has_no_label(room: Room) -> None:
    with pytest.raises(NotFound):
        room.read(lambda s: container_label(s, 77, zone=ZONE))


@pytest.mark.parametrize(
    ("settings", "meant"),
    [
        ({}, Paper(57, 32)),
        ({"paper": "80 roll"}, Paper(80, None, printable_dots=576)),
        ({"paper": "40x30", "dots_per_inch": 300}, Paper(40, 30, 300)),
        ({"width_mm": 100, "height_mm": 150}, Paper(100, 150)),
        ({"width_mm": 58, "printable_dots": 384}, Paper(58, None, printable_dots=384)),
        ({"paper": "napkin"}, Paper(57, 32)),
        ({"width_mm": "wide"}, Paper(57, 32)),
        ({"width_mm": 2}, Paper(57, 32)),
    ],
)
def test_settings_name_a_paper_and_nonsense_the_usual_one(settings: dict[str, object], meant: Paper) -> None:
    assert paper_of(settings) == meant
