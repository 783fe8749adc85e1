"""Every working page in three sizes and both themes: nothing for axe, nothing cut off, nothing too small to press."""

import re

import pytest
from playwright.sync_api import Browser, expect

from supply.staff.permissions import Role
from tests.browser import SIZES, axe_violations, overflow, small_targets
from tests.factories import GLOVES, SYRINGES, Office, gs1
from tests.web.conftest import PASSWORD
from tests.web.pages.conftest import UNKNOWN, VACCINE, waiting

DELIVERY = "/receive/delivery?number=AB12CD&supplier=Northside+Supply&location=STOREROOM&after=0"
ADDRESSES = (
    "/items", "/items?q=zebra", "/add-item", "/items/VAX-FLU", "/items/GLOVE-M/movements",
    f"/items/GLOVE-M/codes?barcode={gs1(UNKNOWN, lot='Q9')}", "/items/GLOVE-M/use", "/items/GLOVE-M/settings",
    "/stock", "/expiry?show=90", "/places", "/receive", DELIVERY, DELIVERY.replace("/delivery", "/done"),
    "/scans/unresolved", "/scans/discrepancy", "/scans/exception", "/scans/settled",
)  # fmt: skip


@pytest.mark.parametrize(("size", "theme"), [("desktop", "light"), ("phone", "dark"), ("narrow", "light")])
def test_every_page_is_fit_to_use(stocked: Office, browser: Browser, live: str, size: str, theme: str) -> None:
    stocked.scan(gs1(UNKNOWN, lot="Q9"), "receive")
    stocked.scan(gs1(SYRINGES, lot="S7"), quantity=11)
    stocked.scan(gs1(VACCINE, lot="F3"), location="FRIDGE", reason="already_used")
    width, height = SIZES[size]
    context = browser.new_context(base_url=live, viewport={"width": width, "height": height}, color_scheme=theme)
    page = context.new_page()
    page.goto("/sign-in")
    page.get_by_label("Name").fill(Role.manager.value)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_url("**/")
    wrong: dict[str, object] = {}
    for address in (*ADDRESSES, f"/scans/{waiting(stocked, 'unresolved')[0].request_id}"):
        page.goto(address)
        if page.locator(".lot-acts").count():
            page.locator(".lot-acts summary").first.click()
        found = (axe_violations(page), overflow(page), small_targets(page))
        text = page.locator("main").inner_text()
        if found != ([], 0, []) or re.search(r"\d+/\d+/\d+", text):
            wrong[address] = found
    assert not wrong, wrong
    context.close()


@pytest.mark.parametrize(
    ("barcode", "outcome"),
    [
        (gs1(GLOVES, lot="K1", expiry="290630"), "recorded"),
        (gs1(VACCINE, lot="K1"), "look"),
        (gs1(UNKNOWN), "look"),
        (gs1(GLOVES, lot="K1", expiry="250630"), "stop"),
    ],
)
def test_every_answer_at_the_dock_is_fit_to_use(stocked: Office, page, enter, barcode: str, outcome: str) -> None:
    enter(Role.receiver)
    page.set_viewport_size({"width": 390, "height": 844})
    page.goto(DELIVERY)
    expect(page.locator("form[data-ready]")).to_be_visible()
    page.keyboard.type(barcode, delay=1)
    page.keyboard.press("Enter")
    expect(page.locator("[data-outcome]")).to_have_attribute("data-outcome", outcome)
    assert (axe_violations(page), overflow(page), small_targets(page)) == ([], 0, [])
    expect(page.locator("[data-outcome]")).to_be_in_viewport()
