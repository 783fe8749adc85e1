"""The product as a process: what is asked over HTTP is done within seconds; one worker of two runs the night."""

import time
from pathlib import Path

import pytest

from supply.db import Database
from supply.jobs.lease import Lease
from supply.jobs.timetable import JOBS
from tests.jobs.test_runner import at_once
from tests.jobs.timetables import all_runs
from tests.serving import Served, served


def runs_of(office: Served, job: str, token: str) -> list[dict[str, object]]:
    status, told = office.ask("GET", f"/api/v1/jobs/{job}/runs", token=token)
    assert status == 200
    items: list[dict[str, object]] = told["items"]
    return items


def test_a_fresh_office_catches_the_night_up_and_does_what_is_asked_for(tmp_path: Path) -> None:
    with served(tmp_path / "data", "run") as office:
        office.run("setup")
        token = office.run("token", "create", "--user", "local").stdout.strip()
        office.start()
        deadline = time.monotonic() + 60
        while not any(run["outcome"] == "done" for run in runs_of(office, "watch", token)):
            assert time.monotonic() < deadline, "the night was not caught up"
            time.sleep(0.2)
        backups = list((office.folder / "backups").glob("supply-*.backup"))
        assert len(backups) == 1
        asked_at = time.monotonic()
        assert office.ask("POST", "/api/v1/jobs/verify/run", token=token)[0] == 202
        while not any(run["trigger"] == "by hand" and run["ended_at"] for run in runs_of(office, "verify", token)):
            assert time.monotonic() - asked_at < 20
            time.sleep(0.1)
        assert office.ask("GET", "/health")[1]["last_backup"] == "ok"
        assert office.stop() == 0
    db = Database(f"sqlite:///{tmp_path / 'data' / 'supply.db'}")
    by_timetable = [(run.job, run.outcome) for run in all_runs(db) if run.trigger == "timetable" and run.job != "watch"]
    db.close()
    assert len(by_timetable) == len(set(by_timetable)), "each ran once"
    nightly = {job.name for job in JOBS if job.every is None and job.grace is None}
    assert nightly <= {name for name, _ in by_timetable}, "the mail of the morning is not caught up in the evening"
    assert {outcome for _, outcome in by_timetable} == {"done"}


@pytest.mark.parametrize("times", [20])
def test_the_lease_may_be_asked_by_several_threads(postgres_db: Database, tmp_path: Path, times: int) -> None:
    lease = Lease(postgres_db, tmp_path)
    assert lease.try_acquire()
    came = at_once(*[lambda: [lease.is_held() for _ in range(times)]] * 4)
    assert came == [[True] * times] * 4
    lease.release()
