"""Each run is recorded: done, failed with its sentence, lost with its process; never two at once, whoever asks."""

import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path

import pytest
import sqlalchemy as sa

from supply.db import Database
from supply.errors import Conflict, Invalid, NotFound
from supply.jobs import runs
from supply.jobs.lock import JobLock
from supply.jobs.model import Found, Job, JobContext
from supply.jobs.models import JobName, JobRun, Trigger
from supply.jobs.runner import recover, run_by_hand, run_due, run_requested
from supply.jobs.watching import watch
from supply.stations import work_requests
from supply.stations.models import WorkRequest
from tests.factories import Office
from tests.jobs.timetables import Diary, all_runs, settings_in

NOON = datetime(2026, 11, 23, 17, 0, tzinfo=UTC)


def failing(error: Exception) -> Job:
    def fail(context: JobContext) -> str:
        raise error

    return Job(JobName.verify, fail)


def test_a_job_that_fails_is_recorded_with_its_sentence_and_stops_no_other(db: Database, tmp_path: Path) -> None:
    diary = Diary()
    jobs = (failing(Invalid("The shelf is gone.", shelf="A1")), diary.job(JobName.backup))
    first, second = run_due(db, settings_in(tmp_path), now=NOON, jobs=jobs)
    assert (first.outcome, first.summary) == ("failed", "The shelf is gone.")
    assert '"shelf": "A1"' in first.detail
    assert (second.outcome, second.summary) == ("done", "written down")
    assert diary.count(JobName.backup) == 1


def test_a_fault_of_the_program_is_recorded_too(db: Database, tmp_path: Path) -> None:
    (run,) = run_due(db, settings_in(tmp_path), now=NOON, jobs=(failing(ZeroDivisionError("by zero")),))
    assert run.outcome == "failed"
    assert "ZeroDivisionError: by zero" in run.summary


def test_a_failed_job_is_tried_again_three_times_that_day_and_then_waits_for_the_next(
    db: Database, tmp_path: Path
) -> None:
    jobs = (failing(Invalid("No.")),)
    settings = settings_in(tmp_path)
    tried = [len(run_due(db, settings, now=NOON + timedelta(minutes=n), jobs=jobs)) for n in range(120)]
    assert [n for n, count in enumerate(tried) if count] == [0, 11, 22]  # each is a little over ten minutes later
    (run,) = all_runs(db)
    assert (run.tries, run.outcome, run.retry_at) == (3, "failed", None)
    assert [one["words"] for one in runs.earlier_tries(run)] == ["No.", "No."]
    assert len(run_due(db, settings, now=NOON + timedelta(days=1), jobs=jobs)) == 1


def test_a_retry_that_goes_well_ends_it(db: Database, tmp_path: Path) -> None:
    settings, diary = settings_in(tmp_path), Diary()
    run_due(db, settings, now=NOON, jobs=(failing(Invalid("No.")),))
    for minutes in (11, 22, 33):
        run_due(db, settings, now=NOON + timedelta(minutes=minutes), jobs=(diary.job(JobName.verify),))
    (run,) = all_runs(db)
    assert (run.outcome, run.tries, diary.count(JobName.verify)) == ("done", 2, 1)


def test_a_job_that_found_something_wrong_is_not_tried_again(db: Database, tmp_path: Path) -> None:
    settings, jobs = settings_in(tmp_path), (failing(Found("Two faults.")),)
    tried = [len(run_due(db, settings, now=NOON + timedelta(minutes=n), jobs=jobs)) for n in range(0, 60, 5)]
    assert sum(tried) == 1


def test_the_watch_forgets_its_own_runs_of_last_week_and_nothing_else(db: Database, tmp_path: Path) -> None:
    settings, diary = settings_in(tmp_path), Diary()
    jobs = (diary.job(JobName.verify), Job(JobName.watch, watch, every=timedelta(minutes=5)))
    for days in (0, 3, 8):
        run_due(db, settings, now=NOON + timedelta(days=days), jobs=jobs)
    kept = [(run.job, run.started_at.day) for run in all_runs(db)]
    assert kept == [("verify", 23), ("verify", 26), ("watch", 26), ("verify", 1), ("watch", 1)]
    assert {run.outcome for run in all_runs(db)} == {"done"}


def test_a_worker_that_no_longer_leads_starts_nothing(db: Database, tmp_path: Path) -> None:
    diary = Diary()
    leads = iter([True, False, False])
    jobs = (diary.job(JobName.verify), diary.job(JobName.backup), diary.job(JobName.expiry))
    run_due(db, settings_in(tmp_path), now=NOON, jobs=jobs, may_start=lambda: next(leads))
    assert [run.job for run in all_runs(db)] == ["verify"]


