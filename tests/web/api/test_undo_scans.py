"""POST /scans/{request_id}/undo: within the office's minutes, once, one's own."""

from collections.abc import Callable
from typing import Any
from uuid import uuid4

import pytest

from supply.staff.permissions import Role
from tests.web.api.conftest import Api
from tests.web.conftest import Clock

Receive = Callable[..., dict[str, Any]]


def on_hand(api: Api) -> int:
    return sum(line["quantity"] for line in api.get("/stock?item=GLV-M")[1]["items"])


def test_a_nurse_takes_her_scan_back(nurse: Api, receive: Receive) -> None:
    receive("A1")
    key = nurse.scan("GLV-M", "use", quantity=4)[1]["request_id"]
    status, answer = nurse.post(f"/scans/{key}/undo")
    assert (status, answer["outcome"], on_hand(nurse)) == (200, "undone", 100)
    assert [row["kind"] for row in answer["movements"]] == ["reversal"]
    assert nurse.get(f"/scans/{key}")[1]["undone_at"] is not None


def test_it_works_with_an_empty_object_too(nurse: Api, receive: Receive) -> None:
    receive("A1")
    key = nurse.scan("GLV-M", "use")[1]["request_id"]
    assert nurse.post(f"/scans/{key}/undo", {"why": "?"})[1]["code"] == "bad_field"
    assert nurse.post(f"/scans/{key}/undo", {})[0] == 200


def test_once_is_enough(nurse: Api, receive: Receive) -> None:
    receive("A1")
    key = nurse.scan("GLV-M", "use")[1]["request_id"]
    assert nurse.post(f"/scans/{key}/undo")[0] == 200
    status, answer = nurse.post(f"/scans/{key}/undo")
    assert (status, answer["code"], on_hand(nurse)) == (409, "already_undone", 100)


def test_ten_minutes_are_the_limit(nurse: Api, receive: Receive, clock: Clock) -> None:
    receive("A1")
    key = nurse.scan("GLV-M", "use")[1]["request_id"]
    clock.forward(minutes=10, seconds=1)
    status, answer = nurse.post(f"/scans/{key}/undo")
    assert (status, answer["code"], on_hand(nurse)) == (409, "undo_expired", 99)


def test_units_that_have_moved_on_cannot_be_taken_back(manager: Api, nurse: Api, receive: Receive) -> None:
    key = receive("A1")["request_id"]
    assert nurse.scan("GLV-M", "use", quantity=100)[0] == 201
    status, answer = manager.post(f"/scans/{key}/undo")
    assert (status, answer["code"]) == (409, "cannot_undo")


def test_a_scan_that_moved_nothing_cannot_be_taken_back(nurse: Api) -> None:
    key = nurse.scan("GLV-M", "lookup")[1]["request_id"]
    assert nurse.post(f"/scans/{key}/undo")[1]["code"] == "cannot_undo"


def test_others_scans_are_for_the_manager(
    api: Callable[[Role], Api], manager: Api, nurse: Api, receive: Receive
) -> None:
    receive("A1")
    key = nurse.scan("GLV-M", "use")[1]["request_id"]
    status, answer = api(Role.receiver).post(f"/scans/{key}/undo")
    assert (status, answer["code"]) == (403, "not_allowed")
    assert manager.post(f"/scans/{key}/undo")[0] == 200


@pytest.mark.parametrize("role", [Role.waste, Role.auditor, Role.admin])
def test_some_roles_undo_nothing(api: Callable[[Role], Api], role: Role) -> None:
    assert api(role).post(f"/scans/{uuid4()}/undo")[0] == 403


def test_an_unknown_scan_is_not_found(nurse: Api) -> None:
    assert nurse.post(f"/scans/{uuid4()}/undo")[0] == 404
    assert nurse.post("/scans/x/undo")[0] == 404
