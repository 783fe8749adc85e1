"""What to order: the list by supplier, ordering with other packs and taking it back, putting off, the run-down."""

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
import sqlalchemy as sa
from playwright.sync_api import Page, expect

from supply.staff.permissions import Role
from supply.stations.models import WorkRequest
from tests.browser import SIZES, axe_violations, overflow, small_targets
from tests.factories import Office
from tests.purchasing.buying import Buying
from tests.web.pages.conftest import hidden, notice_undo

SKU = "GLOVE-M"
FIELDS = {"packs-GLOVE-M": "4"}


@pytest.fixture
def buying(room: Office) -> Buying:
    """Gloves run low, tape has enough; both were looked at."""
    made = Buying(room)
    made.item()
    made.arrives(SKU, 20)
    made.item("TAPE", name="Paper tape", unit="roll", supplier="Bluebird Supply")
    made.arrives("TAPE", 500)
    made.check()
    return made


def order_form(page: str) -> dict[str, str]:
    """The hidden fields of the first supplier's form."""
    return {name: hidden(page, name)[0] for name in ("supplier", "request_id")}


def text_of(page: str) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", page).split())


def test_a_suggestion_says_what_how_much_from_whom_and_why(buying: Buying, browse) -> None:
    said = text_of(browse(Role.manager).get("/reorder").text)
    assert "Harbor Medical 1 item, $20.00" in said
    assert "20 left, about 10 days of use; order below 39, for the supplier says 7 days" in said
    assert "Suggested: 4 packs of 10 boxes , $20.00" in said
    assert "Paper tape" not in said
    assert "Nothing here is sent" in said


def test_the_use_of_an_item_leads_to_its_orders_for_whoever_orders(buying: Buying, browse) -> None:
    manager, address = browse(Role.manager), "/items/GLOVE-M/use"
    page = manager.get(address).text
    assert "Nothing of it is on order." in page
    assert 'href="/reorder/items/GLOVE-M"' in page
    manager.follow("/reorder/order", **order_form(manager.get("/reorder").text), **{"packs-GLOVE-M": "3"})
    said = text_of(manager.get(address).text)
    assert "PO-1001 : 30 boxes on order From Harbor Medical, expected 2026-DEC-01." in said
    nurse = browse(Role.nurse).get(address).text
    assert "/reorder/items" not in nurse
    assert "on order" not in nurse


def test_what_is_ordered_is_on_order_and_undo_brings_it_back(buying: Buying, browse) -> None:
    manager = browse(Role.manager)
    form = order_form(manager.get("/reorder").text)
    page = manager.follow("/reorder/order", **form, **{"packs-GLOVE-M": "3"})
    assert "Order PO-1001" in page
    assert "4 suggested" in page
    assert "Nothing was sent" in page
    listing = manager.get("/reorder").text
    assert "Ordered from" not in listing
    assert "PO-1001" in listing
    back = manager.follow(notice_undo(page))
    assert "is taken back" in back
    assert "Ordered from Harbor Medical" in back
    assert "PO-1001" not in back.split("</h1>")[1].split("Ordered from")[1]


def test_the_same_form_sent_twice_is_one_order(buying: Buying, browse) -> None:
    manager = browse(Role.manager)
    form = order_form(manager.get("/reorder").text) | FIELDS
    assert manager.post("/reorder/order", **form).headers["Location"] == "/reorder/orders/PO-1001"
    assert manager.post("/reorder/order", **form).headers["Location"] == "/reorder/orders/PO-1001"


@pytest.mark.parametrize("packs", ["0", "-1", "many", "100001", ""])
def test_a_number_that_cannot_be_orders_nothing_and_stays_in_its_field(buying: Buying, browse, packs: str) -> None:
    manager = browse(Role.manager)
    form = order_form(manager.get("/reorder").text)
    answer = manager.post("/reorder/order", **form, **{"packs-GLOVE-M": packs})
    assert answer.status_code == 422
    assert "Please check this" in answer.text
    assert f'value="{packs}" min="0"' in answer.text
    assert "On order" not in answer.text


def test_a_suggestion_that_somebody_else_ordered_is_not_ordered_again(buying: Buying, browse) -> None:
    manager = browse(Role.manager)
    form = order_form(manager.get("/reorder").text) | FIELDS
    buying.order()
    answer = manager.post("/reorder/order", **form)
    assert (answer.status_code, "not waiting to be ordered any more" in answer.text) == (409, True)


