"""The form of an item: between what people type and the catalogue's columns. Holds no rule of the catalogue."""

from typing import Any

from sqlalchemy.orm import Session
from werkzeug.datastructures import MultiDict

from supply.stock.models import Category, Item, Rotation, Tracking
from supply.web.entries import Entries
from supply.web.money import money_text

MOST_UNITS = 1_000_000_000
MOST_DAYS = 36_500
NUMBERS = {
    "reorder_point": MOST_UNITS,
    "par_level": MOST_UNITS,
    "shelf_life_days": MOST_DAYS,
    "lead_time_days": MOST_DAYS,
}
EMPTY = {"unit": "each", "rotation": "", "tracking": "lot"}


def fields_of(sent: MultiDict[str, str], *, is_new: bool) -> dict[str, Any]:
    """The columns that a form gives. Raises EntriesWrong with every wrong field."""
    entries = Entries(sent)
    fields: dict[str, Any] = {
        "name": entries.text("name", "Type the name as it stands on the box.", most=200),
        "category": entries.text("category", "", most=80, required=False) or None,
        "rotation": entries.choice("rotation", ("", *Rotation), "Choose which lot leaves first.") or None,
        "tracking": entries.choice("tracking", tuple(Tracking), "Choose how closely it is followed."),
        "lot_required": entries.ticked("lot_required"),
        "expiry_required": entries.ticked("expiry_required"),
        "supplier": entries.text("supplier", "", most=60, required=False) or None,
        "supplier_sku": entries.text("supplier_sku", "", most=60, required=False) or None,
        "pack_quantity": entries.whole_or_none(
            "pack_quantity", "Units in a pack: a whole number, 1 or more.", least=1, most=MOST_UNITS
        ),
        "price": entries.money("price", "Type the price as a number such as 12.50."),
    }
    for name, most in NUMBERS.items():
        fields[name] = entries.whole_or_none(name, "Type a whole number, 0 or more, or leave it empty.", most=most)
    if is_new:
        fields["sku"] = entries.text("sku", "Type a short number or word of your own for it.", most=60)
    if is_new or "unit" in sent:
        fields["unit"] = entries.text("unit", "Type the unit in which it is used, such as each or box.", most=30)
    if not is_new:
        fields["is_active"] = entries.ticked("is_active")
    entries.check()
    return fields


def form_of(session: Session, item: Item) -> dict[str, Any]:
    """The columns of an item under the names of its form, as `fields_of` gives them."""
    category = session.get(Category, item.category_id) if item.category_id else None
    names = ("name", "unit", "lot_required", "expiry_required", "supplier", "supplier_sku", "pack_quantity", "price")
    values = {name: getattr(item, name) for name in (*names, *NUMBERS, "is_active")}
    return values | {
        "category": category.name if category else None,
        "rotation": item.rotation.value if item.rotation else None,
        "tracking": item.tracking.value,
    }


def shown_form(session: Session, item: Item) -> dict[str, Any]:
    """The same, as the fields show it: nothing as an empty field, a price as a decimal, ticks only where they are."""
    values = form_of(session, item)
    shown = {name: "" if value is None else value for name, value in values.items() if value is not False}
    return shown | {"price": money_text(item.price) or ""}
