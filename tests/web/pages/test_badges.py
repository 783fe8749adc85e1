"""/badges: issuing, day badges, PINs, ending."""

import re
from datetime import timedelta

import pytest
import sqlalchemy as sa
import zxingcpp
from playwright.sync_api import expect

from supply.labels import paper, print_jobs
from supply.labels.content import from_payload
from supply.labels.models import PrintJob
from supply.labels.raster import render
from supply.staff import badges, people
from supply.staff.permissions import Role
from supply.stations import sessions
from supply.stations.scanner_sheet import qr_svg
from tests.browser import SIZES, axe_violations, overflow, small_targets
from tests.web.conftest import START


def text_in(page: str) -> str:
    return re.search(r"SUPB[A-Z2-7]{26}[0-9A-Z]", page)[0]


@pytest.fixture
def admin(sign_in, client):
    token = sign_in(Role.admin)
    return lambda path, **sent: client.post(path, data={"csrf_token": token, **sent})


def test_a_badge_is_shown_once_and_ended(admin, client, db, office) -> None:
    page = admin("/badges", person=office.ids[Role.nurse]).text
    text = text_in(page)
    assert str(qr_svg(text)) in page
    with db.read_session() as session:
        assert badges.actor_for_badge(session, text).name == "nurse"
        (line,) = badges.badge_lines(session)
    assert text not in client.get("/badges").text
    assert admin(f"/badges/{line.id}/end").status_code == 303
    with db.read_session() as session:
        assert badges.actor_for_badge(session, text) is None


def test_a_weak_pin_is_refused_and_a_good_one_kept(admin, office) -> None:
    nurse = office.ids[Role.nurse]
    assert [admin("/badges/pin", person=nurse, pin=pin).status_code for pin in ("1234", "1984", "4071")] == [
        422,
        422,
        303,
    ]


def test_a_manager_makes_day_badges_and_nothing_else(sign_in, client, office) -> None:
    token = sign_in(Role.manager)
    until = (START + timedelta(hours=5)).isoformat()
    made = client.post("/badges/day", data={"csrf_token": token, "name": "Agency 1", "valid_until": until})
    assert text_in(made.text)
    assert client.post("/badges", data={"csrf_token": token, "person": office.ids[Role.nurse]}).status_code == 403


def printer(db, local) -> None:
    def add(session):
        who = {"actor_id": local.person_id, "now": START}
        station = sessions.add_station(session, code="desk", name="Front desk", location="ROOM-1", mode="use", **who)
        wire = {"host": "127.0.0.1", "paper": "57x32"}
        sessions.add_device(session, station=station, name="label-1", driver="escpos-network", settings=wire, **who)

    db.transact(add)


def test_a_badge_comes_out_as_a_label_that_names_its_person_and_is_then_forgotten(admin, db, stocked, office) -> None:
    printer(db, stocked.local)
    page = admin("/badges", person=office.ids[Role.nurse], printer="label-1").text
    assert "comes out at label-1" in page
    with db.read_session() as session:
        (job,) = session.scalars(sa.select(PrintJob))
    picture = render(from_payload(job.payload), paper.named("57x32")).image
    (found,) = zxingcpp.read_barcodes(picture)
    assert found.text == text_in(page)
    with db.read_session() as session:
        assert badges.actor_for_badge(session, found.text).name == "nurse"
    db.transact(lambda s: print_jobs.take_next(s, device_id=job.device_id, now=START))
    db.transact(lambda s: print_jobs.printed(s, job_id=job.id, now=START))
    with db.read_session() as session:
        assert found.text not in str(session.scalar(sa.text("SELECT payload FROM print_jobs")))


def test_a_printer_that_is_gone_makes_no_badge(admin, db, office) -> None:
    answer = admin("/badges", person=office.ids[Role.nurse], printer="thermal-9")
    assert answer.status_code == 404
    assert "There is no label printer" in answer.text
    with db.read_session() as session:
        assert badges.badge_lines(session) == []


def test_a_day_badge_for_somebody_who_works_here_is_refused_above_its_form(sign_in, client, db) -> None:
    until = (START + timedelta(hours=5)).isoformat()
    sent = {"csrf_token": sign_in(Role.manager), "name": "Nurse", "valid_until": until}
    answer = client.post("/badges/day", data=sent)
    assert answer.status_code == 409
    assert "works here for good" in answer.text
    assert 'value="Nurse"' in answer.text


def test_the_badges_page_is_accessible_in_each_size(page, enter, office, db) -> None:
    def prepare(session) -> None:
        by = {"by": people.local_actor(session), "now": START}
        badges.issue_badge(session, person_id=office.ids[Role.nurse], **by)
        people.set_roles(session, person_id=office.ids[Role.admin], roles=[Role.admin, Role.manager], **by)

    db.transact(prepare)
    enter(Role.admin)
    for size in ("desktop", "phone"):
        width, height = SIZES[size]
        page.set_viewport_size({"width": width, "height": height})
        page.goto("/badges")
        assert axe_violations(page) == []
        assert overflow(page) == 0
        assert small_targets(page, 48) == []
    page.get_by_role("button", name="Make a new badge").click()
    expect(page.get_by_role("heading", name="New badge for")).to_be_visible()
    assert axe_violations(page) == []
