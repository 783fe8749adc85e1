"""A container's life: one step after the other, each once, never back."""

from datetime import timedelta

import pytest
import sqlalchemy as sa

from supply.errors import Conflict, Invalid, NotAllowed, NotFound
from supply.staff.permissions import Role
from supply.waste import containers, entries
from supply.waste.container_lines import container_lines, entry_lines
from supply.waste.models import ContainerState
from tests.factories import ZONE
from tests.waste.rooms import Room


def test_a_container_has_a_number_and_a_house_code_and_its_streams_package(room: Room) -> None:
    number = room.container("sharps")

    line = room.line(number)

    assert number == "W-000001"
    assert line.house_code.startswith("SUPC000001")
    assert (line.stream, line.stream_name, line.package) == ("SHARPS", "Sharps", "plastic container")
    assert line.state is ContainerState.open
    assert room.line(line.house_code).number == room.line("1").number == number


def test_a_new_one_opens_with_the_first_thing_that_goes_in(room: Room) -> None:
    number = room.container("SHARPS", is_opened=False)
    assert room.line(number).state is ContainerState.new
    room.office.later(hours=1)

    room.note(number, "Used needles")

    line = room.line(number)
    assert (line.state, line.opened_at, line.first_item_at) == (ContainerState.open, room.office.now, room.office.now)
    assert line.first_nonsharps_at is None
    room.office.later(hours=1)
    room.note(number, "A bloody swab", is_sharps=False)
    assert room.line(number).first_nonsharps_at == room.office.now
    assert room.line(number).first_item_at == line.first_item_at


def test_sealing_takes_a_weight_and_says_who_and_when(room: Room) -> None:
    number = room.container()
    room.note(number)

    room.do(containers.seal, number=number, weight="5,2", unit="kg")

    line = room.line(number)
    assert (line.state, line.gross_weight_grams, line.sealed_by) == (ContainerState.sealed, 5200, "wes")
    assert line.sealed_at == room.office.now


def test_an_empty_container_is_not_sealed(room: Room) -> None:
    number = room.container()

    with pytest.raises(Conflict, match="Nothing is in W-000001 yet") as refused:
        room.seal(number)

    assert refused.value.code == "empty"
    assert room.line(number).state is ContainerState.open


@pytest.mark.parametrize("weight", ["", "0", "-3", "NaN", "inf", "1e9", "heavy", "9" * 21, "12.5 lb"])
def test_a_weight_that_is_none_is_refused_and_changes_nothing(room: Room, weight: str) -> None:
    number = room.container()
    room.note(number)

    with pytest.raises(Invalid) as refused:
        room.seal(number, weight)

    assert refused.value.code == "bad_weight"
    assert room.line(number).state is ContainerState.open


def test_too_heavy_is_refused_with_what_to_do_and_an_overpack_helps(room: Room) -> None:
    number = room.container(weight_limit_grams=10_000)
    room.note(number)

    with pytest.raises(Invalid, match=r"at most 22.0 lb \(10.0 kg\).*never reach in") as refused:
        room.seal(number, "30")

    assert refused.value.code == "too_heavy"
    room.do(containers.overpack, number=number, package="steel drum", weight_limit_grams=30_000)
    room.seal(number, "30")
    assert room.line(number).package == "steel drum"


def test_nothing_goes_into_a_full_or_sealed_one_and_it_is_never_reopened(room: Room) -> None:
    number = room.container()
    room.note(number)
    room.do(containers.mark_full, number=number, by=room.nurse)
    with pytest.raises(Conflict, match="W-000001 is full; nothing more goes in"):
        room.note(number)
    room.seal(number)

    for verb, code in (
        (lambda: room.note(number), "container_sealed"),
        (lambda: room.seal(number), "sealed_already"),
        (lambda: room.do(containers.put_in_use, number=number), "not_new"),
        (lambda: room.do(containers.mark_full, number=number), "not_open"),
    ):
        with pytest.raises(Conflict) as refused:
            verb()
        assert refused.value.code == code
    assert not [name for name in dir(containers) if "reopen" in name]


def test_a_swap_seals_the_full_one_and_opens_its_successor_in_its_place(room: Room) -> None:
    room.office.place("SOILED")
    number = room.container("SHARPS", weight_limit_grams=20_000)
    room.note(number)
    room.do(containers.move_container, number=number, location="SOILED")

    sealed, successor = room.do(containers.swap, number=number, weight="9", unit="lb")

    line = room.line(successor.number)
    assert room.line(number).state is ContainerState.sealed
    assert (line.state, line.location, line.stream, line.weight_limit_grams) == (
        ContainerState.open, "SOILED", "SHARPS", 20_000,
    )  # fmt: skip
    assert (line.replaces, room.line(number).replaced_by) == (number, successor.number)
    with pytest.raises(Conflict):
        room.do(containers.swap, number=number, weight="9", unit="lb")
    assert room.read(lambda s: len(container_lines(s, rules=room.rules, today=room.office.today, zone=ZONE))) == 2


