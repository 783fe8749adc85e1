"""The print queue: one wish is one job, one worker has it, and nothing that may have come out prints again unasked."""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
import sqlalchemy as sa

from supply.audit.models import AuditEntry
from supply.db import Database
from supply.errors import Conflict, Invalid, NotFound
from supply.labels import print_jobs, print_turns
from supply.labels.content import from_payload
from supply.labels.models import PrintJob, PrintState
from supply.stations.models import Device, Station
from supply.stock.models import Location
from tests.factories import Office
from tests.labels.making import container, each_kind, item, location, lot


@pytest.fixture
def queue(either_office: Office) -> "Queue":
    """The print queue of an office with two printers, on each database."""
    return Queue(either_office)


class Queue:
    """Short words for what happens to labels."""

    def __init__(self, office: Office) -> None:
        self.office, self.db = office, office.db
        self.printer, self.other = self.db.transact(self._printers)

    def _printers(self, session: Any) -> tuple[int, int]:
        place = session.scalars(sa.select(Location.id).where(Location.code == "STOREROOM")).one()
        station = Station(code="receiving", name="Receiving", location_id=place)
        session.add(station)
        session.flush()
        devices = [Device(name=name, station_id=station.id, driver="escpos-network") for name in ("printer-1", "p-2")]
        session.add_all(devices)
        session.flush()
        return devices[0].id, devices[1].id

    def ask(self, request_id: UUID | None = None, **fields: Any) -> PrintJob:
        """A label is wished for."""
        values = {"content": item(), "copies": 1, "device_id": self.printer, "subject": "item 42"} | fields
        person = self.office.local.person_id
        return self.db.transact(
            lambda s: print_jobs.queue(
                s, request_id=request_id or uuid4(), actor_id=person, now=self.office.now, **values
            )
        )

    def take(self, **fields: Any) -> PrintJob | None:
        """The worker takes the next one."""
        where = fields or {"device_id": self.printer}
        return self.db.transact(lambda s: print_jobs.take_next(s, now=self.office.now, **where))

    def lease(self, lease: UUID, device_id: int | None = None) -> PrintJob | None:
        """An agent asks for the next one."""
        at = device_id or self.printer
        return self.db.transact(
            lambda s: print_turns.lease_next(s, device_id=at, lease=lease, now=self.office.now), idempotent=True
        )

    def worker(self, act: Callable[..., PrintJob], job: PrintJob, **fields: Any) -> PrintJob:
        """The worker says what became of it."""
        return self.db.transact(lambda s: act(s, job_id=job.id, now=self.office.now, **fields))

    def person(self, act: Callable[..., PrintJob], job: PrintJob, **fields: Any) -> PrintJob:
        """A person does something about it."""
        return self.worker(act, job, actor_id=self.office.local.person_id, **fields)

    def audit(self) -> list[str]:
        """The acts on print jobs, in order."""
        with self.db.read_session() as session:
            return [
                entry.action
                for entry in session.scalars(sa.select(AuditEntry).order_by(AuditEntry.seq))
                if entry.action.startswith("print_job.")
            ]


def test_a_label_waits_is_taken_and_printed(queue: Queue) -> None:
    asked = queue.ask(content=lot(), copies=2, subject="lot 7")
    assert (asked.state, asked.copies_left, asked.queued_at) == (PrintState.queued, 2, queue.office.now)
    taken = queue.take()
    assert taken is not None
    assert (taken.id, taken.state, taken.tries, taken.sent_at) == (
        *(asked.id, PrintState.sending, 1),
        queue.office.now,
    )
    done = queue.worker(print_jobs.printed, taken)
    assert (done.state, done.copies_printed, done.finished_at) == (PrintState.printed, 2, queue.office.now)
    assert queue.take() is None
    assert queue.audit() == ["print_job.queued", "print_job.printed"]
    assert queue.office.faults() == []


def test_the_same_request_is_the_same_job(queue: Queue) -> None:
    key = uuid4()
    assert queue.ask(key).id == queue.ask(key).id
    assert queue.audit() == ["print_job.queued"]
    job = queue.take()
    queue.worker(print_jobs.printed, job)
    assert queue.ask(key).state == PrintState.printed
    assert queue.take() is None


@pytest.mark.parametrize("other", [{"copies": 2}, {"content": item("Other")}, {"subject": "item 1"}])
def test_the_same_request_for_another_label_is_refused(queue: Queue, other: dict[str, Any]) -> None:
    key = uuid4()
    queue.ask(key)
    with pytest.raises(Conflict) as refused:
        queue.ask(key, **other)
    assert refused.value.code == "key_reused"


