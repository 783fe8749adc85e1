"""The description of the interface: valid, complete, and kept by every operation, whatever is sent."""

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
import schemathesis
from flask import Flask
from flask.testing import FlaskClient
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis.errors import Unsatisfiable
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from supply.db import Database
from supply.settings import load
from supply.staff import people, tokens
from supply.web.app import create_app
from supply.web.registry import RESOURCES
from tests import factories
from tests.waste_office import book, hand_over, sealed_container, set_up_waste
from tests.web.api.conftest import GTIN, Api
from tests.web.api.test_labels import add_printer
from tests.web.conftest import START, Clock, Office

CHECKS = [not_a_server_error, status_code_conformance, content_type_conformance, response_schema_conformance]
METHODS = ("get", "post", "patch", "delete")
OPERATIONS = [
    (path, method)
    for resource in RESOURCES
    for path, item in sorted(resource.paths.items())
    for method in METHODS
    if getattr(item, method) is not None
]


@pytest.fixture(scope="module")
def everything(prepared: tuple[Path, Office], tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Flask, Api]]:
    """An app with stock and an open scan, and a client that may do everything."""
    folder = tmp_path_factory.mktemp("everything")
    shutil.copy(prepared[0], folder / "supply.db")
    chosen = load(None, {"SUPPLY_DATA": str(folder)})
    db = Database(chosen.database_url)
    local = db.transact(lambda session: people.local_actor(session))
    token = db.transact(lambda session: tokens.create_token(session, person_name="local", by=local, now=START))
    app = create_app(db, chosen, clock=Clock(START))
    api = Api(app.test_client(), token)
    assert api.scan(f"(01){GTIN}(17)270501(10)A1", "receive")[0] == 201
    db.transact(add_printer)
    assert api.post("/labels", {"request_id": str(uuid4()), "kind": "lot", "id": "1"})[0] == 201
    waste = factories.Office(db, START)
    set_up_waste(waste, trained=local.person_id)
    hand_over(waste, book(waste, sealed_container(waste)), local)
    yield app, api
    db.close()


@pytest.fixture
def description(client: FlaskClient) -> dict[str, Any]:
    return client.get("/api/v1/openapi.json").json


@pytest.fixture(scope="module")
def described(everything: tuple[Flask, Api]) -> Any:
    return schemathesis.openapi.from_wsgi("/api/v1/openapi.json", everything[0])


def check(operation: Any, examples: int, act: Any) -> None:
    """Send so many right and so many wrong requests."""
    for mode in (GenerationMode.POSITIVE, GenerationMode.NEGATIVE):
        bounded = settings(
            max_examples=examples,
            deadline=None,
            derandomize=True,
            database=None,
            phases=[Phase.explicit, Phase.generate],
            suppress_health_check=list(HealthCheck),
        )
        try:
            bounded(given(case=operation.as_strategy(generation_mode=mode))(act))()
        except Unsatisfiable:
            assert mode == GenerationMode.NEGATIVE, "nothing right can be sent"


@pytest.mark.parametrize(("path", "method"), OPERATIONS)
def test_no_operation_breaks_its_promise_whatever_is_sent(
    path: str, method: str, described: Any, everything: tuple[Flask, Api]
) -> None:
    def act(case: Any) -> None:
        case.call_and_validate(headers=everything[1].headers, checks=CHECKS)

    check(described[path][method], 15, act)


@pytest.mark.parametrize(("path", "method"), [each for each in OPERATIONS if "{" in each[0]])
def test_no_operation_breaks_its_promise_about_things_that_exist(
    path: str, method: str, described: Any, everything: tuple[Flask, Api]
) -> None:
    api = everything[1]

    def act(case: Any) -> None:
        known = {"sku": "GLV-M", "lot_id": 1, "code": "kiosk-1", "job_id": 1, "number": "1"}
        if "request_id" in case.path_parameters:
            known["request_id"] = api.scan(f"UNKNOWN-{uuid4()}")[1]["request_id"]
        case.path_parameters = {name: known[name] for name in case.path_parameters}
        case.call_and_validate(headers=api.headers, checks=CHECKS)

    check(described[path][method], 8, act)


def test_the_description_is_valid_openapi_3_1(described: Any, description: dict[str, Any]) -> None:
    assert description["openapi"] == "3.1.0"
    described.validate()


def test_every_operation_says_what_it_answers_and_who_may_ask(description: dict[str, Any]) -> None:
    operations = [description["paths"][path][method] for path, method in OPERATIONS]
    names = [operation["operationId"] for operation in operations]
    assert len(names) == len(set(names)) >= 29
    for operation in operations:
        assert operation["summary"], operation["operationId"]
        assert operation["security"] == [{"bearer": []}, {"session": []}]
        assert {"400", "401", "403", "404", "409", "413", "415", "422", "503"} <= set(operation["responses"])
        good = [answer for status, answer in operation["responses"].items() if status.startswith("2")]
        assert good, operation["operationId"]
        assert all("content" in answer for answer in good) or "204" in operation["responses"]


def test_every_body_that_is_taken_is_described(description: dict[str, Any]) -> None:
    described = {
        operation["operationId"]
        for item in description["paths"].values()
        for operation in item.values()
        if operation.get("requestBody")
    }
    taking = {"post_scan", "resolve_scan", "add_item", "change_item", "add_code", "add_place", "post_owner"}
    taking |= {"hold_lot", "recall_lot", "release_lot", "post_correction", "sign_on", "read_frame"}
    assert taking <= described


def test_no_two_shapes_share_a_name() -> None:
    seen: dict[str, Any] = {}
    for resource in RESOURCES:
        for name, shape in resource.components_schemas.items():
            assert seen.setdefault(name, shape) == shape, name


def test_every_address_of_the_interface_is_described(app: Flask, description: dict[str, Any]) -> None:
    served = {
        rule.rule for rule in app.url_map.iter_rules() if rule.rule.startswith("/api/v1/") and "static" not in rule.rule
    }
    described = {path.replace("{", "<").replace("}", ">") for path in description["paths"]}
    plain = {rule.replace("<path:", "<").replace("<int:", "<") for rule in served}
    assert plain - described == {"/api/v1/openapi.json", "/api/v1/docs"}


def test_the_description_can_be_browsed_without_sign_in(client: FlaskClient) -> None:
    assert client.get("/api/v1/docs").status_code == 200
