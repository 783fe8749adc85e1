"""POST /scans: what works, and what comes of the same request twice."""

import sqlite3
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from typing import Any
from uuid import uuid4

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from supply.db import Database
from supply.staff.permissions import Role
from supply.stations.models import ScanRecord
from tests.web.api.conftest import GTIN, Api, days_ago
from tests.web.conftest import Clock

Receive = Callable[..., dict[str, Any]]


def stored(db: Database) -> int:
    with db.read_session() as session:
        return session.scalar(sa.select(sa.func.count()).select_from(ScanRecord)) or 0


def test_a_receipt_is_recorded_with_its_lot(manager: Api) -> None:
    status, answer = manager.scan(f"\x1d01{GTIN}17270501\x1d10A1".removeprefix("\x1d"), "receive", quantity=2)
    assert (status, answer["outcome"], answer["on_hand"], answer["shortfall"]) == (201, "recorded", 200, 0)
    assert answer["item"]["sku"] == "GLV-M"
    (row,) = answer["movements"]
    assert (row["kind"], row["lot"], row["lot_known"], row["expiry"]) == ("receipt", "A1", "read", "2027-05-01")
    assert (row["from"], row["to"], row["quantity"]) == ("SUPPLIER", "STOREROOM", 200)
    assert answer["can_undo_until"].startswith("2026-11-23T14:10")


def test_a_nurse_takes_the_oldest_lot_by_the_typed_sku(nurse: Api, receive: Receive) -> None:
    receive("OLD"), receive("NEW", "280101")
    status, answer = nurse.scan("GLV-M", "use", quantity=3, station="kiosk-1")
    assert status == 201
    assert [(row["lot"], row["lot_known"], row["quantity"]) for row in answer["movements"]] == [("OLD", "assumed", 3)]
    assert "lot_assumed" in [warning["code"] for warning in answer["warnings"]]


def test_a_scanned_lot_that_is_not_the_oldest_warns(nurse: Api, receive: Receive, clock: Clock) -> None:
    receive("OLD")
    clock.forward(days=1)
    receive("NEW", "280101")
    answer = nurse.scan(f"(01){GTIN}(17)280101(10)NEW", "use")[1]
    (warning,) = [each for each in answer["warnings"] if each["code"] == "older_lot_available"]
    assert (warning["lot"], warning["location"]) == ("OLD", "STOREROOM")


def test_less_on_the_book_than_taken_is_a_discrepancy(nurse: Api, receive: Receive) -> None:
    receive("A1")
    status, answer = nurse.scan("GLV-M", "use", quantity=130)
    assert (status, answer["outcome"], answer["shortfall"], answer["on_hand"]) == (201, "discrepancy", 30, 0)


def test_an_unknown_code_is_kept_unresolved(nurse: Api) -> None:
    status, answer = nurse.scan("NOBODY-KNOWS-THIS", "use")
    assert (status, answer["outcome"], answer["item"], answer["movements"]) == (201, "unresolved", None, [])


def test_a_look_up_moves_nothing(nurse: Api, receive: Receive) -> None:
    receive("A1")
    status, answer = nurse.scan("GLV-M", "lookup")
    assert (status, answer["outcome"], answer["on_hand"], answer["movements"]) == (201, "found", 100, [])


def test_moving_putting_back_and_throwing_out(nurse: Api, receive: Receive) -> None:
    receive("A1")
    code = f"(01){GTIN}(17)270501(10)A1"
    moved = nurse.scan(code, "move", quantity=10, to_location="ROOM-1")[1]
    assert (moved["movements"][0]["to"], moved["on_hand"]) == ("ROOM-1", 90)
    taken = nurse.scan(code, "use", location="ROOM-1")[1]
    assert taken["on_hand"] == 9
    back = nurse.scan(code, "return", location="ROOM-1")[1]
    assert (back["movements"][0]["kind"], back["on_hand"]) == ("put_back", 10)
    out = nurse.scan(code, "discard", location="ROOM-1", reason="dropped")[1]
    assert (out["movements"][0]["kind"], out["movements"][0]["to"], out["on_hand"]) == ("disposal", "WASTE", 9)


def test_the_same_request_twice_counts_once(nurse: Api, receive: Receive, db: Database) -> None:
    receive("A1")
    body = {"request_id": str(uuid4()), "barcode": "GLV-M", "action": "use", "quantity": 5}
    first, again = nurse.send("POST", "/scans", json=body), nurse.send("POST", "/scans", json=body)
    assert (first.status_code, again.status_code) == (201, 200)
    assert first.data == again.data
    assert nurse.get("/stock?item=GLV-M")[1]["items"][0]["quantity"] == 95
    assert stored(db) == 2


