"""The sign-in form, signing out, and the first-start link."""

from collections.abc import Callable

import pytest
from flask import Flask
from flask.testing import FlaskClient

from supply.db import Base, Database
from supply.settings import Settings
from supply.staff import setup_links
from supply.staff.permissions import Role
from supply.web.app import create_app
from tests.web.conftest import PASSWORD, START


def test_the_form_signs_in_and_goes_where_the_person_was_going(client: FlaskClient) -> None:
    asked = client.get("/account?tab=1")
    assert asked.headers["Location"] == "/sign-in?next=/account?tab%3D1"
    form = client.get(asked.headers["Location"]).text
    assert 'value="/account?tab=1"' in form
    assert 'autocomplete="current-password"' in form
    assert 'autocomplete="username"' in form
    answer = client.post("/sign-in", data={"name": "Nurse", "password": PASSWORD, "next": "/account?tab=1"})
    assert (answer.status_code, answer.headers["Location"]) == (303, "/account?tab=1")
    assert client.get("/account").status_code == 200


def test_the_cookie_is_out_of_reach_of_scripts_and_other_sites(client: FlaskClient) -> None:
    answer = client.post("/sign-in", data={"name": "nurse", "password": PASSWORD})
    cookie = answer.headers["Set-Cookie"]
    assert cookie.startswith("supply_session=")
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie


def test_over_tls_the_cookie_is_secure_and_bound_to_the_host(client: FlaskClient) -> None:
    answer = client.post("/sign-in", data={"name": "nurse", "password": PASSWORD}, base_url="https://localhost")
    cookie = answer.headers["Set-Cookie"]
    assert cookie.startswith("__Host-supply_session=")
    assert "Secure" in cookie
    assert "Path=/" in cookie
    assert "Domain" not in cookie
    assert answer.headers["Strict-Transport-Security"].startswith("max-age=")


def test_a_session_key_set_beforehand_does_not_survive_the_sign_in(client: FlaskClient) -> None:
    client.set_cookie("supply_session", "chosen-by-somebody-else")
    client.post("/sign-in", data={"name": "nurse", "password": PASSWORD})
    assert client.get_cookie("supply_session").value != "chosen-by-somebody-else"


@pytest.mark.parametrize(
    "onward",
    [
        "https://evil.example/",
        "//evil.example",
        "/\\evil.example",
        "\\\\evil",
        "javascript:alert(1)",
        "/a\r\nb",
        "",
        "x",
    ],
)
def test_nobody_is_sent_to_another_site(client: FlaskClient, onward: str) -> None:
    answer = client.post("/sign-in", data={"name": "nurse", "password": PASSWORD, "next": onward})
    assert answer.headers["Location"] == "/"


def test_a_wrong_password_shows_the_form_again_with_the_name_kept(client: FlaskClient) -> None:
    answer = client.post("/sign-in", data={"name": "nurse<b>", "password": "wrong password"})
    assert answer.status_code == 401
    assert 'value="nurse&lt;b&gt;"' in answer.text
    assert "The name or the password is not right" in answer.text
    assert "wrong password" not in answer.text
    assert "supply_session" not in answer.headers.get("Set-Cookie", "")


def test_the_sixth_attempt_is_told_to_wait(client: FlaskClient) -> None:
    for _ in range(5):
        client.post("/sign-in", data={"name": "nurse", "password": "wrong password"})
    answer = client.post("/sign-in", data={"name": "nurse", "password": PASSWORD})
    assert answer.status_code == 429
    assert "Wait 15 minutes" in answer.text


def test_signing_out_ends_the_session_on_the_server(client: FlaskClient, sign_in: Callable[..., str]) -> None:
    token = sign_in(Role.nurse)
    key = client.get_cookie("supply_session").value
    answer = client.post("/sign-out", data={"csrf_token": token})
    assert answer.headers["Location"] == "/sign-in"
    client.set_cookie("supply_session", key)
    assert client.get("/account").status_code == 303


def test_whoever_is_signed_in_needs_no_form(client: FlaskClient, sign_in: Callable[..., str]) -> None:
    sign_in(Role.nurse)
    assert client.get("/sign-in?next=/account").headers["Location"] == "/account"


@pytest.fixture
def empty(settings: Settings, tmp_path_factory: pytest.TempPathFactory) -> tuple[Flask, str]:
    """An app on a database without people, and its first-start link."""
    db = Database(f"sqlite:///{tmp_path_factory.mktemp('empty') / 'supply.db'}")
    Base.metadata.create_all(db.engine)
    key = db.transact(lambda session: setup_links.create_setup_link(session, START))
    return create_app(db, settings, clock=lambda: START), f"/setup/{key}"


def test_the_first_start_link_makes_the_administrator_signs_them_in_and_is_gone(empty: tuple[Flask, str]) -> None:
    app, link = empty
    client = app.test_client()
    assert 'autocomplete="new-password"' in client.get(link).text
    answer = client.post(link, data={"name": "ada", "password": PASSWORD, "is_manager": "yes"})
    assert answer.status_code == 303
    assert client.get("/people").status_code == 200
    for method in ("get", "post"):
        again = getattr(app.test_client(), method)(link)
        assert again.status_code == 404
        assert "used already" in again.text


def test_a_weak_password_on_the_first_start_keeps_the_name_and_the_link(empty: tuple[Flask, str]) -> None:
    app, link = empty
    client = app.test_client()
    answer = client.post(link, data={"name": "ada", "password": "short"})
    assert answer.status_code == 422
    assert 'value="ada"' in answer.text
    assert "at least 8 characters" in answer.text
    assert client.get(link).status_code == 200


def test_an_invented_link_opens_nothing(client: FlaskClient) -> None:
    assert client.get("/setup/invented").status_code == 404
