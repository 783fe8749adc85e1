"""POST /stations/{code}/badge and /pin, GET …/people: who works at a station, and what each proof suffices for."""

from collections.abc import Callable
from datetime import UTC, timedelta
from typing import Any
from uuid import uuid4

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from supply.audit.models import AuditEntry
from supply.db import Database
from supply.monitoring import staff
from supply.monitoring.limits import Limits, When
from supply.staff import badges, people, pins
from supply.staff.models import SignInSession
from supply.staff.permissions import Role
from supply.stations import enrolments, people_at, sessions
from supply.web.station_routes import reached_from_station
from tests.web.api.conftest import GTIN, Api
from tests.web.conftest import Clock, Office
from tests.web.test_access import address

PINS = {Role.nurse: "4071", Role.receiver: "5182", Role.manager: "407193"}
PEPPER = b"p" * 32


class Screen:
    """An enrolled browser at kiosk-1: its cookies, and the CSRF token of whoever is signed on."""

    def __init__(self, client: FlaskClient, token: str) -> None:
        self.client, self.csrf = client, ""
        client.set_cookie("supply_station", token)

    def send(self, method: str, path: str, body: Any = None) -> Any:
        sent = {"json": body} if body is not None else {}
        return self.client.open(f"/api/v1{path}", method=method, headers={"X-CSRF-Token": self.csrf}, **sent)

    def post(self, path: str, body: Any) -> tuple[int, Any]:
        answer = self.send("POST", path, body)
        if answer.status_code == 200 and answer.json and "csrf" in answer.json:
            self.csrf = answer.json["csrf"]
        return answer.status_code, answer.json

    def badge(self, text: str) -> tuple[int, Any]:
        return self.post("/stations/kiosk-1/badge", {"badge": text})

    def pin(self, text: str) -> tuple[int, Any]:
        return self.post("/stations/kiosk-1/pin", {"pin": text})

    def scan(self, action: str = "use", **fields: Any) -> tuple[int, Any]:
        body = {"request_id": str(uuid4()), "barcode": "GLV-M", "action": action, "station": "kiosk-1", **fields}
        return self.post("/scans", body)


@pytest.fixture
def enrolled(app: Flask, db: Database, clock: Clock) -> Callable[[], Screen]:
    def make(kind: str = "screen") -> Screen:
        token = db.transact(
            lambda s: enrolments.enrol(
                s, station_code="kiosk-1", kind=kind, label="Tablet", by=people.local_actor(s), now=clock()
            )
        )
        return Screen(app.test_client(), token)

    return make


@pytest.fixture
def screen(enrolled: Callable[[], Screen]) -> Screen:
    return enrolled()


@pytest.fixture
def badge_of(db: Database, office: Office, clock: Clock) -> Callable[[Role], str]:
    def issue(role: Role) -> str:
        def do(session: Any) -> str:
            local, text = people.local_actor(session), people_at.new_badge_text()
            return badges.issue_badge(session, person_id=office.ids[role], by=local, now=clock(), text=text)

        return db.transact(do)

    return issue


@pytest.fixture
def with_pins(db: Database, office: Office, clock: Clock, app: Flask, settings: Any) -> None:
    pepper = pins.read_or_make_pepper(settings.data_folder)

    def do(session: Any) -> None:
        for role, pin in PINS.items():
            local = people.local_actor(session)
            pins.set_pin(session, person_id=office.ids[role], pin=pin, pepper=pepper, by=local, now=clock())

    db.transact(do)


def trail(db: Database) -> list[str]:
    with db.read_session() as session:
        return list(session.scalars(sa.select(AuditEntry.action).order_by(AuditEntry.seq)))


def test_a_badge_signs_its_person_on_and_suffices_to_take(screen: Screen, badge_of: Callable[[Role], str]) -> None:
    status, answer = screen.badge(badge_of(Role.nurse).lower())
    assert (status, answer["person"]["name"], answer["level"], answer["mode"]) == (200, "nurse", "badge", "use")
    assert {name for name, yes in answer["may"].items() if yes} == {"take", "count", "look_up", "need_more"}
    assert set(answer["with_pin"]) == {"put_back", "move", "throw_out"}
    assert screen.scan()[0] == 201
    assert screen.scan("lookup")[0] == 200 or screen.scan("lookup")[0] == 201


