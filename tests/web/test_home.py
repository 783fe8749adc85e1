"""The start page: what is to be decided, for whom, and what each role can do next."""

from collections.abc import Callable
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient
from playwright.sync_api import Page

from supply.alerts import book
from supply.alerts.book import Cause
from supply.db import Database
from supply.staff.permissions import Role
from supply.stations.installing import install
from tests import factories
from tests.browser import SIZES, axe_violations, overflow, small_targets
from tests.web.conftest import START, Clock

KINDS = ("expiry", "reorder", "device", "backup")


@pytest.fixture
def stock(db: Database) -> factories.Office:
    """The office with a storeroom that holds gloves."""
    db.transact(lambda session: install(session, stations=(), now=START))
    office = factories.Office(db, START)
    office.item()
    return office


def cause(subject: str, **fields: Any) -> Cause:
    values = {"kind": "expiry", "severity": "note", "message": f"{subject} is the matter. Do it.", "link": "/expiry",
              "role": "manager", "verb": "See the lots", "group_words": "lots expire soon",
              "group_link": "/expiry?show=90"}  # fmt: skip
    return Cause(**{**values, "subject": subject, **fields})


@pytest.fixture
def alert(db: Database, clock: Clock) -> Callable[..., None]:
    """Makes exactly these alerts open."""
    return lambda *causes: db.transact(lambda s: book.update(s, kinds=KINDS, causes=causes, now=clock()))


def lines(page: str) -> list[str]:
    """The headings of the decision lines."""
    if 'id="to-decide"' not in page:
        return []
    section = page.split('id="to-decide"')[1].split("</section>")[0]
    return [part.split("</h3>")[0].strip() for part in section.split("<h3>")[1:]]


def test_nothing_to_decide_says_so_and_when_it_is_looked_at_next(
    client: FlaskClient, sign_in: Callable[..., str], stock: factories.Office
) -> None:
    sign_in(Role.manager)
    assert "Nothing to decide. Next check tomorrow at 05:00." in client.get("/").text


def test_nothing_to_decide_says_since_when(
    client: FlaskClient, sign_in: Callable[..., str], alert: Callable[..., None], db: Database, clock: Clock
) -> None:
    alert(cause("Lot 1"), cause("Lot 2"))
    clock.forward(minutes=10)
    alert(cause("Lot 2"))
    token = sign_in(Role.manager)
    with db.read_session() as session:
        number = session.scalar(sa.text("SELECT id FROM alerts WHERE closed_at IS NULL"))
    clock.forward(minutes=4)
    client.post("/alerts/acknowledge", data={"csrf_token": token, "ids": number})
    said = client.get("/").text
    assert "Nothing to decide since 2026-NOV-23 09:14. 1 that you have seen is still open. Next check" in said


def test_the_most_urgent_stands_first_with_its_reason_and_one_button(
    client: FlaskClient, sign_in: Callable[..., str], alert: Callable[..., None]
) -> None:
    alert(cause("Lot 1"), cause("Lot 2", severity="stop", verb="Throw out", link="/expiry?show=expired", value=31_000))
    sign_in(Role.manager)
    page = client.get("/").text
    assert lines(page) == ["Lot 2 is the matter.", "Lot 1 is the matter."]
    assert "2 things to decide" in page
    section = page.split('id="to-decide"')[1].split("</section>")[0]
    assert section.count("btn-primary") == 2
    assert 'href="/expiry?show=expired">Throw out' in section
    assert "worth $3.10" in section
    assert "Since 2026-NOV-23 09:00" in section


def test_at_most_seven_lines_and_the_rest_is_counted(
    client: FlaskClient, sign_in: Callable[..., str], alert: Callable[..., None]
) -> None:
    sorts = [cause(f"Thing {n}", kind="reorder", group_words=f"things {n}", severity="short") for n in range(7)]
    alert(*sorts, *(cause(f"Lot {n}", value=10_000) for n in range(20)))
    sign_in(Role.manager)
    page = client.get("/").text
    assert len(lines(page)) == 7
    assert "27 things to decide" in page
    assert "And 20 more" in page
    alert(*(cause(f"Lot {n}", value=10_000) for n in range(20)))
    assert lines(client.get("/").text) == ["20 lots expire soon, worth $20.00"]


def test_each_sees_what_is_for_their_role_and_who_decides_nothing_is_shown_nothing(
    app: Flask, sign_in: Callable[..., str], alert: Callable[..., None]
) -> None:
    alert(
        cause("Lot 1", role="nurse"),
        cause("Lot 2", role="manager"),
        cause("Backup", kind="backup", role="admin"),
        cause("Container", role="waste"),
    )
    seen = {}
    for role in Role:
        browser = app.test_client()
        sign_in(role, browser)
        seen[role] = len(lines(browser.get("/").text))
    assert seen == {
        Role.nurse: 1,
        Role.receiver: 0,
        Role.manager: 4,
        Role.waste: 1,
        Role.auditor: 0,
        Role.admin: 1,
    }


