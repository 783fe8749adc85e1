"""What every operation does with requests that are not as they should be, and who may use which."""

from collections.abc import Callable
from typing import Any

import pytest
from flask.testing import FlaskClient

from supply.staff.permissions import Role
from supply.web.registry import RESOURCES
from tests.web.api.conftest import Api

READERS = {Role.nurse, Role.receiver, Role.manager, Role.waste, Role.auditor}
MANAGER = {Role.manager}
PRINTERS = {Role.receiver, Role.manager, Role.waste}
ADDERS = {Role.nurse, Role.manager, Role.waste}
SEALERS = {Role.manager, Role.waste}
TAKERS = {Role.nurse, Role.receiver, Role.manager}
DESIGNERS = {Role.manager, Role.admin}
AGENTS: set[Role] = set()  # no person: only an enrolled device
WHO = {
    ("GET", "/items"): READERS,
    ("POST", "/items"): MANAGER,
    ("GET", "/items/GLV-M"): READERS,
    ("PATCH", "/items/GLV-M"): MANAGER,
    ("GET", "/items/GLV-M/codes"): READERS,
    ("POST", "/items/GLV-M/codes"): MANAGER,
    ("GET", "/lots"): READERS,
    ("GET", "/lots/1"): READERS,
    ("POST", "/lots/1/hold"): MANAGER,
    ("POST", "/lots/1/recall"): MANAGER,
    ("POST", "/lots/1/release"): MANAGER,
    ("GET", "/locations"): READERS,
    ("POST", "/locations"): MANAGER,
    ("GET", "/owners"): READERS,
    ("POST", "/owners"): MANAGER,
    ("GET", "/stock"): READERS,
    ("GET", "/movements"): READERS,
    ("POST", "/movements"): MANAGER,
    ("GET", "/scans"): {Role.manager, Role.auditor},
    ("POST", "/scans"): set(Role),
    ("GET", "/scans/00000000-0000-4000-8000-000000000000"): set(Role),
    ("POST", "/scans/00000000-0000-4000-8000-000000000000/resolve"): MANAGER,
    ("POST", "/scans/00000000-0000-4000-8000-000000000000/undo"): TAKERS,
    ("POST", "/scans/00000000-0000-4000-8000-000000000000/confirm"): TAKERS,
    ("GET", "/stations"): READERS | {Role.admin},
    ("GET", "/stations/kiosk-1/answers"): READERS,
    ("POST", "/stations/kiosk-1/session"): READERS,
    ("DELETE", "/stations/kiosk-1/session"): READERS,
    ("POST", "/stations/kiosk-1/badge"): set(Role),
    ("POST", "/stations/kiosk-1/pin"): set(Role),
    ("GET", "/stations/kiosk-1/people"): READERS,
    ("POST", "/stations/kiosk-1/turn"): TAKERS,
    ("GET", "/stations/kiosk-1/deliveries"): {Role.receiver, Role.manager},
    ("POST", "/stations/kiosk-1/deliveries"): {Role.receiver, Role.manager},
    ("GET", "/station-devices?station=kiosk-1"): AGENTS,
    ("POST", "/station-devices/scanner-1/reads"): set(Role),
    ("POST", "/station-devices/scanner-1/state"): set(Role),
    ("GET", "/station-devices/scanner-1/labels"): AGENTS,
    ("POST", "/station-devices/scanner-1/labels/next"): set(Role),
    ("POST", "/station-devices/scanner-1/labels/1/outcome"): set(Role),
    ("GET", "/kiosk/catalogue?station=kiosk-1"): READERS,
    ("POST", "/shelf-requests"): {Role.nurse, Role.manager},
    ("GET", "/shelf-requests"): MANAGER,
    ("GET", "/shelf-requests/counts"): TAKERS,
    ("POST", "/shelf-requests/1/settle"): MANAGER,
    ("GET", "/devices"): READERS | {Role.admin},
    ("POST", "/camera-frames"): READERS,
    ("GET", "/alerts"): set(Role),
    ("POST", "/alerts/1/acknowledge"): set(Role),
    ("GET", "/jobs"): {Role.manager, Role.admin},
    ("POST", "/jobs/verify/run"): {Role.manager, Role.admin},
    ("GET", "/jobs/verify/runs"): {Role.manager, Role.admin},
    ("POST", "/labels"): READERS - {Role.auditor},
    ("GET", "/labels/preview.png"): READERS,
    ("GET", "/label-templates"): DESIGNERS,
    ("POST", "/label-templates"): DESIGNERS,
    ("PUT", "/label-templates/1"): DESIGNERS,
    ("DELETE", "/label-templates/1"): DESIGNERS,
    ("GET", "/print-jobs"): READERS | {Role.admin},
    ("GET", "/print-jobs/1"): READERS | {Role.admin},
    ("POST", "/print-jobs/1/cancel"): PRINTERS,
    ("POST", "/print-jobs/1/retry"): PRINTERS,
    ("POST", "/print-jobs/1/settle"): PRINTERS,
    ("POST", "/print-jobs/1/reprint"): PRINTERS,
    ("GET", "/reorder-suggestions"): MANAGER,
    ("GET", "/reorder-suggestions/GLV-M"): MANAGER,
    ("POST", "/reorder-suggestions/GLV-M/skip"): MANAGER,
    ("POST", "/reorder-suggestions/GLV-M/unskip"): MANAGER,
    ("POST", "/reorder-suggestions/accept"): MANAGER,
    ("GET", "/suppliers"): MANAGER,
    ("POST", "/suppliers"): MANAGER,
    ("GET", "/suppliers/HARBOR"): MANAGER,
    ("PATCH", "/suppliers/HARBOR"): MANAGER,
    ("GET", "/waste/streams"): ADDERS | {Role.auditor},
    ("GET", "/waste/containers"): ADDERS | {Role.auditor},
    ("POST", "/waste/containers"): ADDERS,
    ("GET", "/waste/containers/W-000001"): ADDERS | {Role.auditor},
    ("POST", "/waste/containers/W-000001/add"): ADDERS,
    ("POST", "/waste/containers/W-000001/full"): ADDERS,
    ("POST", "/waste/containers/W-000001/seal"): SEALERS,
    ("POST", "/waste/containers/W-000001/swap"): SEALERS,
    ("GET", "/waste/pickups"): SEALERS | {Role.auditor},
    ("POST", "/waste/pickups"): SEALERS,
    ("GET", "/waste/pickups/1"): SEALERS | {Role.auditor},
    ("POST", "/waste/pickups/1/hand-over"): SEALERS,
    ("GET", "/waste/manifests"): SEALERS | {Role.auditor},
    ("GET", "/waste/manifests/1"): SEALERS | {Role.auditor},
    ("GET", "/waste/manifests/1.pdf"): SEALERS | {Role.auditor},
}