def test_what_is_stored_is_the_label_word_for_word(queue: Queue) -> None:
    for content in (*each_kind("Kanüle µ × ®"), location(), container(phrases=())):
        job = queue.ask(content=content)
        with queue.db.read_session() as session:
            assert from_payload(session.get_one(PrintJob, job.id).payload) == content


@pytest.mark.parametrize("payload", [{}, {"template": "poster"}, {"template": "item"}, {"template": "item", "x": 1}])
def test_a_stored_label_that_is_none_is_refused(payload: dict[str, Any]) -> None:
    with pytest.raises(Invalid, match="cannot be read"):
        from_payload(payload)


@pytest.mark.parametrize("copies", [0, -1, 201, True, 1.5, "2"])
def test_copies_are_one_to_two_hundred(queue: Queue, copies: Any) -> None:
    with pytest.raises(Invalid, match="Print 1 to 200 copies"):
        queue.ask(copies=copies)


def test_a_printer_must_be_named(queue: Queue) -> None:
    with pytest.raises(Invalid, match="at which printer"):
        queue.ask(device_id=None)


@pytest.mark.parametrize("address", ["printer", "a b:9100", "host:0", "host:70000", "host:9100/x", ":9100", "h:٣"])
def test_an_address_is_host_and_port(queue: Queue, address: str) -> None:
    with pytest.raises(Invalid, match="HOST:PORT"):
        queue.ask(device_id=None, address=address, paper_name="57x32")


def test_a_printer_that_is_not_set_up_is_reached_by_its_address(queue: Queue) -> None:
    asked = queue.ask(device_id=None, address="192.168.1.50:9100", paper_name="62x29@300")
    with queue.db.read_session() as session:
        assert print_jobs.addresses_waiting(session) == ["192.168.1.50:9100"]
    assert queue.take() is None
    taken = queue.take(address="192.168.1.50:9100")
    assert taken is not None
    assert (taken.id, taken.paper) == (asked.id, "62x29@300")
    with pytest.raises(Invalid, match="no label size"):
        queue.ask(device_id=None, address="192.168.1.50:9100", paper_name="a4")


