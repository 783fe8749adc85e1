"""/waste: streams, containers, pickups and papers over HTTP: what works first, then each refusal."""

from collections.abc import Callable
from uuid import uuid4

import pytest

from supply.db import Database
from supply.staff.permissions import Role
from tests import factories
from tests.documents.papers import text_of
from tests.waste_office import open_container, sealed_container, set_up_waste
from tests.web.api.conftest import GTIN, Api
from tests.web.conftest import START, Office

HAND_OVER = {"driver": "Ana Pérez", "signer_title": "Waste coordinator"}


@pytest.fixture
def clinic(db: Database, office: Office) -> factories.Office:
    """The office, set up to ship waste; the waste coordinator is trained."""
    found = factories.Office(db, START)
    set_up_waste(found, trained=office.ids[Role.waste])
    return found


@pytest.fixture
def waste(api: Callable[[Role], Api]) -> Api:
    return api(Role.waste)


def booked(waste: Api, *numbers: str) -> str:
    """A pickup of these containers."""
    body = {"transporter": "Safe Carriers", "facility": "Lakeside Treatment", "scheduled_on": "2026-11-24"}
    status, pickup = waste.post("/waste/pickups", body | {"containers": list(numbers)})
    assert status == 201, pickup
    return str(pickup["number"])


def test_the_streams_say_how_each_is_shipped(waste: Api) -> None:
    status, listed = waste.get("/waste/streams")
    assert status == 200
    sharps = next(one for one in listed["items"] if one["code"] == "SHARPS")
    assert sharps["description"] == "UN3291, Regulated medical waste, n.o.s., 6.2, PG II"
    assert sharps["is_sharps"] is True


def test_a_container_from_open_to_sealed(waste: Api, receive) -> None:
    receive()
    status, made = waste.post("/waste/containers", {"stream": "REDBAG"})
    assert (status, made["number"], made["state"], made["due_on"]) == (201, "W-000001", "open", None)
    path = "/waste/containers/W-000001"
    status, found = waste.post(f"{path}/add", {"text": "Soaked gauze"})
    assert (status, found["entries"], found["due_on"]) == (201, 1, "2026-12-23")
    scan = {"barcode": f"(01){GTIN}(10)A1", "request_id": str(uuid4()), "quantity": 5, "reason": "expired"}
    for _ in range(2):
        status, found = waste.post(f"{path}/add", scan)
        assert status == 201, found
    assert [(one["text"], one["lot"], one["quantity"]) for one in found["went_in"]][1][1:] == ("A1", 5)
    status, sealed = waste.post(f"{path}/seal", {"weight": "12.5", "unit": "lb"})
    assert (status, sealed["state"], sealed["gross_weight_grams"]) == (200, "sealed", 5670)
    assert waste.post(f"{path}/seal", {"weight": "12.5"})[0] == 409


def test_swapping_opens_a_successor(waste: Api) -> None:
    waste.post("/waste/containers", {"stream": "SHARPS", "location": "ROOM-1"})
    waste.post("/waste/containers/W-000001/add", {"text": "Lancets"})
    assert waste.post("/waste/containers/1/full")[0] == 200
    status, both = waste.post("/waste/containers/1/swap", {"weight": "3", "unit": "kg"})
    assert (status, both["sealed"]["replaced_by"], both["opened"]["number"]) == (201, "W-000002", "W-000002")
    assert both["opened"]["location"] == "ROOM-1"
    status, listed = waste.get("/waste/containers?state=open")
    assert [one["number"] for one in listed["items"]] == ["W-000002"]


def test_lists_come_page_by_page(clinic: factories.Office, waste: Api) -> None:
    numbers = [open_container(clinic) for _ in range(3)]
    _, first = waste.get("/waste/containers?limit=2")
    _, second = waste.get(f"/waste/containers?limit=2&cursor={first['next']}")
    assert [one["number"] for one in first["items"] + second["items"]] == numbers
    assert second["next"] is None


