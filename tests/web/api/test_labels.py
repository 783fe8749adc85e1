"""POST /labels and GET /labels/preview.png: the wish for a label, once for each request, and its picture."""

import io
from collections.abc import Callable
from typing import Any
from uuid import uuid4

import pytest
import sqlalchemy as sa
import zxingcpp
from PIL import Image
from sqlalchemy.orm import Session

from supply.db import Database
from supply.staff import people
from supply.staff.permissions import Role
from supply.stations import sessions
from supply.waste import containers
from tests.web.api.conftest import GTIN, Api
from tests.web.conftest import START


def add_printer(session: Session) -> None:
    """A label printer at the kiosk."""
    local = people.local_actor(session)
    station = sessions.find_station(session, "kiosk-1")
    settings = {"host": "127.0.0.1", "paper": "50x25"}
    sessions.add_device(
        session, station=station, name="printer-1", driver="escpos-network", settings=settings,
        actor_id=local.person_id, now=START,
    )  # fmt: skip


@pytest.fixture
def printer(db: Database) -> str:
    """Its name, when it is there."""
    db.transact(add_printer)
    return "printer-1"


def wish(**fields: Any) -> dict[str, Any]:
    return {"request_id": str(uuid4()), "kind": "item", "id": "GLV-M", **fields}


def test_a_label_is_queued_once_for_each_request(manager: Api, printer: str) -> None:
    body = wish(copies=3, printer=printer)
    status, job = manager.post("/labels", body)
    assert status == 201
    assert (job["state"], job["copies"], job["printer"], job["station"]) == (
        "queued", 3, "printer-1", "Storeroom tablet",
    )  # fmt: skip
    assert (job["kind"], job["name"], job["words"], job["queued_by"]) == ("item", "Exam gloves M", "GLV-M", "manager")
    assert manager.post("/labels", body) == (200, job)
    assert len(manager.get("/print-jobs")[1]["items"]) == 1


@pytest.mark.parametrize("other", [{"copies": 2}, {"id": "KIT-1"}, {"kind": "location", "id": "ROOM-1"}])
def test_a_key_used_for_another_label_is_a_conflict(manager: Api, printer: str, other: dict[str, Any]) -> None:
    body = wish(printer=printer)
    assert manager.post("/labels", body)[0] == 201
    status, problem = manager.post("/labels", body | other)
    assert (status, problem["code"]) == (409, "key_reused")


def test_a_key_of_somebody_else_is_a_conflict(api: Callable[[Role], Api], printer: str) -> None:
    body = wish(printer=printer)
    assert api(Role.manager).post("/labels", body)[0] == 201
    assert api(Role.receiver).post("/labels", body)[0] == 409


def test_a_lot_is_named_by_its_number_or_by_sku_and_lot(
    manager: Api, printer: str, receive: Callable[..., dict[str, Any]]
) -> None:
    receive("A1", "270501")
    _, by_name = manager.post("/labels", wish(kind="lot", id="GLV-M:A1"))
    _, by_number = manager.post("/labels", wish(kind="lot", id="1"))
    assert by_name["code"] == by_number["code"] == f"(01){GTIN}(17)270501(10)A1"
    assert by_name["words"] == "Lot A1, 2027-MAY-01"


def test_a_lot_number_that_two_lots_have_names_them(
    manager: Api, printer: str, receive: Callable[..., dict[str, Any]]
) -> None:
    receive("A1", "270501")
    receive("A1", "280501")
    status, problem = manager.post("/labels", wish(kind="lot", id="GLV-M:A1"))
    assert (status, problem["code"]) == (422, "which_lot")
    assert "1 (Lot A1, 2027-MAY-01)" in problem["detail"]


@pytest.mark.parametrize(
    ("fields", "status"),
    [
        ({"id": "NOPE"}, 404),
        ({"printer": "toaster"}, 404),
        ({"kind": "lot", "id": "99"}, 404),
        ({"kind": "lot", "id": "GLV-M"}, 422),
        ({"kind": "location", "id": "ATTIC"}, 404),
        ({"kind": "teapot"}, 422),
        ({"copies": 0}, 422),
        ({"copies": 10_000}, 422),
        ({"copies": True}, 422),
        ({"request_id": "1"}, 422),
        ({"colour": "red"}, 422),
    ],
)
def test_a_wish_that_cannot_be_is_refused(manager: Api, printer: str, fields: dict[str, Any], status: int) -> None:
    assert manager.post("/labels", wish(**fields))[0] == status
    assert manager.get("/print-jobs")[1]["items"] == []


def test_without_any_printer_the_answer_says_so(manager: Api) -> None:
    status, problem = manager.post("/labels", wish())
    assert (status, problem["code"]) == (404, "no_printer")