def test_a_queue_that_grows_without_end_is_refused(queue: Queue, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(print_jobs, "MOST_WAITING", 3)
    key = uuid4()
    for _ in range(2):
        queue.ask()
    queue.ask(key)
    with pytest.raises(Conflict) as refused:
        queue.ask()
    assert refused.value.code == "queue_full"
    assert queue.ask(key).state == PrintState.queued
    queue.ask(device_id=queue.other)


def test_labels_come_out_in_the_order_in_which_they_were_asked_for(queue: Queue) -> None:
    first, second = queue.ask(), queue.ask()
    other = queue.ask(device_id=queue.other)
    taken = queue.take()
    queue.worker(print_jobs.again, taken, words="Nobody answers.")
    assert queue.take() is None
    queue.office.later(seconds=5)
    for wanted in (first, second):
        taken = queue.take()
        assert taken.id == wanted.id
        queue.worker(print_jobs.printed, taken)
    assert queue.take(device_id=queue.other).id == other.id


def test_a_printer_that_does_not_answer_is_tried_a_few_times_ever_more_rarely(queue: Queue) -> None:
    queue.ask()
    waits = []
    while (taken := queue.take()) is not None:
        after = queue.worker(print_jobs.again, taken, words="Nobody answers.")
        if after.state == PrintState.queued:
            waits.append((after.next_try_at - queue.office.now).total_seconds())
            queue.office.now = after.next_try_at
    assert waits == [5, 15, 60, 300, 900]
    assert (after.state, after.tries) == (PrintState.attention, print_jobs.MOST_TRIES)
    assert after.state_words == "Nobody answers. Tried 6 times."
    queue.office.later(days=1)
    assert queue.take() is None


def test_a_worker_may_say_itself_when_it_tries_again(queue: Queue) -> None:
    queue.ask()
    at = queue.office.now + timedelta(minutes=2)
    assert queue.worker(print_jobs.again, queue.take(), words="Busy.", next_try_at=at).next_try_at == at


def test_a_label_without_paper_waits_for_a_person_who_tries_again(queue: Queue) -> None:
    queue.ask()
    job = queue.worker(print_jobs.attention, queue.take(), words="The paper is out.")
    assert (job.state, job.state_words) == (PrintState.attention, "The paper is out.")
    assert queue.take() is None
    again = queue.person(print_jobs.retry, job)
    assert (again.state, again.tries, again.state_words) == (PrintState.queued, 0, "")
    queue.worker(print_jobs.printed, queue.take())
    assert queue.audit() == [f"print_job.{act}" for act in ("queued", "attention", "retried", "printed")]


def test_a_label_that_may_have_come_out_never_prints_again_by_itself(queue: Queue) -> None:
    queue.ask()
    job = queue.worker(print_jobs.unknown, queue.take(), words="The line broke. Did it come out?")
    queue.office.later(days=30)
    assert queue.take() is None
    done = queue.person(print_jobs.say_printed, job, was_printed=True)
    assert (done.state, done.copies_printed, done.finished_at) == (PrintState.printed, 1, queue.office.now)
    assert queue.take() is None


def test_a_label_that_a_person_did_not_find_prints_again(queue: Queue) -> None:
    queue.ask()
    job = queue.worker(print_jobs.unknown, queue.take(), words="Did it come out?")
    queue.person(print_jobs.say_printed, job, was_printed=False)
    assert queue.take().id == job.id


def test_of_five_copies_broken_off_after_two_only_three_are_printed_when_a_person_says_so(queue: Queue) -> None:
    queue.ask(copies=5)
    taken = queue.take()
    for _ in range(2):
        queue.db.transact(lambda s: print_jobs.count_copy(s, job_id=taken.id))
    job = queue.worker(print_jobs.unknown, taken, words="The line broke.")
    assert (job.state, job.copies_printed) == (PrintState.unknown, 2)
    assert job.state_words == "2 of 5 came out for certain. The line broke."
    queue.person(print_jobs.say_printed, job, was_printed=False)
    assert queue.take().copies_left == 3


def test_no_more_copies_are_counted_than_were_asked_for(queue: Queue) -> None:
    queue.ask()
    taken = queue.take()
    queue.db.transact(lambda s: print_jobs.count_copy(s, job_id=taken.id))
    with pytest.raises(Conflict):
        queue.db.transact(lambda s: print_jobs.count_copy(s, job_id=taken.id))


def test_a_worker_that_ended_in_the_middle_leaves_a_question_and_agents_keep_theirs(queue: Queue) -> None:
    for device_id in (queue.printer, queue.other, queue.printer):
        queue.ask(device_id=device_id)
    begun = queue.take()
    queue.lease(uuid4(), device_id=queue.other)
    assert queue.db.transact(lambda s: print_turns.left_sending_here(s, now=queue.office.now), idempotent=True) == 1
    with queue.db.read_session() as session:
        assert print_jobs.find_job(session, begun.id).state_words.endswith("Did it come out?")
        assert print_jobs.open_counts(session) == {
            PrintState.queued: 1,
            PrintState.sending: 1,
            PrintState.unknown: 1,
            PrintState.attention: 0,
        }


@pytest.mark.parametrize("looks", [True, False], ids=["our lease", "control: without looking for the lease"])
def test_agents_that_ask_at_once_and_twice_get_one_label_for_each_lease(
    queue: Queue, monkeypatch: pytest.MonkeyPatch, looks: bool
) -> None:
    for _ in range(8):
        queue.ask()
    if not looks:
        monkeypatch.setattr(print_turns, "lease_next", _anew)
    leases = [uuid4() for _ in range(4)] * 2
    with ThreadPoolExecutor(8) as threads:
        jobs = [job for job in threads.map(queue.lease, leases) if job is not None]
    # Whoever asks in the very moment in which another was given a label may hear of none, and asks again.
    jobs += [job for job in map(queue.lease, leases) if job is not None]
    taken = {job.id for job in jobs}
    assert len(taken) == (4 if looks else 8)
    if looks:
        assert {(job.id, job.lease) for job in jobs} == {(job.id, job.lease) for job in jobs[-4:]}


def _anew(session: Any, *, device_id: int, lease: UUID, now: datetime) -> PrintJob | None:
    """The sabotage: every request takes the next label."""
    return print_jobs.take_next(session, device_id=device_id, now=now)


@pytest.mark.parametrize("state", ["queued", "attention", "unknown"])
def test_a_wish_can_be_given_up(queue: Queue, state: str) -> None:
    job = queue.ask()
    if state != "queued":
        job = queue.worker(getattr(print_jobs, state), queue.take(), words="No paper.")
    gone = queue.person(print_jobs.cancel, job)
    assert (gone.state, gone.finished_at, gone.next_try_at) == (PrintState.cancelled, queue.office.now, None)
    assert queue.take() is None


def test_what_is_being_printed_or_done_is_not_changed(queue: Queue) -> None:
    queue.ask()
    taken = queue.take()
    for act in (print_jobs.cancel, print_jobs.retry):
        with pytest.raises(Conflict, match="being printed"):
            queue.person(act, taken)
    queue.worker(print_jobs.printed, taken)
    for act in (print_jobs.cancel, print_jobs.retry):
        with pytest.raises(Conflict, match="This label is printed; look again"):
            queue.person(act, taken)
    for act, fields in (
        (print_jobs.printed, {}),
        (print_jobs.unknown, {"words": "x"}),
        (print_jobs.again, {"words": ""}),
    ):
        with pytest.raises(Conflict):
            queue.worker(act, taken, **fields)
    with pytest.raises(Conflict):
        queue.person(print_jobs.say_printed, taken, was_printed=False)


def test_a_job_that_is_not_there_is_not_found(queue: Queue) -> None:
    job = queue.ask()
    job.id += 1
    for act in (print_jobs.cancel, print_jobs.retry):
        with pytest.raises(NotFound, match="no print job"):
            queue.person(act, job)


def test_a_reprint_is_the_stored_label_at_the_same_printer(queue: Queue) -> None:
    job = queue.ask(content=lot("As it was called then"), copies=3)
    queue.worker(print_jobs.printed, queue.take())
    key = uuid4()
    again = queue.person(print_jobs.reprint, job, request_id=key)
    assert queue.person(print_jobs.reprint, job, request_id=key).id == again.id
    assert (again.payload, again.copies, again.device_id, again.reprint_of_id) == (
        *(job.payload, 1, queue.printer),
        job.id,
    )
    elsewhere = queue.person(print_jobs.reprint, job, request_id=uuid4(), device_id=queue.other, copies=2)
    assert (elsewhere.device_id, elsewhere.copies) == (queue.other, 2)


def test_lists_are_latest_first_in_pages_by_state_printer_and_subject(queue: Queue) -> None:
    jobs = [queue.ask(subject=f"item {n % 2}", device_id=(queue.printer, queue.other)[n % 2]) for n in range(6)]
    queue.worker(print_jobs.printed, queue.take())

    def listed(**fields: Any) -> list[int]:
        with queue.db.read_session() as session:
            return [job.id for job in print_jobs.job_lines(session, **fields)]

    ids = [job.id for job in jobs]
    assert listed() == ids[::-1]
    assert listed(limit=2, before_id=ids[3]) == [ids[2], ids[1]]
    assert listed(states=[PrintState.printed]) == [ids[0]]
    assert listed(states=print_jobs.OPEN_STATES) == ids[:0:-1]
    assert listed(device_id=queue.other) == ids[5::-2]
    assert listed(subject="item 0") == ids[4::-2]


def test_two_workers_never_take_the_same_job(queue: Queue) -> None:
    wanted = [queue.ask().id for _ in range(12)]
    taken: list[int] = []
    start = threading.Barrier(4)

    def work() -> None:
        start.wait()
        for _ in range(12):
            job = queue.take()
            if job is not None:
                taken.append(job.id)

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(taken) == wanted


def test_one_wish_sent_many_times_at_once_is_one_job(queue: Queue) -> None:
    key, made, start = uuid4(), [], threading.Barrier(6)

    def ask() -> None:
        start.wait()
        made.append(queue.ask(key).id)

    threads = [threading.Thread(target=ask) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(made) == 6
    assert len(set(made)) == 1
    assert queue.audit() == ["print_job.queued"]


def test_old_labels_do_not_slow_the_next_one(sqlite_db: Database, now: datetime) -> None:
    """Each question asked again and again is answered from an index that holds open jobs alone."""
    queue, asked = Queue(Office(sqlite_db, now)), []
    queue.ask()

    def listen(_connection: Any, _cursor: Any, statement: str, values: Any, *_: Any) -> None:
        if statement.startswith("SELECT") and "FROM print_jobs" in statement:
            asked.append((statement, values))

    sa.event.listen(sa.Engine, "before_cursor_execute", listen)
    try:
        queue.take()
        with sqlite_db.read_session() as session:
            print_jobs.open_counts(session)
            print_jobs.job_lines(session, states=print_jobs.OPEN_STATES)
            print_jobs.job_lines(session, subject="item 42")
    finally:
        sa.event.remove(sa.Engine, "before_cursor_execute", listen)
    assert len(asked) >= 4
    with sqlite_db.engine.connect() as connection:
        for statement, values in asked:
            plan = connection.connection.cursor().execute("EXPLAIN QUERY PLAN " + statement, values).fetchall()
            steps = " ".join(row[3] for row in plan)
            assert "INDEX ix_print_jobs" in steps or "PRIMARY KEY" in steps, (statement, steps)


def test_a_label_of_many_words_is_stored_whole(queue: Queue) -> None:
    content = replace(lot(), name="Influenza vaccine " * 11)
    assert from_payload(queue.ask(content=content).payload) == content
