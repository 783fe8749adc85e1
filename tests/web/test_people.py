"""The pages of people: what an administrator does there, and what is refused."""

from collections.abc import Callable

import pytest
from flask import Flask
from flask.testing import FlaskClient

from supply.db import Database
from supply.staff import people, pins, tokens
from supply.staff.models import Person
from supply.staff.permissions import Role
from tests.web.conftest import PASSWORD, START, Office


@pytest.fixture
def token(sign_in: Callable[..., str]) -> str:
    """The form token of a signed-in administrator."""
    return sign_in(Role.admin)


def test_the_list_shows_everybody_with_their_roles(client: FlaskClient, token: str) -> None:
    page = client.get("/people").text
    assert all(f">{role.value}</a>" in page for role in Role)
    assert "Waste coordinator" in page
    assert "Commands typed on the server itself" in page


def test_a_person_is_added_and_the_list_says_so(client: FlaskClient, token: str, db: Database) -> None:
    fields = {
        "csrf_token": token,
        "name": "kim",
        "display_name": "Kim Park",
        "roles": ["nurse", "waste"],
        "password": "",
    }
    answer = client.post("/people", data=fields, follow_redirects=True)
    assert "Kim Park is added." in answer.text
    assert "Kim Park is added." not in client.get("/people").text
    with db.read_session() as session:
        assert people.find_actor(session, "kim").roles == {Role.nurse, Role.waste}


@pytest.mark.parametrize(
    ("fields", "status", "sentence"),
    [
        ({"name": "nurse", "roles": "nurse"}, 409, "already called"),
        ({"name": "", "roles": "nurse"}, 422, "The name is missing."),
        ({"name": "kim"}, 422, "Choose at least one role."),
        ({"name": "kim", "roles": "king"}, 422, "One of the roles does not exist."),
        ({"name": "kim", "roles": "nurse", "password": "short"}, 422, "at least 8 characters"),
        ({"name": "kim", "roles": "nurse", "email": "kim(at)home"}, 422, "This is no mail address"),
    ],
)
def test_a_bad_form_comes_back_filled_in_with_one_sentence(
    client: FlaskClient, token: str, db: Database, fields: dict[str, str], status: int, sentence: str
) -> None:
    answer = client.post("/people", data={"csrf_token": token, **fields})
    assert answer.status_code == status
    assert sentence in answer.text
    assert f'value="{fields["name"]}"' in answer.text
    with db.read_session() as session:
        assert len(people.roster(session)) == len(Role) + 1


def test_the_mail_address_is_saved_and_taken_away(
    client: FlaskClient, token: str, office: Office, db: Database
) -> None:
    where = f"/people/{office.ids[Role.nurse]}/email"
    page = client.post(where, data={"csrf_token": token, "email": "nora@example.org"}, follow_redirects=True).text
    assert "The mail address is saved." in page
    assert 'value="nora@example.org"' in page
    assert "nora@example.org" in client.get("/people").text
    with db.read_session() as session:
        assert [row.email for row in people.mailed(session)] == ["nora@example.org"]
    refused = client.post(where, data={"csrf_token": token, "email": "nora@example.org\r\nBcc: x@example.org"})
    assert (refused.status_code, "This is no mail address" in refused.text) == (422, True)
    client.post(where, data={"csrf_token": token, "email": ""})
    with db.read_session() as session:
        assert people.mailed(session) == []


def test_names_are_shown_as_text_not_as_markup(client: FlaskClient, token: str) -> None:
    nasty = '<img src=x onerror="alert(1)">'
    client.post("/people", data={"csrf_token": token, "name": nasty, "roles": "nurse"})
    page = client.get("/people").text
    assert "<img" not in page
    assert "&lt;img" in page


def test_disabling_can_be_undone_from_the_same_page(
    client: FlaskClient, token: str, office: Office, db: Database
) -> None:
    where = f"/people/{office.ids[Role.nurse]}"
    page = client.post(f"{where}/disable", data={"csrf_token": token}, follow_redirects=True).text
    assert f'action="{where}/enable"' in page
    client.post(f"{where}/enable", data={"csrf_token": token})
    with db.read_session() as session:
        assert people.find_actor(session, "nurse").roles == {Role.nurse}


def test_the_last_administrator_is_kept_with_a_sentence(client: FlaskClient, token: str, office: Office) -> None:
    answer = client.post(f"/people/{office.ids[Role.admin]}/disable", data={"csrf_token": token})
    assert answer.status_code == 409
    assert "last administrator" in answer.text
    assert client.get("/people").status_code == 200