def test_a_swap_that_is_refused_opens_nothing(room: Room) -> None:
    number = room.container()

    with pytest.raises(Conflict):
        room.do(containers.swap, number=number, weight="9", unit="lb")

    assert room.line(number).replaced_by is None


def test_weighing_again_needs_a_sealed_one_on_no_signed_paper(furnished: Room) -> None:
    room = furnished
    open_one = room.container()
    with pytest.raises(Conflict, match="only a sealed container"):
        room.do(containers.weigh, number=open_one, weight="3", unit="lb")
    number = room.sealed()
    room.do(containers.weigh, number=number, weight="13", unit="lb")
    assert room.line(number).gross_weight_grams == 5897
    paper = room.draft(room.pickup(number))
    room.sign(paper)

    with pytest.raises(Conflict, match=f"{number} stands on the signed paper {paper}"):
        room.do(containers.weigh, number=number, weight="14", unit="lb")

    assert room.line(number).gross_weight_grams == 5897


def test_only_a_container_that_was_never_used_is_voided(room: Room) -> None:
    fresh, used = room.container(is_opened=False), room.container()

    room.do(containers.void, number=fresh, reason="Label printed twice")
    with pytest.raises(Conflict) as refused:
        room.do(containers.void, number=used, reason="Changed my mind")
    with pytest.raises(Invalid):
        room.do(containers.void, number=room.container(is_opened=False), reason=" ")

    assert refused.value.code == "not_new"
    assert room.line(fresh).void_reason == "Label printed twice"
    with pytest.raises(Conflict):
        room.note(fresh)


def test_a_nurse_adds_but_does_not_seal(room: Room) -> None:
    number = room.container()
    room.note(number)

    with pytest.raises(NotAllowed):
        room.do(containers.seal, number=number, weight="3", unit="lb", by=room.nurse)
    receiver = room.office.person("ray", Role.receiver)
    with pytest.raises(NotAllowed):
        room.do(entries.add_note, number=number, text="x", is_sharps=None, by=receiver)


@pytest.mark.parametrize("text", ["W-999999", "", "nonsense", "P-000001", "SUPC0000019", "W-0", "9" * 12])
def test_a_container_that_is_not_there_is_said_so(room: Room, text: str) -> None:
    with pytest.raises(NotFound):
        room.do(containers.mark_full, number=text)


@pytest.mark.parametrize("text", ["", "x" * 201, "a\nb", "\x00"])
def test_a_note_is_a_short_line(room: Room, text: str) -> None:
    number = room.container()
    with pytest.raises(Invalid):
        room.note(number, text)
    assert room.read(lambda s: entry_lines(s, 1)) == []


def test_a_wrong_note_is_taken_back_once_and_both_stay_to_be_read(room: Room) -> None:
    number = room.container()
    room.note(number, "Wrong bag")

    room.do(entries.take_back_note, number=number, entry_id=1, by=room.nurse)

    first, back = room.read(lambda s: entry_lines(s, 1))
    assert (first.text, first.is_reversed, back.kind) == ("Wrong bag", True, "reversal")
    assert room.line(number).entries == 0
    with pytest.raises(Conflict, match="already"):
        room.do(entries.take_back_note, number=number, entry_id=1)
    with pytest.raises(NotFound):
        room.do(entries.take_back_note, number=number, entry_id=2)
    room.note(number)
    room.seal(number)
    with pytest.raises(Conflict, match="its notes stay"):
        room.do(entries.take_back_note, number=number, entry_id=3)


def test_the_hint_beside_a_free_text_says_never_a_patient() -> None:
    assert "patient" in entries.FREE_TEXT_HINT


@pytest.mark.parametrize(
    "verb", ["UPDATE waste_container_entries SET text = 'x'", "DELETE FROM waste_container_entries"]
)
def test_entries_are_never_changed_on_either_database(either_office, verb: str) -> None:  # type: ignore[no-untyped-def]
    room = Room.of(either_office)
    room.note(room.container())

    with pytest.raises(sa.exc.DBAPIError, match="append-only"):
        either_office.db.transact(lambda s: s.execute(sa.text(verb)))


def test_its_deadline_is_the_states_and_counts_from_the_first_thing_that_is_no_sharp(room: Room) -> None:
    number = room.container("SHARPS")
    room.note(number, "Needles")
    assert room.line(number).deadline is None
    room.office.later(days=10)
    room.note(number, "Swab", is_sharps=False)

    found = room.line(number).deadline

    assert found is not None
    assert found.due_on == room.office.today + timedelta(days=30)


def test_every_act_is_in_the_audit_chain(room: Room) -> None:
    room.sealed()

    with room.office.db.read_session() as session:
        actions = list(
            session.scalars(sa.text("SELECT action FROM audit_entries WHERE action LIKE 'waste.%' ORDER BY seq"))
        )

    assert actions == ["waste.container_make", "waste.container_add", "waste.container_seal"]
    assert room.office.faults() == []
