"""`make screenshots`: the pictures of README and guides, taken from the demonstration office by a browser."""

import json
import re
import shutil
import sys
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from playwright.sync_api import Browser, Page, expect

from supply.barcodes import house_code
from supply.stations.scanner_sheet import SYMBOLS
from supply.web.identity import STATION
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

    def blank(self, size: str) -> Page:
        """A page of this size, with nobody signed in."""
        width, height = SIZES[size]
        context = self.browser.new_context(
            viewport={"width": width, "height": height}, base_url=f"http://127.0.0.1:{self.office.port}"
        )
        return context.new_page()

    def screen(self, size: str, *, badge: str | None = None) -> Page:
        """The enrolled screen of the storeroom, with this badge signed on."""
        page = self.blank(size)
        token = self.told("station_tokens", "kiosk-1")
        page.context.add_cookies([{"name": STATION, "value": token, "domain": "127.0.0.1", "path": "/"}])
        page.goto("/kiosk?station=kiosk-1")
        page.locator("body[data-ready=yes]").wait_for()
        if badge:
            scan(page, self.told("badges", badge))
        return page

    def told(self, group: str, name: str) -> str:
        """What the demonstration's file says under these two names."""
        found = self.made[group]
        assert isinstance(found, dict)
        return str(found[name])

    def page(self, role: str, size: str) -> Page:
        """A page of this size, signed in as this role."""
        page = self.blank(size)
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
        return self.told("barcodes", name)

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


def station_pictures(studio: Studio) -> None:
    """Devices, stations, badges, label designs, sheets, and how a tablet comes to trust us."""
    device = _device_address(studio)
    pages = [
        ("admin", "devices", "/devices"),
        ("admin", "device", device),
        ("admin", "stations", "/stations"),
        ("admin", "station", "/stations/kiosk-1"),
        ("admin", "badges", "/badges"),
        ("manager", "label-designs", "/labels/designs"),
        ("manager", "label-designer", "/labels/designs/edit?kind=lot"),
        ("manager", "power-cut", "/downtime"),
        ("manager", "power-cut-line", "/downtime/lines/1"),
        ("manager", "command-sheets", "/sheets"),
    ]
    for role, name, path in pages:
        _keep_both(studio, role, name, path)


def shelf_pictures(studio: Studio) -> None:
    """What people at the shelves asked for."""
    _keep_both(studio, "manager", "shelf-requests", "/shelf-requests")


def trust_pictures(studio: Studio) -> None:
    """What a tablet is told once the office is its own authority."""
    studio.office.run("tls", "init", "--name", "supply.local")
    _keep_both(studio, "manager", "trust", "/trust")


def _keep_both(studio: Studio, role: str, name: str, path: str) -> None:
    for size in ("desktop", "phone"):
        page = studio.page(role, size)
        answer = page.goto(path)
        if answer is None or not answer.ok:
            raise AssertionError(f"{path} cannot be shown")
        studio.keep(page, f"{name}-{size}")
        page.context.close()


def badge_pictures(studio: Studio) -> None:
    """A new badge, shown once; taken last, because the person's earlier badge ends."""
    page = studio.page("admin", "desktop")
    page.goto("/badges")
    chooser = page.locator("form").filter(has=page.locator("select[name=person]")).first
    chooser.locator("select[name=person]").select_option(label="Ray Okafor")
    page.get_by_role("button", name="Make a new badge").click()
    page.wait_for_load_state()
    studio.keep(page, "badge-issued-desktop")
    page.context.close()


def screen_pictures(studio: Studio) -> None:
    """The enrolled screen: a badge, a scan that asks whose it was, the PIN pad, need more, which delivery."""
    for size in ("tablet", "phone"):
        page = studio.screen(size)
        studio.keep(page, f"kiosk-badge-{size}")
        scan(page, studio.told("badges", "nurse"))
        studio.keep(page, f"kiosk-claimed-{size}")
        page.context.close()
        page = studio.screen(size, badge="manager")
        scan(page, studio.code("use_item"))
        page.get_by_role("button", name="Need more", exact=True).first.click()
        studio.keep(page, f"kiosk-need-more-{size}")
        scan(page, house_code.encode(house_code.COMMAND, "PUTIN"))
        field = page.get_by_label("PIN of")
        studio.keep(page, f"kiosk-pin-{size}")
        field.fill(studio.told("pins", "manager"))
        page.get_by_role("button", name="Go on", exact=True).click()
        page.wait_for_timeout(700)
        studio.keep(page, f"kiosk-delivery-{size}")
        page.context.close()