def test_waste_leaves_with_its_paper(clinic: factories.Office, waste: Api) -> None:
    number = sealed_container(clinic)
    pickup = booked(waste, number)
    status, gone = waste.post(f"/waste/pickups/{pickup}/hand-over", HAND_OVER)
    assert (status, gone["state"], gone["ticked"], gone["driver"]) == (200, "handed_over", [number], "Ana Pérez")
    _, listed = waste.get("/waste/manifests")
    (paper,) = listed["items"]
    assert (paper["number"], paper["kind"], paper["state"]) == ("M-000001", "rmw_shipping_paper", "accepted")
    assert (paper["transporter"], paper["facility"], paper["copy_due"]) == (
        "Safe Carriers",
        "Lakeside Treatment",
        "2026-12-28",
    )
    _, whole = waste.get("/waste/manifests/M-000001")
    assert whole["content"]["lines"][0]["containers"]
    assert [one["role"] for one in whole["signatures"]] == ["generator", "transporter"]
    printed = waste.send("GET", "/waste/manifests/M-000001.pdf")
    assert (printed.status_code, printed.content_type) == (200, "application/pdf")
    assert "/s/ Ana Pérez" in text_of(printed.data)
    assert clinic.faults() == []


def test_nothing_leaves_half(clinic: factories.Office, waste: Api, api: Callable[[Role], Api]) -> None:
    number = sealed_container(clinic)
    pickup = booked(waste, number)
    path = f"/waste/pickups/{pickup}/hand-over"
    status, refused = api(Role.manager).post(path, HAND_OVER)
    assert (status, "training" in refused["detail"]) == (403, True)
    assert waste.post(path, HAND_OVER | {"containers": []})[0] == 409
    assert waste.post(path, HAND_OVER | {"driver": " "})[0] == 422
    assert waste.post(path, {"driver": "Ana Pérez"})[0] == 409
    _, found = waste.get(f"/waste/pickups/{pickup}")
    assert (found["state"], found["ticked"], found["manifest"]) == ("scheduled", [], None)
    assert waste.get("/waste/manifests")[1]["items"] == []


def test_somebody_elses_document_is_tracked_by_its_number(clinic: factories.Office, waste: Api) -> None:
    pickup = booked(waste, sealed_container(clinic, "RX_HAZ_NC"))
    path = f"/waste/pickups/{pickup}/hand-over"
    status, refused = waste.post(path, HAND_OVER)
    assert (status, refused["code"]) == (409, "not_our_paper")
    status, gone = waste.post(path, HAND_OVER | {"hauler_document": "012345678ELC"})
    assert (status, gone["state"]) == (200, "handed_over")
    status, problem = waste.get(f"/waste/manifests/{gone['manifest']}.pdf")
    assert (status, problem["code"]) == (404, "not_our_paper")


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({"stream": "NOPE"}, 422),
        ({"stream": "SHARPS", "location": "NOWHERE"}, 422),
        ({"stream": "SHARPS", "weight_limit_grams": 0}, 422),
        ({"stream": "SHARPS", "colour": "red"}, 422),
        ({}, 422),
    ],
)
def test_a_wrong_container_is_not_opened(waste: Api, body: dict[str, object], status: int) -> None:
    assert waste.post("/waste/containers", body)[0] == status
    assert waste.get("/waste/containers")[1]["items"] == []


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({}, 422),
        ({"text": "a", "barcode": "b"}, 422),
        ({"text": ""}, 422),
        ({"barcode": f"(01){GTIN}", "location": "NOWHERE"}, 422),
    ],
)
def test_a_wrong_entry_adds_nothing(clinic: factories.Office, waste: Api, body: dict[str, object], status: int) -> None:
    number = open_container(clinic, put_in=None)
    answer = waste.post(f"/waste/containers/{number}/add", body)
    assert answer[0] == status, answer
    assert waste.get(f"/waste/containers/{number}")[1]["went_in"] == []


def test_what_is_not_there_is_404_and_who_may_not_is_403(waste: Api, api: Callable[[Role], Api], nurse: Api) -> None:
    for path in ("/waste/containers/W-000009", "/waste/pickups/P-000009", "/waste/manifests/M-000009"):
        assert waste.get(path)[0] == 404
    assert waste.get("/waste/manifests/M-000009.pdf")[0] == 404
    assert nurse.post("/waste/containers", {"stream": "SHARPS"})[0] == 201
    assert nurse.post("/waste/containers/1/seal", {"weight": "3"})[0] == 403
    assert nurse.get("/waste/pickups")[0] == 403
    assert api(Role.receiver).get("/waste/containers")[0] == 403
    assert api(Role.auditor).get("/waste/manifests")[0] == 200