def test_a_refusal_stays_a_refusal_even_when_its_reason_is_gone(nurse: Api, manager: Api) -> None:
    body = {"request_id": str(uuid4()), "barcode": "GLV-M", "action": "use", "location": "ROOM-9"}
    first = nurse.send("POST", "/scans", json=body)
    assert (first.status_code, first.json["code"]) == (422, "bad_location")
    assert manager.post("/locations", {"code": "ROOM-9"})[0] == 201
    again = nurse.send("POST", "/scans", json=body)
    assert (again.status_code, again.data) == (422, first.data)
    assert again.mimetype == first.mimetype == "application/problem+json"


def test_a_key_used_for_another_body_is_refused(nurse: Api, receive: Receive) -> None:
    receive("A1")
    body = {"request_id": str(uuid4()), "barcode": "GLV-M", "action": "use"}
    assert nurse.post("/scans", body)[0] == 201
    status, answer = nurse.post("/scans", {**body, "quantity": 1})
    assert (status, answer["code"]) == (409, "key_reused")


def test_a_key_used_by_another_person_is_refused(nurse: Api, manager: Api, receive: Receive) -> None:
    receive("A1")
    body = {"request_id": str(uuid4()), "barcode": "GLV-M", "action": "use"}
    assert nurse.post("/scans", body)[0] == 201
    assert manager.post("/scans", body)[1]["code"] == "key_reused"


def test_the_order_of_the_fields_does_not_make_another_body(nurse: Api, receive: Receive) -> None:
    receive("A1")
    body = {"request_id": str(uuid4()), "barcode": "GLV-M", "action": "use"}
    assert nurse.post("/scans", body)[0] == 201
    assert nurse.post("/scans", dict(reversed(body.items())))[0] == 200


def test_an_offline_scan_belongs_to_the_person_it_claims(manager: Api, nurse: Api, receive: Receive) -> None:
    receive("A1")
    assert manager.scan("GLV-M", "use", claimed_by="nurse", occurred_at=days_ago(0.1))[0] == 201
    (line,) = nurse.get("/scans?mine=1")[1]["items"]
    assert line["actor"] == "nurse"


def test_a_used_lot_that_must_not_be_used_is_recorded_as_an_exception(
    nurse: Api, manager: Api, receive: Receive, clock: Clock
) -> None:
    receive("A1", "261130")
    clock.forward(days=20)
    code = f"(01){GTIN}(17)261130(10)A1"
    assert nurse.scan(code, "use")[1]["code"] == "expired_lot"
    status, answer = nurse.scan(code, "use", reason="already_used")
    assert (status, answer["outcome"]) == (201, "recorded")
    (line,) = manager.get("/scans?state=exception")[1]["items"]
    assert line["request_id"] == answer["request_id"]


@pytest.mark.parametrize(
    "sent",
    [
        b"",
        b"not json",
        b"[]",
        b'"text"',
        b"null",
        b'{"request_id": NaN}',
        b"\xff\xfe{}",
        b"\xef\xbb\xbf{}",
        b'{"barcode": "GLV-M", "action": "use"}',
        b'{"request_id": "not-a-uuid", "barcode": "GLV-M", "action": "use"}',
        b'{"request_id": 5, "barcode": "GLV-M", "action": "use"}',
        b'{"request_id": ["\\ud800"]}',
        b'{"a":' * 100_000 + b"1" + b"}" * 100_000,
        b'{"a":' * 200 + b"1" + b"}" * 200,
    ],
)
def test_what_is_no_request_is_not_stored(nurse: Api, db: Database, sent: bytes) -> None:
    answer = nurse.send("POST", "/scans", data=sent, content_type="application/json")
    assert (answer.status_code, answer.mimetype) == (400, "application/problem+json")
    assert set(answer.json) >= {"type", "title", "status", "detail", "code"}
    assert stored(db) == 0


def test_what_is_not_declared_as_json_is_not_stored(nurse: Api, db: Database) -> None:
    body = f'{{"request_id": "{uuid4()}", "barcode": "GLV-M", "action": "use"}}'
    assert nurse.send("POST", "/scans", data=body, content_type="text/plain").status_code == 400
    assert stored(db) == 0


