"""/reorder-suggestions and /suppliers."""

from uuid import uuid4

import pytest

from supply.db import Database
from supply.staff.permissions import Role
from tests import factories
from tests.purchasing.buying import HARBOR, Buying
from tests.web.api.conftest import Api
from tests.web.conftest import START


@pytest.fixture
def buying(db: Database) -> Buying:
    """Gloves and tape run low."""
    made = Buying(factories.Office(db, START))
    made.item()
    made.arrives("GLOVE-M", 20)
    made.item("SWABS", name="Swabs", price=None)
    made.arrives("GLV-M", 100)  # an item that is there already: enough
    made.check()
    return made


def accept(api: Api, **fields: object) -> tuple[int, dict[str, object]]:
    return api.post("/reorder-suggestions/accept", {"request_id": str(uuid4()), "supplier": HARBOR, **fields})


def test_a_suggestion_has_the_numbers_behind_it(buying: Buying, manager: Api) -> None:
    status, listed = manager.get("/reorder-suggestions")
    assert (status, [one["sku"] for one in listed["items"]], listed["next"]) == (200, ["GLOVE-M", "SWABS"], None)
    gloves = listed["items"][0]
    assert (gloves["quantity"], gloves["packs"], gloves["cost"], gloves["supplier"]) == (40, 4, "20.00", HARBOR)
    assert (gloves["usable"], gloves["days_left"], gloves["use_per_week"]) == (20, 10.0, 14.0)
    assert listed["items"][1]["cost"] is None
    assert manager.get("/reorder-suggestions/swabs")[1]["sku"] == "SWABS"


def test_suggestions_come_page_by_page(buying: Buying, manager: Api) -> None:
    first = manager.get("/reorder-suggestions?limit=1")[1]
    second = manager.get(f"/reorder-suggestions?limit=1&cursor={first['next']}")[1]
    assert [one["sku"] for one in first["items"] + second["items"]] == ["GLOVE-M", "SWABS"]


def test_accepting_all_makes_an_order_once(buying: Buying, manager: Api) -> None:
    key = str(uuid4())
    status, order = accept(manager, request_id=key)
    assert (status, order["number"], order["state"]) == (201, "PO-1001", "open")
    assert {line["sku"]: line["packs"] for line in order["lines"]} == {"GLOVE-M": 4, "SWABS": 6}
    assert accept(manager, request_id=key)[1]["number"] == "PO-1001"
    assert manager.get("/reorder-suggestions")[1]["items"] == []


def test_accepting_some_with_other_packs_leaves_the_rest(buying: Buying, manager: Api) -> None:
    chosen = [{"sku": "GLOVE-M", "packs": 2}, {"sku": "SWABS", "packs": 0}]
    _, order = accept(manager, items=chosen)
    assert [(line["sku"], line["quantity"]) for line in order["lines"]] == [("GLOVE-M", 20)]
    assert [one["sku"] for one in manager.get("/reorder-suggestions")[1]["items"]] == ["SWABS"]


@pytest.mark.parametrize(
    ("fields", "status", "code"),
    [
        ({"supplier": "Nobody"}, 404, "not_found"),
        ({"items": [{"sku": "GLOVE-M", "packs": 0}]}, 422, "bad_quantity"),
        ({"items": [{"sku": "NOPE", "packs": 1}]}, 409, "suggestion_gone"),
        ({"items": [{"sku": "GLOVE-M", "packs": -1}]}, 422, "bad_field"),
        ({"items": []}, 422, "bad_field"),
        ({"request_id": "no key"}, 422, "bad_field"),
    ],
)
def test_what_cannot_be_accepted_says_why(
    buying: Buying, manager: Api, fields: dict[str, object], status: int, code: str
) -> None:
    answer = accept(manager, **fields)
    assert (answer[0], answer[1]["code"]) == (status, code)
    assert len(manager.get("/reorder-suggestions")[1]["items"]) == 2


def test_an_item_is_put_off_and_taken_up_again(buying: Buying, manager: Api) -> None:
    body = {"reason": "a box was found", "until": "2026-12-24"}
    assert manager.post("/reorder-suggestions/SWABS/skip", body)[0] == 204
    assert [one["sku"] for one in manager.get("/reorder-suggestions")[1]["items"]] == ["GLOVE-M"]
    assert manager.post("/reorder-suggestions/SWABS/unskip")[0] == 204
    assert manager.post("/reorder-suggestions/SWABS/unskip")[0] == 404
    assert manager.post("/reorder-suggestions/SWABS/skip", {**body, "until": "2026-11-01"})[1]["code"] == "bad_field"
    assert manager.post("/reorder-suggestions/SWABS/skip", {"until": "2026-12-24"})[0] == 422


def test_an_item_that_was_not_looked_at_is_not_found(manager: Api) -> None:
    assert manager.get("/reorder-suggestions/GLV-M")[0] == 404
    assert manager.get("/reorder-suggestions/NOPE")[0] == 404


def test_suppliers_are_added_listed_shown_and_changed(manager: Api) -> None:
    body = {"code": "HARBOR", "name": HARBOR, "email": "orders@harbor.example", "lead_time_days": 4}
    status, added = manager.post("/suppliers", body)
    assert (status, added) == (201, {**body, "phone": None})
    assert manager.get("/suppliers")[1] == {"items": [added], "next": None}
    assert manager.get("/suppliers/harbor%20medical")[1] == added
    changed = manager.patch("/suppliers/HARBOR", {"phone": "+1 555 0100", "email": None})
    assert changed == (200, {**added, "phone": "+1 555 0100", "email": None})
    assert manager.post("/suppliers", body)[1]["code"] == "supplier_exists"


@pytest.mark.parametrize(
    "wrong", [{"code": " "}, {"name": None}, {"email": "nobody"}, {"lead_time_days": 1_000}, {"colour": "red"}]
)
def test_a_supplier_that_cannot_be_is_refused(manager: Api, wrong: dict[str, object]) -> None:
    status, answer = manager.post("/suppliers", {"code": "A", "name": "Aa", **wrong})
    assert (status, answer["code"]) == (422, "bad_field")
    assert manager.get("/suppliers")[1]["items"] == []


@pytest.mark.parametrize("role", [Role.nurse, Role.receiver, Role.auditor])
def test_purchasing_is_for_the_manager(buying: Buying, api, role: Role) -> None:
    asked = api(role)
    assert asked.get("/reorder-suggestions")[0] == asked.get("/suppliers")[0] == 403
    assert accept(asked)[0] == 403
