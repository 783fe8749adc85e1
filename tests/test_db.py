"""One way to write: how a transaction queues, is retried, and what a person hears when it cannot be saved."""

import contextlib
import threading
import time
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from supply import db as db_module
from supply.db import Database, NotSaved, StorageFull, TicketLock, connection_of, savepoint, table_of
from supply.stock.models import Department, Owner
from tests.factories import GLOVES, Office


def test_sqlite_keeps_what_it_said_it_saved(sqlite_db: Database) -> None:
    with sqlite_db.engine.connect() as connection:
        assert connection.exec_driver_sql("PRAGMA synchronous").scalar() == 2
        assert connection.exec_driver_sql("PRAGMA journal_mode").scalar() == "wal"
        assert connection.exec_driver_sql("PRAGMA foreign_keys").scalar() == 1


def test_writers_are_served_in_the_order_they_came() -> None:
    lock, order, ready = TicketLock(), [], []
    with lock:
        for n in range(6):
            arrived = threading.Event()

            def work(n: int = n, arrived: threading.Event = arrived) -> None:
                arrived.set()
                with lock:
                    order.append(n)

            thread = threading.Thread(target=work)
            thread.start()
            arrived.wait()
            while len(lock._waiting) <= n:
                time.sleep(0.001)
            ready.append(thread)
    for thread in ready:
        thread.join()
    assert order == list(range(6))


def test_a_reading_session_refuses_to_write(either_db: Database) -> None:
    with either_db.read_session() as session:
        session.add(Department(code="X", code_key="X"))
        with pytest.raises(RuntimeError, match="transact"):
            session.flush()


def test_what_fails_is_rolled_back_whole(either_db: Database) -> None:
    def act(session: Session) -> None:
        session.add(Department(code="X", code_key="X"))
        session.flush()
        raise ValueError("no")

    with pytest.raises(ValueError, match="no"):
        either_db.transact(act)
    with either_db.read_session() as session:
        assert session.scalars(sa.select(Department.code)).all() == []


def test_a_deadlock_is_tried_again(postgres_db: Database) -> None:
    postgres_db.transact(lambda s: s.add_all([Department(code="A", code_key="A"), Department(code="B", code_key="B")]))
    both, tries = threading.Barrier(2), []

    def swap(first: str, second: str) -> None:
        def act(session: Session) -> None:
            tries.append(first)
            session.execute(sa.update(Department).where(Department.code == first).values(code=first))
            if len(tries) <= 2:
                both.wait(timeout=10)
            session.execute(sa.update(Department).where(Department.code == second).values(code=second))

        postgres_db.transact(act)

    threads = [threading.Thread(target=swap, args=pair) for pair in (("A", "B"), ("B", "A"))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=30)
    assert len(tries) == 3