def at_once(*steps: Callable[[], object]) -> list[object]:
    """All of them at the same moment; what each gave or raised."""
    barrier, came = threading.Barrier(len(steps)), [None] * len(steps)

    def run(n: int) -> None:
        barrier.wait()
        try:
            came[n] = steps[n]()  # type: ignore[call-overload]
        except Exception as error:
            came[n] = error  # type: ignore[call-overload]

    threads = [threading.Thread(target=run, args=(n,)) for n in range(len(steps))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return came


def slow(diary: Diary, seconds: float = 0.3) -> Job:
    write = diary.work(JobName.verify)

    def work(context: JobContext) -> str:
        time.sleep(seconds)
        return write(context)

    return Job(JobName.verify, work)


def test_two_workers_at_the_same_moment_come_to_one_run(either_db: Database, tmp_path: Path) -> None:
    settings = settings_in(tmp_path)
    for day in range(5):
        diary, databases = Diary(), [Database(str(either_db.url.render_as_string(hide_password=False))) for _ in "12"]
        now = NOON + timedelta(days=day)
        steps = [partial(run_due, db, settings, now=now, jobs=(slow(diary, 0.05),)) for db in databases]
        at_once(*steps)
        assert diary.count(JobName.verify) == 1
        for db in databases:
            db.close()
    assert len(all_runs(either_db)) == 5


def test_control_who_looks_first_and_writes_afterwards_runs_twice(either_db: Database) -> None:
    diary = Diary()

    def naive() -> None:
        with either_db.read_session() as session:
            has_run = session.scalar(sa.select(JobRun.id))
        if has_run is None:
            time.sleep(0.2)
            diary.work(JobName.verify)(JobContext(either_db, None, NOON, NOON.date()))  # type: ignore[arg-type]

    at_once(naive, naive)
    assert diary.count(JobName.verify) == 2


def test_even_without_the_lock_one_period_is_claimed_once(either_db: Database) -> None:
    wanted = runs.Claim(JobName.verify, "2026-11-23", Trigger.timetable)
    claim = lambda: either_db.transact(lambda session: runs.claim(session, wanted, now=NOON))  # noqa: E731
    came = at_once(*[claim] * 4)
    assert sum(1 for one in came if isinstance(one, runs.Claimed)) == 1
    assert sum(1 for one in came if one is None) == 3


def test_a_run_by_hand_is_recorded_with_who_asked_and_is_not_the_days_run(office: Office, tmp_path: Path) -> None:
    diary, settings = Diary(), settings_in(tmp_path)
    jobs = (diary.job(JobName.verify),)
    run = run_by_hand(office.db, settings, name="verify", actor_id=office.local.person_id, now=NOON, jobs=jobs)
    assert (run.outcome, run.trigger, run.requested_by_id) == ("done", "by hand", office.local.person_id)
    assert len(run_due(office.db, settings, now=NOON, jobs=jobs)) == 1
    with pytest.raises(NotFound, match="There is no job 'dance'"):
        run_by_hand(office.db, settings, name="dance", actor_id=1, now=NOON, jobs=jobs)


def test_the_same_job_twice_at_once_is_refused_in_words(either_office: Office, tmp_path: Path) -> None:
    diary, settings = Diary(), settings_in(tmp_path)
    by_hand = lambda: run_by_hand(  # noqa: E731
        either_office.db, settings, name="verify", actor_id=1, now=NOON, jobs=(slow(diary),)
    )
    came = at_once(by_hand, by_hand)
    (refusal,) = [one for one in came if isinstance(one, Conflict)]
    assert refusal.code == "already_running"
    assert refusal.message == "Check the books is running already. Wait until it is done."
    assert diary.count(JobName.verify) == 1


def test_what_was_asked_for_is_done_once_and_answered(either_office: Office, tmp_path: Path) -> None:
    db, diary, settings = either_office.db, Diary(), settings_in(tmp_path)
    ask = lambda name: db.transact(  # noqa: E731
        lambda s: work_requests.ask(
            s, kind="job", subject=name, details={}, actor=either_office.local, now=either_office.now
        )
    )
    ask("verify")
    with pytest.raises(Conflict) as refused:
        ask("verify")
    assert refused.value.code == "already_waiting"
    ask("dance")
    jobs = (diary.job(JobName.verify),)
    came = at_once(*[lambda: run_requested(db, settings, now=NOON, jobs=jobs)] * 2)
    assert sum(len(one) for one in came) == 1  # type: ignore[arg-type]
    assert diary.count(JobName.verify) == 1
    with db.read_session() as session:
        answers = {row.subject: (row.is_done, row.words) for row in session.scalars(sa.select(WorkRequest))}
    assert answers == {"verify": (True, "written down"), "dance": (False, "There is no job of that name here.")}
    ask("verify")  # and again afterwards


def test_a_request_that_was_taken_is_said_to_be_running(office: Office) -> None:
    ask = lambda: office.db.transact(  # noqa: E731
        lambda s: work_requests.ask(s, kind="job", subject="verify", details={}, actor=office.local, now=office.now)
    )
    ask()
    office.db.transact(lambda s: work_requests.take_next(s, kinds=["job"], now=office.now))
    with pytest.raises(Conflict) as refused:
        ask()
    assert refused.value.code == "already_running"


SLEEPER = """
import sys, time
from datetime import UTC, datetime
from pathlib import Path
from supply.db import Database
from supply.jobs.model import Job
from supply.jobs.models import JobName
from supply.jobs.runner import run_due, run_requested
from tests.jobs.timetables import settings_in
db, settings = Database(sys.argv[1]), settings_in(Path(sys.argv[2]))
job = Job(JobName.verify, lambda context: time.sleep(120) or "never")
door = run_requested if sys.argv[3] == "asked" else run_due
door(db, settings, now=datetime(2026, 11, 23, 17, 0, tzinfo=UTC), jobs=(job,))
"""


def kill_in_the_middle(db: Database, folder: Path, door: str = "due") -> subprocess.Popen[bytes]:
    """A process that is in the middle of the job."""
    url = db.url.render_as_string(hide_password=False)
    before = len([run for run in all_runs(db) if run.outcome == "running"])
    process = subprocess.Popen([sys.executable, "-c", SLEEPER, url, str(folder), door])
    deadline = time.monotonic() + 30
    while len([run for run in all_runs(db) if run.outcome == "running"]) == before:
        assert time.monotonic() < deadline, "the job never began"
        assert process.poll() is None
        time.sleep(0.02)
    return process


def test_a_run_killed_in_the_middle_is_found_lost_and_run_again_once(either_db: Database, tmp_path: Path) -> None:
    settings, diary = settings_in(tmp_path), Diary()
    jobs = (diary.job(JobName.verify),)
    process = kill_in_the_middle(either_db, tmp_path)
    try:  # control: as long as its process lives it is not lost, however long it takes
        later = NOON + timedelta(hours=9)
        recover(either_db, settings, now=later, jobs=jobs)
        assert run_due(either_db, settings, now=later, jobs=jobs) == []
        assert [run.outcome for run in all_runs(either_db)] == ["running"]
    finally:
        process.send_signal(signal.SIGKILL)
        process.wait()
    wait_for_lock(either_db, tmp_path)
    recover(either_db, settings, now=NOON, jobs=jobs)
    (run,) = all_runs(either_db)
    assert (run.outcome, run.summary) == ("lost", runs.LOST_WORDS)
    for minutes in (0, 1, 20):
        run_due(either_db, settings, now=NOON + timedelta(minutes=minutes), jobs=jobs)
    (run,) = all_runs(either_db)
    assert (run.outcome, run.tries, diary.count(JobName.verify)) == ("done", 2, 1)
    assert runs.earlier_tries(run)[0]["outcome"] == "lost"


def test_a_job_that_ends_its_process_each_time_is_not_run_for_ever(db: Database, tmp_path: Path) -> None:
    settings, diary = settings_in(tmp_path), Diary()
    for _ in range(2):
        process = kill_in_the_middle(db, tmp_path)
        process.send_signal(signal.SIGKILL)
        process.wait()
        recover(db, settings, now=NOON, jobs=(diary.job(JobName.verify),))
    assert run_due(db, settings, now=NOON, jobs=(diary.job(JobName.verify),)) == []
    (run,) = all_runs(db)
    assert (run.outcome, run.tries) == ("lost", 2)


def test_what_was_asked_of_a_killed_worker_is_done_by_the_next(office: Office, tmp_path: Path) -> None:
    db, settings, diary = office.db, settings_in(tmp_path), Diary()
    jobs = (diary.job(JobName.verify),)
    db.transact(
        lambda s: work_requests.ask(s, kind="job", subject="verify", details={}, actor=office.local, now=office.now)
    )
    process = kill_in_the_middle(db, tmp_path, "asked")
    process.send_signal(signal.SIGKILL)
    process.wait()
    assert run_requested(db, settings, now=NOON, jobs=jobs) == []  # control: taken, so nobody else takes it
    recover(db, settings, now=NOON, jobs=jobs)
    (run,) = run_requested(db, settings, now=NOON, jobs=jobs)
    assert (run.outcome, run.tries, run.requested_by_id) == ("done", 2, office.local.person_id)


def wait_for_lock(db: Database, folder: Path) -> None:
    """PostgreSQL notices a moment later that the holder's connection is gone."""
    deadline = time.monotonic() + 20
    while time.monotonic() < deadline:
        with JobLock(db, folder, JobName.verify) as is_ours:
            if is_ours:
                return
        time.sleep(0.05)
    raise AssertionError("the lock outlived its holder")