@pytest.mark.parametrize("role", [Role.nurse, Role.auditor, Role.admin, Role.waste])
def test_nobody_else_prints_labels_of_stock(api: Callable[[Role], Api], printer: str, role: Role) -> None:
    assert api(role).post("/labels", wish())[0] == 403


def test_whoever_sees_to_waste_prints_the_label_of_a_container(
    api: Callable[[Role], Api], db: Database, printer: str
) -> None:
    def make(session: Session) -> str:
        new = containers.NewContainer(stream="REDBAG", location="STOREROOM")
        return containers.open_container(session, new=new, by=people.local_actor(session), now=START).number

    number = db.transact(make)
    waste = api(Role.waste)
    status, problem = waste.post("/labels", wish(kind="container", id=number))
    assert (status, "does not fit" in problem["detail"]) == (422, True)  # 50 x 25 mm
    db.transact(lambda s: s.execute(sa.text('UPDATE devices SET settings = \'{"paper": "80 roll"}\'')))
    status, job = waste.post("/labels", wish(kind="container", id=number))
    assert (status, job["name"], job["words"]) == (201, f"Container {number}", "Red bag")
    assert waste.post(f"/print-jobs/{job['id']}/cancel")[0] == 200


@pytest.mark.parametrize(
    ("query", "size"), [("", (455, 255)), ("&paper=40x30", (319, 239)), ("&printer=printer-1", (399, 199))]
)
def test_the_preview_is_a_picture_of_true_size(manager: Api, printer: str, query: str, size: tuple[int, int]) -> None:
    answer = manager.send("GET", f"/labels/preview.png?kind=item&id=GLV-M{query}")
    assert (answer.status_code, answer.mimetype) == (200, "image/png")
    picture = Image.open(io.BytesIO(answer.data))
    assert all(abs(one - other) <= 1 for one, other in zip(picture.size, size, strict=True))
    assert [round(one) for one in picture.info["dpi"]] == [203, 203]
    (read,) = zxingcpp.read_barcodes(picture.convert("L"))
    assert read.text.startswith("SUPI000001")


@pytest.mark.parametrize(
    ("query", "status"),
    [
        ("kind=item&id=NOPE", 404),
        ("kind=item", 422),
        ("kind=item&id=GLV-M&paper=a4", 422),
        ("kind=item&id=GLV-M&printer=toaster", 404),
        ("kind=item&id=GLV-M&printer=printer-1&paper=57x32", 422),
    ],
)
def test_a_preview_of_nothing_is_refused(manager: Api, printer: str, query: str, status: int) -> None:
    assert manager.send("GET", f"/labels/preview.png?{query}").status_code == status


def test_everybody_who_may_look_up_may_look_at_labels(api: Callable[[Role], Api]) -> None:
    seen = {role: api(role).send("GET", "/labels/preview.png?kind=item&id=GLV-M").status_code for role in Role}
    assert seen == {role: 403 if role is Role.admin else 200 for role in Role}


def test_a_printer_is_listed_with_its_paper(manager: Api, printer: str) -> None:
    listed = {one["name"]: one for one in manager.get("/devices")[1]["items"]}
    assert (listed["printer-1"]["kind"], listed["printer-1"]["paper"]) == ("printer", "50x25")
    assert (listed["scanner-1"]["kind"], listed["scanner-1"]["paper"]) == ("scanner", None)


def test_an_opened_vial_gets_its_label_and_an_item_none_of_its_fields(
    api: Callable[[Role], Api], printer: str, receive: Callable[..., dict[str, Any]]
) -> None:
    receive("A1", "270501")
    nurse = api(Role.nurse)
    opened = wish(kind="opened", id="GLV-M:A1", printer=printer, days_after_opening=28, initials="DO")
    status, job = nurse.post("/labels", opened)
    assert (status, job["kind"], job["warnings"]) == (201, "opened", [])
    assert nurse.post("/labels", opened)[0] == 200
    assert nurse.post("/labels", opened | {"days_after_opening": 7})[1]["code"] == "key_reused"
    assert nurse.post("/labels", wish(kind="opened", id="GLV-M:A1", printer=printer))[0] == 422
    assert nurse.post("/labels", wish(kind="hold", id="GLV-M:A1", days_after_opening=2))[1]["code"] == "bad_field"
    assert nurse.post("/labels", wish(kind="hold", id="GLV-M:A1", printer=printer, word="DO NOT USE"))[0] == 201
    assert nurse.post("/labels", wish(printer=printer))[0] == 403


def test_stations_and_commands_have_labels_too(manager: Api, printer: str) -> None:
    assert manager.post("/labels", wish(kind="station", id="kiosk-1", printer=printer))[0] == 201
    assert manager.post("/labels", wish(kind="command", id="TIMESTEN", printer=printer))[0] == 201
    assert manager.post("/labels", wish(kind="command", id="DANCE", printer=printer))[0] == 404
