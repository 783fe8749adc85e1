"""/lots, /lots/{id} and holding, recalling, releasing."""

from collections.abc import Callable
from typing import Any

import pytest

from tests.web.api.conftest import Api

Receive = Callable[..., dict[str, Any]]


def test_a_lot_says_what_it_is_and_how_much_is_left(manager: Api, receive: Receive) -> None:
    receive("A1", boxes=2)
    assert manager.get("/lots/1") == (
        200,
        {
            "id": 1,
            "sku": "GLV-M",
            "name": "Exam gloves M",
            "lot": "A1",
            "expiry": "2027-05-01",
            "expiry_precision": "day",
            "owner": "office",
            "received": "2026-11-23",
            "unit_cost": None,
            "state": "open",
            "reason": None,
            "since": None,
            "on_hand": 200,
        },
    )


def test_lots_of_one_item_or_of_all_page_by_page(manager: Api, receive: Receive) -> None:
    receive("A1"), receive("B2")
    assert manager.scan("TAPE", "receive")[0] == 201
    assert [lot["lot"] for lot in manager.get("/lots?item=GLV-M")[1]["items"]] == ["A1", "B2"]
    first = manager.get("/lots?limit=2")[1]
    second = manager.get(f"/lots?limit=2&cursor={first['next']}")[1]
    assert [(lot["sku"], lot["lot"]) for lot in second["items"]] == [("TAPE", None)]
    assert second["items"][0]["unit_cost"] == "1.25"


@pytest.mark.parametrize(("verb", "state"), [("hold", "held"), ("recall", "recalled")])
def test_a_bad_lot_is_taken_out_and_let_back(manager: Api, receive: Receive, verb: str, state: str) -> None:
    receive("A1")
    status, lot = manager.post(f"/lots/1/{verb}", {"reason": " wet box "})
    assert (status, lot["state"], lot["reason"]) == (200, state, "wet box")
    assert lot["since"] == "2026-11-23T14:00:00Z"
    assert manager.get("/stock")[1]["items"][0]["usable"] == 0
    assert manager.post("/lots/1/release", {"reason": "checked"})[1]["state"] == "open"
    assert manager.get("/stock")[1]["items"][0]["usable"] == 100


@pytest.mark.parametrize("verb", ["hold", "recall", "release"])
@pytest.mark.parametrize("body", [{}, {"reason": ""}, {"reason": " "}, {"reason": 5}, {"reason": "x" * 251}])
def test_a_reason_is_needed(manager: Api, receive: Receive, verb: str, body: dict[str, Any]) -> None:
    receive("A1")
    status, answer = manager.post(f"/lots/1/{verb}", body)
    assert (status, answer["code"]) == (422, "bad_field")
    assert manager.get("/lots/1")[1]["state"] == "open"


@pytest.mark.parametrize("lot_id", ["99", "0", "-1", "x", "1.0", "9" * 30, str(2**31)])
def test_an_unknown_lot_is_not_found(manager: Api, lot_id: str) -> None:
    assert manager.get(f"/lots/{lot_id}")[0] == 404
    assert manager.post(f"/lots/{lot_id}/hold", {"reason": "x"})[0] == 404


def test_lots_of_an_unknown_item_are_not_found(manager: Api) -> None:
    assert manager.get("/lots?item=NO-SUCH")[0] == 404
    assert manager.get("/lots?item=A%00")[1]["code"] == "bad_field"


def test_a_nurse_holds_nothing(nurse: Api, receive: Receive) -> None:
    receive("A1")
    status, answer = nurse.post("/lots/1/hold", {"reason": "wet"})
    assert (status, answer["code"]) == (403, "not_allowed")
