"""The codes that name an item: what a code says, and learning it. Draws no label: that is `labels.picture`."""

from typing import Any

from flask import Blueprint, make_response, redirect, request, url_for
from werkzeug.wrappers import Response

from supply.barcodes.codes import meaning
from supply.barcodes.model import Barcode
from supply.barcodes.parse import parse
from supply.errors import NotFound, SupplyError
from supply.staff.permissions import Action
from supply.stock import catalog
from supply.stock.catalog import UNITS_LIMIT
from supply.web import notices
from supply.web.access import allow
from supply.web.context import actor, database, now, settings, today
from supply.web.entries import GS, GS_SHOWN, Entries, wrong_of
from supply.web.pages import item_tabs
from supply.web.problems import status_of

pages = Blueprint("item_codes", __name__)

SCHEMES = {
    "gs1": "GS1",
    "hibc": "HIBC",
    "ndc": "National Drug Code",
    "isbt128": "ISBT 128",
    "house": "our own label",
    "plain": "plain text",
}
FACTS = {
    "gtin": "GTIN",
    "hibc_di": "HIBC product",
    "ndc11": "NDC",
    "sscc": "Shipping container",
    "content_gtin": "Contents",
    "lot": "Lot",
    "expiry": "Expires",
    "serial": "Serial number",
    "quantity": "Quantity in the code",
}


@pages.get("/items/<path:sku>/codes")
@allow(Action.look_up)
def show(sku: str) -> str:
    """The codes of an item; with `barcode`, what that one says and the form to add it."""
    typed = request.args.get("barcode", "")[:600]
    preview = reading_of(typed) if typed.strip() else None
    return item_tabs.codes_page(sku, preview, values=request.args.to_dict())


@pages.post("/items/<path:sku>/codes")
@allow(Action.catalogue)
def add(sku: str) -> Response:
    """Teach the item a code."""
    entries, by, moment = Entries(request.form), actor(), now()
    text = entries.barcode()
    said = f"A whole number from 1 to {UNITS_LIMIT:,}."
    received = entries.whole("units_received", said, least=1, most=UNITS_LIMIT)
    used = entries.whole("units_used", said, least=1, most=UNITS_LIMIT)
    try:
        entries.check()
        database().transact(
            lambda session: catalog.add_code(
                session,
                item=catalog.find_item(session, sku),
                barcode=_parsed(text),
                actor_id=by.person_id,
                now=moment,
                units_received=received,
                units_used=used,
            )
        )
    except NotFound:
        raise
    except SupplyError as error:
        preview = reading_of(text) if text else None
        page = item_tabs.codes_page(sku, preview, wrong_of(error, "barcode"), request.form.to_dict())
        return make_response(page, status_of(error))
    notices.leave("The code is learnt. From now on a scan of it means this item.")
    return redirect(url_for(".show", sku=sku), 303)


def reading_of(text: str) -> dict[str, Any]:
    """What a code says, for people: its kind, its facts, and whether it can name an item."""
    barcode = _parsed(text.replace(GS_SHOWN, GS))
    facts = [(words, getattr(barcode, name)) for name, words in FACTS.items() if getattr(barcode, name) is not None]
    return {
        "kind": SCHEMES.get(barcode.scheme, barcode.scheme),
        "facts": [(words, value) for words, value in facts if words != "Expires"],
        "expiry": barcode.expiry,
        "precision": barcode.expiry_precision,
        "doubts": [meaning(code) for code in (*barcode.errors, *barcode.warnings)],
        "can_name": bool(barcode.lookup_keys) and not barcode.errors,
    }


def _parsed(text: str) -> Barcode:
    return parse(text, today=today(), separators=settings().scanning.separators)
