"""GET /health, the description of the interface, and the headers of every answer."""

import json
import re

import pytest
from flask.testing import FlaskClient

from supply.db import Database
from supply.jobs.models import WorkerBeat
from supply.settings import Settings
from supply.web.app import create_app
from tests.web.conftest import Clock


def test_health_needs_no_sign_in_and_names_each_part(client: FlaskClient) -> None:
    answer = client.get("/health")
    told = json.loads(answer.data)
    assert answer.status_code == 200
    assert told["database"] == told["free_disk"] == "ok"
    assert set(told) == {"database", "worker_lease", "last_backup", "free_disk"}


def test_a_worker_that_gave_a_sign_of_life_is_ok_and_one_that_fell_silent_is_named(
    client: FlaskClient, db: Database, clock: Clock
) -> None:
    assert "No worker has run yet" in json.loads(client.get("/health").data)["worker_lease"]
    db.transact(lambda s: s.add(WorkerBeat(id=1, holder="here", started_at=clock(), seen_at=clock())))
    assert json.loads(client.get("/health").data)["worker_lease"] == "ok"
    clock.forward(minutes=3)
    assert "not running" in json.loads(client.get("/health").data)["worker_lease"]


def test_a_database_that_is_gone_is_503_and_said_without_its_address(settings: Settings) -> None:
    gone = Database("postgresql+psycopg://user:secret@127.0.0.1:1/nothing")
    answer = create_app(gone, settings).test_client().get("/health")
    told = json.loads(answer.data)
    assert answer.status_code == 503
    assert told["database"] == "The database does not answer (OperationalError)."
    assert "secret" not in answer.text


def test_the_description_is_openapi_3_1_and_needs_no_sign_in(client: FlaskClient) -> None:
    told = json.loads(client.get("/api/v1/openapi.json").data)
    assert told["openapi"] == "3.1.0"
    assert told["components"]["securitySchemes"]["bearer"]["scheme"] == "bearer"
    assert all(path.startswith("/api/v1/") for path in told["paths"])


def test_the_documentation_page_uses_no_other_host_and_no_inline_script(client: FlaskClient) -> None:
    page = client.get("/api/v1/docs").text
    assert "<script>" not in page
    assert "://" not in page.replace("http://www.w3.org", "")


@pytest.mark.parametrize("address", ["/sign-in", "/nothing", "/api/v1/nothing", "/static/supply.css", "/health"])
def test_every_answer_carries_the_strict_headers(client: FlaskClient, address: str) -> None:
    headers = client.get(address).headers
    policy = headers["Content-Security-Policy"]
    assert "default-src 'self'" in policy
    assert "unsafe" not in policy
    assert "frame-ancestors 'none'" in policy
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert "camera=(self)" in headers["Permissions-Policy"]
    assert headers["Referrer-Policy"] == "same-origin"


def test_pages_are_not_kept_by_the_browser_and_files_may_be(client: FlaskClient) -> None:
    assert client.get("/sign-in").headers["Cache-Control"] == "no-store"
    assert "no-store" not in client.get("/static/supply.css").headers["Cache-Control"]


def test_every_file_that_a_page_names_is_served_here(client: FlaskClient) -> None:
    for page in ("/sign-in", "/api/v1/docs"):
        named = set(re.findall(r'(?:src|href)="([^"]*static[^"#]*)', client.get(page).text))
        assert len(named) >= 4
        for address in named:
            assert client.get(address).status_code == 200, address
