"""POST /scans/{request_id}/resolve: an unknown code is named and learnt, or dismissed."""

from collections.abc import Callable
from typing import Any
from uuid import uuid4

import pytest

from supply.staff.permissions import Role
from tests.web.api.conftest import Api

Receive = Callable[..., dict[str, Any]]


def test_a_code_that_is_named_is_learnt_and_carried_out(manager: Api, nurse: Api, receive: Receive) -> None:
    receive("A1")
    key = nurse.scan("PRIVATE-7", "use", quantity=2)[1]["request_id"]
    body = {"item": "GLV-M", "learn": True, "units_received": 100, "units_used": 5}
    status, answer = manager.post(f"/scans/{key}/resolve", body)
    assert (status, answer["outcome"], answer["on_hand"]) == (200, "recorded", 90)
    assert manager.get("/scans?state=open")[1]["items"] == []
    assert manager.get(f"/scans/{key}")[1]["settlement"] == "item GLV-M, code learnt"
    learnt = nurse.scan("PRIVATE-7", "use")
    assert (learnt[0], learnt[1]["item"]["sku"], learnt[1]["on_hand"]) == (201, "GLV-M", 85)


def test_a_code_can_be_named_without_learning_it(manager: Api, nurse: Api, receive: Receive) -> None:
    receive("A1")
    key = nurse.scan("PRIVATE-7", "use")[1]["request_id"]
    assert manager.post(f"/scans/{key}/resolve", {"item": "glv-m", "learn": False})[1]["on_hand"] == 99
    assert nurse.scan("PRIVATE-7", "use")[1]["outcome"] == "unresolved"


def test_a_receipt_is_resolved_with_lot_and_date(manager: Api) -> None:
    key = manager.scan("PRIVATE-KIT", "receive")[1]["request_id"]
    status, answer = manager.post(f"/scans/{key}/resolve", {"item": "KIT-1"})
    assert (status, answer["code"]) == (422, "lot_required")
    assert manager.get("/scans?state=open")[1]["items"][0]["request_id"] == key
    assert manager.get("/items/KIT-1/codes")[1]["items"][0]["scheme"] == "gtin"
    body = {"item": "KIT-1", "lot": "K1", "expiry": "2027-05-01"}
    assert manager.post(f"/scans/{key}/resolve", body)[1]["movements"][0]["lot"] == "K1"


def test_a_scan_that_needs_nothing_is_dismissed(manager: Api, nurse: Api) -> None:
    key = nurse.scan("A-LIBRARY-BOOK")[1]["request_id"]
    status, answer = manager.post(f"/scans/{key}/resolve", {"dismiss": "not a supply"})
    assert (status, answer["outcome"]) == (200, "dismissed")
    assert manager.get(f"/scans/{key}")[1]["settlement"] == "dismissed: not a supply"


def test_what_is_settled_cannot_be_settled_again(manager: Api, nurse: Api) -> None:
    key = nurse.scan("A-LIBRARY-BOOK")[1]["request_id"]
    assert manager.post(f"/scans/{key}/resolve", {"dismiss": "not a supply"})[0] == 200
    for body in ({"dismiss": "again"}, {"item": "GLV-M"}):
        status, answer = manager.post(f"/scans/{key}/resolve", body)
        assert (status, answer["code"]) == (409, "not_open")


def test_a_discrepancy_is_dismissed_but_names_no_item(manager: Api, nurse: Api) -> None:
    key = nurse.scan("GLV-M", "use")[1]["request_id"]
    assert manager.post(f"/scans/{key}/resolve", {"item": "GLV-M"})[1]["code"] == "not_open"
    assert manager.post(f"/scans/{key}/resolve", {"dismiss": "recounted"})[0] == 200


def test_an_unknown_item_or_scan_is_not_found(manager: Api, nurse: Api) -> None:
    key = nurse.scan("PRIVATE-7")[1]["request_id"]
    assert manager.post(f"/scans/{key}/resolve", {"item": "NO-SUCH"})[0] == 404
    assert manager.post(f"/scans/{uuid4()}/resolve", {"item": "GLV-M"})[0] == 404


@pytest.mark.parametrize("role", [role for role in Role if role is not Role.manager])
def test_only_a_manager_settles(api: Callable[[Role], Api], nurse: Api, role: Role) -> None:
    key = nurse.scan("PRIVATE-7")[1]["request_id"]
    status, answer = api(role).post(f"/scans/{key}/resolve", {"dismiss": "no"})
    assert (status, answer["code"]) == (403, "not_allowed")


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"item": "GLV-M", "dismiss": "both"},
        {"item": ""},
        {"item": 5},
        {"item": "A\x00"},
        {"dismiss": ""},
        {"dismiss": "  "},
        {"dismiss": "x" * 251},
        {"item": "GLV-M", "units_used": 0},
        {"item": "GLV-M", "units_used": True},
        {"item": "GLV-M", "units_received": "2"},
        {"item": "GLV-M", "units_received": 10**30},
        {"item": "GLV-M", "learn": "yes"},
        {"item": "GLV-M", "expiry": "soon"},
        {"item": "GLV-M", "other": 1},
        {"item": "\ud800"},
        {"\ud800": 1},
    ],
)
def test_a_wrong_field_is_refused(manager: Api, nurse: Api, body: dict[str, Any]) -> None:
    key = nurse.scan("PRIVATE-7")[1]["request_id"]
    status, answer = manager.post(f"/scans/{key}/resolve", body)
    assert (status, answer["code"]) == (422, "bad_field")
    assert manager.get("/scans?state=open")[1]["items"][0]["request_id"] == key
