"""Stations as an administrator changes them: name, place and what a scan there does. Adding one is in `sessions`."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from supply.audit import chain
from supply.errors import Invalid
from supply.staff.permissions import Action, Actor, require
from supply.stations import sessions
from supply.stations.fields import ACTIONS
from supply.stations.models import Station
from supply.stock.locations import find_place
from supply.stock.models import Location


@dataclass(frozen=True)
class StationPlan:
    """What a station is to be."""

    name: str
    location: str
    mode: str


def change(session: Session, plan: StationPlan, *, code: str, by: Actor, now: datetime) -> StationPlan:
    """Make the station what the plan says; gives what it was before. Raises NotAllowed, NotFound, Invalid."""
    require(by, Action.administer)
    row = sessions.find_station(session, code)
    before = plan_of(session, row)
    if not plan.name or len(plan.name) > 120 or not plan.name.isprintable():
        raise Invalid("A station's name has 1 to 120 characters that can be shown.", code="bad_name")
    if plan.mode not in ACTIONS:
        raise Invalid(f"mode must be one of {', '.join(ACTIONS)}.", code="bad_field")
    row.name, row.mode, row.location_id = plan.name, plan.mode, find_place(session, plan.location).id
    session.flush()
    details = {"before": _detail(before), "after": _detail(plan)}
    chain.record(
        session, at=now, actor_id=by.person_id, action="station.change", subject=f"station {code}", details=details
    )
    return before


def plan_of(session: Session, row: Station) -> StationPlan:
    """The station as it is now."""
    return StationPlan(row.name, session.get_one(Location, row.location_id).code, row.mode)


def _detail(plan: StationPlan) -> dict[str, str]:
    return {"name": plan.name, "location": plan.location, "mode": plan.mode}
