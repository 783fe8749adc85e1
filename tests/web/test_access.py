"""Every route declares who may use it, and the matrix of routes and roles holds."""

import re
from collections.abc import Callable

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.routing import Rule

from supply.staff.permissions import GRANTED, Role
from supply.web.access import PUBLIC_FILES, access_of
from tests.web.conftest import Clock, Office

# Routes that everybody let in may use, but not for everything: the refusal is their own.
JUDGING_THEMSELVES = frozenset(
    {"sign_in.enter", "people.revoke_token", "api_scans.list_scans", "api_station-devices.list_agent_labels"}
)
A_UUID = "0b8e7f3a-5c55-4f5e-9d7f-7a3b8f3f2c11"


def routes(app: Flask) -> list[Rule]:
    return [rule for rule in app.url_map.iter_rules() if rule.endpoint not in PUBLIC_FILES]


def address(rule: Rule) -> str:
    """The route's address with something in place of each variable."""

    def filler(found: re.Match[str]) -> str:
        kind, options = found[1] or "", found[2] or ""
        return {"int": "2147483647", "uuid": A_UUID, "any": options.split(",")[0]}.get(kind, "x")

    return re.sub(r"<(?:(\w+)(?:\(([^)]*)\))?:)?\w+>", filler, rule.rule)


def test_every_route_declares_its_permission(app: Flask) -> None:
    undeclared = [rule.endpoint for rule in routes(app) if access_of(app.view_functions[rule.endpoint]) is None]
    assert undeclared == []


def test_a_route_that_declares_nothing_is_refused(app: Flask, office: Office) -> None:
    app.add_url_rule("/forgotten", "forgotten", lambda: "secret")
    for headers in ({}, {"Authorization": f"Bearer {office.tokens[Role.admin]}"}):
        answer = app.test_client().get("/forgotten", headers=headers)
        assert answer.status_code == 403
        assert "secret" not in answer.text


@pytest.mark.parametrize("role", [None, *Role], ids=lambda role: role.value if role else "nobody")
def test_each_role_gets_into_exactly_the_routes_that_let_it_in(app: Flask, office: Office, role: Role | None) -> None:
    """Whoever is not let in gets 401 or 403 (a page: the way to the sign-in form); whoever is never gets those."""
    headers = {"Authorization": f"Bearer {office.tokens[role]}"} if role else {}
    wrong = []
    for rule in routes(app):
        access = access_of(app.view_functions[rule.endpoint])
        granted = access.is_public or (
            role is not None and (not access.actions or any(role in GRANTED[action] for action in access.actions))
        )
        for method in sorted(rule.methods - {"HEAD", "OPTIONS"}):
            body = {"json": {}} if rule.rule.startswith("/api/") and method != "GET" else {}
            client = app.test_client()
            answer = client.open(address(rule), method=method, headers=headers, **body)
            refused = answer.status_code in (401, 403) or "/sign-in?" in answer.headers.get("Location", "")
            own_refusal = granted and rule.endpoint in JUDGING_THEMSELVES
            if refused == granted and not own_refusal:
                wrong.append(f"{method} {rule.rule} ({rule.endpoint}): {answer.status_code}")
            if answer.status_code >= 500:
                wrong.append(f"{method} {rule.rule}: {answer.status_code}")
    assert not wrong, wrong


def test_a_disabled_persons_session_ends_with_the_next_request(
    client: FlaskClient, sign_in: Callable[..., str], office: Office, app: Flask
) -> None:
    sign_in(Role.nurse)
    admin = app.test_client()
    token = sign_in(Role.admin, admin)
    done = admin.post(f"/people/{office.ids[Role.nurse]}/disable", data={"csrf_token": token})
    assert done.status_code == 303
    assert client.get("/account").headers["Location"].startswith("/sign-in")


def test_changed_roles_hold_from_the_next_request(
    client: FlaskClient, sign_in: Callable[..., str], office: Office, app: Flask
) -> None:
    sign_in(Role.nurse)
    assert client.get("/people").status_code == 403
    admin = app.test_client()
    token = sign_in(Role.admin, admin)
    fields = {"csrf_token": token, "roles": ["nurse", "admin"]}
    admin.post(f"/people/{office.ids[Role.nurse]}/roles", data=fields)
    assert client.get("/people").status_code == 200


def test_a_session_ends_after_fifteen_idle_minutes(
    client: FlaskClient, sign_in: Callable[..., str], clock: Clock
) -> None:
    sign_in(Role.nurse)
    clock.forward(minutes=14, seconds=59)
    assert client.get("/account").status_code == 200
    clock.forward(minutes=15)
    assert client.get("/account").status_code == 303


def test_a_session_lasts_at_most_twelve_hours(client: FlaskClient, sign_in: Callable[..., str], clock: Clock) -> None:
    sign_in(Role.nurse)
    for _ in range(71):
        clock.forward(minutes=10)
        assert client.get("/account").status_code == 200
    clock.forward(minutes=10)
    assert client.get("/account").status_code == 303


@pytest.mark.parametrize("header", ["Bearer wrong", "Bearer ", "bearer x", "Bearer \xff"])
def test_a_wrong_token_is_401_even_with_a_good_cookie(
    client: FlaskClient, sign_in: Callable[..., str], header: str
) -> None:
    sign_in(Role.admin)
    answer = client.get("/people", headers={"Authorization": header})
    assert answer.headers["Location"].startswith("/sign-in")
