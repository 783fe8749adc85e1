"""What a scanner was seen to send, kept with its device: for the drivers, the kiosk and whoever asks if it was tried.

The scanner that types into a station's screen is a device with the driver `keyboard`; it is made when first learned.
"""

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from supply.audit import chain
from supply.stations import sessions
from supply.stations.models import Device, Station

KEYBOARD = "keyboard"


def save_profile(
    session: Session,
    profile: Mapping[str, Any],
    *,
    device: Device | None = None,
    station: Station | None = None,
    is_passed: bool,
    actor_id: int,
    now: datetime,
) -> Device:
    """Keep what was learned of a device, or of the scanner that types into a station's screen."""
    row = device or keyboard_of(session, station)
    if row is None:
        if station is None:
            raise ValueError("save_profile needs a device or a station")
        row = _new_keyboard(session, station, actor_id, now)
    kept = {**profile, "is_passed": is_passed, "tested_at": now.isoformat()}
    row.profile = json.dumps(kept, sort_keys=True)
    session.flush()
    chain.record(
        session, at=now, actor_id=actor_id, action="device.profile", subject=f"device {row.name}", details=kept
    )
    return row


def profile_of(device: Device) -> dict[str, Any] | None:
    """What was learned of this device; None when it was never set up."""
    found: dict[str, Any] = json.loads(device.profile or "{}")
    return found or None


def profile_of_station(session: Session, station_id: int) -> dict[str, Any] | None:
    """What the scanner that types into this station's screen sends; None when it was never set up.

    Its `suffix` is what comes before Enter or Tab: to a screen those are keys, not characters.
    """
    row = session.scalar(_keyboards(station_id))
    found = profile_of(row) if row is not None else None
    return {**found, "suffix": str(found.get("suffix", "")).rstrip("\r\n\t")} if found else None


def keyboard_of(session: Session, station: Station | None) -> Device | None:
    """The scanner that types into the screen of a station, if one is known."""
    return session.scalar(_keyboards(station.id)) if station is not None else None


def _keyboards(station_id: int) -> sa.Select[tuple[Device]]:
    chosen = sa.select(Device).where(Device.station_id == station_id, Device.driver == KEYBOARD, Device.is_active)
    return chosen.order_by(Device.id).limit(1)


def _new_keyboard(session: Session, station: Station, actor_id: int, now: datetime) -> Device:
    name = f"{station.code}-scanner"
    taken = set(session.scalars(sa.select(Device.name).where(Device.name.startswith(name, autoescape=True))))
    free = next(each for n in range(1, 1000) if (each := name if n == 1 else f"{name}-{n}") not in taken)
    return sessions.add_device(
        session, station=station, name=free, driver=KEYBOARD, settings={}, actor_id=actor_id, now=now
    )
