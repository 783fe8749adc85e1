"""Many hands at one container: it is sealed once, and nothing is ever in it that came after the seal.

The controls look first and write then, without a lock: they must seal twice and add late, or these tests prove nothing.
"""

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from supply.db import Database, table_of
from supply.errors import Conflict
from supply.waste import containers, entries
from supply.waste.container_lines import find_container
from supply.waste.containers import FILLING, UNSEALED, NewContainer
from supply.waste.manifest_lines import is_content_intact
from supply.waste.models import ContainerEntry, ContainerState, EntryKind, WasteContainer
from supply.waste.weights import weight_words
from tests.factories import GLOVES, Office
from tests.waste.rooms import Room

WORKERS = 8


def opened(office: Office) -> str:
    def make(session: Session) -> str:
        new = NewContainer("REDBAG", "STOREROOM")
        number = containers.open_container(session, new=new, by=office.local, now=office.now).number
        entries.add_note(session, number=number, text="first", is_sharps=None, by=office.local, now=office.now)
        return number

    return office.db.transact(make)


def at_once(work, count: int) -> list[str]:  # type: ignore[no-untyped-def]
    with ThreadPoolExecutor(WORKERS) as pool:
        return list(pool.map(work, range(count)))


@pytest.fixture(params=["sqlite", "postgres"])
def office(request: pytest.FixtureRequest) -> Office:
    db: Database = request.getfixturevalue(f"{request.param}_db")
    return Office(db, request.getfixturevalue("now"))


def test_of_eight_who_swap_one_does_and_there_is_one_successor(office: Office) -> None:
    number = opened(office)

    def swap(n: int) -> str:
        try:
            office.db.transact(
                lambda s: containers.swap(
                    s, number=number, weight=str(n + 1), unit="lb", by=office.local, now=office.now
                )
            )
        except Conflict as refused:
            return refused.code
        return "done"

    assert sorted(at_once(swap, WORKERS)) == ["done"] + ["sealed_already"] * (WORKERS - 1)
    with office.db.read_session() as session:
        assert session.scalar(sa.select(sa.func.count()).select_from(WasteContainer)) == 2
    assert office.faults() == []


def test_nothing_gets_in_after_the_seal(office: Office) -> None:
    office.item()
    office.receive("A1", "280101", 100)
    number = opened(office)

    def work(n: int) -> str:
        at = office.now + timedelta(seconds=n)
        if n % 20 == 7:
            try:
                office.db.transact(
                    lambda s: containers.seal(s, number=number, weight="9", unit="lb", by=office.local, now=office.now)
                )
            except Conflict as refused:
                return refused.code
            return "sealed"
        if n % 2:
            return str(office.scan(GLOVES, "discard", container=number, reason="x").status)
        try:
            office.db.transact(
                lambda s: entries.add_note(s, number=number, text=f"note {n}", is_sharps=None, by=office.local, now=at)
            )
        except Conflict as refused:
            return refused.code
        return "noted"

    answers = at_once(work, 60)

    assert answers.count("sealed") == 1
    thrown, noted = answers.count("201"), answers.count("noted")
    assert thrown + noted + answers.count("422") + answers.count("container_sealed") == 57
    with office.db.read_session() as session:
        assert containers.entries_left(session, 1) == thrown + noted + 1
        kept = list(
            session.scalars(sa.text("SELECT action FROM audit_entries WHERE action LIKE 'waste.%' ORDER BY seq"))
        )
    assert kept[-1] == "waste.container_seal", "the seal is the last act on it"
    assert office.stock() == {"A1": 100 - thrown}
    assert office.faults() == []


def test_what_is_signed_is_what_was_weighed(office: Office) -> None:
    """Some weigh again while others sign: either the weight came first and was read, or it is refused."""
    room = Room.of(office)
    room.furnish()
    number = room.sealed()
    pickup = room.pickup(number)
    paper = room.draft(pickup)

    def work(n: int) -> str:
        try:
            if n % 3 == 0:
                room.do(containers.weigh, number=number, weight=str(10 + n), unit="lb")
                return "weighed"
            if n % 3 == 1:
                room.draft(pickup)
                return "drafted"
            room.sign(paper)
        except Conflict as refused:
            return refused.code
        return "signed"

    answers = at_once(work, 48)

    if "signed" not in answers:  # every signer came just after somebody weighed: then once more, in peace
        room.draft(pickup)
        room.sign(paper)
    assert answers.count("signed") <= 1
    assert set(answers) <= {"weighed", "drafted", "signed", "out_of_date", "on_paper", "signed_already"}
    sheet, line = room.sheet(paper), room.line(number)
    assert line.gross_weight_grams is not None
    assert sheet.content.lines[0].containers == (f"{number}, {weight_words(line.gross_weight_grams)}",)
    assert is_content_intact(sheet)
    assert office.faults() == []


def test_control_without_a_lock_it_is_sealed_often_and_filled_after(office: Office) -> None:
    """Sabotaged on purpose: look at the state, then write, each in its own transaction."""
    number = opened(office)
    together = threading.Barrier(WORKERS)

    def naive(n: int) -> str:
        with office.db.read_session() as session:
            state = find_container(session, number).state
        together.wait(timeout=20)  # everybody has looked before anybody writes
        if n % 2 and state in UNSEALED:
            values = {"state": ContainerState.sealed, "gross_weight_grams": n + 1}
            office.db.transact(lambda s: s.execute(sa.update(WasteContainer).values(values)))
            return "sealed"
        if state in FILLING:
            row = {"container_id": 1, "kind": EntryKind.note, "text": "late", "is_sharps": False,
                   "added_at": office.now, "added_by_id": office.local.person_id}  # fmt: skip
            office.db.transact(lambda s: s.execute(sa.insert(table_of(ContainerEntry)).values(row)))
            return "noted"
        return "refused"

    answers = at_once(naive, WORKERS)

    assert answers.count("sealed") > 1, "the control must seal more than once"
    assert answers.count("noted") >= 1
