"""/movements: the ledger to read, and a manager's correction."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from uuid import uuid4

import pytest
from flask import Flask

from supply.staff.permissions import Role
from tests.web.api.conftest import Api

Receive = Callable[..., dict[str, Any]]


def correction(**changes: Any) -> dict[str, Any]:
    body = {"kind": "adjustment", "lot_id": 1, "location": "STOREROOM", "difference": -3, "reason": "recounted"}
    return {**body, "request_id": str(uuid4()), **changes}


def test_every_scan_leaves_its_row(nurse: Api, receive: Receive) -> None:
    received = receive("A1")
    taken = nurse.scan("GLV-M", "use", department="Pediatrics", quantity=2)[1]
    first, second = nurse.get("/movements")[1]["items"]
    assert (first["kind"], first["from"], first["to"], first["quantity"]) == ("receipt", "SUPPLIER", "STOREROOM", 100)
    assert (first["request_id"], second["request_id"]) == (received["request_id"], taken["request_id"])
    assert (second["kind"], second["to"], second["department"], second["actor"]) == (
        "issue",
        "USED",
        "Pediatrics",
        "nurse",
    )


def test_rows_of_an_item_of_a_lot_and_after_a_row(manager: Api, receive: Receive) -> None:
    receive("A1"), receive("B2"), manager.scan("TAPE", "receive")

    def ids(query: str) -> list[int]:
        return [row["id"] for row in manager.get(f"/movements?{query}")[1]["items"]]

    assert (ids("item=GLV-M"), ids("lot=2"), ids("after=1"), ids("after=3")) == ([1, 2], [2], [2, 3], [])
    first = manager.get("/movements?limit=2")[1]
    assert ids(f"cursor={first['next']}") == [3]


def test_a_correction_moves_the_book_against_variance(manager: Api, receive: Receive) -> None:
    receive("A1")
    status, row = manager.post("/movements", correction())
    assert (status, row["kind"], row["from"], row["to"], row["quantity"]) == (
        201,
        "adjustment",
        "STOREROOM",
        "VARIANCE",
        3,
    )
    assert (row["reason"], row["actor"], row["lot"]) == ("recounted", "manager", "A1")
    assert manager.post("/movements", correction(difference=5))[1]["from"] == "VARIANCE"
    assert manager.get("/stock")[1]["items"][0]["quantity"] == 102


def test_the_same_correction_twice_counts_once(manager: Api, receive: Receive) -> None:
    receive("A1")
    body = correction()
    first, again = manager.post("/movements", body), manager.post("/movements", body)
    assert (first[0], again[0]) == (201, 200)
    assert first[1] == again[1]
    assert manager.get("/stock")[1]["items"][0]["quantity"] == 97
    for change in ({"difference": -4}, {"reason": "other"}, {"location": "ROOM-1"}):
        status, answer = manager.post("/movements", {**body, **change})
        assert (status, answer["code"]) == (409, "key_reused")


def test_a_scan_with_the_key_of_a_correction_does_not_undo_it(manager: Api, nurse: Api, receive: Receive) -> None:
    receive("A1")
    body = correction()
    shown = manager.post("/movements", body)[1]
    assert nurse.scan("GLV-M", "lookup", request_id=body["request_id"])[0] == 201
    assert nurse.post(f"/scans/{body['request_id']}/undo")[1]["code"] == "cannot_undo"
    assert nurse.get("/movements")[1]["items"][1]["request_id"] is None
    assert manager.get("/movements")[1]["items"][1]["request_id"] == shown["request_id"]
    assert nurse.get("/stock")[1]["items"][0]["quantity"] == 97


@pytest.mark.parametrize(
    ("changes", "status", "code"),
    [
        ({"lot_id": 99}, 404, "not_found"),
        ({"location": "NOWHERE"}, 422, "bad_location"),
        ({"difference": -101}, 409, "short_stock"),
        ({"difference": 0}, 422, "bad_field"),
        ({"difference": 1.5}, 422, "bad_field"),
        ({"difference": "3"}, 422, "bad_field"),
        ({"difference": True}, 422, "bad_field"),
        ({"difference": 10**40}, 422, "bad_field"),
        ({"lot_id": 2**31}, 422, "bad_field"),
        ({"kind": "receipt"}, 422, "bad_field"),
        ({"reason": " "}, 422, "bad_field"),
        ({"reason": "a\x00"}, 422, "bad_field"),
        ({"request_id": "x"}, 422, "bad_field"),
        ({"request_id": None}, 422, "bad_field"),
        ({"sku": "GLV-M"}, 422, "bad_field"),
    ],
)
def test_a_wrong_correction_changes_nothing(
    manager: Api, receive: Receive, changes: dict[str, Any], status: int, code: str
) -> None:
    receive("A1")
    got, answer = manager.post("/movements", correction(**changes))
    assert (got, answer["code"]) == (status, code)
    assert len(manager.get("/movements")[1]["items"]) == 1


@pytest.mark.parametrize("role", [role for role in Role if role is not Role.manager])
def test_only_a_manager_corrects(api: Callable[[Role], Api], receive: Receive, role: Role) -> None:
    receive("A1")
    status, answer = api(role).post("/movements", correction())
    assert (status, answer["code"]) == (403, "not_allowed")


@pytest.mark.parametrize(
    "query", ["lot=x", "lot=0", "after=-1", "after=1&cursor=MQ", "after=" + "9" * 19, "kind=issue"]
)
def test_a_wrong_query_is_refused(manager: Api, query: str) -> None:
    status, answer = manager.get(f"/movements?{query}")
    assert (status, answer["code"]) == (422, "bad_field")


def test_an_unknown_item_has_no_rows(manager: Api) -> None:
    assert manager.get("/movements?item=NO-SUCH")[0] == 404
    assert manager.get("/movements?lot=99")[1]["items"] == []


def test_the_same_correction_many_times_at_once_counts_once(app: Flask, manager: Api, receive: Receive) -> None:
    receive("A1")
    body = correction()

    def send(_: int) -> int:
        return app.test_client().post("/api/v1/movements", json=body, headers=manager.headers).status_code

    with ThreadPoolExecutor(8) as pool:
        assert sorted(pool.map(send, range(8))) == [200] * 7 + [201]
    assert manager.get("/stock")[1]["items"][0]["quantity"] == 97
