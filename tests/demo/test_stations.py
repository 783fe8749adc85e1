"""The stations of the demonstration office: badges, an enrolled screen, scanners, a wish, sheets, printed labels."""

from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa

from supply.barcodes.house_code import LOT
from supply.demo import label_desk, places, shelf_side
from supply.labels import templates
from supply.labels.content import LotLabel, from_payload
from supply.labels.paper import named
from supply.labels.presets import preset_named
from supply.labels.print_jobs import job_lines
from supply.labels.raster import render
from supply.labels.symbols import house_symbol
from supply.staff import badges, people, station_sign_in
from supply.staff.permissions import Action, Level
from supply.staff.pins import read_or_make_pepper
from supply.staff.station_sign_in import Place
from supply.stations import downtime, enrolments, station_deliveries
from supply.stations.claims import MINE, OPEN, confirm_scan
from supply.stations.device_scans import devices_of_agent, devices_to_run
from supply.stations.models import ScanRecord
from supply.stations.printer_lines import printer_named
from supply.stations.scanner_profiles import profile_of_station
from supply.stations.sessions import find_station
from supply.stock.shelf_requests import NEED_MORE, shelf_requests
from tests.demo.test_office import NOW, Demo, made_in


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Demo]:
    made = made_in(tmp_path_factory.mktemp("stations"))
    yield made
    made.db.close()


@pytest.mark.parametrize("name", ["nurse", "manager"])
def test_the_badges_and_pins_of_the_file_sign_on(demo: Demo, name: str) -> None:
    place = Place(places.KIOSK, "enrolment 1", "127.0.0.1")
    there = station_sign_in.sign_on_by_badge(
        demo.db, text=demo.said["badges"][name], place=place, instead_of=None, now=NOW
    )
    assert (there.actor.name, there.actor.level) == (name, Level.badge)
    pepper = read_or_make_pepper(demo.folder)
    proven = station_sign_in.add_pin(
        demo.db, key=there.key, pin=demo.said["pins"][name], place=place, pepper=pepper, minutes=2, now=NOW
    )
    assert proven.actor.level is Level.pin


def test_the_day_badge_takes_only(demo: Demo) -> None:
    with demo.db.read_session() as session:
        actor = badges.actor_for_badge(session, demo.said["badges"]["day"], NOW)
    assert actor is not None
    assert [actor.may(action) for action in (Action.take, Action.count, Action.receive)] == [True, False, False]


def test_screen_and_agent_prove_their_stations(demo: Demo) -> None:
    tokens = demo.said["station_tokens"]
    with demo.db.read_session() as session:
        found = {code: enrolments.device_of_token(session, token, NOW) for code, token in tokens.items()}
        theirs = [device.name for device in devices_of_agent(session, places.LAB_BENCH)]
    assert {code: device.kind for code, device in found.items() if device} == {"kiosk-1": "screen", "lab-1": "agent"}
    assert theirs == [places.AGENT_SCANNER]


def test_one_scanner_passed_its_set_up_and_one_did_not(demo: Demo) -> None:
    with demo.db.read_session() as session:
        found = [
            profile_of_station(session, find_station(session, code).id)
            for code in (places.KIOSK, places.RECEIVING, places.LAB_BENCH)
        ]
    assert [profile["is_passed"] if profile else None for profile in found] == [True, False, None]


def test_one_scanner_has_a_port_that_nobody_has(demo: Demo) -> None:
    with demo.db.read_session() as session:
        here = {d.name: d.settings for d in devices_to_run(session) if d.driver == "serial" and d.runs_at == "server"}
    assert here[places.UNPLUGGED_SCANNER] == {"port": places.UNPLUGGED_PORT}
    assert not Path(places.UNPLUGGED_PORT).exists()


def test_a_scan_waits_for_the_nurse_to_say_that_it_was_hers(demo: Demo) -> None:
    with demo.db.read_session() as session:
        (waiting,) = session.scalars(sa.select(ScanRecord).where(ScanRecord.claim == OPEN)).all()
        nurse = people.find_actor(session, "nurse")
    assert (waiting.actor_id, waiting.outcome, waiting.station) == (nurse.person_id, "recorded", places.KIOSK)
    said = demo.db.transact(
        lambda s: confirm_scan(s, request_id=waiting.request_id, is_mine=True, by=nurse, now=NOW).claim
    )
    assert said == MINE


def test_more_is_wanted_of_one_item_and_orders_are_expected(demo: Demo) -> None:
    with demo.db.read_session() as session:
        (wish,) = shelf_requests(session)
        kiosk = find_station(session, places.KIOSK)
        expected = station_deliveries.deliveries_there(session, kiosk, now=NOW, zone=demo.settings.zone)
    assert (wish.sku, wish.kind) == (shelf_side.WANTED, NEED_MORE)
    assert any(one.reason.startswith("Order ") for one in expected)


def test_take_sheets_of_every_place_are_printed(demo: Demo) -> None:
    with demo.db.read_session() as session:
        (made,) = downtime.sheets(session)
        pages = downtime.places_of(session, made.id)
    assert made.printed_at is not None
    assert len(pages) > 10
    assert sum(len(lines) for _, lines in pages) == made.lines > 150


def test_labels_of_an_opened_vial_and_of_stopped_stock_came_out(demo: Demo) -> None:
    with demo.db.read_session() as session:
        stopped, opened = job_lines(session)
    assert (opened.state, opened.template, opened.payload["initials"]) == ("printed", "opened", label_desk.INITIALS)
    assert (stopped.state, stopped.template, stopped.payload["word"]) == ("printed", "hold", "DO NOT USE")
    assert render(from_payload(opened.payload), named("57x32")).height_dots > 100


def test_the_labels_of_lots_follow_the_design_that_the_office_chose(demo: Demo) -> None:
    with demo.db.read_session() as session:
        lying = printer_named(session, places.SHELF_PRINTER).paper
        plain = LotLabel(name="Gauze", sku="DRS-GAUZE", barcode=house_symbol(LOT, 7), lot_number="A1")
        design = templates.designed(session, plain, lying).design
    assert design == preset_named(label_desk.KIND, label_desk.PRESET).design


@pytest.mark.parametrize(("name", "came_to"), [("use_item", "recorded"), ("box_or_each", "box_or_each")])
def test_the_kiosk_asks_for_box_or_each_of_one_item_only(demo: Demo, name: str, came_to: str) -> None:
    answer = demo.scan(name, ask_unit=True).answer
    assert answer.get("code", answer["outcome"]) == came_to
