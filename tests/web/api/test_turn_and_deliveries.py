"""/stations/…/turn and /stations/…/deliveries over HTTP: what they do, and what is refused with nothing changed."""

from collections.abc import Callable
from typing import Any
from uuid import uuid4

import pytest
import sqlalchemy as sa

from supply.db import Database
from supply.staff.permissions import Role
from supply.stations.models import StationSession
from supply.stock.models import Movement
from tests.web.api.conftest import GTIN, Api
from tests.web.conftest import Clock

HERE = "/stations/kiosk-1"


def put_in(api: Api, **fields: Any) -> str:
    """A box that was put in where TAKE was meant; the key of its scan."""
    status, answer = api.scan(GTIN, "receive", **{"station": "kiosk-1", "lot": "A1", **fields})
    assert status == 201, answer
    return str(answer["request_id"])


def turn(api: Api, keys: list[str], **fields: Any) -> tuple[int, Any]:
    return api.post(f"{HERE}/turn", {"request_ids": keys, "action": "use", "request_id": str(uuid4()), **fields})


def on_hand(api: Api) -> int:
    return sum(line["quantity"] for line in api.get("/stock?item=GLV-M")[1]["items"])


def test_a_run_is_turned_by_linked_reversals_once(manager: Api, db: Database) -> None:
    keep, wrong, run = put_in(manager), put_in(manager), str(uuid4())
    status, first = turn(manager, [wrong], request_id=run)
    assert (status, [one["outcome"] for one in first["items"]]) == (200, ["recorded"])
    assert on_hand(manager) == 99
    assert turn(manager, [wrong], request_id=run) == (200, first)
    (again,) = turn(manager, [wrong])[1]["items"]
    assert (again["outcome"], again["new_request_id"], again["message"]) == (
        "refused",
        None,
        "This was undone already.",
    )
    assert on_hand(manager) == 99
    with db.read_session() as session:
        rows = session.scalars(sa.select(Movement).order_by(Movement.id)).all()
    assert [row.reverses_id for row in rows] == [None, None, rows[1].id, None]
    assert {str(rows[0].request_id), str(rows[1].request_id)} == {keep, wrong}


def test_each_scan_of_a_run_is_judged_by_itself(manager: Api) -> None:
    put_in(manager)
    good, elsewhere, unknown = put_in(manager), put_in(manager, station="other"), str(uuid4())
    lookup = str(manager.scan(GTIN, "lookup", station="kiosk-1")[1]["request_id"])
    status, answer = turn(manager, [unknown, good, elsewhere, lookup])
    assert status == 200
    assert [one["request_id"] for one in answer["items"]] == [unknown, good, elsewhere, lookup]
    assert [one["outcome"] for one in answer["items"]] == ["refused", "recorded", "refused", "refused"]
    assert all(one["message"] for one in answer["items"])
    assert on_hand(manager) == 199


def test_a_scan_of_yesterday_and_of_somebody_else_stays(manager: Api, nurse: Api, clock: Clock) -> None:
    put_in(manager)
    key = put_in(manager)
    (others,) = turn(nurse, [key])[1]["items"]
    assert others["message"] == "You can turn your own scans only. Ask the manager."
    clock.forward(days=1)
    (old,) = turn(manager, [key])[1]["items"]
    assert (old["outcome"], old["message"]) == ("refused", "Only scans of today can be turned. Put it back instead.")
    assert on_hand(manager) == 200


def test_a_manager_turns_what_a_nurse_took(manager: Api, nurse: Api) -> None:
    put_in(manager)
    taken = str(nurse.scan(GTIN, "use", station="kiosk-1", quantity=3)[1]["request_id"])
    assert on_hand(manager) == 97
    (one,) = turn(manager, [taken], action="receive")[1]["items"]
    assert one["outcome"] == "recorded", one
    assert on_hand(manager) == 400


@pytest.mark.parametrize(
    "body",
    [
        {"request_ids": []},
        {"request_ids": ["x"]},
        {"request_ids": None},
        {"request_ids": ["6a3c2f52-77d0-4f0e-9a0e-0d9ac1c7c2b5"] * 2},
        {"request_ids": [str(uuid4()) for _ in range(201)]},
        {"action": "discard"},
        {"action": None},
        {"request_id": "1"},
        {"extra": 1},
    ],
)
def test_a_run_that_cannot_be_one_is_refused_whole(manager: Api, body: dict[str, Any]) -> None:
    key = put_in(manager)
    status, answer = turn(manager, [key], **body)
    assert (status, answer["code"]) == (422, "bad_field")
    assert on_hand(manager) == 100


def test_who_may_not_do_it_and_where_there_is_no_station(manager: Api, nurse: Api) -> None:
    key = put_in(manager)
    assert turn(nurse, [key], action="receive")[0] == 403
    body = {"request_ids": [key], "action": "use", "request_id": str(uuid4())}
    assert manager.post("/stations/NOWHERE/turn", body)[0] == 404
    assert manager.post(f"{HERE}/turn", [])[0] == 400
    assert manager.send("POST", f"{HERE}/turn", data=b"{").status_code in {400, 415, 422}
    assert on_hand(manager) == 100


def test_a_delivery_is_opened_for_whoever_opens_it_and_for_nobody_else(manager: Api, nurse: Api, db: Database) -> None:
    def there() -> tuple[str, str | None]:
        with db.read_session() as session:
            row = session.scalars(sa.select(StationSession)).one()
            return row.mode, row.delivery

    assert manager.get(f"{HERE}/deliveries") == (200, {"items": []})
    nurse.post(f"{HERE}/session", {})
    status, opened = manager.post(f"{HERE}/deliveries", {"order": None})
    assert (status, opened["location"], opened["scans"]) == (200, "STOREROOM", 0)
    assert opened["reason"].startswith("Delivery without an order on ")
    assert there() == ("use", None)  # the nurse who works there goes on taking
    manager.post(f"{HERE}/session", {})
    assert manager.post(f"{HERE}/deliveries", {})[0] == 200
    assert there() == ("receive", opened["reason"])
    put_in(manager, reason=opened["reason"])
    (line,) = manager.get(f"{HERE}/deliveries")[1]["items"]
    assert (line["reason"], line["scans"]) == (opened["reason"], 1)


@pytest.mark.parametrize(
    ("body", "status"),
    [({"order": "NO-SUCH"}, 404), ({"order": 5}, 422), ({"order": ["x"]}, 422), ({"order": "x" * 500}, 422), ([], 400)],
)
def test_a_delivery_that_cannot_be_opened_opens_nothing(manager: Api, db: Database, body: Any, status: int) -> None:
    manager.post(f"{HERE}/session", {})
    assert manager.post(f"{HERE}/deliveries", body)[0] == status
    with db.read_session() as session:
        assert session.scalars(sa.select(StationSession.mode)).all() == ["use"]


def test_deliveries_are_for_whoever_receives(nurse: Api, manager: Api, api: Callable[[Role], Api]) -> None:
    assert nurse.get(f"{HERE}/deliveries")[0] == 403
    assert nurse.post(f"{HERE}/deliveries", {})[0] == 403
    assert api(Role.receiver).post(f"{HERE}/deliveries", {})[0] == 200
    assert manager.get("/stations/NOWHERE/deliveries")[0] == 404
    assert manager.post("/stations/NOWHERE/deliveries", {})[0] == 404
