"""Scanner set-up: scan the symbols of a sheet, see what arrived, and read what to change."""

import json
from typing import Any

from flask import Blueprint, Response, redirect, render_template, request, url_for
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response as AnyResponse

from supply.errors import Conflict, NotFound
from supply.staff.permissions import Action
from supply.stations import sessions, work_requests
from supply.stations.device_cards import DeviceCard, device_cards
from supply.stations.device_changes import device_by_id
from supply.stations.scanner_learning import Arrived, judge, learn, typed
from supply.stations.scanner_profiles import KEYBOARD, save_profile
from supply.stations.scanner_sheet import BY_NAME, SYMBOLS, svg_of
from supply.stations.scanner_strokes import Key, Stroke, strokes_of_text
from supply.web import notices
from supply.web.access import allow
from supply.web.context import actor, database, now
from supply.web.entries import refuse_unreadable_address
from supply.web.scanner_reads import arrived_from, kept_from

pages = Blueprint("scanner_setup", __name__, url_prefix="/scanner-setup")
pages.before_request(refuse_unreadable_address)


@pages.get("")
@allow(Action.administer)
def start() -> str:
    """Which scanner is it?"""
    with database().read_session() as session:
        cards = [card for card in device_cards(session) if card.kind.kind != "printer" and card.is_active]
        stations = sessions.stations(session)
    return render_template("scanner_setup/start.html", cards=cards, stations=stations)


@pages.get("/sheet")
@allow(Action.administer)
def sheet() -> str:
    """The sheet to print, with every symbol."""
    return render_template("scanner_setup/sheet.html", symbols=SYMBOLS, whose=_whose())


@pages.get("/symbols/<name>.svg")
@allow(Action.administer)
def symbol(name: str) -> Response:
    """One symbol of the sheet, as crisp lines."""
    if name not in BY_NAME:
        raise NotFound("There is no such symbol on the sheet.")
    return Response(svg_of(name), mimetype="image/svg+xml")


@pages.post("/step")
@allow(Action.administer)
def step() -> str:
    """Ask for a symbol, or say what came of it."""
    name = request.form.get("symbol", SYMBOLS[0].name)
    if name not in BY_NAME:
        raise NotFound("There is no such symbol on the sheet.")
    kept, outcome = kept_from(request.form.get("kept", "")), None
    strokes: tuple[Stroke, ...] = ()
    arrived = _arrived(name)
    if arrived is not None:
        kept[name] = arrived
        outcome, strokes = judge(_read(name, arrived)), _read(name, arrived).strokes
    following = next((one.name for one in SYMBOLS[_place(name) + 1 :]), None)
    return render_template(
        "scanner_setup/step.html",
        whose=_whose(),
        symbol=BY_NAME[name],
        symbols=SYMBOLS,
        number=_place(name) + 1,
        kept=json.dumps(kept, separators=(",", ":")),
        done=set(kept),
        outcome=outcome,
        strokes=strokes,
        following=following,
        is_listening=request.form.get("act") == "listen",
    )


@pages.get("/heard")
@allow(Action.administer)
def heard() -> dict[str, bool]:
    """Whether the worker still waits for this scanner."""
    row = _last(request.args.get("device", ""))
    return {"is_waiting": row is not None and row.ended_at is None}


@pages.post("/result")
@allow(Action.administer)
def result() -> str:
    """What was learned, and what to change on the scanner."""
    kept = kept_from(request.form.get("kept", ""))
    learned = learn([_read(name, arrived) for name, arrived in kept.items()])
    return render_template(
        "scanner_setup/result.html",
        whose=_whose(),
        learned=learned,
        by_name=BY_NAME,
        kept=json.dumps(kept, separators=(",", ":")),
        missing=[one for one in SYMBOLS if one.is_needed and one.name not in kept],
    )


@pages.post("/save")
@allow(Action.administer)
def save() -> AnyResponse:
    """Keep what was learned with the device, or with the station's screen."""
    kept, whose, by, moment = kept_from(request.form.get("kept", "")), _whose(), actor(), now()
    learned = learn([_read(name, arrived) for name, arrived in kept.items()])

    def act(session: Session) -> int:
        device = device_by_id(session, whose["id"]) if whose["id"] is not None else None
        station = sessions.find_station(session, whose["station"])
        return save_profile(
            session,
            learned.profile,
            device=device,
            station=station,
            is_passed=learned.is_passed,
            actor_id=by.person_id,
            now=moment,
        ).id

    device_id = database().transact(act)
    said = "passed and is kept" if learned.is_passed else "is kept, but did not pass"
    notices.leave(f"The scanner {said}.", "ok" if learned.is_passed else "soon")
    return redirect(url_for("devices.show", device_id=device_id), 303)


def _place(name: str) -> int:
    return next(n for n, one in enumerate(SYMBOLS) if one.name == name)


def _read(name: str, arrived: dict[str, Any]) -> Arrived:
    """What was kept, as the learning takes it."""
    if "text" in arrived:
        return Arrived(name, tuple(strokes_of_text(arrived["text"])))
    keys = [
        Key(code, key, bool(held & 1), bool(held & 2), bool(held & 4), bool(held & 8), float(at), bool(up))
        for code, key, held, at, up in arrived["keys"]
    ]
    return typed(name, keys)


def _arrived(name: str) -> dict[str, Any] | None:
    """What this request says that arrived; None when it only asks for the symbol."""
    act, whose = request.form.get("act", ""), _whose()
    if act == "listen" and whose["device"]:
        _listen(whose["device"], BY_NAME[name].times or 1)
        return None
    if act == "heard":
        row = _last(whose["device"] or "")
        if row is None or row.ended_at is None:
            return None
        reads = work_requests.result_of(row).get("reads", [])
        return {"text": "".join(str(read["raw"]) for read in reads)[:4000]}
    return arrived_from(request.form) if act == "arrived" else None


def _listen(device: str, reads: int) -> None:
    by, moment = actor(), now()
    try:
        database().transact(
            lambda s: work_requests.ask(
                s, kind=work_requests.DEVICE_TEST, subject=device, details={"reads": reads}, actor=by, now=moment
            )
        )
    except Conflict as refusal:
        notices.leave(refusal.message, "note")


def _last(device: str) -> Any:
    with database().read_session() as session:
        return work_requests.last(session, kind=work_requests.DEVICE_TEST, subject=device)


def _whose() -> dict[str, Any]:
    """The scanner that is set up: a device on a cable, or what types into a station's screen. Raises NotFound."""
    name, code = request.values.get("device", ""), request.values.get("station", "")
    with database().read_session() as session:
        if not name:
            station = sessions.find_station(session, code)
            return {"device": "", "id": None, "station": station.code, "words": f"the screen of {station.name}"}
        card: DeviceCard | None = next((one for one in device_cards(session) if one.name == name), None)
    if card is None or card.kind.kind == "printer":
        raise NotFound(f"There is no scanner {name!r}.")
    is_typed = card.kind.driver == KEYBOARD
    return {"device": "" if is_typed else name, "id": card.id, "station": card.station, "words": name, "name": name}