def test_what_needs_a_pin_says_so_and_the_pin_lets_it_through(
    screen: Screen, badge_of: Callable[[Role], str], with_pins: None, clock: Clock
) -> None:
    screen.badge(badge_of(Role.receiver))
    status, refused = screen.scan("receive", barcode=GTIN)
    assert (status, refused["code"]) == (403, "pin_needed")
    status, answer = screen.pin(PINS[Role.receiver])
    assert (status, answer["level"], answer["may"]["receive"]) == (200, "pin", True)
    assert screen.scan("receive", barcode=GTIN)[0] == 201
    for _ in range(3):
        clock.forward(seconds=100)
        screen.scan("lookup")
    assert screen.scan("receive", barcode=GTIN)[1]["code"] == "pin_needed"  # five minutes are over


def test_a_person_without_the_right_is_not_asked_for_a_pin(screen: Screen, badge_of: Callable[[Role], str]) -> None:
    screen.badge(badge_of(Role.nurse))
    assert screen.scan("receive", barcode=GTIN)[1]["code"] == "not_allowed"


def test_an_unknown_badge_an_ended_one_and_a_replaced_one(
    screen: Screen, badge_of: Callable[[Role], str], db: Database, office: Office, clock: Clock
) -> None:
    assert screen.badge(people_at.new_badge_text())[1]["code"] == "badge_unknown"
    assert screen.badge("not a badge")[0] == 404
    first = badge_of(Role.nurse)
    second = badge_of(Role.nurse)
    assert (screen.badge(first)[0], screen.badge(first)[1]["code"]) == (403, "badge_ended")
    assert screen.badge(second)[0] == 200


def test_ending_a_badge_ends_what_it_opened_within_one_request(
    screen: Screen, badge_of: Callable[[Role], str], db: Database, clock: Clock
) -> None:
    screen.badge(badge_of(Role.nurse))
    assert screen.scan()[0] == 201
    with db.read_session() as session:
        (line,) = badges.badge_lines(session)
    db.transact(lambda s: badges.end_badge(s, badge_id=line.id, by=people.local_actor(s), now=clock()))
    assert screen.scan()[0] == 401


def test_a_badge_session_ends_after_two_idle_minutes_and_its_cookie_is_worth_nothing(
    screen: Screen, badge_of: Callable[[Role], str], clock: Clock
) -> None:
    text = badge_of(Role.nurse)
    for idle, expected in ((119, 201), (119, 201), (121, 401), (1, 401)):
        if idle == 119 and screen.csrf == "":
            screen.badge(text)
        clock.forward(seconds=idle)
        screen.send("GET", "/stations/kiosk-1/answers")  # what the screen asks by itself keeps nobody signed on
        assert screen.scan()[0] == expected


def test_a_new_person_takes_over_and_the_session_before_is_over(
    screen: Screen, badge_of: Callable[[Role], str], app: Flask
) -> None:
    screen.badge(badge_of(Role.nurse))
    old = screen.client.get_cookie("supply_session").value
    assert screen.badge(badge_of(Role.manager))[1]["person"]["name"] == "manager"
    thief = app.test_client()
    thief.set_cookie("supply_session", old)
    assert thief.get("/api/v1/scans?mine=1").status_code == 401


def test_signing_off_ends_the_session(screen: Screen, badge_of: Callable[[Role], str], db: Database) -> None:
    screen.badge(badge_of(Role.nurse))
    assert screen.send("DELETE", "/stations/kiosk-1/session").status_code == 204
    assert screen.scan()[0] == 401
    with db.read_session() as session:
        assert session.scalar(sa.select(sa.func.count()).select_from(SignInSession)) == 0


def test_a_badge_without_an_enrolled_screen_signs_nobody_on(app: Flask, badge_of: Callable[[Role], str]) -> None:
    answer = app.test_client().post("/api/v1/stations/kiosk-1/badge", json={"badge": badge_of(Role.nurse)})
    assert answer.status_code == 401


