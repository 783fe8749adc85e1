"""From the scan of a box to the label in the hand: the page, the worker's print loop and a printer on the network."""

import threading
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
import zxingcpp
from PIL import Image
from playwright.sync_api import Page, expect

from supply.devices.emulators.printer import EmulatedPrinter
from supply.settings import Settings
from supply.staff.permissions import Role
from supply.worker.printing import Printing
from tests.browser import scan_as_wedge
from tests.factories import GLOVES, Office, gs1
from tests.web.pages.test_labels import add_printer

BOX = gs1(GLOVES, lot="C3", expiry="280630")


@pytest.fixture
def printer(stocked: Office, settings: Settings, tmp_path: Path) -> Iterator[EmulatedPrinter]:
    """A printer at a receiving bench, and a worker that prints what waits for it."""
    with EmulatedPrinter(tmp_path / "labels") as plugged:
        add_printer(stocked, port=plugged.port, mm_per_second=3000)
        printing = Printing(stocked.db, settings, lambda: datetime.now(UTC))
        told = threading.Event()

        def work() -> None:
            while not told.wait(0.3):
                printing.round()

        worker = threading.Thread(target=work)
        worker.start()
        yield plugged
        told.set()
        worker.join()
        printing.stop(still_leads=True)


def receive(page: Page, enter: Callable[[Role], None]) -> None:
    """Open a delivery and scan one box."""
    enter(Role.receiver)
    page.goto("/receive")
    page.get_by_label("Who brought it").fill("Northside Supply")
    page.get_by_role("button", name="Start scanning").click()
    expect(page.locator("form[data-ready]")).to_be_visible()
    scan_as_wedge(page, BOX)


def test_a_receiver_scans_a_box_and_its_label_comes_out(printer, stocked: Office, page: Page, enter) -> None:
    receive(page, enter)
    expect(page.locator(".boxes > li")).to_contain_text("Label printed")
    (label,) = printer.labels()
    (read,) = zxingcpp.read_barcodes(Image.open(label).convert("L"))
    assert bytes(read.bytes).decode() == BOX
    scan_as_wedge(page, bytes(read.bytes).decode())  # what came out means the very box that went in
    expect(page.locator(".came tbody tr")).to_have_count(1)
    expect(page.locator(".boxes > li")).to_have_count(2)


def test_a_printer_without_paper_is_said_on_the_page_and_goes_on_by_itself(printer, page: Page, enter) -> None:
    printer.set_faults(no_paper=True)
    receive(page, enter)
    expect(page.locator(".boxes > li")).to_contain_text("Label held up")
    expect(page.locator("#bench")).to_contain_text("no paper")
    printer.set_faults()
    expect(page.locator(".boxes > li")).to_contain_text("Label printed")
    assert len(printer.labels()) == 1


def test_a_label_nobody_can_be_sure_of_is_asked_about_and_settled_by_a_manager(printer, page: Page, enter) -> None:
    printer.set_faults(gone_after_bytes=500)
    receive(page, enter)
    asked = page.get_by_role("link", name="Did the label come out?")
    expect(asked).to_be_visible()
    printer.set_faults()
    page.get_by_role("button", name="Sign out").click()
    enter(Role.manager)
    page.goto("/labels/queue")
    page.get_by_role("button", name="No, print again").click()
    expect(page.get_by_text("It is printed again.")).to_be_visible()
    expect(page.locator(".rows > li.is-done")).to_contain_text("Printed")
    assert len(printer.labels()) == 1
