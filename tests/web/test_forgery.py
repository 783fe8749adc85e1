"""No other site can act through a signed-in browser."""

from collections.abc import Callable

import pytest
from flask import Flask
from flask.testing import FlaskClient

from supply.staff.permissions import Role
from supply.web.access import accepted_by, access_of
from tests.web.conftest import Office
from tests.web.test_access import address, routes

UNSAFE = {"POST", "PUT", "PATCH", "DELETE"}


def unsafe_routes(app: Flask) -> list[tuple[str, str, bool]]:
    """Method, address and whether a session is needed, of every route that changes something."""
    return [
        (method, address(rule), not access_of(app.view_functions[rule.endpoint]).is_public)
        for rule in routes(app)
        for method in sorted(rule.methods & UNSAFE)
    ]


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
    ],
    ids=lambda headers: "".join(headers.values()),
)
def test_a_request_from_another_site_is_refused_even_with_the_token(
    app: Flask, client: FlaskClient, sign_in: Callable[..., str], headers: dict[str, str]
) -> None:
    token = sign_in(Role.admin)
    for method, where, _ in unsafe_routes(app):
        answer = client.open(where, method=method, headers={**headers, "X-CSRF-Token": token}, json={})
        assert answer.status_code == 403, where


def test_a_request_without_the_token_or_with_another_sessions_is_refused(
    app: Flask, client: FlaskClient, sign_in: Callable[..., str]
) -> None:
    other = sign_in(Role.admin, app.test_client())
    sign_in(Role.admin)
    for sent in ({}, {"X-CSRF-Token": other}, {"X-CSRF-Token": "é"}):
        for method, where, _ in unsafe_routes(app):
            assert client.open(where, method=method, headers=sent, json={}).status_code == 403, where


def test_the_interface_takes_no_plain_form_and_no_plain_text(app: Flask, office: Office) -> None:
    bearer = {"Authorization": f"Bearer {office.tokens[Role.manager]}"}
    for rule in routes(app):
        if not rule.rule.startswith("/api/"):
            continue
        asked_for = accepted_by(app.view_functions[rule.endpoint])
        for kind in ("text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x"):
            if asked_for is not None and kind.split(";")[0] in asked_for.media_types:
                continue
            for method in rule.methods & UNSAFE:
                sent = app.test_client().open(
                    address(rule), method=method, headers=bearer, data=b"{}", content_type=kind
                )
                assert sent.status_code in (400, 403, 415), rule


def test_a_form_with_its_token_from_the_same_origin_passes(client: FlaskClient, sign_in: Callable[..., str]) -> None:
    token = sign_in(Role.admin)
    fields = {"csrf_token": token, "name": "new", "roles": "nurse"}
    headers = {"Origin": "http://localhost", "Sec-Fetch-Site": "same-origin"}
    assert client.post("/people", data=fields, headers=headers).status_code == 303


def test_a_program_with_a_token_needs_no_form_token(client: FlaskClient, office: Office) -> None:
    headers = {"Authorization": f"Bearer {office.tokens[Role.admin]}"}
    assert client.post("/people", data={"name": "new", "roles": "nurse"}, headers=headers).status_code == 303


def test_signing_in_from_another_site_is_refused(client: FlaskClient) -> None:
    answer = client.post("/sign-in", data={"name": "nurse"}, headers={"Origin": "https://evil.example"})
    assert answer.status_code == 403
