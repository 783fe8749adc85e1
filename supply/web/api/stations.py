"""/stations: places where work with devices happens, who works there, and what their scans came to."""

from typing import Literal
from uuid import UUID

from flask import Response
from pydantic import BaseModel, Field
from sqlalchemy.orm import Session

from supply.errors import Conflict, Invalid, NotAllowed, NotFound
from supply.staff import sign_in
from supply.staff.permissions import Action, Level
from supply.stations import sessions, station_deliveries, turning
from supply.stations.scan_lines import latest_scan_id, scans_after
from supply.stations.station_lines import station_lines
from supply.stations.turning import Turn, Turned
from supply.web.access import allow
from supply.web.api.fields import Code
from supply.web.api.operations import Nothing, empty_body, route
from supply.web.api.paging import Page, cut_whole
from supply.web.api.scan_shapes import Answers, AnswersQuery, Scan
from supply.web.context import actor, database, now, settings, signed_in
from supply.web.identity import session_key, take_session_cookie
from supply.web.resource import Body, resource
from supply.web.scanning import rules as scan_rules

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
    if who.level is not Level.password and who.station != path.code:
        raise Invalid("You are signed on at another station. Scan your badge here.", code="not_here")

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


class TurnRun(Body):
    """Scans of today that were meant otherwise."""

    request_ids: list[UUID] = Field(min_length=1, max_length=200)
    action: Literal["use", "return", "receive"]
    request_id: UUID = Field(description="Made by the client before sending; the same one turns once")


class TurnedScan(BaseModel):
    """What became of one of them; `outcome` refused leaves it as it was."""

    request_id: UUID
    new_request_id: UUID | None
    outcome: str
    message: str


class TurnedRun(BaseModel):
    """What became of each."""

    items: list[TurnedScan]


@route(stations, "POST", "/stations/<code>/turn", {200: TurnedRun})
@allow(Action.undo_own)
def turn_run(path: StationPath, body: TurnRun) -> TurnedRun:
    """Reverse scans of today and do them again under another action, each in a transaction of its own."""
    by, moment, rules = actor(), now(), scan_rules()
    turn = Turn(body.request_id, path.code, body.action)
    turning.check_turn(turn, body.request_ids, by)
    with database().read_session() as session:
        sessions.find_station(session, path.code)

    def one(request_id: UUID) -> Turned:
        try:
            return database().transact(
                lambda session: turning.turn_scan(session, turn, request_id, by=by, now=moment, rules=rules),
                idempotent=True,
            )
        except (NotFound, NotAllowed, Conflict, Invalid) as error:
            return turning.refused(request_id, error)

    return TurnedRun(items=[TurnedScan(**vars(one(request_id))) for request_id in body.request_ids])


class OpenDelivery(Body):
    """Which order's; null for a delivery without one."""

    order: Code | None = None


class DeliveryThere(BaseModel):
    """A delivery to receive: the reason that its scans are sent with, and how many were."""

    reason: str
    words: str
    location: str
    scans: int


class DeliveriesThere(BaseModel):
    """What is expected, and what was opened at the station today."""

    items: list[DeliveryThere]


@route(stations, "GET", "/stations/<code>/deliveries", {200: DeliveriesThere})
@allow(Action.receive)
def list_deliveries(path: StationPath) -> DeliveriesThere:
    """Open orders that may come in here, and the deliveries that were received here today."""
    with database().read_session() as session:
        station = sessions.find_station(session, path.code)
        found = station_deliveries.deliveries_there(session, station, now=now(), zone=settings().zone)
    return DeliveriesThere(items=[DeliveryThere(**vars(one)) for one in found])


@route(stations, "POST", "/stations/<code>/deliveries", {200: DeliveryThere})
@allow(Action.receive)
def open_delivery(path: StationPath, body: OpenDelivery) -> DeliveryThere:
    """Open a delivery at the station: what its own scanner puts in from now on belongs to it."""
    moment, zone, person_id = now(), settings().zone, actor().person_id

    def begin(session: Session) -> station_deliveries.DeliveryAt:
        station = sessions.find_station(session, path.code)
        return station_deliveries.open_there(
            session, station, order=body.order, person_id=person_id, now=moment, zone=zone
        )

    return DeliveryThere(**vars(database().transact(begin)))
