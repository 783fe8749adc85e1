"""Every scan is stored with its answer, once: the same key twice counts once, and nothing wrong is lost."""

from uuid import uuid4

import pytest

from supply.errors import Conflict, Invalid
from supply.staff.permissions import Role
from supply.stations.scan_lines import scan_lines
from tests.factories import GLOVES, Office, gs1


def test_the_same_request_twice_counts_once(either_office: Office) -> None:
    office = either_office
    office.item()
    office.receive("A1", "280101", 5)
    body = {"request_id": str(uuid4()), "barcode": GLOVES, "action": "use"}

    first, second = office.send(body), office.send(body)

    assert (first.status, second.status) == (201, 200)
    assert first.answer == second.answer
    assert office.stock() == {"A1": 4}


def test_two_boxes_with_the_same_code_are_two_reads(office: Office) -> None:
    office.item()
    office.receive("A1", "280101", 5)
    office.scan(GLOVES)
    office.scan(GLOVES)
    assert office.stock() == {"A1": 3}


def test_a_refusal_keeps_its_status_when_asked_again(either_office: Office) -> None:
    office = either_office
    office.item()
    body = {"request_id": str(uuid4()), "barcode": gs1(GLOVES, lot="A", expiry="200101"), "action": "use"}

    assert [office.send(body).status, office.send(body).status] == [422, 422]


def test_a_key_cannot_be_used_for_another_body_or_person(either_office: Office) -> None:
    office = either_office
    office.item()
    office.receive("A1", "280101", 5)
    other = office.person("nora", Role.nurse)
    body = {"request_id": str(uuid4()), "barcode": GLOVES, "action": "use"}
    office.send(body)

    for wrong, by in (({**body, "quantity": 1}, None), (body, other)):
        with pytest.raises(Conflict) as refused:
            office.send(wrong, by=by)
        assert refused.value.code == "key_reused"
    assert office.stock() == {"A1": 4}


@pytest.mark.parametrize("body", [[], "text", 7, {}, {"request_id": "x"}, {"request_id": 5}, {"request_id": None}])
def test_what_has_no_usable_key_is_not_stored(office: Office, body: object) -> None:
    with pytest.raises(Invalid) as refused:
        office.send(body)  # type: ignore[arg-type]
    assert refused.value.code == "bad_request"


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"quantity": 0}, "bad_quantity"),
        ({"quantity": -1}, "bad_quantity"),
        ({"quantity": 1.5}, "bad_quantity"),
        ({"quantity": "2"}, "bad_quantity"),
        ({"quantity": True}, "bad_quantity"),
        ({"quantity": None}, "bad_quantity"),
        ({"quantity": 10**30}, "bad_quantity"),
        ({"location": "NOWHERE"}, "bad_location"),
        ({"location": 7}, "bad_location"),
        ({"location": "USED"}, "bad_location"),
        ({"action": "explode"}, "bad_field"),
        ({"action": ["use"]}, "bad_field"),
        ({"expiry": "tomorrow"}, "bad_field"),
        ({"expiry": "2027-02-30"}, "bad_field"),
        ({"expiry": "20270228"}, "bad_field"),
        ({"lot": "x" * 65}, "bad_field"),
        ({"lot": "A\x00B"}, "bad_field"),
        ({"lot": "A\ud800B"}, "bad_field"),
        ({"department": {"a": 1}}, "bad_field"),
        ({"occurred_at": "yesterday"}, "bad_field"),
        ({"occurred_at": "2026-11-23T10:00:00"}, "bad_field"),
        ({"occurred_at": "1999-01-01T00:00:00+00:00"}, "bad_field"),
        ({"owner": "nobody"}, "wrong_owner"),
        ({"claimed_by": "nobody at all"}, "bad_field"),
        ({"surprise": 1}, "bad_field"),
        ({"barcode": ""}, "bad_barcode"),
        ({"barcode": "9" * 600}, "bad_barcode"),
        ({"barcode": "x" * 100_000}, "bad_barcode"),
        ({"barcode": 4711}, "bad_barcode"),
        ({"barcode": None}, "bad_barcode"),
        ({"barcode": f"01{GLOVES}\x0010A"}, "bad_barcode"),
        ({"barcode": "]d20109520123456789"}, "bad_barcode"),
        ({"barcode": f"01{GLOVES}17269945"}, "bad_barcode"),
        ({"barcode": "\ud800\udfff"}, "bad_barcode"),
    ],
)
def test_bad_input_is_one_sentence_changes_nothing_and_is_kept(
    either_office: Office, fields: dict[str, object], code: str
) -> None:
    office = either_office
    office.item()
    office.receive("A1", "280101", 5)

    stored = office.scan(**{"barcode": GLOVES, **fields})  # type: ignore[arg-type]

    assert (stored.status, stored.answer["code"]) == (422, code)
    assert stored.answer["detail"].endswith((".", "?"))
    assert office.stock() == {"A1": 5}
    with office.db.read_session() as session:
        latest = scan_lines(session)[0]
        assert (latest.outcome, str(latest.request_id)) == ("refused", stored.answer["request_id"])
    assert office.faults() == []


