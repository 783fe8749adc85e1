"""/station-devices: what an enrolled agent is told, and what its reads come to; nobody else may use it."""

import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient

from supply.db import Database
from supply.staff import people
from supply.staff.permissions import Role
from supply.stations.enrolments import enrol
from supply.stations.models import Device, ScanRecord, StationSession
from tests.web.api.conftest import GTIN, Api
from tests.web.conftest import START, Clock, Office

CODE = f"(01){GTIN}(17)270501(10)A1"


def _enrolled(db: Database, client: FlaskClient, kind: str) -> Api:
    def make(session: Any) -> str:
        local = people.local_actor(session)
        return enrol(session, station_code="kiosk-1", kind=kind, label="", by=local, now=START)

    return Api(client, db.transact(make))


@pytest.fixture
def agent(db: Database, client: FlaskClient) -> Api:
    profile = json.dumps({"prefix": "~", "gs": "kept"})
    change = sa.update(Device).values(driver="serial", runs_at="agent", settings='{"port": "COM3"}', profile=profile)
    db.transact(lambda session: session.execute(change))
    return _enrolled(db, client, "agent")


def _read(agent: Api, raw: str = CODE, **fields: Any) -> tuple[int, Any]:
    body = {"request_id": str(uuid4()), "raw": raw, "read_at": START.isoformat(), **fields}
    return agent.post("/station-devices/scanner-1/reads", body)


def _records(db: Database) -> list[ScanRecord]:
    with db.read_session() as session:
        return list(session.scalars(sa.select(ScanRecord).where(ScanRecord.station == "kiosk-1")))


def test_an_agent_is_told_the_devices_that_it_runs(agent: Api, db: Database) -> None:
    told = {"name": "scanner-1", "driver": "serial", "settings": {"port": "COM3"}}
    profile = {"prefix": "~", "gs": "kept"}
    assert agent.get("/station-devices?station=kiosk-1") == (
        200,
        {"items": [{**told, "profile": profile}], "next": None},
    )

    db.transact(lambda session: session.execute(sa.update(Device).values(runs_at="server")))
    assert agent.get("/station-devices?station=kiosk-1")[1]["items"] == []


def test_a_read_counts_for_whoever_was_signed_on(
    agent: Api, nurse: Api, db: Database, office: Office, receive: Callable[..., Any]
) -> None:
    receive()
    nurse.post("/stations/kiosk-1/session", {})
    status, answer = _read(agent)

    assert (status, answer["outcome"], answer["item"]["sku"]) == (201, "recorded", "GLV-M")
    (record,) = _records(db)
    assert (record.actor_id, record.action) == (office.ids[Role.nurse], "use")
    with db.read_session() as session:
        assert session.scalar(sa.select(Device.last_activity_at)) == START


def test_the_same_read_again_gets_the_stored_answer_whoever_is_there_by_now(
    agent: Api, nurse: Api, manager: Api, db: Database, clock: Clock, receive: Callable[..., Any]
) -> None:
    receive()
    nurse.post("/stations/kiosk-1/session", {})
    key = str(uuid4())
    first = _read(agent, request_id=key)
    manager.post("/stations/kiosk-1/session", {"mode": "lookup"})
    again = _read(agent, request_id=key, sent_at=(START + timedelta(seconds=9)).isoformat())

    assert (first[0], again[0], first[1]) == (201, 200, again[1])
    assert len(_records(db)) == 1


def test_a_key_that_was_used_for_another_read_is_refused(agent: Api, nurse: Api) -> None:
    nurse.post("/stations/kiosk-1/session", {})
    key = str(uuid4())
    assert _read(agent, "ONE", request_id=key)[0] == 201
    status, answer = _read(agent, "OTHER", request_id=key)

    assert (status, answer["code"]) == (409, "key_reused")


def test_a_read_that_was_made_before_somebody_came_is_not_theirs(
    agent: Api, nurse: Api, db: Database, clock: Clock, receive: Callable[..., Any]
) -> None:
    receive()
    nurse.post("/stations/kiosk-1/session", {})
    status, answer = _read(agent, read_at=(START - timedelta(minutes=1)).isoformat())

    assert (status, answer["outcome"]) == (403, "refused")
    (record,) = _records(db)
    assert record.occurred_at == START - timedelta(minutes=1)


