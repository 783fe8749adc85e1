"""The catalogue: list, filters, adding, the page of one item, its settings."""

import pytest
import sqlalchemy as sa
from playwright.sync_api import Page, expect

from supply.audit.models import AuditEntry
from supply.staff.permissions import Role
from supply.stock import catalog
from supply.stock.models import Item
from tests.factories import GLOVES, Office, gs1
from tests.web.pages.conftest import Browser, hidden

FIELDS = {"name": "Gauze 4×4", "unit": "each", "rotation": "", "tracking": "lot"}


def item_of(room: Office, sku: str) -> Item:
    with room.db.read_session() as session:
        item = catalog.find_item(session, sku)
        session.expunge(item)
    return item


def test_the_list_shows_every_item_with_its_state(stocked: Office, browse) -> None:
    page = browse(Role.nurse).get("/items").text
    for name in ("Alcohol swabs", "Influenza vaccine 0.5 mL", "Nitrile gloves M", "Syringe 3 mL with needle"):
        assert name in page
    for word in ("None left", "Expired lot", "OK", "Short"):
        assert f"<span>{word}</span>" in page
    assert "30 on hand, par 40, reorder at 10" in page


@pytest.mark.parametrize(
    ("address", "shown", "hidden_one"),
    [
        ("/items?q=glo", "GLOVE-M", "VAX-FLU"),
        ("/items?q=FLU+vacc", "VAX-FLU", "GLOVE-M"),
        (f"/items?q={gs1(GLOVES, lot='A1')}", "GLOVE-M", "VAX-FLU"),
        ("/items?show=short", "SYR-3", "GLOVE-M"),
        ("/items?show=soon", "VAX-FLU", "GLOVE-M"),
        ("/items?show=expired", "VAX-FLU", "SWAB"),
        ("/items?show=out", "SWAB", "SYR-3"),
    ],
)
def test_searching_and_the_counts_on_top_filter(stocked: Office, browse, address, shown, hidden_one) -> None:
    page = browse(Role.nurse).get(address).text
    assert f"/items/{shown}" in page
    assert f"/items/{hidden_one}" not in page


def test_each_kind_of_emptiness_says_which(room: Office, browse) -> None:
    browser = browse(Role.manager)
    assert "No items yet" in browser.get("/items").text
    room.item()
    assert "No item like that" in browser.get("/items?q=zebra").text
    assert "Nothing expired stands on a shelf." in browser.get("/items?show=expired").text


def test_a_long_catalogue_comes_in_pages(room: Office, browse) -> None:
    for n in range(53):
        room.item(f"S{n:02}", gtin=None, name=f"Thing {n:02}")
    browser = browse(Role.nurse)
    first, second = browser.get("/items").text, browser.get("/items?page=2").text
    assert "Page 1 of 2" in first
    assert "/items/S49" in first
    assert "/items/S50" not in first
    assert "/items/S52" in second
    assert browser.get("/items?page=99").text.count("Page 2 of 2") == 1


def test_adding_an_item_leads_to_its_codes(room: Office, browse) -> None:
    browser = browse(Role.manager)
    page = browser.follow("/items", sku="GAUZE", **FIELDS, price="12.50", par_level="1,200", lot_required="yes")
    assert "Gauze 4×4 is added. Now scan a box of it." in page
    item = item_of(room, "GAUZE")
    assert (item.price, item.par_level, item.lot_required, item.expiry_required) == (125_000, 1200, True, False)


def test_wrong_fields_are_said_beside_them_and_nothing_typed_is_lost(room: Office, browse) -> None:
    sent = FIELDS | {"name": "", "sku": "GAUZE", "par_level": "ten", "price": "cheap", "supplier": "Northside"}
    answer = browse(Role.manager).post("/items", **sent)
    assert answer.status_code == 422
    for field in ("name", "par_level", "price"):
        assert f'<a href="#{field}">' in answer.text
        assert f'id="{field}-wrong"' in answer.text
    assert 'value="ten"' in answer.text
    assert 'value="Northside"' in answer.text


def test_a_number_that_is_taken_is_refused_beside_its_field(stocked: Office, browse) -> None:
    answer = browse(Role.manager).post("/items", sku="glove-m", **FIELDS)
    assert answer.status_code == 409
    assert '<a href="#sku">There is already an item glove-m.</a>' in answer.text


@pytest.mark.parametrize("role", [Role.nurse, Role.receiver, Role.waste, Role.auditor])
def test_only_a_manager_changes_the_catalogue(stocked: Office, browse, role: Role) -> None:
    browser = browse(role)
    assert browser.get("/add-item").status_code == 403
    assert browser.get("/items/GLOVE-M/settings").status_code == 403
    assert browser.post("/items", sku="X", **FIELDS).status_code == 403
    assert browser.post("/items/GLOVE-M/settings", **FIELDS).status_code == 403
    assert "Add an item" not in browser.get("/items").text


def test_settings_save_what_changed_and_only_that(stocked: Office, browse) -> None:
    browser = browse(Role.manager)
    form = {"name": "Nitrile gloves M", "category": "Gloves", "rotation": "", "tracking": "lot", "par_level": "60"}
    form |= {"reorder_point": "10", "pack_quantity": "10", "price": "12.50", "is_active": "yes"}
    assert "Saved." in browser.follow("/items/GLOVE-M/settings", **form)
    assert item_of(stocked, "GLOVE-M").par_level == 60
    with stocked.db.read_session() as session:
        changes = sa.select(AuditEntry.details).where(AuditEntry.action == "item.change")
        assert session.scalars(changes).all() == ['{"after":{"par_level":60},"before":{"par_level":40}}']


