"""What expires, worst first; throwing a row out once, and taking it back."""

import pytest
import sqlalchemy as sa

from supply.settings import Settings
from supply.staff.permissions import Role
from supply.waste import containers
from supply.waste.models import ContainerEntry
from tests.factories import Office
from tests.web.pages.conftest import hidden, lot_id, notice_undo


@pytest.fixture
def settings(settings: Settings, request: pytest.FixtureRequest) -> Settings:
    """The office's settings, with another number of days where a test asks for one."""
    days = getattr(request, "param", settings.scanning.expires_soon_days)
    scanning = settings.scanning.model_copy(update={"expires_soon_days": days})
    return settings.model_copy(update={"scanning": scanning})


def form_of(page: str) -> dict[str, str]:
    """The hidden fields of the first row's form."""
    names = ("request_id", "lot_id", "location", "quantity", "reason", "next")
    return {name: hidden(page, name)[0].replace("&amp;", "&") for name in names}


def test_lots_stand_in_groups_worst_first(stocked: Office, browse) -> None:
    stocked.receive("S1", "261125")
    page = browse(Role.nurse).get("/expiry?show=90").text
    order = [page.index(word) for word in ("Today and the next 7 days", "Lot S1", "8 to 30 days", "Lot F1")]
    assert order == sorted(order)
    assert "8 days left" in page
    assert "Lot A1" not in page
    assert "Lot F0" not in page
    expired = browse(Role.nurse).get("/expiry?show=expired").text
    assert expired.index("Expired: do not use") < expired.index("Lot F0") < expired.index("22 days over")


def test_each_preset_counts_the_rows_that_it_shows(stocked: Office, browse) -> None:
    browser = browse(Role.nurse)
    for show in ("expired", "7", "30", "60", "90"):
        page = browser.get(f"/expiry?show={show}").text
        chosen = page.split('aria-current="true"')[1]
        count = int(chosen.split('class="number">')[1].split("<")[0])
        assert count == len(hidden(page, "lot_id"))


@pytest.mark.parametrize(("settings", "lots"), [(45, 3), (30, 2), (7, 1), (2, 1)], indirect=["settings"])
def test_the_start_page_counts_the_rows_it_leads_to(stocked: Office, settings: Settings, browse, lots: int) -> None:
    days = settings.scanning.expires_soon_days
    stocked.receive("S1", "261125")
    stocked.receive("S2", "270105")
    browser = browse(Role.nurse)
    before, _ = browser.get("/").text.split(f"lots to use within {days} days")
    assert before.endswith(f'<span class="number">{lots}</span>')
    assert f'href="/expiry?show={days}"' in before
    assert len(hidden(browser.get(f"/expiry?show={days}").text, "lot_id")) == lots
    assert len(hidden(browser.get("/expiry").text, "lot_id")) == lots


@pytest.mark.parametrize(("show", "lots"), [("expired", 1), ("7", 0), ("30", 1), ("90", 1), ("nonsense", 1), ("", 1)])
def test_the_span_lives_in_the_address(stocked: Office, browse, show: str, lots: int) -> None:
    assert len(hidden(browse(Role.nurse).get(f"/expiry?show={show}").text, "lot_id")) == lots


def test_value_is_at_cost_or_said_to_be_unknown(stocked: Office, browse) -> None:
    stocked.receive("C1", "261220", 4)
    page = browse(Role.nurse).get("/expiry").text
    assert "$5.00" in page
    assert "cost unknown" in page


@pytest.mark.parametrize("role", [Role.nurse, Role.receiver, Role.manager])
def test_one_press_throws_the_row_out_and_undo_brings_it_back(stocked: Office, browse, role: Role) -> None:
    browser = browse(role)
    form = form_of(browser.get("/expiry?show=expired").text)
    page = browser.follow("/expiry/throw-out", **form)
    assert "Thrown out: 2 vials of Influenza vaccine 0.5 mL." in page
    assert "Nothing expired on the shelves" in page
    moved = stocked.movements(form["request_id"])
    assert [(row.kind.value, row.quantity, row.reason) for row in moved] == [("disposal", 2, "expired")]
    assert "Undone." in browser.follow(notice_undo(page))
    assert stocked.stock("VAX-FLU")["F0"] == 2
    assert stocked.faults() == []


def test_a_double_press_throws_out_once(stocked: Office, browse) -> None:
    browser = browse(Role.manager)
    form = form_of(browser.get("/expiry?show=30").text)
    for _ in range(2):
        browser.follow("/expiry/throw-out", **form)
    assert "F1" not in stocked.stock("VAX-FLU")
    assert len(stocked.movements(form["request_id"])) == 1


