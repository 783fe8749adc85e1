"""The pages in a real browser: accessible in every size and theme, nothing cut off, and usable without script."""

from collections.abc import Callable

import pytest
from flask import render_template_string
from playwright.sync_api import Browser, Page, expect

from supply.db import Database
from supply.settings import Settings
from supply.staff.permissions import Role
from supply.web.access import public
from supply.web.app import create_app
from supply.web.server import WebServer
from tests.browser import SIZES, axe_violations, overflow, small_targets
from tests.web.conftest import PASSWORD, Office

LOOKS = [("desktop", "light"), ("phone", "dark"), ("narrow", "light")]  # each size, each theme

GALLERY = """{% extends "base.html" %}
{% from "macros/states.html" import state, empty %}{% from "macros/forms.html" import stepper, field, problem_summary %}
{% from "macros/stock.html" import stock_bar %}
{% block title %}Components{% endblock %}{% block main %}<h1>Components</h1>
{{ problem_summary("Type the date from the box.", "expiry") }}
{{ field("expiry", "Expires", error="Type the date from the box.", required=True) }}
<p>{% for kind in kinds %}{{ state(kind) }} {% endfor %}</p>
{{ stepper("quantity", "How many", 12, "boxes", all=12, one="box") }}
{{ stock_bar(6, 10, 4, 12) }}{{ stock_bar(2, 10, 4) }}{{ stock_bar(0) }}
{% for kind in ("done", "no-match", "not-set-up", "failed") %}
{% call empty(kind, "Nothing to decide", "Next check tomorrow at 06:00.") %}
<a class="btn btn-primary" href="/">Go on</a>
{% endcall %}
{% endfor %}{% endblock %}"""


@pytest.fixture
def gallery(db: Database, settings: Settings):
    """A server with one more page, which shows every component in every state."""
    app = create_app(db, settings)
    kinds = ("ok", "note", "soon", "short", "stop", "recalled", "waiting", "closed")
    view = public(lambda: render_template_string(GALLERY, kinds=kinds))
    app.add_url_rule("/components", "components", view)
    server = WebServer(app, settings.model_copy(update={"server": settings.server.model_copy(update={"port": 0})}))
    server.start()
    yield server.url
    server.stop()


def judge(page: Page) -> None:
    """No violation, nothing wider than the window, and every control large enough to hit."""
    assert axe_violations(page) == []
    assert overflow(page) == 0
    assert small_targets(page, 48) == []


@pytest.mark.parametrize(("size", "theme"), LOOKS)
def test_the_pages_are_accessible(
    page: Page, enter: Callable[[Role], None], office: Office, size: str, theme: str
) -> None:
    width, height = SIZES[size]
    page.set_viewport_size({"width": width, "height": height})
    page.emulate_media(color_scheme=theme)
    page.goto("/sign-in")
    judge(page)
    enter(Role.admin)
    judge(page)
    for where in ("/people", "/people/new", f"/people/{office.ids[Role.nurse]}", "/account", "/nothing"):
        page.goto(where)
        judge(page)


@pytest.mark.parametrize(("size", "theme"), LOOKS)
def test_the_components_are_accessible(browser: Browser, gallery: str, size: str, theme: str) -> None:
    width, height = SIZES[size]
    context = browser.new_context(viewport={"width": width, "height": height}, color_scheme=theme)
    page = context.new_page()
    page.goto(f"{gallery}/components")
    judge(page)
    for chip in page.locator(".state").all():
        assert chip.locator("svg").count() == 1
        assert chip.inner_text().strip()
    context.close()


def test_an_error_takes_the_focus_and_the_stepper_counts(browser: Browser, gallery: str) -> None:
    page = browser.new_page()
    page.goto(f"{gallery}/components")
    expect(page.locator(".problem-summary")).to_be_focused()
    page.get_by_role("button", name="One fewer box").click()
    expect(page.get_by_label("How many")).to_have_value("11")
    page.get_by_role("button", name="All 12").click()
    page.get_by_role("button", name="One more box").click()
    expect(page.get_by_label("How many")).to_have_value("13")
    page.close()


def test_signing_in_adding_a_person_and_signing_out_work_without_script(browser: Browser, live: str) -> None:
    context = browser.new_context(base_url=live, java_script_enabled=False)
    page = context.new_page()
    page.goto("/people/new")
    page.get_by_label("Name").fill("admin")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("heading", name="Add a person")).to_be_visible()
    page.get_by_label("Name for signing in").fill("kim")
    page.get_by_label("Receiver").check()
    page.get_by_role("button", name="Add", exact=True).click()
    expect(page.get_by_role("status")).to_have_text("kim is added.")
    page.get_by_role("button", name="Sign out").click()
    expect(page.get_by_role("heading", name="Sign in")).to_be_visible()
    context.close()


def test_the_menu_of_a_phone_opens_and_closes_by_keyboard(page: Page, enter: Callable[[Role], None]) -> None:
    page.set_viewport_size({"width": 390, "height": 844})
    enter(Role.admin)
    page.locator("details.menu summary").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("navigation", name="Menu").get_by_role("link", name="People")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.locator("details.menu summary")).to_be_focused()
    expect(page.get_by_role("navigation", name="Menu")).to_be_hidden()


def test_every_focus_is_seen_and_hidden_by_nothing(page: Page, enter: Callable[[Role], None]) -> None:
    enter(Role.admin)
    page.goto("/people/new")
    for _ in range(25):
        page.keyboard.press("Tab")
        seen = page.evaluate(
            """async () => { const one = document.activeElement; if (one === document.body) return true;
            await new Promise(drawn => requestAnimationFrame(() => requestAnimationFrame(drawn)));
            const box = one.getBoundingClientRect();
            const top = document.elementFromPoint(box.x + box.width / 2, box.y + box.height / 2);
            const ring = getComputedStyle(one);
            return ring.outlineStyle === 'solid' && top && (one === top || one.contains(top) || top.contains(one)
              || one.closest('.choice')?.contains(top)) || one.outerHTML.slice(0, 200); }"""
        )
        assert seen is True


def test_passwords_are_pasted_and_offered_to_password_managers(page: Page) -> None:
    page.goto("/sign-in")
    assert page.get_by_label("Name").get_attribute("autocomplete") == "username"
    field = page.get_by_label("Password")
    assert field.get_attribute("autocomplete") == "current-password"
    field.focus()
    page.keyboard.insert_text("pasted password")
    expect(field).to_have_value("pasted password")


def test_the_documentation_page_runs_under_the_strict_policy(page: Page) -> None:
    page.goto("/api/v1/docs")
    expect(page.locator(".swagger-ui .info .title")).to_be_visible(timeout=15_000)


def test_the_browser_keeps_nothing_to_go_back_to_after_signing_out(page: Page, enter: Callable[[Role], None]) -> None:
    enter(Role.admin)
    page.goto("/people")
    page.get_by_role("button", name="Sign out").click()
    page.wait_for_url("**/sign-in")
    page.go_back()
    expect(page.get_by_role("heading", name="Sign in")).to_be_visible()
