"""TAKE: which lot leaves, what is refused, what is asked, what is flagged."""

import pytest

from supply.stock.models import LotState
from tests.factories import GLOVES, SYRINGES, Office, gs1


def test_the_oldest_lot_leaves_first(office: Office) -> None:
    office.item()
    office.receive("OLD", "280101", 2)
    office.later(days=1)
    office.receive("NEW", "270601", 5)

    stored = office.scan(GLOVES, quantity=3)

    assert stored.answer["outcome"] == "recorded"
    assert [(m["lot"], m["quantity"], m["lot_known"]) for m in stored.answer["movements"]] == [
        ("OLD", 2, "assumed"),
        ("NEW", 1, "assumed"),
    ]
    assert stored.answer["on_hand"] == 4
    assert office.stock() == {"NEW": 4}
    assert office.faults() == []


def test_an_item_may_leave_by_expiry_instead(office: Office) -> None:
    office.item(rotation="fefo")
    office.receive("LATE", "280101", 2)
    office.later(days=1)
    office.receive("SOON", "270601", 5)

    assert office.scan(GLOVES).answer["movements"][0]["lot"] == "SOON"


def test_a_category_may_say_so_for_its_items(office: Office) -> None:
    from supply.stock.models import Category, Rotation

    office.item(category="Vaccines")
    office.db.transact(lambda s: s.query(Category).update({"rotation": Rotation.fefo}))
    office.receive("LATE", "280101", 2)
    office.receive("SOON", "270601", 5)

    assert office.scan(GLOVES).answer["movements"][0]["lot"] == "SOON"


def test_a_named_lot_is_taken_and_the_older_one_is_named(office: Office) -> None:
    office.item()
    office.place("SHELF-A2", "STOREROOM")
    office.receive("OLD", "280101", 2, location="SHELF-A2")
    office.later(days=1)
    office.receive("NEW", "280601", 5)

    stored = office.scan(gs1(GLOVES, expiry="280601", lot="NEW"))

    assert [(m["lot"], m["lot_known"]) for m in stored.answer["movements"]] == [("NEW", "read")]
    (warning,) = stored.answer["warnings"]
    assert (warning["code"], warning["lot"], warning["location"]) == ("older_lot_available", "OLD", "SHELF-A2")


@pytest.mark.parametrize("lot_on_book", [True, False])
def test_a_code_dated_past_is_refused_on_the_book_or_not(office: Office, lot_on_book: bool) -> None:
    office.item()
    if lot_on_book:
        office.receive("A1", "261201")
        office.later(days=30)

    stored = office.scan(gs1(GLOVES, expiry="261201" if lot_on_book else "251201", lot="A1"))

    assert (stored.status, stored.answer["code"]) == (422, "expired_lot")
    assert "Expired" in stored.answer["detail"]
    assert stored.answer["lot"] == "A1"
    assert sum(office.stock().values()) == (1 if lot_on_book else 0)


def test_a_lot_may_be_used_through_its_last_day(office: Office) -> None:
    office.item()
    office.receive("A1", "261123", 2)

    assert office.scan(gs1(GLOVES, expiry="261123", lot="A1")).status == 201
    office.later(days=1)
    assert office.scan(gs1(GLOVES, expiry="261123", lot="A1")).answer["code"] == "expired_lot"


def test_the_office_clock_decides_which_day_it_is(office: Office) -> None:
    """At 03:00 UTC on the 24th it is still the 23rd in New York."""
    office.item()
    office.receive("A1", "261123", 2)
    office.later(hours=12)

    assert office.scan(gs1(GLOVES, expiry="261123", lot="A1")).status == 201


@pytest.mark.parametrize(("state", "code"), [(LotState.held, "quarantined_lot"), (LotState.recalled, "recalled_lot")])
def test_a_held_or_recalled_lot_is_refused(office: Office, state: LotState, code: str) -> None:
    office.item()
    office.receive("A1", "280101", 2)
    office.set_state("A1", state)

    stored = office.scan(gs1(GLOVES, lot="A1"))

    assert (stored.status, stored.answer["code"]) == (422, code)
    assert office.stock() == {"A1": 2}
    office.set_state("A1", LotState.open)
    assert office.scan(gs1(GLOVES, lot="A1")).status == 201


