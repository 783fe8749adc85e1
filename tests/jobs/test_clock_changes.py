"""Once for each local date, whatever the clocks do: both clock changes, set back, set forward, a late start."""

from collections import Counter
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from supply.db import Database
from supply.jobs.due import due_day, slot_due
from supply.jobs.models import JobName
from supply.jobs.runner import run_due
from supply.jobs.timetable import JOBS
from tests.jobs.timetables import Diary, all_runs, hourly, settings_in

NEW_YORK = ZoneInfo("America/New_York")


def local(year: int, month: int, day: int, hour: int = 0, minute: int = 0, zone: ZoneInfo = NEW_YORK) -> datetime:
    return datetime(year, month, day, hour, minute, tzinfo=zone).astimezone(UTC)


def days_of_2026() -> list[str]:
    return [(date(2026, 1, 1) + timedelta(days=n)).isoformat() for n in range(365)]


def test_in_a_year_asked_every_hour_each_job_runs_once_for_each_local_date(db: Database, tmp_path: Path) -> None:
    diary = Diary()
    jobs = (diary.job(JobName.verify), diary.job(JobName.backup))
    settings = settings_in(tmp_path, verify="03:30", backup="00:30")
    begin = local(2026, 1, 1, 4)  # later than both
    hourly(db, settings, jobs, begin, 365 * 24 - 4)
    for name in (JobName.verify, JobName.backup):
        periods = Counter(run.period for run in all_runs(db) if run.job == name)
        assert periods == Counter(days_of_2026())
        assert diary.count(name) == 365


def test_control_keyed_by_the_hour_in_utc_it_fires_wrongly() -> None:
    """The rule that the table replaces: `when the local clock says 01, run`, remembered by the hour of UTC."""
    ran: Counter[date] = Counter()
    seen = set()
    for hour in range(365 * 24):
        moment = local(2026, 1, 1) + timedelta(hours=hour)
        at = moment.astimezone(NEW_YORK)
        if at.hour == 1 and moment not in seen:
            seen.add(moment)
            ran[at.date()] += 1
    assert ran[date(2026, 11, 1)] == 2
    skipped = Counter(
        (local(2026, 1, 1) + timedelta(hours=hour)).astimezone(NEW_YORK).date()
        for hour in range(365 * 24)
        if (local(2026, 1, 1) + timedelta(hours=hour)).astimezone(NEW_YORK).hour == 2
    )
    assert skipped[date(2026, 3, 8)] == 0


@pytest.mark.parametrize(
    ("zone", "first"),
    [
        ("America/New_York", date(2026, 3, 6)),
        ("America/New_York", date(2026, 10, 30)),
        ("Europe/Berlin", date(2026, 3, 27)),
        ("Europe/Berlin", date(2026, 10, 23)),
        ("Australia/Lord_Howe", date(2026, 4, 3)),
        ("Australia/Lord_Howe", date(2026, 10, 2)),
        ("America/Santiago", date(2026, 9, 4)),  # at midnight: 00:30 does not exist on that day
        ("Asia/Kathmandu", date(2026, 10, 23)),
    ],
)
@pytest.mark.parametrize("at", ["00:30", "03:15", "23:45"])
def test_around_a_clock_change_of_any_zone_each_date_has_one_run(
    sqlite_db: Database, tmp_path: Path, zone: str, first: date, at: str
) -> None:
    diary = Diary()
    settings = settings_in(tmp_path, zone=zone, verify=at)
    begin = datetime.combine(first, settings.jobs.verify, ZoneInfo(zone)).astimezone(UTC)
    for quarter in range(4 * 24 * 5 - 4):
        run_due(sqlite_db, settings, now=begin + timedelta(minutes=15 * quarter), jobs=(diary.job(JobName.verify),))
    expected = [(first + timedelta(days=n)).isoformat() for n in range(5)]
    assert [run.period for run in all_runs(sqlite_db)] == expected
    assert diary.count(JobName.verify) == 5


def test_a_worker_that_starts_at_noon_catches_the_morning_up_once(db: Database, tmp_path: Path) -> None:
    diary = Diary()
    jobs = (diary.job(JobName.verify), diary.job(JobName.backup))
    settings = settings_in(tmp_path)
    for minutes in (0, 1, 60, 300):
        run_due(db, settings, now=local(2026, 11, 23, 12) + timedelta(minutes=minutes), jobs=jobs)
    assert [line[0] for line in diary.lines] == ["verify", "backup"]