def test_whoever_comes_to_scan_reads_three_lines_at_most(
    client: FlaskClient, sign_in: Callable[..., str], alert: Callable[..., None]
) -> None:
    alert(*(cause(f"Lot {n}", role="nurse", severity="stop") for n in range(5)))
    sign_in(Role.nurse)
    assert lines(client.get("/").text) == ["5 lots expire soon"]


def test_what_a_maker_wrote_is_shown_as_text(
    client: FlaskClient, sign_in: Callable[..., str], alert: Callable[..., None]
) -> None:
    alert(cause("<img src=x>"))
    sign_in(Role.manager)
    page = client.get("/").text
    assert "<img" not in page
    assert lines(page) == ["&lt;img src=x&gt; is the matter."]


def test_what_is_on_the_shelves_is_counted_and_each_count_leads_to_its_list(
    client: FlaskClient, sign_in: Callable[..., str], stock: factories.Office, clock: Clock
) -> None:
    stock.receive(lot="OLD", expiry="261130")
    stock.receive(lot="SOON", expiry="261220")
    stock.receive(lot="FRESH", expiry="290101")
    stock.scan("0104006381333931", "use")
    clock.forward(days=10)
    sign_in(Role.manager)
    page = client.get("/").text
    assert '<span class="number">1</span>past their date, still on a shelf' in page
    assert '<span class="number">1</span>scans to settle' in page
    assert '<span class="number">1</span>lots to use within 30 days' in page
    assert page.index("past their date") < page.index("scans to settle") < page.index("to use within")
    for address in ("/expiry?show=expired", "/expiry?show=30", "/scans"):
        assert f'href="{address}"' in page
        assert client.get(address, follow_redirects=True).status_code == 200


def test_a_nurse_is_not_shown_what_only_a_manager_settles(
    client: FlaskClient, sign_in: Callable[..., str], stock: factories.Office
) -> None:
    stock.scan("0104006381333931", "use")
    sign_in(Role.nurse)
    assert "to settle" not in client.get("/").text


def test_the_page_asks_the_database_few_questions_however_much_is_open(
    app: Flask, sign_in: Callable[..., str], alert: Callable[..., None], db: Database
) -> None:
    alert(*(cause(f"Lot {n}", group_words=f"sort {n % 12}") for n in range(300)))
    browser = app.test_client()
    sign_in(Role.manager, browser)
    asked: list[str] = []
    sa.event.listen(db.engine, "before_cursor_execute", lambda *said: asked.append(said[2]))
    browser.get("/")
    assert len(asked) <= 12, asked


@pytest.mark.parametrize(
    ("role", "first"),
    [
        (Role.nurse, "Take or put back"),
        (Role.receiver, "Receive a delivery"),
        (Role.manager, "Take or put back"),
        (Role.waste, "Waste"),
        (Role.auditor, "See the stock"),
        (Role.admin, "People"),
    ],
)
def test_the_most_likely_next_act_of_each_role_stands_first(
    client: FlaskClient, sign_in: Callable[..., str], role: Role, first: str
) -> None:
    sign_in(role)
    page = client.get("/").text
    assert page.split('class="way way-first"')[1].split("<strong>")[1].startswith(first)


@pytest.mark.parametrize("role", list(Role), ids=lambda role: role.value)
def test_the_menu_holds_only_pages_that_open_for_the_role(
    client: FlaskClient, sign_in: Callable[..., str], stock: factories.Office, role: Role
) -> None:
    sign_in(role)
    menu = client.get("/").text.split('aria-label="Pages">')[1].split("</nav>")[0]
    addresses = [part.split('"')[0] for part in menu.split('href="')[1:]]
    assert "/" in addresses
    assert {address: client.get(address, follow_redirects=True).status_code for address in addresses} == dict.fromkeys(
        addresses, 200
    )
    assert ("People" in menu) == (role is Role.admin)


def test_decisions_and_alerts_are_fit_for_everybody(page: Page, enter: Callable[[Role], None], db: Database) -> None:
    causes = [cause(f"Lot {n}", severity=s, role="admin") for n, s in enumerate(("stop", "short", "soon", "note"))]
    causes += [cause("Books", kind="backup", severity="stop", role="admin", group_words="", link="/alerts")]
    causes += [cause(f"Device {n}", kind="device", role="admin", group_words="devices do not work") for n in range(3)]
    db.transact(lambda s: book.update(s, kinds=KINDS, causes=causes, now=START))
    enter(Role.admin)
    for address in ("/", "/alerts", "/alerts/mail", "/alerts?show=closed"):
        page.goto(address)
        for width, height in SIZES.values():
            page.set_viewport_size({"width": width, "height": height})
            assert (address, axe_violations(page)) == (address, [])
            assert (address, overflow(page), small_targets(page)) == (address, 0, [])