def test_a_line_that_will_not_come_is_taken_off(buying: Buying, browse) -> None:
    buying.item("SWABS", name="Swabs", unit="box")
    buying.check()
    buying.order()
    buying.office.later(days=1)
    buying.arrives(SKU, 10)
    manager = browse(Role.manager)
    page = manager.get("/reorder/orders/PO-1001").text
    assert "10 of 40" in text_of(page)
    lines = re.findall(r"/reorder/orders/lines/(\d+)/cancel", page)
    assert len(lines) == 2
    after = manager.follow(f"/reorder/orders/lines/{lines[1]}/cancel")
    assert "Cancelled" in after
    refused = manager.follow("/reorder/orders/PO-1001/take-back")
    assert "Some of this order has come already" in refused


def test_an_order_that_has_come_says_so_at_once(buying: Buying, browse) -> None:
    buying.order()
    buying.office.later(days=1)
    buying.arrives(SKU, 40)
    page = browse(Role.manager).get("/reorder/orders/PO-1001").text
    assert "All here" in page
    assert "Take the whole order back" not in page
    assert "On order" not in browse(Role.manager).get("/reorder").text


def test_an_item_is_put_off_with_a_reason_and_taken_up_again(buying: Buying, browse, clock) -> None:
    manager = browse(Role.manager)
    until = (clock().date() + timedelta(days=7)).isoformat()
    page = manager.follow(f"/reorder/items/{SKU}/skip", reason="a box was found", until=until)
    assert "a box was found" in page
    assert "Ordered from" not in page
    assert "Nothing to order" in page
    again = manager.follow(notice_undo(page))
    assert "Ordered from Harbor Medical" in again


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ({"reason": "", "until": "2026-12-01"}, "Say why it is not ordered."),
        ({"reason": "x", "until": ""}, "Say until when"),
        ({"reason": "x", "until": "1/12/26"}, "Write the day as"),
        ({"reason": "x", "until": "2026-11-01"}, "Choose a day after today"),
    ],
)
def test_putting_off_without_reason_or_day_is_refused(buying: Buying, browse, typed, sentence: str) -> None:
    answer = browse(Role.manager).post(f"/reorder/items/{SKU}/skip", **typed)
    assert (answer.status_code, sentence in answer.text) == (422, True)
    assert f'value="{typed["until"]}"' in answer.text


def test_an_item_shows_how_it_runs_down_and_the_numbers(buying: Buying, browse) -> None:
    page = browse(Role.manager).get(f"/reorder/items/{SKU}?days=90").text
    said = text_of(page)
    assert "Lasts until about 2026-DEC-02; an order today comes about 2026-DEC-01" in said
    assert "20 boxes here today. 2026-DEC-01: 40 boxes if ordered today." in page
    assert "Used per week 14.0" in said
    assert "Order below 39 boxes" in said
    assert 'aria-current="true">90 days back, 60 ahead' in page
    assert "%" not in said.split("The numbers behind it")[1]


def test_an_item_that_is_not_there_is_not_found(buying: Buying, browse) -> None:
    manager = browse(Role.manager)
    assert manager.get("/reorder/items/NOPE").status_code == 404
    assert manager.get("/reorder/orders/PO-9").status_code == 404
    assert manager.post("/reorder/items/NOPE/suggest-again").status_code == 404


def test_nothing_here_and_nothing_coming_is_said_in_words(room: Office, browse) -> None:
    Buying(room).item(per_day=0)
    page = browse(Role.manager).get(f"/reorder/items/{SKU}").text
    assert "Nothing here and nothing coming" in page
    assert "plot-drawing" not in page


def test_every_kind_of_nothing_says_which(room: Office, browse) -> None:
    manager, buying = browse(Role.manager), Buying(room)
    assert "Not checked yet" in manager.get("/reorder").text
    buying.item("NEW", per_day=0)
    buying.check()
    assert "No use to go by yet" in manager.get("/reorder").text
    buying.item()
    buying.arrives(SKU, 500)
    buying.check()
    assert "Nothing to order" in manager.get("/reorder").text


def test_an_item_without_a_supplier_says_what_to_do(room: Office, browse) -> None:
    buying = Buying(room)
    buying.item(supplier=None)
    buying.check()
    page = browse(Role.manager).get("/reorder").text
    assert "No supplier named" in page
    assert "Ordered from" not in page


