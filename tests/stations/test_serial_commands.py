"""Badges and commands that a station's own scanner reads."""

from typing import Any
from uuid import uuid4

import pytest
import sqlalchemy as sa

from supply.barcodes.house_code import encode
from supply.errors import NotAllowed, SupplyError
from supply.staff.permissions import Role
from supply.stations import device_scans, people_at, serial_commands, sessions
from supply.stations.device_scans import StationDevice
from supply.stations.models import Station
from supply.stock.departments import ensure_department
from supply.stock.locations import find_place
from supply.stock.shelf_requests import shelf_requests
from tests.factories import Office


class Corner:
    """A station with a scanner and no screen."""

    def __init__(self, office: Office) -> None:
        self.office = office
        office.item()
        office.receive("A1", quantity=5)
        office.db.transact(
            lambda s: (
                sessions.add_station(
                    s, code="corner", name="Corner", location="STOREROOM", mode="use", actor_id=None, now=office.now
                ).id
            )
        )

    def there(self):
        with self.office.db.read_session() as session:
            station = session.scalar(sa.select(Station.id).where(Station.code == "corner"))
            return sessions.signed_on(session, station_id=station, now=self.office.now, idle_minutes=5)

    def read(self, text: str) -> str:
        found = self.there()

        def act(session) -> str:
            return serial_commands.act_on_command(
                session,
                station=sessions.find_station(session, "corner"),
                barcode=text,
                person=found.actor if found else None,
                now=self.office.now,
                rules=self.office.rules,
            )

        return self.office.db.transact(act)

    def device_reads(self, text: str) -> dict[str, Any]:
        """The answer to a read of the station's own scanner, through the entry of every such read."""
        office, key = self.office, uuid4()

        def record(session) -> dict[str, Any]:
            station = sessions.find_station(session, "corner").id
            device = StationDevice(0, "s1", "serial", {}, station, "corner")
            entry = device_scans.scan_entry(
                session,
                device=device,
                request_id=key,
                raw=text,
                read_at=office.now,
                now=office.now,
                idle_minutes=30,
            )
            return device_scans.handle_entry(session, entry=entry, now=office.now, rules=office.rules).answer

        return office.db.transact(record)

    def by_password(self) -> None:
        """Somebody who may do everything is signed on at the screen."""

        def begin(session) -> None:
            station = sessions.find_station(session, "corner")
            sessions.sign_on(session, station=station, actor=self.office.local, mode=None, now=self.office.now)

        self.office.db.transact(begin)

    def say(self, word: str) -> str:
        return self.read(encode("command", word))


@pytest.fixture
def corner(office: Office) -> Corner:
    office.person("nina", Role.nurse)
    return Corner(office)


def test_a_badge_signs_on_and_the_command_signs_off(corner: Corner) -> None:
    with pytest.raises(NotAllowed):
        corner.say("LOOKUP")
    assert corner.read(corner.office.badge("nina")) == "nina is signed on."
    assert corner.there().mode == "use"
    assert corner.say("LOOKUP") == "LOOK UP."
    assert corner.there().mode == "lookup"
    corner.say("SIGNOFF")
    assert corner.there() is None


def test_a_mode_ends_after_three_idle_minutes_and_at_a_change_of_person(corner: Corner) -> None:
    corner.office.person("nora", Role.nurse)
    corner.read(corner.office.badge("nina"))
    corner.say("LOOKUP")
    corner.office.later(minutes=3)
    assert corner.there().mode == "lookup"
    corner.office.later(seconds=1)
    assert corner.there().mode == "use"
    corner.say("LOOKUP")
    corner.read(corner.office.badge("nora"))
    assert (corner.there().actor.name, corner.there().mode) == ("nora", "use")


def test_a_quantity_counts_for_one_scan_and_a_department_until_sign_off(corner: Corner) -> None:
    corner.read(corner.office.badge("nina"))
    corner.office.db.transact(lambda s: ensure_department(s, "Lab"))
    assert corner.read(encode("department", 1)) == "For Lab."
    corner.say("TIMESTEN")
    assert corner.there().carried == {"quantity": 10, "department": "Lab"}
    with corner.office.db.read_session() as session:
        station = sessions.find_station(session, "corner").id
    corner.office.db.transact(lambda s: sessions.seen(s, station_id=station, now=corner.office.now))
    assert corner.there().carried == {"department": "Lab"}


