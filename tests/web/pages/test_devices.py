"""The pages of devices, stations and scanner set-up: what an administrator does there, and who may only look."""

import html
import json
from collections.abc import Callable
from typing import Any

import pytest
import sqlalchemy as sa

from supply.audit.models import AuditEntry
from supply.staff.permissions import Role
from supply.stations import sessions, work_requests
from supply.stations.models import Device, Enrolment, WorkRequest
from supply.stations.scanner_profiles import profile_of_station
from supply.stations.scanner_sheet import BY_NAME
from tests.factories import Office as Room
from tests.web.conftest import START
from tests.web.pages.conftest import notice_undo

Enter = Callable[[Role], Any]
SERIAL = {"name": "scanner-1", "station": "kiosk-1", "driver": "serial", "set-port": "/dev/ttyACM0", "set-baud": "9600"}


@pytest.fixture
def kiosk(room: Room) -> Room:
    room.db.transact(
        lambda s: sessions.add_station(
            s, code="kiosk-1", name="Kiosk", location="STOREROOM", mode="use", actor_id=None, now=START
        )
    )
    return room


def device(room: Room, name: str = "scanner-1") -> Device:
    with room.db.read_session() as session:
        return session.scalars(sa.select(Device).where(Device.name == name)).one()


def undo_of(answer: Any, browser: Any) -> str:
    return notice_undo(browser.get(answer.headers["Location"]).text)


def test_an_office_without_stations_is_told_what_to_do_first(room: Room, browse: Enter) -> None:
    browser = browse(Role.admin)
    assert "There is no station yet" in browser.get("/devices").text
    assert "There is no station yet" in browser.get("/stations").text
    assert "There is no station yet" in browser.get("/scanner-setup").text


def test_a_device_is_added_changed_and_taken_away_each_with_undo(kiosk: Room, browse: Enter) -> None:
    browser = browse(Role.admin)
    assert "No device is set up yet" in browser.get("/devices").text
    assert browser.post("/devices", **SERIAL).status_code == 303
    row = device(kiosk)
    assert json.loads(row.settings) == {"port": "/dev/ttyACM0", "baud": 9600}
    changed = browser.post(f"/devices/{row.id}", **{**SERIAL, "name": "door", "set-baud": "19200"})
    assert json.loads(device(kiosk, "door").settings)["baud"] == 19200
    assert browser.post(undo_of(changed, browser)).status_code == 303
    assert json.loads(device(kiosk).settings)["baud"] == 9600
    off = browser.post(f"/devices/{row.id}/switch", on="no")
    assert "Switched off" in browser.get("/devices").text
    browser.post(f"/devices/{row.id}/switch", on="yes")
    assert off.status_code == 303
    removed = browser.post(f"/devices/{row.id}/remove")
    assert device(kiosk).removed_at is not None
    browser.post(undo_of(removed, browser))
    assert (device(kiosk).removed_at, device(kiosk).is_active) == (None, True)
    with kiosk.db.read_session() as session:
        actions = set(session.scalars(sa.select(AuditEntry.action)))
    assert {"device.add", "device.change", "device.off", "device.on", "device.remove", "device.restore"} <= actions


def test_the_name_of_a_device_that_was_taken_away_is_free_again(kiosk: Room, browse: Enter) -> None:
    browser = browse(Role.admin)
    browser.post("/devices", **SERIAL)
    first = device(kiosk).id
    browser.post(f"/devices/{first}/remove")
    assert browser.post("/devices", **SERIAL).status_code == 303
    assert device(kiosk).id != first


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"name": ""}, "Type a name"),
        ({"station": "nowhere"}, "Choose the station"),
        ({"set-port": ""}, "Fill in Port"),
        ({"set-baud": "fast"}, "whole number"),
        ({"set-framing": "loud"}, "choose one of"),
    ],
)
def test_a_wrong_field_is_said_beside_it_and_nothing_is_added(
    kiosk: Room, browse: Enter, wrong: dict[str, str], sentence: str
) -> None:
    answer = browse(Role.admin).post("/devices", **{**SERIAL, **wrong})
    assert answer.status_code == 422
    assert sentence in answer.text
    with kiosk.db.read_session() as session:
        assert session.scalar(sa.select(sa.func.count()).select_from(Device)) == 0


