"""Waste leaves the office: a container filled by a scan, sealed, booked, scanned at the dock, signed, handed over.

The product runs as `supply serve`; the waste coordinator works in a browser, with a wedge and without a mouse.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from playwright.sync_api import Page, expect

from supply.db import Database
from supply.migrations import upgrade
from supply.staff.permissions import Role
from supply.stations.installing import install
from tests import factories
from tests.browser import axe_violations, overflow, scan_as_wedge, small_targets, start_browser
from tests.documents.papers import missing_or_out_of_order, picture_of, text_of
from tests.factories import PASSWORD, SYRINGES, gs1
from tests.serving import Served, served
from tests.waste_office import book, open_container, sealed_container, set_up_waste

pytestmark = pytest.mark.xdist_group("journeys")
SIZES = {"phone": (390, 844), "tablet": (1180, 820), "desktop": (1280, 800)}
DESCRIPTION = "UN3291, Regulated medical waste, n.o.s., 6.2, PG II"
CERTIFICATION = (
    "This is to certify that the above-named materials are properly classified, described, packaged, marked and "
    "labeled, and are in proper condition for transportation according to the applicable regulations of the "
    "Department of Transportation."
)


@dataclass
class Clinic:
    """The running product and its database."""

    served: Served
    office: factories.Office

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.served.port}"

    def page(self, browser: Any, name: str, size: str = "phone", theme: str = "light") -> Page:
        """A page of this size, signed in."""
        width, height = SIZES[size]
        context = browser.new_context(base_url=self.address, viewport={"width": width, "height": height},
                                      color_scheme=theme, has_touch=size == "phone")  # fmt: skip
        page: Page = context.new_page()
        page.goto("/sign-in")
        page.get_by_label("Name").fill(name)
        page.get_by_label("Password", exact=True).fill(PASSWORD)
        page.get_by_role("button", name="Sign in").click()
        expect(page).not_to_have_url(re.compile("/sign-in"))
        return page


@pytest.fixture
def clinic(tmp_path: Path) -> Iterator[Clinic]:
    """An office with an expired lot on its shelf, a trained coordinator, and a manager without training."""
    folder = tmp_path / "data"
    folder.mkdir()
    db, now = Database(f"sqlite:///{folder}/supply.db"), datetime.now(UTC)
    upgrade.migrate(db)
    db.transact(lambda session: install(session, stations=(), now=now))
    office = factories.Office(db, now)
    wes = office.person("wes", Role.waste, password=PASSWORD)
    office.person("mia", Role.manager, password=PASSWORD)
    office.item("SYR-3", gtin=SYRINGES, name="Syringe 3 mL with needle", unit="each")
    office.receive("S7", f"{now + timedelta(days=400):%y%m%d}", 8, gtin=SYRINGES)
    past = f"{now - timedelta(days=20):%Y-%m-%d}"
    values = {"day": past, "key": f"{past}/day"}
    statement = "UPDATE lots SET expiry = :day, expiry_key = :key WHERE lot_number = 'S7'"
    db.transact(lambda session: session.execute(sa.text(statement), values))
    set_up_waste(office, trained=wes.person_id, permit_until=now.date() + timedelta(days=300))
    with served(folder, "serve") as running:
        running.start()
        yield Clinic(running, office)
    db.close()


def fit_to_use(page: Page) -> None:
    """Nothing for axe, nothing cut off, nothing too small to press."""
    assert (axe_violations(page), overflow(page), small_targets(page)) == ([], 0, []), page.url


def draw(page: Page) -> None:
    """A signature in the pad, by pointer."""
    pad = page.locator("canvas.pad")
    pad.scroll_into_view_if_needed()
    box = pad.bounding_box()
    assert box is not None
    x, y, width, height = box["x"], box["y"], box["width"], box["height"]
    page.mouse.move(x + 0.1 * width, y + 0.6 * height)
    page.mouse.down()
    for across, down in ((0.2, 0.2), (0.3, 0.8), (0.5, 0.3), (0.7, 0.7), (0.9, 0.4)):
        page.mouse.move(x + across * width, y + down * height, steps=3)
    page.mouse.up()
    expect(page.get_by_text("Drawn.")).to_be_visible()


def at_the_dock(page: Page, pickup: str, numbers: list[str]) -> None:
    """Scan every container of a pickup; what is missing stays on top."""
    page.goto(f"/waste/pickups/{pickup}/dock")
    expect(page.locator("form[data-ready]")).to_be_visible()
    for seen, number in enumerate(numbers, 1):
        scan_as_wedge(page, number)
        expect(page.locator(".dock-count")).to_have_text(f"{seen} of {len(numbers)} scanned")
    expect(page.get_by_role("heading", name="Still missing")).to_have_count(0)


def test_from_an_expired_lot_to_a_paper_signed_by_hand(clinic: Clinic) -> None:
    with start_browser() as browser:
        page = clinic.page(browser, "wes")
        page.goto("/waste")
        page.get_by_role("link", name="Open a container", exact=True).click()
        page.get_by_label("What goes in").select_option("SHARPS")
        page.get_by_label("Where it stands").select_option("STOREROOM")
        page.get_by_role("button", name="Open it").click()
        expect(page.get_by_role("heading", name="Throw into W-000001")).to_be_visible()
        expect(page.locator("form[data-ready]")).to_be_visible()

        scan_as_wedge(page, gs1(SYRINGES, lot="S7"))
        expect(page.locator("#container")).to_contain_text("Lot S7")
        assert clinic.office.stock("SYR-3")["S7"] == 7
        fit_to_use(page)

        page.locator("summary", has_text="Seal it").click()
        page.get_by_label("Weight with what is in it").fill("12.5")
        page.get_by_role("button", name="Seal", exact=True).click()
        expect(page.locator(".facts")).to_contain_text("12.5 lb (5.7 kg)")

        page.goto("/waste/pickups/new")
        expect(page.get_by_label("W-000001")).to_be_checked()
        page.get_by_role("button", name="Book it").click()
        expect(page.get_by_role("heading", name=re.compile("Pickup P-000001"))).to_be_visible()
        page.get_by_role("link", name="They are here").click()
        at_the_dock(page, "P-000001", ["W-000001"])
        fit_to_use(page)
        page.get_by_role("button", name="Show the paper to sign").click()

        expect(page.locator("article.paper")).to_contain_text(DESCRIPTION)
        expect(page.locator("article.paper .stamp")).to_have_text("DRAFT")
        page.get_by_role("button", name="Sign this paper").click()  # nothing drawn yet
        expect(page.locator(".problem-summary")).to_contain_text("Draw your signature in the box")
        draw(page)
        fit_to_use(page)
        page.get_by_role("button", name="Sign this paper").click()

        expect(page.get_by_role("heading", name="The driver signs: M-000001")).to_be_visible()
        expect(page.locator("article.paper img")).to_have_count(1)
        page.get_by_label("Driver's name").fill("Ana Pérez")
        draw(page)
        page.get_by_role("button", name="Sign and take the containers").click()
        expect(page.get_by_role("heading", name=re.compile("Handed over: 1 container, 12.5 lb"))).to_be_visible()
        expect(page.locator("main")).to_contain_text("must be back by")
        fit_to_use(page)

        answer = page.request.get("/waste/papers/M-000001/paper.pdf")
        printed, kind = answer.body(), answer.headers["content-type"]
        page.goto("/waste/papers")
        expect(page.locator("main")).to_contain_text("Copy by")
    assert kind == "application/pdf"
    fields = ["M-000001", "Riverside Clinic", "12 Mill Street", "4-0122", "Lakeside Treatment", "T-77",
              "Safe Carriers", "NJ-2215", "HM", f"X {DESCRIPTION}", "12.5 lb", "1 plastic container", "W-000001",
              "+1 800 555 0199", "Contract CCN 12345", "158", CERTIFICATION, "wes", "Waste coordinator",
              "Ana Pérez", "Driver", "Keep until", "not EPA form 8700-22", "Page 1 of 1"]  # fmt: skip
    assert missing_or_out_of_order(text_of(printed), fields) == []
    assert "/s/" not in text_of(printed)
    assert "DRAFT" not in text_of(printed)
    assert picture_of(printed).size[0] > 500
    assert clinic.office.faults() == []


def choose_to_type(page: Page) -> None:
    """From the drawn way to the typed one, by the arrow keys."""
    drawn = page.get_by_label("Draw my signature")
    expect(drawn).to_be_checked()
    drawn.focus()
    page.keyboard.press("ArrowDown")
    expect(page.get_by_label("Type my name instead")).to_be_checked()


def test_signing_by_keyboard_alone(clinic: Clinic) -> None:
    number = sealed_container(clinic.office)
    pickup = book(clinic.office, number)
    with start_browser() as browser:
        page = clinic.page(browser, "wes", "desktop")
        at_the_dock(page, pickup, [number])
        page.wait_for_timeout(400)  # an Enter right after a scan is the second half of its CR LF
        page.get_by_role("button", name="Show the paper to sign").focus()
        page.keyboard.press("Enter")
        expect(page.get_by_role("heading", name=re.compile("Sign for Riverside"))).to_be_visible()
        choose_to_type(page)
        page.keyboard.press("Tab")
        page.keyboard.type("Somebody Else")
        page.keyboard.press("Enter")
        expect(page.locator(".problem-summary")).to_contain_text("Type your name as it stands on the paper: wes.")
        page.get_by_label("Type your name").focus()
        page.keyboard.press("Control+A")
        page.keyboard.type("Wes")
        page.keyboard.press("Tab")
        expect(page.get_by_role("button", name="Sign this paper")).to_be_focused()
        page.keyboard.press("Enter")
        expect(page.get_by_role("heading", name="The driver signs: M-000001")).to_be_visible()
        choose_to_type(page)
        page.get_by_label("Driver's name").focus()
        page.keyboard.type("Ana Pérez")
        page.keyboard.press("Enter")
        expect(page.get_by_role("heading", name=re.compile("Handed over"))).to_be_visible()
        answer = page.request.get("/waste/papers/M-000001/paper.pdf")
        assert answer.headers["content-type"] == "application/pdf"
        printed = answer.body()
    assert missing_or_out_of_order(text_of(printed), ["/s/ wes", "/s/ Ana Pérez"]) == []


def test_without_script_one_signs_by_typing(clinic: Clinic) -> None:
    number = sealed_container(clinic.office)
    pickup = book(clinic.office, number)
    with start_browser() as browser:
        state = clinic.page(browser, "wes").context.storage_state()
        context = browser.new_context(base_url=clinic.address, java_script_enabled=False, storage_state=state)
        page = context.new_page()
        page.goto(f"/waste/pickups/{pickup}/dock")
        page.get_by_label("Scan a container").fill(number)
        page.get_by_role("button", name="Tick it").click()
        page.get_by_role("button", name="Show the paper to sign").click()
        assert not page.get_by_label("Draw my signature").is_visible()
        page.get_by_label("Type your name").fill("wes")
        page.get_by_role("button", name="Sign this paper").click()
        page.get_by_label("Driver's name").fill("Ana Pérez")
        page.get_by_role("button", name="Sign and take the containers").click()
        assert page.get_by_role("heading", name=re.compile("Handed over")).is_visible()


def test_a_drawing_survives_a_dead_network_and_a_refusal(clinic: Clinic) -> None:
    number = sealed_container(clinic.office)
    pickup = book(clinic.office, number)
    with start_browser() as browser:
        page = clinic.page(browser, "wes", "tablet", "dark")
        at_the_dock(page, pickup, [number])
        page.get_by_role("button", name="Show the paper to sign").click()
        draw(page)
        page.route("**/sign", lambda route: route.abort() if route.request.method == "POST" else route.continue_())
        page.get_by_role("button", name="Sign this paper").click()
        expect(page.get_by_text("Your signature is kept on this page")).to_be_visible()
        page.unroute("**/sign")
        page.get_by_label("Your title").evaluate("field => { field.required = false; field.value = ''; }")
        before = page.locator('[name="drawing"]').input_value()
        page.get_by_role("button", name="Sign this paper").click()
        expect(page.locator(".problem-summary")).to_contain_text("Type your title")
        expect(page.get_by_text("Drawn.")).to_be_visible()
        assert page.locator('[name="drawing"]').input_value() == before
        assert ink(page) > 100
        fit_to_use(page)
        page.set_viewport_size({"width": 500, "height": 800})
        page.wait_for_timeout(300)
        assert ink(page) > 100  # redrawn for the other size
        page.get_by_role("button", name="Clear").click()
        expect(page.get_by_text("Nothing drawn yet.")).to_be_visible()
        assert (page.locator('[name="drawing"]').input_value(), ink(page)) == ("", 0)
        draw(page)
        page.get_by_label("Your title").fill("Coordinator")
        page.get_by_role("button", name="Sign this paper").click()
        expect(page.get_by_role("heading", name="The driver signs: M-000001")).to_be_visible()


def ink(page: Page) -> int:
    """How many pixels of the pad are drawn on."""
    script = """canvas => { const { width, height } = canvas, context = canvas.getContext('2d');
        return context.getImageData(0, 0, width, height).data.filter((value, at) => at % 4 === 3 && value).length; }"""
    return int(page.locator("canvas.pad").evaluate(script))


@pytest.mark.parametrize(("size", "theme"), [("phone", "dark"), ("desktop", "light")])
def test_a_manager_without_training_is_told_who_can_sign(clinic: Clinic, size: str, theme: str) -> None:
    number, other = sealed_container(clinic.office), open_container(clinic.office, "REDBAG")
    pickup = book(clinic.office, number)
    with start_browser() as browser:
        page = clinic.page(browser, "mia", size, theme)
        at_the_dock(page, pickup, [number])
        page.get_by_role("button", name="Show the paper to sign").click()
        expect(page.locator("article.paper")).to_contain_text(DESCRIPTION)
        expect(page.locator("main")).to_contain_text(
            "You can't sign this: no hazardous-materials training is recorded for you. Ask wes."
        )
        expect(page.get_by_role("button", name="Sign this paper")).to_have_count(0)
        fit_to_use(page)
        for address in ("/waste", f"/waste/containers/{other}", f"/waste/containers/{number}", "/waste/containers/new",
                        "/waste/containers", "/waste/pickups", "/waste/pickups/new", f"/waste/pickups/{pickup}",
                        "/waste/papers", "/waste/papers/M-000001", "/waste/parties", "/waste/parties/1",
                        "/waste/parties/new", "/waste/rules", "/waste/training"):  # fmt: skip
            page.goto(address)
            fit_to_use(page)
            assert not re.search(r"\d+/\d+/\d+", page.locator("main").inner_text()), address
