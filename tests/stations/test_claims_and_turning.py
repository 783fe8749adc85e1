"""Whose a claimed scan was, and a run of scans that was meant otherwise."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from uuid import UUID, uuid4

import pytest

from supply.errors import Conflict, Invalid, NotAllowed, SupplyError
from supply.staff.permissions import Level, Role, limited
from supply.stations import claims, turning
from supply.stations.scan_lines import scan_line, scan_lines
from supply.stations.turning import Turn
from tests.factories import Office

GTIN = "00614141000036"


def key_of(stored) -> UUID:
    return UUID(stored.answer["request_id"])


def stocked(office: Office) -> None:
    office.item(tracking="lot")
    office.receive("A1", quantity=10)


def confirm(office: Office, key: UUID, is_mine: bool, by):
    return office.db.transact(
        lambda s: claims.confirm_scan(s, request_id=key, is_mine=is_mine, by=by, now=office.now).claim
    )


def test_a_scan_by_a_name_waits_for_that_person_and_one_by_a_badge_does_not(office: Office) -> None:
    stocked(office)
    nina = office.person("nina", Role.nurse)
    by_name = office.scan("GLOVE-M", claimed_by="nina")
    by_badge = office.scan("GLOVE-M", claimed_by=office.badge("nina"))
    own = office.scan("GLOVE-M", by=nina, claimed_by="nina")
    with office.db.read_session() as session:
        lines = scan_lines(session, needs="claimed", actor_id=nina.person_id)
        assert [line.request_id for line in lines] == [key_of(by_name)]
        assert {scan_line(session, key_of(one)).claim for one in (by_badge, own)} == {None}
    assert confirm(office, key_of(by_name), True, nina) == "mine"
    assert confirm(office, key_of(by_name), True, nina) == "mine"
    with pytest.raises(Conflict):
        confirm(office, key_of(by_name), False, nina)
    with pytest.raises(Conflict):
        confirm(office, key_of(by_badge), True, nina)


def test_what_is_denied_waits_for_a_manager_and_a_stranger_says_nothing(office: Office) -> None:
    stocked(office)
    nina, nora = office.person("nina", Role.nurse), office.person("nora", Role.nurse)
    key = key_of(office.scan("GLOVE-M", claimed_by="nina"))
    with pytest.raises(NotAllowed):
        confirm(office, key, True, nora)
    assert confirm(office, key, False, limited(nina, Level.badge)) == "not_mine"
    with office.db.read_session() as session:
        line = scan_line(session, key)
    assert (line.open_needs, line.exception) == ("exception", "not_mine")


def test_a_claimed_scan_is_answered_again_to_whoever_is_signed_on_by_then(office: Office) -> None:
    stocked(office)
    office.person("nina", Role.nurse)
    nora = office.person("nora", Role.nurse)
    body = {"request_id": str(uuid4()), "barcode": "GLOVE-M", "action": "use", "claimed_by": office.badge("nina")}
    first = office.send(body)
    again = office.send(body, by=nora)
    assert (again.status, again.answer, again.is_new) == (200, first.answer, False)
    with pytest.raises(Conflict):
        office.send({**body, "quantity": 2}, by=nora)


def turn(office: Office, key: UUID, action: str = "use", *, by=None, turn_id: UUID | None = None):
    run = Turn(turn_id or uuid4(), "kiosk-1", action)
    return office.db.transact(
        lambda s: turning.turn_scan(s, run, key, by=by or office.local, now=office.now, rules=office.rules),
        idempotent=True,
    )


def test_a_scan_turned_is_reversed_and_done_again_with_its_lot(office: Office) -> None:
    stocked(office)
    code = "0100614141000036" + "10A1"
    office.code("GLOVE-M", GTIN)
    key = key_of(office.scan(code, "receive", quantity=2, station="kiosk-1"))
    turn_id = uuid4()
    first = turn(office, key, turn_id=turn_id)
    assert (first.outcome, first.request_id) == ("recorded", key)
    assert [row.kind.value for row in office.movements(first.new_request_id)] == ["issue"]
    assert office.stock() == {"A1": 8}
    assert turn(office, key, turn_id=turn_id) == first
    with pytest.raises(Conflict, match="undone already"):
        turn(office, key)
    assert office.faults() == []


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"station": "kiosk-2"}, "cannot_undo"),
        ({"action": "use"}, "nothing_to_turn"),
        ({"action": "lookup"}, "nothing"),
    ],
)
def test_what_cannot_be_turned_is_refused_with_words(office: Office, change: dict[str, str], code: str) -> None:
    stocked(office)
    sent = {"action": "return", "station": "kiosk-1", "lot": "A1", **change}
    key = key_of(office.scan("GLOVE-M", **sent))
    before = office.stock()
    with pytest.raises(Conflict) as refused:
        turn(office, key)
    assert refused.value.code.startswith(code)
    assert office.stock() == before


def test_yesterdays_scan_and_somebody_elses_are_not_turned(office: Office) -> None:
    stocked(office)
    nora = office.person("nora", Role.nurse)
    key = key_of(office.scan("GLOVE-M", "return", lot="A1", station="kiosk-1"))
    with pytest.raises(NotAllowed):
        turn(office, key, by=nora)
    office.later(days=1)
    with pytest.raises(Conflict, match="today"):
        turn(office, key)


def test_a_run_is_checked_as_a_whole(office: Office) -> None:
    nora = office.person("nora", Role.nurse)
    run = Turn(uuid4(), "kiosk-1", "use")
    turning.check_turn(run, [uuid4()], nora)
    for wrong in (replace(run, action="discard"), run, run):
        with pytest.raises(Invalid):
            turning.check_turn(wrong, [] if wrong is run else [uuid4()], nora)
    with pytest.raises(NotAllowed):
        turning.check_turn(replace(run, action="receive"), [uuid4()], nora)


def test_two_who_turn_the_same_scan_at_once_turn_it_once(either_office: Office) -> None:
    stocked(either_office)
    key = key_of(either_office.scan("GLOVE-M", "return", lot="A1", station="kiosk-1"))

    def attempt(_: int) -> str:
        try:
            return turn(either_office, key).outcome
        except SupplyError as error:
            return error.code

    with ThreadPoolExecutor(4) as pool:
        outcomes = sorted(pool.map(attempt, range(4)))
    assert outcomes == ["already_undone"] * 3 + ["recorded"]
    assert either_office.stock() == {"A1": 9}
    assert either_office.faults() == []
