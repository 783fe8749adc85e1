"""/label-templates: the office's designs, kept only when they can be read from paper; each refusal in words."""

from collections.abc import Callable
from typing import Any

import pytest

from supply.staff.permissions import Role
from tests.web.api.conftest import Api

PLACE = {"fields": [{"field": "code", "step": 1}, {"field": "name"}], "symbology": "qr", "office": "Valley Practice"}


def template(**fields: Any) -> dict[str, Any]:
    return {"kind": "location", "name": "Shelves", "paper": "50x25", "design": PLACE, **fields}


def test_a_template_is_kept_listed_changed_and_taken_away(manager: Api) -> None:
    status, kept = manager.post("/label-templates", template(is_default=True))
    assert status == 201
    assert (kept["kind"], kept["paper"], kept["is_default"], kept["preset"]) == ("location", "50x25", True, None)
    assert kept["design"]["fields"] == [{"field": "code", "step": 1}, {"field": "name", "step": 0}]
    changed = {"name": "Shelf edge", "paper": "62x29", "design": PLACE}
    answer = manager.send("PUT", f"/label-templates/{kept['id']}", json=changed)
    assert (answer.status_code, answer.json["name"], answer.json["is_default"]) == (200, "Shelf edge", False)
    listed = manager.get("/label-templates?kind=location")[1]
    assert [(one["name"], one["paper"]) for one in listed["items"]] == [("Shelf edge", "62x29")]
    assert manager.send("DELETE", f"/label-templates/{kept['id']}").status_code == 204
    assert manager.get("/label-templates")[1]["items"] == []


def test_the_list_says_what_each_kind_can_say_and_which_papers_have_a_name(manager: Api) -> None:
    _, told = manager.get("/label-templates")
    kinds = {kind["kind"]: kind for kind in told["kinds"]}
    assert set(kinds) >= {"item", "lot", "location", "container", "badge", "opened", "hold", "station", "command"}
    assert {"57x32", "58 roll", "sheet 5160"} <= set(told["papers"])
    assert [one["name"] for one in kinds["lot"]["presets"]][0] == "usual"
    assert all({"field", "words", "is_kept"} <= set(field) for field in kinds["lot"]["fields"])
    assert "code128" not in kinds["lot"]["symbols"]


@pytest.mark.parametrize(
    ("fields", "status", "code"),
    [
        ({"paper": "a4"}, 422, "bad_paper"),
        ({"paper": "20x15"}, 422, "label_too_small"),
        ({"kind": "lot", "paper": "40x30", "design": {"fields": [{"field": "colour"}]}}, 422, "bad_field"),
        ({"preset": "festive"}, 422, "bad_field"),
        ({"name": ""}, 422, None),
        ({"name": "x" * 61}, 422, None),
        ({"kind": "teapot"}, 422, None),
        ({"design": {"fields": [{"field": "code", "step": 2}]}}, 422, None),
        ({"design": PLACE | {"symbology": "aztec"}}, 422, None),
        ({"design": PLACE | {"office": "x" * 61}}, 422, None),
        ({"colour": "red"}, 422, None),
    ],
)
def test_what_cannot_be_a_template_is_refused(
    manager: Api, fields: dict[str, Any], status: int, code: str | None
) -> None:
    answer, problem = manager.post("/label-templates", template(**fields))
    assert answer == status, problem
    assert code in (None, problem["code"]), problem
    assert problem["detail"]
    assert manager.get("/label-templates")[1]["items"] == []


def test_a_code_too_fine_to_be_read_from_paper_is_refused(manager: Api) -> None:
    lot = next(kind for kind in manager.get("/label-templates?kind=lot")[1]["kinds"] if kind["kind"] == "lot")
    fine = lot["presets"][0]["design"] | {"may_be_fine": True}
    status, problem = manager.post("/label-templates", template(kind="lot", paper="40x30", design=fine))
    assert (status, problem["code"]) == (422, "label_unreadable")


def test_a_name_stands_once_and_a_number_that_is_none_is_not_found(manager: Api) -> None:
    assert manager.post("/label-templates", template())[0] == 201
    status, problem = manager.post("/label-templates", template(name="SHELVES", paper="62x29"))
    assert (status, problem["code"]) == (409, "name_taken")
    changed = {"name": "Shelf edge", "paper": "62x29", "design": PLACE}
    assert manager.send("PUT", "/label-templates/99", json=changed).status_code == 404
    assert manager.send("DELETE", "/label-templates/99").status_code == 404


@pytest.mark.parametrize("role", [role for role in Role if role not in (Role.manager, Role.admin)])
def test_only_the_manager_and_the_administrator_design(api: Callable[[Role], Api], role: Role) -> None:
    assert api(role).get("/label-templates")[0] == 403
    assert api(role).post("/label-templates", template())[0] == 403