@pytest.mark.parametrize(("method", "path"), WHO)
def test_each_operation_is_for_whom_the_table_says(api: Callable[[Role], Api], method: str, path: str) -> None:
    """Sent without a body: whoever gets in is told something else than 403."""
    for role in Role:
        status = api(role).send(method, path).status_code
        assert (status != 403) == (role in WHO[method, path]), (role, status)


def test_the_table_above_names_every_operation() -> None:
    declared = sum(
        getattr(item, method) is not None
        for resource in RESOURCES
        for item in resource.paths.values()
        for method in ("get", "post", "patch", "put", "delete")
    )
    assert declared == len(WHO)


@pytest.mark.parametrize(("method", "path"), WHO)
def test_nobody_gets_in_without_signing_in(client: FlaskClient, method: str, path: str) -> None:
    answer = client.open(f"/api/v1{path}", method=method)
    assert (answer.status_code, answer.json["code"]) == (401, "not_signed_in")
    assert answer.headers["WWW-Authenticate"].startswith("Bearer")


def test_a_browser_session_needs_its_csrf_token(client: FlaskClient, sign_in: Callable[..., str]) -> None:
    token = sign_in(Role.manager)
    body = {"code": "ROOM-9"}
    assert client.post("/api/v1/locations", json=body).json["code"] == "forged"
    assert client.post("/api/v1/locations", json=body, headers={"X-CSRF-Token": "wrong"}).status_code == 403
    right = {"X-CSRF-Token": token}
    foreign = {**right, "Origin": "https://evil.example"}
    assert client.post("/api/v1/locations", json=body, headers=foreign).status_code == 403
    assert client.post("/api/v1/locations", json=body, headers=right).status_code == 201
    assert client.get("/api/v1/locations").status_code == 200


