"""A Chromium for tests: `start_browser` opens one, `axe_violations` judges a page, `overflow` finds what is cut off."""

import os
import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect, sync_playwright

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
expect.set_options(timeout=20_000)  # two browsers on two busy cores answer late at times
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
    with _playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=[*FLAGS, *more_flags])
        try:
            yield browser
        finally:
            browser.close()


_users: list[object] = []
_running: list[Any] = []


@contextmanager
def _playwright() -> Iterator[Any]:
    """The one Playwright of this process: a second one in the same thread is refused by the library."""
    if not _running:
        _running.append(sync_playwright().start())
    user = object()
    _users.append(user)
    try:
        yield _running[0]
    finally:
        _users.remove(user)
        if not _users:
            _running.pop().stop()


def axe_violations(page: Page) -> list[str]:
    """What axe finds wrong on this page, a line each: rule, how grave, where."""
    page.emulate_media(reduced_motion="reduce")  # nothing is judged while it fades in
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


_SHIFTED = dict(zip('~!@#$%^&*()_+{}|:"<>?', "`1234567890-=[]\\;',./", strict=True))
_NAMED = {
    "`": "Backquote", "-": "Minus", "=": "Equal", "[": "BracketLeft", "]": "BracketRight", "\\": "Backslash",
    ";": "Semicolon", "'": "Quote", ",": "Comma", ".": "Period", "/": "Slash", " ": "Space",
}  # fmt: skip
SHIFT, CONTROL = 8, 2
KEY_SECONDS = 0.004


def scan_as_wedge(page: Page, code: str) -> None:
    """Type a code as a keyboard-wedge scanner does: trusted keys 4 ms apart, GS as Ctrl+], Enter at the end.

    The keys carry their own times, so that a busy machine cannot make a scanner look like a slow person.
    """
    client = page.context.new_cdp_session(page)
    began = time.time()
    for n, character in enumerate((*code, "\r")):
        key = {**_key(character), "timestamp": began + n * KEY_SECONDS}
        client.send("Input.dispatchKeyEvent", {"type": "keyDown", **key})
        client.send("Input.dispatchKeyEvent", {"type": "keyUp", **{k: v for k, v in key.items() if k != "text"}})
    client.detach()


def scan_at_once(page: Page, code: str) -> None:
    """The same keys in one moment of the page, for pages whose clock a test holds: it times keys as they arrive."""
    page.evaluate(
        """(keys) => { for (const { key, code, modifiers = 0 } of keys) {
            const held = { shiftKey: modifiers === 8, ctrlKey: modifiers === 2 };
            const init = { key, code, ...held, bubbles: true, cancelable: true };
            for (const kind of ["keydown", "keyup"]) document.body.dispatchEvent(new KeyboardEvent(kind, init));
        } }""",
        [_key(character) for character in (*code, "\r")],
    )


def _key(character: str) -> dict[str, Any]:
    if character == "\r":
        return {"key": "Enter", "code": "Enter", "text": "\r", "windowsVirtualKeyCode": 13}
    if character == "\x1d":
        return {"key": "]", "code": "BracketRight", "modifiers": CONTROL, "windowsVirtualKeyCode": 221}
    plain = _SHIFTED.get(character, character.lower())
    shifted = plain != character
    named = f"Digit{plain}" if plain.isdigit() else f"Key{plain.upper()}" if plain.isalpha() else _NAMED[plain]
    return {"key": character, "code": named, "text": character, "modifiers": SHIFT if shifted else 0}
