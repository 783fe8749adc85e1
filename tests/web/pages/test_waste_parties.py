"""Parties, rules and training: entered, checked, confirmed; a wrong field is said beside it and nothing is lost."""

import pytest

from supply.staff.permissions import Role
from tests.factories import Office
from tests.waste_office import set_up_waste, train

CARRIER = {"kind": "transporter", "name": "Safe Carriers", "phone": "+1 518 555 0170", "site_street": "4 Depot Way",
           "site_city": "Troy", "site_state": "ny", "site_zip": "12180"}  # fmt: skip
COURSE = {"kind": "hazmat", "completed_on": "2026-11-01", "years": "3", "materials": "Shipping papers",
          "trainer_name": "Dana Cole", "trainer_address": "1 School Lane, Albany"}  # fmt: skip


def test_a_transporter_is_added_registered_and_withdrawn(room: Office, browse) -> None:
    browser = browse(Role.waste)
    page = browser.follow("/waste/parties", **CARRIER)
    assert "Safe Carriers is added." in page
    permit = {"kind": "State transporter permit", "number": "NJ-2215", "state": "ny", "expires_on": "2026-12-01"}
    page = browser.follow("/waste/parties/1/registrations", **permit)
    assert "until 2026-DEC-01" in page
    assert "Ends soon" in page
    assert "NY, until 2026-DEC-01" in browser.get("/waste/parties").text
    number = page.split('name="registration_id" value="')[1].split('"')[0]
    assert "None yet." in browser.follow("/waste/parties/1/withdraw", registration_id=number)
    page = browser.follow("/waste/parties/1/active", active="no")
    assert "Offer it for pickups again" in page


@pytest.mark.parametrize(
    "changed", [{"name": ""}, {"site_state": "N"}, {"kind": "wizard"}, {"site_state": "New York"}, {"name": "x" * 121}]
)
def test_a_wrong_field_keeps_the_rest_of_the_form(room: Office, browse, changed: dict[str, str]) -> None:
    browser = browse(Role.waste)
    answer = browser.post("/waste/parties", **CARRIER | changed)
    assert answer.status_code == 422
    assert "problem-summary" in answer.text
    assert 'value="4 Depot Way"' in answer.text
    assert "None yet." in browser.get("/waste/parties").text


def test_a_wrong_registration_is_said_in_its_own_form(room: Office, browse) -> None:
    browser = browse(Role.waste)
    browser.follow("/waste/parties", **CARRIER)
    answer = browser.post("/waste/parties/1/registrations", kind="Permit", number="", state="NY", expires_on="")
    assert answer.status_code == 422
    assert 'href="#registration-number"' in answer.text
    assert 'id="registration-number"' in answer.text
    assert browser.get("/waste/parties/99").status_code == 404


def test_there_is_one_office(room: Office, browse) -> None:
    set_up_waste(room, trained=None)
    answer = browse(Role.waste).post("/waste/parties", **CARRIER | {"kind": "generator"})
    assert answer.status_code in (409, 422)
    assert "problem-summary" in answer.text


def test_every_number_of_the_law_has_its_source_until_somebody_has_checked_it(room: Office, browse) -> None:
    set_up_waste(room, trained=None)
    browser = browse(Role.waste)
    page = browser.get("/waste/rules").text
    assert "Rules that hold here: NY" in page
    before = page.count("I have checked this")
    assert before > 3
    assert browser.post("/waste/rules/confirm", key="retention_years", citation="").status_code == 422
    assert browser.post("/waste/rules/confirm", key="no_such", citation="x").status_code == 422
    page = browser.follow("/waste/rules/confirm", key="retention_years", citation="10 NYCRR 70-2.5, read today")
    assert "Checked" in page
    assert "2026-NOV-23 by waste" in page
    assert page.count("I have checked this") == before - 1


def test_training_is_recorded_by_a_manager_or_administrator_and_withdrawn(room: Office, browse, office) -> None:
    person = str(office.ids[Role.waste])
    browser = browse(Role.admin)
    assert "Nobody can sign a paper until one is." in browser.get("/waste/training").text
    answer = browser.post("/waste/training", **COURSE | {"person_id": person, "completed_on": "2027-01-01"})
    assert answer.status_code == 422
    assert 'value="Dana Cole"' in answer.text
    page = browser.follow("/waste/training", **COURSE, person_id=person)
    assert "valid until 2029-NOV-01" in page
    number = page.split('name="training_id" value="')[1].split('"')[0]
    assert "Nobody can sign" in browse(Role.manager).follow("/waste/training/withdraw", training_id=number)


def test_training_that_ends_is_marked(room: Office, browse, office) -> None:
    train(room, office.ids[Role.waste], days_ago=1200)
    assert "Expired" in browse(Role.auditor).get("/waste/training").text


@pytest.mark.parametrize("role", [Role.nurse, Role.receiver])
@pytest.mark.parametrize("path", ["/waste/parties", "/waste/rules", "/waste/training"])
def test_others_do_not_read_them(room: Office, browse, role: Role, path: str) -> None:
    assert browse(role).get(path).status_code == 403
