"""What an agent's device read, delivered several times at once: counted once, on both databases."""

import json
import threading
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import sqlalchemy as sa

from supply.staff.permissions import Role
from supply.stations import sessions
from supply.stations.device_scans import record_agent_read
from supply.stations.models import Device
from supply.stations.scans import Stored
from tests.factories import GLOVES, Office, gs1

CODE = gs1(GLOVES, lot="A1", expiry="280101")


def _with_agent(office: Office) -> None:
    office.item()
    office.receive("A1", "280101", 50)
    nurse = office.person("nora", Role.nurse)

    def add(session: Any) -> None:
        station = sessions.add_station(
            session, code="bench", name="Bench", location="STOREROOM", mode="use", actor_id=None, now=office.now
        )
        sessions.add_device(
            session, station=station, name="s1", driver="serial", settings={}, actor_id=None, now=office.now
        )
        session.execute(sa.update(Device).values(runs_at="agent", profile=json.dumps({})))
        sessions.sign_on(session, station=station, actor=nurse, mode=None, now=office.now)

    office.db.transact(add)


def _read(office: Office, key: UUID) -> Stored:
    return office.db.transact(
        lambda session: record_agent_read(
            session,
            station="bench",
            device="s1",
            request_id=key,
            raw=CODE,
            read_at=office.now,
            now=office.now + timedelta(seconds=1),
            idle_minutes=2,
            rules=office.rules,
        ),
        idempotent=True,
    )


def test_one_read_delivered_by_four_at_once_counts_once(either_office: Office) -> None:
    office = either_office
    _with_agent(office)
    answers = list[Stored]()
    keys = [uuid4() for _ in range(4)]
    for key in keys:
        gate = threading.Barrier(4)

        def deliver(key: UUID = key, gate: threading.Barrier = gate) -> None:
            gate.wait()
            answers.append(_read(office, key))

        threads = [threading.Thread(target=deliver) for _ in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

    assert sorted(stored.status for stored in answers) == [200] * 12 + [201] * 4
    assert sum(stored.is_new for stored in answers) == len(keys)
    assert office.stock() == {"A1": 46}
    assert office.faults() == []


def test_control_a_new_key_for_each_delivery_counts_each(either_office: Office) -> None:
    _with_agent(either_office)
    for _ in range(4):
        _read(either_office, uuid4())
    assert either_office.stock() == {"A1": 46}
