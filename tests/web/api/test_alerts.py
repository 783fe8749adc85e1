"""GET /alerts and POST /alerts/{id}/acknowledge."""

from collections.abc import Callable
from typing import Any

import pytest

from supply.alerts import book
from supply.alerts.book import Cause
from supply.db import Database
from supply.staff.permissions import Role
from tests.web.api.conftest import Api
from tests.web.conftest import START


@pytest.fixture
def alert(db: Database) -> Callable[..., None]:
    """Makes exactly these alerts of expiry open."""

    def make(*subjects: str, role: str = "manager") -> None:
        causes = [
            Cause("expiry", subject, "stop", f"{subject} expired.", "/expiry", role, value=31_000)
            for subject in subjects
        ]
        db.transact(lambda s: book.update(s, kinds=("expiry",), causes=causes, now=START))

    return make


def test_open_alerts_are_listed_with_everything_about_them(manager: Api, alert: Callable[..., None]) -> None:
    alert("lot 1")
    status, answer = manager.get("/alerts")
    assert status == 200
    (item,) = answer["items"]
    assert item == {
        "id": item["id"],
        "kind": "expiry",
        "subject": "lot 1",
        "severity": "stop",
        "message": "lot 1 expired.",
        "link": "/expiry",
        "role": "manager",
        "value": "3.10",
        "opened_at": "2026-11-23T14:00:00Z",
        "risen_at": "2026-11-23T14:00:00Z",
        "last_seen_at": "2026-11-23T14:00:00Z",
        "acknowledged": False,
        "acknowledged_at": None,
        "closed_at": None,
        "closed_because": None,
    }
    assert answer["next"] is None


def test_an_acknowledged_alert_stays_open_and_is_found_by_its_state(manager: Api, alert: Callable[..., None]) -> None:
    alert("lot 1", "lot 2")
    first = manager.get("/alerts")[1]["items"][0]["id"]
    for _ in range(2):
        status, answer = manager.post(f"/alerts/{first}/acknowledge")
        assert (status, answer["acknowledged"]) == (200, True)
    found = {
        state: [one["id"] for one in manager.get(f"/alerts?state={state}")[1]["items"]]
        for state in ("open", "acknowledged", "closed", "all")
    }
    assert found == {"open": [first, first + 1], "acknowledged": [first], "closed": [], "all": [first, first + 1]}
    alert()
    assert len(manager.get("/alerts?state=closed")[1]["items"]) == 2
    status, problem = manager.post(f"/alerts/{first + 1}/acknowledge")
    assert (status, problem["code"]) == (409, "alert_closed")


def test_pages_follow_each_other_without_gap_or_double(manager: Api, alert: Callable[..., None]) -> None:
    alert(*(f"lot {n}" for n in range(5)))
    seen: list[str] = []
    address = "/alerts?limit=2"
    while True:
        _, page = manager.get(address)
        seen += [one["subject"] for one in page["items"]]
        if page["next"] is None:
            break
        address = f"/alerts?limit=2&cursor={page['next']}"
    assert seen == [f"lot {n}" for n in range(5)]


def test_each_sees_and_settles_what_is_for_their_roles(api: Callable[[Role], Api], alert: Callable[..., None]) -> None:
    alert("container W-1", role="waste")
    seen = {role: len(api(role).get("/alerts")[1]["items"]) for role in Role}
    assert seen == {Role.nurse: 0, Role.receiver: 0, Role.manager: 1, Role.waste: 1, Role.auditor: 1, Role.admin: 0}
    number = api(Role.waste).get("/alerts")[1]["items"][0]["id"]
    assert api(Role.auditor).post(f"/alerts/{number}/acknowledge")[0] == 403
    assert api(Role.nurse).post(f"/alerts/{number}/acknowledge")[0] == 403
    assert api(Role.waste).post(f"/alerts/{number}/acknowledge")[0] == 200


@pytest.mark.parametrize(
    ("address", "status"),
    [("/alerts?state=loud", 422), ("/alerts?cursor=x", 422), ("/alerts?limit=0", 422), ("/alerts?colour=red", 422)],
)
def test_what_cannot_be_asked_is_refused(manager: Api, address: str, status: int) -> None:
    assert manager.get(address)[0] == status


@pytest.mark.parametrize("number", ["999", "0", "x", str(2**70)])
def test_an_alert_that_is_not_there_is_404(manager: Api, number: str, db: Database) -> None:
    status, problem = manager.post(f"/alerts/{number}/acknowledge")
    assert status == 404, problem


def test_a_body_with_fields_is_refused(manager: Api, alert: Callable[..., None]) -> None:
    alert("lot 1")
    number = manager.get("/alerts")[1]["items"][0]["id"]
    answer: tuple[int, Any] = manager.post(f"/alerts/{number}/acknowledge", {"why": "because"})
    assert answer[0] == 422