def test_nobody_scans_without_signing_in(client: FlaskClient, db: Database) -> None:
    body = {"request_id": str(uuid4()), "barcode": "GLV-M", "action": "use"}
    answer = client.post("/api/v1/scans", json=body)
    assert (answer.status_code, answer.json["code"]) == (401, "not_signed_in")
    wrong = client.post("/api/v1/scans", json=body, headers={"Authorization": "Bearer nonsense"})
    assert (wrong.status_code, stored(db)) == (401, 0)


def test_a_browser_session_scans_with_its_csrf_token_only(
    client: FlaskClient, sign_in: Callable[..., str], receive: Receive
) -> None:
    receive("A1")
    token = sign_in(Role.nurse)
    body = {"request_id": str(uuid4()), "barcode": "GLV-M", "action": "use"}
    assert client.post("/api/v1/scans", json=body).status_code == 403
    assert client.post("/api/v1/scans", json=body, headers={"X-CSRF-Token": token}).status_code == 201


def test_the_session_stays_whole_after_a_refusal(nurse: Api, receive: Receive) -> None:
    receive("A1")
    assert nurse.scan("GLV-M", "use", quantity=0)[0] == 422
    assert nurse.scan("GLV-M", "use")[0] == 201


def test_a_full_disk_is_said_and_nothing_is_stored(nurse: Api, db: Database, app: Flask) -> None:
    """SQLite is told that the database may not grow any more: the wire-level stand-in for a full disk."""
    with db.engine.connect() as connection:
        raw: Any = connection.connection.dbapi_connection
        pages = raw.execute("PRAGMA page_count").fetchone()[0]
    limited = sa.event.listens_for(db.writer, "begin")
    limited(lambda connection: connection.exec_driver_sql(f"PRAGMA max_page_count={pages}"))
    answers = [nurse.send("POST", "/scans", json=large_scan()) for _ in range(40)]
    full = next(answer for answer in answers if answer.status_code != 201)
    assert (full.status_code, full.json["code"]) == (507, "storage_full")
    assert int(full.headers["Retry-After"]) > 0
    assert stored(db) == sum(answer.status_code == 201 for answer in answers)


def large_scan() -> dict[str, Any]:
    return {"request_id": str(uuid4()), "barcode": "X" * 500, "action": "use", "reason": "y" * 300}


def test_a_busy_database_is_said_and_the_same_request_works_later(
    nurse: Api, receive: Receive, db: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Another program holds the write lock of the file for longer than the office waits."""
    receive("A1")
    monkeypatch.setattr("supply.db.RETRY_SECONDS", 0.2)
    db.writer.dispose()
    sa.event.listen(db.writer, "connect", lambda raw, _: raw.execute("PRAGMA busy_timeout=20").close())
    body = {"request_id": str(uuid4()), "barcode": "GLV-M", "action": "use"}
    assert db.path is not None
    with closing(sqlite3.connect(db.path, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        refused = nurse.send("POST", "/scans", json=body)
        assert (refused.status_code, refused.json["code"]) == (503, "not_saved")
        assert (refused.mimetype, refused.headers["Retry-After"]) == ("application/problem+json", "2")
        other.execute("ROLLBACK")
    assert nurse.post("/scans", body)[0] == 201


def test_the_same_request_many_times_at_once_counts_once(app: Flask, nurse: Api, receive: Receive) -> None:
    receive("A1")
    body = {"request_id": str(uuid4()), "barcode": "GLV-M", "action": "use", "quantity": 7}

    def send(_: int) -> tuple[int, bytes]:
        answer = app.test_client().post("/api/v1/scans", json=body, headers=nurse.headers)
        return answer.status_code, answer.data

    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(send, range(16)))
    assert sorted(status for status, _ in answers) == [200] * 15 + [201]
    assert len({data for _, data in answers}) == 1
    assert nurse.get("/stock")[1]["items"][0]["quantity"] == 93


def test_many_people_at_once_never_take_more_than_there_is(app: Flask, nurse: Api, receive: Receive) -> None:
    receive("A1")

    def send(_: int) -> dict[str, Any]:
        body = {"request_id": str(uuid4()), "barcode": "GLV-M", "action": "use", "quantity": 15}
        return app.test_client().post("/api/v1/scans", json=body, headers=nurse.headers).json

    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(send, range(10)))
    taken = sum(row["quantity"] for answer in answers for row in answer["movements"])
    assert (taken, sum(answer["shortfall"] for answer in answers)) == (100, 50)
    assert nurse.get("/stock")[1]["items"] == []
