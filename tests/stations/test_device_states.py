"""What the worker says of a device, for the screens."""

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from supply.stations.device_scans import note_device_state
from supply.stations.installing import StationPlan, install
from supply.stations.models import Device
from tests.factories import Office

PLAN = StationPlan("kiosk-1", "Kiosk", "STOREROOM", "use", [("scanner-1", "serial", {"port": "/dev/none"})])


def note(office: Office, state: str, words: str, at: datetime | None) -> tuple[str, str, datetime | None]:
    def say(session: Session) -> None:
        number = session.scalars(sa.select(Device.id)).one()
        note_device_state(session, device_id=number, state=state, words=words, last_activity_at=at)

    office.db.transact(say)
    with office.db.read_session() as session:
        row = session.scalars(sa.select(Device)).one()
        return row.state, row.state_words, row.last_activity_at


def test_when_a_device_was_last_used_is_known_after_the_worker_starts_anew(office: Office) -> None:
    office.db.transact(lambda s: install(s, stations=[PLAN], now=office.now))
    assert note(office, "open", "", office.now) == ("open", "", office.now)
    assert note(office, "failed", "Gone.", None) == ("failed", "Gone.", office.now)
    used_at = office.now
    office.later(hours=1)
    assert note(office, "open", "", None) == ("open", "", used_at)
    assert note(office, "open", "", office.now) == ("open", "", office.now)