def test_what_a_role_may_not_do_is_refused_and_kept(office: Office) -> None:
    office.item()
    nurse = office.person("nora", Role.nurse)
    stored = office.scan(gs1(GLOVES, lot="A", expiry="280101"), "receive", by=nurse)

    assert (stored.status, stored.answer["code"]) == (403, "not_allowed")
    assert office.stock() == {}


def test_the_claimed_person_is_the_person_of_the_scan(office: Office) -> None:
    office.item()
    office.receive("A1", "280101", 5)
    nurse = office.person("nora", Role.nurse)
    stored = office.scan(GLOVES, claimed_by="nora")

    assert office.movements(stored.answer["request_id"])[0].actor_id == nurse.person_id


def test_an_unknown_station_is_kept_as_text(office: Office) -> None:
    office.item()
    office.receive("A1", "280101", 5)
    assert office.scan(GLOVES, station="not here\x07").status == 201
    with office.db.read_session() as session:
        assert scan_lines(session)[0].station == "not here\\u0007"


def test_a_department_is_remembered_with_the_movement(office: Office) -> None:
    office.item()
    office.receive("A1", "280101", 5)
    first = office.scan(GLOVES, department="Pediatrics")
    second = office.scan(GLOVES, department="pediatrics")
    ids = {office.movements(s.answer["request_id"])[0].department_id for s in (first, second)}
    assert len(ids) == 1
    assert None not in ids


def test_a_name_lends_nobody_its_rights(office: Office) -> None:
    """A nurse who names a manager still may not receive; a badge proves its person for taking only."""
    office.item()
    office.receive("A1", "280101", 5)
    nurse, receiver = office.person("nora", Role.nurse), office.person("rita", Role.receiver)
    office.person("max", Role.manager)
    box = gs1(GLOVES, lot="B2", expiry="280101")

    assert office.scan(box, "receive", by=nurse, claimed_by="max").answer["code"] == "not_allowed"
    assert office.scan(GLOVES, by=receiver, claimed_by="nora").answer["code"] == "not_allowed"
    badge = office.badge("nora")
    assert office.scan(GLOVES, by=receiver, claimed_by=badge).status == 201
    manager_badge = office.badge("max")
    assert office.scan(GLOVES, by=receiver, claimed_by=manager_badge).status == 201
    assert office.scan(box, "receive", by=nurse, claimed_by=manager_badge).answer["code"] == "not_allowed"


def test_a_late_scan_whose_lot_is_expired_by_now_is_recorded_and_flagged(office: Office) -> None:
    office.item()
    office.receive("A1", "261123", 2)
    taken_at = office.now.isoformat()
    office.later(days=2)
    stored = office.scan(gs1(GLOVES, lot="A1", expiry="261123"), occurred_at=taken_at)
    assert stored.answer["outcome"] == "recorded"
    with office.db.read_session() as session:
        latest = scan_lines(session, needs="exception")[0]
    assert latest.exception == "expired_lot"
    assert office.movements(stored.answer["request_id"])[0].offline


@pytest.mark.parametrize("station", [5, ["x"], "s" * 201])
def test_a_station_that_is_no_short_text_is_refused(office: Office, station: object) -> None:
    assert office.scan(GLOVES, station=station).answer["code"] == "bad_field"


def test_the_longest_code_can_still_be_settled(either_office: Office) -> None:
    office = either_office
    office.item()
    office.receive("A1", "280101", 5)
    text = "\U0001f600" * 512
    kept = office.scan(text, reason="x" * 300)
    assert kept.answer["outcome"] == "unresolved"
    with office.db.read_session() as session:
        body = scan_lines(session, needs="unresolved")[0].body
    assert body["action"] == "use"


@pytest.mark.parametrize("names", [("PÄDIATRIE", "pädiatrie"), ("İ" * 40, "İ" * 40)])
def test_a_department_is_one_whatever_its_capitals_and_letters(either_office: Office, names: tuple[str, str]) -> None:
    office = either_office
    office.item()
    office.receive("A1", "280101", 5)
    first, second = (office.scan(GLOVES, department=name) for name in names)
    ids = {office.movements(s.answer["request_id"])[0].department_id for s in (first, second)}
    assert len(ids) == 1


def test_an_sku_is_one_whatever_its_capitals_and_letters(either_office: Office) -> None:
    office = either_office
    office.item("ÄRZTE", gtin=None)
    with pytest.raises(Conflict):
        office.item("ärzte", gtin=None)
    assert office.scan("ärzte", "lookup").answer["outcome"] == "found"


def test_a_shelf_may_hold_more_than_two_thousand_million(either_office: Office) -> None:
    office = either_office
    office.item(received=1_000_000)
    for _ in range(22):
        office.receive("A1", "280101", 100)
    assert office.stock() == {"A1": 2_200_000_000}
    assert office.faults() == []
