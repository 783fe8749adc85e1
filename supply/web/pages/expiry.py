"""What expires: past, and within the days the address names; each row can be thrown out at once and taken back."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from uuid import uuid4

from flask import Blueprint, make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from supply.barcodes import house_code
from supply.errors import SupplyError
from supply.staff.permissions import Action
from supply.stock.expiry import ExpiringLot, expiring_lots, expiry_sums
from supply.web.access import allow
from supply.web.context import database, today
from supply.web.entries import Entries, EntriesWrong, refuse_unreadable_address
from supply.web.problems import status_of
from supply.web.scanning import leave_answer, scan
from supply.web.security import safe_next

pages = Blueprint("expiry", __name__)
pages.before_request(refuse_unreadable_address)

PAGE_ROWS = 100
# name in the address, words, and the last day of it counted from today
PRESETS = (
    ("expired", "Expired", -1),
    ("7", "Within 7 days", 7),
    ("30", "Within 30 days", 30),
    ("60", "Within 60 days", 60),
    ("90", "Within 90 days", 90),
)
GROUPS = (
    ("Expired: do not use", -1),
    ("Today and the next 7 days", 7),
    ("8 to 30 days", 30),
    ("31 to 60 days", 60),
    ("61 to 90 days", 90),
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
    back = safe_next(request.form.get("next") or url_for(".listing"))
    try:
        entries.check()
        barcode = house_code.encode(house_code.LOT, lot_id)
        stored = scan(key, barcode, "discard", quantity=quantity, location=place, reason=entries.raw("reason") or None)
    except SupplyError as error:
        sentence = "; ".join(set(error.wrong.values())) if isinstance(error, EntriesWrong) else error.message
        return make_response(_page({"quantity": sentence}), status_of(error))
    leave_answer(stored, back=back)
    return redirect(back, 303)


def _page(problems: dict[str, str]) -> str:
    asked = request.args.get("show", "30")
    name, words, days = next((one for one in PRESETS if one[0] == asked), PRESETS[2])
    with database().read_session() as session:
        lots = expiring_lots(
            session, today=today(), until=today() + timedelta(days=days), limit=PAGE_ROWS + 1, after=_after()
        )
        spans = {preset: (None, today() + timedelta(days=last)) for preset, _, last in PRESETS}
        sums = expiry_sums(session, spans=spans)
    presets = [
        Preset(preset, said, sums[preset].rows, sums[preset].value, preset == name) for preset, said, _ in PRESETS
    ]
    return render_template(
        "expiry/listing.html",
        groups=list(_grouped(lots[:PAGE_ROWS])),
        presets=presets,
        words=words,
        show=name,
        more="|".join(str(part) for part in lots[PAGE_ROWS - 1].key) if len(lots) > PAGE_ROWS else None,
        is_later="after" in request.args,
        problems=problems,
        new_key=uuid4,
    )


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
