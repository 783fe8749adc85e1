"""The waste room of the demonstration office shows every state that there is to see."""

from collections.abc import Iterator
from datetime import timedelta

import pytest

from supply.db import Database
from supply.staff import people, training
from supply.staff.permissions import Actor
from supply.waste import manifests
from supply.waste.container_lines import ContainerLine, container_line, container_lines
from supply.waste.deadlines import OVERDUE, SOON
from supply.waste.manifest_lines import is_content_intact, manifest_lines, manifest_sheet
from supply.waste.models import ContainerState, ManifestState, PartyKind, PickupState
from supply.waste.parties import parties
from supply.waste.pickup_lines import pickup_lines
from supply.waste.watch import rules_here
from tests.demo.test_office import NOW, TODAY, Demo, made_in


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Demo]:
    made = made_in(tmp_path_factory.mktemp("waste"))
    yield made
    made.db.close()


@pytest.fixture
def lines(demo: Demo) -> list[ContainerLine]:
    with demo.db.read_session() as session:
        law = rules_here(session, zone=demo.settings.zone)
        return container_lines(session, rules=law, today=TODAY, zone=demo.settings.zone)


def test_containers_of_several_streams_stand_in_every_state(lines: list[ContainerLine]) -> None:
    assert {line.state for line in lines} == set(ContainerState) - {ContainerState.received}
    assert len({line.stream for line in lines}) >= 6
    states = [line.deadline.state for line in lines if line.deadline]
    assert states.count(OVERDUE) == 1
    assert SOON in states


def test_an_expired_lot_went_from_the_shelf_into_a_container(demo: Demo, lines: list[ContainerLine]) -> None:
    (drugs,) = [line for line in lines if line.stream == "RX_NONHAZ"]
    assert drugs.entries == 2
    with demo.db.read_session() as session:
        law = rules_here(session, zone=demo.settings.zone)
        named = container_line(
            session, demo.said["barcodes"]["container"], rules=law, today=TODAY, zone=demo.settings.zone
        )
    assert (named.stream, named.state) == ("REDBAG", ContainerState.open)


def test_papers_are_closed_owed_and_ready(demo: Demo) -> None:
    with demo.db.read_session() as session:
        law = rules_here(session, zone=demo.settings.zone)
        papers = manifest_lines(session, rules=law, today=TODAY, zone=demo.settings.zone)
        sheets = [
            manifest_sheet(session, line.number, rules=law, today=TODAY, zone=demo.settings.zone) for line in papers
        ]
        booked = pickup_lines(session, today=TODAY, states={PickupState.scheduled})
    assert [line.state for line in papers] == [ManifestState.ready, ManifestState.accepted, ManifestState.closed]
    assert papers[1].deadline is not None
    assert papers[1].deadline.state == SOON
    assert all(is_content_intact(sheet) for sheet in sheets)
    assert [line.scheduled_on for line in booked] == [TODAY + timedelta(days=1)]


def test_the_coordinator_may_sign_and_the_manager_no_longer(demo: Demo) -> None:
    def until(db: Database, name: str) -> str:
        with db.read_session() as session:
            actor: Actor = people.find_actor(session, name)
            line = training.current(session, person_id=actor.person_id, kind=training.HAZMAT, today=TODAY)
            assert line is not None
            return line.state

    assert (until(demo.db, "waste"), until(demo.db, "manager")) == ("good", "expired")
    with demo.db.read_session() as session:
        assert manifests.who_could_sign(session, today=TODAY) == ["Wes Tanaka"]
        hauler = parties(session, today=TODAY, kind=PartyKind.transporter)
    assert [one.state for one in hauler[0].registrations] == ["soon", "good"]
    assert NOW.date() == TODAY