def test_a_read_that_arrives_late_is_theirs_who_made_it_and_keeps_nobody_signed_on(
    agent: Api, nurse: Api, db: Database, clock: Clock, receive: Callable[..., Any]
) -> None:
    receive()
    nurse.post("/stations/kiosk-1/session", {})
    read_at = clock.moment + timedelta(seconds=30)
    clock.moment += timedelta(hours=3)
    status, _ = _read(agent, read_at=read_at.isoformat())

    assert status == 201
    with db.read_session() as session:
        assert session.scalar(sa.select(StationSession.seen_at)) == read_at


@pytest.mark.parametrize("off", [timedelta(days=-400), timedelta(minutes=-5), timedelta(hours=7)])
def test_a_wrong_clock_of_the_agent_does_no_harm(
    agent: Api, nurse: Api, db: Database, off: timedelta, receive: Callable[..., Any], clock: Clock
) -> None:
    receive()
    nurse.post("/stations/kiosk-1/session", {})
    clock.moment += timedelta(seconds=20)
    read_at, sent_at = (clock.moment + off - timedelta(seconds=5)).isoformat(), (clock.moment + off).isoformat()

    assert _read(agent, read_at=read_at, sent_at=sent_at)[0] == 201
    assert _records(db)[0].occurred_at == clock.moment - timedelta(seconds=5)


def test_what_nobody_knows_and_what_nobody_may_is_kept_all_the_same(agent: Api, db: Database) -> None:
    assert _read(agent, "NOBODY-HERE")[0] == 403
    assert _read(agent, "\x00\x07")[0] in (403, 422)
    assert _read(agent, "A" * 4096)[0] in (403, 422)
    assert len(_records(db)) == 3


@pytest.mark.parametrize(
    "wrong",
    [
        {"request_id": "1"},
        {"raw": ""},
        {"raw": 5},
        {"raw": "A" * 9000},
        {"read_at": "yesterday"},
        {"read_at": "2026-11-23T10:00:00"},
        {"action": "receive"},
    ],
)
def test_a_request_that_cannot_be_right_is_refused_and_nothing_stored(
    agent: Api, db: Database, wrong: dict[str, Any]
) -> None:
    status, answer = _read(agent, **wrong)

    assert (status, answer["code"]) == (422, "bad_field")
    assert next(iter(wrong)) in answer["detail"]
    assert _records(db) == []


def test_the_agent_says_how_its_device_is(agent: Api, db: Database) -> None:
    body = {"state": "reconnecting", "words": "Check its cable.", "last_activity_at": START.isoformat()}
    assert agent.send("POST", "/station-devices/scanner-1/state", json=body).status_code == 204
    with db.read_session() as session:
        row = session.scalars(sa.select(Device)).one()
    assert (row.state, row.state_words, row.last_activity_at) == ("reconnecting", "Check its cable.", START)
    assert agent.post("/station-devices/scanner-1/state", {"state": "on fire"})[0] == 422


@pytest.mark.parametrize("name", ["scanner-9", "%00", "..", "a%2Fb"])
def test_a_device_that_is_not_its_own_is_not_found(agent: Api, db: Database, name: str) -> None:
    body = {"request_id": str(uuid4()), "raw": CODE, "read_at": START.isoformat()}
    assert agent.post(f"/station-devices/{name}/reads", body)[0] in (404, 405)
    db.transact(lambda session: session.execute(sa.update(Device).values(runs_at="server")))
    assert _read(agent)[0] == 404
    assert _records(db) == []


def test_nobody_but_the_agent_of_that_station_may(
    agent: Api, db: Database, client: FlaskClient, api: Callable[[Role], Api]
) -> None:
    assert agent.get("/station-devices?station=kiosk-2")[0] == 403
    for other in (_enrolled(db, client, "screen"), api(Role.admin), api(Role.nurse)):
        assert other.get("/station-devices?station=kiosk-1")[0] == 403
        assert _read(other)[0] == 403
        assert other.post("/station-devices/scanner-1/state", {"state": "open"})[0] == 403
    assert Api(client, "supply_station_nobody").get("/station-devices?station=kiosk-1")[0] == 401
    assert _records(db) == []
