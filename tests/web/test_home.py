"""The start page: what waits for whom, and what each role can do next."""

from collections.abc import Callable

import pytest
from flask.testing import FlaskClient

from supply.db import Database
from supply.staff.permissions import Role
from supply.stations.installing import install
from tests import factories
from tests.web.conftest import START, Clock


@pytest.fixture
def stock(db: Database) -> factories.Office:
    """The office with a storeroom that holds gloves."""
    db.transact(lambda session: install(session, stations=(), now=START))
    office = factories.Office(db, START)
    office.item()
    return office


def test_nothing_waiting_is_said_with_its_time(
    client: FlaskClient, sign_in: Callable[..., str], stock: factories.Office
) -> None:
    stock.receive(lot="FRESH", expiry="290101")
    sign_in(Role.manager)
    assert "nothing past its date, and nothing to use soon. As of 09:00." in client.get("/").text


def test_what_waits_is_counted_and_each_count_leads_to_its_list(
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
    page = client.get("/").text
    assert "to settle" not in page
    assert "Nothing past its date" in page


@pytest.mark.parametrize(
    ("role", "first"),
    [
        (Role.nurse, "Take or put back"),
        (Role.receiver, "Receive a delivery"),
        (Role.manager, "Take or put back"),
        (Role.waste, "See the stock"),
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
