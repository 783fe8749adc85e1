"""/locations: the places where stock is."""

from typing import Any

import pytest

from tests.web.api.conftest import Api


def test_places_are_listed_with_what_holds_them(manager: Api, nurse: Api) -> None:
    assert manager.post("/locations", {"code": "shelf 1", "name": "Top shelf", "parent": "storeroom"}) == (
        201,
        {"code": "SHELF 1", "name": "Top shelf", "parent": "STOREROOM"},
    )
    listed = nurse.get("/locations")[1]["items"]
    assert [(place["code"], place["parent"]) for place in listed] == [
        ("STOREROOM", None),
        ("ROOM-1", None),
        ("SHELF 1", "STOREROOM"),
    ]
    first = nurse.get("/locations?limit=2")[1]
    assert [place["code"] for place in nurse.get(f"/locations?cursor={first['next']}")[1]["items"]] == ["SHELF 1"]


def test_a_code_is_given_once(manager: Api) -> None:
    status, answer = manager.post("/locations", {"code": "room-1"})
    assert (status, answer["code"]) == (409, "location_exists")


@pytest.mark.parametrize("body", [{"code": "A*"}, {"code": "A", "parent": "NOWHERE"}, {"code": "A", "parent": "USED"}])
def test_what_is_no_place_is_refused(manager: Api, body: dict[str, Any]) -> None:
    status, answer = manager.post("/locations", body)
    assert (status, answer["code"]) == (422, "bad_location")


@pytest.mark.parametrize(
    "body", [{}, {"code": ""}, {"code": 5}, {"code": "A" * 41}, {"code": "A", "name": "x" * 121}, {"code": "A", "x": 1}]
)
def test_a_wrong_field_is_refused(manager: Api, body: dict[str, Any]) -> None:
    status, answer = manager.post("/locations", body)
    assert (status, answer["code"]) == (422, "bad_field")
    assert len(manager.get("/locations")[1]["items"]) == 2


def test_a_nurse_adds_no_place(nurse: Api) -> None:
    assert nurse.post("/locations", {"code": "A"})[0] == 403