def test_a_lock_that_never_comes_free_is_said_in_words(postgres_db: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(db_module, "RETRY_SECONDS", 0.5)
    postgres_db.transact(lambda s: s.add(Department(code="A", code_key="A")))
    change = sa.update(Department).values(code="A")
    with postgres_db.engine.connect() as holder:
        holder.execute(change)

        def act(session: Session) -> None:
            session.execute(sa.text("SET LOCAL lock_timeout = '100ms'"))
            session.execute(change)

        with pytest.raises(NotSaved, match="nothing was saved"):
            postgres_db.transact(act)


def test_a_broken_rule_of_the_database_is_never_tried_again(either_db: Database) -> None:
    tries = []

    def act(session: Session) -> None:
        tries.append(1)
        session.add_all([Department(code="A", code_key="A"), Department(code="A", code_key="A")])
        session.flush()

    with pytest.raises(sa.exc.IntegrityError):
        either_db.transact(act)
    assert len(tries) == 1


def test_a_commit_whose_wait_was_cancelled_is_not_called_saved(postgres_db: Database) -> None:
    """PostgreSQL says `01000` when the wait for the standby was cancelled, and reports success all the same."""
    with postgres_db.engine.begin() as connection:
        connection.exec_driver_sql(
            "CREATE FUNCTION warn() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
            "RAISE WARNING 'canceling wait for synchronous replication' USING ERRCODE = '01000'; RETURN NULL; END $$"
        )
        connection.exec_driver_sql(
            "CREATE CONSTRAINT TRIGGER warn AFTER INSERT ON departments DEFERRABLE INITIALLY DEFERRED "
            "FOR EACH ROW EXECUTE FUNCTION warn()"
        )
    with pytest.raises(NotSaved, match="unknown"):
        postgres_db.transact(lambda s: s.add(Department(code="A", code_key="A")))
    postgres_db.transact(lambda s: s.add(Owner(code="fine", name="Fine", kind="office")))


def test_a_full_disk_loses_nothing_and_the_same_scan_is_taken_later(office: Office) -> None:
    office.item()
    office.receive("A1", "280101", 500)
    body: dict[str, Any] = {}

    def limit(pages: int) -> None:
        @sa.event.listens_for(office.db.writer, "begin")
        def _(connection: sa.Connection) -> None:
            connection.exec_driver_sql(f"PRAGMA max_page_count={pages}")

    with office.db.engine.connect() as connection:
        pages = connection.exec_driver_sql("PRAGMA page_count").scalar_one()
    limit(pages + 2)
    taken = 0
    with pytest.raises(StorageFull, match="nothing was saved"):
        while taken < 400:
            body = {"request_id": str(uuid4()), "barcode": GLOVES, "action": "use"}
            office.send(body)
            taken += 1
    assert office.stock() == {"A1": 500 - taken}
    assert office.faults() == []
    limit(100_000)
    assert office.send(body).status == 201
    assert office.stock() == {"A1": 500 - taken - 1}


def test_the_write_ahead_log_is_folded_back_under_the_queue(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(db_module, "CHECKPOINT_BYTES", 50_000)
    office.item()
    office.receive("A1", "280101", 500)
    assert office.db.path is not None
    wal = office.db.path.with_name(office.db.path.name + "-wal")
    sizes = []
    for _ in range(40):
        office.scan(GLOVES)
        sizes.append(wal.stat().st_size)
    assert min(sizes) == 0
    assert max(sizes) < 200_000


def test_moments_without_offset_are_refused(either_db: Database, now: Any) -> None:
    from supply.staff.models import Person

    with pytest.raises(sa.exc.StatementError, match="offset"):
        either_db.transact(lambda s: s.execute(sa.update(Person).values(created_at=now.replace(tzinfo=None))))


def _begin_nested(session: Session) -> Any:
    return session.begin_nested()


@pytest.mark.parametrize(("nested", "left"), [(savepoint, 0), (_begin_nested, 1)], ids=["savepoint", "control"])
def test_what_a_savepoint_takes_back_includes_what_went_past_the_session(
    either_db: Database, nested: Any, left: int
) -> None:
    def act(session: Session) -> int:
        connection = connection_of(session)
        with contextlib.suppress(RuntimeError), nested(session):
            connection.execute(sa.insert(table_of(Department)).values(code="Lab", code_key="lab"))
            raise RuntimeError("refused after it was written")
        return int(session.scalar(sa.select(sa.func.count()).select_from(Department)) or 0)

    assert either_db.transact(act) == left


def test_a_long_log_that_somebody_reads_from_keeps_no_writer_waiting(
    sqlite_db: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(db_module, "CHECKPOINT_BYTES", 1)
    with sqlite_db.read_session() as reading:
        reading.scalar(sa.select(sa.func.count()).select_from(Department))
        began = time.monotonic()
        sqlite_db.transact(lambda session: session.add(Department(code="Lab", code_key="lab")))
        waited = time.monotonic() - began
    assert waited < db_module.BUSY_MS / 2_000
    sqlite_db.transact(lambda session: session.add(Department(code="Ward", code_key="ward")))
    assert sqlite_db.path is not None
    assert Path(f"{sqlite_db.path}-wal").stat().st_size == 0
