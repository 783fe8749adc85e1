"""The interface on PostgreSQL: it keeps to the lengths of its columns, knows no NUL, and truly runs things at once."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any
from uuid import uuid4

import pytest
from flask import Flask

from supply.db import Database
from supply.settings import Settings
from supply.staff import people, tokens
from supply.web.context import EXTENSION, Context
from tests.web.api.conftest import GTIN, Api, fill_catalogue
from tests.web.conftest import START, Clock


@pytest.fixture
def there(built: Flask, postgres_db: Database, settings: Settings) -> Api:
    """Everybody's rights on a PostgreSQL database."""

    def fill(session: Any) -> str:
        local = people.local_actor(session)
        fill_catalogue(session, local)
        return tokens.create_token(session, person_name="local", by=local, now=START)

    token = postgres_db.transact(fill)
    built.extensions[EXTENSION] = Context(postgres_db, settings, Clock(START))
    return Api(built.test_client(), token)


def test_a_day_of_work(there: Api) -> None:
    status, received = there.scan(f"(01){GTIN}(17)270501(10)A1", "receive")
    assert (status, received["on_hand"]) == (201, 100)
    taken = there.scan("GLV-M", "use", department="Lab")[1]
    assert there.post(f"/scans/{taken['request_id']}/undo")[0] == 200
    unknown = there.scan("PRIVATE-7", "use")[1]
    assert there.post(f"/scans/{unknown['request_id']}/resolve", {"item": "GLV-M"})[1]["on_hand"] == 99
    lot = there.get("/lots")[1]["items"][0]["id"]
    body = {"kind": "adjustment", "lot_id": lot, "location": "STOREROOM", "difference": -9}
    assert there.post("/movements", {**body, "reason": "recount", "request_id": str(uuid4())})[0] == 201
    assert there.get("/stock?limit=1")[1]["items"][0]["quantity"] == 90
    assert there.get("/stock?as_of=2026-11-23")[1]["items"][0]["quantity"] == 90
    kinds = [row["kind"] for row in there.get("/movements")[1]["items"]]
    assert kinds == ["receipt", "issue", "reversal", "issue", "adjustment"]
    assert len(there.get("/scans")[1]["items"]) == 4  # the resolved one was carried out as a scan of its own
    assert [item["sku"] for item in there.get("/items?search=glove")[1]["items"]] == ["GLV-M"]


@pytest.mark.parametrize(
    "path",
    [
        *("/items/%00", "/stations/%00/answers", "/jobs/%00/runs", "/suppliers/%00", "/reorder-suggestions/%00"),
        *("/waste/containers/%00", "/waste/pickups/%00", "/waste/manifests/%00", "/waste/manifests/%00.pdf"),
    ],
)
def test_a_nul_in_an_address_is_nothing_there(there: Api, path: str) -> None:
    assert there.get(path)[0] == 404


def test_a_nul_in_a_query_or_body_is_refused(there: Api) -> None:
    for path in ("/items?search=%00", "/stock?location=%00", "/lots?item=%00", "/scans?station=%00"):
        assert there.get(path)[1]["code"] == "bad_field"
    for body in ({"barcode": "A\x00"}, {"barcode": "A", "owner": "\x00"}, {"barcode": "A", "station": "\x00\ud800"}):
        assert there.scan(**body, action="use")[0] in (201, 422)
    assert there.get("/scans")[1]["items"][0]["station"] == "\\u0000\\ud800"


def test_a_code_too_long_to_be_kept_is_refused(there: Api) -> None:
    status, answer = there.post("/items/TAPE/codes", {"barcode": "X" * 600})
    assert status == 422, answer
    assert there.get("/items/TAPE/codes")[1]["items"] == []


def test_the_same_request_many_times_at_once_counts_once(there: Api, built: Flask) -> None:
    assert there.scan(f"(01){GTIN}(17)270501(10)A1", "receive")[0] == 201
    lot = there.get("/lots")[1]["items"][0]["id"]
    scan = {"request_id": str(uuid4()), "barcode": "GLV-M", "action": "use", "quantity": 7}
    correction = {"kind": "adjustment", "lot_id": lot, "location": "STOREROOM", "difference": -3, "reason": "recount"}
    correction["request_id"] = str(uuid4())

    def send(number: int) -> int:
        path, body = [("/scans", scan), ("/movements", correction)][number % 2]
        return built.test_client().post(f"/api/v1{path}", json=body, headers=there.headers).status_code

    with ThreadPoolExecutor(8) as pool:
        assert sorted(pool.map(send, range(16))) == [200] * 14 + [201] * 2
    assert there.get("/stock")[1]["items"][0]["quantity"] == 90


def test_the_same_place_added_by_two_at_once_is_there_once(there: Api, built: Flask) -> None:
    def add(_: int) -> tuple[int, str]:
        answer = built.test_client().post("/api/v1/locations", json={"code": "ROOM-9"}, headers=there.headers)
        return answer.status_code, answer.json["code"]

    with ThreadPoolExecutor(4) as pool:
        answers = sorted(pool.map(add, range(4)))
    assert answers[0] == (201, "ROOM-9")
    assert {status for status, _ in answers[1:]} == {409}
