"""Undo for ten minutes, and what a person does about scans that need one."""

from uuid import UUID

import pytest

from supply.errors import Conflict, Invalid, NotAllowed
from supply.staff.permissions import Actor, Role
from supply.stations import settling
from supply.stations.scan_lines import scan_lines
from supply.stations.scans import Stored
from supply.stations.settling import Resolution
from tests.factories import GLOVES, SYRINGES, Office, gs1


def undo(office: Office, stored: Stored, by: Actor | None = None) -> dict[str, object]:
    key = UUID(stored.answer["request_id"])
    return office.db.transact(
        lambda s: settling.undo_scan(s, request_id=key, by=by or office.local, now=office.now, rules=office.rules)
    )


def resolve(office: Office, stored: Stored, **what: object) -> Stored:
    key = UUID(stored.answer["request_id"])
    return office.db.transact(
        lambda s: settling.resolve_scan(
            s, request_id=key, resolution=Resolution(**what), by=office.local, now=office.now, rules=office.rules  # type: ignore[arg-type]
        )
    )  # fmt: skip


def test_undo_puts_everything_back_by_linked_rows(either_office: Office) -> None:
    office = either_office
    office.item()
    office.receive("A1", "280101", 2)
    office.receive("B2", "280101", 2)
    used = office.scan(GLOVES, quantity=3)

    undo(office, used)

    assert office.stock() == {"A1": 2, "B2": 2}
    reversals = [m for m in office.movements() if m.kind.value == "reversal"]
    assert [m.reverses_id for m in reversals] == [m["id"] for m in used.answer["movements"]]
    assert office.faults() == []


def test_undo_works_once(office: Office) -> None:
    office.item()
    office.receive("A1", "280101", 2)
    used = office.scan(GLOVES)
    undo(office, used)
    with pytest.raises(Conflict) as refused:
        undo(office, used)
    assert refused.value.code == "already_undone"
    assert office.stock() == {"A1": 2}


def test_undo_ends_after_ten_minutes(office: Office) -> None:
    office.item()
    office.receive("A1", "280101", 2)
    used = office.scan(GLOVES)
    office.later(minutes=9, seconds=59)
    other = office.scan(GLOVES)
    undo(office, used)
    office.later(minutes=10, seconds=1)
    with pytest.raises(Conflict) as refused:
        undo(office, other)
    assert refused.value.code == "undo_expired"


def test_a_receipt_whose_units_moved_on_cannot_be_undone(office: Office) -> None:
    office.item()
    received = office.receive("A1", "280101", 1)
    office.scan(GLOVES)
    with pytest.raises(Conflict) as refused:
        undo(office, received)
    assert refused.value.code == "cannot_undo"
    assert office.faults() == []


@pytest.mark.parametrize("action", ["lookup", "count"])
def test_what_moved_nothing_cannot_be_undone(office: Office, action: str) -> None:
    office.item()
    with pytest.raises(Conflict) as refused:
        undo(office, office.scan(GLOVES, action))
    assert refused.value.code == "cannot_undo"


def test_a_nurse_undoes_her_own_scans_only(office: Office) -> None:
    office.item()
    office.receive("A1", "280101", 5)
    nora, nick = office.person("nora", Role.nurse), office.person("nick", Role.nurse)
    used = office.scan(GLOVES, by=nora)
    with pytest.raises(NotAllowed):
        undo(office, used, by=nick)
    undo(office, used, by=nora)


