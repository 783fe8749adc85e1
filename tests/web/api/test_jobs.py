"""/jobs, running one, and its runs."""

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest

from supply.db import Database
from supply.jobs.models import JobName, JobRun
from supply.jobs.runner import run_requested
from supply.staff.permissions import Role
from tests.jobs.timetables import Diary, settings_in
from tests.web.api.conftest import Api
from tests.web.conftest import START


def test_every_job_is_named_in_the_order_of_the_night(manager: Api) -> None:
    status, told = manager.get("/jobs")
    assert status == 200
    assert [job["name"] for job in told["items"]] == list(JobName)
    first = told["items"][0]
    assert (first["state"], first["last_run"], first["next_at"]) == ("never", None, "2026-11-23T08:15:00Z")


def test_a_run_is_asked_for_once_and_its_answer_is_read_in_its_runs(manager: Api, db: Database, tmp_path: Path) -> None:
    status, told = manager.post("/jobs/verify/run")
    assert (status, told["job"], told["state"]) == (202, "verify", "waiting")
    status, refused = manager.post("/jobs/verify/run")
    assert (status, refused["code"]) == (409, "already_waiting")
    assert manager.get("/jobs")[1]["items"][1]["state"] == "waiting"
    diary = Diary()
    run_requested(db, settings_in(tmp_path), now=START, jobs=(diary.job(JobName.verify),))
    (run,) = manager.get("/jobs/verify/runs")[1]["items"]
    assert (run["outcome"], run["summary"], run["trigger"]) == ("done", "written down", "by hand")
    assert run["requested_by"] is not None
    assert manager.get("/jobs")[1]["items"][1]["last_run"]["id"] == run["id"]


def test_a_running_job_is_not_asked_for_again(manager: Api, db: Database) -> None:
    db.transact(lambda session: session.add(running()))
    status, refused = manager.post("/jobs/backup/run")
    assert (status, refused["code"]) == (409, "already_running")
    assert "running already" in refused["detail"]


def running() -> JobRun:
    """Begun this morning and not ended."""
    return JobRun(
        job="backup", period="2026-11-23", trigger="timetable", started_at=START - timedelta(hours=1),
        outcome="running", summary="", detail="{}", tries=1,
    )  # fmt: skip


def test_runs_come_newest_first_page_by_page(manager: Api, db: Database) -> None:
    for day in (20, 21, 22):
        row = running()
        row.period, row.outcome, row.ended_at = f"2026-11-{day}", "done", START
        db.transact(lambda session, row=row: session.add(row))
    first = manager.get("/jobs/backup/runs?limit=2")[1]
    assert [run["period"] for run in first["items"]] == ["2026-11-22", "2026-11-21"]
    second = manager.get(f"/jobs/backup/runs?limit=2&cursor={first['next']}")[1]
    assert ([run["period"] for run in second["items"]], second["next"]) == (["2026-11-20"], None)


def test_unknown_jobs_and_bodies_are_refused(manager: Api) -> None:
    assert manager.get("/jobs/dance/runs")[0] == 404
    assert manager.post("/jobs/dance/run")[0] == 404
    assert manager.post("/jobs/verify/run", {"now": True})[0] == 422


@pytest.mark.parametrize("role", [Role.nurse, Role.receiver, Role.waste, Role.auditor])
def test_only_managers_and_administrators_see_and_start_jobs(api: Callable[[Role], Api], role: Role) -> None:
    assert api(role).get("/jobs")[0] == 403
    assert api(role).post("/jobs/verify/run")[0] == 403
