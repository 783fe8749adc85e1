"""GET /scans and GET /scans/{request_id}: what people must settle, and one's own."""

from collections.abc import Callable
from typing import Any
from uuid import uuid4

import pytest

from supply.staff.permissions import Role
from tests.web.api.conftest import Api

Receive = Callable[..., dict[str, Any]]


def barcodes(answered: tuple[int, dict[str, Any]]) -> list[str]:
    assert answered[0] == 200, answered[1]
    return [line["barcode"] for line in answered[1]["items"]]


def test_the_manager_sees_what_is_open_by_its_kind(manager: Api, nurse: Api, receive: Receive) -> None:
    receive("A1")
    nurse.scan("UNKNOWN-1"), nurse.scan("GLV-M", quantity=101), nurse.scan("GLV-M", "lookup")
    assert barcodes(manager.get("/scans?state=unresolved")) == ["UNKNOWN-1"]
    assert barcodes(manager.get("/scans?state=discrepancy")) == ["GLV-M"]
    assert barcodes(manager.get("/scans?state=exception")) == []
    assert barcodes(manager.get("/scans?state=open")) == ["GLV-M", "UNKNOWN-1"]
    assert len(barcodes(manager.get("/scans"))) == 4


def test_a_nurse_sees_her_own_at_her_station(nurse: Api, manager: Api) -> None:
    manager.scan("MANAGER-1", station="kiosk-1")
    nurse.scan("NURSE-1", station="kiosk-1"), nurse.scan("NURSE-2", station="elsewhere")
    assert barcodes(nurse.get("/scans?mine=1")) == ["NURSE-2", "NURSE-1"]
    assert barcodes(nurse.get("/scans?mine=1&station=kiosk-1")) == ["NURSE-1"]
    assert barcodes(manager.get("/scans?station=kiosk-1")) == ["NURSE-1", "MANAGER-1"]


def test_a_line_carries_the_stored_answer(nurse: Api) -> None:
    answer = nurse.scan("UNKNOWN-1")[1]
    status, line = nurse.get(f"/scans/{answer['request_id']}")
    assert (status, line["answer"], line["needs"], line["actor"]) == (200, answer, "unresolved", "nurse")
    assert (line["status"], line["settled_at"], line["undone_at"]) == (201, None, None)


def test_pages_go_on_where_the_last_one_ended(manager: Api) -> None:
    for number in range(5):
        manager.scan(f"UNKNOWN-{number}")
    first = manager.get("/scans?limit=2")[1]
    second = manager.get(f"/scans?limit=2&cursor={first['next']}")[1]
    third = manager.get(f"/scans?limit=2&cursor={second['next']}")[1]
    seen = [line["barcode"] for page in (first, second, third) for line in page["items"]]
    assert seen == [f"UNKNOWN-{number}" for number in (4, 3, 2, 1, 0)]
    assert third["next"] is None


def test_others_scans_are_not_for_a_nurse(nurse: Api, manager: Api) -> None:
    key = manager.scan("UNKNOWN-1")[1]["request_id"]
    assert nurse.get("/scans")[1]["code"] == "not_allowed"
    assert nurse.get("/scans?state=open")[0] == 403
    assert nurse.get(f"/scans/{key}")[0] == 404


def test_an_auditor_reads_them_all(api: Callable[[Role], Api], nurse: Api) -> None:
    key = nurse.scan("UNKNOWN-1")[1]["request_id"]
    assert barcodes(api(Role.auditor).get("/scans")) == ["UNKNOWN-1"]
    assert api(Role.auditor).get(f"/scans/{key}")[0] == 200


def test_an_unknown_scan_is_not_found(manager: Api) -> None:
    assert manager.get(f"/scans/{uuid4()}")[0] == 404
    assert manager.get("/scans/not-a-uuid")[0] == 404


@pytest.mark.parametrize(
    "query",
    ["state=lost", "limit=0", "limit=201", "limit=x", "limit=", "limit=1.0", "limit=%D9%A1", "limit=" + "9" * 400]
    + ["cursor=%00", "cursor=!!", "cursor=" + "A" * 201, "mine=2", "other=1", "limit=1&limit=2", "station=%00"]
    + ["cursor=" + "OTk5OTk5OTk5OTk5OTk5OTk5OTk5OTk5OTk5OTk5"],
)
def test_a_wrong_query_is_refused(manager: Api, query: str) -> None:
    status, answer = manager.get(f"/scans?{query}")
    assert status == 422
    assert answer["code"] in {"bad_field", "bad_cursor"}
