"""What is judged of every look of the kiosk: axe, fitting, sizes of targets, nothing cut off, how dates stand."""

import re

from playwright.sync_api import Page

from tests.browser import axe_violations, overflow


def judge(page: Page, what: str, faults: list[str]) -> None:
    """Add to `faults` what is wrong with the page as it stands."""
    faults += [f"{what}: {fault}" for fault in axe_violations(page)]
    if overflow(page) or page.locator("#main").evaluate("one => one.scrollWidth > one.clientWidth + 1"):
        faults.append(f"{what}: wider than the screen")
    low = page.evaluate(
        """() => [...document.querySelectorAll(".k-button, .k-input")].filter((one) => one.checkVisibility())
            .filter((one) => one.getBoundingClientRect().height < 63.5).map((one) => one.textContent)"""
    )
    faults += [f"{what}: lower than 64 px: {words}" for words in low]
    cut = page.evaluate(
        """() => [...document.querySelectorAll(".k-card *, .k-button")].filter((one) => one.checkVisibility())
            .filter((one) => one.scrollWidth > one.clientWidth + 1 && getComputedStyle(one).display !== "inline")
            .filter((one) => !(one instanceof SVGElement)).map((one) => `${one.className}: ${one.textContent}`)"""
    )
    faults += [f"{what}: cut off: {words}" for words in cut]
    shown = page.locator("body").inner_text()
    faults += [
        f"{what}: date {found}" for found in re.findall(r"\b\d{1,2}/\d{1,2}/\d{2,4}\b|\b\d{4}-\d{2}-\d{2}\b", shown)
    ]
    bare = page.evaluate(
        """() => [...document.querySelectorAll(".state")]
            .filter((one) => !one.querySelector("svg") || !one.innerText.trim()).length"""
    )
    if bare:
        faults.append(f"{what}: a state without shape or word")
