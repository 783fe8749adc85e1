"""Every check, and everything that is read of alerts, on both databases: they group, cut and sort in their own ways."""

from datetime import timedelta
from typing import Any
from uuid import UUID

from supply.alerts.alert_lines import alerts_after, closed_alerts, decisions, has_news, last_change, open_alerts
from supply.alerts.audience import EVERY
from supply.alerts.outbox import mail_lines
from supply.labels.models import PrintJob, PrintState
from supply.monitoring.checks import CHECKS, When, run_checks
from supply.monitoring.morning_mail import queue_morning_mail
from supply.staff import people
from supply.staff.permissions import Role
from supply.stations.device_scans import note_device_state
from supply.stations.installing import StationPlan, install
from supply.stock.models import LotState
from tests.conftest import NOW
from tests.factories import ZONE, Office
from tests.waste.rooms import Room

PLAN = StationPlan("kiosk-1", "Kiosk", "STOREROOM", "use", [("scanner-1", "serial", {"port": "/dev/none"})])

STUCK = (PrintState.attention, PrintState.unknown, PrintState.attention, PrintState.queued)


def trouble(office: Office) -> None:
    """Something for every check."""
    room = Room.of(office)
    room.furnish(permit_until=office.today + timedelta(days=20))
    room.note(room.container())
    room.trained(office.local, office.today - timedelta(days=340), years=1)
    office.item(reorder_point=50)
    office.receive("A1", "261124")
    office.receive("B2", "270120")
    office.set_state("B2", LotState.recalled)
    office.scan("0104006381333931")
    office.db.transact(lambda s: install(s, stations=[PLAN], now=office.now))

    def break_things(session: Any) -> None:
        note_device_state(session, device_id=1, state="failed", words="Gone.", last_activity_at=None)
        for n, state in enumerate(STUCK):
            session.add(
                PrintJob(
                    request_id=UUID(int=n), template="lot", payload={}, subject=f"lot {n}", copies=1, state=state,
                    device_id=1 if n else None, address=None if n else "10.0.0.9:9100", queued_at=office.now,
                    queued_by_id=office.local.person_id,
                )
            )  # fmt: skip

    office.db.transact(break_things)


def look(office: Office) -> None:
    when = When(office.now, office.today, ZONE)
    office.db.transact(lambda s: run_checks(s, names=None, when=when))


def test_every_check_speaks_and_falls_silent_on_both_databases(either_office: Office) -> None:
    office = either_office
    trouble(office)
    office.later(days=28)
    look(office)
    office.later(minutes=10)
    look(office)
    with office.db.read_session() as session:
        lines = open_alerts(session, roles=EVERY)
        found = decisions(session, roles=EVERY, most=5)
        assert has_news(session, roles=EVERY, since=NOW)
        assert not has_news(session, roles=frozenset(), since=None)
        assert len(alerts_after(session, roles=EVERY, state="open", kind=None, after_id=0, limit=100)) == len(lines)
    kinds = {line.kind for line in lines}
    assert {kind for check in CHECKS.values() for kind in check.KINDS} - kinds == {
        *("verify", "suggestions", "waste_pickup", "waste_copy", "waste_report", "agent", "badge")
    }
    assert found.total == len(lines)
    assert sum(line.count for line in found.lines) + found.beyond == found.total
    printers = [line.message for line in lines if line.kind == "printing"]
    both = (
        "1 label at scanner-1 at kiosk-1 did not come out. "
        "1 label at scanner-1 at kiosk-1 may or may not have come out. Look, and say which."
    )
    assert sorted(printers) == ["1 label at 10.0.0.9:9100 did not come out.", both]


def test_the_morning_mail_is_queued_once_on_both_databases(either_office: Office) -> None:
    office = either_office
    trouble(office)
    mara = office.person("mara", Role.manager)
    office.db.transact(
        lambda s: people.set_email(s, person_id=mara.person_id, email="m@example.org", by=office.local, now=office.now)
    )
    look(office)

    def queue(session: Any) -> int:
        return queue_morning_mail(
            session, today=office.today, now=office.now, office_name="Office", base_url="http://supply.example"
        )

    assert [office.db.transact(queue) for _ in range(2)] == [1, 0]
    with office.db.read_session() as session:
        (mail,) = mail_lines(session, since=office.today)
        assert mail.state == "queued"
        assert closed_alerts(session, roles=EVERY, since=NOW) == []
        assert last_change(session, roles=EVERY, since=NOW) is None