def test_an_unknown_code_is_learnt_and_its_scan_carried_out(office: Office) -> None:
    office.item("SYR-5", gtin=None, name="Syringe 5 mL")
    kept = office.scan(gs1(SYRINGES, lot="L1", expiry="280101"), "receive", quantity=2)
    office.later(hours=3)

    stored = resolve(office, kept, sku="SYR-5", units_received=10, units_used=1)

    assert stored.answer["outcome"] == "recorded"
    assert office.stock("SYR-5") == {"L1": 20}
    taken = office.scan(gs1(SYRINGES), ask_unit=True)  # one when taking was said: box or each is not asked again
    assert (taken.answer["outcome"], office.stock("SYR-5")) == ("recorded", {"L1": 19})
    assert taken.answer["item"]["sku"] == "SYR-5"
    assert office.movements()[0].occurred_at == office.now.replace(hour=15)
    with office.db.read_session() as session:
        assert scan_lines(session, needs="unresolved") == ()
    with pytest.raises(Conflict):
        resolve(office, kept, sku="SYR-5")
    body = {"barcode": gs1(SYRINGES, lot="L1", expiry="280101"), "action": "receive", "quantity": 2}
    replayed = office.send({"request_id": kept.answer["request_id"], **body})
    assert (replayed.status, replayed.answer["outcome"]) == (200, "unresolved")


def test_a_refusal_while_resolving_changes_nothing(office: Office) -> None:
    office.item("SYR-5", gtin=None, lot_required=True)
    kept = office.scan(SYRINGES, "receive")
    with pytest.raises(Invalid) as refused:
        resolve(office, kept, sku="SYR-5")
    assert refused.value.code == "lot_required"
    assert office.scan(SYRINGES, "lookup").answer["outcome"] == "unresolved"
    assert resolve(office, kept, sku="SYR-5", lot="L9").answer["movements"][0]["lot"] == "L9"


def test_a_scan_may_be_settled_without_learning_its_code(office: Office) -> None:
    office.item()
    office.receive("A1", "280101", 5)
    kept = office.scan("SMUDGED-LABEL")
    resolve(office, kept, sku="GLOVE-M", learn=False)
    assert office.stock() == {"A1": 4}
    assert office.scan("SMUDGED-LABEL").answer["outcome"] == "unresolved"


def test_dismissing_needs_a_reason_and_a_manager(office: Office) -> None:
    kept = office.scan("SMUDGED-LABEL")
    key = UUID(kept.answer["request_id"])

    def dismiss(by: Actor, reason: str) -> None:
        office.db.transact(lambda s: settling.dismiss_scan(s, request_id=key, reason=reason, by=by, now=office.now))

    with pytest.raises(NotAllowed):
        dismiss(office.person("nora", Role.nurse), "not ours")
    with pytest.raises(Invalid):
        dismiss(office.local, " ")
    dismiss(office.local, "not ours")
    with office.db.read_session() as session:
        assert scan_lines(session, needs="open") == ()


def test_a_settled_scan_is_the_scan_of_whoever_made_it(office: Office) -> None:
    office.item()
    office.receive("A1", "280101", 20)
    nora = office.person("nora", Role.nurse)
    kept = office.scan("SMUDGED", by=nora, quantity=2)
    resolve(office, kept, sku="GLOVE-M", learn=False, units_used=5)
    used = office.movements()[-1]
    assert (used.actor_id, used.quantity) == (nora.person_id, 10)


def test_two_parked_scans_of_the_same_code_are_both_carried_out(office: Office) -> None:
    office.item()
    office.receive("A1", "280101", 20)
    first, second = office.scan("NEW-CODE"), office.scan("NEW-CODE")
    resolve(office, first, sku="GLOVE-M")
    resolve(office, second, sku="GLOVE-M")
    assert office.stock() == {"A1": 18}


def test_the_lot_that_was_typed_with_an_unknown_code_is_kept(office: Office) -> None:
    office.item()
    kept = office.scan("NEW-CODE", "receive", lot="T7", expiry="2028-03-01")
    assert [m["lot"] for m in resolve(office, kept, sku="GLOVE-M").answer["movements"]] == ["T7"]


def test_a_code_that_is_not_learnt_still_says_its_lot_unless_the_person_typed_another(office: Office) -> None:
    office.item("SYR-5", gtin=None, name="Syringe 5 mL")
    text = gs1(SYRINGES, lot="L1", expiry="280101")
    read, typed = office.scan(text, "receive", quantity=2), office.scan(text, "receive", lot="L2")
    for kept in (read, typed):
        resolve(office, kept, sku="SYR-5", learn=False)
    assert office.stock("SYR-5") == {"L1": 2, "L2": 1}
