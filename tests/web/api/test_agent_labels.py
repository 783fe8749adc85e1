"""/station-devices/…/labels: an agent gets the labels of its own printers, each once, and tells what became of them."""

import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient

from supply.db import Database
from supply.labels import print_jobs, print_turns
from supply.labels.models import PrintJob
from supply.staff import people
from supply.stations.enrolments import enrol
from supply.stations.models import Device
from tests.web.api.conftest import Api
from tests.web.conftest import START, Clock
from tests.worker.bench import shelf_label

LABELS = "/station-devices/scanner-1/labels"


@pytest.fixture
def agent(db: Database, client: FlaskClient) -> Api:
    """The agent of the station kiosk-1, whose one device is a printer here."""

    def make(session: Any) -> str:
        settings = json.dumps({"host": "10.0.0.9"})
        session.execute(sa.update(Device).values(driver="escpos-network", runs_at="agent", settings=settings))
        local = people.local_actor(session)
        return enrol(session, station_code="kiosk-1", kind="agent", label="", by=local, now=START)

    return Api(client, db.transact(make))


@pytest.fixture
def wish(db: Database) -> Callable[..., int]:
    def make(copies: int = 1) -> int:
        def act(session: Any) -> int:
            device = session.scalars(sa.select(Device.id).where(Device.name == "scanner-1")).one()
            local = people.local_actor(session)
            return print_jobs.queue(
                session, request_id=uuid4(), content=shelf_label(), copies=copies, device_id=device,
                actor_id=local.person_id, now=START, subject="item",
            ).id  # fmt: skip

        return db.transact(act)

    return make


def _state(db: Database, job: int) -> tuple[str, int]:
    with db.read_session() as session:
        found = session.get_one(PrintJob, job)
        return found.state.value, found.copies_printed


def _take(agent: Api, lease: str) -> Any:
    status, answer = agent.post(f"{LABELS}/next", {"lease": lease})
    assert status == 200
    return answer["label"]


def _tell(agent: Api, job: int, lease: str, outcome: str, **more: Any) -> tuple[int, Any]:
    return agent.post(f"{LABELS}/{job}/outcome", {"lease": lease, "outcome": outcome, **more})


def test_each_lease_gets_a_label_of_its_own_and_the_same_lease_the_same(
    agent: Api, wish: Callable[..., int], db: Database
) -> None:
    first, second = wish(), wish()
    one, two = str(uuid4()), str(uuid4())
    assert agent.get(LABELS)[1] == {"first": first, "waiting": 2}
    assert [_take(agent, lease)["job"] for lease in (one, two, one)] == [first, second, first]
    assert _take(agent, str(uuid4())) is None
    assert _tell(agent, first, one, "printed") == (200, {"job": first, "state": "printed"})
    assert _tell(agent, first, one, "printed") == (200, {"job": first, "state": "printed"})
    assert _tell(agent, second, one, "printed") == (200, {"job": second, "state": "sending"})
    assert _tell(agent, second, two, "queued", words="No paper.")[1]["state"] == "queued"


def test_what_is_told_late_or_of_several_copies_changes_nothing_that_a_person_was_asked(
    agent: Api, wish: Callable[..., int], db: Database
) -> None:
    job, lease = wish(3), str(uuid4())
    assert _take(agent, lease)["copies"] == 3
    _tell(agent, job, lease, "printing", copies_printed=2)
    assert _state(db, job) == ("sending", 2)
    lost = START + print_turns.LEASE + timedelta(minutes=1)
    assert db.transact(lambda s: print_turns.end_lost_leases(s, now=START)) == 0
    assert db.transact(lambda s: print_turns.left_sending_here(s, now=START)) == 0
    assert db.transact(lambda s: print_turns.end_lost_leases(s, now=lost)) == 1
    assert _tell(agent, job, lease, "printed")[1]["state"] == "unknown"
    assert _state(db, job) == ("unknown", 2)


def test_another_agents_printer_and_a_person_are_refused(
    agent: Api, manager: Api, wish: Callable[..., int], db: Database, clock: Clock
) -> None:
    job, lease = wish(), str(uuid4())
    for api, status in ((manager, 403), (agent, 404)):
        if status == 404:
            db.transact(lambda s: s.execute(sa.update(Device).values(runs_at="server")))
        assert api.get(LABELS)[0] == status
        assert api.post(f"{LABELS}/next", {"lease": lease})[0] == status
        assert _tell(api, job, lease, "printed")[0] == status
    assert _state(db, job) == ("queued", 0)


def test_a_label_that_cannot_be_drawn_waits_for_a_person_and_the_next_one_is_given_out(
    agent: Api, wish: Callable[..., int], db: Database
) -> None:
    broken, good = wish(), wish()
    db.transact(lambda s: s.execute(sa.update(PrintJob).where(PrintJob.id == broken).values(payload={"template": "?"})))
    assert _take(agent, str(uuid4()))["job"] == good
    assert _state(db, broken) == ("attention", 0)
