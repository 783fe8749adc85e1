"""Eight people guess one PIN at the same moment, at eight screens: five guesses are judged, the others turned away.

The control counts, judges and only then books: it must judge more, or this test proves nothing. PIN_GUESSES sets how
many are tried; the suite tries a few.
"""

import os
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta

import pytest
import sqlalchemy as sa

from supply.db import Database
from supply.errors import NotAllowed
from supply.staff import people, pins
from supply.staff.models import Person, StationFailure
from supply.staff.permissions import Role
from supply.staff.sign_in import LockedOut
from supply.staff.station_sign_in import FAILURES_ALLOWED, PIN, Place, add_pin, sign_on_by_badge
from tests.factories import Office

GUESSES, SCREENS = int(os.environ.get("PIN_GUESSES", "48")), 8
RIGHT, PEPPER = "739251", b"p" * pins.PEPPER_BYTES
Guess = Callable[[str, str, Place], None]


def at(screen: int) -> Place:
    return Place("kiosk-1", f"screen {screen}", f"10.0.0.{screen}")


@pytest.fixture
def keys(either_office: Office) -> list[str]:
    """The sessions that the manager's badge opened, one at each screen."""
    office, manager = either_office, either_office.person("maya", Role.manager)
    office.db.transact(
        lambda s: pins.set_pin(
            s, person_id=manager.person_id, pin=RIGHT, pepper=PEPPER, by=office.local, now=office.now
        )
    )
    badge = office.badge("maya")
    return [
        sign_on_by_badge(office.db, text=badge, place=at(screen), instead_of=None, now=office.now).key
        for screen in range(SCREENS)
    ]


def guess_as_built(db: Database, now: datetime) -> Guess:
    return lambda key, pin, place: (
        add_pin(db, key=key, pin=pin, place=place, pepper=PEPPER, minutes=5, now=now) and None
    )


def guess_carelessly(db: Database, now: datetime) -> Guess:
    """Sabotaged on purpose: what failed is booked after it was judged."""

    def guess(_key: str, pin: str, place: Place) -> None:
        with db.read_session() as session:
            person = people.person_named(session, "maya")
            failed = session.scalar(sa.select(sa.func.count()).select_from(StationFailure)) or 0
            stored, number = session.get_one(Person, person.id).pin_hash, person.id
        if failed >= FAILURES_ALLOWED:
            raise LockedOut("Too many.")
        if not pins.matches(stored, pin, person_id=number, pepper=PEPPER):
            failure = StationFailure(kind=PIN, person_id=number, device=place.device, at=now)
            db.transact(lambda session: session.add(failure))
            raise NotAllowed("Wrong.", code="wrong_pin")

    return guess


def came_of(guess: Guess, keys: list[str]) -> Counter[str]:
    """How many guesses were judged and found wrong, turned away unjudged, or right."""

    def one(number: int) -> str:
        screen = number % SCREENS
        try:
            guess(keys[screen], f"{800_000 + number}", at(screen))
        except LockedOut:
            return "turned away"
        except NotAllowed as error:
            return error.code
        return "right"

    with ThreadPoolExecutor(SCREENS) as pool:
        return Counter(pool.map(one, range(GUESSES)))


def test_five_guesses_are_judged_and_no_more_however_many_come_at_once(either_office: Office, keys: list[str]) -> None:
    office = either_office
    came = came_of(guess_as_built(office.db, office.now), keys)
    assert came == {"wrong_pin": FAILURES_ALLOWED, "turned away": GUESSES - FAILURES_ALLOWED}
    guess = guess_as_built(office.db, office.now)
    with pytest.raises(LockedOut):
        guess(keys[0], RIGHT, at(0))
    later = guess_as_built(office.db, office.now + timedelta(minutes=16))
    later(keys[0], RIGHT, at(0))


def test_the_control_that_books_after_judging_judges_more(either_office: Office, keys: list[str]) -> None:
    office = either_office
    assert came_of(guess_carelessly(office.db, office.now), keys)["wrong_pin"] > FAILURES_ALLOWED
