"""/stations/…: who works there: a badge signs its person on, a PIN lets that person do more for some minutes."""

from flask import Response, request
from pydantic import BaseModel, Field
from sqlalchemy.orm import Session

from supply.errors import Invalid
from supply.staff import sign_in, station_sign_in
from supply.staff.permissions import Action, Actor, Level
from supply.staff.pins import read_or_make_pepper
from supply.staff.station_sign_in import AtStation, Place
from supply.stations import people_at, sessions
from supply.stations.enrolments import device_name
from supply.web.access import allow, anybody_signed_in
from supply.web.api.fields import Text
from supply.web.api.operations import JSON, route
from supply.web.api.stations import StationPath
from supply.web.context import NotSignedIn, actor, database, enrolled_device, now, settings, signed_in
from supply.web.identity import give_session_cookie, session_key
from supply.web.resource import Body, resource

station_people = resource("station-people", "Who works at a station: badges and PINs")

ASKED: dict[str, tuple[Action, ...]] = {
    "take": (Action.take,),
    "put_back": (Action.put_back,),
    "receive": (Action.receive,),
    "count": (Action.count,),
    "move": (Action.move, Action.move_to_room),
    "throw_out": (Action.throw_out,),
    "look_up": (Action.look_up,),
    "settle": (Action.settle_scans,),
    "need_more": (Action.need_more,),
}


class BadgeRead(Body):
    """A badge as it was read."""

    badge: Text = Field(min_length=1, max_length=80)


class PinTyped(Body):
    """The PIN of whoever is signed on by badge."""

    pin: Text = Field(min_length=1, max_length=20)


class Who(BaseModel):
    """A person as screens name them."""

    name: str
    display_name: str


class SignedOnThere(BaseModel):
    """Who is signed on now, as what, what that suffices for, and the session's CSRF token."""

    person: Who
    level: Level
    may: dict[str, bool]
    with_pin: list[str] = Field(description="What the PIN would add")
    csrf: str
    mode: str
    pin_until: str | None


class PersonThere(BaseModel):
    """Somebody who can be chosen by name."""

    name: str
    display_name: str
    badge_hint: str


class PeopleThere(BaseModel):
    """Everybody who can be chosen by name at a station without a network."""

    items: list[PersonThere]


@route(station_people, "POST", "/stations/<code>/badge", {200: SignedOnThere})
@anybody_signed_in
def sign_on_by_badge(path: StationPath, body: BadgeRead) -> Response:
    """Sign on whom the badge names, in place of whoever was signed on in this browser."""
    place = _place(path.code)
    key = session_key() if signed_in() else None
    found = station_sign_in.sign_on_by_badge(database(), text=body.badge, place=place, instead_of=key, now=now())
    return _signed_on(path.code, found)


@route(station_people, "POST", "/stations/<code>/pin", {200: SignedOnThere})
@anybody_signed_in
def prove_by_pin(path: StationPath, body: PinTyped) -> Response:
    """Let the person who is signed on by badge do more for some minutes; the session's cookie changes with it."""
    key = session_key()
    if actor().level not in (Level.badge, Level.pin) or key is None:
        raise Invalid("Scan your badge first; whoever signed in by password needs no PIN.", code="badge_needed")
    found = station_sign_in.add_pin(
        database(),
        key=key,
        pin=body.pin,
        place=_place(path.code),
        pepper=read_or_make_pepper(settings().data_folder),
        minutes=settings().kiosk.badge_pin_minutes,
        now=now(),
    )
    return _signed_on(path.code, found)


@route(station_people, "GET", "/stations/<code>/people", {200: PeopleThere})
@allow(Action.take, Action.look_up)
def list_people(path: StationPath) -> PeopleThere:
    """Who may be chosen by name at the station when there is no network. No roles, no addresses."""
    _check_own(path.code)
    with database().read_session() as session:
        sessions.find_station(session, path.code)
        found = people_at.people_there(session, now())
    return PeopleThere(items=[PersonThere(**vars(one)) for one in found])


def _place(code: str) -> Place:
    """Where this happens: at an enrolled device of that station, or in a session that is open there."""
    _check_own(code)
    device, found = enrolled_device(), signed_in()
    if device is None and found is None:
        raise NotSignedIn("Only a screen of this station, or somebody signed in at it, can sign people on.")
    with database().read_session() as session:
        station = sessions.find_station(session, code).code
    address = request.remote_addr or "unknown"
    name = device_name(device.enrolment_id) if device else (found.device if found else None) or f"address {address}"
    return Place(station, name[:60], address)


def _check_own(code: str) -> None:
    """A device, and whoever signed on at one by badge, is of one station only."""
    device, who = enrolled_device(), actor()
    own = device.actor.station if device else who.station if who.level is not Level.password else code
    if own != code:
        raise Invalid("This screen belongs to another station. Ask an administrator to enrol it here.", code="not_here")


def _signed_on(code: str, found: AtStation) -> Response:
    def begin(session: Session) -> str:
        station = sessions.find_station(session, code)
        mode = sessions.mode_at(session, station) if found.pin_until else None  # a PIN in the midst changes no mode
        proof = (found.badge_id, found.pin_until)
        sessions.sign_on(session, station=station, actor=found.actor, mode=mode, now=now(), proof=proof)
        return sessions.mode_at(session, station)

    mode = database().transact(begin)
    answer = _answer(found.actor, found, mode)
    response = Response(answer.model_dump_json(), 200, content_type=JSON)
    give_session_cookie(response, found.key)
    return response


def _answer(who: Actor, found: AtStation, mode: str) -> SignedOnThere:
    return SignedOnThere(
        person=Who(name=who.name, display_name=who.display_name),
        level=who.level,
        may={name: any(who.may(action) for action in actions) for name, actions in ASKED.items()},
        with_pin=[name for name, actions in ASKED.items() if any(action in who.behind_pin for action in actions)],
        csrf=sign_in.csrf_token(found.key),
        mode=mode,
        pin_until=found.pin_until.isoformat() if found.pin_until else None,
    )
