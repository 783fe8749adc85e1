"""`make screenshots`: the pictures of README and guides, taken from the demonstration office by a browser."""

import json
import re
import shutil
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from playwright.sync_api import Browser, Page, expect

from tests.browser import scan_as_wedge, start_browser
from tests.serving import Served, served

FOLDER = Path(__file__).parent.parent / "docs" / "screenshots"
SIZES = {"desktop": (1280, 800), "tablet": (1180, 820), "phone": (390, 844)}


@dataclass
class Studio:
    """The running demonstration office and a browser to look at it."""

    office: Served
    browser: Browser
    made: dict[str, object]

    def page(self, role: str, size: str) -> Page:
        """A page of this size, signed in as this role."""
        width, height = SIZES[size]
        context = self.browser.new_context(
            viewport={"width": width, "height": height}, base_url=f"http://127.0.0.1:{self.office.port}"
        )
        page = context.new_page()
        page.goto("/sign-in")
        page.get_by_label("Name").fill(role)
        users = self.made["users"]
        assert isinstance(users, dict)
        page.get_by_label("Password", exact=True).fill(users[role]["password"])
        page.get_by_role("button", name="Sign in").click()
        expect(page).not_to_have_url(re.compile("/sign-in"))
        return page

    def code(self, name: str) -> str:
        """One of the codes that the demonstration names."""
        codes = self.made["barcodes"]
        assert isinstance(codes, dict)
        return str(codes[name])

    def keep(self, page: Page, name: str) -> None:
        """One picture, without the blinking cursor."""
        page.wait_for_timeout(500)
        page.screenshot(path=FOLDER / f"{name}.png", caret="hide")


def scan(page: Page, code: str) -> None:
    """As a keyboard wedge types it."""
    scan_as_wedge(page, code)
    page.wait_for_timeout(700)


def kiosk_pictures(studio: Studio) -> None:
    """What a nurse sees after a scan, in the states that matter most."""
    for name, code in (
        ("recorded", "use_item"),
        ("soon", "expires_soon"),
        ("expired", "expired"),
        ("recalled", "recalled"),
        ("which-lot", "which_lot"),
        ("unknown", "unknown"),
    ):
        for size in ("tablet", "phone"):
            page = studio.page("nurse", size)
            page.goto("/kiosk?station=kiosk-1")
            expect(page.locator("#kiosk-answer")).to_contain_text("Scan to TAKE")
            scan(page, studio.code(code))
            studio.keep(page, f"kiosk-{name}-{size}")
            page.context.close()


def working_pictures(studio: Studio) -> None:
    """The pages of manager, receiver and administrator."""
    pages: list[tuple[str, str, str, Callable[[Page], None] | None]] = [
        ("manager", "morning", "/", None),
        ("manager", "items", "/items", None),
        ("manager", "item", "/items/" + _an_item(studio), None),
        ("manager", "stock", "/stock", None),
        ("manager", "expiry", "/expiry", None),
        ("manager", "scans", "/scans", None),
        ("admin", "people", "/people", None),
    ]
    for role, name, path, act in pages:
        for size in ("desktop", "phone"):
            page = studio.page(role, size)
            page.goto(path)
            if act:
                act(page)
            studio.keep(page, f"{name}-{size}")
            page.context.close()
    for size in ("desktop", "phone"):
        page = studio.page("receiver", size)
        page.goto("/receive")
        page.get_by_label("Who brought it").fill("Northside Supply")
        page.get_by_role("button", name="Start scanning").click()
        page.wait_for_load_state()
        scan(page, studio.code("receive_box"))
        studio.keep(page, f"receiving-{size}")
        page.context.close()


def _an_item(studio: Studio) -> str:
    found = studio.office.run("scan", studio.code("use_item"), "--action", "lookup", "--json")
    return str(json.loads(found.stdout)["item"]["sku"])


def main() -> None:
    """Stock the office, serve it, take every picture."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    folder = Path(tempfile.mkdtemp())
    try:
        with served(folder, "run", "--demo") as office:
            office.run("setup", "--demo")
            made = json.loads((folder / "demo.json").read_text())
            office.start()
            with start_browser() as browser:
                studio = Studio(office, browser, made)
                kiosk_pictures(studio)
                working_pictures(studio)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    print(f"{len(list(FOLDER.glob('*.png')))} pictures in {FOLDER.relative_to(Path.cwd())}")


if __name__ == "__main__":
    main()
