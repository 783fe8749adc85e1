"""/items and /items/{sku}: the catalogue."""

from typing import Any
from urllib.parse import quote

import pytest

from tests.web.api.conftest import GTIN, Api

FULL = {
    "sku": "SYR-5",
    "name": "Syringe 5 mL",
    "unit": "each",
    "category": "Injection",
    "rotation": "fefo",
    "tracking": "counted",
    "gtin": "00614141000043",
    "units_received": 50,
    "units_used": 2,
    "lot_required": True,
    "expiry_required": False,
    "shelf_life_days": 365,
    "reorder_point": 20,
    "par_level": 100,
    "supplier": "ACME",
    "supplier_sku": "A-1",
    "pack_quantity": 50,
    "lead_time_days": 3,
    "price": "12.50",
}


def test_an_item_comes_back_as_it_was_added(manager: Api, nurse: Api) -> None:
    assert manager.post("/items", FULL) == (201, FULL)
    assert nurse.get("/items/SYR-5") == (200, FULL)
    assert nurse.scan(FULL["gtin"], "lookup")[1]["item"]["sku"] == "SYR-5"


def test_what_is_left_out_has_the_defaults_of_the_import(manager: Api) -> None:
    status, item = manager.post("/items", {"sku": "NEW", "name": "New"})
    assert status == 201
    assert (item["unit"], item["rotation"], item["tracking"]) == ("each", "fifo", "lot")
    assert (item["units_received"], item["units_used"], item["lot_required"]) == (1, 1, False)
    assert item["gtin"] is item["price"] is item["category"] is None


def test_only_what_is_named_changes(manager: Api) -> None:
    manager.post("/items", FULL)
    change = {
        "name": "Syringe, 5 mL",
        "par_level": None,
        "price": "0.0375",
        "category": "Needles",
        "lot_required": False,
    }
    assert manager.patch("/items/syr-5", change) == (200, {**FULL, **change})
    assert manager.patch("/items/SYR-5", {}) == (200, {**FULL, **change})


def test_an_item_is_searched_by_words_of_name_and_sku(nurse: Api) -> None:
    def found(search: str) -> list[str]:
        return [item["sku"] for item in nurse.get(f"/items?search={quote(search)}")[1]["items"]]

    assert found("glove") == found("M exam") == found("glv") == ["GLV-M"]
    assert found("%") == found("no such thing") == []
    assert len(found("")) == 3


def test_pages_go_on_where_the_last_one_ended(nurse: Api) -> None:
    first = nurse.get("/items?limit=2")[1]
    second = nurse.get(f"/items?limit=2&cursor={first['next']}")[1]
    assert [item["sku"] for item in first["items"] + second["items"]] == ["GLV-M", "KIT-1", "TAPE"]
    assert second["next"] is None


@pytest.mark.parametrize("sku", ["A/B", "A/codes", "50% OFF", "ÄÖ-1", "a b", "?x#y"])
def test_an_sku_may_have_any_printable_character(manager: Api, sku: str) -> None:
    assert manager.post("/items", {"sku": sku, "name": "Odd"})[0] == 201
    if not sku.endswith("/codes"):  # that address is the list of the codes of item A
        assert manager.get(f"/items/{quote(sku, safe='')}")[1]["sku"] == sku


def test_the_same_sku_is_not_added_twice_whatever_its_capitals(manager: Api) -> None:
    status, answer = manager.post("/items", {"sku": "glv-m", "name": "Again"})
    assert (status, answer["code"]) == (409, "item_exists")


@pytest.mark.parametrize("path", ["NO-SUCH", "%00", "A%00B", "x" * 61, "%20", "%ff"])
def test_an_unknown_item_is_not_found(manager: Api, path: str) -> None:
    assert manager.get(f"/items/{path}")[0] == 404
    assert manager.patch(f"/items/{path}", {"name": "x"})[0] == 404
    assert manager.get(f"/items/{path}/codes")[0] == 404


@pytest.mark.parametrize(
    "wrong",
    [
        {"sku": ""},
        {"sku": "x" * 61},
        {"sku": "A\x00"},
        {"sku": 5},
        {"sku": "\ud800"},
        {"name": "  "},
        {"name": "x" * 201},
        {"name": None},
        {"unit": "u" * 31},
        {"unit": ""},
        {"rotation": "lifo"},
        {"tracking": "none"},
        {"lot_required": "yes"},
        {"lot_required": 1},
        {"reorder_point": -1},
        {"reorder_point": "5"},
        {"reorder_point": True},
        {"reorder_point": 1.5},
        {"reorder_point": 10**10},
        {"par_level": 10**300},
        {"pack_quantity": 0},
        {"units_received": 0},
        {"units_used": 1_000_001},
        {"units_used": None},
        {"price": 12.5},
        {"price": "12,50"},
        {"price": "-1"},
        {"price": "1.23456"},
        {"price": "123456789"},
        {"price": "٣"},
        {"gtin": 614141000036},
        {"gtin": "123"},
        {"supplier": "s" * 61},
        {"category": "c" * 81},
        {"colour": "blue"},
    ],
)
def test_a_wrong_field_is_named_and_nothing_is_added(manager: Api, wrong: dict[str, Any]) -> None:
    status, answer = manager.post("/items", {"sku": "NEW", "name": "New", **wrong})
    assert (status, answer["code"]) == (422, "bad_field")
    assert next(iter(wrong)) in answer["detail"]
    assert answer["errors"][0]["field"] == next(iter(wrong))
    assert len(manager.get("/items")[1]["items"]) == 3


def test_a_gtin_with_a_wrong_check_digit_is_refused_with_the_item(manager: Api) -> None:
    status, answer = manager.post("/items", {"sku": "NEW", "name": "New", "gtin": GTIN[:-1] + "7"})
    assert (status, answer["code"]) == (422, "bad_barcode")
    assert manager.get("/items/NEW")[0] == 404


def test_null_empties_what_can_be_empty_only(manager: Api) -> None:
    for name in ("name", "unit", "tracking", "lot_required", "expiry_required"):
        assert manager.patch("/items/TAPE", {name: None})[1]["code"] == "bad_field"
    assert manager.patch("/items/TAPE", {"price": None, "category": None})[1]["price"] is None
    assert manager.post("/items", {"sku": "NEW", "name": "New", "unit": None, "price": None})[1]["unit"] == "each"


@pytest.mark.parametrize("wrong", [{"name": ""}, {"sku": "OTHER"}, {"gtin": GTIN}, {"reorder_point": True}, {"x": 1}])
def test_a_wrong_change_changes_nothing(manager: Api, wrong: dict[str, Any]) -> None:
    before = manager.get("/items/GLV-M")
    status, answer = manager.patch("/items/GLV-M", {"par_level": 7, **wrong})
    assert (status, answer["code"]) == (422, "bad_field")
    assert manager.get("/items/GLV-M") == before
