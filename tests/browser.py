"""A Chromium for tests: `start_browser` opens one, `axe_violations` judges a page, `overflow` finds what is cut off."""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, sync_playwright

FLAGS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
SIZES = {"desktop": (1280, 800), "phone": (390, 844), "narrow": (320, 640)}
AXE_OPTIONS = {
    "resultTypes": ["violations"],
    "runOnly": {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]},
    "rules": {"target-size": {"enabled": True}},
}


@contextmanager
def start_browser(*more_flags: str) -> Iterator[Browser]:
    """Chromium without a screen; `more_flags` for a fake camera and the like. $CHROMIUM names another one."""
    path = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("chromium-browser")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=[*FLAGS, *more_flags])
        try:
            yield browser
        finally:
            browser.close()


def axe_violations(page: Page) -> list[str]:
    """What axe finds wrong on this page, a line each: rule, how grave, where."""
    found: list[dict[str, Any]] = Axe().run(page, options=AXE_OPTIONS).response["violations"]
    return [
        f"{one['id']} ({one['impact']}): {node['html'][:160]} {node.get('failureSummary', '')[:200]}"
        for one in found
        for node in one["nodes"]
    ]


def overflow(page: Page) -> int:
    """By how many pixels the page is wider than its window; 0 when nothing has to be scrolled sideways."""
    return int(page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth"))


def small_targets(page: Page, least: int = 44) -> list[str]:
    """Buttons, fields and lone links that are lower than `least` pixels, by their text."""
    chosen = "button, summary, select, a.btn, a.way, .sidebar a, input:not([type=hidden])"
    script = """([chosen, least]) => [...document.querySelectorAll(chosen)]
        .filter(one => one.checkVisibility() && !one.closest('.choice, .swagger, .visually-hidden'))
        .filter(one => one.getBoundingClientRect().height < least)
        .map(one => `${one.tagName} ${one.textContent.trim() || one.name}`)"""
    return list(page.evaluate(script, [chosen, least]))
