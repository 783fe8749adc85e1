"""/items/{sku}/codes: the codes that name an item."""

from typing import Any

import pytest

from tests.web.api.conftest import GTIN, Api


def test_a_code_is_learnt_and_then_names_the_item(manager: Api, nurse: Api) -> None:
    status, answer = manager.post("/items/TAPE/codes", {"barcode": "SHELF-9", "units_received": 12, "units_used": 3})
    assert status == 201
    (code,) = answer["items"]
    assert (code["scheme"], code["value"], code["units_received"], code["units_used"]) == ("plain", "SHELF-9", 12, 3)
    received = manager.scan("SHELF-9", "receive")[1]
    assert (received["item"]["sku"], received["on_hand"]) == ("TAPE", 12)
    assert manager.get("/items/TAPE/codes")[1]["items"] == [code]


def test_a_whole_gs1_code_teaches_its_gtin(manager: Api) -> None:
    answer = manager.post("/items/TAPE/codes", {"barcode": "(01)00614141000050(17)270501(10)L"})[1]
    assert [(code["scheme"], code["value"]) for code in answer["items"]] == [("gtin", "00614141000050")]


def test_a_short_gtin_is_filled_up(manager: Api) -> None:
    answer = manager.post("/items/TAPE/codes", {"gtin": "614141000050"})[1]
    assert answer["items"][0]["value"] == "00614141000050"
    assert manager.get("/items/TAPE")[1]["gtin"] == "00614141000050"


def test_the_same_code_is_not_learnt_twice(manager: Api) -> None:
    status, answer = manager.post("/items/GLV-M/codes", {"gtin": GTIN})
    assert (status, answer["code"]) == (409, "code_exists")


@pytest.mark.parametrize("barcode", ["A\x00B", "\x1d", "   ", "]C101006141410000371"])
def test_a_code_that_cannot_name_an_item_is_refused(manager: Api, barcode: str) -> None:
    status, answer = manager.post("/items/TAPE/codes", {"barcode": barcode})
    assert (status, answer["code"]) == (422, "bad_barcode")


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"barcode": "X", "gtin": GTIN},
        {"barcode": ""},
        {"barcode": "x" * 513},
        {"barcode": 5},
        {"barcode": "\ud800"},
        {"gtin": "12"},
        {"barcode": "X", "units_used": 0},
        {"barcode": "X", "units_received": 1.5},
        {"barcode": "X", "other": 1},
    ],
)
def test_a_wrong_field_is_refused(manager: Api, body: dict[str, Any]) -> None:
    status, answer = manager.post("/items/TAPE/codes", body)
    assert (status, answer["code"]) == (422, "bad_field")
    assert manager.get("/items/TAPE/codes")[1] == {"items": [], "next": None}


def test_an_unknown_item_has_no_codes(manager: Api) -> None:
    assert manager.post("/items/NO-SUCH/codes", {"barcode": "X"})[0] == 404
    assert manager.get("/items/NO-SUCH/codes")[0] == 404
