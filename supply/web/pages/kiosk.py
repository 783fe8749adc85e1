"""The kiosk page: the frame, and the values its script starts from. Everything a scan does goes through /api/v1."""

from typing import Any

from flask import Blueprint, render_template, request, url_for
from sqlalchemy.orm import Session

from supply.barcodes.house_code import LOCATION, encode
from supply.errors import NotFound
from supply.staff.permissions import Action
from supply.stations.station_lines import StationLine, station_lines
from supply.stock.locations import physical_locations
from supply.web import appearance
from supply.web.access import public
from supply.web.context import actor_or_none, csrf_token, database, may, now, settings

pages = Blueprint("kiosk", __name__)

DEFAULT_PLACE = "STOREROOM"
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
        "person": None,
        "may": {},
        "csrf": csrf_token(),
        "office": settings().office.name,
        "home_url": url_for("home.start"),
        "sign_in_url": url_for("sign_in.form", next=address),
        "idle_seconds": settings().sign_in.kiosk_idle_minutes * 60,
        "second_code_seconds": SECOND_CODE_SECONDS,
        "undo_minutes": settings().scanning.undo_minutes,
        "now": now().isoformat(),
        "theme": appearance.theme(),
        "wedge": {"separatorAliases": list(settings().scanning.separators)},
    }
    if actor:
        values["person"] = {"name": actor.name, "display_name": actor.display_name}
        values["may"] = {name: any(may(action) for action in actions) for name, actions in ASKED.items()}
        values["locations"] = _places(session)
    return values


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