def test_a_test_is_asked_of_the_worker_and_its_answer_shown_character_by_character(kiosk: Room, browse: Enter) -> None:
    browser = browse(Role.admin)
    browser.post("/devices", **SERIAL)
    number = device(kiosk).id
    assert "scanner-1" in browse(Role.receiver).get("/devices").text
    assert browser.post(f"/devices/{number}/test").status_code == 303
    assert "Scan something now" in browser.get(f"/devices/{number}").text
    reads = {"reads": [{"raw": "01\x1dA<", "text": "", "aim": None}]}
    with kiosk.db.read_session() as session:
        asked = session.scalars(sa.select(WorkRequest.id)).one()
    kiosk.db.transact(
        lambda s: work_requests.finish(s, request_id=asked, is_done=True, words="It works.", now=START, result=reads)
    )
    page = browser.get(f"/devices/{number}").text
    assert '<b class="control">0x1D</b>' in page
    assert "<span>&lt;</span>" in page


def test_what_was_found_is_added_with_one_tap_and_what_is_not_allowed_is_not(kiosk: Room, browse: Enter) -> None:
    browser = browse(Role.admin)
    assert "Nobody has looked yet" in browser.get("/devices/found").text
    assert browser.post("/devices/found").status_code == 303
    assert "Looking" in browser.get("/devices/found").text
    one = {"where": "network", "driver": "zpl-network", "words": "at 10.0.0.9", "not_allowed": ""}
    found = [
        {**one, "title": "Zebra <b>", "settings": {"host": "10.0.0.9", "port": 9100}},
        {**one, "title": "Far", "settings": {"host": "8.8.8.8", "port": 9100}, "not_allowed": "8.8.8.8 is outside."},
    ]
    missed = ["No HID."]
    with kiosk.db.read_session() as session:
        asked = session.scalars(sa.select(WorkRequest.id)).one()
    kiosk.db.transact(
        lambda s: work_requests.finish(
            s,
            request_id=asked,
            is_done=True,
            words="2 found.",
            now=START,
            result={"found": found, "missed": missed},
        )
    )
    page = browser.get("/devices/found").text
    assert "Zebra &lt;b&gt;" in page
    assert ("Not allowed" in page, "No HID." in page, page.count("btn btn-primary")) == (True, True, 1)
    form = browser.get("/devices/new?driver=zpl-network&name=zebra&set-host=10.0.0.9").text
    assert 'value="10.0.0.9"' in form


@pytest.mark.parametrize("address", ["/devices/new", "/devices/found", "/stations", "/scanner-setup"])
def test_only_an_administrator_changes_devices(kiosk: Room, browse: Enter, address: str) -> None:
    assert browse(Role.receiver).get(address).status_code == 403


def test_a_nurse_sees_no_devices(kiosk: Room, browse: Enter) -> None:
    assert browse(Role.nurse).get("/devices").status_code == 403


def test_a_station_is_added_changed_and_put_back(room: Room, browse: Enter) -> None:
    browser = browse(Role.admin)
    asked = {"code": "kiosk-2", "name": "Door", "location": "STOREROOM", "mode": "use"}
    assert browser.post("/stations", **asked).status_code == 303
    assert browser.post("/stations", **asked).status_code == 409
    changed = browser.post("/stations/kiosk-2", name="Back door", location="STOREROOM", mode="receive")
    undo = undo_of(changed, browser)
    assert "<strong>PUT IN</strong>" in browser.get("/stations").text
    browser.post(undo)
    assert "Door" in browser.get("/stations/kiosk-2").text
    assert browser.get("/stations/nowhere").status_code == 404
    assert browser.post("/stations/kiosk-2", name="", location="STOREROOM", mode="use").status_code == 422


def test_a_screen_is_enrolled_in_this_browser_and_let_go(kiosk: Room, browse: Enter) -> None:
    browser = browse(Role.admin)
    answer = browser.post("/stations/kiosk-1/enrol-screen", label="Tablet at the door")
    assert (answer.status_code, "/kiosk?station=kiosk-1" in answer.headers["Location"]) == (303, True)
    assert "HttpOnly" in answer.headers["Set-Cookie"]
    assert "Tablet at the door" in browser.get("/stations/kiosk-1").text
    with kiosk.db.read_session() as session:
        number = session.scalars(sa.select(Enrolment.id)).one()
    browser.post(f"/stations/kiosk-1/enrolments/{number}/revoke")
    assert "Tablet at the door" not in browser.get("/stations/kiosk-1").text