def test_a_screen_of_one_station_signs_nobody_on_at_another(screen: Screen, badge_of: Callable[[Role], str]) -> None:
    assert screen.post("/stations/kiosk-2/badge", {"badge": badge_of(Role.nurse)})[1]["code"] == "not_here"


def test_a_revoked_screen_is_nobody_and_what_was_opened_at_it_ends(
    screen: Screen, badge_of: Callable[[Role], str], db: Database, clock: Clock
) -> None:
    screen.badge(badge_of(Role.nurse))
    with db.read_session() as session:
        station = enrolments.find_station(session, "kiosk-1").id
        (line,) = enrolments.enrolments(session, station)
    db.transact(lambda s: enrolments.revoke(s, enrolment_id=line.id, by=people.local_actor(s), now=clock()))
    assert screen.scan()[0] == 401
    assert screen.badge("x")[0] == 401


def test_five_wrong_pins_lock_out_and_neither_time_set_back_nor_another_screen_helps(
    screen: Screen,
    enrolled: Callable[[], Screen],
    badge_of: Callable[[Role], str],
    with_pins: None,
    clock: Clock,
) -> None:
    text = badge_of(Role.receiver)
    screen.badge(text)
    assert [screen.pin(f"90{n}2")[1]["code"] for n in range(5)] == ["wrong_pin"] * 5
    assert (screen.pin(PINS[Role.receiver])[0], screen.pin("9999")[1]["code"]) == (429, "locked_out")
    other = enrolled()
    other.badge(text)
    assert other.pin(PINS[Role.receiver])[0] == 429
    clock.forward(hours=-2)
    other.badge(text)
    assert other.pin(PINS[Role.receiver])[0] == 429
    clock.forward(hours=2, minutes=16)
    other.badge(text)
    assert other.pin(PINS[Role.receiver])[0] == 200


def test_wrong_pins_of_several_people_lock_the_whole_office(
    enrolled: Callable[[], Screen], badge_of: Callable[[Role], str], with_pins: None
) -> None:
    for role in (Role.nurse, Role.receiver):
        screen = enrolled()
        screen.badge(badge_of(role))
        codes = [screen.pin("9082")[1]["code"] for _ in range(3)]
    assert codes == ["wrong_pin", "wrong_pin", "locked_out"]


def test_nobody_without_a_pin_and_nobody_by_token_proves_anything(
    screen: Screen, badge_of: Callable[[Role], str], nurse: Api
) -> None:
    assert screen.pin("4071")[0] == 401
    screen.badge(badge_of(Role.nurse))
    assert screen.pin("4071")[1]["code"] == "no_pin"
    assert nurse.post("/stations/kiosk-1/pin", {"pin": "4071"})[1]["code"] == "badge_needed"


def test_the_same_badge_at_two_stations_within_a_minute_is_in_the_trail(
    screen: Screen, badge_of: Callable[[Role], str], db: Database, clock: Clock, app: Flask
) -> None:
    def second(session: Any) -> str:
        local = people.local_actor(session)
        second_one = {"code": "kiosk-2", "name": "Two", "location": "ROOM-1", "mode": "use"}
        sessions.add_station(session, **second_one, actor_id=local.person_id, now=clock())
        return enrolments.enrol(session, station_code="kiosk-2", kind="screen", label="", by=local, now=clock())

    other = Screen(app.test_client(), db.transact(second))
    text = badge_of(Role.nurse)
    screen.badge(text)
    clock.forward(seconds=61)
    other.post("/stations/kiosk-2/badge", {"badge": text})
    assert "staff.badge_at_two_stations" not in trail(db)
    clock.forward(seconds=59)
    screen.badge(text)
    assert "staff.badge_at_two_stations" in trail(db)
    (message,) = badge_alerts(db, clock)
    assert message.startswith("The badge of nurse was scanned at kiosk-2 and at kiosk-1 within a minute.")
    badge_of(Role.nurse)  # a new one ends it
    assert badge_alerts(db, clock) == []