def test_a_recalled_lot_is_refused_even_when_the_book_has_none_left(office: Office) -> None:
    office.item()
    office.receive("A1", "280101", 1)
    office.scan(gs1(GLOVES, lot="A1"))
    office.set_state("A1", LotState.recalled)

    assert office.scan(gs1(GLOVES, lot="A1")).answer["code"] == "recalled_lot"


@pytest.mark.parametrize("bad", ["expired", "held", "recalled"])
def test_a_code_without_lot_asks_which_while_a_bad_one_stands_there(office: Office, bad: str) -> None:
    office.item()
    office.receive("GOOD", "280101", 2)
    office.receive("BAD", "261124", 2)
    if bad == "expired":
        office.later(days=2)
    else:
        office.set_state("BAD", LotState(bad))

    stored = office.scan(GLOVES)

    assert (stored.status, stored.answer["code"]) == (422, "which_lot")
    assert {(c["lot"], c["state"]) for c in stored.answer["candidates"]} == {("GOOD", "open"), ("BAD", bad)}
    chosen = office.scan(GLOVES, lot="GOOD", expiry="2028-01-01")
    assert chosen.status == 201
    assert chosen.answer["movements"][0]["lot_known"] == "chosen"


def test_a_bad_lot_elsewhere_asks_nothing(office: Office) -> None:
    office.item()
    office.place("EXAM-1")
    office.receive("GOOD", "280101", 2)
    office.receive("BAD", "280101", 2, location="EXAM-1")
    office.set_state("BAD", LotState.held)

    assert office.scan(GLOVES).status == 201


@pytest.mark.parametrize("lot", ["A1", None])
def test_less_on_the_book_than_taken_is_posted_and_flagged(office: Office, lot: str | None) -> None:
    office.item()
    office.receive("A1", "280101", 2)
    office.receive("B2", "280101", 1)

    stored = office.scan(gs1(GLOVES, lot=lot), quantity=5)

    assert (stored.status, stored.answer["outcome"]) == (201, "discrepancy")
    assert stored.answer["shortfall"] == (3 if lot else 2)
    assert office.stock() == ({"B2": 1} if lot else {})  # a scanned lot never falls through to another
    assert office.faults() == []


def test_a_lot_the_book_never_saw_is_a_discrepancy_not_another_lot(office: Office) -> None:
    office.item()
    office.receive("A1", "280101", 2)

    stored = office.scan(gs1(GLOVES, lot="ZZ", expiry="280101"))

    assert (stored.answer["outcome"], stored.answer["shortfall"], stored.answer["movements"]) == ("discrepancy", 1, [])
    assert office.stock() == {"A1": 2}


def test_already_used_records_a_refused_lot_as_an_exception(office: Office) -> None:
    office.item()
    office.receive("A1", "280101", 2)
    office.set_state("A1", LotState.recalled)

    stored = office.scan(gs1(GLOVES, lot="A1"), reason="already_used")

    assert stored.answer["outcome"] == "recorded"
    assert office.stock() == {"A1": 1}
    from uuid import UUID

    from supply.stations import settling

    with office.db.read_session() as session:
        record = settling.find_scan(session, UUID(stored.answer["request_id"]))
        assert (record.exception, record.needs) == ("recalled_lot", "exception")


def test_an_offline_scan_made_before_the_hold_is_recorded_and_flagged(office: Office) -> None:
    office.item()
    office.receive("A1", "280101", 2)
    taken_at = office.now.isoformat()
    office.later(hours=1)
    office.set_state("A1", LotState.held)
    office.later(hours=1)

    late = office.scan(gs1(GLOVES, lot="A1"), occurred_at=taken_at, claimed_by="local")
    online = office.scan(gs1(GLOVES, lot="A1"))

    assert late.answer["outcome"] == "recorded"
    assert online.answer["code"] == "quarantined_lot"