def test_a_job_that_waited_over_midnight_still_runs_for_its_day(db: Database, tmp_path: Path) -> None:
    diary = Diary()
    settings = settings_in(tmp_path, backup="23:50")
    jobs = (diary.job(JobName.backup),)
    run_due(db, settings, now=local(2026, 11, 23, 0, 20), jobs=jobs)
    assert [run.period for run in all_runs(db)] == ["2026-11-22"]


def test_a_mail_of_the_morning_is_not_sent_at_night(db: Database, tmp_path: Path) -> None:
    diary = Diary()
    jobs = (diary.job(JobName.morning_mail, grace=timedelta(hours=12)),)
    settings = settings_in(tmp_path)
    assert run_due(db, settings, now=local(2026, 11, 23, 19), jobs=jobs) == []
    assert len(run_due(db, settings, now=local(2026, 11, 24, 18), jobs=jobs)) == 1


@pytest.mark.parametrize("step", [timedelta(hours=-3), timedelta(days=-1), timedelta(days=-30), timedelta(hours=9)])
def test_a_clock_that_is_set_never_doubles_or_skips_a_date(db: Database, tmp_path: Path, step: timedelta) -> None:
    """Ten days by a right clock, then an hour by a wrong one, then right again."""
    diary = Diary()
    jobs = (diary.job(JobName.verify),)
    settings = settings_in(tmp_path)
    begin = local(2026, 9, 1, 4)
    hourly(db, settings, jobs, begin, 10 * 24)
    wrong = begin + timedelta(days=10) + step
    hourly(db, settings, jobs, wrong, 2)
    hourly(db, settings, jobs, begin + timedelta(days=10), 10 * 24)
    periods = Counter(run.period for run in all_runs(db))
    assert set(periods.values()) == {1}
    expected = {(date(2026, 9, 1) + timedelta(days=n)).isoformat() for n in range(20)}
    assert expected <= set(periods)
    assert diary.count(JobName.verify) == len(periods)


def test_the_watch_runs_in_each_slot_also_in_the_hour_that_comes_twice(db: Database, tmp_path: Path) -> None:
    diary = Diary()
    jobs = (diary.job(JobName.watch, every=timedelta(minutes=5)),)
    settings = settings_in(tmp_path)
    begin = local(2026, 11, 1, 0, 30)
    for minute in range(150):
        run_due(db, settings, now=begin + timedelta(minutes=minute), jobs=jobs)
    assert diary.count(JobName.watch) == 30
    assert len({run.period for run in all_runs(db)}) == 30


def test_a_watch_whose_clock_is_set_back_goes_on(db: Database, tmp_path: Path) -> None:
    diary = Diary()
    jobs = (diary.job(JobName.watch, every=timedelta(minutes=5)),)
    settings = settings_in(tmp_path)
    begin = local(2026, 11, 23, 12)
    for start in (begin, begin - timedelta(minutes=30)):
        for minute in range(60):
            run_due(db, settings, now=start + timedelta(minutes=minute), jobs=jobs)
    assert diary.count(JobName.watch) == 24


def test_a_step_back_over_the_edge_of_a_slot_is_no_new_slot() -> None:
    every = timedelta(minutes=5)
    last = local(2026, 11, 23, 12, 5)
    assert slot_due(last, now=last - timedelta(seconds=1), every=every) is None
    assert slot_due(last, now=last + timedelta(minutes=5), every=every) == "2026-11-23 17:10Z"


def test_a_time_that_does_not_exist_counts_by_the_hour_after_it() -> None:
    at = datetime(2026, 1, 1, 2, 30).time()
    gap = {"at": at, "zone": NEW_YORK, "grace": None}
    assert due_day(now=local(2026, 3, 8, 1, 59), **gap) == date(2026, 3, 7)
    assert due_day(now=local(2026, 3, 8, 3, 30), **gap) == date(2026, 3, 8)


def test_jobs_of_the_night_stand_in_the_timetable(tmp_path: Path) -> None:
    assert [job.name for job in JOBS] == list(JobName)
    daily = [job.name.value for job in JOBS if job.every is None]
    assert daily == list(type(settings_in(tmp_path).jobs).model_fields)