WITHOUT_BODY = ("/undo", "/acknowledge", "/run", "/cancel", "/retry", "/unskip", "/full", "/camera-frames")
BODIES = [key for key in WHO if key[0] in ("POST", "PATCH") and not key[1].endswith(WITHOUT_BODY)]


@pytest.mark.parametrize(("method", "path"), BODIES)
@pytest.mark.parametrize(
    "sent",
    [b"", b"{", b"[1]", b"NaN", b"\xff", b'{"a":' * 100_000 + b"1" + b"}" * 100_000, b"[" * 100_000, b"1" * 10_000],
)
def test_what_is_no_json_object_is_refused(manager: Api, method: str, path: str, sent: bytes) -> None:
    answer = manager.send(method, path, data=sent, content_type="application/json")
    assert answer.status_code in (400, 413)
    assert answer.mimetype == "application/problem+json"


@pytest.mark.parametrize(("method", "path"), [key for key in BODIES if key[1] != "/scans"])
def test_another_kind_of_content_is_refused(manager: Api, method: str, path: str) -> None:
    for kind in ("text/plain", "application/x-www-form-urlencoded", "multipart/form-data", "application/xml"):
        answer = manager.send(method, path, data=b"a=1", content_type=kind)
        assert (answer.status_code, answer.json["code"]) == (415, "wrong_media_type")


@pytest.mark.parametrize(("method", "path"), [key for key in BODIES if key[1] != "/scans"])
@pytest.mark.parametrize(
    "body", [{"nobody knows this": 1}, {"\ud800": 1}, {"\x00": {"a": [{}]}}, {str(n): n for n in range(500)}]
)
def test_unknown_fields_are_refused(manager: Api, method: str, path: str, body: dict[str, Any]) -> None:
    status, answer = manager.post(path, body) if method == "POST" else manager.patch(path, body)
    assert (status, answer["code"]) == (422, "bad_field")
    assert len(answer["errors"]) <= 20


TAKES_NOTHING = [key for key in WHO if key[0] == "POST" and key[1].endswith(WITHOUT_BODY[:-1])]


@pytest.mark.parametrize(("method", "path"), TAKES_NOTHING)
def test_an_operation_that_takes_nothing_refuses_what_is_sent(manager: Api, method: str, path: str) -> None:
    for sent, status in ((b"{", 400), (b"[1]", 400), (b'{"colour": "red"}', 422), (b"[" * 100_000, 400)):
        answer = manager.send(method, path, data=sent, content_type="application/json")
        assert (answer.status_code, answer.mimetype) == (status, "application/problem+json"), sent[:20]


@pytest.mark.parametrize(
    "path",
    [
        *("/items", "/lots", "/locations", "/owners", "/stock", "/movements", "/stations", "/devices", "/scans"),
        *("/alerts", "/jobs/verify/runs", "/print-jobs", "/reorder-suggestions", "/suppliers", "/shelf-requests"),
        *("/waste/containers", "/waste/pickups", "/waste/manifests"),
    ],
)
def test_lists_take_a_limit_and_their_own_cursor_only(manager: Api, path: str) -> None:
    status, answer = manager.get(f"{path}?limit=200")
    assert (status, set(answer)) == (200, {"items", "next"})
    for query in ("limit=201", "limit=0", "limit=1e3", "limit=+1", "limit=0x1", "cursor=nonsense", "cursor=%ED%A0%80"):
        status, answer = manager.get(f"{path}?{query}")
        assert (status, answer["code"]) in [(422, "bad_field"), (422, "bad_cursor")], query


def test_an_unknown_address_is_a_problem(manager: Api, client: FlaskClient) -> None:
    for path in ("/nothing", "/items/GLV-M/codes/1/2", "/lots/1/eat", "/scans/a/b/c"):
        answer = manager.send("GET", path)
        assert (answer.status_code, answer.mimetype) == (404, "application/problem+json")
    assert client.get("/api/v2/items").mimetype == "application/problem+json"


@pytest.mark.parametrize(
    ("method", "path", "allowed"),
    [("PUT", "/items", {"GET", "POST"}), ("DELETE", "/items/GLV-M", {"GET", "PATCH"}), ("POST", "/stock", {"GET"})],
)
def test_another_method_is_told_which_there_are(manager: Api, method: str, path: str, allowed: set[str]) -> None:
    answer = manager.send(method, path)
    assert (answer.status_code, answer.mimetype) == (405, "application/problem+json")
    assert allowed <= set(answer.headers["Allow"].split(", "))