def test_undo_and_need_more_are_of_the_last_scan_there(corner: Corner) -> None:
    corner.read(corner.office.badge("nina"))
    with pytest.raises(SupplyError):
        corner.say("UNDO")
    corner.office.scan("GLOVE-M", by=corner.there().actor, station="corner")
    assert corner.say("NEEDMORE").startswith("Noted.")
    corner.say("NEEDMORE")
    with corner.office.db.read_session() as session:
        assert [line.times for line in shelf_requests(session)] == [1]
    assert corner.say("UNDO") == "Undone."
    assert corner.office.stock() == {"A1": 5}


def test_what_a_badge_does_not_suffice_for_and_what_nobody_knows_is_refused(corner: Corner) -> None:
    corner.read(corner.office.badge("nina"))
    for text in (encode("command", "THROWOUT"), encode("command", "DANCE"), encode("department", 9), "GLOVE-M"):
        with pytest.raises(SupplyError):
            corner.read(text)
    with pytest.raises(SupplyError):
        corner.read(people_at.new_badge_text())
    assert serial_commands.is_command(encode("command", "UNDO"), corner.office.now)
    assert not serial_commands.is_command("GLOVE-M", corner.office.now)


def command(word: str) -> str:
    return encode("command", word)


def shelf(office: Office, code: str) -> str:
    with office.db.read_session() as session:
        return encode("location", find_place(session, code).id)


def test_a_move_goes_where_the_shelf_label_said_and_nowhere_without_one(corner: Corner) -> None:
    office = corner.office
    office.place("ROOM-1")
    corner.by_password()
    assert corner.device_reads(command("MOVE"))["message"] == "MOVE. Scan the label of the shelf it goes to."
    refused = corner.device_reads("GLOVE-M")
    assert (refused["code"], refused["detail"]) == (
        "bad_location",
        "Scan the label of the shelf it goes to first, then the item.",
    )
    assert office.stock(location="ROOM-1") == {}
    assert corner.device_reads(shelf(office, "ROOM-1"))["message"].startswith("What you scan now moves to ")
    assert corner.device_reads("GLOVE-M")["outcome"] == "recorded"
    assert corner.device_reads("GLOVE-M")["outcome"] == "recorded"
    assert (office.stock(location="ROOM-1"), office.stock()) == ({"A1": 2}, {"A1": 5})
    corner.device_reads(command("TAKE"))
    corner.device_reads(command("MOVE"))
    assert corner.device_reads("GLOVE-M")["code"] == "bad_location"  # the next run says where it goes anew
    assert corner.device_reads(encode("location", 999_999))["code"] == "bad_location"


def test_what_is_thrown_out_takes_its_reason_from_the_sheet_or_is_refused(corner: Corner) -> None:
    office = corner.office
    corner.by_password()
    assert corner.device_reads(command("THROWOUT"))["message"] == "THROW OUT. Scan why on the command sheet."
    refused = corner.device_reads("GLOVE-M")
    assert (refused["code"], "why it is thrown out" in refused["detail"]) == ("reason_required", True)
    assert office.stock() == {"A1": 5}
    assert corner.device_reads(command("DAMAGED"))["message"] == "THROW OUT: damaged."
    assert corner.device_reads("GLOVE-M")["outcome"] == "recorded"
    assert office.stock() == {"A1": 4}
    assert office.movements()[-1].reason == "damaged"
    corner.device_reads(command("THROWOUT"))
    assert corner.device_reads("GLOVE-M")["code"] == "reason_required"


def test_a_delivery_that_nobody_opened_is_not_scanned_in(corner: Corner) -> None:
    corner.by_password()
    corner.device_reads(command("PUTIN"))
    assert corner.device_reads("GLOVE-M")["code"] == "delivery_needed"
    assert corner.office.stock() == {"A1": 5}


def test_a_mode_that_ended_by_itself_does_not_come_back_with_a_command(corner: Corner) -> None:
    corner.office.place("ROOM-1")
    corner.by_password()
    corner.device_reads(command("LOOKUP"))
    corner.office.later(minutes=4)
    assert corner.device_reads(command("TIMESTWO"))["outcome"] == "command"
    assert corner.device_reads("GLOVE-M")["outcome"] == "recorded"
    assert corner.office.stock() == {"A1": 3}
    assert corner.device_reads(shelf(corner.office, "ROOM-1"))["message"].startswith("What you scan now is at ")
    assert corner.there().carried["location"] == "ROOM-1"


def test_with_nobody_signed_on_a_shelf_label_changes_nothing(corner: Corner) -> None:
    assert corner.device_reads(shelf(corner.office, "STOREROOM"))["code"] == "not_allowed"
    assert corner.device_reads("GLOVE-M")["code"] == "not_allowed"
