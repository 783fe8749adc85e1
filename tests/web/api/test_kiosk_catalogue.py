"""/kiosk/catalogue: what a kiosk keeps; tagged, without prices or people."""

import json

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from supply.db import Database
from supply.staff import people
from supply.staff.permissions import Role
from supply.stations.enrolments import enrol
from supply.stock.models import Item
from tests.web.api.conftest import Api
from tests.web.conftest import Clock


def test_the_same_content_is_sent_once(nurse: Api) -> None:
    first = nurse.send("GET", "/kiosk/catalogue?station=kiosk-1")
    assert (first.status_code, first.json["location"], first.json["version"]) == (200, "STOREROOM", 1)
    assert first.headers["Cache-Control"] == "no-store"
    nurse.headers["If-None-Match"] = first.headers["ETag"]
    again = nurse.send("GET", "/kiosk/catalogue?location=storeroom")
    assert (again.status_code, again.data, again.headers["ETag"]) == (304, b"", first.headers["ETag"])


def test_it_holds_no_price_and_no_person(nurse: Api, db: Database) -> None:
    def price(session: Session) -> None:
        for item in session.query(Item):
            item.price, item.supplier = 7_654_321, "SECRET-SUPPLIER"

    db.transact(price)
    text = nurse.send("GET", "/kiosk/catalogue?station=kiosk-1").text
    assert "7654321" not in text
    assert "SECRET" not in text
    assert not any(role.value in json.loads(text) or f'"{role.value}"' in text for role in Role)


@pytest.mark.parametrize(
    ("query", "status"),
    [("", 422), ("station=kiosk-1&location=STOREROOM", 422), ("location=NOWHERE", 422), ("station=none", 404)],
)
def test_a_place_must_be_named_and_exist(nurse: Api, query: str, status: int) -> None:
    assert nurse.get(f"/kiosk/catalogue?{query}")[0] == status


def test_nobody_reads_it_without_signing_in(nurse: Api) -> None:
    nurse.headers.clear()
    assert nurse.get("/kiosk/catalogue?station=kiosk-1")[0] == 401


def test_an_enrolled_screen_reads_it_with_nobody_signed_on(nurse: Api, app: Flask, db: Database, clock: Clock) -> None:
    token = db.transact(
        lambda session: enrol(
            session, station_code="kiosk-1", kind="screen", label="", by=people.local_actor(session), now=clock()
        )
    )
    screen = app.test_client()
    screen.set_cookie("supply_station", token)
    answer = screen.get("/api/v1/kiosk/catalogue?station=kiosk-1")
    assert (answer.status_code, answer.text) == (200, nurse.send("GET", "/kiosk/catalogue?station=kiosk-1").text)
    assert screen.get("/api/v1/items").status_code == 401
