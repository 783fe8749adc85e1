"""Box or each: asked once of who lets himself be asked, remembered for everybody; a part of a box put back."""

import pytest

from supply.staff.permissions import Role
from tests.factories import Office

GTIN = "00614141000036"


@pytest.fixture
def boxes(office: Office) -> Office:
    office.item(tracking="counted", gtin=None)
    office.code("GLOVE-M", GTIN, received=100, used=1)
    office.scan(GTIN, "receive", quantity=4)
    return office


def left(office: Office) -> int:
    return sum(office.stock().values())


def test_nobody_is_asked_who_does_not_ask_to_be(boxes: Office) -> None:
    before = left(boxes)
    assert boxes.scan(GTIN).answer["outcome"] == "recorded"
    assert left(boxes) == before - 1


def test_whoever_asks_is_asked_once_and_the_answer_serves_everybody(boxes: Office) -> None:
    before = left(boxes)
    asked = boxes.scan(GTIN, ask_unit=True)
    assert (asked.status, asked.answer["code"]) == (422, "box_or_each")
    assert asked.answer["candidates"][0] == {"unit": "code", "units": 100, "words": "the box of 100"}
    assert asked.answer["candidates"][1]["units"] == 1
    chosen = boxes.scan(GTIN, ask_unit=True, unit="code", remember=True, by=boxes.person("nina", Role.nurse))
    assert chosen.answer["movements"][0]["quantity"] == 100
    boxes.scan(GTIN, ask_unit=True)
    boxes.scan(GTIN)
    assert left(boxes) == before - 300


def test_each_is_remembered_too_and_without_remember_nothing_is(boxes: Office) -> None:
    boxes.scan(GTIN, ask_unit=True, unit="code")
    assert boxes.scan(GTIN, ask_unit=True).answer["code"] == "box_or_each"
    boxes.scan(GTIN, ask_unit=True, unit="each", remember=True)
    assert boxes.scan(GTIN, ask_unit=True).answer["movements"][0]["quantity"] == 1


def test_receiving_and_typed_numbers_ask_nothing(boxes: Office) -> None:
    assert boxes.scan(GTIN, "receive", ask_unit=True).answer["movements"][0]["quantity"] == 100
    assert boxes.scan("GLOVE-M", ask_unit=True).answer["movements"][0]["quantity"] == 1


def test_a_part_of_a_box_is_put_back_by_the_each(boxes: Office) -> None:
    boxes.scan(GTIN, ask_unit=True, unit="code", remember=True)
    back = boxes.scan(GTIN, "return", unit="each", quantity=37, lot=None)
    if back.answer.get("code") == "which_lot":
        chosen = back.answer["candidates"][0]
        back = boxes.scan(GTIN, "return", unit="each", quantity=37, lot=chosen["lot"] or "", expiry=chosen["expiry"])
    assert sum(row["quantity"] for row in back.answer["movements"]) == 37


@pytest.mark.parametrize("wrong", [{"unit": "box"}, {"ask_unit": "yes"}, {"remember": 1}])
def test_wrong_fields_are_named_and_stored(boxes: Office, wrong: dict[str, object]) -> None:
    refused = boxes.scan(GTIN, **wrong)
    assert (refused.status, refused.answer["code"]) == (422, "bad_field")
    assert next(iter(wrong)) in refused.answer["detail"]
