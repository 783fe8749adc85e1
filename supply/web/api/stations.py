"""/stations: places where work with devices happens, who works there, and what their scans came to."""

from typing import Literal

from flask import Response
from pydantic import BaseModel, Field
from sqlalchemy.orm import Session

from supply.staff import sign_in
from supply.staff.permissions import Action, Level
from supply.stations import sessions
from supply.stations.scan_lines import latest_scan_id, scans_after
from supply.stations.station_lines import station_lines
from supply.web.access import allow
from supply.web.api.fields import Code
from supply.web.api.operations import Nothing, empty_body, route
from supply.web.api.paging import Page, cut_whole
from supply.web.api.scan_shapes import Answers, AnswersQuery, Scan
from supply.web.context import actor, database, now, settings, signed_in
from supply.web.identity import session_key, take_session_cookie
from supply.web.resource import Body, resource

stations = resource("stations", "Places where work with devices happens")


class StationPath(BaseModel):
    """A station by its code."""

    code: Code


class SignOn(Body):
    """What scans of the station's own scanner do from now on; the station's usual if left out."""

    mode: Literal["receive", "use", "return", "move", "count", "discard", "lookup"] | None = None


class StationAnswer(BaseModel):
    """A station; `mode` is what a scan there does unless told otherwise."""

    code: str
    name: str
    location: str
    mode: str


class StationList(BaseModel):
    """A page of stations."""

    items: list[StationAnswer]
    next: str | None


class SignedOn(BaseModel):
    """Who works at the station now, in which mode, and after how many idle minutes that ends."""

    station: str
    person: str
    mode: str
    idle_minutes: int = Field(ge=1)


@route(stations, "GET", "/stations", {200: StationList})
@allow(Action.look_up, Action.administer)
def list_stations(query: Page) -> StationList:
    """Active stations."""
    with database().read_session() as session:
        lines = station_lines(session)
    page, following = cut_whole(lines, query, lambda line: line.id)
    items = [StationAnswer(code=line.code, name=line.name, location=line.location, mode=line.mode) for line in page]
    return StationList(items=items, next=following)


@route(stations, "GET", "/stations/<code>/answers", {200: Answers})
@allow(Action.look_up)
def list_answers(path: StationPath, query: AnswersQuery) -> Answers:
    """What the station's scans came to since number `after`, for the screen beside its scanner."""
    with database().read_session() as session:
        station = sessions.find_station(session, path.code)
        if query.after is None:
            return Answers(items=[], next=latest_scan_id(session, station=station.code))
        lines = scans_after(session, station=station.code, after=query.after, limit=query.limit)
    return Answers(items=[Scan.of(line) for line in lines], next=lines[-1].id if lines else query.after)


@route(stations, "POST", "/stations/<code>/session", {200: SignedOn})
@allow(Action.look_up, Action.take)
def sign_on(path: StationPath, body: SignOn) -> SignedOn:
    """Work at the station from now on; said again, it keeps the person there."""
    who, moment = actor(), now()

    def begin(session: Session) -> str:
        station = sessions.find_station(session, path.code)
        found = signed_in()
        proof = (found.badge_id, found.pin_until) if found else (None, None)
        sessions.sign_on(session, station=station, actor=who, mode=body.mode, now=moment, proof=proof)
        return body.mode or station.mode

    mode = database().transact(begin)
    minutes = settings().sign_in.kiosk_idle_minutes
    return SignedOn(station=path.code, person=who.name, mode=mode, idle_minutes=minutes)


@route(stations, "DELETE", "/stations/<code>/session", {204: Nothing})
@allow(Action.look_up, Action.take)
def sign_off(path: StationPath) -> Response:
    """Nobody works at the station any more; a session that a badge opened ends with it."""
    empty_body()
    key = session_key() if signed_in() and actor().level is not Level.password else None

    def leave(session: Session) -> None:
        sessions.sign_off(session, station=sessions.find_station(session, path.code))
        if key:
            sign_in.sign_out(session, token=key, now=now())

    database().transact(leave)
    response = Response(status=204)
    if key:
        take_session_cookie(response)
    return response
