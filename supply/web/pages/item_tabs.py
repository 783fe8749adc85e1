"""Showing the tabs of one item's page; with what was wrong and what was typed, when a form is shown again."""

from typing import Any
from uuid import uuid4

from flask import render_template, request, url_for
from sqlalchemy.orm import Session

from supply.purchasing.order_lines import OrderLine, lines_of_item
from supply.staff.permissions import Action
from supply.stock.item_sheet import ItemSheet, item_sheet
from supply.stock.ledger_lines import latest_movements
from supply.stock.models import MovementKind
from supply.stock.usage import weekly_use
from supply.web.context import database, may, now, settings, today
from supply.web.item_form import shown_form
from supply.web.scanning import soon_days
from supply.web.use_plot import plot_of

LAST_ORDERS = 20  # older ones have come or were cancelled
WEEKS = {"13": 13, "26": 26, "52": 52}
KIND_WORDS = {
    MovementKind.receipt: "Received",
    MovementKind.issue: "Taken",
    MovementKind.put_back: "Put back",
    MovementKind.transfer: "Moved",
    MovementKind.adjustment: "Corrected",
    MovementKind.count: "Counted",
    MovementKind.disposal: "Thrown out",
    MovementKind.supplier_return: "Sent back",
    MovementKind.reversal: "Undone",
}


def lots_page(sku: str, problems: dict[str, str] | None = None, values: dict[str, str] | None = None) -> str:
    """The lots, with the forms to hold and to correct each."""
    with database().read_session() as session:
        sheet = item_sheet(session, sku, today=today(), soon_days=soon_days())
        return _render("lots", sheet, problems=problems or {}, values=values or {}, new_key=uuid4)


def movements_page(sku: str) -> str:
    """The movements, newest first, of one kind when the address names one."""
    asked, before = request.args.get("kind", ""), request.args.get("before", "")
    kind = next((one for one in MovementKind if one.value == asked), None)
    with database().read_session() as session:
        sheet = item_sheet(session, sku, today=today(), soon_days=soon_days())
        page = latest_movements(
            session,
            item_id=sheet.item.id,
            kind=kind,
            before=int(before) if before.isascii() and before.isdigit() and len(before) < 18 else None,
        )
        shown = kind.value if kind else ""
        return _render("movements", sheet, page=page, kind=shown, words=KIND_WORDS, is_later=before)


def codes_page(
    sku: str,
    preview: dict[str, Any] | None = None,
    problems: dict[str, str] | None = None,
    values: dict[str, str] | None = None,
) -> str:
    """The codes, the form for another one, and what the code in it says."""
    with database().read_session() as session:
        sheet = item_sheet(session, sku, today=today(), soon_days=soon_days())
        return _render("codes", sheet, preview=preview, problems=problems or {}, values=values or {})


def use_page(sku: str) -> str:
    """The use, week by week; for whoever orders, what is on the way and where the page says why to order."""
    weeks = WEEKS.get(request.args.get("weeks", ""), 26)
    with database().read_session() as session:
        sheet = item_sheet(session, sku, today=today(), soon_days=soon_days())
        found = weekly_use(session, item_id=sheet.item.id, today=today(), zone=settings().zone, weeks=weeks)
        coming = _coming(session, sheet.item.id) if may(Action.purchase) else []
        plot = plot_of(found, unit=sheet.item.unit)
        return _render("use", sheet, plot=plot, weeks=weeks, spans=WEEKS.values(), coming=coming)


def _coming(session: Session, item_id: int) -> list[OrderLine]:
    """What is on order of one item and has not come, soonest first."""
    lines = lines_of_item(session, item_id, now=now(), limit=LAST_ORDERS)
    return sorted((line for line in lines if line.left), key=lambda line: line.expected_on)


def settings_page(sku: str, values: dict[str, Any] | None = None, problems: dict[str, str] | None = None) -> str:
    """Every column, to change."""
    with database().read_session() as session:
        sheet = item_sheet(session, sku, today=today(), soon_days=soon_days())
        shown = shown_form(session, sheet.item) if values is None else values
        return _render("settings", sheet, values=shown, problems=problems or {})


def _render(tab: str, sheet: ItemSheet, **more: Any) -> str:
    return render_template(f"items/{tab}.html", sheet=sheet, item=sheet.item, tabs=_tabs(sheet), tab=tab, **more)


def _tabs(sheet: ItemSheet) -> list[tuple[str, str, str]]:
    """(name, address, words) of each tab that this person may open."""
    sku = sheet.item.sku
    tabs = [
        ("lots", url_for("items.show", sku=sku), "Lots"),
        ("movements", url_for("items.movements", sku=sku), "Movements"),
        ("codes", url_for("items.item_codes.show", sku=sku), "Codes and packs"),
        ("use", url_for("items.use", sku=sku), "Use"),
    ]
    return [*tabs, ("settings", url_for("items.edit", sku=sku), "Settings")] if may(Action.catalogue) else tabs