def test_the_token_of_an_agent_is_shown_once_with_its_command(kiosk: Room, browse: Enter) -> None:
    browser = browse(Role.admin)
    shown = browser.post("/stations/kiosk-1/enrol-agent", label="Room 2").text
    assert "supply_station_" in shown
    assert "supply agent --server" in shown
    assert "--insecure" not in shown
    assert "supply_station_" not in browser.get("/stations/kiosk-1").text


def arrived(name: str) -> dict[str, str]:
    """A step whose text came whole, as a scanner without keys sends it."""
    return {"symbol": name, "act": "arrived", "text": BY_NAME[name].text}


def kept_of(page: str) -> str:
    return html.unescape(page.split('name="kept" value="')[1].split('"')[0])


def test_a_scanner_is_learned_step_by_step_and_kept_for_the_station(kiosk: Room, browse: Enter) -> None:
    browser = browse(Role.admin)
    assert browser.get("/scanner-setup/sheet?station=kiosk-1").text.count("<img") == len(BY_NAME)
    assert browser.get("/scanner-setup/symbols/gs1-square.svg").mimetype == "image/svg+xml"
    page = browser.post("/scanner-setup/step", station="kiosk-1").text
    assert "Letters and digits" in page
    page = browser.post("/scanner-setup/step", station="kiosk-1", **arrived("letters")).text
    assert "As it must be." in page
    page = browser.post("/scanner-setup/step", station="kiosk-1", kept=kept_of(page), **arrived("gs1-square")).text
    result = browser.post("/scanner-setup/result", station="kiosk-1", kept=kept_of(page)).text
    assert "This scanner passed" in result
    assert browser.post("/scanner-setup/save", station="kiosk-1", kept=kept_of(page)).status_code == 303
    with kiosk.db.read_session() as session:
        station = sessions.find_station(session, "kiosk-1")
        profile = profile_of_station(session, station.id)
    assert profile is not None
    assert (profile["gs"], profile["is_passed"]) == ("kept", True)


@pytest.mark.parametrize("kept", ["{", "[]", '{"no":{}}', '{"letters":{"keys":[1]}}', '{"letters":{"text":7}}'])
def test_a_torn_form_of_the_set_up_is_refused(kiosk: Room, browse: Enter, kept: str) -> None:
    answer = browse(Role.admin).post("/scanner-setup/result", station="kiosk-1", kept=kept)
    assert answer.status_code == 422
    assert "Begin the set-up again" in answer.text


def test_set_up_of_what_is_not_there_is_not_found(kiosk: Room, browse: Enter) -> None:
    browser = browse(Role.admin)
    assert browser.get("/scanner-setup/sheet?device=none").status_code == 404
    assert browser.get("/scanner-setup/symbols/none.svg").status_code == 404
    assert browser.post("/scanner-setup/step", station="kiosk-1", symbol="none").status_code == 404


def test_a_scanner_on_a_cable_is_set_up_through_the_worker(kiosk: Room, browse: Enter) -> None:
    browser = browse(Role.admin)
    browser.post("/devices", **SERIAL)
    asked = {"device": "scanner-1", "symbol": "double"}
    assert "Listen to scanner-1" in browser.post("/scanner-setup/step", **asked).text
    assert "Scan now, within 15 seconds" in browser.post("/scanner-setup/step", act="listen", **asked).text
    assert browser.get("/scanner-setup/heard?device=scanner-1").get_json() == {"is_waiting": True}
    with kiosk.db.read_session() as session:
        row = session.scalars(sa.select(WorkRequest)).one()
    assert json.loads(row.details) == {"reads": 2}
    reads = {"reads": [{"raw": "]C0SUPPLY-TWICE"}, {"raw": "]C0SUPPLY-TWICE"}]}
    kiosk.db.transact(
        lambda s: work_requests.finish(s, request_id=row.id, is_done=True, words="", now=START, result=reads)
    )
    assert browser.get("/scanner-setup/heard?device=scanner-1").get_json() == {"is_waiting": False}
    page = browser.post("/scanner-setup/step", act="heard", **asked).text
    assert "As it must be." in page
    browser.post("/scanner-setup/save", device="scanner-1", kept=kept_of(page))
    profile = json.loads(device(kiosk).profile)
    assert (profile["aim"], profile["is_passed"]) == (True, False)
    assert "not passed" in browser.get("/devices").text