def badge_alerts(db: Database, clock: Clock) -> list[str]:
    """What the check of people says of badges."""
    with db.read_session() as session:
        causes = staff.causes(session, When(clock(), clock().date(), UTC), Limits())
    return [cause.message for cause in causes if cause.kind == "badge"]


def test_a_day_badge_takes_and_does_nothing_else_until_it_runs_out(
    screen: Screen, db: Database, clock: Clock, office: Office
) -> None:
    def issue(session: Any) -> str:
        return badges.issue_day_badge(
            session,
            name="Agency 1",
            valid_until=clock() + timedelta(hours=1),
            by=people.find_actor(session, "manager"),
            now=clock(),
            text=people_at.new_badge_text(),
        )

    text = db.transact(issue)
    may = screen.badge(text)[1]["may"]
    assert [name for name, yes in may.items() if yes] == ["take"]
    assert screen.scan()[0] == 201
    assert screen.scan("return")[1]["code"] == "not_allowed"
    clock.forward(minutes=59)
    assert screen.badge(text)[0] == 200
    clock.forward(minutes=1)
    assert screen.scan()[0] == 401
    assert screen.badge(text)[1]["code"] == "badge_ended"


def test_the_names_to_choose_from_say_no_role(screen: Screen, badge_of: Callable[[Role], str]) -> None:
    badge_of(Role.nurse)
    rows = screen.send("GET", "/stations/kiosk-1/people").json["items"]
    assert [row["name"] for row in rows] == ["manager", "nurse", "receiver"]
    assert {key for row in rows for key in row} == {"name", "display_name", "badge_hint"}
    assert next(row for row in rows if row["name"] == "nurse")["badge_hint"] == "badge 1"


def test_a_device_alone_posts_claimed_scans_and_no_other(
    screen: Screen, badge_of: Callable[[Role], str], db: Database
) -> None:
    assert screen.scan()[0] == 401
    status, answer = screen.scan(claimed_by=badge_of(Role.nurse))
    assert (status, answer["outcome"]) == (201, "discrepancy")
    assert screen.scan(claimed_by="nurse")[0] == 201
    assert screen.scan("return", claimed_by="nurse")[1]["code"] == "pin_needed"
    assert screen.scan(claimed_by="nobody")[0] == 422


def test_no_badge_is_ever_stored_as_text(screen: Screen, badge_of: Callable[[Role], str], db: Database) -> None:
    text = badge_of(Role.nurse)
    screen.scan(claimed_by=text)
    screen.scan(claimed_by="nurse", barcode=text)
    with db.engine.connect() as connection:
        tables = sa.inspect(db.engine).get_table_names()
        rows = [str(connection.execute(sa.text(f'SELECT * FROM "{name}"')).all()) for name in tables]  # noqa: S608
    assert not any(text in row for row in rows)


@pytest.mark.parametrize("level", ["device", "badge", "pin"])
def test_from_a_station_nothing_is_reached_but_what_is_meant_for_stations(
    app: Flask, screen: Screen, badge_of: Callable[[Role], str], with_pins: None, level: str, clock: Clock
) -> None:
    """Every route of the app, by a manager's badge: what is not listed for stations is refused, whatever the role."""
    text, reached = badge_of(Role.manager), []
    for rule in app.url_map.iter_rules():
        access = getattr(app.view_functions[rule.endpoint], "supply_access", None)
        if access is None or access.is_public:
            continue
        for method in sorted(rule.methods - {"HEAD", "OPTIONS"}):
            if level != "device" and screen.client.get_cookie("supply_session") is None:
                screen.badge(text)
                assert level == "badge" or screen.pin(PINS[Role.manager])[0] == 200
            body = {"json": {}} if rule.rule.startswith("/api/") and method != "GET" else {}
            answer = screen.client.open(address(rule), method=method, headers={"X-CSRF-Token": screen.csrf}, **body)
            is_in = answer.status_code not in (401, 403) and "/sign-in?" not in answer.headers.get("Location", "")
            if is_in and answer.status_code != 404:
                reached.append((rule.endpoint, answer.status_code))
            assert answer.status_code < 500
    assert reached
    assert all(reached_from_station(endpoint, level) for endpoint, _ in reached), reached
