"""Places: the tree, and adding one."""

import pytest

from supply.staff.permissions import Role
from tests.factories import Office


def test_places_stand_as_a_tree(stocked: Office, browse) -> None:
    page = browse(Role.nurse).get("/places").text
    assert page.index("Fridge") < page.index("Storeroom") < page.index('class="depth-1"') < page.index("Room-1")
    assert "Add a place" not in page


def test_a_manager_adds_a_place_inside_another(stocked: Office, browse) -> None:
    page = browse(Role.manager).follow("/places", code="shelf-a", name="Top shelf", parent="ROOM-1")
    assert "Top shelf is added." in page
    assert 'class="depth-2"' in page
    assert stocked.receive("Z1", "290101", location="SHELF-A").status == 201


@pytest.mark.parametrize(
    ("fields", "status", "field"),
    [
        ({"code": "", "name": "X"}, 422, "code"),
        ({"code": "X", "name": ""}, 422, "name"),
        ({"code": "a&b", "name": "X"}, 422, "code"),
        ({"code": "fridge", "name": "X"}, 409, "code"),
        ({"code": "X", "name": "X", "parent": "ATTIC"}, 422, "code"),
    ],
)
def test_a_place_that_cannot_be_is_refused_and_kept_in_the_form(stocked, browse, fields, status, field) -> None:
    answer = browse(Role.manager).post("/places", **fields)
    assert answer.status_code == status
    assert f'<a href="#{field}">' in answer.text
    assert f'id="{field}-wrong"' in answer.text


@pytest.mark.parametrize("role", [Role.nurse, Role.receiver, Role.auditor, Role.admin])
def test_nobody_else_adds_places(stocked: Office, browse, role: Role) -> None:
    assert browse(role).post("/places", code="X", name="X").status_code == 403
