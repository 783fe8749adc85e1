"""/shelf-requests: asking at the shelf, what the person is told, and how a request is closed."""

from collections.abc import Callable
from datetime import date
from typing import Any
from uuid import uuid4

import pytest

from supply.db import Database
from supply.purchasing import orders, suggestions, suppliers
from supply.replenishment.rule import ReorderRules
from supply.staff.permissions import Role
from supply.stock.catalog import find_item
from tests.web.api.conftest import GTIN, Api
from tests.web.conftest import START


def wish(**changes: Any) -> dict[str, Any]:
    return {"request_id": str(uuid4()), "item": "GLV-M", "location": "STOREROOM", "kind": "need_more", **changes}


def test_asking_opens_one_request_and_asking_again_is_the_same_one(nurse: Api, manager: Api) -> None:
    status, answer = nurse.post("/shelf-requests", wish())
    assert (status, answer["is_new"], answer["item"]["sku"]) == (201, True, "GLV-M")
    assert answer["message"] == "Noted. The manager sees it in the morning list."
    again = manager.post("/shelf-requests", wish(item=None, barcode=GTIN, kind="shelf_empty"))
    assert (again[0], again[1]["id"], again[1]["is_new"]) == (200, answer["id"], False)
    (line,) = manager.get("/shelf-requests")[1]["items"]
    assert (line["kind"], line["times"], line["asked_by"]) == ("shelf_empty", 2, "nurse")


def test_the_same_request_sent_again_asks_once_even_after_it_was_settled(nurse: Api, manager: Api) -> None:
    body = wish()
    first = nurse.post("/shelf-requests", body)
    assert nurse.post("/shelf-requests", body)[1] == first[1]
    settled = manager.post(f"/shelf-requests/{first[1]['id']}/settle", {"words": "Filled from the back."})
    assert (settled[0], settled[1]["state"], settled[1]["settlement"]) == (200, "settled", "Filled from the back.")
    late = nurse.post("/shelf-requests", body)[1]
    assert (late["id"], late["state"], late["is_new"]) == (first[1]["id"], "settled", True)
    assert nurse.post("/shelf-requests", wish())[1]["id"] != first[1]["id"]
    assert nurse.post("/shelf-requests", {**body, "kind": "shelf_empty"})[1]["code"] == "key_reused"


@pytest.mark.parametrize(
    ("changes", "status", "code"),
    [
        ({"item": "NOPE"}, 404, "not_found"),
        ({"item": None}, 422, "bad_field"),
        ({"barcode": GTIN}, 422, "bad_field"),
        ({"item": None, "barcode": "PRIVATE-7"}, 422, "unknown_code"),
        ({"location": "MOON"}, 422, "bad_location"),
        ({"kind": "hungry"}, 422, "bad_field"),
    ],
)
def test_what_cannot_be_asked_is_said(nurse: Api, changes: dict[str, Any], status: int, code: str) -> None:
    answer = nurse.post("/shelf-requests", wish(**changes))
    assert (answer[0], answer[1]["code"]) == (status, code)


def test_only_who_may_ask_asks_and_only_a_manager_settles(nurse: Api, manager: Api, api: Callable[..., Api]) -> None:
    assert api(Role.receiver).post("/shelf-requests", wish())[0] == 403
    number = nurse.post("/shelf-requests", wish())[1]["id"]
    assert nurse.post(f"/shelf-requests/{number}/settle", {"words": "x"})[0] == 403
    assert manager.post(f"/shelf-requests/{number + 1}/settle", {"words": "x"})[0] == 404
    assert manager.post(f"/shelf-requests/{number}/settle", {"words": "Done."})[0] == 200
    assert manager.post(f"/shelf-requests/{number}/settle", {"words": "Done."})[1]["code"] == "not_open"


def test_what_is_on_order_is_told_with_its_day(nurse: Api, db: Database) -> None:
    def order(session: Any) -> None:
        item = find_item(session, "GLV-M").id
        when = orders.When(START, START.date())
        suppliers.ensure_suppliers(session, ["Acme"], actor_id=None, now=START)
        (one,) = suppliers.suppliers(session)
        wanted = [orders.Wanted(item_id=item, packs=1, pack=100, price=None, lead_days=3)]
        orders.place_order(session, supplier_id=one.id, wanted=wanted, request_id=uuid4(), actor_id=1, when=when)

    db.transact(order)
    message = nurse.post("/shelf-requests", wish())[1]["message"]
    assert message == "Ordered, due Thursday 2026-NOV-26."


def test_what_comes_in_at_the_place_closes_the_request(nurse: Api, manager: Api) -> None:
    nurse.post("/shelf-requests", wish())
    nurse.post("/shelf-requests", wish(location="ROOM-1"))
    manager.scan(GTIN, "receive")
    assert [line["location"] for line in manager.get("/shelf-requests")[1]["items"]] == ["ROOM-1"]
    (closed,) = manager.get("/shelf-requests?state=settled")[1]["items"]
    assert closed["settlement"] == "It came."


def test_a_suggestion_says_who_asked_and_counts_a_shelf_said_to_be_empty_as_nothing(
    nurse: Api, manager: Api, db: Database
) -> None:
    manager.scan(GTIN, "receive")

    def check(session: Any) -> Any:
        zone = START.tzinfo
        today = date(2026, 11, 23)
        suggestions.refresh(session, now=START, today=today, zone=zone, rules=ReorderRules(7, 14, 1.5))
        return next(line for line in suggestions.suggestion_lines(session) if line.sku == "GLV-M")

    assert (db.transact(check).usable, db.transact(check).quantity) == (100, 0)
    nurse.post("/shelf-requests", wish())
    asked = db.transact(check)
    assert (asked.usable, asked.quantity, "asked" in asked.flags) == (100, 0, True)
    assert asked.reason.startswith("Asked for at the shelf in Storeroom on 2026-NOV-23. ")
    nurse.post("/shelf-requests", wish(kind="shelf_empty"))
    empty = db.transact(check)
    assert (empty.usable, empty.quantity > 0) == (0, True)
    assert empty.reason.startswith("Said to be empty at the shelf in Storeroom on 2026-NOV-23. ")


def test_what_is_said_to_be_empty_is_to_be_counted_next(nurse: Api, manager: Api, api: Callable[..., Api]) -> None:
    manager.scan(GTIN, "receive")
    number = nurse.post("/shelf-requests", wish(kind="shelf_empty"))[1]["id"]
    assert manager.get("/shelf-requests?state=open")[1]["items"][0]["id"] == number
    (line,) = manager.get("/shelf-requests/counts")[1]["items"]
    assert (line["request"], line["sku"], line["book"]) == (number, "GLV-M", 100)
    assert line["why"] == "The shelf was said to be empty."
    assert nurse.get("/shelf-requests/counts")[0] == 200  # a nurse counts
    assert api(Role.receiver).get("/shelf-requests/counts?cursor=x")[0] in {403, 422}
    manager.post(f"/shelf-requests/{number}/settle", {"words": "Counted."})
    assert manager.get("/shelf-requests/counts")[1]["items"] == []
