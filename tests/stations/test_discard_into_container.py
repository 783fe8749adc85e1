"""Throwing a lot out into a waste container: shelf, ledger and container in one transaction, and back again by undo."""

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from supply.errors import Conflict
from supply.staff.permissions import Role
from supply.stations import settling
from supply.stations.settling import Resolution
from supply.waste import containers, entries
from supply.waste.container_lines import EntryLine, container_line, entry_lines, find_container
from supply.waste.containers import NewContainer
from supply.waste.models import ContainerState
from supply.waste.rules import rules_for
from tests.factories import GLOVES, SYRINGES, ZONE, Office, gs1


def container(office: Office, stream: str = "REDBAG", *, is_opened: bool = True) -> str:
    new = NewContainer(stream, "STOREROOM")
    return office.db.transact(
        lambda s: containers.open_container(s, new=new, by=office.local, now=office.now, is_opened=is_opened).number
    )


def held(office: Office, number: str) -> list[EntryLine]:
    with office.db.read_session() as session:
        return entry_lines(session, find_container(session, number).id)


def line(office: Office, number: str) -> Any:
    with office.db.read_session() as session:
        return container_line(session, number, rules=rules_for("FL"), today=office.today, zone=ZONE)


def seal(office: Office, number: str) -> None:
    office.db.transact(
        lambda s: containers.seal(s, number=number, weight="9", unit="lb", by=office.local, now=office.now)
    )


def undo(office: Office, answer: dict[str, Any]) -> None:
    office.db.transact(
        lambda s: settling.undo_scan(
            s, request_id=UUID(answer["request_id"]), by=office.local, now=office.now, rules=office.rules
        )
    )


@pytest.fixture
def stocked(office: Office) -> Office:
    office.item()
    office.receive("A1", "280101", 10)
    return office


@pytest.mark.parametrize("form", ["{number}", "{code}", "1", "w-000001"])
def test_a_lot_leaves_the_shelf_into_the_container_under_one_key(stocked: Office, form: str) -> None:
    number = container(stocked, is_opened=False)
    named = form.format(number=number, code=line(stocked, number).house_code)

    stored = stocked.scan(gs1(GLOVES, lot="A1"), "discard", quantity=3, container=named, reason="opened")

    assert (stored.status, stored.answer["outcome"], stored.answer["container"]) == (201, "recorded", number)
    assert f"into {number}" in stored.answer["message"]
    (movement,) = stored.answer["movements"]
    assert (movement["kind"], movement["to"], movement["quantity"]) == ("disposal", "WASTE", 3)
    (entry,) = held(stocked, number)
    assert (entry.kind, entry.sku, entry.lot, entry.quantity, entry.is_reversed) == ("lot", "GLOVE-M", "A1", 3, False)
    assert stocked.stock() == {"A1": 7}
    assert line(stocked, number).state is ContainerState.open
    assert line(stocked, number).first_item_at == stocked.now
    assert stocked.faults() == []


def test_an_expired_lot_goes_too(stocked: Office) -> None:
    stocked.receive("OLD", "261130", 2)
    stocked.later(days=30)
    number = container(stocked)

    stored = stocked.scan(gs1(GLOVES, lot="OLD", expiry="261130"), "discard", container=number, reason="expired")

    assert stored.status == 201
    assert held(stocked, number)[0].lot == "OLD"


def test_the_same_request_twice_is_one_entry(stocked: Office) -> None:
    number = container(stocked)
    stored = stocked.scan(GLOVES, "discard", container=number, reason="x")
    body = {"request_id": stored.answer["request_id"], "barcode": GLOVES, "action": "discard", "container": number}

    again = stocked.send({**body, "reason": "x"})

    assert again.status == 200
    assert len(held(stocked, number)) == 1


def test_without_a_container_nothing_changes_from_before(stocked: Office) -> None:
    stored = stocked.scan(GLOVES, "discard", reason="x")
    assert stored.status == 201
    assert "container" not in stored.answer


@pytest.mark.parametrize("name", ["W-000099", "nonsense", "P-000001", "SUPI000001C"])
def test_a_container_that_is_not_there_is_refused_and_nothing_moves(stocked: Office, name: str) -> None:
    stored = stocked.scan(GLOVES, "discard", container=name, reason="x")
    assert (stored.status, stored.answer["code"], stored.answer["field"]) == (422, "bad_field", "container")
    assert "Scan its label" in stored.answer["message"]
    assert stocked.stock() == {"A1": 10}


def test_a_sealed_one_is_refused_in_words_and_nothing_moves(stocked: Office) -> None:
    number = container(stocked)
    stocked.scan(GLOVES, "discard", container=number, reason="x")
    seal(stocked, number)

    stored = stocked.scan(GLOVES, "discard", container=number, reason="x")

    assert (stored.status, stored.answer["code"]) == (422, "bad_field")
    assert f"{number} is sealed; nothing more goes in" in stored.answer["message"]
    assert stocked.stock() == {"A1": 9}
    assert stocked.faults() == []


def test_a_scan_kept_offline_from_before_the_seal_still_counts(stocked: Office) -> None:
    number = container(stocked)
    stocked.scan(GLOVES, "discard", container=number, reason="x")
    stocked.later(minutes=30)
    seal(stocked, number)
    before = (stocked.now - timedelta(minutes=10)).isoformat()
    stocked.later(minutes=30)
    after = (stocked.now - timedelta(minutes=10)).isoformat()

    kept = stocked.scan(GLOVES, "discard", container=number, reason="x", occurred_at=before)
    late = stocked.scan(GLOVES, "discard", container=number, reason="x", occurred_at=after)

    assert (kept.status, late.status) == (201, 422)
    assert len(held(stocked, number)) == 2


