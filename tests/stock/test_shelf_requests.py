"""Requests from the shelves: one open of an item and place, whoever asks at the same moment."""

import json
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from uuid import uuid4

import pytest
import sqlalchemy as sa

from supply.audit.models import AuditEntry
from supply.errors import Conflict, Invalid
from supply.stock import counting, shelf_requests
from supply.stock.catalog import find_item
from supply.stock.corrections import Correction, correct_to
from supply.stock.locations import find_place
from supply.stock.models import Lot, ShelfAsking, ShelfRequest
from tests.factories import Office


def ask(office: Office, item_id: int, place_id: int, **changes):
    fields = {"request_id": uuid4(), "kind": "need_more", "person_id": office.local.person_id, "now": office.now}
    return office.db.transact(
        lambda s: shelf_requests.ask(s, item_id=item_id, location_id=place_id, **{**fields, **changes}), idempotent=True
    )


def there(office: Office) -> tuple[int, int]:
    office.item()
    with office.db.read_session() as session:
        return find_item(session, "GLOVE-M").id, find_place(session, "STOREROOM").id


def test_eight_people_who_ask_at_once_open_one_request(either_office: Office) -> None:
    item, place = there(either_office)
    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(lambda _: ask(either_office, item, place), range(8)))
    assert sorted(one.is_new for one in found) == [False] * 7 + [True]
    assert len({one.id for one in found}) == 1
    with either_office.db.read_session() as session:
        assert session.scalar(sa.select(ShelfRequest.times)) == 8
        assert session.scalar(sa.select(sa.func.count()).select_from(ShelfAsking)) == 8


def test_the_same_asking_at_once_asks_once(either_office: Office) -> None:
    item, place = there(either_office)
    key = uuid4()
    with ThreadPoolExecutor(4) as pool:
        found = list(pool.map(lambda _: ask(either_office, item, place, request_id=key), range(4)))
    assert len({one.id for one in found}) == 1
    with either_office.db.read_session() as session:
        assert session.scalar(sa.select(ShelfRequest.times)) == 1


def test_a_shelf_said_to_be_empty_stays_so_and_what_is_no_kind_is_refused(office: Office) -> None:
    item, place = there(office)
    ask(office, item, place, kind="shelf_empty")
    ask(office, item, place, kind="need_more")
    with office.db.read_session() as session:
        (line,) = shelf_requests.shelf_requests(session)
        assert (line.kind, line.times) == ("shelf_empty", 2)
        assert session.execute(shelf_requests.said_empty()).all() == [(item, place)]
    with pytest.raises(Invalid):
        ask(office, item, place, kind="hungry")


def test_a_settled_request_cannot_be_settled_again_and_needs_words(office: Office) -> None:
    item, place = there(office)
    number = ask(office, item, place).id

    def settle(words: str) -> None:
        by = office.local.person_id
        office.db.transact(
            lambda s: shelf_requests.settle(s, request=number, words=words, person_id=by, now=office.now)
        )

    with pytest.raises(Invalid):
        settle("  ")
    settle("Filled.")
    with pytest.raises(Conflict):
        settle("Filled.")


def test_a_shelf_said_to_be_empty_is_counted_next_until_somebody_counted_it(either_office: Office) -> None:
    office = either_office
    item, place = there(office)
    office.receive("A1", quantity=2)
    lot = lot_of(office)
    office.place("BIN-1", "STOREROOM")
    with office.db.read_session() as session:
        inner = find_place(session, "BIN-1").id
    ask(office, item, inner, kind="need_more")
    ask(office, item, place, kind="shelf_empty", now=office.now + timedelta(minutes=1))

    def to_count() -> list[tuple[str, str, int]]:
        with office.db.read_session() as session:
            return [(line.location, line.why, line.book) for line in counting.count_next(session)]

    more = ("BIN-1", "More was asked for at the shelf.", 0)
    book = sum(office.stock().values())
    assert to_count() == [("STOREROOM", "The shelf was said to be empty.", book), more]
    correct(office, lot, 0, later=0)
    assert len(to_count()) == 2  # counted before it was said to be empty: that says nothing about now
    correct(office, lot, 3, later=5)
    assert to_count() == [more]
    ask(office, item, place, kind="shelf_empty", now=office.now + timedelta(minutes=9))
    assert to_count()[0] == ("STOREROOM", "The shelf was said to be empty.", 3)


def test_settling_says_in_the_trail_what_the_book_said_and_whether_it_was_counted(office: Office) -> None:
    item, place = there(office)
    office.receive("A1", quantity=2)
    by = office.local.person_id
    for counted in (False, True):
        number = ask(office, item, place, kind="shelf_empty").id
        if counted:
            correct(office, lot_of(office), 0, later=1)
        office.db.transact(
            lambda s, n=number: shelf_requests.settle(s, request=n, words="Done.", person_id=by, now=office.now)
        )
    with office.db.read_session() as session:
        assert counting.count_next(session) == []
        kept = session.scalars(sa.select(AuditEntry.details).where(AuditEntry.action == "shelf.settle"))
        said = [one if isinstance(one, dict) else json.loads(one) for one in kept]
    assert [one["counted"] for one in said] == [False, True]
    assert said[0]["book"] > 0 == said[1]["book"]


def lot_of(office: Office) -> int:
    with office.db.read_session() as session:
        return int(session.scalars(sa.select(Lot.id)).one())


def correct(office: Office, lot: int, counted: int, *, later: float) -> None:
    when = office.now + timedelta(minutes=later)
    wanted = Correction(uuid4(), lot, "STOREROOM", "counted", office.local, when)
    office.db.transact(lambda s: correct_to(s, wanted, counted))
