"""/print-jobs: the queue of labels, and what people do about a job."""

from collections.abc import Callable
from typing import Any
from uuid import uuid4

import pytest

from supply.db import Database
from supply.labels import print_jobs
from supply.staff.permissions import Role
from tests.web.api.conftest import Api
from tests.web.api.test_labels import printer, wish
from tests.web.conftest import START

__all__ = ["printer"]  # a fixture


@pytest.fixture
def job(manager: Api, printer: str) -> int:
    """A label that waits; gives its number."""
    status, made = manager.post("/labels", wish(printer=printer))
    assert status == 201
    return int(made["id"])


def take(db: Database) -> None:
    """The printer begins with the oldest."""

    def begin(session: Any) -> None:
        device = print_jobs.job_lines(session)[0].device_id
        assert print_jobs.take_next(session, device_id=device, now=START) is not None

    db.transact(begin)


def test_jobs_are_listed_latest_first_by_state_and_page(manager: Api, printer: str) -> None:
    ids = [manager.post("/labels", wish(printer=printer))[1]["id"] for _ in range(3)]
    manager.post(f"/print-jobs/{ids[0]}/cancel")
    assert [one["id"] for one in manager.get("/print-jobs")[1]["items"]] == ids[::-1]
    assert [one["id"] for one in manager.get("/print-jobs?state=queued")[1]["items"]] == [ids[2], ids[1]]
    first = manager.get("/print-jobs?limit=2")[1]
    following = manager.get(f"/print-jobs?limit=2&cursor={first['next']}")[1]
    assert [one["id"] for one in following["items"]] == [ids[0]]
    assert following["next"] is None


def test_one_job_is_shown_with_what_is_on_it(manager: Api, job: int) -> None:
    status, shown = manager.get(f"/print-jobs/{job}")
    assert (status, shown["name"], shown["copies_printed"], shown["finished_at"]) == (200, "Exam gloves M", 0, None)
    assert manager.get("/print-jobs/77")[0] == 404


def test_a_waiting_label_is_cancelled_once(manager: Api, job: int) -> None:
    status, cancelled = manager.post(f"/print-jobs/{job}/cancel")
    assert (status, cancelled["state"]) == (200, "cancelled")
    status, problem = manager.post(f"/print-jobs/{job}/cancel")
    assert (status, problem["code"], problem["state"]) == (409, "print_state", "cancelled")


@pytest.mark.parametrize(("came_out", "state"), [(True, "printed"), (False, "queued")])
def test_an_unknown_label_is_settled(manager: Api, job: int, db: Database, came_out: bool, state: str) -> None:
    take(db)
    db.transact(lambda s: print_jobs.unknown(s, job_id=job, words="The connection broke.", now=START))
    assert manager.get("/print-jobs?state=unknown")[1]["items"][0]["state_words"] == "The connection broke."
    status, settled = manager.post(f"/print-jobs/{job}/settle", {"printed": came_out})
    assert (status, settled["state"]) == (200, state)
    assert manager.post(f"/print-jobs/{job}/settle", {"printed": came_out})[0] == 409


def test_a_label_that_was_held_up_is_tried_again(manager: Api, job: int, db: Database) -> None:
    take(db)
    db.transact(lambda s: print_jobs.attention(s, job_id=job, words="The paper is out.", now=START))
    status, tried = manager.post(f"/print-jobs/{job}/retry")
    assert (status, tried["state"], tried["state_words"]) == (200, "queued", "")


def test_a_reprint_is_a_job_of_its_own_once_for_each_request(manager: Api, job: int) -> None:
    body = {"request_id": str(uuid4()), "copies": 2}
    status, again = manager.post(f"/print-jobs/{job}/reprint", body)
    assert (status, again["reprint_of"], again["copies"], again["name"]) == (201, job, 2, "Exam gloves M")
    assert manager.post(f"/print-jobs/{job}/reprint", body) == (200, again)
    assert manager.post(f"/print-jobs/{job}/reprint", body | {"copies": 3})[0] == 409


@pytest.mark.parametrize(
    ("path", "body", "status"),
    [
        ("cancel", {"x": 1}, 422),
        ("settle", {}, 422),
        ("settle", {"printed": "yes"}, 422),
        ("settle", {"printed": True}, 409),
        ("reprint", {}, 422),
        ("reprint", {"request_id": "1"}, 422),
        ("reprint", {"request_id": str(uuid4()), "copies": 0}, 422),
    ],
)
def test_a_wrong_request_changes_nothing(manager: Api, job: int, path: str, body: dict[str, Any], status: int) -> None:
    assert manager.post(f"/print-jobs/{job}/{path}", body)[0] == status
    assert manager.get(f"/print-jobs/{job}")[1]["state"] == "queued"


def test_a_state_that_is_none_is_refused(manager: Api) -> None:
    assert manager.get("/print-jobs?state=lost")[0] == 422


def test_everybody_sees_the_queue_and_only_printers_of_that_kind_touch_it(api: Callable[[Role], Api], job: int) -> None:
    for role in Role:
        assert api(role).get("/print-jobs")[0] == 200
        if role not in (Role.receiver, Role.manager):
            assert api(role).post(f"/print-jobs/{job}/cancel")[0] == 403
    assert api(Role.receiver).post(f"/print-jobs/{job}/cancel")[0] == 200