def test_a_new_password_works_at_once(client: FlaskClient, token: str, office: Office, app: Flask) -> None:
    fields = {"csrf_token": token, "password": "quite another one"}
    client.post(f"/people/{office.ids[Role.nurse]}/password", data=fields)
    entered = app.test_client().post("/sign-in", data={"name": "nurse", "password": "quite another one"})
    assert entered.status_code == 303


def test_a_key_is_shown_once_and_works_until_revoked(
    client: FlaskClient, token: str, office: Office, db: Database
) -> None:
    number = office.ids[Role.nurse]
    shown = client.post(f"/people/{number}/tokens", data={"csrf_token": token, "label": "Front desk"})
    assert shown.status_code == 201
    key = shown.text.split('aria-label="The key">')[1].split("<")[0]
    assert key not in client.get(f"/people/{number}").text
    with db.read_session() as session:
        assert tokens.actor_for_token(session, key, START).name == "nurse"
        row = next(one for one in tokens.tokens_of(session, number) if one.label == "Front desk")
    fields = {"csrf_token": token, "next": f"/people/{number}"}
    answer = client.post(f"/people/tokens/{row.id}/revoke", data=fields)
    assert answer.headers["Location"] == f"/people/{number}"
    with db.read_session() as session:
        assert tokens.actor_for_token(session, key, START) is None


def test_a_person_revokes_their_own_key_but_nobody_elses(
    client: FlaskClient, sign_in: Callable[..., str], office: Office, db: Database
) -> None:
    csrf = sign_in(Role.nurse)
    with db.read_session() as session:
        (mine,) = tokens.tokens_of(session, office.ids[Role.nurse])
        (other,) = tokens.tokens_of(session, office.ids[Role.manager])
    assert client.post(f"/people/tokens/{other.id}/revoke", data={"csrf_token": csrf}).status_code == 403
    assert client.post(f"/people/tokens/{mine.id}/revoke", data={"csrf_token": csrf}).status_code == 303


@pytest.mark.parametrize("number", [1, 999, 2**63])
def test_a_person_who_cannot_be_changed_or_is_not_there_is_404(client: FlaskClient, token: str, number: int) -> None:
    assert client.get(f"/people/{number}").status_code == 404


def test_the_own_password_is_changed_with_the_present_one(
    client: FlaskClient, sign_in: Callable[..., str], app: Flask
) -> None:
    csrf = sign_in(Role.nurse)
    wrong = client.post("/account/password", data={"csrf_token": csrf, "current": "no", "new": "quite another one"})
    assert (wrong.status_code, "present password is not right" in wrong.text) == (422, True)
    other = app.test_client()
    sign_in(Role.nurse, other)
    fields = {"csrf_token": csrf, "current": PASSWORD, "new": "quite another one"}
    assert client.post("/account/password", data=fields).status_code == 303
    assert client.get("/account").status_code == 200
    assert other.get("/account").status_code == 303


def test_the_look_is_kept_in_the_browser(client: FlaskClient, sign_in: Callable[..., str]) -> None:
    csrf = sign_in(Role.nurse)
    client.post("/account/look", data={"csrf_token": csrf, "theme": "dark", "next": "/account"})
    assert 'data-bs-theme="dark"' in client.get("/account").text
    client.post("/account/look", data={"csrf_token": csrf, "theme": "pink"})
    assert 'data-bs-theme="dark"' in client.get("/account").text


def test_somebody_sets_their_own_pin_with_their_password(client, sign_in, office, db, settings) -> None:
    token = sign_in(Role.nurse)

    def send(**fields):
        return client.post("/account/pin", data={"csrf_token": token, **fields})

    def stored():
        with db.read_session() as session:
            return session.get(Person, office.ids[Role.nurse]).pin_hash

    for refused in ({"password": "wrong", "pin": "4071"}, {"password": PASSWORD, "pin": "1234"}):
        assert send(**refused).status_code == 422
        assert stored() is None
    assert send(password=PASSWORD, pin="4071").status_code == 303
    pepper = pins.read_or_make_pepper(settings.data_folder)
    assert pins.matches(stored(), "4071", person_id=office.ids[Role.nurse], pepper=pepper)
    assert "Change your PIN" in client.get("/account").text
    assert send(password=PASSWORD, pin="").status_code == 303
    assert stored() is None
