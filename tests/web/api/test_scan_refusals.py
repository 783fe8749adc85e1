"""POST /scans: every refusal, by its code. Each is stored, is a problem, and changes no stock."""

import json
from collections.abc import Callable
from typing import Any
from uuid import uuid4

import pytest
import sqlalchemy as sa

from supply.db import Database
from supply.staff.permissions import Role
from supply.stations.models import ScanRecord
from tests.web.api.conftest import GTIN, KIT_GTIN, Api

Receive = Callable[..., dict[str, Any]]
LOT_A1 = f"(01){GTIN}(17)270501(10)A1"


@pytest.fixture
def refused(db: Database) -> Callable[..., dict[str, Any]]:
    """Check that an answer is that refusal, and that it is stored as it was answered."""

    def check(answered: tuple[int, dict[str, Any]], code: str, status: int = 422) -> dict[str, Any]:
        got, answer = answered
        assert (got, answer.get("code")) == (status, code), answer
        assert answer["outcome"] == "refused"
        assert answer["status"] == status
        assert answer["detail"].strip()
        assert answer["movements"] == []
        with db.read_session() as session:
            row = session.scalars(sa.select(ScanRecord).order_by(ScanRecord.id.desc())).first()
            assert row is not None
            assert (str(row.request_id), row.status, json.loads(row.answer)) == (answer["request_id"], status, answer)
        return answer

    return check


Refused = Callable[..., dict[str, Any]]


def test_an_expired_lot_is_not_used_even_when_it_is_not_on_the_book(nurse: Api, refused: Refused) -> None:
    answer = refused(nurse.scan(f"(01){GTIN}(17)261101(10)GONE", "use"), "expired_lot")
    assert answer["item"]["sku"] == "GLV-M"


def test_an_expired_box_is_not_received(manager: Api, refused: Refused) -> None:
    refused(manager.scan(f"(01){GTIN}(17)261101(10)GONE", "receive"), "expired_lot")


def test_a_recalled_lot_is_not_used(nurse: Api, manager: Api, receive: Receive, refused: Refused) -> None:
    receive("A1")
    assert manager.post("/lots/1/recall", {"reason": "maker's letter"})[0] == 200
    refused(nurse.scan(LOT_A1, "use"), "recalled_lot")


def test_a_held_lot_is_not_used(nurse: Api, manager: Api, receive: Receive, refused: Refused) -> None:
    receive("A1")
    assert manager.post("/lots/1/hold", {"reason": "wet box"})[0] == 200
    refused(nurse.scan(LOT_A1, "use"), "quarantined_lot")


def test_a_kit_is_not_received_without_its_lot(manager: Api, refused: Refused) -> None:
    refused(manager.scan(KIT_GTIN, "receive", expiry="2027-05-01"), "lot_required")


def test_a_kit_is_not_received_without_its_date(manager: Api, refused: Refused) -> None:
    refused(manager.scan(KIT_GTIN, "receive", lot="K1"), "expiry_required")
    assert manager.scan(KIT_GTIN, "receive", lot="K1", expiry="2027-05-01")[0] == 201


def test_a_code_of_two_items_asks_which(nurse: Api, manager: Api, refused: Refused) -> None:
    assert manager.post("/items/TAPE/codes", {"gtin": GTIN})[0] == 201
    answer = refused(nurse.scan(GTIN, "use"), "ambiguous_code")
    assert [each["sku"] for each in answer["candidates"]] == ["GLV-M", "TAPE"]


def test_a_lost_separator_asks_which_reading_is_right(nurse: Api, receive: Receive, refused: Refused) -> None:
    receive("A1")
    lost = f"]C101{GTIN}10A121SER17270501"
    answer = refused(nurse.scan(lost, "use"), "ambiguous_code")
    assert len(answer["candidates"]) >= 2
    assert nurse.scan(lost, "use", lot="A1", expiry="2027-05-01")[0] == 201


def test_a_code_without_a_lot_asks_while_one_must_not_be_used(
    nurse: Api, manager: Api, receive: Receive, refused: Refused
) -> None:
    receive("A1"), receive("B2", "280101")
    assert manager.post("/lots/1/hold", {"reason": "wet box"})[0] == 200
    answer = refused(nurse.scan("GLV-M", "use"), "which_lot")
    assert [(each["lot"], each["state"]) for each in answer["candidates"]] == [("A1", "held"), ("B2", "open")]
    assert nurse.scan("GLV-M", "use", lot="B2")[1]["movements"][0]["lot_known"] == "chosen"


def test_a_return_without_a_lot_asks_which_of_those_used(nurse: Api, receive: Receive, refused: Refused) -> None:
    receive("A1")
    assert nurse.scan("GLV-M", "use", quantity=2)[0] == 201
    answer = refused(nurse.scan("GLV-M", "return"), "which_lot")
    assert [each["lot"] for each in answer["candidates"]] == ["A1"]


@pytest.mark.parametrize(
    "barcode",
    ["", "   ", "\x00", f"{GTIN}\x00", "\x1d", "A" * 513, "9" * 10_000, "\ud800", "a\u202eb", 5, None, True, ["GLV-M"]]
    + [{"text": "GLV-M"}, f"]C101{GTIN[:-1]}7", f"]C101{GTIN}17271399"],
)
def test_what_is_no_whole_code_is_bad_barcode(nurse: Api, refused: Refused, barcode: Any) -> None:
    refused(nurse.scan(barcode, "use"), "bad_barcode")


