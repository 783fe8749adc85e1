"""What was learned of the demonstration office's scanners when they were set up: one passed, one did not."""

from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from supply.demo.places import KIOSK, RECEIVING
from supply.staff.permissions import Actor
from supply.stations.scanner_profiles import save_profile
from supply.stations.sessions import find_station

GOOD = {"prefix": "", "suffix": "\r", "aim": False, "gs": "kept", "gs_as": "GS", "layout": "us", "average_key_ms": 6}
LOSING = {"prefix": "", "suffix": "", "aim": False, "gs": "lost", "gs_as": "", "layout": "us", "average_key_ms": 21}


def set_up(session: Session, *, by: Actor, now: datetime) -> None:
    """The storeroom's scanner is as it must be; the one at the receiving bench loses separators and sends no Enter."""
    for code, profile, is_passed, days_ago in ((KIOSK, GOOD, True, 19), (RECEIVING, LOSING, False, 18)):
        save_profile(
            session,
            profile,
            station=find_station(session, code),
            is_passed=is_passed,
            actor_id=by.person_id,
            now=now - timedelta(days=days_ago),
        )