def test_an_offline_scan_is_judged_by_its_own_day(office: Office) -> None:
    office.item()
    office.receive("A1", "261123", 2)
    taken_at = office.now.isoformat()
    office.later(days=3)

    assert office.scan(gs1(GLOVES, lot="A1", expiry="261123"), occurred_at=taken_at, claimed_by="local").status == 201


def test_a_pack_counts_its_units(office: Office) -> None:
    office.item(received=100, used=1, unit="glove")
    office.receive("A1", "280101", 2)

    assert office.stock() == {"A1": 200}
    office.scan(GLOVES, quantity=3)
    assert office.stock() == {"A1": 197}


def test_a_count_inside_the_barcode_replaces_the_units(office: Office) -> None:
    office.item(received=100)
    stored = office.scan(f"01{GLOVES}3012\x1d10A1", "receive", quantity=2)

    assert stored.answer["movements"][0]["quantity"] == 24


def test_a_typed_sku_is_a_valid_code_whatever_its_capitals(office: Office) -> None:
    office.item()
    office.receive("A1", "280101", 2)

    assert office.scan("glove-m").answer["movements"][0]["quantity"] == 1


def test_allocation_never_crosses_owners(office: Office) -> None:
    office.item()
    office.owner("vfc")
    office.receive("STATE", "280101", 5, owner="vfc")

    assert office.scan(GLOVES).answer["code"] == "wrong_owner"
    assert office.scan(GLOVES, owner="vfc").status == 201
    assert office.scan(gs1(GLOVES, lot="STATE"), owner="office").answer["code"] == "wrong_owner"
    office.receive("OURS", "280101", 1)
    stored = office.scan(GLOVES, quantity=3)
    assert (stored.answer["shortfall"], office.stock()) == (2, {"STATE": 4})


def test_warnings_say_what_a_nurse_should_know(office: Office) -> None:
    office.item(reorder_point=5)
    office.receive("A1", "261201", 1)

    codes = {warning["code"] for warning in office.scan(GLOVES).answer["warnings"]}

    assert codes == {"expires_soon", "below_reorder_point", "last_unit", "lot_assumed"}


def test_a_code_of_two_items_asks_which(office: Office) -> None:
    office.item()
    office.item("GLOVE-M2", name="The other gloves")

    stored = office.scan(GLOVES)

    assert stored.answer["code"] == "ambiguous_code"
    assert [c["sku"] for c in stored.answer["candidates"]] == ["GLOVE-M", "GLOVE-M2"]


def test_a_lost_separator_is_asked_about_and_the_choice_recorded(office: Office) -> None:
    office.item()
    office.receive("LOT", "270101", 2)
    swallowed = f"01{GLOVES}10LOT17270101"

    stored = office.scan(swallowed)

    assert stored.answer["code"] == "ambiguous_code"
    choice = next(c for c in stored.answer["candidates"] if c["lot"] == "LOT")
    chosen = office.scan(swallowed, lot=choice["lot"], expiry=choice["expiry"])
    assert [(m["lot"], m["expiry"]) for m in chosen.answer["movements"]] == [("LOT", "2027-01-01")]


def test_a_place_includes_what_is_nested_in_it(office: Office) -> None:
    office.item()
    office.place("SHELF-A", "STOREROOM")
    office.receive("A1", "280101", 2, location="SHELF-A")

    assert office.scan(GLOVES).answer["movements"][0]["from"] == "SHELF-A"
    assert office.scan(GLOVES, location="SHELF-A").answer["on_hand"] == 0


def test_an_unknown_code_is_kept_and_moves_nothing(office: Office) -> None:
    stored = office.scan(f"01{SYRINGES}10XX")

    assert (stored.status, stored.answer["outcome"]) == (201, "unresolved")
    assert office.movements() == []
