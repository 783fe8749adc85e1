"""/stock: what is on hand."""

from collections.abc import Callable
from typing import Any

import pytest

from tests.web.api.conftest import GTIN, Api
from tests.web.conftest import Clock

Receive = Callable[..., dict[str, Any]]


def test_a_line_has_the_names_of_the_import(nurse: Api, receive: Receive) -> None:
    receive("A1")
    (line,) = nurse.get("/stock")[1]["items"]
    named = {"sku": "GLV-M", "lot": "A1", "expiry": "2027-05-01", "location": "STOREROOM", "owner": "office"}
    assert line.items() >= {**named, "quantity": 100, "usable": 100}.items()


def test_stock_of_an_item_and_of_a_place_with_all_within(manager: Api, nurse: Api, receive: Receive) -> None:
    manager.post("/locations", {"code": "SHELF", "parent": "ROOM-1"})
    receive("A1"), manager.scan("TAPE", "receive", location="SHELF")
    assert [line["sku"] for line in nurse.get("/stock?item=tape")[1]["items"]] == ["TAPE"]
    assert [line["location"] for line in nurse.get("/stock?location=room-1")[1]["items"]] == ["SHELF"]
    assert nurse.get("/stock?item=KIT-1")[1] == {"items": [], "next": None}


def test_the_book_of_a_day_gone_by(nurse: Api, receive: Receive, clock: Clock) -> None:
    receive("A1")
    clock.forward(days=2)
    assert nurse.scan("GLV-M", "use", quantity=30)[0] == 201

    def at(day: str) -> list[int]:
        return [line["quantity"] for line in nurse.get(f"/stock?as_of={day}")[1]["items"]]

    assert (at("2026-11-22"), at("2026-11-23"), at("2026-11-24"), at("2026-11-25")) == ([], [100], [100], [70])


def test_an_expired_lot_is_there_and_not_usable(nurse: Api, receive: Receive, clock: Clock) -> None:
    receive("A1", "261130")
    clock.forward(days=30)
    (line,) = nurse.get("/stock")[1]["items"]
    assert (line["quantity"], line["usable"], line["state"]) == (100, 0, "expired")


@pytest.mark.parametrize("as_of", ["", "&as_of=2026-11-23"])
def test_every_line_is_on_exactly_one_page(nurse: Api, receive: Receive, clock: Clock, as_of: str) -> None:
    """The first lot by number came in last, so that the order of the catalogue is not that of the numbers."""
    receive("LATE", occurred_at="2026-11-23T13:00:00+00:00")
    receive("EARLY", occurred_at="2026-11-20T13:00:00+00:00")
    code = f"(01){GTIN}(17)270501(10)LATE"
    assert nurse.scan(code, "move", quantity=10, to_location="ROOM-1")[0] == 201
    seen, cursor = [], ""
    for _ in range(4):
        page = nurse.get(f"/stock?limit=1{cursor}{as_of}")[1]
        seen += [(line["lot"], line["location"]) for line in page["items"]]
        cursor = f"&cursor={page['next']}"
        if page["next"] is None:
            break
    assert sorted(seen) == [("EARLY", "STOREROOM"), ("LATE", "ROOM-1"), ("LATE", "STOREROOM")]


@pytest.mark.parametrize(
    ("query", "status", "code"),
    [
        ("item=NO-SUCH", 404, "not_found"),
        ("location=NOWHERE", 422, "bad_location"),
        ("as_of=yesterday", 422, "bad_field"),
        ("as_of=2026-02-30", 422, "bad_field"),
        ("as_of=9999-12-31", 422, "bad_field"),
        ("as_of=0001-01-01", 422, "bad_field"),
        ("as_of=20261123", 422, "bad_field"),
        ("item=A%00", 422, "bad_field"),
        ("cursor=MQ", 422, "bad_cursor"),
        ("colour=blue", 422, "bad_field"),
    ],
)
def test_a_wrong_query_is_refused(nurse: Api, query: str, status: int, code: str) -> None:
    got, answer = nurse.get(f"/stock?{query}")
    assert (got, answer["code"]) == (status, code)
