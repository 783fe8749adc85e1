"""PUT BACK, MOVE, THROW OUT, LOOK UP, and what is not there yet."""

from supply.stock.models import LotState
from tests.factories import GLOVES, Office, gs1


def test_put_back_asks_which_of_the_lots_used_lately(office: Office) -> None:
    office.item()
    office.receive("A1", "280101", 2)
    office.scan(gs1(GLOVES, lot="A1"))

    asked = office.scan(GLOVES, "return")

    assert asked.answer["code"] == "which_lot"
    assert [c["lot"] for c in asked.answer["candidates"]] == ["A1"]
    put = office.scan(GLOVES, "return", lot="A1", expiry="2028-01-01")
    assert (put.answer["movements"][0]["kind"], put.answer["movements"][0]["from"]) == ("put_back", "USED")
    assert office.stock() == {"A1": 2}


def test_what_was_used_long_ago_or_undone_is_not_offered(office: Office) -> None:
    office.item()
    office.receive("A1", "280101", 2)
    office.scan(gs1(GLOVES, lot="A1"))
    office.later(days=31)

    assert office.scan(GLOVES, "return").answer["candidates"] == []


def test_a_lot_with_its_number_in_the_code_goes_straight_back(office: Office) -> None:
    office.item()
    office.receive("A1", "280101", 2)
    office.scan(gs1(GLOVES, lot="A1"))

    assert office.scan(gs1(GLOVES, lot="A1", expiry="280101"), "return").status == 201


def test_move_takes_from_one_place_to_the_other(office: Office) -> None:
    office.item()
    office.place("EXAM-1")
    office.receive("A1", "280101", 5)

    moved = office.scan(GLOVES, "move", to_location="EXAM-1", quantity=2)

    assert moved.answer["on_hand"] == 3  # of the source
    assert office.stock(location="EXAM-1") == {"A1": 2}
    assert office.faults() == []


def test_moving_onto_a_shelf_within_the_place_takes_what_is_not_there_yet(office: Office) -> None:
    office.item()
    office.place("SHELF-A", "STOREROOM")
    office.receive("A1", "280101", 5)
    office.receive("B2", "280101", 5, location="SHELF-A")

    moved = office.scan(GLOVES, "move", to_location="SHELF-A", quantity=2)

    assert moved.answer["movements"][0]["lot"] == "A1"
    assert moved.answer["on_hand"] == 10
    assert office.stock(location="SHELF-A") == {"A1": 2, "B2": 5}


def test_moving_more_than_the_book_has_is_a_discrepancy(office: Office) -> None:
    office.item()
    office.place("EXAM-1")
    office.receive("A1", "280101", 1)

    stored = office.scan(GLOVES, "move", to_location="EXAM-1", quantity=3)
    assert (stored.answer["outcome"], stored.answer["shortfall"]) == ("discrepancy", 2)


def test_a_move_needs_a_place_that_is_another_one(office: Office) -> None:
    office.item()
    office.receive("A1", "280101", 5)
    for to in (None, "STOREROOM", "NOWHERE"):
        assert office.scan(GLOVES, "move", to_location=to).answer["code"] == "bad_location"


def test_an_expired_lot_can_always_be_thrown_out(office: Office) -> None:
    office.item()
    office.receive("A1", "261124", 2)
    office.later(days=10)

    gone = office.scan(gs1(GLOVES, lot="A1", expiry="261124"), "discard", quantity=2, reason="expired")

    assert gone.answer["movements"][0]["to"] == "WASTE"
    assert office.stock() == {}


def test_throwing_out_without_naming_the_lot_asks_while_a_bad_one_is_there(office: Office) -> None:
    office.item()
    office.receive("A1", "280101", 2)
    office.receive("B2", "280101", 2)
    office.set_state("B2", LotState.held)

    assert office.scan(GLOVES, "discard", reason="damaged").answer["code"] == "which_lot"


def test_a_look_up_posts_nothing_and_says_what_is_there(office: Office) -> None:
    office.item()
    office.receive("A1", "280101", 2)

    found = office.scan(GLOVES, "lookup")

    assert (found.status, found.answer["outcome"], found.answer["on_hand"]) == (201, "found", 2)
    assert len(office.movements()) == 1


def test_a_look_up_of_a_bad_lot_says_so(office: Office) -> None:
    office.item()
    office.receive("A1", "280101", 2)
    office.set_state("A1", LotState.held)

    assert [w["code"] for w in office.scan(gs1(GLOVES, lot="A1"), "lookup").answer["warnings"]] == ["quarantined_lot"]
    expired = office.scan(gs1(GLOVES, lot="ZZ", expiry="200101"), "lookup")
    assert [w["code"] for w in expired.answer["warnings"]] == ["expired_lot"]


def test_what_comes_later_is_refused_by_name(office: Office) -> None:
    office.item()
    office.receive("A1", "280101", 2)

    assert office.scan(GLOVES, "count").answer["code"] == "no_count_sheet"
    refused = office.scan(GLOVES, "discard", container="C-1")
    assert refused.answer["code"] == "bad_field"
    assert "container" in refused.answer["detail"]
