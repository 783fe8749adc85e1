"""Pickups: sealed containers only, on one pickup at most, all scanned at the dock before anything leaves."""

from datetime import timedelta

import pytest

from supply.errors import Conflict, Invalid, NotAllowed, NotFound
from supply.waste import pickups
from supply.waste.models import ContainerState, ManifestState, PickupState
from supply.waste.pickup_lines import pickup_lines
from tests.waste.rooms import HAULER, PLANT, Room


def test_only_sealed_containers_go_and_all_or_none_of_those_named(furnished: Room) -> None:
    room = furnished
    sealed, still_open = room.sealed(), room.container()
    pickup = room.pickup()

    with pytest.raises(Conflict, match=f"{still_open} is open; only sealed"):
        room.do(pickups.add_containers, number=pickup, containers=[sealed, still_open])
    assert room.pickup_line(pickup).containers == ()
    assert room.do(pickups.add_containers, number=pickup, containers=[sealed, room.line(sealed).house_code]) == 1
    assert room.line(sealed).pickup == pickup


def test_a_container_is_on_one_pickup_at_most_until_that_is_cancelled(furnished: Room) -> None:
    room = furnished
    box = room.sealed()
    first, second = room.pickup(box), room.pickup()

    with pytest.raises(Conflict, match=f"{box} is on {first} already"):
        room.do(pickups.add_containers, number=second, containers=[box])
    room.do(pickups.cancel, number=first, reason="The transporter closed")
    room.do(pickups.add_containers, number=second, containers=[box])

    assert room.line(box).pickup == second
    assert room.pickup_line(first).state is PickupState.cancelled
    assert room.pickup_line(first).end_reason == "The transporter closed"


def test_the_dock_ticks_each_container_and_names_the_missing(furnished: Room) -> None:
    room = furnished
    first, second, other = room.sealed(), room.sealed(), room.sealed()
    pickup = room.pickup(first, second)
    room.sign(room.draft(pickup))

    assert room.do(pickups.scan_container, number=pickup, code=room.line(first).house_code) == first
    room.do(pickups.scan_container, number=pickup, code=first)
    with pytest.raises(Conflict, match=f"{other} is not on this pickup"):
        room.do(pickups.scan_container, number=pickup, code=other)
    with pytest.raises(Conflict, match=f"Not scanned at the dock yet: {second}") as refused:
        room.hand_over(pickup)

    assert refused.value.details["missing"] == [second]
    line = room.pickup_line(pickup)
    assert ([one.number for one in line.ticked], [one.number for one in line.missing]) == ([first], [second])
    assert room.line(first).state is ContainerState.sealed


def test_a_hand_over_takes_the_containers_the_paper_and_the_drivers_name(furnished: Room) -> None:
    room = furnished
    pickup, paper = room.gone("12.5", "8")

    line = room.pickup_line(pickup)

    assert (line.state, line.transporter_name, line.handed_over_by) == (PickupState.handed_over, "Dana Driver", "wes")
    assert (line.manifest, line.manifest_state) == (paper, "accepted")
    assert {room.line(one.number).state for one in line.containers} == {ContainerState.picked_up}
    assert room.line("1").deadline is None
    for verb in (lambda: room.hand_over(pickup), lambda: room.do(pickups.cancel, number=pickup, reason="x")):
        with pytest.raises(Conflict, match="handed over already"):
            verb()


def test_a_transporter_whose_permit_ran_out_is_refused_with_the_date_when_booked_and_when_it_comes(room: Room) -> None:
    until = room.office.today + timedelta(days=3)
    room.furnish(permit_until=until)
    pickup = room.pickup(room.sealed(), days=2)
    room.sign(room.draft(pickup))
    room.tick(pickup)
    with pytest.raises(Conflict, match="ran out on 2026-NOV-26") as refused:
        room.pickup(days=4)
    assert refused.value.code == "registration_expired"
    room.office.later(days=4)

    with pytest.raises(Conflict, match="T-881 \\(FL\\) ran out on 2026-NOV-26"):
        room.hand_over(pickup)

    assert room.line("1").state is ContainerState.sealed
    assert room.sheet("1").line.state is ManifestState.signed


def test_a_signed_paper_holds_the_pickup_as_it_is(furnished: Room) -> None:
    room = furnished
    box = room.sealed()
    pickup = room.pickup(box)
    paper = room.draft(pickup)
    room.sign(paper)

    for verb, values in (
        (pickups.add_containers, {"containers": [room.sealed()]}),
        (pickups.remove_container, {"container": box}),
        (pickups.cancel, {"reason": "x"}),
    ):
        with pytest.raises(Conflict, match=f"{paper} is signed") as refused:
            room.do(verb, number=pickup, **values)
        assert refused.value.code == "paper_signed"


def test_cancelling_voids_a_paper_that_nobody_signed(furnished: Room) -> None:
    pickup = furnished.pickup(furnished.sealed())
    paper = furnished.draft(pickup)

    furnished.do(pickups.cancel, number=pickup, reason="Booked twice")

    assert furnished.sheet(paper).line.state is ManifestState.void
    assert furnished.line("1").pickup is None


def test_streams_with_other_documents_do_not_share_a_pickup(furnished: Room) -> None:
    room = furnished
    red, hazardous, expired = room.sealed("REDBAG"), room.sealed("RX_HAZ_NC"), room.sealed("EXPIRED_SUPPLY")
    pickup = room.pickup(red)

    with pytest.raises(Conflict, match="leaves with another document than W-000001"):
        room.do(pickups.add_containers, number=pickup, containers=[hazardous])
    with pytest.raises(Conflict, match="needs no hauler"):
        room.do(pickups.add_containers, number=pickup, containers=[expired])


def test_a_pickup_reads_missed_from_the_day_after_on_and_can_still_be_handed_over_or_moved(furnished: Room) -> None:
    room = furnished
    pickup = room.pickup(room.sealed())
    assert room.pickup_line(pickup).state is PickupState.scheduled
    room.office.later(days=1)
    assert room.pickup_line(pickup).state is PickupState.missed
    missed = room.read(lambda s: pickup_lines(s, today=room.office.today, states={PickupState.missed}))
    assert [line.number for line in missed] == [pickup]

    room.do(pickups.mark_missed, number=pickup, reason="Nobody came")
    room.do(pickups.reschedule, number=pickup, scheduled_on=room.office.today, today=room.office.today)

    assert room.pickup_line(pickup).state is PickupState.scheduled


def test_what_cannot_be_booked_is_refused(furnished: Room) -> None:
    room = furnished
    good = {
        "transporter": HAULER.name,
        "facility": PLANT.name,
        "today": room.office.today,
        "scheduled_on": room.office.today,
    }
    for changed, kind in (
        ({"scheduled_on": room.office.today - timedelta(days=1)}, Invalid),
        ({"scheduled_on": room.office.today + timedelta(days=999)}, Invalid),
        ({"transporter": "Nobody"}, NotFound),
        ({"facility": HAULER.name}, NotFound),
        ({"note": "x" * 301}, Invalid),
    ):
        with pytest.raises(kind):
            room.do(pickups.schedule, **{**good, **changed})
    with pytest.raises(NotAllowed):
        room.do(pickups.schedule, by=room.nurse, **good)
    with pytest.raises(NotFound):
        room.do(pickups.cancel, number="P-000009", reason="x")