@pytest.mark.parametrize("stream", ["SHARPS", "REDBAG"])
def test_a_hard_stop_of_the_streams_refuses_it_with_where_it_belongs(office: Office, stream: str) -> None:
    office.item("LIDO", gtin=SYRINGES, name="Lidocaine 1%", category="Injectables")
    office.receive("L1", "280101", 5, gtin=SYRINGES)
    number = container(office, stream)

    stored = office.scan(SYRINGES, "discard", container=number, reason="x")

    assert (stored.status, stored.answer["code"]) == (422, "bad_field")
    assert "goes into pharmaceuticals" in stored.answer["message"]
    assert office.stock("LIDO") == {"L1": 5}
    assert held(office, number) == []
    assert office.scan(SYRINGES, "discard", container=container(office, "RX_NONHAZ"), reason="x").status == 201


def test_a_warning_lets_it_pass_and_says_so(office: Office) -> None:
    office.item("NDL", gtin=SYRINGES, name="Needle 21G", category="Needles")
    office.receive("N1", "280101", 5, gtin=SYRINGES)
    number = container(office, "REDBAG")

    stored = office.scan(SYRINGES, "discard", container=number, reason="x")

    assert [one["code"] for one in stored.answer["warnings"]] == ["wrong_container"]
    assert held(office, number)[0].is_sharps


def test_needles_alone_start_no_clock_of_the_first_thing_that_is_no_sharp(office: Office) -> None:
    office.item("NDL", gtin=SYRINGES, name="Needle 21G", category="Needles")
    office.receive("N1", "280101", 5, gtin=SYRINGES)
    number = container(office, "SHARPS")
    office.scan(SYRINGES, "discard", container=number, reason="x")
    assert line(office, number).first_nonsharps_at is None
    assert line(office, number).first_item_at == office.now


def test_undo_takes_it_out_of_the_container_and_back_to_the_shelf(stocked: Office) -> None:
    number = container(stocked)
    stored = stocked.scan(GLOVES, "discard", quantity=2, container=number, reason="x")

    undo(stocked, stored.answer)

    assert stocked.stock() == {"A1": 10}
    first, back = held(stocked, number)
    assert (first.is_reversed, back.kind) == (True, "reversal")
    assert line(stocked, number).entries == 0
    with pytest.raises(Conflict, match="Nothing is in"):
        seal(stocked, number)
    with pytest.raises(Conflict, match="undone already"):
        undo(stocked, stored.answer)
    assert stocked.faults() == []


def test_once_sealed_it_cannot_be_undone_and_nothing_moves_back(stocked: Office) -> None:
    number = container(stocked)
    stored = stocked.scan(GLOVES, "discard", container=number, reason="x")
    seal(stocked, number)

    with pytest.raises(Conflict, match=f"{number} is sealed. Nothing comes out") as refused:
        undo(stocked, stored.answer)

    assert refused.value.code == "cannot_undo"
    assert stocked.stock() == {"A1": 9}
    assert not held(stocked, number)[0].is_reversed


def test_more_than_the_book_holds_is_in_the_container_all_the_same(stocked: Office) -> None:
    number = container(stocked)

    stored = stocked.scan(GLOVES, "discard", quantity=12, container=number, reason="x")

    assert (stored.answer["outcome"], stored.answer["shortfall"]) == ("discrepancy", 2)
    assert [(one.quantity, one.lot) for one in held(stocked, number)] == [(10, "A1"), (2, None)]
    undo(stocked, stored.answer)
    assert line(stocked, number).entries == 0


@pytest.mark.parametrize("action", ["use", "receive", "return", "lookup"])
def test_only_what_is_thrown_out_goes_into_a_container(stocked: Office, action: str) -> None:
    stored = stocked.scan(gs1(GLOVES, lot="A1", expiry="280101"), action, container=container(stocked))
    assert (stored.status, stored.answer["code"]) == (422, "bad_field")


def test_a_receiver_throws_out_but_not_into_a_container(stocked: Office) -> None:
    receiver = stocked.person("ray", Role.receiver)
    number = container(stocked)
    refused = stocked.scan(GLOVES, "discard", container=number, reason="x", by=receiver)
    assert (refused.status, refused.answer["code"]) == (403, "not_allowed")
    assert stocked.scan(GLOVES, "discard", reason="x", by=receiver).status == 201


def test_an_unknown_code_remembers_its_container_until_a_person_says_what_it_was(stocked: Office) -> None:
    number = container(stocked)
    stored = stocked.scan("NEVER-SEEN-1", "discard", container=number, reason="x")
    assert stored.answer["outcome"] == "unresolved"

    stocked.db.transact(
        lambda s: settling.resolve_scan(
            s, request_id=UUID(stored.answer["request_id"]), resolution=Resolution("GLOVE-M"), by=stocked.local,
            now=stocked.now, rules=stocked.rules,
        )
    )  # fmt: skip

    assert [one.sku for one in held(stocked, number)] == ["GLOVE-M"]


def test_two_databases_tell_the_same_story(either_office: Office) -> None:
    either_office.item()
    either_office.receive("A1", "280101", 10)
    number = container(either_office)
    stored = either_office.scan(GLOVES, "discard", quantity=4, container=number, reason="x")
    undo(either_office, stored.answer)
    either_office.scan(GLOVES, "discard", container=number, reason="x")
    seal(either_office, number)
    with either_office.db.read_session() as session:
        assert containers.entries_left(session, 1) == 1
    assert either_office.stock() == {"A1": 9}
    assert either_office.faults() == []
    assert entries.FREE_TEXT_HINT
