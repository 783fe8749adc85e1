"""What has expired, or will within the days the address names; each row can be thrown out at once and taken back."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from uuid import uuid4

from flask import Blueprint, make_response, redirect, render_template, request, url_for
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from supply.barcodes import house_code
from supply.errors import SupplyError
from supply.staff.permissions import Action
from supply.stock.expiry import ExpiringLot, expiring_lots, expiry_sums
from supply.waste.container_lines import ContainerLine, container_lines
from supply.waste.models import ContainerState
from supply.web.access import allow
from supply.web.context import database, may, settings, today
from supply.web.entries import Entries, EntriesWrong, refuse_unreadable_address
from supply.web.problems import status_of
from supply.web.scanning import leave_answer, scan, soon_days
from supply.web.security import safe_next
from supply.web.waste_views import rules_now

pages = Blueprint("expiry", __name__)
pages.before_request(refuse_unreadable_address)

PAGE_ROWS = 100
MOST_CONTAINERS = 30
EXPIRED = "expired"
DAYS = (7, 30, 60, 90)
GROUPS = (
    ("Expired: do not use", -1),
    ("Today and the next 7 days", 7),
    ("8 to 30 days", 30),
    ("31 to 60 days", 60),
    ("61 to 90 days", 90),
    ("More than 90 days", 10_000_000),
)


@dataclass(frozen=True)
class Preset:
    """One choice of the address: how many lots lie in it and what they cost (1/10,000)."""

    name: str
    words: str
    rows: int
    value: int
    is_current: bool


@pages.get("/expiry")
@allow(Action.look_up)
def listing() -> str:
    """The lots that expire in the chosen span, worst first."""
    return _page({})


@pages.post("/expiry/throw-out")
@allow(Action.throw_out)
def throw_out() -> Response:
    """Throw the units of one row out, once for each form."""
    entries = Entries(request.form)
    lot_id = entries.whole("lot_id", "Open the page again and repeat it.", least=1, most=999_999_999_999)
    quantity = entries.whole("quantity", "Open the page again and repeat it.", least=1)
    key, place = entries.key(), entries.text("location", "Open the page again and repeat it.", most=40)
    fields = {"reason": entries.raw("reason") or None, "container": entries.raw("container") or None}
    back = safe_next(request.form.get("next") or url_for(".listing"))
    try:
        entries.check()
        barcode = house_code.encode(house_code.LOT, lot_id)
        stored = scan(key, barcode, "discard", quantity=quantity, location=place, **fields)
    except SupplyError as error:
        sentence = "; ".join(set(error.wrong.values())) if isinstance(error, EntriesWrong) else error.message
        return make_response(_page({"quantity": sentence}), status_of(error))
    leave_answer(stored, back=back)
    return redirect(back, 303)


def _page(problems: dict[str, str]) -> str:
    spans = _spans()
    asked = request.args.get("show", "")
    name = asked if asked in spans else str(soon_days())
    words, (since, until) = _words(name), spans[name]
    with database().read_session() as session:
        lots = expiring_lots(session, today=today(), since=since, until=until, limit=PAGE_ROWS + 1, after=_after())
        sums = expiry_sums(session, spans=spans)
        containers = _open_containers(session) if may(Action.throw_out) and may(Action.containers_add) else []
    presets = [Preset(one, _words(one), sums[one].rows, sums[one].value, one == name) for one in spans]
    return render_template(
        "expiry/listing.html",
        groups=list(_grouped(lots[:PAGE_ROWS])),
        presets=presets,
        words=words,
        show=name,
        are_some_expired=sums[EXPIRED].rows > 0,
        more="|".join(str(part) for part in lots[PAGE_ROWS - 1].key) if len(lots) > PAGE_ROWS else None,
        is_later="after" in request.args,
        problems=problems,
        containers=containers,
        into=next((one.number for one in containers if one.number == request.args.get("into")), None),
        new_key=uuid4,
    )


def _open_containers(session: Session) -> list[ContainerLine]:
    """The waste containers that something can be thrown into now."""
    zone, states = settings().zone, {ContainerState.open}
    return container_lines(
        session, rules=rules_now(session), today=today(), zone=zone, states=states, limit=MOST_CONTAINERS
    )


def _spans() -> dict[str, tuple[date | None, date]]:
    """First and last day of each preset by its name in the address: what is past, and so many days from today on."""
    ahead = sorted({*DAYS, soon_days()})
    return {EXPIRED: (None, today() - timedelta(days=1))} | {
        str(days): (today(), today() + timedelta(days=days)) for days in ahead
    }


def _words(preset: str) -> str:
    return "Expired" if preset == EXPIRED else "Within 1 day" if preset == "1" else f"Within {preset} days"


def _grouped(lots: list[ExpiringLot]) -> Iterator[tuple[str, list[ExpiringLot]]]:
    least = -10_000_000
    for words, last in GROUPS:
        within = [lot for lot in lots if least < lot.days_left <= last]
        if within:
            yield words, within
        least = last


def _after() -> tuple[date, int, int] | None:
    """Where the page before ended: `day|lot|place`; anything else begins anew."""
    parts = request.args.get("after", "").split("|")
    numbers = [int(part) for part in parts[1:] if part.isascii() and part.isdigit() and len(part) < 18]
    try:
        return (date.fromisoformat(parts[0]), numbers[0], numbers[1]) if len(numbers) == 2 else None
    except ValueError:
        return None
