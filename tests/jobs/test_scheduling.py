"""The worker's part: takes what is asked for within seconds, waits for no job, and sees that the clock was set."""

import threading
import time
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from supply.db import Database
from supply.jobs.bell import Bell
from supply.jobs.model import Job, JobContext
from supply.jobs.models import JobName
from supply.stations import work_requests
from supply.worker.process import ROUND_SECONDS
from supply.worker.scheduling import Scheduling
from tests.factories import Office
from tests.jobs.timetables import Diary, all_runs, settings_in


def until(is_true: Callable[[], bool], turn: Callable[[], None], seconds: float = 10) -> float:
    """Turn the worker until this is true; how long it took."""
    begin = time.monotonic()
    while not is_true():
        assert time.monotonic() - begin < seconds, "it never happened"
        turn()
        time.sleep(0.02)
    return time.monotonic() - begin


def test_what_is_asked_for_is_taken_with_the_next_round(office: Office, tmp_path: Path) -> None:
    diary = Diary()
    settings = settings_in(tmp_path, verify="23:00")
    part = Scheduling(office.db, settings, lambda: office.now, lambda: True, jobs=(diary.job(JobName.verify),))
    try:
        until(lambda: diary.count(JobName.verify) == 1, part.round)  # that of last night
        office.db.transact(
            lambda s: work_requests.ask(s, kind="job", subject="verify", details={}, actor=office.local, now=office.now)
        )
        took = until(lambda: diary.count(JobName.verify) == 2, part.round)
    finally:
        part.stop(still_leads=True)
    assert took < ROUND_SECONDS
    assert {run.trigger for run in all_runs(office.db)} == {"timetable", "by hand"}


def test_a_long_job_holds_up_no_round_and_nothing_starts_after_the_stop(
    db: Database, now: datetime, tmp_path: Path
) -> None:
    begun, let_go, diary = threading.Event(), threading.Event(), Diary()

    def long(context: JobContext) -> str:
        begun.set()
        let_go.wait(20)
        return "at last"

    jobs = (Job(JobName.verify, long), diary.job(JobName.backup))
    part = Scheduling(db, settings_in(tmp_path), lambda: now, lambda: True, jobs=jobs)
    part.round()
    assert begun.wait(10)
    slowest = 0.0
    for _ in range(20):
        began = time.monotonic()
        part.round()
        slowest = max(slowest, time.monotonic() - began)
    assert slowest < 0.5
    stopping = threading.Thread(target=part.stop, kwargs={"still_leads": True})
    stopping.start()
    let_go.set()
    stopping.join()
    assert [(run.job, run.outcome) for run in all_runs(db)] == [("verify", "done")]
    assert diary.count(JobName.backup) == 0


def test_a_clock_set_forward_wakes_the_timetable(db: Database, now: datetime, tmp_path: Path) -> None:
    diary, clock = Diary(), [now]
    part = Scheduling(db, settings_in(tmp_path), lambda: clock[0], lambda: True, jobs=(diary.job(JobName.verify),))
    try:
        until(lambda: diary.count(JobName.verify) == 1, part.round)
        time.sleep(0.3)
        clock[0] += timedelta(days=1)
        until(lambda: diary.count(JobName.verify) == 2, part.round)
        clock[0] -= timedelta(days=1)
        time.sleep(0.1)
        part.round()
        time.sleep(0.3)
    finally:
        part.stop(still_leads=True)
    assert diary.count(JobName.verify) == 2


def test_who_does_not_lead_runs_nothing(db: Database, now: datetime, tmp_path: Path) -> None:
    diary = Diary()
    part = Scheduling(db, settings_in(tmp_path), lambda: now, lambda: False, jobs=(diary.job(JobName.verify),))
    for _ in range(10):
        part.round()
        time.sleep(0.03)
    part.stop(still_leads=False)
    assert all_runs(db) == []


def test_the_bell_rings_at_the_offices_time_and_in_each_slot(tmp_path: Path) -> None:
    """Tokyo keeps one time all year; the job's hour there is two seconds from now."""
    zone = "Asia/Tokyo"
    soon = (datetime.now(ZoneInfo(zone)) + timedelta(seconds=2)).time().replace(microsecond=0)
    settings = settings_in(tmp_path, zone=zone, verify=soon.isoformat())
    for job in (Diary().job(JobName.verify), Diary().job(JobName.watch, every=timedelta(seconds=1))):
        rung = threading.Event()
        bell = Bell(settings, (job,), rung.set)
        try:
            assert rung.wait(10), job.name
        finally:
            bell.stop()
