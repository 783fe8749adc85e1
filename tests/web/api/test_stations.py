"""/stations: the list, who works there, and what their scans came to."""

from collections.abc import Callable
from typing import Any

import pytest
import sqlalchemy as sa

from supply.db import Database
from supply.staff.permissions import Role
from supply.stations.models import StationSession
from tests.web.api.conftest import Api
from tests.web.conftest import Office


def at_station(db: Database) -> list[tuple[int, str]]:
    with db.read_session() as session:
        return [(row.person_id, row.mode) for row in session.scalars(sa.select(StationSession))]


def test_stations_are_listed(nurse: Api, api: Callable[[Role], Api]) -> None:
    kiosk = {"code": "kiosk-1", "name": "Storeroom tablet", "location": "STOREROOM", "mode": "use"}
    assert nurse.get("/stations") == (200, {"items": [kiosk], "next": None})
    assert api(Role.admin).get("/stations")[0] == 200


def test_a_person_signs_on_changes_mode_and_signs_off(nurse: Api, db: Database, office: Office) -> None:
    status, answer = nurse.post("/stations/kiosk-1/session", {})
    assert (status, answer) == (200, {"station": "kiosk-1", "person": "nurse", "mode": "use", "idle_minutes": 2})
    assert nurse.post("/stations/kiosk-1/session", {"mode": "return"})[1]["mode"] == "return"
    assert at_station(db) == [(office.ids[Role.nurse], "return")]
    assert nurse.post("/stations/kiosk-1/session", {"mode": None})[1]["mode"] == "use"
    gone = nurse.send("DELETE", "/stations/kiosk-1/session")
    assert (gone.status_code, gone.data, at_station(db)) == (204, b"", [])
    assert nurse.send("DELETE", "/stations/kiosk-1/session").status_code == 204


@pytest.mark.parametrize("body", [{"mode": "steal"}, {"mode": 5}, {"person": "manager"}])
def test_a_wrong_mode_is_refused(nurse: Api, db: Database, body: dict[str, Any]) -> None:
    status, answer = nurse.post("/stations/kiosk-1/session", body)
    assert (status, answer["code"], at_station(db)) == (422, "bad_field", [])


def test_a_screen_starts_from_now_and_gets_what_comes(nurse: Api) -> None:
    nurse.scan("BEFORE", station="kiosk-1")
    status, start = nurse.get("/stations/kiosk-1/answers")
    assert (status, start["items"]) == (200, [])
    answer = nurse.scan("UNKNOWN-1", station="kiosk-1")[1]
    nurse.scan("ELSEWHERE", station="kiosk-2")
    page = nurse.get(f"/stations/kiosk-1/answers?after={start['next']}")[1]
    (line,) = page["items"]
    assert (line["barcode"], line["action"], line["actor"], line["status"]) == ("UNKNOWN-1", "use", "nurse", 201)
    assert (line["request_id"], line["answer"], page["next"]) == (answer["request_id"], answer, line["id"])
    again = nurse.get(f"/stations/kiosk-1/answers?after={page['next']}")[1]
    assert again == {"items": [], "next": page["next"]}


def test_many_answers_come_in_their_order(nurse: Api) -> None:
    for number in range(5):
        nurse.scan(f"UNKNOWN-{number}", station="kiosk-1")
    first = nurse.get("/stations/kiosk-1/answers?after=0&limit=3")[1]
    second = nurse.get(f"/stations/kiosk-1/answers?after={first['next']}&limit=3")[1]
    seen = [line["barcode"] for line in first["items"] + second["items"]]
    assert seen == [f"UNKNOWN-{number}" for number in range(5)]


@pytest.mark.parametrize("after", ["-1", "x", "", "1.5", "9" * 19, "true"])
def test_a_wrong_number_is_refused(nurse: Api, after: str) -> None:
    status, answer = nurse.get(f"/stations/kiosk-1/answers?after={after}")
    assert (status, answer["code"]) == (422, "bad_field")


@pytest.mark.parametrize("code", ["nowhere", "%00", "x" * 41])
def test_an_unknown_station_is_not_found(nurse: Api, code: str) -> None:
    assert nurse.get(f"/stations/{code}/answers")[0] == 404
    assert nurse.post(f"/stations/{code}/session", {})[0] == 404
    assert nurse.send("DELETE", f"/stations/{code}/session").status_code == 404
