"""The jobs page: each job in words, the failed ones first, Run now once; and the sign that nothing happens."""

from datetime import datetime, timedelta

import pytest
from playwright.sync_api import Page, expect

from supply.db import Database
from supply.jobs.models import JOB_WORDS, JobName, JobRun, WorkerBeat
from supply.staff.permissions import Role
from supply.stations.models import WorkRequest
from tests.browser import SIZES, axe_violations, overflow, small_targets
from tests.factories import Office
from tests.web.conftest import START, Clock

MORNING = START - timedelta(hours=5)


def ran(db: Database, job: JobName, outcome: str = "done", **fields: object) -> None:
    """A run of this morning."""
    row = {
        "job": job.value,
        "period": "2026-11-23",
        "trigger": "timetable",
        "started_at": MORNING,
        "ended_at": MORNING + timedelta(seconds=12) if outcome != "running" else None,
        "outcome": outcome,
        "summary": f"what {job.value} came to",
        "detail": "{}",
        "tries": 1,
        **fields,
    }
    db.transact(lambda session: session.add(JobRun(**row)))


def beat(db: Database, at: datetime) -> None:
    """A sign of life of the worker."""
    db.transact(lambda session: session.merge(WorkerBeat(id=1, holder="here", started_at=at, seen_at=at)))


def test_before_anything_ran_the_page_says_so_and_names_every_job(room: Office, browse) -> None:
    page = browse(Role.manager).get("/jobs").text
    assert "Nothing has run yet" in page
    for words in JOB_WORDS.values():
        assert words.title in page
        assert words.does in page


def test_each_job_says_what_came_of_it_how_long_it_took_and_when_it_is_next(room: Office, browse) -> None:
    ran(room.db, JobName.verify)
    page = browse(Role.manager).get("/jobs").text
    assert "Nothing has run yet" not in page
    assert "what verify came to" in page
    assert "Last: 2026-NOV-23 04:00, took 12 seconds." in page
    assert "Next: 2026-NOV-24 03:30." in page


def test_a_job_that_did_not_run_today_waits_for_the_worker(room: Office, browse) -> None:
    page = browse(Role.manager).get("/jobs").text
    assert "Due since 2026-NOV-23 03:30; it waits for the worker." in page
    assert page.count("it waits for the worker") == len(JobName)


def test_failed_jobs_stand_first_with_their_sentence_and_the_next_try(room: Office, browse) -> None:
    for job in JobName:
        ran(room.db, job)
    retry = {"retry_at": START + timedelta(minutes=7), "period": "2026-11-23 b"}
    ran(room.db, JobName.waste, "failed", summary="The rules cannot be read.", **retry)
    ran(room.db, JobName.watch, "lost", summary="The program ended in the middle of it.", period="lost")
    page = browse(Role.manager).get("/jobs").text
    titles = [JOB_WORDS[name].title for name in (JobName.waste, JobName.watch, JobName.daily_usage, JobName.backup)]
    places = [page.index(f">{title}</a>") for title in titles]
    assert places == sorted(places)
    assert "The rules cannot be read." in page
    assert "Tries again by itself at 09:07." in page
    assert "Broken off" in page


def test_run_now_leaves_one_wish_and_says_when_there_is_one_already(room: Office, browse) -> None:
    browser = browse(Role.manager)
    page = browser.follow("/jobs/verify/run")
    assert "Check the books: it starts in a moment." in page
    assert "Asked for by" in page
    assert "data-busy" in page
    again = browser.follow("/jobs/verify/run")
    assert "It was asked for already and waits for its turn." in again
    with room.db.read_session() as session:
        (wish,) = session.query(WorkRequest).all()
    assert (wish.kind, wish.subject) == ("job", "verify")


def test_a_running_job_is_shown_as_running_and_not_started_again(room: Office, browse) -> None:
    ran(room.db, JobName.backup, "running", summary="")
    browser = browse(Role.admin)
    page = browser.get("/jobs").text
    assert "Running since 04:00." in page
    assert "data-busy" in page
    refused = browser.follow("/jobs/backup/run")
    assert "Back up: it is running already. Wait until it is done." in refused


def test_the_history_of_a_job_shows_faults_and_what_tries_before_came_to(room: Office, browse) -> None:
    detail = '{"earlier": [{"at": "x", "outcome": "failed", "words": "No answer."}], "faults": ["balance: lot 7"]}'
    ran(room.db, JobName.verify, "failed", detail=detail, tries=2)
    for number in range(35):
        ran(room.db, JobName.verify, period=f"older {number}")
    browser = browse(Role.manager)
    page = browser.get("/jobs/verify").text
    assert "Older runs" in page
    address = page.split('href="/jobs/verify?before=')[1].split('"')[0]
    older = browser.get(f"/jobs/verify?before={address}").text
    for words in ("Before: No answer.", "balance: lot 7", "try 2"):
        assert words in older
    assert browser.get("/jobs/dance").status_code == 404


@pytest.mark.parametrize("role", [Role.nurse, Role.receiver, Role.waste, Role.auditor])
def test_others_may_neither_see_nor_start_jobs(room: Office, browse, role: Role) -> None:
    browser = browse(role)
    assert browser.get("/jobs").status_code == 403
    assert browser.post("/jobs/verify/run").status_code == 403


def test_every_page_says_when_nothing_happens_by_itself(room: Office, browse, clock: Clock) -> None:
    browser = browse(Role.nurse)
    assert "Nothing happens by itself" not in browser.get("/stock").text  # this server has only just begun
    clock.forward(seconds=91)
    assert "The worker has never run here" in browser.get("/stock").text
    beat(room.db, clock())
    assert "Nothing happens by itself" not in browser.get("/stock").text
    clock.forward(seconds=89)
    assert "Nothing happens by itself" not in browser.get("/stock").text
    clock.forward(seconds=2)
    silent = browser.get("/").text
    assert "was last seen 2026-NOV-23 09:01" in silent
    assert "supply work" in silent


def test_who_is_not_signed_in_reads_nothing_of_it(room: Office, client, clock: Clock) -> None:
    clock.forward(minutes=10)
    assert "Nothing happens by itself" not in client.get("/sign-in").text


@pytest.mark.parametrize("size", list(SIZES))
def test_the_pages_look_right_in_every_size(room: Office, page: Page, enter, size: str) -> None:
    ran(room.db, JobName.verify, "failed", summary="The books do not agree: 2 faults.")
    ran(room.db, JobName.backup)
    width, height = SIZES[size]
    page.set_viewport_size({"width": width, "height": height})
    enter(Role.manager)
    for address in ("/jobs", "/jobs/verify"):
        page.goto(address)
        expect(page.locator("h1")).to_be_visible()
        assert (axe_violations(page), overflow(page), small_targets(page)) == ([], 0, []), address


def test_a_page_on_which_something_runs_looks_again_by_itself(room: Office, page: Page, enter) -> None:
    enter(Role.manager)
    page.goto("/jobs")
    page.locator("#run-verify").click()
    expect(page.get_by_text("Starts in a moment", exact=True)).to_be_visible()

    def done(session) -> None:
        session.query(WorkRequest).update({"ended_at": START, "is_done": True})
        session.add(
            JobRun(
                job="verify", period="request 1", trigger="by hand", started_at=START, ended_at=START,
                outcome="done", summary="All agrees.", detail="{}", tries=1,
            )
        )  # fmt: skip

    room.db.transact(done)
    expect(page.get_by_text("All agrees.")).to_be_visible(timeout=10_000)
    expect(page.locator("#run-verify")).to_be_enabled()
