"""Every state of the kiosk by axe, at every size, light and dark; sizes of targets; dates; nothing cut off."""

from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser import SIZES, scan_as_wedge
from tests.web.kiosk import office
from tests.web.kiosk.acts import put_in
from tests.web.kiosk.conftest import begin
from tests.web.kiosk.looks import judge

SCANS = [
    (office.OLDER, "recorded"), (office.NEWER, "older_lot"), (office.SOON, "older_lot"),
    (office.NAMELESS_MASK, "which_lot"), (office.LOST_SEPARATOR, "unclear"), (office.STRANGE, "unknown"),
    ("0109520123456780", "unread"),
]  # fmt: skip
STOPS = [(office.EXPIRED, "expired"), (office.RECALLED, "recalled"), (office.HELD, "held_lot")]
LOOKS = [("desktop", "dark"), ("phone", "light"), ("narrow", "dark")]


@pytest.fixture
def looked_at(browser: Browser, live: str) -> Iterator[Callable[[str, str], Page]]:
    """The kiosk of a manager at a size and in a theme; the page's own motion is off, so that axe sees final colours."""
    contexts = []

    def look(size: str, theme: str) -> Page:
        width, height = SIZES[size]
        context = browser.new_context(
            base_url=live, viewport={"width": width, "height": height}, color_scheme=theme, reduced_motion="reduce"
        )
        contexts.append(context)
        return begin(context.new_page(), "manager")

    yield look
    for context in contexts:
        context.close()


def state(page: Page, name: str) -> None:
    expect(page.locator("#kiosk-answer [data-state]")).to_have_attribute("data-state", name)


@pytest.mark.parametrize(("size", "theme"), LOOKS)
def test_every_state_passes_axe_and_fits_and_can_be_pressed(
    looked_at: Callable[[str, str], Page], size: str, theme: str
) -> None:
    page, faults = looked_at(size, theme), []
    judge(page, "ready", faults)
    for code, name in SCANS:
        scan_as_wedge(page, code)
        state(page, name)
        judge(page, name, faults)
    for code, name in STOPS:
        scan_as_wedge(page, code)
        state(page, name)
        judge(page, name, faults)
        page.keyboard.press("Escape")
        state(page, "ready")
    put_in(page)
    scan_as_wedge(page, office.NAMELESS_SYRINGE)
    state(page, "two_codes")
    judge(page, "two codes, the item's", faults)
    scan_as_wedge(page, office.OLDER)
    state(page, "two_labels")
    judge(page, "two labels", faults)
    scan_as_wedge(page, "SYR-5")
    state(page, "missing")
    judge(page, "missing", faults)
    scan_as_wedge(page, office.LOT_OF_SUTURES)
    state(page, "two_codes")
    judge(page, "two codes, the lot's", faults)
    page.get_by_role("button", name="Scan again").click()
    page.context.set_offline(True)
    scan_as_wedge(page, office.OLDER)
    state(page, "waiting")
    judge(page, "waiting", faults)
    assert faults == []


@pytest.mark.parametrize(("size", "theme"), LOOKS[:2])
def test_every_panel_passes_axe_and_fits_and_can_be_pressed(
    looked_at: Callable[[str, str], Page], size: str, theme: str
) -> None:
    page, faults = looked_at(size, theme), []
    scan_as_wedge(page, office.NAMELESS_MASK)
    state(page, "which_lot")
    scan_as_wedge(page, office.OLDER)
    state(page, "recorded")
    for name in ("Mode", "Place", "Quantity", "Menu", "1 saved scan needs you"):
        page.get_by_role("button", name=name, exact=True).click()
        judge(page, name, faults)
        page.keyboard.press("Escape")
    page.get_by_role("button", name="Menu", exact=True).click()
    page.get_by_role("button", name="Sound and screen").click()
    judge(page, "sound", faults)
    page.keyboard.press("Escape")
    page.context.clear_cookies()
    scan_as_wedge(page, office.OLDER)
    state(page, "signed_off")
    judge(page, "signed off", faults)
    page.reload()
    state(page, "idle")
    judge(page, "idle", faults)
    assert faults == []


def test_every_mode_is_readable_in_its_colour(looked_at: Callable[[str, str], Page]) -> None:
    page, faults = looked_at("desktop", "light"), []
    for action in ("use", "receive", "return", "count", "move", "discard", "lookup"):
        page.evaluate("action => { document.body.dataset.mode = action }", action)
        judge(page, action, faults)
    assert faults == []


def test_a_dark_room_can_be_chosen_on_a_light_device_and_stays(looked_at: Callable[[str, str], Page]) -> None:
    page = looked_at("desktop", "light")
    page.get_by_role("button", name="Sound on").click()
    page.get_by_role("button", name="Dark", exact=True).click()
    page.reload()
    expect(page.locator("html")).to_have_attribute("data-bs-theme", "dark")


def test_everything_can_be_reached_and_seen_with_the_keyboard_alone(looked_at: Callable[[str, str], Page]) -> None:
    page = looked_at("phone", "light")
    scan_as_wedge(page, office.OLDER)
    state(page, "recorded")
    page.wait_for_timeout(350)
    seen = []
    for _ in range(12):
        page.keyboard.press("Tab")
        found = page.evaluate(
            """() => { const one = document.activeElement, box = one.getBoundingClientRect();
                const on = document.elementFromPoint(box.x + box.width / 2, box.y + box.height / 2);
                const name = one === document.body ? "" : one.textContent.trim();
                return [name, one === on || one.contains(on), getComputedStyle(one).outlineStyle]; }"""
        )
        if not found[0] or found[0] in [one[0] for one in seen]:
            continue
        seen.append(found)
    assert {"Menu", "Undo", "Camera", "Quantity", "Mode", "Place"} <= {one[0] for one in seen}
    assert all(visible and outline == "solid" for _, visible, outline in seen), seen