def test_check_now_asks_the_worker_once(buying: Buying, browse) -> None:
    manager = browse(Role.manager)
    page = manager.follow("/reorder/check")
    assert "Every item is looked at now" in page
    assert "data-busy" in page
    assert "already" in manager.follow("/reorder/check")
    with buying.office.db.read_session() as session:
        assert session.scalars(sa.select(WorkRequest.subject)).all() == ["reorder"]


@pytest.mark.parametrize("role", [Role.nurse, Role.receiver, Role.waste, Role.auditor, Role.admin])
def test_ordering_is_for_the_manager(buying: Buying, browse, role: Role) -> None:
    browser = browse(role)
    for address in ("/reorder", f"/reorder/items/{SKU}", "/reorder/orders/PO-1001"):
        assert browser.get(address).status_code == 403
    for address in ("/reorder/order", "/reorder/check", f"/reorder/items/{SKU}/skip", "/reorder/orders/lines/1/cancel"):
        assert browser.post(address, supplier="1", request_id=str(uuid4()), **FIELDS).status_code == 403


@pytest.fixture
def today_buying(room: Office, live: str) -> Buying:
    """The same by the real clock, which the browser's server goes by."""
    room.now = datetime.now(UTC)
    made = Buying(room)
    made.item()
    made.arrives(SKU, 20)
    made.item("SWABS", name="Swabs", unit="box", supplier="Bluebird Supply")
    made.check()
    made.order({"SWABS": 2}, supplier="Bluebird Supply")
    return made


def test_a_manager_changes_packs_orders_and_takes_it_back(
    today_buying: Buying, page: Page, enter: Callable[[Role], None]
) -> None:
    enter(Role.manager)
    page.goto("/reorder")
    page.get_by_role("button", name="One fewer: Nitrile gloves M").click()
    expect(page.get_by_label("Packs: Nitrile gloves M")).to_have_value("3")
    expect(page.get_by_text("Suggested: 4 packs of 10 boxes")).to_be_visible()
    page.get_by_role("button", name="Ordered from Harbor Medical").click()
    expect(page.get_by_role("heading", name="Order PO-1002")).to_be_visible()
    expect(page.get_by_text("3 packs of 10 boxes")).to_be_visible()
    page.get_by_role("link", name="Back to what to order").click()
    expect(page.get_by_role("button", name="Ordered from Harbor Medical")).to_have_count(0)
    row = page.get_by_role("row", name=re.compile("Nitrile gloves M"))
    expect(row).to_contain_text("30 boxes")
    row.get_by_role("link", name="PO-1002").click()
    page.get_by_role("button", name="Take the whole order back").click()
    expect(page.get_by_role("button", name="Ordered from Harbor Medical")).to_be_visible()


def test_it_works_by_keyboard_alone(today_buying: Buying, page: Page, enter: Callable[[Role], None]) -> None:
    enter(Role.manager)
    page.goto("/reorder")
    page.get_by_label("Packs: Nitrile gloves M").focus()
    page.keyboard.press("ControlOrMeta+a")
    page.keyboard.type("5")
    for _ in range(2):
        page.keyboard.press("Tab")
    expect(page.get_by_role("button", name="Ordered from Harbor Medical")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.get_by_text("5 packs of 10 boxes")).to_be_visible()


@pytest.mark.parametrize(("size", "theme"), [("desktop", "light"), ("phone", "dark"), ("narrow", "light")])
def test_the_pages_are_clean_at_every_size(
    today_buying: Buying, page: Page, enter: Callable[[Role], None], size: str, theme: str
) -> None:
    page.emulate_media(color_scheme=theme)  # type: ignore[arg-type]
    page.set_viewport_size(dict(zip(("width", "height"), SIZES[size], strict=True)))  # type: ignore[arg-type]
    enter(Role.manager)
    for address in ("/reorder", f"/reorder/items/{SKU}", "/reorder/orders/PO-1001"):
        page.goto(address)
        assert (axe_violations(page), overflow(page), small_targets(page)) == ([], 0, [])


def test_paper_has_the_lines_and_no_buttons(today_buying: Buying, page: Page, enter: Callable[[Role], None]) -> None:
    enter(Role.manager)
    page.goto("/reorder/orders/PO-1001")
    page.emulate_media(media="print")
    expect(page.get_by_role("cell", name="2 packs of 10 boxes")).to_be_visible()
    for hidden_on_paper in ("Print the list", "Take the whole order back"):
        expect(page.get_by_role("button", name=hidden_on_paper)).to_be_hidden()
