"""Pickups of waste: booked, changed, scanned at the dock; what is refused, and in which words."""

from datetime import date

import pytest

from supply.staff.permissions import Role
from supply.waste.pickup_lines import PickupLine, pickup_line
from tests.factories import Office
from tests.waste_office import book, open_container, sealed_container, set_up_waste
from tests.web.pages.conftest import Browser

PAGE = "/waste/pickups/P-000001"
DAY = "2026-11-24"


def read(room: Office) -> PickupLine:
    """The first pickup."""
    with room.db.read_session() as session:
        return pickup_line(session, "P-000001", today=room.today)


def chosen(browser: Browser) -> dict[str, str]:
    """Transporter and facility as the form offers them."""
    page = browser.get("/waste/pickups/new").text
    picks = {}
    for name in ("transporter", "facility"):
        picks[name] = page.split(f'id="{name}"')[1].split('<option value="')[1].split('"')[0]
    return picks


def test_without_parties_the_page_leads_to_them(room: Office, browse) -> None:
    page = browse(Role.waste).get("/waste/pickups/new").text
    assert "Nobody to call yet" in page
    assert "/waste/parties" in page


def test_a_pickup_is_booked_with_its_containers(room: Office, browse) -> None:
    set_up_waste(room, trained=None)
    numbers = [sealed_container(room), sealed_container(room, "REDBAG")]
    browser = browse(Role.waste)
    form = browser.get("/waste/pickups/new").text
    assert "State transporter permit NJ-2215, NY, until 2027-JUN-30" in form
    assert form.count("checked") == 2
    page = browser.follow("/waste/pickups", **chosen(browser), scheduled_on=DAY, note="Back door", containers=numbers)
    assert "Pickup P-000001, 2026-NOV-24" in page
    assert "Back door" in page
    assert [one.number for one in read(room).containers] == numbers
    assert "Goes with pickup P-000001" in browser.get("/waste").text
    assert "P-000001, 2026-NOV-24" in browser.get("/waste/pickups").text


def test_an_expired_registration_is_refused_in_words_and_keeps_the_form(room: Office, browse) -> None:
    set_up_waste(room, trained=None, permit_until=date(2026, 11, 1))
    number = sealed_container(room)
    browser = browse(Role.waste)
    assert "Safe Carriers (registration expired)" in browser.get("/waste/pickups/new").text
    sent = chosen(browser) | {"scheduled_on": DAY, "note": "Back door"}
    answer = browser.post("/waste/pickups", **sent, containers=[number])
    assert answer.status_code == 409
    assert "2026-NOV-01" in answer.text.split("problem-summary")[1][:600]
    assert 'value="Back door"' in answer.text
    assert "checked" in answer.text
    assert "No pickup is booked" in browser.get("/waste/pickups").text


@pytest.mark.parametrize(
    ("changed", "sentence"),
    [
        ({"scheduled_on": ""}, "Say on which day they come."),
        ({"scheduled_on": "11/24/26"}, "Type the day as 2026-11-30."),
        ({"scheduled_on": "2026-11-01"}, "Book a day from today on"),
        ({"transporter": ""}, "Choose who takes it."),
        ({"facility": "99"}, "facilit"),
        ({"containers": ["W-000077"]}, "W-000077"),
    ],
)
def test_a_spoilt_booking_books_nothing(room: Office, browse, changed: dict[str, object], sentence: str) -> None:
    set_up_waste(room, trained=None)
    browser = browse(Role.manager)
    answer = browser.post("/waste/pickups", **{**chosen(browser), "scheduled_on": DAY, **changed})
    assert answer.status_code in (404, 409, 422)
    assert sentence in answer.text.split("problem-summary")[1]
    assert "No pickup is booked" in browser.get("/waste/pickups").text


def test_containers_are_added_and_taken_off(room: Office, browse) -> None:
    set_up_waste(room, trained=None)
    first, second, unsealed = sealed_container(room), sealed_container(room), open_container(room)
    book(room, first)
    browser = browse(Role.waste)
    assert "Tick the containers that go with it." in browser.post(f"{PAGE}/add").text
    assert unsealed in browser.post(f"{PAGE}/add", containers=[second, unsealed]).text.split("problem-summary")[1]
    browser.follow(f"{PAGE}/add", containers=[second])
    browser.follow(f"{PAGE}/remove", container=first)
    assert [one.number for one in read(room).containers] == [second]


