"""The kiosk page: the frame, and the values its script starts from. Everything a scan does goes through /api/v1."""

import re
from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa
from flask import Blueprint, render_template, request, url_for
from sqlalchemy.orm import Session

from supply.barcodes.house_code import DEPARTMENT, LOCATION, encode
from supply.db import table_of
from supply.errors import NotFound
from supply.staff.permissions import Action
from supply.stations.commands import COMMANDS, MEANS, command_of
from supply.stations.models import Device
from supply.stations.scanner_profiles import profile_of_station
from supply.stations.station_lines import StationLine, station_lines
from supply.stock.locations import physical_locations
from supply.stock.models import Department
from supply.web import appearance
from supply.web.access import public
from supply.web.context import actor_or_none, csrf_token, database, enrolled_device, may, now, settings

pages = Blueprint("kiosk", __name__)

FUNCTION_KEY = re.compile(r"F\d{1,2}")
USUAL_GAP_MS, LONGEST_GAP_MS, SLOW_TIMES = 400, 1500, 8  # a slow scanner's longest gap is some times its average
DEFAULT_PLACE = "STOREROOM"
ON_A_CABLE = ("serial", "hid-pos", "evdev")  # scanners that the server's worker reads, not this screen
SECOND_CODE_SECONDS = 20  # so long after half a label was read, the next scan is taken for its other half
# What the script asks about, and which action of the permission table answers it.
ASKED: dict[str, tuple[Action, ...]] = {
    "take": (Action.take,),
    "put_back": (Action.put_back,),
    "receive": (Action.receive,),
    "count": (Action.count,),
    "move": (Action.move, Action.move_to_room),
    "throw_out": (Action.throw_out,),
    "look_up": (Action.look_up,),
    "settle": (Action.settle_scans,),
}


@pages.get("/kiosk")
@public
def screen() -> str:
    """Show the kiosk; to nobody signed in, its idle screen. Raises NotFound for a station that does not exist."""
    with database().read_session() as session:
        values = _settings(session, request.args.get("station"))
    return render_template("kiosk/kiosk.html", settings=values, theme=appearance.theme())


def _settings(session: Session, code: str | None) -> dict[str, Any]:
    """What the script needs to know before the first scan; to nobody signed in, nothing of the stock."""
    station = _station(session, code)
    actor = actor_or_none()
    address = url_for("kiosk.screen", station=code) if code else url_for("kiosk.screen")
    values: dict[str, Any] = {
        "station": station.code if station else None,
        "mode": station.mode if station else "use",
        "location": station.location if station else DEFAULT_PLACE,
        "locations": [],
        "departments": [],
        "person": None,
        "level": None,
        "enrolled": enrolled_device() is not None and station is not None,
        "ask_unit": True,
        "commands": command_effects(),
        "serial": station is not None and _is_read_by_worker(session, station.id),
        "may": {},
        "csrf": csrf_token(),
        "office": settings().office.name,
        "home_url": url_for("home.start"),
        "sign_in_url": url_for("sign_in.form", next=address),
        "idle_seconds": settings().sign_in.kiosk_idle_minutes * 60,
        "mode_idle_seconds": settings().kiosk.mode_idle_minutes * 60,
        "second_code_seconds": SECOND_CODE_SECONDS,
        "undo_minutes": settings().scanning.undo_minutes,
        "now": now().isoformat(),
        "theme": appearance.theme(),
        "wedge": wedge_settings(
            profile_of_station(session, station.id) if station else None, settings().scanning.separators
        ),
    }
    if actor or values["enrolled"]:
        values["locations"] = _places(session)
        values["departments"] = _departments(session)
    if actor:
        values["person"] = {"name": actor.name, "display_name": actor.display_name}
        values["level"] = actor.level.value
        values["may"] = {name: any(may(action) for action in actions) for name, actions in ASKED.items()}
    return values


def wedge_settings(profile: Mapping[str, Any] | None, separators: tuple[str, ...]) -> dict[str, Any]:
    """How the kiosk reads the scanner that types into its screen: the office's separators, and what was learned of it.

    >>> wedge_settings({"aim": True, "gs": "mapped", "gs_as": "F8", "layout": "us"}, ("{GS}",))["separatorKeys"]
    ['F8']
    """
    found: dict[str, Any] = {"separatorAliases": list(separators)}
    if not profile:
        return found
    found |= {"prefix": profile.get("prefix") or "", "suffix": profile.get("suffix") or ""}
    found |= {"aim": bool(profile.get("aim")), "byPosition": (profile.get("layout") or "us") == "us"}
    separator = profile.get("gs_as") if profile.get("gs") == "mapped" else None
    if separator and FUNCTION_KEY.fullmatch(separator):
        found["separatorKeys"] = [separator]
    elif separator:
        found["separatorAliases"].append(separator)
    key_ms = profile.get("average_key_ms")
    if key_ms and key_ms * SLOW_TIMES > USUAL_GAP_MS:
        found["maxGapMs"] = min(LONGEST_GAP_MS, int(key_ms * SLOW_TIMES))
    return found


def command_effects() -> dict[str, dict[str, Any]]:
    """What each word of a command sheet does at the kiosk, older words too."""
    words = [command.word for command in COMMANDS] + list(MEANS)
    return {word: dict(found.effect) for word in words if (found := command_of(word))}


def _is_read_by_worker(session: Session, station_id: int) -> bool:
    table = table_of(Device).c
    found = sa.select(table.id).where(
        table.station_id == station_id, table.is_active, table.runs_at == "server", table.driver.in_(ON_A_CABLE)
    )
    return session.execute(found.limit(1)).first() is not None


def _departments(session: Session) -> list[dict[str, str]]:
    """The departments by the code that a printed sheet has for each."""
    rows = session.execute(sa.select(Department.id, Department.code).order_by(Department.code_key))
    return [{"code": row.code, "name": row.code, "label": encode(DEPARTMENT, row.id)} for row in rows]


def _station(session: Session, code: str | None) -> StationLine | None:
    if not code:
        return None
    found = next((line for line in station_lines(session) if line.code == code), None)
    if found is None:
        raise NotFound(f"There is no station {code[:40]!r}. Open the kiosk without one, or set it up first.")
    return found


def _places(session: Session) -> list[dict[str, str]]:
    """The places to choose from; `label` is what the label on the shelf says when it is scanned."""
    return [
        {"code": place.code, "name": place.name, "label": encode(LOCATION, place.id)}
        for place in physical_locations(session)
    ]
