"""An agent of which nothing is heard: its alert comes after a while, on both databases, and goes by itself."""

import sqlalchemy as sa

from supply.alerts.alert_lines import open_alerts
from supply.alerts.audience import EVERY
from supply.monitoring.checks import run_checks
from supply.monitoring.limits import Limits, When
from supply.stations.device_cards import DeviceCard, device_cards
from supply.stations.enrolments import enrol, touch
from supply.stations.installing import StationPlan, install
from supply.stations.models import Device, Enrolment
from tests.factories import ZONE, Office


def with_agent(office: Office) -> None:
    plan = StationPlan("kiosk-1", "Kiosk", "STOREROOM", "use", [("scanner-1", "serial", {"port": "COM3"})])
    office.db.transact(lambda s: install(s, stations=[plan], now=office.now))
    office.db.transact(lambda s: s.execute(sa.update(Device).values(runs_at="agent", state="open")))
    office.db.transact(
        lambda s: enrol(s, station_code="kiosk-1", kind="agent", label="", by=office.local, now=office.now)
    )


def heard(office: Office) -> None:
    office.db.transact(lambda s: touch(s, s.scalars(sa.select(Enrolment.id)).one(), office.now))


def told(office: Office) -> list[str]:
    when = When(office.now, office.today, ZONE)
    office.db.transact(lambda s: run_checks(s, names=("stations",), when=when, limits=Limits()))
    with office.db.read_session() as session:
        return [line.message for line in open_alerts(session, roles=EVERY, kind="agent")]


def card(office: Office) -> DeviceCard:
    with office.db.read_session() as session:
        return device_cards(session, now=office.now)[0]


def test_a_silent_agent_is_told_after_ten_minutes_and_no_more_once_it_is_back(either_office: Office) -> None:
    office = either_office
    with_agent(office)
    heard(office)
    assert (told(office), card(office).state) == ([], "open")
    office.later(minutes=3)
    assert (told(office), card(office).sign) == ([], ("short", "No word"))
    silence = card(office).silence
    assert silence is not None
    assert (office.now - silence.since).total_seconds() == 180
    office.later(minutes=8)
    (message,) = told(office)
    assert message.startswith("Nothing was heard of the agent at Kiosk since 2026-11-23 10:00. See that its computer")
    heard(office)
    assert (told(office), card(office).state) == ([], "open")


def test_an_agent_that_was_never_started_is_told_and_one_with_nothing_to_run_is_not(office: Office) -> None:
    with_agent(office)
    office.later(minutes=3)
    assert told(office) == []
    office.later(minutes=9)
    assert "was enrolled 2026-11-23 10:00 and was not heard of yet" in told(office)[0]
    office.db.transact(lambda s: s.execute(sa.update(Device).values(is_active=False)))
    assert told(office) == []
