"""What people of the demonstration office show at its screen: badges and PINs, a day badge, the screen's own token.

The texts are random and go into `demo.json` alone: the database keeps digests, as in every office.
"""

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from sqlalchemy.orm import Session

from supply.demo.places import KIOSK, LAB_BENCH
from supply.demo.staffing import Hired
from supply.errors import Invalid
from supply.staff import badges, pins
from supply.staff.permissions import Role
from supply.stations import enrolments
from supply.stations.people_at import new_badge_text

DAY_BADGE = "Dee Park (agency)"
DAY_BADGE_DAYS = 7  # so that it can be tried for a while
ISSUED_DAYS_AGO = 20
DIGITS = {Role.nurse: pins.SHORTEST, Role.manager: pins.SHORTEST_OF_RIGHTS}


@dataclass(frozen=True)
class StationKeys:
    """Texts that are shown once: badges and PINs by whose they are, tokens of the enrolled devices by station."""

    badges: dict[str, str]
    pins: dict[str, str]
    tokens: dict[str, str]


def hand_out(session: Session, staff: dict[Role, Hired], *, data_folder: Path, now: datetime) -> StationKeys:
    """Enrol the storeroom's screen and the laboratory's agent; badges and PINs for nurse and manager, a day badge."""
    admin, manager, earlier = staff[Role.admin].actor, staff[Role.manager].actor, now - timedelta(days=ISSUED_DAYS_AGO)
    tokens = {
        station: enrolments.enrol(session, station_code=station, kind=kind, label=label, by=admin, now=earlier)
        for station, kind, label in ((KIOSK, "screen", "Storeroom tablet"), (LAB_BENCH, "agent", "Laboratory computer"))
    }
    pepper = pins.read_or_make_pepper(data_folder)
    texts, digits = {}, {}
    for role, length in DIGITS.items():
        person = staff[role].actor.person_id
        text = new_badge_text()
        texts[role.value] = badges.issue_badge(session, person_id=person, by=admin, now=earlier, text=text)
        digits[role.value] = new_pin(role, length)
        pins.set_pin(session, person_id=person, pin=digits[role.value], pepper=pepper, by=admin, now=earlier)
    until = now + timedelta(days=DAY_BADGE_DAYS)
    texts["day"] = badges.issue_day_badge(
        session, name=DAY_BADGE, valid_until=until, by=manager, now=now - timedelta(hours=3), text=new_badge_text()
    )
    return StationKeys(texts, digits, tokens)


def new_pin(role: Role, length: int) -> str:
    """Random digits that are good enough for this role."""
    while True:
        pin = "".join(str(secrets.randbelow(10)) for _ in range(length))
        try:
            pins.check(pin, {role})
        except Invalid:
            continue
        return pin