def test_a_lot_without_a_number_is_thrown_out_too(room: Office, browse) -> None:
    room.item()
    room.receive(None, "261201", 3)
    browser = browse(Role.nurse)
    browser.follow("/expiry/throw-out", **form_of(browser.get("/expiry").text))
    assert room.stock() == {}


def test_less_than_the_page_showed_is_said_as_what_it_is(stocked: Office, browse) -> None:
    browser = browse(Role.manager)
    form = form_of(browser.get("/expiry?show=30").text)
    stocked.scan(f"01{'09521101530025'}10F1", "discard", quantity=3, location="FRIDGE")
    assert "The record shows only 2 here." in browser.follow("/expiry/throw-out", **form)


def test_the_waste_coordinator_throws_out_and_an_auditor_only_reads(stocked: Office, browse) -> None:
    browser = browse(Role.waste)
    page = browser.follow("/expiry/throw-out", **form_of(browser.get("/expiry?show=expired").text))
    assert "Thrown out" in page
    assert "/undo" not in page
    auditor = browse(Role.auditor)
    assert "Throw out" not in auditor.get("/expiry").text
    assert auditor.post("/expiry/throw-out", lot_id=lot_id(stocked, "F1")).status_code == 403


@pytest.mark.parametrize(
    "changed", [{"lot_id": "x"}, {"quantity": "0"}, {"location": ""}, {"request_id": ""}, {"lot_id": "9" * 13}]
)
def test_a_spoilt_form_throws_nothing_out(stocked: Office, browse, changed: dict[str, str]) -> None:
    browser = browse(Role.manager)
    form = form_of(browser.get("/expiry?show=30").text) | changed
    answer = browser.post("/expiry/throw-out", **form)
    assert answer.status_code == 422
    assert "Please check this" in answer.text
    assert stocked.stock("VAX-FLU")["F0"] == 2


def test_a_key_of_another_act_is_refused(stocked: Office, browse) -> None:
    browser = browse(Role.manager)
    first, other = (form_of(browser.get(f"/expiry?show={show}").text) for show in ("expired", "30"))
    browser.follow("/expiry/throw-out", **first)
    answer = browser.post("/expiry/throw-out", **other | {"request_id": first["request_id"]})
    assert answer.status_code == 409
    assert stocked.stock("VAX-FLU")["F1"] == 5


def test_the_way_back_never_leads_to_another_site(stocked: Office, browse) -> None:
    browser = browse(Role.manager)
    form = form_of(browser.get("/expiry?show=expired").text) | {"next": "//evil.example/"}
    assert browser.post("/expiry/throw-out", **form).headers["Location"] == "/"


def test_many_lots_come_page_by_page(room: Office, browse) -> None:
    room.item()
    for n in range(103):
        room.receive(f"L{n:03}", "261210")
    browser = browse(Role.auditor)
    first = browser.get("/expiry").text
    more = first.split(">More lots<")[0].rsplit('href="', 1)[1].split('"')[0].replace("&amp;", "&")
    second = browser.get(more).text
    assert (first.count("· 17 days left ·"), second.count("· 17 days left ·")) == (100, 3)


def test_nothing_expiring_says_so_and_looks_further(room: Office, browse) -> None:
    page = browse(Role.nurse).get("/expiry?show=7").text
    assert "Nothing expires within 7 days" in page
    assert "Look 90 days ahead" in page


def test_a_row_goes_into_the_chosen_waste_container_in_one_press(stocked: Office, browse) -> None:
    by = stocked.person("wes", Role.waste)
    new = containers.NewContainer(stream="REDBAG", location="STOREROOM")
    stocked.db.transact(lambda s: containers.open_container(s, new=new, by=by, now=stocked.now))
    browser = browse(Role.nurse)
    page = browser.get("/expiry?show=expired").text
    assert "W-000001 ·" in page
    assert 'name="container"' not in page
    page = browser.get("/expiry?show=expired&into=W-000001").text
    page = browser.follow("/expiry/throw-out", **form_of(page), container=hidden(page, "container")[0])
    assert "W-000001" in page.split('role="status"')[1].split("</p>")[0]
    with stocked.db.read_session() as session:
        (entry,) = session.scalars(sa.select(ContainerEntry))
    assert (entry.kind, entry.quantity) == ("lot", 2)