def test_each_container_is_ticked_at_the_dock_and_missing_ones_stay_on_top(room: Office, browse) -> None:
    set_up_waste(room, trained=None)
    first, second, other = sealed_container(room), sealed_container(room, "REDBAG"), sealed_container(room)
    book(room, first, second)
    browser = browse(Role.waste)
    page = browser.follow(f"{PAGE}/dock", barcode=second)
    assert "1 of 2 scanned" in page
    assert page.index(f">{first}<") < page.index(f">{second}<")
    assert "Show the paper to sign" not in page
    again = browser.follow(f"{PAGE}/dock", barcode=second)
    assert "1 of 2 scanned" in again
    wrong = browser.post(f"{PAGE}/dock", barcode=other)
    assert (wrong.status_code, other in wrong.text.split("problem-summary")[1]) == (409, True)
    assert 'data-outcome="stop"' in wrong.text
    nonsense = browser.post(f"{PAGE}/dock", barcode="hello")
    assert nonsense.status_code in (404, 422)
    page = browser.follow(f"{PAGE}/dock", barcode=first)
    assert "All are here" in page
    assert "Show the paper to sign" in page


def test_the_paper_waits_until_something_is_on_the_pickup(room: Office, browse) -> None:
    set_up_waste(room, trained=None)
    book(room)
    answer = browse(Role.waste).post(f"{PAGE}/paper")
    assert answer.status_code == 409
    assert "problem-summary" in answer.text


def test_waste_that_needs_somebody_elses_document_leaves_under_its_number(room: Office, browse) -> None:
    set_up_waste(room, trained=None)
    number = sealed_container(room, "RX_HAZ_NC")
    book(room, number)
    browser = browse(Role.waste)
    browser.follow(f"{PAGE}/dock", barcode=number)
    page = browser.follow(f"{PAGE}/paper")
    assert "Hand over with their document" in page
    assert "8700-22" in page
    driver = {"method": "typed", "driver": "Ana Pérez", "title": "Driver"}
    refused = browser.post(f"{PAGE}/leave", **driver, hauler_document="")
    assert (refused.status_code, "Type the number of that document." in refused.text) == (422, True)
    done = browser.follow(f"{PAGE}/leave", **driver, hauler_document="012345678ELC")
    assert "Handed over: 1 container" in done
    assert "Print the shipping paper" not in done
    paper = read(room).manifest
    page = browser.get(f"/waste/papers/{paper}").text
    assert "012345678ELC" in page
    assert "not printed here" in page
    assert browser.get(f"/waste/papers/{paper}/paper.pdf").status_code == 404


def test_another_day_nobody_came_and_cancelled(room: Office, browse) -> None:
    set_up_waste(room, trained=None)
    number = sealed_container(room)
    book(room, number)
    browser = browse(Role.waste)
    assert browser.post(f"{PAGE}/day", scheduled_on="soon").status_code == 422
    assert "Pickup P-000001, 2026-NOV-30" in browser.follow(f"{PAGE}/day", scheduled_on="2026-11-30")
    assert browser.post(f"{PAGE}/missed", reason="").status_code == 422
    assert "Did not come" in browser.follow(f"{PAGE}/missed", reason="Truck broke down")
    page = browser.follow(f"{PAGE}/cancel", reason="Other carrier")
    assert "Other carrier" in page
    assert "Book a pickup" in browser.get("/waste").text
    assert "They are here" not in page


def test_a_nurse_does_not_book_and_an_auditor_only_reads(room: Office, browse) -> None:
    set_up_waste(room, trained=None)
    book(room, sealed_container(room))
    assert browse(Role.nurse).get("/waste/pickups").status_code == 403
    auditor = browse(Role.auditor)
    assert "<form" not in auditor.get(PAGE).text.split("<main")[1]
    assert auditor.post(f"{PAGE}/cancel", reason="x").status_code == 403
    assert auditor.get(f"{PAGE}/dock").status_code == 403
