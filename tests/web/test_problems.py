"""Errors: problem+json for programs, a page with a way on for people, and never more than they need."""

import json

import pytest
from flask import Flask
from flask.testing import FlaskClient

from supply.db import Database, NotSaved, StorageFull
from supply.errors import Conflict, Invalid, NotAllowed, NotFound
from supply.settings import Settings
from supply.staff.permissions import Action, Role
from supply.web.access import accepts, allow, public
from supply.web.app import create_app
from supply.web.resource import Body, WholeNumber, resource
from tests.web.conftest import Office

ERRORS = [
    (NotFound("There is no such item."), 404),
    (Invalid("That is no date."), 422),
    (Conflict("It is taken.", code="taken", title="kept from hiding", candidates=["A"]), 409),
    (NotAllowed("You may not."), 403),
    (NotSaved("Too busy."), 503),
    (StorageFull("Full."), 503),
]


class Wish(Body):
    quantity: WholeNumber


@pytest.fixture
def trying(app: Flask) -> FlaskClient:
    """The app with routes that go wrong."""
    wishes = resource("wishes", "For this test")

    @wishes.post("/wishes")
    @allow(Action.take)
    def wish(body: Wish) -> dict[str, int]:
        return {"quantity": body.quantity}

    app.register_api(wishes)
    for number, (error, _) in enumerate(ERRORS):
        for prefix in ("/api/v1", "/pages"):
            app.add_url_rule(f"{prefix}/wrong/{number}", f"{prefix[1:3]}_{number}", public(_raising(error)))
    for prefix in ("/api/v1", "/pages"):
        app.add_url_rule(f"{prefix}/broken", f"{prefix[1:3]}_broken", public(_raising(ZeroDivisionError("secret"))))
    view = accepts("image/png", limit=2000)(public(lambda: {"ok": True}))
    app.add_url_rule("/api/v1/picture", "picture", view, methods=["POST"])
    app.testing = False
    return app.test_client()


def _raising(error: Exception):
    def view() -> str:
        raise error

    return view


@pytest.mark.parametrize("number", range(len(ERRORS)))
def test_each_kind_of_refusal_is_a_problem_for_programs(trying: FlaskClient, number: int) -> None:
    error, status = ERRORS[number]
    answer = trying.get(f"/api/v1/wrong/{number}")
    told = json.loads(answer.data)
    assert answer.status_code == told["status"] == status
    assert answer.content_type == "application/problem+json"
    assert (told["detail"], told["code"], told["type"]) == (error.message, error.code, "about:blank")
    assert told["title"] != "kept from hiding"
    assert told.get("candidates") == error.details.get("candidates")


@pytest.mark.parametrize("number", range(len(ERRORS)))
def test_each_kind_of_refusal_is_a_page_with_a_way_on(trying: FlaskClient, number: int) -> None:
    error, status = ERRORS[number]
    answer = trying.get(f"/pages/wrong/{number}")
    assert answer.status_code == status
    assert error.message in answer.text
    assert 'class="btn btn-primary"' in answer.text


@pytest.mark.parametrize("prefix", ["/api/v1", "/pages"])
def test_our_own_mistakes_tell_a_number_and_nothing_else(trying: FlaskClient, prefix: str) -> None:
    answer = trying.get(f"{prefix}/broken")
    assert answer.status_code == 500
    assert "secret" not in answer.text
    assert "Traceback" not in answer.text
    assert "report number" in answer.text


def test_a_method_that_is_not_there_says_which_are(trying: FlaskClient, office: Office) -> None:
    answer = trying.delete("/api/v1/wishes")
    assert answer.status_code == 405
    assert "POST" in answer.headers["Allow"]
    assert answer.content_type == "application/problem+json"


@pytest.mark.parametrize(
    ("sent", "status"),
    [
        (b'{"quantity": 3}', 200),
        (b'{"quantity": 3.0}', 200),
        (b'{"quantity": "3"}', 422),
        (b'{"quantity": true}', 422),
        (b'{"quantity": 3.5}', 422),
        (b'{"quantity": null}', 422),
        (b'{"quantity": 3, "more": 1}', 422),
        (b"{}", 422),
        (b"[]", 422),
        (b'"x"', 422),
        (b"{", 422),
        (b"", 422),
        (b"\xff\xfe", 422),
        (b'{"quantity": 1e400}', 422),
        (b'{"quantity": NaN}', 422),
        (b'{"quantity": 2147483648}', 422),
        (b'{"quantity": ' + b"9" * 5000 + b"}", 422),
        (b"[" * 100_000, 422),
    ],
)
def test_a_body_is_taken_strictly_and_named_when_wrong(
    trying: FlaskClient, office: Office, sent: bytes, status: int
) -> None:
    headers = {"Authorization": f"Bearer {office.tokens[Role.nurse]}"}
    answer = trying.post("/api/v1/wishes", data=sent, headers=headers, content_type="application/json")
    assert answer.status_code == status, answer.text
    if status == 422:
        assert json.loads(answer.data)["code"] == "invalid"


def test_without_sign_in_programs_get_401_and_pages_the_form(trying: FlaskClient) -> None:
    answer = trying.post("/api/v1/wishes", json={"quantity": 1})
    assert answer.status_code == 401
    assert answer.headers["WWW-Authenticate"].startswith("Bearer")
    assert json.loads(answer.data)["code"] == "not_signed_in"
    assert trying.get("/people").headers["Location"] == "/sign-in?next=/people"


def test_not_json_is_400(trying: FlaskClient, office: Office) -> None:
    headers = {"Authorization": f"Bearer {office.tokens[Role.nurse]}"}
    answer = trying.post("/api/v1/wishes", data="quantity=1", headers=headers, content_type="text/plain")
    assert (answer.status_code, json.loads(answer.data)["code"]) == (400, "not_json")


def test_a_route_takes_only_the_pictures_it_named_up_to_its_limit(trying: FlaskClient) -> None:
    assert trying.post("/api/v1/picture", data=b"x", content_type="image/png").status_code == 200
    assert trying.post("/api/v1/picture", data=b"{}", content_type="application/json").status_code == 415


def test_a_body_above_one_megabyte_is_413(trying: FlaskClient, office: Office) -> None:
    headers = {"Authorization": f"Bearer {office.tokens[Role.nurse]}"}
    body = b'{"quantity": 1, "x": "' + b"x" * (1024 * 1024) + b'"}'
    answer = trying.post("/api/v1/wishes", data=body, headers=headers, content_type="application/json")
    assert answer.status_code == 413
    assert answer.content_type == "application/problem+json"


def test_an_address_that_does_not_exist_shows_the_menu_to_whoever_is_signed_in(trying: FlaskClient, sign_in) -> None:
    assert "Sign in" in trying.get("/nothing").text
    sign_in(Role.nurse, trying)
    answer = trying.get("/nothing")
    assert answer.status_code == 404
    assert "Go to the start page" in answer.text


def test_a_database_out_of_reach_is_said_and_may_be_asked_again(settings: Settings) -> None:
    gone = Database("postgresql+psycopg://nobody@127.0.0.1:1/nothing")
    client = create_app(gone, settings).test_client()
    answer = client.get("/api/v1/stock", headers={"Authorization": "Bearer supply_x"})
    assert (answer.status_code, answer.json["code"]) == (503, "not_saved")
    assert answer.headers["Retry-After"]
    assert client.get("/health").status_code == 503
