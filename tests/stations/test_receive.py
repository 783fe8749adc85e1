"""PUT IN: lots open by what the box says, and what is missing is asked for."""

import pytest

from supply.stock.models import LotState
from tests.factories import GLOVES, Office, gs1


def test_a_box_opens_a_lot_with_its_expiry_and_cost(office: Office) -> None:
    office.item(price=125_000, pack_quantity=10, received=10)
    stored = office.receive("A1", "280101", 2)

    (movement,) = office.movements()
    assert (movement.quantity, movement.unit_cost, movement.lot_known) == (20, 12_500, "read")
    assert stored.answer["movements"][0]["from"] == "SUPPLIER"
    assert stored.answer["on_hand"] == 20


def test_the_same_lot_again_keeps_the_day_of_its_first_receipt(office: Office) -> None:
    office.item()
    office.receive("OLD", "280101")
    office.later(days=1)
    office.receive("NEW", "280101")
    office.later(days=1)
    office.receive("OLD", "280101")

    assert office.scan(GLOVES, quantity=2).answer["movements"][0]["lot"] == "OLD"
    assert office.stock() == {"NEW": 1}


def test_a_box_without_date_does_not_wipe_the_booked_one(office: Office) -> None:
    office.item()
    office.receive("A1", "280101")
    office.receive("A1")

    used = office.scan(gs1(GLOVES, lot="A1"), quantity=2)
    assert [m["expiry"] for m in used.answer["movements"]] == ["2028-01-01"]


def test_a_month_expiry_keeps_its_precision(office: Office) -> None:
    office.item()
    stored = office.receive("A1", "280200")

    assert stored.answer["movements"][0]["expiry"] == "2028-02-29"
    assert stored.answer["movements"][0]["expiry_precision"] == "month"


def test_items_without_lots_open_one_per_receipt(office: Office) -> None:
    office.item(tracking="counted", price=10_000)
    office.scan("GLOVE-M", "receive", quantity=2)
    office.later(days=1)
    office.scan("GLOVE-M", "receive", quantity=2)

    office.scan("GLOVE-M", quantity=3)

    first, second, *used = office.movements()
    assert first.lot_id != second.lot_id
    assert [(m.lot_id, m.quantity) for m in used] == [(first.lot_id, 2), (second.lot_id, 1)]


@pytest.mark.parametrize(
    ("required", "code", "given"),
    [("lot_required", "lot_required", {"lot": "B7"}), ("expiry_required", "expiry_required", {"expiry": "2028-01-01"})],
)
def test_what_is_missing_is_asked_and_then_taken(
    office: Office, required: str, code: str, given: dict[str, str]
) -> None:
    office.item(**{required: True})

    assert office.scan(GLOVES, "receive").answer["code"] == code
    assert office.scan(GLOVES, "receive", **given).status == 201
    assert office.scan(GLOVES).status == 201  # asked on receipt only


def test_an_expired_delivery_is_refused(office: Office) -> None:
    office.item()
    assert office.scan(gs1(GLOVES, lot="A1", expiry="251231"), "receive").answer["code"] == "expired_lot"
    assert office.scan(GLOVES, "receive", expiry="2025-12-31").answer["code"] == "expired_lot"


def test_a_recalled_lot_cannot_come_in_again(office: Office) -> None:
    office.item()
    office.receive("A1", "280101")
    office.set_state("A1", LotState.recalled)

    assert office.scan(gs1(GLOVES, lot="A1", expiry="280101"), "receive").answer["code"] == "recalled_lot"


def test_a_delivery_that_expires_before_what_is_here_says_so(office: Office) -> None:
    office.item()
    office.receive("A1", "280601")
    assert [w["code"] for w in office.receive("B2", "280101").answer["warnings"]] == ["expires_before_stock"]


def test_the_same_number_of_another_owner_is_another_lot(office: Office) -> None:
    office.item()
    office.owner("vfc")
    office.receive("A1", "280101")
    office.receive("A1", "280101", owner="vfc")

    lots = {movement.lot_id for movement in office.movements()}
    assert len(lots) == 2


HIBC_PRIMARY, HIBC_SECONDARY = "+A123BJC5D6E71G", "+$$3280115LOT7G"


def hibc_secondary() -> str:
    from supply.barcodes.hibc import check_character

    return HIBC_SECONDARY + check_character(HIBC_SECONDARY)


@pytest.mark.parametrize("swapped", [False, True])
def test_two_symbols_of_one_label_are_one_scan(office: Office, swapped: bool) -> None:
    office.item(gtin=None, lot_required=True)
    office.code("GLOVE-M", HIBC_PRIMARY)
    symbols = [HIBC_PRIMARY, hibc_secondary()]

    stored = office.scan("\n".join(reversed(symbols) if swapped else symbols), "receive")

    assert [(m["lot"], m["expiry"]) for m in stored.answer["movements"]] == [("LOT7", "2028-01-15")]


def test_half_a_label_asks_for_the_other_half(office: Office) -> None:
    office.item(gtin=None, lot_required=True)
    office.code("GLOVE-M", HIBC_PRIMARY)

    assert office.scan(HIBC_PRIMARY, "receive").answer["code"] == "lot_required"
    second = office.scan(hibc_secondary(), "receive")
    assert (second.answer["code"], second.answer["errors"]) == ("bad_barcode", ["HIBC_SECONDARY"])


def test_codes_of_two_labels_are_not_joined(office: Office) -> None:
    office.item(gtin=None)
    office.code("GLOVE-M", HIBC_PRIMARY)
    stored = office.scan(f"{HIBC_PRIMARY}\n+$$52001510X3AA", "receive")
    assert stored.answer["code"] == "bad_barcode"
    assert office.movements() == []


def test_a_number_of_our_own_that_looks_like_a_broken_code_still_names_its_item(office: Office) -> None:
    office.item("0101123", gtin=None)
    office.item()
    assert office.scan("0101123", "receive").answer["item"]["sku"] == "0101123"
