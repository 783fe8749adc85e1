"""The office, transporters and facilities: one office, checked fields, registrations with their last day."""

import contextlib
from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from supply.barcodes import house_code
from supply.errors import Conflict, Invalid, NotAllowed, NotFound
from supply.waste import containers, numbers, parties, pickups
from supply.waste.models import ContainerState, PartyKind
from supply.waste.parties import Address, PartyFields, PartyLine
from supply.waste.weights import MOST_GRAMS, grams_of, pounds
from tests.waste.rooms import HAULER, OFFICE, Room


def hauler(room: Room) -> PartyLine:
    return room.read(
        lambda s: parties.find_party(s, HAULER.name.upper(), PartyKind.transporter, today=room.office.today)
    )


def register(room: Room, **changed: object) -> None:
    values = {"party_id": hauler(room).id, "kind": "Permit", "number": "P1", "state": "fl", "expires_on": None}
    room.do(parties.add_registration, **{**values, **changed})


def test_there_is_one_office(furnished: Room) -> None:
    with pytest.raises(Conflict, match="there already") as refused:
        furnished.do(parties.add_party, fields=OFFICE)
    assert refused.value.code == "generator_exists"
    office = furnished.read(lambda s: parties.generator(s, today=furnished.office.today))
    assert office is not None
    assert office.fields == OFFICE
    furnished.do(parties.set_active, party_id=office.id, is_active=False)
    second = furnished.do(parties.add_party, fields=replace(OFFICE, name="New Street"))
    with pytest.raises(Conflict):
        furnished.do(parties.set_active, party_id=office.id, is_active=True)
    assert second.id != office.id


@pytest.mark.parametrize(
    "changed",
    [
        {"name": " "},
        {"name": "x" * 121},
        {"name": "a\nb"},
        {"phone": "call me"},
        {"phone": "12"},
        {"emergency_phone": "none"},
        {"site": Address("1", "2", "Florida", "3")},
        {"site": Address("1", "2", "FL", "3" * 11)},
        {"mailing": Address("x" * 121)},
    ],
)
def test_a_wrong_field_is_said_and_nothing_is_added(room: Room, changed: dict[str, object]) -> None:
    with pytest.raises(Invalid):
        room.do(parties.add_party, fields=replace(HAULER, **changed))  # type: ignore[arg-type]
    assert room.read(lambda s: parties.parties(s, today=room.office.today)) == []


def test_a_registration_is_good_then_soon_then_expired_and_can_be_withdrawn(room: Room) -> None:
    room.do(parties.add_party, fields=HAULER)
    until = room.office.today + timedelta(days=30)
    register(room, expires_on=until)
    states = []
    for days in (0, 1, 30, 31):
        day = room.office.today + timedelta(days=days)
        line = room.read(lambda s, day=day: parties.parties(s, today=day)[0])
        states.append(line.registrations[0].state)
    assert states == ["good", "soon", "soon", "expired"]
    late = room.read(lambda s: parties.parties(s, today=until + timedelta(days=1))[0])
    with pytest.raises(Conflict, match=r"the Permit P1 \(FL\) ran out on"):
        parties.refuse_expired(late, until + timedelta(days=1))
    room.do(parties.withdraw_registration, registration_id=late.registrations[0].id)
    assert hauler(room).registrations == ()


@pytest.mark.parametrize(
    "changed", [{"kind": ""}, {"number": " "}, {"state": ""}, {"state": "Florida"}, {"number": "x" * 61}]
)
def test_a_registration_lacks_nothing(room: Room, changed: dict[str, object]) -> None:
    room.do(parties.add_party, fields=HAULER)
    with pytest.raises(Invalid):
        register(room, **changed)


def test_a_party_that_is_no_longer_used_is_not_offered(furnished: Room) -> None:
    room = furnished
    room.do(parties.set_active, party_id=hauler(room).id, is_active=False)
    with pytest.raises(NotFound, match="none yet"):
        hauler(room)
    kept = room.read(lambda s: parties.parties(s, today=room.office.today, with_inactive=True))
    assert HAULER.name in [line.name for line in kept]


def test_a_nurse_changes_no_party_and_a_kind_stays(furnished: Room) -> None:
    room = furnished
    with pytest.raises(NotAllowed):
        room.do(parties.add_party, fields=replace(HAULER, name="Other"), by=room.nurse)
    with pytest.raises(Invalid, match="cannot be changed"):
        room.do(parties.change_party, party_id=hauler(room).id, fields=PartyFields(PartyKind.facility, "Other"))
    with pytest.raises(NotFound):
        room.do(parties.change_party, party_id=999, fields=HAULER)


def test_waste_that_no_hauler_takes_is_closed_here_with_where_it_went(furnished: Room) -> None:
    room = furnished
    lamps, red = room.sealed("UW"), room.sealed("REDBAG")

    room.do(containers.close_here, number=lamps, how="Lamp recycler, receipt 4711")

    assert (room.line(lamps).state, room.line(lamps).closed_how) == (
        ContainerState.closed,
        "Lamp recycler, receipt 4711",
    )
    with pytest.raises(Conflict, match="leaves with a pickup"):
        room.do(containers.close_here, number=red, how="Trash")
    with pytest.raises(Conflict, match="seal it first"):
        room.do(containers.close_here, number=room.container("UW"), how="Trash")
    other = room.sealed("UW")
    room.do(pickups.add_containers, number=room.pickup(), containers=[other])
    with pytest.raises(Conflict, match="is on a pickup"):
        room.do(containers.close_here, number=other, how="Trash")


@given(st.integers(1, numbers.LIMIT))
def test_a_number_and_a_house_code_mean_their_row(row_id: int) -> None:
    assert numbers.id_of("W", numbers.number_of("W", row_id)) == row_id
    assert numbers.id_of("W", house_code.encode(house_code.CONTAINER, row_id)) == row_id


@given(st.text(max_size=50))
def test_any_other_text_means_no_row(text: str) -> None:
    with contextlib.suppress(NotFound):
        assert 0 < numbers.id_of("W", text) <= numbers.LIMIT


@given(st.decimals("0.1", "1000", places=1))
def test_pounds_come_back_as_they_were_typed(weight: object) -> None:
    assert pounds(grams_of(str(weight), "lb")) == str(weight)


@given(st.text(max_size=30), st.sampled_from(["lb", "kg", "stone"]))
def test_any_text_is_a_weight_or_is_refused(text: str, unit: str) -> None:
    with contextlib.suppress(Invalid):
        assert 0 < grams_of(text, unit) <= MOST_GRAMS