def test_a_nul_in_a_code_is_kept_escaped(nurse: Api, manager: Api) -> None:
    nurse.scan("AB\x00C", "use")
    assert manager.get("/scans")[1]["items"][0]["barcode"] == "AB\\u0000C"


@pytest.mark.parametrize("quantity", [0, -1, 100_001, 10**30, 1.5, 2.0, "2", True, None, [], {}])
def test_what_is_no_sensible_count_is_bad_quantity(
    nurse: Api, receive: Receive, refused: Refused, quantity: Any
) -> None:
    receive("A1")
    refused(nurse.scan("GLV-M", "use", quantity=quantity), "bad_quantity")
    assert nurse.get("/stock")[1]["items"][0]["quantity"] == 100


@pytest.mark.parametrize("number", ["9" * 5_000, "-1e999", "1e400"])
def test_a_number_beyond_all_measure_is_stored_as_a_refusal(nurse: Api, manager: Api, number: str) -> None:
    key = uuid4()
    body = f'{{"request_id": "{key}", "barcode": "GLV-M", "action": "use", "quantity": {number}}}'
    answer = nurse.send("POST", "/scans", data=body, content_type="application/json")
    assert (answer.status_code, answer.json["code"]) == (422, "bad_quantity")
    assert manager.get(f"/scans/{key}")[0] == 200
    assert nurse.send("POST", "/scans", data=body, content_type="application/json").data == answer.data


@pytest.mark.parametrize("location", ["NOWHERE", "SUPPLIER", "x" * 41, "A\x00", 5, ["STOREROOM"]])
def test_an_unknown_place_is_bad_location(nurse: Api, refused: Refused, location: Any) -> None:
    refused(nurse.scan("GLV-M", "use", location=location), "bad_location")


def test_a_move_without_a_way_or_to_where_it_is_already_is_bad_location(
    nurse: Api, receive: Receive, refused: Refused
) -> None:
    receive("A1")
    refused(nurse.scan(LOT_A1, "move"), "bad_location")
    refused(nurse.scan(LOT_A1, "move", to_location="STOREROOM"), "bad_location")


@pytest.mark.parametrize(
    "fields",
    [
        {"unknown": 1},
        {"\ud800": 1},
        {"lot": 5},
        {"lot": "L" * 65},
        {"lot": "A\x00"},
        {"expiry": "soon"},
        {"expiry": "2027-02-30"},
        {"expiry": 20270501},
        {"department": ["x"]},
        {"department": "d" * 41},
        {"container": "C1"},
        {"occurred_at": "yesterday"},
        {"occurred_at": "2026-11-23T10:00:00"},
        {"occurred_at": "2026-01-01T10:00:00+00:00"},
        {"occurred_at": "9999-12-31T23:59:59-14:00"},
        {"occurred_at": 5},
        {"reason": {"a": {"b": [1]}}},
        {"reason": "r" * 301},
        {"claimed_by": 5},
        {"claimed_by": "nobody of that name"},
    ],
)
def test_a_wrong_field_is_bad_field(nurse: Api, refused: Refused, fields: dict[str, Any]) -> None:
    refused(nurse.scan("GLV-M", "use", **fields), "bad_field")


@pytest.mark.parametrize("action", ["steal", "", None, 5, ["use"], "USE"])
def test_an_unknown_action_is_bad_field(nurse: Api, refused: Refused, action: Any) -> None:
    refused(nurse.scan("GLV-M", action), "bad_field")


def test_nothing_is_counted_without_a_count_sheet(nurse: Api, refused: Refused) -> None:
    refused(nurse.scan("GLV-M", "count"), "no_count_sheet")


def test_stock_of_another_owner_is_not_taken_for_the_office(nurse: Api, manager: Api, refused: Refused) -> None:
    assert manager.post("/owners", {"code": "VFC", "name": "Vaccines for Children", "kind": "programme"})[0] == 201
    assert manager.scan(LOT_A1, "receive", owner="VFC")[0] == 201
    answer = refused(nurse.scan("GLV-M", "use"), "wrong_owner")
    assert answer["candidates"] == [{"owner": "VFC"}]
    refused(nurse.scan("GLV-M", "use", owner="NOBODY"), "wrong_owner")
    assert nurse.scan("GLV-M", "use", owner="VFC")[0] == 201


ALLOWED = {
    "use": {Role.nurse, Role.manager},
    "return": {Role.nurse, Role.manager},
    "receive": {Role.receiver, Role.manager},
    "move": {Role.nurse, Role.receiver, Role.manager},
    "discard": {Role.nurse, Role.receiver, Role.manager, Role.waste},
    "count": {Role.nurse, Role.receiver, Role.manager},
    "lookup": {Role.nurse, Role.receiver, Role.manager, Role.waste, Role.auditor},
}


@pytest.mark.parametrize("action", ALLOWED)
@pytest.mark.parametrize("role", Role)
def test_each_role_scans_what_its_table_says(
    api: Callable[[Role], Api], receive: Receive, refused: Refused, role: Role, action: str
) -> None:
    receive("A1")
    answered = api(role).scan(LOT_A1, action, to_location="ROOM-1" if action == "move" else None)
    if role not in ALLOWED[action]:
        refused(answered, "not_allowed", 403)
    else:
        assert answered[0] in (201, 422)
        assert answered[1].get("code") != "not_allowed"
