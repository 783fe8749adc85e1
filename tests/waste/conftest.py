"""A waste room, with and without its parties."""

import pytest

from tests.factories import Office
from tests.waste.rooms import Room


@pytest.fixture
def room(office: Office) -> Room:
    """An office whose coordinator is trained; no parties yet."""
    return Room.of(office)


@pytest.fixture
def furnished(room: Room) -> Room:
    """The same with the office, a transporter and a facility."""
    room.furnish()
    return room
