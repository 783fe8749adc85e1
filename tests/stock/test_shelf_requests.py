"""Requests from the shelves: one open of an item and place, whoever asks at the same moment."""

from concurrent.futures import ThreadPoolExecutor
from uuid import uuid4

import pytest
import sqlalchemy as sa

from supply.errors import Conflict, Invalid
from supply.stock import shelf_requests
from supply.stock.catalog import find_item
from supply.stock.locations import find_place
from supply.stock.models import ShelfAsking, ShelfRequest
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