def test_the_unit_is_fixed_once_stock_has_moved(stocked: Office, browse) -> None:
    browser = browse(Role.manager)
    assert "Fixed, because stock of it has moved already." in browser.get("/items/GLOVE-M/settings").text
    form = {"name": "Gloves", "unit": "pair", "rotation": "", "tracking": "lot", "is_active": "yes"}
    browser.follow("/items/GLOVE-M/settings", **form)
    assert item_of(stocked, "GLOVE-M").unit == "box"
    browser.follow("/items/SWAB/settings", **form)
    assert item_of(stocked, "SWAB").unit == "pair"


def test_a_unit_is_changed_by_a_successor_that_takes_the_stock(stocked: Office, browse) -> None:
    browser = browse(Role.manager)
    before = sum(stocked.stock("GLOVE-M").values())
    page = browser.follow("/items/GLOVE-M/unit", new_unit="glove", factor="100")
    assert "Counted in glove from now on." in page
    assert sum(stocked.stock("GLOVE-M").values()) == before * 100
    assert item_of(stocked, "GLOVE-M").unit == "glove"


@pytest.mark.parametrize("form", [{"new_unit": "", "factor": "10"}, {"new_unit": "glove", "factor": "ten"}])
def test_a_wrong_unit_change_is_shown_again_and_changes_nothing(stocked: Office, browse, form: dict[str, str]) -> None:
    before = stocked.stock("GLOVE-M")
    answer = browse(Role.manager).post("/items/GLOVE-M/unit", **form)
    assert answer.status_code == 422
    assert "field-wrong" in answer.text
    assert stocked.stock("GLOVE-M") == before


def test_wrong_settings_are_shown_again(stocked: Office, browse) -> None:
    answer = browse(Role.manager).post("/items/GLOVE-M/settings", name="", rotation="lifo", tracking="lot")
    assert answer.status_code == 422
    assert '<a href="#name">' in answer.text
    assert '<a href="#rotation">' in answer.text


def test_an_item_that_does_not_exist_is_a_page_that_says_so(stocked: Office, browse) -> None:
    browser = browse(Role.manager)
    for tab in ("", "/movements", "/codes", "/use", "/settings"):
        assert browser.get(f"/items/NOPE{tab}").status_code == 404


def test_a_number_with_strange_characters_has_a_page(room: Office, browse) -> None:
    room.item("A/B #1?", gtin=None, name="<b>Odd</b>")
    browser = browse(Role.manager)
    listing = browser.get("/items").text
    assert "/items/A/B%20%231%3F" in listing
    page = browser.get("/items/A/B%20%231%3F/movements").text
    assert "&lt;b&gt;Odd&lt;/b&gt;" in page
    assert "<b>Odd</b>" not in page


def test_movements_say_who_why_and_what_was_undone(stocked: Office, browse) -> None:
    browser = browse(Role.manager)
    taken = stocked.scan(gs1(GLOVES, lot="A1"), reason="spilled")
    browser.follow(f"/scans/{taken.answer['request_id']}/undo", next="/items/GLOVE-M/movements")
    page = browser.get("/items/GLOVE-M/movements").text
    for word in (
        "Storeroom → Used",
        "Supplier → Storeroom",
        "spilled",
        "undone",
        "Undone",
        "This machine",
        "2027-MAY-31",
    ):
        assert word in page
    only = browser.get("/items/GLOVE-M/movements?kind=receipt").text
    assert "Storeroom → Used" not in only
    assert only.count("Supplier → Storeroom") == 2


def test_old_movements_come_page_by_page(room: Office, browse) -> None:
    room.item()
    for _ in range(51):
        room.receive("A1", "270531")
    browser = browse(Role.auditor)
    first = browser.get("/items/GLOVE-M/movements").text
    assert first.count("Supplier → Storeroom") == 50
    older = first.split(">Older<")[0].rsplit('href="', 1)[1].split('"')[0].replace("&amp;", "&")
    assert browser.get(older).text.count("Supplier → Storeroom") == 1


def test_use_is_a_plot_with_its_finding_and_its_numbers(stocked: Office, browse) -> None:
    page = browse(Role.nurse).get("/items/GLOVE-M/use").text
    assert "First used this week: 2 boxes" in page
    assert "Week of 2026-NOV-23: 2." in page
    assert "No use in these weeks" in browse(Role.nurse).get("/items/SWAB/use").text


def test_typing_filters_without_a_button(stocked: Office, page: Page, enter) -> None:
    enter(Role.nurse)
    page.goto("/items")
    page.get_by_label("Find an item").press_sequentially("syr")
    expect(page.get_by_role("rowheader")).to_have_count(1)
    expect(page.get_by_label("Find an item")).to_be_focused()
    expect(page.locator("[data-live-said]")).to_have_text("1 found")
    assert page.url.endswith("/items?q=syr")


def test_the_form_to_add_carries_the_code_that_led_there(room: Office, browse: Browser) -> None:
    browser = browse(Role.manager)
    assert hidden(browser.get("/add-item?barcode=0109521101530032").text, "barcode") == ["0109521101530032"]
    page = browser.follow("/items", sku="GAUZE", barcode="0109521101530032", **FIELDS)
    assert "This code says" in page
