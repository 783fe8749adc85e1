"""What a person does at the kiosk, in short words, and what stands on its screen."""

from collections.abc import Callable

from playwright.sync_api import Page, Request, expect

from supply.barcodes.house_code import COMMAND, encode
from tests.browser import scan_as_wedge, scan_at_once

Begin = Callable[..., Page]


def scan(page: Page, code: str) -> None:
    """As a keyboard wedge types it."""
    scan_as_wedge(page, code)


def state(page: Page, name: str) -> None:
    """The card in the middle is in this state."""
    expect(page.locator("#kiosk-answer [data-state]")).to_have_attribute("data-state", name)


def press(page: Page, name: str) -> None:
    """The button of that name."""
    page.get_by_role("button", name=name, exact=True).first.click()


def facts(page: Page) -> dict[str, str]:
    """The table of a stop."""
    rows = page.locator(".k-facts tr").all()
    return {row.locator("th").inner_text(): row.locator("td").inner_text() for row in rows}


def posts(page: Page) -> list[Request]:
    """From now on, the scans that the page sends."""
    sent: list[Request] = []
    page.on("request", lambda one: sent.append(one) if one.url.endswith("/api/v1/scans") else None)
    return sent


def put_in(page: Page) -> None:
    """From now on a scan puts in, for a delivery without an order."""
    scan_at_once(page, encode(COMMAND, "PUTIN"))
    press(page, "A delivery without an order")
    expect(page.locator("#kiosk-mode")).to_have_text("PUT IN")
    expect(page.locator("#kiosk-where")).to_contain_text("Delivery")
