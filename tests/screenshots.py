"""`make screenshots`: the pictures of README and guides, taken from the demonstration office by a browser."""

import json
import re
import shutil
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from playwright.sync_api import Browser, Page, expect

from supply.barcodes import house_code
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
    """As a keyboard wedge types it, once the page is there."""
    page.wait_for_timeout(1_500)
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
        ("manager", "alerts", "/alerts", None),
        ("manager", "reorder", "/reorder", None),
        ("manager", "reorder-item", "/reorder/items/" + _an_item(studio), None),
        ("manager", "print-queue", "/labels/queue", None),
        ("manager", "jobs", "/jobs", None),
        ("receiver", "label", f"/labels?kind=lot&id={_a_lot(studio)}", None),
        ("waste", "waste-board", "/waste", None),
        ("waste", "waste-container", f"/waste/containers/{_containers(studio)[0]}", None),
        ("waste", "waste-pickups", "/waste/pickups", None),
        ("waste", "waste-papers", "/waste/papers", None),
        ("waste", "waste-rules", "/waste/rules", None),
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


def receiving_pictures(studio: Studio) -> None:
    """A box comes in; its label prints."""
    for size in ("desktop", "phone"):
        page = studio.page("receiver", size)
        page.goto("/receive")
        page.get_by_label("Who brought it").fill("Northside Supply")
        page.get_by_role("button", name="Start scanning").click()
        page.wait_for_load_state()
        scan(page, studio.code("receive_box"))
        studio.keep(page, f"receiving-{size}")
        page.context.close()


def dock_pictures(studio: Studio) -> None:
    """The booked pickup at the dock: containers scanned, the paper, the signature."""
    page = studio.page("waste", "phone")
    pickup = json.loads(studio.office.run("waste", "pickup", "list", "--json").stdout.splitlines()[0])
    page.goto(f"/waste/pickups/{pickup['number']}/dock")
    scan(page, _house_code(pickup["containers"][0]))
    studio.keep(page, "waste-dock-phone")
    for number in pickup["containers"][1:]:
        scan(page, _house_code(number))
    page.goto(f"/waste/papers/{pickup['manifest']}")
    studio.keep(page, "waste-paper-phone")
    page.goto(f"/waste/papers/{pickup['manifest']}/sign")
    studio.keep(page, "waste-sign-phone")
    page.context.close()
    page = studio.page("waste", "desktop")
    page.goto(f"/waste/papers/{pickup['manifest']}")
    studio.keep(page, "waste-paper-desktop")
    page.context.close()


def _house_code(number: str) -> str:
    return house_code.encode(house_code.CONTAINER, int(number.removeprefix("W-")))


def _containers(studio: Studio) -> list[str]:
    """Numbers of the open containers."""
    lines = studio.office.run("waste", "container", "list", "--json").stdout.splitlines()
    return [line["number"] for line in map(json.loads, lines) if line["state"] == "open"]


def _a_lot(studio: Studio) -> int:
    """The number here of a lot that carries a GS1 label."""
    page = studio.page("receiver", "desktop")
    found = page.request.get(f"/api/v1/lots?item={_an_item(studio)}").json()["items"]
    page.context.close()
    return int(next(lot["id"] for lot in found if lot["on_hand"] and lot["owner"] == "office"))


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
                receiving_pictures(studio)
                working_pictures(studio)
                dock_pictures(studio)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    print(f"{len(list(FOLDER.glob('*.png')))} pictures in {FOLDER.relative_to(Path.cwd())}")


if __name__ == "__main__":
    main()
