"""Eight workers race for the last units, with a fifth of the keys sent twice: exact on both databases.

The control reads a balance and writes it back without lock or guard: it must over-issue, or this test proves nothing.
"""

import random
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from uuid import uuid4

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from supply.db import Database
from supply.stock.models import Balance
from tests.factories import GLOVES, Office

WORKERS = 8
UNITS = 200
DEMANDS = 250


def run_in_eight(work: Callable[[Any], Any], jobs: list[Any]) -> list[Any]:
    with ThreadPoolExecutor(WORKERS) as pool:
        return list(pool.map(work, jobs))


@pytest.mark.parametrize("kind", ["sqlite", "postgres"])
def test_the_last_units_are_given_out_exactly(kind: str, request: pytest.FixtureRequest) -> None:
    db: Database = request.getfixturevalue(f"{kind}_db")
    office = Office(db, request.getfixturevalue("now"))
    office.item()
    office.item("SWAB", gtin=None, name="Swabs")
    for lot in range(10):
        office.receive(f"L{lot}", "280101", UNITS // 10)
    bodies = [{"request_id": str(uuid4()), "barcode": GLOVES, "action": "use"} for _ in range(DEMANDS)]
    jobs = bodies + random.Random(7).sample(bodies, DEMANDS // 5)
    random.Random(8).shuffle(jobs)

    answers = run_in_eight(office.send, jobs)

    by_key = {stored.answer["request_id"]: stored.answer for stored in answers}
    assert len(by_key) == DEMANDS
    assert sum(a["outcome"] == "recorded" for a in by_key.values()) == UNITS
    assert sum(a["shortfall"] for a in by_key.values()) == DEMANDS - UNITS
    assert all(stored.answer == by_key[stored.answer["request_id"]] for stored in answers)
    assert office.stock() == {}
    assert sum(m.quantity for m in office.movements() if m.kind.value == "issue") == UNITS
    assert office.faults() == []


@pytest.mark.parametrize("kind", ["sqlite", "postgres"])
def test_control_without_lock_and_guard_over_issues(kind: str, request: pytest.FixtureRequest) -> None:
    """Sabotaged on purpose: read, decide, write back, each worker on its own transaction."""
    db: Database = request.getfixturevalue(f"{kind}_db")
    office = Office(db, request.getfixturevalue("now"))
    office.item()
    office.receive("L0", "280101", 50)
    together = threading.Barrier(WORKERS)

    def naive(n: int) -> int:
        with Session(db.engine) as session:
            held = session.execute(sa.select(Balance.quantity)).scalar_one()
            session.rollback()
        if n < WORKERS:
            together.wait(timeout=10)  # everybody has read before anybody writes
        if held <= 0:
            return 0
        db.transact(lambda s: s.execute(sa.update(Balance).values(quantity=held - 1)))
        return 1

    issued = sum(run_in_eight(naive, list(range(60))))

    with db.read_session() as session:
        left = session.execute(sa.select(Balance.quantity)).scalar_one()
    assert issued > 50 - left, "the control must hand out more than left the shelf"
    assert office.faults() != []


@pytest.mark.parametrize("kind", ["sqlite", "postgres"])
def test_two_people_undo_the_same_scan_once(kind: str, request: pytest.FixtureRequest) -> None:
    from uuid import UUID

    from supply.errors import Conflict
    from supply.stations import settling

    db: Database = request.getfixturevalue(f"{kind}_db")
    office = Office(db, request.getfixturevalue("now"))
    office.item()
    office.receive("L0", "280101", 5)
    key = UUID(office.scan(GLOVES, quantity=2).answer["request_id"])

    def undo(_: int) -> str:
        try:
            db.transact(
                lambda s: settling.undo_scan(s, request_id=key, by=office.local, now=office.now, rules=office.rules)
            )
        except Conflict as refused:
            return refused.code
        return "done"

    assert sorted(run_in_eight(undo, list(range(8)))) == ["already_undone"] * 7 + ["done"]
    assert office.stock() == {"L0": 5}
    assert office.faults() == []
