"""Badges and commands that a station's own scanner reads."""

import pytest
import sqlalchemy as sa

from supply.barcodes.house_code import encode
from supply.errors import NotAllowed, SupplyError
from supply.staff.permissions import Role
from supply.stations import people_at, serial_commands, sessions
from supply.stations.models import Station
from supply.stock.departments import ensure_department
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
