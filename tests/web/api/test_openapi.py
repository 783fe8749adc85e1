"""The description of the interface: valid, complete, and kept by every operation, whatever is sent."""

import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from itertools import cycle
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
from sqlalchemy.orm import Session

from supply.alerts import book
from supply.alerts.book import Cause
from supply.db import Database
from supply.labels import print_jobs, templates
from supply.labels.design import usual_design
from supply.settings import load
from supply.staff import people, tokens
from supply.web.app import create_app
from supply.web.registry import RESOURCES
from tests import factories
from tests.purchasing.buying import HARBOR, Buying
from tests.waste_office import book as book_pickup
from tests.waste_office import hand_over, open_container, sealed_container, set_up_waste
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


@dataclass
class Everything:
    """An app where there is one of everything, a client that may do everything, and how to come by each thing."""

    app: Flask
    api: Api
    office: factories.Office
    known: dict[str, Callable[[], object]] = field(default_factory=dict)

    def thing(self, path: str) -> object:
        """What stands for the parameter of this path."""
        return self.known[path.removeprefix("/api/v1").partition("}")[0] + "}"]()


@pytest.fixture(scope="module")
def everything(prepared: tuple[Path, Office], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Everything]:
    """One of everything; what an operation uses up is made anew each time."""
    folder = tmp_path_factory.mktemp("everything")
    shutil.copy(prepared[0], folder / "supply.db")
    chosen = load(None, {"SUPPLY_DATA": str(folder)})
    db = Database(chosen.database_url)
    local = db.transact(lambda session: people.local_actor(session))
    token = db.transact(lambda session: tokens.create_token(session, person_name="local", by=local, now=START))
    app = create_app(db, chosen, clock=Clock(START))
    made = Everything(app, Api(app.test_client(), token), factories.Office(db, START))
    assert made.api.scan(f"(01){GTIN}(17)270501(10)A1", "receive")[0] == 201
    made.known = {
        "/items/{sku}": lambda: "GLV-M",
        "/lots/{lot_id}": lambda: 1,
        "/stations/{code}": lambda: "kiosk-1",
        "/station-devices/{name}": lambda: "scanner-1",
        "/scans/{request_id}": lambda: made.api.scan(f"UNKNOWN-{uuid4()}")[1]["request_id"],
        "/alerts/{alert_id}": lambda: 1,
        "/jobs/{name}": lambda: "verify",
        "/suppliers/{code}": lambda: "HARBOR",
        "/reorder-suggestions/{sku}": lambda: "GLV-M",
        "/print-jobs/{job_id}": put_into_the_print_queue(made),
        "/label-templates/{template_id}": keep_a_design(made),
        "/shelf-requests/{request}": lambda: ask_at_the_shelf(made),
        **what_waste_has(made),
    }
    learn_what_to_order(made)
    yield made
    db.close()


def learn_what_to_order(made: Everything) -> None:
    """A supplier, a suggestion, and an alert about it."""
    buying = Buying(made.office)
    assert made.api.post("/suppliers", {"code": "HARBOR", "name": HARBOR})[0] == 201
    buying.used("GLV-M", per_day=20, days=100)
    assert buying.check() >= 1
    cause = Cause("reorder", "GLV-M", "short", "Gloves run out.", "/reorder", "manager")
    made.office.db.transact(lambda s: book.update(s, kinds=["reorder"], causes=[cause], now=START))
    assert [alert["id"] for alert in made.api.get("/alerts")[1]["items"]] == [1]


def put_into_the_print_queue(made: Everything) -> Callable[[], object]:
    """Labels of which one needs somebody, one may have come out, and one waits: in turn."""
    made.office.db.transact(add_printer)
    body = {"kind": "lot", "id": "1", "printer": "printer-1"}
    numbers = [made.api.post("/labels", {**body, "request_id": str(uuid4())})[1]["id"] for _ in range(3)]

    def happen(session: Session) -> None:
        printer = print_jobs.find_job(session, numbers[0]).device_id
        for end in (print_jobs.attention, print_jobs.unknown):
            begun = print_jobs.take_next(session, device_id=printer, now=START)
            assert begun is not None
            end(session, job_id=begun.id, words="Out of paper.", now=START)

    made.office.db.transact(happen)
    turn = cycle(numbers)
    return lambda: next(turn)


def keep_a_design(made: Everything) -> Callable[[], object]:
    """A design of a label, a new one each time."""
    proof = templates.proved("location", usual_design("location"), "57x32")
    wanted = {"proof": proof, "preset": None, "is_default": False, "actor_id": 1, "now": START}

    def keep(session: Session) -> int:
        return templates.add_template(session, name=f"Ours {uuid4()}", **wanted).id

    return lambda: made.office.db.transact(keep)


def ask_at_the_shelf(made: Everything) -> object:
    """An open request for more, a new one where the one before was settled."""
    wish = {"request_id": str(uuid4()), "item": "GLV-M", "location": "STOREROOM", "kind": "need_more"}
    return made.api.post("/shelf-requests", wish)[1]["id"]


def what_waste_has(made: Everything) -> dict[str, Callable[[], object]]:
    """An open container and a booked pickup, new ones each time, and a paper that was signed."""
    with made.office.db.read_session() as session:
        local = people.local_actor(session)
    set_up_waste(made.office, trained=local.person_id)
    paper = hand_over(made.office, book_pickup(made.office, sealed_container(made.office)), local)
    return {
        "/waste/containers/{number}": lambda: open_container(made.office),
        "/waste/pickups/{number}": lambda: book_pickup(made.office, sealed_container(made.office)),
        "/waste/manifests/{number}": lambda: paper,
    }


@pytest.fixture
def description(client: FlaskClient) -> dict[str, Any]:
    return client.get("/api/v1/openapi.json").json


@pytest.fixture(scope="module")
def described(everything: Everything) -> Any:
    return schemathesis.openapi.from_wsgi("/api/v1/openapi.json", everything.app)


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
    path: str, method: str, described: Any, everything: Everything
) -> None:
    def act(case: Any) -> None:
        case.call_and_validate(headers=everything.api.headers, checks=CHECKS)

    check(described[path][method], 15, act)


@pytest.mark.parametrize(("path", "method"), [each for each in OPERATIONS if "{" in each[0]])
def test_no_operation_breaks_its_promise_about_things_that_exist(
    path: str, method: str, described: Any, everything: Everything
) -> None:
    def act(case: Any) -> None:
        case.path_parameters = {name: everything.thing(path) for name in case.path_parameters}
        answer = case.call_and_validate(headers=everything.api.headers, checks=CHECKS)
        assert answer.status_code != 404 or case.body or path.endswith("/unskip"), "it does not exist"

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
