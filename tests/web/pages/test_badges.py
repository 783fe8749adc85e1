"""/badges: issuing, day badges, PINs, ending."""

import re
from datetime import timedelta

import pytest

from supply.staff import badges
from supply.staff.permissions import Role
from supply.stations.scanner_sheet import qr_svg
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
