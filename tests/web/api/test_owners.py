"""/owners: whose stock it is."""

from typing import Any

import pytest

from tests.web.api.conftest import Api

VFC = {"code": "VFC", "name": "Vaccines for Children", "kind": "programme"}


def test_an_owner_is_added_and_listed(manager: Api, nurse: Api) -> None:
    assert manager.post("/owners", VFC) == (201, VFC)
    assert nurse.get("/owners")[1]["items"][1:] == [VFC]
    assert nurse.get("/owners")[1]["items"][0]["kind"] == "office"


def test_an_owner_is_added_once_whatever_the_capitals(manager: Api) -> None:
    assert manager.post("/owners", {**VFC, "code": "OFFICE"})[1]["code"] == "owner_exists"


@pytest.mark.parametrize(
    "wrong", [{"code": "a b"}, {"code": ""}, {"code": None}, {"name": " "}, {"kind": "pirate"}, {"kind": 1}, {"x": 1}]
)
def test_a_wrong_field_is_refused(manager: Api, wrong: dict[str, Any]) -> None:
    status, answer = manager.post("/owners", {**VFC, **wrong})
    assert (status, answer["code"]) == (422, "bad_field")
    assert len(manager.get("/owners")[1]["items"]) == 1


def test_a_nurse_adds_no_owner(nurse: Api) -> None:
    assert nurse.post("/owners", VFC)[0] == 403
