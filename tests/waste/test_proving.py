"""What was signed and what was thrown out is proved again; what somebody changed behind our back is found."""

from typing import Any

import sqlalchemy as sa

from supply.audit.chain import Fault
from supply.waste import proving
from tests.factories import GLOVES
from tests.waste.rooms import Room


def faults(room: Room) -> list[Fault]:
    return room.read(lambda s: list(proving.verify(s)))


def unguarded(room: Room, statement: str) -> None:
    """A change that goes round the triggers, as somebody with the file in hands could make it."""

    def change(session: Any) -> None:
        names = "SELECT name FROM sqlite_master WHERE type = 'trigger' AND name LIKE 'waste%'"
        for name in session.scalars(sa.text(names)).all():
            session.execute(sa.text(f"DROP TRIGGER {name}"))
        session.execute(sa.text(statement))

    room.office.db.transact(change)


def thrown_out(room: Room) -> str:
    number = room.container()
    room.office.item()
    room.office.receive("A1", "280101", 5)
    assert room.office.scan(GLOVES, "discard", quantity=7, container=number, reason="x").status == 201
    return number


def test_an_honest_room_adds_up(furnished: Room) -> None:
    furnished.gone("12.5", "7")
    furnished.draft(furnished.pickup(furnished.sealed()))
    thrown_out(furnished)
    assert faults(furnished) == []


def test_a_changed_paper_is_found_and_so_is_its_signature(furnished: Room) -> None:
    _, paper = furnished.gone()
    unguarded(furnished, "UPDATE waste_manifests SET content = replace(content, '12.5', '99.5')")
    assert [(one.check, one.subject) for one in faults(furnished)] == [("waste_paper", f"manifest {paper}")]


def test_a_signature_over_another_content_is_found(furnished: Room) -> None:
    furnished.gone()
    unguarded(furnished, "UPDATE waste_signatures SET content_sha256 = 'x' WHERE role = 'transporter'")
    assert [one.check for one in faults(furnished)] == ["waste_signature"]


def test_an_entry_that_never_left_the_shelf_is_found(furnished: Room) -> None:
    number = thrown_out(furnished)
    unguarded(furnished, "UPDATE waste_container_entries SET quantity = 9 WHERE lot_id IS NOT NULL")
    assert [(one.check, one.subject) for one in faults(furnished)] == [("waste_entry", f"container {number}")]