def offline_pictures(studio: Studio) -> None:
    """The office does not answer: first late, then not at all."""
    for size in ("tablet", "phone"):
        page = studio.page("nurse", size)
        page.goto("/kiosk?station=kiosk-1")
        page.locator("body[data-ready=yes]").wait_for()
        page.wait_for_timeout(3_000)  # the catalogue is kept by then
        page.route("**/api/v1/scans", lambda route: None)  # no answer yet
        scan_as_wedge(page, studio.code("use_item"))
        page.wait_for_timeout(300)
        studio.keep(page, f"kiosk-at-once-{size}")
        page.unroute("**/api/v1/scans")
        page.context.set_offline(True)
        scan(page, studio.code("use_lot"))
        studio.keep(page, f"kiosk-offline-{size}")
        page.context.close()


def camera_pictures(studio: Studio) -> None:
    """A phone's camera as the scanner; the browser's own fake picture stands before it."""
    page = studio.page("nurse", "phone")
    page.goto("/kiosk?station=kiosk-1")
    page.locator("body[data-ready=yes]").wait_for()
    page.get_by_role("button", name="Camera", exact=True).click()
    page.wait_for_timeout(1_000)
    studio.keep(page, "kiosk-camera-phone")
    page.context.close()


def scanner_pictures(studio: Studio) -> None:
    """Setting a scanner up: the sheet, a symbol that came, and what was learned."""
    page = studio.page("admin", "desktop")
    page.goto("/scanner-setup/sheet?station=lab-1")
    studio.keep(page, "scanner-setup-sheet-desktop")
    page.locator("form[action$='/scanner-setup/step'] button").first.click()
    for number, symbol in enumerate(SYMBOLS):
        page.wait_for_load_state()
        if not symbol.times:
            page.get_by_role("button", name="Nothing came: go on").click()
        for _ in range(symbol.times):
            page.wait_for_timeout(400)
            scan_as_wedge(page, symbol.text)
        page.locator("#next").wait_for()
        if number == 1:
            studio.keep(page, "scanner-setup-step-desktop")
        page.locator("#next").click()
    page.wait_for_load_state()
    studio.keep(page, "scanner-setup-result-desktop")
    page.context.close()


def _device_address(studio: Studio) -> str:
    """The page of the label printer."""
    page = studio.page("admin", "desktop")
    page.goto("/devices")
    address = page.get_by_role("link", name="printer-1").first.get_attribute("href")
    page.context.close()
    assert address
    return address


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


SHOOTS: dict[str, Callable[[Studio], None]] = {
    "kiosk": kiosk_pictures,
    "receiving": receiving_pictures,
    "working": working_pictures,
    "dock": dock_pictures,
    "stations": station_pictures,
    "shelf": shelf_pictures,
    "badge": badge_pictures,
    "screen": screen_pictures,
    "offline": offline_pictures,
    "camera": camera_pictures,
    "scanner": scanner_pictures,
    "trust": trust_pictures,  # last: from its next start on this office wants https
}


def main() -> None:
    """Stock the office, serve it, take every picture; or those of the shoots named on the command line."""
    chosen = sys.argv[1:] or list(SHOOTS)
    strange = [name for name in chosen if name not in SHOOTS]
    if strange:
        raise SystemExit(f"There is no shoot {strange[0]!r}. Choose among {', '.join(SHOOTS)}.")
    FOLDER.mkdir(parents=True, exist_ok=True)
    folder = Path(tempfile.mkdtemp())
    try:
        with served(folder, "run", "--demo") as office:
            office.run("setup", "--demo")
            made = json.loads((folder / "demo.json").read_text())
            office.start()
            with start_browser("--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream") as browser:
                studio = Studio(office, browser, made)
                for name in chosen:
                    SHOOTS[name](studio)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    print(f"{len(list(FOLDER.glob('*.png')))} pictures in {FOLDER.relative_to(Path.cwd())}")


if __name__ == "__main__":
    main()
